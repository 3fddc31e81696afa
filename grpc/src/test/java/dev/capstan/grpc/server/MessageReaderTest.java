package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.MessageReader;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages out of bytes, and what they cost before they have come to their end. */
class MessageReaderTest {
    private static final int MESSAGE_BYTES = 1 << 20;

    private final Object connection = new Object();
    private final Unfinished unfinished = new Unfinished(1000);

    private MessageReader reader() {
        return new MessageReader(MESSAGE_BYTES, unfinished.enter(connection));
    }

    /** The beginning of a message, all of it counted: {@code count} bytes of one that is announced as so long. */
    private static void begin(MessageReader reader, int count) {
        byte[] bytes = new byte[count];
        ByteBuffer.wrap(bytes).put((byte) 0).putInt(count - 4);
        reader.add(bytes, 0, count);
    }

    private static void end(MessageReader reader) throws Exception {
        reader.add(new byte[1], 0, 1);
        assertTrue(reader.hasNext());
        reader.next().close();
    }

    @ParameterizedTest
    @CsvSource({"999, true", "1000, true", "1001, false"})
    void a_call_gets_memory_unless_the_others_hold_more_than_the_limit(int held, boolean gets) {
        MessageReader other = reader();
        byte[] bytes = new byte[held];
        ByteBuffer.wrap(bytes).put((byte) 0).putInt(0);
        other.add(bytes, 0, held);
        MessageReader one = reader();
        if (gets) {
            assertDoesNotThrow(() -> begin(one, 10));
        } else {
            StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> begin(one, 10));
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
            assertEquals(
                    "the other calls of this connection hold 1001 bytes of messages that have not come to their end, and"
                            + " the limit is 1000: send fewer long messages at a time, use another connection, or raise"
                            + " unfinishedBytes",
                    refused.getStatus().getDescription());
        }
    }

    @Test
    void one_call_alone_may_have_a_message_of_any_length_that_is_allowed() {
        MessageReader alone = reader();
        byte[] piece = new byte[1 << 14];
        ByteBuffer.wrap(piece).put((byte) 0).putInt(MESSAGE_BYTES);
        alone.add(piece, 0, piece.length);
        for (int i = 1; i < 64; i++) {
            assertFalse(alone.hasNext());
            alone.add(new byte[1 << 14], 0, 1 << 14);
        }
        alone.add(new byte[5], 0, 5);
        assertTrue(alone.hasNext());
    }

    @Test
    void another_connection_has_a_limit_of_its_own() {
        begin(reader(), 2000);
        assertThrows(StatusRuntimeException.class, () -> begin(reader(), 10));
        assertDoesNotThrow(() -> begin(new MessageReader(MESSAGE_BYTES, unfinished.enter(new Object())), 10));
    }

    @Test
    void what_has_come_to_its_end_or_is_forgotten_is_not_held() throws Exception {
        MessageReader ends = reader();
        begin(ends, 100_000);
        end(ends);
        MessageReader forgets = reader();
        begin(forgets, 100_000);
        forgets.clear();
        assertDoesNotThrow(() -> begin(reader(), 10));
    }

    @Test
    void who_is_between_two_messages_holds_nothing() throws Exception {
        MessageReader idle = reader();
        begin(idle, 2_000);
        end(idle);
        assertDoesNotThrow(() -> begin(reader(), 10));
        // What it has kept serves for its next message, and counts again.
        begin(idle, 2_000);
        assertThrows(StatusRuntimeException.class, () -> begin(reader(), 10));
        end(idle);
        assertDoesNotThrow(() -> begin(reader(), 10));
    }

    @Test
    void nothing_takes_no_memory() throws Exception {
        MessageReader idle = reader();
        begin(idle, 2_000);
        end(idle);
        idle.add(new byte[5], 0, 0);
        assertTrue(idle.isEmpty());
        assertDoesNotThrow(() -> begin(reader(), 10));
    }

    @Test
    void a_message_is_read_after_its_memory_was_given_back() throws Exception {
        MessageReader reader = reader();
        byte[] bytes = new byte[100_005];
        ByteBuffer.wrap(bytes).put((byte) 0).putInt(100_000);
        for (int i = 5; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        reader.add(bytes, 0, bytes.length);
        byte[] read = reader.next().readAllBytes();
        assertArrayEquals(Arrays.copyOfRange(bytes, 5, bytes.length), read);
        assertDoesNotThrow(() -> begin(reader(), 10));
    }

    @Test
    void a_connection_without_calls_is_forgotten() {
        begin(reader(), 10);
        reader();
        unfinished.leave(connection);
        assertEquals(1, unfinished.connections());
        unfinished.leave(connection);
        assertEquals(0, unfinished.connections());
    }
}

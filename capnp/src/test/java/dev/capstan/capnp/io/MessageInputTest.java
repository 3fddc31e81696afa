package dev.capstan.capnp.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages in streams. */
class MessageInputTest {
    private static final int MESSAGES = 60;

    private static byte[] content(Random random) {
        byte[] content = new byte[random.nextInt(random.nextInt(8) == 0 ? 200_000 : 300)];
        random.nextBytes(content);
        // Words of zeroes, full words and everything in between.
        for (int i = 0; i < content.length; i++) {
            int kind = i / 64 % 3;
            if (kind == 0 || (kind == 1 && random.nextBoolean())) {
                content[i] = 0;
            }
        }
        return content;
    }

    private static MessageBuilder message(byte[] content, Random random) {
        MessageBuilder message = new MessageBuilder(1 + random.nextInt(40));
        message.root().setAs(Data.TYPE, Data.of(content));
        return message;
    }

    private static byte[] stream(boolean packed) throws IOException {
        Random random = new Random(7);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try (MessageOutput output = packed ? MessageOutput.packed(stream) : new MessageOutput(stream)) {
            for (int i = 0; i < MESSAGES; i++) {
                output.write(message(content(random), random));
            }
        }
        return stream.toByteArray();
    }

    private static MessageInput input(InputStream in, boolean packed, boolean reuse) {
        MessageInput input = packed ? MessageInput.packed(in, Limits.DEFAULT) : new MessageInput(in, Limits.DEFAULT);
        return reuse ? input.reusingMemory() : input;
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void messages_come_back_one_after_the_other(boolean packed, boolean reuse) throws IOException {
        Random random = new Random(7);
        try (MessageInput input = input(new ByteArrayInputStream(stream(packed)), packed, reuse)) {
            for (int i = 0; i < MESSAGES; i++) {
                byte[] expected = content(random);
                message(expected, random);
                assertEquals(
                        Data.of(expected), Objects.requireNonNull(input.next()).root(Data.TYPE));
            }
            assertNull(input.next());
        }
    }

    @Test
    void a_long_table_of_segments_costs_a_few_times_its_size() throws IOException {
        int segments = 100_000;
        byte[] frame = new byte[4 * (segments + 2)];
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(segments - 1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Limits limits = Limits.DEFAULT.withSegments(segments);
        try (MessageInput input = new MessageInput(new ByteArrayInputStream(frame, 0, 4 * (segments + 1)), limits)) {
            assertThrows(MessageException.class, input::next, "the padding is missing");
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 8L * frame.length + (1 << 20), allocated + " bytes for a table of " + frame.length);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void a_message_that_is_cut_short_is_refused_and_what_was_in_reused_memory_is_not_taken_for_it(
            boolean packed, boolean reuse) throws IOException {
        byte[] all = stream(packed);
        for (int cut : new int[] {1, 7, 9, 100, all.length / 2 + 1, all.length - 9, all.length - 2}) {
            try (MessageInput input = input(new ByteArrayInputStream(Arrays.copyOf(all, cut)), packed, reuse)) {
                assertThrows(MessageException.class, () -> {
                    while (true) {
                        if (input.next() == null) {
                            return;
                        }
                    }
                });
            }
        }
    }

    @Test
    void a_message_that_is_kept_needs_memory_of_its_own() throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        MessageBuilder message = new MessageBuilder();
        try (MessageOutput output = new MessageOutput(stream)) {
            for (byte i = 1; i < 3; i++) {
                message.root().setAs(Data.TYPE, Data.of(i));
                output.write(message);
                message.reset();
            }
        }
        try (MessageInput keeping = input(new ByteArrayInputStream(stream.toByteArray()), false, false);
                MessageInput reusing = input(new ByteArrayInputStream(stream.toByteArray()), false, true)) {
            MessageReader kept = keeping.next();
            MessageReader reused = reusing.next();
            keeping.next();
            reusing.next();
            assertEquals(Data.of((byte) 1), Objects.requireNonNull(kept).root(Data.TYPE));
            assertEquals(Data.of((byte) 2), Objects.requireNonNull(reused).root(Data.TYPE));
        }
    }
}

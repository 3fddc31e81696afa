package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.testkit.Parity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Builders that go on with a message in the memory in which it lies. */
class ExistingSegmentsTest {
    private static MessageBuilder standard(Storage storage) {
        MessageBuilder message = new MessageBuilder(storage);
        StandardContent.fill(message.initRoot(TestAllTypes.TYPE));
        return message;
    }

    /** A builder on the segments of {@code first}, each with no more room than what it holds. */
    private static MessageBuilder continued(MessageBuilder first) {
        return MessageBuilder.of(first.segments(), Limits.DEFAULT);
    }

    private static void assertSharedAndGrowing(MessageBuilder first, MessageBuilder second) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        second.writeFrame(stream);
        assertArrayEquals(first.toByteArray(), stream.toByteArray(), "there is no room for the header in front");
        int segments = first.segments().size();
        assertEquals(segments, second.segments().size());
        StandardContent.check(second.getRoot(TestAllTypes.TYPE).asReader());
        assertArrayEquals(first.toByteArray(), second.toByteArray());
        second.getRoot(TestAllTypes.TYPE).setInt64Field(123321);
        assertEquals(123321, first.getRoot(TestAllTypes.TYPE).getInt64Field(), "the same memory");
        assertEquals(segments, second.segments().size());
        second.getRoot(TestAllTypes.TYPE).setTextField("foobarbaz");
        assertEquals(segments + 1, second.segments().size(), "there was no more room");
        byte[] frame = second.toByteArray();
        TestAllTypes.Reader read =
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(TestAllTypes.TYPE);
        assertEquals("foobarbaz", read.getTextField());
        assertEquals(
                "really nested",
                read.getStructField().getStructField().getStructField().getTextField());
    }

    @Test
    @Parity("message: MessageBuilderInit")
    @DisplayName("MessageBuilderInit")
    void a_message_of_one_segment_is_changed_where_it_lies() throws IOException {
        MessageBuilder first = standard(Storage.heap(2048));
        assertEquals(1, first.segments().size());
        assertSharedAndGrowing(first, continued(first));
    }

    @Test
    @Parity("message: MessageBuilderInitMultiSegment")
    @DisplayName("MessageBuilderInitMultiSegment")
    void a_message_of_many_segments_is_changed_where_it_lies() throws IOException {
        MessageBuilder first = standard(Storage.heap(1).fixed());
        assertTrue(first.segments().size() > 5);
        assertSharedAndGrowing(first, continued(first));
    }

    @Test
    @Parity("message: MessageBuilderInitSpaceAvailable")
    @DisplayName("MessageBuilderInitSpaceAvailable")
    void new_objects_go_to_what_a_segment_has_left() {
        byte[] array = new byte[2048 * 8];
        MessageBuilder first = standard(Storage.heap(array));
        int used = first.segments().getFirst().remaining();
        Arrays.fill(array, 8 + used, array.length, (byte) 0xee);
        MessageBuilder second = MessageBuilder.of(List.of(ByteBuffer.wrap(array, 8, used)), Limits.DEFAULT);
        StandardContent.check(second.getRoot(TestAllTypes.TYPE).asReader());
        second.getRoot(TestAllTypes.TYPE).setInt64Field(123321);
        assertEquals(123321, first.getRoot(TestAllTypes.TYPE).getInt64Field());
        second.getRoot(TestAllTypes.TYPE).setTextField("foobarbaz");
        assertEquals(1, second.segments().size());
        assertSame(array, second.segments().getFirst().array());
        assertEquals("foobarbaz\0\0\0", new String(array, 8 + used, 12, java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals("foobarbaz", second.asReader().as(TestAllTypes.TYPE).getTextField());
    }

    @Test
    void memory_outside_the_heap_and_at_any_address_will_do() {
        for (int skipped : new int[] {0, 3}) {
            MessageBuilder first = standard(Storage.heap(2048));
            ByteBuffer buffer = ByteBuffer.allocateDirect(4099);
            buffer.position(skipped).put(first.segments().getFirst()).limit(buffer.position());
            MessageBuilder second = MessageBuilder.of(List.of(buffer.position(skipped)), Limits.DEFAULT);
            StandardContent.check(second.getRoot(TestAllTypes.TYPE).asReader());
            second.getRoot(TestAllTypes.TYPE).setTextField("foobarbaz");
            assertEquals(1, second.segments().size());
            assertEquals("foobarbaz", second.getRoot(TestAllTypes.TYPE).getTextField());
            assertEquals(2, second.frame().length, "the header has no place in front of the segment");
        }
    }

    @Test
    void the_memory_is_used_again_after_a_reset() {
        MessageBuilder first = standard(Storage.heap(1).fixed());
        MessageBuilder second = continued(first);
        second.reset();
        assertEquals(1, second.sizeWords());
        StandardContent.fill(second.initRoot(TestAllTypes.TYPE));
        StandardContent.check(second.asReader().as(TestAllTypes.TYPE));
        assertArrayEquals(
                standard(Storage.heap(2048)).asReader().canonical(),
                second.asReader().canonical());
    }

    private static MessageException refused(String text, long... words) {
        MessageException e = assertThrows(
                MessageException.class,
                () -> MessageBuilder.of(List.of(ByteBuffer.wrap(Words.bytes(words))), Limits.DEFAULT));
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
        return e;
    }

    @Test
    void messages_that_no_builder_makes_are_refused() {
        refused("out of bounds", Pointer.struct(5, 1, 0));
        refused(
                "two pointers to one place",
                Pointer.struct(0, 0, 2),
                Pointer.struct(1, 1, 0),
                Pointer.struct(0, 1, 0),
                7);
        refused("two pointers to one place", Pointer.struct(0, 0, 1), Pointer.struct(-1, 0, 1));
        refused("capability", 3);
        refused("root pointer");
        assertThrows(MessageException.class, () -> MessageBuilder.of(List.of(), Limits.DEFAULT));
        MessageException odd = assertThrows(
                MessageException.class, () -> MessageBuilder.of(List.of(ByteBuffer.allocate(12)), Limits.DEFAULT));
        assertTrue(String.valueOf(odd.getMessage()).contains("whole number of words"), odd.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> MessageBuilder.of(List.of(ByteBuffer.allocate(16).asReadOnlyBuffer()), Limits.DEFAULT));
        List<ByteBuffer> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add(ByteBuffer.allocate(8));
        }
        assertThrows(MessageException.class, () -> MessageBuilder.of(many, Limits.DEFAULT));
        assertThrows(
                MessageException.class,
                () -> MessageBuilder.of(List.of(ByteBuffer.allocate(80)), Limits.DEFAULT.withTraversalWords(9)));
    }

    @Test
    void a_message_that_is_nested_too_deeply_is_refused() {
        StructType<Raw.Builder, Raw.Reader> node = Raw.type(0, 1);
        MessageBuilder deep = new MessageBuilder();
        Raw.Builder at = deep.initRoot(node);
        for (int i = 0; i < 10_000; i++) {
            at = at._init(node, 0);
        }
        MessageException e = assertThrows(MessageException.class, () -> continued(deep));
        assertTrue(String.valueOf(e.getMessage()).contains("too deeply nested"), e.getMessage());
    }

    @Test
    void whatever_is_accepted_can_be_changed_and_cleared() {
        int accepted = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] frame = Mutations.base(random);
            if (seed % 4 != 0) {
                frame = Mutations.mutate(frame, random);
            }
            MessageBuilder message;
            try {
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT);
                message = MessageBuilder.of(segments(frame), Limits.DEFAULT);
            } catch (MessageException e) {
                continue;
            }
            accepted++;
            assertEquals(message.asReader().targetSizeWords(), message.root().targetSizeWords(), "seed " + seed);
            Orphan<AnyPointer.Builder, AnyPointer.Reader> whole = message.root().disown(AnyPointer.TYPE);
            message.root().set(whole.asReader());
            whole.close();
            message.root().clear();
            for (ByteBuffer segment : message.segments()) {
                assertTrue(segment.remaining() % 8 == 0, "seed " + seed);
            }
        }
        assertTrue(accepted > 1000, accepted + " messages were accepted");
    }

    private static List<ByteBuffer> segments(byte[] frame) {
        ByteBuffer buffer = ByteBuffer.wrap(frame).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int count = buffer.getInt(0) + 1;
        int at = (count / 2 + 1) * 8;
        List<ByteBuffer> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int bytes = 8 * buffer.getInt(4 + 4 * i);
            segments.add(buffer.slice(at, bytes));
            at += bytes;
        }
        return segments;
    }
}

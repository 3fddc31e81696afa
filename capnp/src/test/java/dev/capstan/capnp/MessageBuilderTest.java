package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** Memory of messages that are being built. */
class MessageBuilderTest {
    private static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(2, 1);

    private static void fill(MessageBuilder message, int nodes) {
        Raw.Builder node = message.initRoot(NODE);
        for (int i = 0; i < nodes; i++) {
            node._setInt64(0, i, 0);
            node._setInt64(1, -1, 0);
            node = node._init(NODE, 0);
        }
    }

    @Test
    void a_message_that_fits_its_first_segment_has_one() {
        MessageBuilder message = new MessageBuilder(1 + 3 * 11);
        fill(message, 10);
        assertEquals(1, message.segments().size());
        assertEquals(34, message.sizeWords());
        assertEquals(8 + 8 * 34, message.frameBytes());
        assertEquals(33, message.asReader().targetSizeWords());
    }

    @Test
    void segments_double_so_that_there_are_few() {
        MessageBuilder message = new MessageBuilder(1);
        fill(message, 10_000);
        assertTrue(message.segments().size() < 20, message.segments().size() + " segments");
    }

    @Test
    void an_object_larger_than_usual_gets_a_segment_of_its_size() {
        MessageBuilder message = new MessageBuilder(1);
        message.root().init(Data.TYPE, 1_000_000).set(999_999, (byte) 1);
        assertEquals(2, message.segments().size());
        assertEquals(125_002, message.sizeWords());
    }

    @Test
    void after_a_reset_a_message_is_as_new() {
        MessageBuilder used = new MessageBuilder(10);
        fill(used, 50);
        used.root().init(Data.TYPE, 100).asByteBuffer().put(new byte[100]);
        used.reset();
        assertArrayEquals(new long[] {0}, Words.of(used, 0));
        MessageBuilder fresh = new MessageBuilder();
        fill(used, 3);
        fill(fresh, 3);
        assertArrayEquals(fresh.toByteArray(), used.toByteArray());
    }

    @Test
    void a_reset_message_takes_as_much_as_last_time_into_its_first_segment() {
        MessageBuilder message = new MessageBuilder(4);
        fill(message, 100);
        assertTrue(message.segments().size() > 1);
        message.reset();
        fill(message, 100);
        assertEquals(1, message.segments().size());
        byte[] array = message.segments().get(0).array();
        message.reset();
        fill(message, 100);
        assertSame(array, message.segments().get(0).array());
    }

    @Test
    void a_reset_message_does_not_keep_what_was_unusually_large() {
        MessageBuilder message = new MessageBuilder(4);
        message.root().init(Data.TYPE, 5 << 20);
        message.reset();
        assertTrue(message.segments().get(0).array().length < 100);
    }

    @Test
    void a_reset_closes_the_capabilities() {
        MessageBuilder message = new MessageBuilder();
        TestCap cap = new TestCap();
        message.initRoot(NODE)._setCap(0, cap);
        message.reset();
        assertEquals(0, cap.held());
        assertEquals(0, message.capTable().size());
    }

    @Test
    void the_root_can_be_set_from_another_message() {
        MessageBuilder source = new MessageBuilder();
        fill(source, 3);
        MessageBuilder target = new MessageBuilder();
        target.setRoot(source.asReader().as(NODE));
        assertArrayEquals(source.toByteArray(), target.toByteArray());
    }

    /** Bytes that one call allocates once the compiler has seen enough of them; the least of several rounds. */
    private static long allocatedBytes(IntConsumer call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int calls = 2_000;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 200; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                call.accept(i);
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / calls);
        }
        return least;
    }

    @Test
    void a_small_message_costs_its_segment_and_little_else() {
        long bytes = allocatedBytes(i -> {
            MessageBuilder message = new MessageBuilder(8);
            Raw.Builder root = message.initRoot(NODE);
            root._setInt64(0, i, 0);
            root._init(NODE, 0)._setInt64(1, i, 0);
            assertEquals(7, message.sizeWords());
        });
        // The array: 16 + 8 + 64. The builders should vanish; what stays are message, arena and segment.
        assertTrue(bytes <= 88 + 200, bytes + " bytes a message");
    }

    @Test
    void a_message_built_again_in_the_same_memory_costs_next_to_nothing() {
        MessageBuilder message = new MessageBuilder(8);
        long bytes = allocatedBytes(i -> {
            message.reset();
            Raw.Builder root = message.initRoot(NODE);
            root._setInt64(0, i, 0);
            root._init(NODE, 0)._setInt64(1, i, 0);
        });
        assertTrue(bytes <= 150, bytes + " bytes a message");
    }

    @Test
    void reading_allocates_little_beside_the_message_itself() {
        MessageBuilder built = new MessageBuilder();
        fill(built, 20);
        byte[] frame = built.toByteArray();
        long bytes = allocatedBytes(i -> {
            Raw.Reader node =
                    MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(NODE);
            long sum = 0;
            for (int depth = 0; depth < 20; depth++) {
                sum += node._int64(0, 0);
                node = node._get(NODE, 0);
            }
            assertEquals(190, sum);
        });
        // At most one reader (40 bytes) for each node that the compiler could not remove.
        assertTrue(bytes <= 20 * 40 + 250, bytes + " bytes a message");
    }
}

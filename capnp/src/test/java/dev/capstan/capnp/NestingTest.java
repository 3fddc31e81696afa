package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Messages that this program builds so deep, or in a circle, that walking over them would overflow the stack. */
class NestingTest {
    private static final int DEEP = 200_000;
    private static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(1, 2);

    private static MessageBuilder nested(int levels) {
        MessageBuilder message = new MessageBuilder(8 * levels);
        Raw.Builder node = message.initRoot(NODE);
        for (int i = 1; i < levels; i++) {
            node._setInt64(0, i, 0);
            node = node._init(NODE, i & 1);
        }
        return message;
    }

    private static void refused(Runnable walk) {
        MessageException tooDeep = assertThrows(MessageException.class, walk::run);
        assertTrue(String.valueOf(tooDeep.getMessage()).contains(Target.DEEPEST + " levels"), tooDeep.getMessage());
    }

    @Test
    void what_walks_over_a_message_that_nests_too_deep_says_so() {
        MessageBuilder deep = nested(DEEP);
        AnyPointer.Reader root = deep.asReader();
        Raw.Reader struct = root.as(NODE);
        refused(root::canonical);
        refused(struct::canonical);
        refused(root::targetSizeWords);
        refused(deep.root()::targetSizeWords);
        refused(struct::totalSizeWords);
        refused(() -> root.contentEquals(nested(DEEP).asReader()));
        refused(() -> new MessageBuilder().root().set(root));
        refused(() -> new MessageBuilder().setRoot(struct));
    }

    @Test
    void a_message_that_nests_as_deep_as_allowed_is_walked_over_on_an_ordinary_stack() throws InterruptedException {
        MessageBuilder message = nested(Target.DEEPEST);
        boolean[] done = {false};
        Thread ordinary = new Thread(
                null,
                () -> {
                    AnyPointer.Reader root = message.asReader();
                    root.canonical();
                    root.targetSizeWords();
                    MessageBuilder copy = new MessageBuilder();
                    copy.root().set(root);
                    done[0] = copy.asReader().contentEquals(root);
                },
                "ordinary",
                1 << 20);
        ordinary.start();
        ordinary.join();
        assertTrue(done[0]);
    }

    @Test
    void clearing_knows_no_depth() {
        MessageBuilder deep = nested(DEEP);
        deep.root().clear();
        for (ByteBuffer segment : deep.segments()) {
            assertEquals(-1, segment.mismatch(ByteBuffer.allocate(segment.remaining())));
        }
    }

    @Test
    void clearing_a_deep_message_closes_all_capabilities() {
        MessageBuilder message = new MessageBuilder();
        TestCap cap = new TestCap();
        Raw.Builder node = message.initRoot(NODE);
        for (int i = 0; i < 5_000; i++) {
            node._setCap(0, cap.share());
            StructList.Builder<Raw.Builder> list = node._init(StructList.type(NODE), 1, 2);
            list.get(0)._setCap(1, cap.share());
            node = list.get(1);
        }
        cap.close();
        message.root().clear();
        assertEquals(0, cap.held());
    }

    @Test
    void an_orphan_is_not_adopted_into_itself() {
        for (int firstWords : new int[] {1, 100}) {
            MessageBuilder message = new MessageBuilder(firstWords);
            var orphan = message.newOrphan(AnyStruct.type(0, 2));
            AnyPointer.Builder inside = orphan.get().pointer(1);
            assertThrows(IllegalArgumentException.class, () -> inside.adopt(orphan));
            assertTrue(inside.isNull());
            assertFalse(orphan.isNull(), "it is as it was");
            message.root().adopt(orphan);
            assertEquals(2, message.asReader().targetSizeWords());
        }
        MessageBuilder message = new MessageBuilder();
        try (var list = message.newOrphan(PointerList.type(AnyPointer.TYPE), 2)) {
            AnyPointer.Builder inside = list.get().get(1);
            assertThrows(IllegalArgumentException.class, () -> inside.adopt(list));
        }
        try (var list = message.newOrphan(StructList.type(NODE), 2)) {
            AnyPointer.Builder inside = list.get().get(1)._any(1);
            assertThrows(IllegalArgumentException.class, () -> inside.adopt(list));
        }
    }

    @Test
    void a_circle_through_several_objects_is_an_error_to_walk_over_and_can_be_cleared() {
        MessageBuilder message = new MessageBuilder();
        Raw.Builder outer = message.initRoot(NODE);
        Raw.Builder inner = outer._init(NODE, 0);
        inner._any(1).adopt(message.root().disown(AnyPointer.TYPE));
        AnyPointer.Reader circle = inner._any(1).asReader();
        refused(circle::canonical);
        refused(circle::targetSizeWords);
        refused(() -> new MessageBuilder().root().set(circle));
        inner._any(1).clear();
        for (ByteBuffer segment : message.segments()) {
            assertEquals(-1, segment.mismatch(ByteBuffer.allocate(segment.remaining())));
        }
    }
}

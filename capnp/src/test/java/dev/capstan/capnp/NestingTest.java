package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages that this program builds so deep, or in a circle, that walking over them would overflow the stack. */
class NestingTest {
    private static final int DEEP = 200_000;
    /** Half of what threads have on most systems. */
    private static final int SMALL_STACK_BYTES = 512 << 10;

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
        String told = String.valueOf(tooDeep.getMessage());
        assertTrue(told.contains("too deep") && told.contains(Target.DEEPEST + " levels"), told);
        assertTrue(told.contains("one by one") && !told.contains("orphan"), told);
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

    /** The same through lists of structs, lists of pointers, or far pointers, whose walks take more of the stack. */
    private static MessageBuilder nestedInLists(int levels, int firstWords) {
        MessageBuilder message = new MessageBuilder(firstWords);
        AnyPointer.Builder at = message.root();
        for (int i = 0; i < levels; i++) {
            at = (i & 1) == 0
                    ? at.init(StructList.type(NODE), 1).get(0)._any(1)
                    : at.init(PointerList.type(AnyPointer.TYPE), 1).get(0);
        }
        return message;
    }

    private static void onSmallStack(Runnable work) throws InterruptedException {
        @Nullable Throwable[] failure = new Throwable[1];
        Thread small = new Thread(null, work, "small stack", SMALL_STACK_BYTES);
        small.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
        small.start();
        small.join();
        assertNull(failure[0]);
    }

    private static void walkOver(AnyPointer.Reader root) {
        root.canonical();
        root.targetSizeWords();
        MessageBuilder copy = new MessageBuilder();
        copy.root().set(root);
        assertTrue(copy.asReader().contentEquals(root));
        copy.root().clear();
    }

    @Test
    void a_message_that_nests_as_deep_as_allowed_is_walked_over_on_a_small_stack() throws InterruptedException {
        for (MessageBuilder message : List.of(
                nested(Target.DEEPEST),
                nestedInLists(Target.DEEPEST, 8 * Target.DEEPEST),
                nestedInLists(Target.DEEPEST, 1))) {
            onSmallStack(() -> walkOver(message.asReader()));
        }
    }

    @Test
    void a_limit_far_above_does_not_let_walks_overflow_the_stack() throws InterruptedException {
        MessageBuilder deep = nested(60_000);
        byte[] frame = deep.toByteArray();
        byte[] canonical = nested(Target.DEEPEST).asReader().canonical();
        for (int nesting : new int[] {Target.DEEPEST, Target.DEEPEST + 1, 2_000, 10_000, 65_534, 65_535, 1 << 20}) {
            Limits limits = Limits.DEFAULT.withNesting(nesting);
            onSmallStack(() -> {
                AnyPointer.Reader root =
                        MessageReader.of(frame, 0, frame.length, limits).root();
                refused(root::canonical);
                refused(root::targetSizeWords);
                refused(() -> root.contentEquals(deep.asReader()));
                refused(() -> new MessageBuilder().root().set(root));
                refused(() -> MessageReader.of(List.of(deepCanonical()), limits).isCanonical());
                MessageReader allowed = MessageReader.of(List.of(canonical), limits);
                assertTrue(allowed.isCanonical());
                walkOver(allowed.root());
            });
        }
    }

    /** Structs one behind the other, each of which leads to the next. */
    private static byte[] deepCanonical() {
        ByteBuffer words = ByteBuffer.allocate(8 * 5_000).order(ByteOrder.LITTLE_ENDIAN);
        while (words.remaining() > 8) {
            words.putLong(Pointer.struct(0, 0, 1));
        }
        words.putLong(Pointer.EMPTY_STRUCT);
        return words.array();
    }

    @Test
    void a_part_of_a_deep_message_is_walked_over_by_itself() {
        MessageBuilder deep = nested(Target.DEEPEST + 1);
        byte[] frame = deep.toByteArray();
        AnyPointer.Reader root = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT.withNesting(10_000))
                .root();
        refused(root::canonical);
        walkOver(root.pointerField(1));
    }

    @Test
    void a_lower_limit_is_the_one_that_is_told() {
        byte[] frame = nested(100).toByteArray();
        AnyPointer.Reader root =
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root();
        MessageException e = assertThrows(MessageException.class, root::canonical);
        assertTrue(String.valueOf(e.getMessage()).contains("raise Limits.nesting"), e.getMessage());
    }

    @Test
    void clearing_takes_little_stack() throws InterruptedException {
        onSmallStack(() -> nested(DEEP).root().clear());
        onSmallStack(() -> nestedInLists(5_000, 1).root().clear());
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

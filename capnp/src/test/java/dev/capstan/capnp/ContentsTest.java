package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestEnum;
import dev.capstan.testkit.Parity;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Equality of content; cases under the names of {@code any-test.c++}. */
class ContentsTest {
    private static TestAllTypes.Builder filled(MessageBuilder message) {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        root.setBoolField(true);
        root.initStructField().setTextField("foo");
        root.initBoolList(4);
        root.initStructList(3).get(1).setTextField("bar");
        return root;
    }

    @Test
    @Parity("any: Equals")
    @DisplayName("Equals")
    void two_messages_are_equal_until_one_of_them_changes() {
        MessageBuilder a = new MessageBuilder();
        MessageBuilder b = new MessageBuilder(1);
        TestAllTypes.Builder first = filled(a);
        TestAllTypes.Builder second = filled(b);
        assertTrue(a.asReader().contentEquals(b.asReader()));
        Consumer<Consumer<TestAllTypes.Builder>> check = change -> {
            change.accept(first);
            assertFalse(a.asReader().contentEquals(b.asReader()));
            assertFalse(TestAllTypes.TYPE.asReader(first).contentEquals(TestAllTypes.TYPE.asReader(second)));
            change.accept(second);
            assertTrue(b.asReader().contentEquals(a.asReader()));
            assertTrue(TestAllTypes.TYPE.asReader(first).contentEquals(TestAllTypes.TYPE.asReader(second)));
        };
        check.accept(root -> root.setBoolField(false));
        check.accept(root -> root.setEnumField(TestEnum.GARPLY));
        check.accept(root -> root.getStructField().setTextField("buzz"));
        check.accept(root -> root.initVoidList(3));
        check.accept(root -> root.getBoolList().set(2, true));
        check.accept(root -> root.getStructList().get(1).setTextField("my NEW structlist 2"));
    }

    @Test
    @Parity("any: Bit list with nonzero pad bits")
    @DisplayName("Bit list with nonzero pad bits")
    void what_lies_behind_the_last_bit_does_not_count() {
        long list = Pointer.list(0, ElementSize.BIT, 11);
        assertTrue(Words.root(list, 0x0fee).contentEquals(Words.root(list, 0x07ee)));
        assertFalse(Words.root(list, 0x0fee).contentEquals(Words.root(list, 0x03ee)));
    }

    @Test
    @Parity("any: Pointer list unequal to struct list")
    @DisplayName("Pointer list unequal to struct list")
    void lists_of_different_kinds_are_not_equal_even_if_empty() {
        assertFalse(Words.root(Pointer.list(0, ElementSize.POINTER, 0))
                .contentEquals(Words.root(Pointer.list(0, ElementSize.COMPOSITE, 0), 0)));
    }

    @Test
    @Parity("any: Truncating non-null pointer fields does not preserve equality")
    @DisplayName("Truncating non-null pointer fields does not preserve equality")
    void an_empty_struct_is_not_null() {
        assertFalse(Words.root(Pointer.struct(0, 1, 1), 7, Pointer.EMPTY_STRUCT)
                .contentEquals(Words.root(Pointer.struct(0, 1, 0), 7)));
        assertTrue(Words.root(Pointer.struct(0, 1, 1), 7, 0).contentEquals(Words.root(Pointer.struct(0, 1, 0), 7)));
        assertTrue(Words.root(Pointer.struct(0, 2, 0), 7, 0).contentEquals(Words.root(Pointer.struct(0, 1, 0), 7)));
    }

    @Test
    void capabilities_are_equal_if_they_lead_to_the_same_object() {
        Cap cap = BrokenCap.because("one");
        Cap other = BrokenCap.because("one");
        MessageBuilder[] messages = {new MessageBuilder(), new MessageBuilder(), new MessageBuilder()};
        messages[0].root().setCap(cap.share());
        messages[1].root().setCap(cap.share());
        messages[2].root().setCap(other.share());
        assertTrue(messages[0].asReader().contentEquals(messages[1].asReader()));
        assertFalse(messages[0].asReader().contentEquals(messages[2].asReader()));
        for (MessageBuilder message : messages) {
            message.reset();
        }
        cap.close();
        other.close();
        assertEquals(AnyPointer.Kind.NULL, messages[0].root().kind());
    }
}

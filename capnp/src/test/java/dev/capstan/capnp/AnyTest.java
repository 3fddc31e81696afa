package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.testkit.Parity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Structs and lists whose types are not known. */
class AnyTest {
    private final MessageBuilder message = new MessageBuilder();
    private final AnyPointer.Builder root = message.root();

    @Test
    @Parity("any: AnyPointer")
    void a_pointer_is_read_as_what_it_points_to() {
        StandardContent.fill(root.init(TestAllTypes.TYPE));
        StandardContent.check(root.asReader().as(TestAllTypes.TYPE));
        MessageBuilder copy = new MessageBuilder();
        copy.root().set(root.asReader());
        StandardContent.check(copy.asReader().as(TestAllTypes.TYPE));
        root.setAs(Text.TYPE, "foo");
        assertEquals("foo", root.as(Text.TYPE));
        assertThrows(MessageException.class, () -> root.as(TestAllTypes.TYPE));
    }

    @Test
    @Parity("any: AnyStruct")
    void a_struct_without_its_type_has_two_sections() {
        TestAllTypes.Builder typed = root.init(TestAllTypes.TYPE);
        StandardContent.fill(typed);
        AnyStruct.Reader any = root.asReader().as(AnyStruct.TYPE);
        StandardContent.check(any.as(TestAllTypes.TYPE));
        assertEquals(8 * TestAllTypes.TYPE.dataWords(), any.data().size());
        assertEquals(TestAllTypes.TYPE.pointerCount(), any.pointerCount());
        assertEquals("foo", any.pointer(0).as(Text.TYPE));
        assertThrows(IndexOutOfBoundsException.class, () -> any.pointer(any.pointerCount()));
        assertTrue(any.contentEquals(AnyStruct.of(typed.asReader())));

        AnyStruct.Builder edited = root.as(AnyStruct.TYPE);
        edited.pointer(0).setAs(Text.TYPE, "bar");
        edited.data().set(0, (byte) 0);
        assertEquals("bar", typed.asReader().getTextField());
        assertFalse(typed.asReader().getBoolField());
        assertEquals("bar", edited.as(TestAllTypes.TYPE).getTextField());
        assertEquals("bar", edited.asReader().as(TestAllTypes.TYPE).getTextField());
        assertEquals("bar", AnyStruct.of(typed).pointer(0).as(Text.TYPE));
    }

    @Test
    void a_struct_without_its_type_is_made_in_a_given_size() {
        AnyStruct.Builder made = root.init(AnyStruct.type(2, 3));
        assertEquals(16, made.data().size());
        assertEquals(3, made.pointerCount());
        assertEquals(5, root.asReader().targetSizeWords());
        assertThrows(IllegalArgumentException.class, () -> made.as(TestAllTypes.TYPE), "too small");
        assertEquals("", root.as(TestAllTypes.TYPE).getTextField(), "enlarged through its pointer");
        assertThrows(IllegalArgumentException.class, () -> AnyStruct.type(0x10000, 0));
        assertThrows(IllegalArgumentException.class, () -> AnyStruct.type(0, -1));
        assertEquals(0, root.init(AnyStruct.TYPE).data().size());
    }

    @Test
    @Parity("any: AnyList")
    void a_list_without_its_type_tells_how_it_is_encoded() {
        Int32List.Builder ints = root.init(Int32List.TYPE, 3);
        ints.set(2, 7);
        AnyList.Reader any = root.asReader().as(AnyList.TYPE);
        assertEquals(AnyList.Encoding.FOUR_BYTES, any.encoding());
        assertEquals(3, any.size());
        assertEquals(List.of(0, 0, 7), any.as(Int32List.TYPE));
        assertArrayEquals(
                new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0}, any.data().toByteArray());
        assertEquals(4, any.get(2).data().size());
        assertThrows(MessageException.class, () -> any.as(PointerList.type(Text.TYPE)));
        AnyStruct.Builder small = root.as(AnyList.TYPE).get(1);
        assertEquals(4, small.asReader().data().size());
        assertEquals(1, small.totalSizeWords());
        assertThrows(IllegalArgumentException.class, () -> small.as(TestAllTypes.TYPE), "a word does not fit");
        assertEquals(0, AnyStruct.of(small).as(AnyStruct.TYPE).pointerCount());
        small.data().set(0, (byte) 9);
        assertEquals(9, any.get(1).data().get(0));

        var structs = StructList.type(TestAllTypes.TYPE);
        root.init(structs, 2).get(1).setTextField("second");
        AnyList.Builder edited = root.as(AnyList.TYPE);
        assertEquals(AnyList.Encoding.COMPOSITE, edited.encoding());
        edited.get(0).pointer(0).setAs(Text.TYPE, "first");
        assertEquals(
                List.of("first", "second"),
                edited.as(structs).stream()
                        .map(TestAllTypes.Builder::getTextField)
                        .toList());
        assertEquals("second", edited.asReader().get(1).as(TestAllTypes.TYPE).getTextField());
        assertTrue(edited.asReader().contentEquals(AnyList.of(root.asReader().as(structs))));
        root.init(structs, 2);
        assertThrows(
                IllegalArgumentException.class,
                () -> root.as(AnyList.TYPE).as(StructList.type(Raw.type(100, 1))),
                "the elements are too small");
    }

    @Test
    void lists_of_all_encodings_are_lists_without_a_type() {
        for (AnyList.Encoding encoding : AnyList.Encoding.values()) {
            switch (encoding) {
                case VOID -> root.init(VoidList.TYPE, 5);
                case BIT -> root.init(BoolList.TYPE, 5);
                case BYTE -> root.init(UInt8List.TYPE, 5);
                case TWO_BYTES -> root.init(Int16List.TYPE, 5);
                case FOUR_BYTES -> root.init(Float32List.TYPE, 5);
                case EIGHT_BYTES -> root.init(Float64List.TYPE, 5);
                case POINTER -> root.init(PointerList.type(Text.TYPE), 5);
                case COMPOSITE -> root.init(StructList.type(TestAllTypes.TYPE), 5);
            }
            AnyList.Reader any = root.asReader().as(AnyList.TYPE);
            assertEquals(encoding, any.encoding());
            assertEquals(5, any.size());
        }
        root.init(BoolList.TYPE, 5);
        assertThrows(
                UnsupportedOperationException.class,
                () -> root.asReader().as(AnyList.TYPE).get(0));
        root.clear();
        assertEquals(0, root.asReader().as(AnyList.TYPE).size());
        assertEquals(0, root.as(AnyList.TYPE).size());
        assertThrows(UnsupportedOperationException.class, () -> root.init(AnyList.TYPE, 3));
    }

    @Test
    @Parity("any: Builder::isStruct() does not corrupt segment pointer")
    void asking_a_far_pointer_for_its_kind_changes_nothing() {
        MessageBuilder far = new MessageBuilder(1);
        far.root().init(TestAllTypes.TYPE).setTextField("far away");
        assertTrue(far.segments().size() > 1);
        byte[] before = far.toByteArray();
        assertEquals(AnyPointer.Kind.STRUCT, far.root().kind());
        assertEquals(AnyPointer.Kind.STRUCT, far.asReader().kind());
        assertArrayEquals(before, far.toByteArray());
    }

    @Test
    void lists_without_a_type_are_joined_into_one_of_their_encoding() {
        try (var none = message.newOrphanConcat(AnyList.TYPE, List.of())) {
            assertEquals(AnyList.Encoding.VOID, none.asReader().encoding());
            assertEquals(0, none.asReader().size());
        }
        AnyList.Reader empty = root.asReader().as(AnyList.TYPE);
        Int8List.Builder bytes = new MessageBuilder().root().init(Int8List.TYPE, 3);
        bytes.set(2, (byte) 7);
        try (var all =
                message.newOrphanConcat(AnyList.TYPE, List.of(empty, AnyList.of(bytes), empty, AnyList.of(bytes)))) {
            assertEquals(AnyList.Encoding.BYTE, all.asReader().encoding());
            assertEquals(
                    List.of((byte) 0, (byte) 0, (byte) 7, (byte) 0, (byte) 0, (byte) 7),
                    all.asReader().as(Int8List.TYPE));
            message.root().adopt(all);
        }
        byte[] frame = message.toByteArray();
        assertEquals(
                6,
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT)
                        .root(AnyList.TYPE)
                        .size());
        Int64List.Builder longs = new MessageBuilder().root().init(Int64List.TYPE, 1);
        longs.set(0, 5);
        try (var mixed = message.newOrphanConcat(AnyList.TYPE, List.of(AnyList.of(bytes), AnyList.of(longs)))) {
            assertEquals(AnyList.Encoding.COMPOSITE, mixed.asReader().encoding());
            assertEquals(4, mixed.asReader().size());
            assertEquals(5, mixed.asReader().as(Int64List.TYPE).at(3));
        }
    }

    @Test
    void lists_of_bits_are_joined_with_such_alone() {
        BoolList.Builder bits = new MessageBuilder().root().init(BoolList.TYPE, 3);
        bits.set(1, true);
        AnyList.Reader any = AnyList.of(bits);
        try (var all = message.newOrphanConcat(AnyList.TYPE, List.of(any, any))) {
            assertEquals(
                    List.of(false, true, false, false, true, false),
                    all.asReader().as(BoolList.TYPE));
        }
        Int8List.Builder bytes = new MessageBuilder().root().init(Int8List.TYPE, 1);
        long before = message.sizeWords();
        assertThrows(
                IllegalArgumentException.class,
                () -> message.newOrphanConcat(AnyList.TYPE, List.of(any, AnyList.of(bytes))));
        assertEquals(before, message.sizeWords(), "nothing is begun");
    }
}

package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages written with an older or a newer schema than the one they are read or changed with. */
class EvolutionTest {
    private final MessageBuilder message = new MessageBuilder();

    private AnyPointer.Reader root() {
        return message.asReader();
    }

    @Nested
    class Structs {
        @Test
        void a_smaller_struct_reads_with_defaults_where_it_ends() {
            message.initRoot(Raw.type(1, 0))._setInt64(0, 5, 0);
            Raw.Reader reader = root().as(Raw.type(3, 2));
            assertEquals(5, reader._int64(0, 0));
            assertEquals(99, reader._int64(1, 99));
            assertEquals(99, reader._int32(2, 99));
            assertEquals((short) -3, reader._int16(4, (short) -3));
            assertEquals((byte) 7, reader._int8(8, (byte) 7));
            assertTrue(reader._bool(64, true));
            assertFalse(reader._bool(64, false));
            assertEquals(1.5, reader._float64(1, Double.doubleToRawLongBits(1.5)));
            assertEquals(0xffff_fffeL, reader._uint32(2, 0xffff_fffeL));
            assertTrue(reader._isNull(0));
            assertTrue(reader._isNull(1));
            assertEquals("", reader._text(0));
            assertEquals("else", reader._text(0, "else"));
            assertEquals(Data.EMPTY, reader._data(1));
            assertTrue(reader._any(1).isNull());
            assertEquals(0, reader._get(Int32List.TYPE, 0).size());
            assertEquals(42, reader._get(Raw.type(1, 1), 1)._int32(0, 42));
        }

        @Test
        void a_larger_struct_reads_and_keeps_what_is_not_known() {
            Raw.Builder newer = message.initRoot(Raw.type(2, 2));
            newer._setInt64(1, 6, 0);
            newer._setText(1, "new");
            StructType<Raw.Builder, Raw.Reader> old = Raw.type(1, 1);
            Raw.Builder edited = message.getRoot(old);
            edited._setInt64(0, 5, 0);
            edited._setText(0, "old");
            MessageBuilder copy = new MessageBuilder();
            copy.setRoot(root().as(old));
            Raw.Reader read = copy.asReader().as(Raw.type(2, 2));
            assertEquals(5, read._int64(0, 0));
            assertEquals(6, read._int64(1, 0));
            assertEquals("old", read._text(0));
            assertEquals("new", read._text(1));
        }

        @Test
        @Parity("encoding: UpgradeStructInBuilder")
        void a_builder_enlarges_a_smaller_struct_and_moves_what_it_points_to_along() {
            Raw.Builder older = message.initRoot(Raw.type(1, 2));
            older._setInt64(0, 5, 0);
            older._setText(0, "text");
            older._init(Raw.type(0, 0), 1);
            Raw.Builder enlarged = message.getRoot(Raw.type(2, 3));
            assertEquals(5, enlarged._int64(0, 0));
            assertEquals("text", enlarged._text(0));
            assertFalse(enlarged._isNull(1));
            enlarged._setInt64(1, 6, 0);
            enlarged._setText(2, "more");
            Raw.Reader read = root().as(Raw.type(2, 3));
            assertEquals(5, read._int64(0, 0));
            assertEquals(6, read._int64(1, 0));
            assertEquals("text", read._text(0));
            assertEquals("more", read._text(2));
            assertEquals(AnyPointer.Kind.STRUCT, read._any(1).kind());
            long[] words = Words.of(message, 0);
            assertArrayEquals(new long[] {0, 0, 0}, new long[] {words[1], words[2], words[3]});
        }

        @Test
        void only_one_section_may_be_too_small() {
            message.initRoot(Raw.type(3, 0))._setInt64(2, 5, 0);
            Raw.Builder enlarged = message.getRoot(Raw.type(1, 1));
            enlarged._setText(0, "x");
            assertEquals(5, enlarged._int64(2, 0));
            assertEquals("x", root().as(Raw.type(1, 1))._text(0));
            assertEquals(5, root().as(Raw.type(3, 0))._int64(2, 0));
        }

        @Test
        void a_struct_without_content_grows() {
            message.initRoot(Raw.type(0, 0));
            message.getRoot(Raw.type(1, 0))._setInt64(0, 8, 0);
            assertEquals(8, root().as(Raw.type(1, 0))._int64(0, 0));
        }
    }

    /** What a list written as {@code from} reads as: {@code yes} or {@code no} for each type it may be taken for. */
    @ParameterizedTest
    @CsvSource({
        // from,    void, bit, byte, two, four, eight, pointer, struct
        "VOID,        yes,  no,  no,   no,  no,   no,    no,      yes",
        "BIT,         no,   yes, no,   no,  no,   no,    no,      no",
        "BYTE,        yes,  yes, yes,  no,  no,   no,    no,      yes",
        "TWO_BYTES,   yes,  yes, yes,  yes, no,   no,    no,      yes",
        "FOUR_BYTES,  yes,  yes, yes,  yes, yes,  no,    no,      yes",
        "EIGHT_BYTES, yes,  yes, yes,  yes, yes,  yes,   no,      yes",
        "POINTER,     yes,  no,  no,   no,  no,   no,    yes,     yes",
        "DATA_ONLY,   yes,  no,  yes,  yes, yes,  yes,   no,      yes",
        "PTR_ONLY,    yes,  no,  no,   no,  no,   no,    yes,     yes",
        "BOTH,        yes,  no,  yes,  yes, yes,  yes,   yes,     yes",
    })
    void a_list_reads_as_another_where_the_rules_allow_it(
            String from,
            String voids,
            String bit,
            String one,
            String two,
            String four,
            String eight,
            String pointer,
            String struct) {
        int count = 3;
        switch (from) {
            case "VOID" -> message.root().init(VoidList.TYPE, count);
            case "BIT" -> message.root().init(BoolList.TYPE, count);
            case "BYTE" -> message.root().init(Int8List.TYPE, count);
            case "TWO_BYTES" -> message.root().init(Int16List.TYPE, count);
            case "FOUR_BYTES" -> message.root().init(Int32List.TYPE, count);
            case "EIGHT_BYTES" -> message.root().init(Int64List.TYPE, count);
            case "POINTER" -> message.root().init(PointerList.type(Text.TYPE), count);
            case "DATA_ONLY" -> message.root().init(StructList.type(Raw.type(1, 0)), count);
            case "PTR_ONLY" -> message.root().init(StructList.type(Raw.type(0, 1)), count);
            case "BOTH" -> message.root().init(StructList.type(Raw.type(2, 2)), count);
            default -> throw new IllegalArgumentException(from);
        }
        List<PointerType<?, ? extends CapnpList<?>>> types = List.of(
                VoidList.TYPE,
                BoolList.TYPE,
                Int8List.TYPE,
                Int16List.TYPE,
                Int32List.TYPE,
                Int64List.TYPE,
                PointerList.type(Text.TYPE),
                StructList.type(Raw.type(1, 1)));
        List<String> expected = List.of(voids, bit, one, two, four, eight, pointer, struct);
        for (int i = 0; i < types.size(); i++) {
            PointerType<?, ? extends CapnpList<?>> type = types.get(i);
            if (expected.get(i).equals("yes")) {
                CapnpList<?> list = root().as(type);
                assertEquals(count, list.size());
                for (int j = 0; j < count; j++) {
                    list.get(j);
                }
            } else {
                assertThrows(MessageException.class, () -> root().as(type), from + " as type " + i);
            }
        }
    }

    @Nested
    class ReadingLists {
        @Test
        @Parity("encoding: ListUpgrade")
        void a_list_of_numbers_reads_as_structs_whose_first_field_they_are() {
            Int32List.Builder numbers = message.root().init(Int32List.TYPE, 3);
            numbers.set(0, 10);
            numbers.set(1, 11);
            numbers.set(2, 12);
            var structs = root().as(StructList.type(Raw.type(2, 1)));
            assertEquals(3, structs.size());
            for (int i = 0; i < 3; i++) {
                assertEquals(10 + i, structs.get(i)._int32(0, 0));
                assertEquals(10 + i, structs.get(i)._uint16(0, 0));
                assertEquals(-1, structs.get(i)._int32(1, -1));
                assertEquals(-1L, structs.get(i)._int64(0, -1));
                assertTrue(structs.get(i)._isNull(0));
            }
        }

        @Test
        @Parity("encoding: ListUpgrade")
        void a_list_of_text_reads_as_structs_whose_first_pointer_it_is() {
            var texts = message.root().init(PointerList.type(Text.TYPE), 2);
            texts.setCopy(1, "b");
            var structs = root().as(StructList.type(Raw.type(1, 2)));
            assertEquals("", structs.get(0)._text(0));
            assertEquals("b", structs.get(1)._text(0));
            assertTrue(structs.get(1)._isNull(1));
            assertEquals(4, structs.get(1)._int64(0, 4));
        }

        @Test
        void a_list_of_structs_reads_as_their_first_fields() {
            var structs = message.root().init(StructList.type(Raw.type(2, 2)), 2);
            structs.get(0)._setInt64(0, 0x0102030405060708L, 0);
            structs.get(1)._setInt64(0, -1, 0);
            structs.get(1)._setText(0, "first");
            structs.get(1)._setText(1, "second");
            assertEquals(8, root().as(Int8List.TYPE).at(0));
            assertEquals(0x0708, root().as(Int16List.TYPE).at(0));
            assertEquals(0x05060708, root().as(Int32List.TYPE).at(0));
            assertEquals(0x0102030405060708L, root().as(Int64List.TYPE).at(0));
            assertEquals(-1, root().as(Int64List.TYPE).at(1));
            assertEquals(List.of("", "first"), root().as(PointerList.type(Text.TYPE)));
        }

        @Test
        void a_list_of_larger_numbers_reads_as_their_lowest_bytes() {
            Int64List.Builder numbers = message.root().init(Int64List.TYPE, 2);
            numbers.set(0, 0x1122334455667788L);
            numbers.set(1, 1);
            assertEquals(List.of(0x55667788, 1), root().as(Int32List.TYPE));
            assertEquals(List.of((byte) 0x88, (byte) 1), root().as(Int8List.TYPE));
            assertEquals(List.of(false, true), root().as(BoolList.TYPE));
        }

        @Test
        void a_list_read_as_another_is_copied_as_it_was_written() {
            var structs = message.root().init(StructList.type(Raw.type(1, 1)), 2);
            structs.get(1)._setInt64(0, 9, 0);
            structs.get(1)._setText(0, "kept");
            MessageBuilder copy = new MessageBuilder();
            copy.root().setAs(Int32List.TYPE, root().as(Int32List.TYPE));
            assertEquals(
                    "kept",
                    copy.asReader().as(StructList.type(Raw.type(1, 1))).get(1)._text(0));
        }
    }

    @Nested
    class BuildingLists {
        private final StructType<Raw.Builder, Raw.Reader> element = Raw.type(2, 2);

        private StructList.Builder<Raw.Builder> upgrade() {
            return message.root().as(StructList.type(element));
        }

        @ParameterizedTest
        @CsvSource({"1", "5", "64"})
        @Parity("encoding: UpgradeListInBuilder")
        void a_list_of_numbers_becomes_one_of_structs(int firstSegmentWords) {
            MessageBuilder each = new MessageBuilder(firstSegmentWords);
            Int16List.Builder numbers = each.root().init(Int16List.TYPE, 3);
            for (int i = 0; i < 3; i++) {
                numbers.set(i, (short) (20 + i));
            }
            var structs = each.root().as(StructList.type(element));
            structs.get(2)._setText(1, "new");
            var read = each.asReader().as(StructList.type(element));
            for (int i = 0; i < 3; i++) {
                assertEquals(20 + i, read.get(i)._int64(0, 0));
            }
            assertEquals("new", read.get(2)._text(1));
            assertEquals(
                    List.of((short) 20, (short) 21, (short) 22), each.asReader().as(Int16List.TYPE));
        }

        @ParameterizedTest
        @CsvSource({"1", "3", "5", "64"})
        @Parity("encoding: UpgradeListInBuilder")
        void a_list_of_text_becomes_one_of_structs(int firstSegmentWords) {
            MessageBuilder each = new MessageBuilder(firstSegmentWords);
            var texts = each.root().init(PointerList.type(Text.TYPE), 3);
            texts.setCopy(0, "zero");
            texts.setCopy(2, "two");
            var structs = each.root().as(StructList.type(element));
            structs.get(1)._setInt64(1, 44, 0);
            var read = each.asReader().as(StructList.type(element));
            assertEquals("zero", read.get(0)._text(0));
            assertTrue(read.get(1)._isNull(0));
            assertEquals(44, read.get(1)._int64(1, 0));
            assertEquals("two", read.get(2)._text(0));
            assertEquals(List.of("zero", "", "two"), each.asReader().as(PointerList.type(Text.TYPE)));
        }

        @ParameterizedTest
        @CsvSource({"1", "5", "9", "64"})
        void smaller_structs_are_enlarged_all_at_once(int firstSegmentWords) {
            MessageBuilder each = new MessageBuilder(firstSegmentWords);
            var smaller = each.root().init(StructList.type(Raw.type(1, 1)), 2);
            smaller.get(0)._setInt64(0, 1, 0);
            smaller.get(1)._setText(0, "one");
            var structs = each.root().as(StructList.type(element));
            structs.get(0)._setText(1, "new");
            structs.get(1)._setInt64(1, 2, 0);
            var read = each.asReader().as(StructList.type(element));
            assertEquals(1, read.get(0)._int64(0, 0));
            assertEquals("new", read.get(0)._text(1));
            assertEquals("one", read.get(1)._text(0));
            assertEquals(2, read.get(1)._int64(1, 0));
        }

        @Test
        void the_old_list_is_zeroed() {
            Int16List.Builder numbers = message.root().init(Int16List.TYPE, 5);
            numbers.set(4, (short) -1);
            assertEquals(5, upgrade().size());
            long[] words = Words.of(message, 0);
            assertEquals(0, words[1]);
            assertEquals(0, words[2]);
        }

        @Test
        void a_list_of_voids_becomes_one_of_structs_without_content_to_move() {
            message.root().init(VoidList.TYPE, 4);
            var structs = upgrade();
            assertEquals(4, structs.size());
            structs.get(3)._setInt64(1, 5, 0);
            assertEquals(5, root().as(StructList.type(element)).get(3)._int64(1, 0));
        }

        @Test
        void structs_large_enough_stay_where_they_are() {
            message.root().init(StructList.type(Raw.type(3, 2)), 2);
            long words = message.sizeWords();
            upgrade().get(1)._setText(1, "");
            assertEquals(words + 1, message.sizeWords());
        }

        @Test
        void a_list_of_bits_cannot_become_anything_else() {
            message.root().init(BoolList.TYPE, 4);
            assertThrows(MessageException.class, this::upgrade);
            assertThrows(MessageException.class, () -> message.root().as(Int8List.TYPE));
            assertEquals(4, message.root().as(BoolList.TYPE).size());
        }

        @Test
        void nothing_else_can_be_changed_as_a_list_of_bits() {
            message.root().init(Int8List.TYPE, 4);
            assertThrows(MessageException.class, () -> message.root().as(BoolList.TYPE));
            message.root().init(StructList.type(element), 4);
            assertThrows(MessageException.class, () -> message.root().as(BoolList.TYPE));
        }

        @Test
        void structs_of_a_newer_schema_are_changed_as_their_first_field() {
            var structs = message.root().init(StructList.type(element), 2);
            structs.get(1)._setText(1, "kept");
            message.root().as(Int32List.TYPE).set(1, 33);
            message.root().as(PointerList.type(Text.TYPE)).setCopy(1, "first");
            assertEquals(33, structs.get(1)._int32(0, 0));
            assertEquals("first", structs.get(1)._text(0));
            assertEquals("kept", structs.get(1)._text(1));
        }

        @Test
        void a_null_list_is_changed_as_an_empty_one() {
            assertEquals(0, upgrade().size());
            assertEquals(0, message.root().as(Int32List.TYPE).size());
            assertEquals(0, message.root().as(BoolList.TYPE).size());
            assertEquals(0, message.root().as(Data.TYPE).size());
            assertTrue(message.root().isNull());
        }

        @Test
        void what_is_no_list_cannot_be_changed_as_one() {
            message.initRoot(element);
            assertThrows(MessageException.class, this::upgrade);
            assertThrows(MessageException.class, () -> message.root().as(Int32List.TYPE));
            assertThrows(MessageException.class, () -> message.root().as(Data.TYPE));
            message.root().init(Int32List.TYPE, 1);
            assertThrows(MessageException.class, () -> message.root().as(element));
            assertThrows(MessageException.class, () -> message.root().as(Data.TYPE));
        }
    }
}

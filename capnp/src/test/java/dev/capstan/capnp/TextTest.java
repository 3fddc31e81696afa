package dev.capstan.capnp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestDefaults;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Text as strings and as bytes, bytes within bytes, and struct lists as they are gone through. */
class TextTest {
    private final MessageBuilder message = new MessageBuilder();
    private final TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);

    private static Data utf8(String text) {
        return Data.of(text.getBytes(UTF_8));
    }

    @Test
    void strings_of_all_lengths_and_alphabets_come_back() {
        MessageBuilder nativeMessage = new MessageBuilder(Storage.of(java.lang.foreign.Arena.ofAuto(), 4));
        TestAllTypes.Builder nativeRoot = nativeMessage.initRoot(TestAllTypes.TYPE);
        for (String unit : List.of("a", "\u007f", "\u0080", "ÿ", "é✓", "🙂", "a🙂", "\0")) {
            for (int length : new int[] {0, 1, 7, 8, 63, 64, 65, 200}) {
                String text = "x".repeat(length) + unit + "y".repeat(length);
                for (TestAllTypes.Builder builder : List.of(root, nativeRoot)) {
                    builder.setTextField(text);
                    assertEquals(text, builder.getTextField());
                    assertEquals(text, builder.asReader().getTextField());
                    assertEquals(utf8(text), builder.asReader().getTextFieldUtf8());
                }
            }
        }
    }

    @Test
    void a_text_can_be_written_and_changed_as_bytes() {
        Data.Builder bytes = root.initTextFieldUtf8(3);
        bytes.put(0, "abc".getBytes(UTF_8), 0, 3);
        assertEquals("abc", root.getTextField());
        root.getTextFieldUtf8().set(1, (byte) 'X');
        assertEquals("aXc", root.asReader().getTextField());
        assertEquals(3, root.getTextFieldUtf8().size());
        assertThrows(
                IndexOutOfBoundsException.class, () -> root.getTextFieldUtf8().set(3, (byte) 1));
        assertThrows(IllegalArgumentException.class, () -> root.initTextFieldUtf8(-1));
        assertThrows(IllegalArgumentException.class, () -> root.initTextFieldUtf8(Integer.MAX_VALUE));
    }

    @Test
    void a_text_can_be_copied_without_a_string_also_onto_itself() {
        root.setTextField("héllo");
        TestAllTypes.Builder other = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        other.setTextFieldUtf8(root.asReader().getTextFieldUtf8());
        assertEquals("héllo", other.getTextField());
        other.setTextFieldUtf8(other.asReader().getTextFieldUtf8());
        assertEquals("héllo", other.getTextField());
    }

    @Test
    void a_text_that_is_not_there_has_the_bytes_of_its_default() {
        assertEquals(Data.EMPTY, root.asReader().getTextFieldUtf8());
        assertEquals(0, root.getTextFieldUtf8().size());
        assertFalse(root.hasTextField());
        TestDefaults.Builder defaults = message.initRoot(TestDefaults.TYPE);
        assertEquals(utf8("foo"), defaults.asReader().getTextFieldUtf8());
        assertFalse(defaults.hasTextField());
        assertArrayEquals("foo".getBytes(UTF_8), defaults.getTextFieldUtf8().toByteArray());
        defaults.getTextFieldUtf8().set(0, (byte) 'g');
        assertEquals("goo", defaults.getTextField());
    }

    @Test
    void bytes_are_found_where_they_begin_first() {
        Random random = new Random(20_261_121);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append((char) ('a' + random.nextInt(2)));
            }
            StringBuilder part = new StringBuilder();
            for (int length = random.nextInt(random.nextBoolean() ? 4 : 12); length > 0; length--) {
                part.append((char) ('a' + random.nextInt(2)));
            }
            root.setTextField(text.toString());
            assertEquals(
                    text.indexOf(part.toString()),
                    root.asReader().getTextFieldUtf8().indexOf(utf8(part.toString())),
                    () -> part + " in " + text);
        }
        assertEquals(-1, utf8("abc").indexOf(utf8("abcd")));
        assertEquals(2, utf8("abÿ").indexOf(utf8("ÿ")));
    }

    @Test
    void a_list_of_structs_is_gone_through_independently_by_each_iterator() {
        StructList.Builder<TestAllTypes.Builder> list = root.initStructList(3);
        int number = 0;
        for (TestAllTypes.Builder element : list) {
            element.setInt32Field(++number);
        }
        StructList.Reader<TestAllTypes.Reader> reader = root.asReader().getStructList();
        int pairs = 0;
        for (TestAllTypes.Reader a : reader) {
            for (TestAllTypes.Reader b : reader) {
                pairs += a.getInt32Field() * b.getInt32Field();
            }
        }
        assertEquals(36, pairs);
        Iterator<TestAllTypes.Reader> readers = reader.iterator();
        Iterator<TestAllTypes.Builder> builders = list.iterator();
        for (int i = 0; i < 3; i++) {
            assertEquals(i + 1, readers.next().getInt32Field());
            assertEquals(i + 1, builders.next().getInt32Field());
        }
        assertFalse(readers.hasNext());
        assertFalse(builders.hasNext());
        assertThrows(NoSuchElementException.class, readers::next);
        assertThrows(NoSuchElementException.class, builders::next);
        assertThrows(UnsupportedOperationException.class, readers::remove);
    }

    @Test
    @SuppressWarnings("NullAway") // on purpose
    void a_field_that_is_set_to_null_says_what_to_do_and_keeps_what_it_held() {
        root.setTextField("old");
        root.setDataField(new byte[] {7});
        root.initStructField().setInt8Field((byte) 7);
        root.initInt8List(1).set(0, (byte) 7);
        byte[] before = message.toByteArray();
        List<Executable> sets = List.of(
                () -> root.setTextField(null),
                () -> root.setTextFieldUtf8(null),
                () -> root.setDataField((byte[]) null),
                () -> root.setDataField((Data) null),
                () -> root.setStructField(null),
                () -> root.setInt8List(null));
        for (Executable set : sets) {
            String told =
                    String.valueOf(assertThrows(NullPointerException.class, set).getMessage());
            assertTrue(told.startsWith("a field cannot be set to null: leave it alone or"), told);
        }
        assertArrayEquals(before, message.toByteArray());
    }

    private static void nullIsRefused(String text, List<Executable> uses) {
        for (int i = 0; i < uses.size(); i++) {
            NullPointerException e = assertThrows(NullPointerException.class, uses.get(i), "number " + i);
            assertTrue(String.valueOf(e.getMessage()).startsWith(text), i + ": " + e.getMessage());
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what code without NullAway does
    void null_for_a_pointer_says_how_to_make_it_null() {
        MessageBuilder message = new MessageBuilder();
        AnyPointer.Builder root = message.root();
        root.setAs(Text.TYPE, "old");
        byte[] before = message.toByteArray();
        nullIsRefused(
                "a pointer cannot be set to null: make it null by clear()",
                List.of(
                        () -> root.set(null),
                        () -> root.setAs(Text.TYPE, null),
                        () -> root.setAs(Data.TYPE, null),
                        () -> root.setAs(AnyPointer.TYPE, null),
                        () -> root.setAs(AnyPointer.CAPABILITY, null),
                        () -> root.setAs(TestAllTypes.TYPE, null),
                        () -> root.setAs(Int8List.TYPE, null),
                        () -> root.setStruct(null),
                        () -> root.setList(null),
                        () -> root.setCap(null),
                        () -> message.setRoot(null)));
        nullIsRefused("there is no orphan to adopt", List.of(() -> root.adopt(null)));
        assertArrayEquals(before, message.toByteArray());
    }

    @Test
    @SuppressWarnings("NullAway") // what code without NullAway does
    void null_for_bytes_or_for_something_to_copy_says_what_to_do() {
        MessageBuilder message = new MessageBuilder();
        nullIsRefused("there are no bytes: Data.EMPTY", List.of(() -> Data.of((byte[]) null)));
        nullIsRefused(
                "null cannot be copied",
                List.of(
                        () -> message.newOrphanCopy(Text.TYPE, null),
                        () -> message.newOrphanCopy(AnyPointer.TYPE, null),
                        () -> message.newOrphanCopy(TestAllTypes.TYPE, null)));
    }

    @Test
    @SuppressWarnings("NullAway") // what code without NullAway does
    void null_for_an_element_of_a_list_says_what_to_do() {
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        root.initBoolList(1);
        root.initInt8List(1);
        root.initInt16List(1);
        root.initInt32List(1);
        root.initInt64List(1);
        root.initUInt8List(1);
        root.initUInt16List(1);
        root.initUInt32List(1);
        root.initUInt64List(1);
        root.initFloat32List(1);
        root.initFloat64List(1);
        root.initTextList(1);
        root.initDataList(1);
        root.initStructList(1);
        root.initEnumList(1);
        nullIsRefused(
                "an element of a list cannot be set to null",
                List.of(
                        () -> root.getBoolList().set(0, null),
                        () -> root.getInt8List().set(0, null),
                        () -> root.getInt16List().set(0, null),
                        () -> root.getInt32List().set(0, null),
                        () -> root.getInt64List().set(0, null),
                        () -> root.getUInt8List().set(0, null),
                        () -> root.getUInt16List().set(0, null),
                        () -> root.getUInt32List().set(0, null),
                        () -> root.getUInt64List().set(0, null),
                        () -> root.getFloat32List().set(0, null),
                        () -> root.getFloat64List().set(0, null),
                        () -> root.getTextList().set(0, null),
                        () -> root.getTextList().setCopy(0, null),
                        () -> root.getDataList().setCopy(0, null),
                        () -> root.getStructList().setCopy(0, null),
                        () -> root.getEnumList().set(0, null)));
        nullIsRefused(
                "there is no orphan to adopt", List.of(() -> root.getTextList().adopt(0, null)));
    }
}

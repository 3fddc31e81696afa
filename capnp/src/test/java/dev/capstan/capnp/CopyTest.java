package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.testfixture.TestAllTypes;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Deep copies within a message and between messages. */
class CopyTest {
    private static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(1, 2);

    private final MessageBuilder source = new MessageBuilder();
    private final MessageBuilder target = new MessageBuilder();

    private void copy() {
        target.root().set(source.asReader());
    }

    @Test
    void every_kind_of_target_is_copied() {
        Raw.Builder root = source.initRoot(Raw.type(2, 8));
        root._setInt64(1, 1, 0);
        root._setText(0, "text");
        root._setData(1, new byte[] {1, 2, 3});
        root._init(VoidList.TYPE, 2, 5);
        BoolList.Builder bits = root._init(BoolList.TYPE, 3, 11);
        bits.set(10, true);
        root._init(Int16List.TYPE, 4, 3).set(2, (short) 7);
        root._init(PointerList.type(PointerList.type(Text.TYPE)), 5, 2)
                .init(1, 1)
                .setCopy(0, "nested");
        root._init(StructList.type(NODE), 6, 2).get(1)._setText(1, "element");
        root._init(StructList.type(Raw.type(1, 0)), 7, 2).get(1)._setInt64(0, 4, 0);
        copy();
        assertEquals(Words.of(source, 0).length, Words.of(target, 0).length);
        Raw.Reader read = target.asReader().as(Raw.type(2, 8));
        assertEquals(1, read._int64(1, 0));
        assertEquals("text", read._text(0));
        assertEquals(Data.of((byte) 1, (byte) 2, (byte) 3), read._data(1));
        assertEquals(5, read._get(VoidList.TYPE, 2).size());
        assertEquals(bits, read._get(BoolList.TYPE, 3));
        assertEquals(7, read._get(Int16List.TYPE, 4).at(2));
        assertEquals(
                "nested",
                read._get(PointerList.type(PointerList.type(Text.TYPE)), 5)
                        .get(1)
                        .get(0));
        assertEquals("element", read._get(StructList.type(NODE), 6).get(1)._text(1));
        assertEquals(4, read._get(StructList.type(Raw.type(1, 0)), 7).get(1)._int64(0, 0));
        assertEquals(source.asReader().targetSizeWords(), target.asReader().targetSizeWords());
        assertEquals(target.sizeWords() - 1, target.asReader().targetSizeWords());
        assertEquals(read.totalSizeWords(), target.asReader().targetSizeWords());
    }

    @Test
    void a_copy_of_null_is_null_and_replaces_what_was_there() {
        target.initRoot(NODE)._setText(0, "gone");
        copy();
        assertTrue(target.root().isNull());
        for (long word : Words.of(target, 0)) {
            assertEquals(0, word);
        }
    }

    @Test
    void capabilities_are_shared_into_the_table_of_the_copy() {
        TestCap cap = new TestCap();
        source.initRoot(NODE)._setCap(0, cap);
        copy();
        assertEquals(2, cap.held());
        assertTrue(cap.sameAs(target.capTable().get(0)));
        source.reset();
        assertEquals(1, cap.held());
        target.root().clear();
        assertEquals(0, cap.held());
    }

    @Test
    void capabilities_of_a_received_message_come_from_the_table_it_was_given() {
        byte[] frame = frameWithCaps();
        MessageReader received = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT);
        CapTable table = new CapTable();
        TestCap cap = new TestCap();
        table.add(null);
        table.add(cap);
        received.capTable(table);
        target.root().set(received.root());
        assertEquals(2, cap.held());
        Raw.Reader read = target.asReader().as(NODE);
        assertTrue(read._cap(0) instanceof dev.capstan.cap.BrokenCap);
        read._cap(1).close();
        assertEquals(2, cap.held());
        table.close();
        target.capTable().close();
        assertEquals(0, cap.held());
    }

    private byte[] frameWithCaps() {
        Raw.Builder root = source.initRoot(NODE);
        root._setCap(0, new TestCap());
        root._setCap(1, new TestCap());
        return source.toByteArray();
    }

    @Test
    void a_part_can_take_the_place_of_the_whole() {
        Raw.Builder root = target.initRoot(NODE);
        root._init(NODE, 0)._setText(1, "inner");
        target.root().set(target.asReader().pointerField(0));
        assertEquals("inner", target.asReader().as(NODE)._text(1));
        target.root().set(target.asReader());
        assertEquals("inner", target.asReader().as(NODE)._text(1));
        target.setRoot(target.asReader().as(NODE));
        assertEquals("inner", target.asReader().as(NODE)._text(1));
    }

    @Test
    void data_can_be_replaced_by_a_view_of_itself() {
        Raw.Builder root = target.initRoot(NODE);
        root._setData(0, new byte[] {1, 2, 3, 4});
        root._setData(0, target.asReader().as(NODE)._data(0));
        assertEquals(
                Data.of((byte) 1, (byte) 2, (byte) 3, (byte) 4),
                target.asReader().as(NODE)._data(0));
    }

    @Test
    void a_copy_into_an_element_leaves_out_what_does_not_fit_and_clears_the_rest() {
        Raw.Builder value = source.initRoot(Raw.type(1, 2));
        value._setInt64(0, 5, 0);
        value._setText(0, "first");
        value._setText(1, "second");
        var list = target.root().init(StructList.type(Raw.type(2, 1)), 1);
        list.get(0)._setInt64(1, 99, 0);
        list.setCopy(0, source.asReader().as(Raw.type(1, 2)));
        Raw.Builder element = list.get(0);
        assertEquals(5, element._int64(0, 0));
        assertEquals(0, element._int64(1, 0));
        assertEquals("first", element._text(0));
        source.reset();
        source.initRoot(Raw.type(0, 0));
        list.setCopy(0, source.asReader().as(Raw.type(0, 0)));
        assertEquals(0, element._int64(0, 0));
        assertTrue(element._isNull(0));
    }

    @Test
    void an_element_copied_onto_itself_stays() {
        var list = target.root().init(StructList.type(NODE), 2);
        list.get(1)._setText(0, "stays");
        list.setCopy(1, target.asReader().as(StructList.type(NODE)).get(1));
        assertEquals("stays", list.get(1)._text(0));
    }

    @Test
    void a_copied_list_of_bits_has_no_bits_behind_its_end() {
        // Three bits, in a byte that is all ones.
        target.root().set(Words.root(0x0000_0019_0000_0001L, 0xff));
        assertWords(0x0000_0019_0000_0001L, 7);
    }

    private void assertWords(long... expected) {
        assertArrayEquals(expected, Words.of(target, 0));
    }

    @Test
    void a_number_read_as_a_struct_is_copied_as_a_struct_of_whole_words() {
        source.root().init(Int16List.TYPE, 2).set(1, (short) 3);
        target.setRoot(source.asReader().as(StructList.type(NODE)).get(1));
        assertWords(0x0000_0001_0000_0000L, 3);
    }

    @Test
    void a_copy_that_fails_half_way_leaves_a_sound_message() {
        target.initRoot(NODE)._setText(0, "old");
        // Data is fine; the second pointer leads out of bounds.
        AnyPointer.Reader broken = Words.root(0x0002_0001_0000_0000L, 5, 0, 0x0000_0001_0000_0100L);
        assertThrows(MessageException.class, () -> target.root().set(broken));
        assertEquals(5, target.asReader().as(NODE)._int64(0, 0));
        assertTrue(target.asReader().as(NODE)._isNull(1));
        byte[] frame = target.toByteArray();
        assertEquals(
                3,
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root().targetSizeWords());
    }

    @Test
    void pointers_that_are_nothing_known_are_not_copied() {
        assertThrows(MessageException.class, () -> target.root().set(Words.root(0x0000_0000_0000_0007L)));
        assertThrows(MessageException.class, () -> Words.root(7).kind());
        assertThrows(MessageException.class, () -> Words.root(7).targetSizeWords());
    }

    @Test
    void defaults_are_read_in_place_and_copied_when_changed() {
        MessageBuilder constant = new MessageBuilder();
        constant.initRoot(NODE)._setText(0, "default");
        StringBuilder words = new StringBuilder();
        for (byte each : bytes(constant)) {
            words.append((char) (each & 0xff));
        }
        AnyPointer.Reader byDefault = MessageReader.constant(words.toString());
        Raw.Builder root = target.initRoot(NODE);
        assertEquals(
                "default", target.asReader().as(NODE)._get(NODE, 1, byDefault)._text(0));
        assertEquals(
                "default",
                target.asReader().as(NODE)._any(1, byDefault).as(NODE)._text(0));
        assertTrue(root._isNull(1));
        Raw.Builder changed = root._get(NODE, 1, byDefault);
        assertFalse(root._isNull(1));
        assertEquals("default", changed._text(0));
        changed._setText(0, "own");
        assertEquals("own", target.asReader().as(NODE)._get(NODE, 1, byDefault)._text(0));
        assertEquals("default", byDefault.as(NODE)._text(0));
    }

    private static byte[] bytes(MessageBuilder message) {
        byte[] frame = message.toByteArray();
        return Arrays.copyOfRange(frame, 8, frame.length);
    }

    @Test
    void a_struct_can_be_copied_into_a_part_of_itself() {
        MessageBuilder message = new MessageBuilder();
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        root.setTextField("top");
        root.initStructField().setTextField("inner");
        root.getStructField().initStructList(1);
        root.getStructField().setStructField(root.asReader());
        root.getStructField().getStructList().setCopy(0, root.asReader());
        TestAllTypes.Reader copy = root.asReader().getStructField().getStructField();
        assertEquals("top", copy.getTextField());
        assertEquals("inner", copy.getStructField().getTextField());
        assertFalse(copy.getStructField().hasStructField(), "it is a copy of what was there before");
        assertEquals("top", root.getStructField().getStructList().get(0).getTextField());
        root.setStructField(root.asReader().getStructField().getStructField());
        assertEquals("top", root.getStructField().getTextField(), "a part takes the place of the whole");
    }

    /** A struct with a text, whose second pointer leads nowhere. */
    private static AnyPointer.Reader malformed() {
        return Words.root(0x0002_0001_0000_0000L, 5, 0, 0x0000_0001_0000_0100L);
    }

    @Test
    void a_copy_that_fails_leaves_nothing_of_what_it_replaces_in_the_message() {
        target.root().setAs(Text.TYPE, "SECRET");
        assertThrows(MessageException.class, () -> target.root().set(malformed()));
        assertFalse(new String(target.toByteArray(), java.nio.charset.StandardCharsets.ISO_8859_1).contains("SECRET"));
        TestCap cap = new TestCap();
        target.reset();
        target.initRoot(NODE)._setCap(0, cap);
        assertThrows(MessageException.class, () -> target.root().set(malformed()));
        assertEquals(0, cap.held());
    }

    @Test
    void a_copy_that_fails_beside_the_message_leaves_nothing_behind() {
        TestCap cap = new TestCap();
        MessageBuilder withCap = new MessageBuilder();
        withCap.initRoot(NODE)._setCap(0, cap);
        Raw.Builder root = withCap.root().as(NODE);
        root._any(1).init(Raw.type(0, 1));
        AnyPointer.Reader shallow = new AnyPointer.Reader(withCap.root().segment, withCap.root().at, 1);
        assertThrows(MessageException.class, () -> target.newOrphanCopy(AnyPointer.TYPE, shallow));
        assertEquals(1, cap.held(), "what was copied of it is given back");
        withCap.reset();
        assertEquals(0, cap.held());
    }
}

package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Fields of structs, as generated code uses them. */
class StructTest {
    private final MessageBuilder message = new MessageBuilder();

    @Test
    void every_primitive_type_reads_back_in_builder_and_reader_with_any_default() {
        StructType<Raw.Builder, Raw.Reader> type = Raw.type(4, 0);
        for (int mask : new int[] {0, -1, 0x1234_5678}) {
            Raw.Builder b = message.initRoot(type);
            b._setBool(3, true, mask != 0);
            b._setInt8(1, (byte) -5, (byte) mask);
            b._setInt16(1, (short) -6, (short) mask);
            b._setInt32(1, -7, mask);
            b._setInt64(1, -8, mask);
            b._setUint8(16, 250, mask & 0xff);
            b._setUint16(9, 65_000, mask & 0xffff);
            b._setUint32(5, 4_000_000_000L, mask & 0xffff_ffffL);
            b._setFloat32(6, 1.25f, mask);
            b._setFloat32(7, Float.NaN, mask);
            assertEquals(1.25f, b._float32(6, mask));
            Raw.Reader r = type.asReader(b);
            assertTrue(b._bool(3, mask != 0) && r._bool(3, mask != 0));
            assertEquals(mask != 0, r._bool(4, mask != 0));
            assertEquals(-5, b._int8(1, (byte) mask));
            assertEquals(-5, r._int8(1, (byte) mask));
            assertEquals(-6, b._int16(1, (short) mask));
            assertEquals(-6, r._int16(1, (short) mask));
            assertEquals(-7, b._int32(1, mask));
            assertEquals(-7, r._int32(1, mask));
            assertEquals(-8, b._int64(1, mask));
            assertEquals(-8, r._int64(1, mask));
            assertEquals(250, b._uint8(16, mask & 0xff));
            assertEquals(250, r._uint8(16, mask & 0xff));
            assertEquals(65_000, b._uint16(9, mask & 0xffff));
            assertEquals(65_000, r._uint16(9, mask & 0xffff));
            assertEquals(4_000_000_000L, b._uint32(5, mask & 0xffff_ffffL));
            assertEquals(4_000_000_000L, r._uint32(5, mask & 0xffff_ffffL));
            assertEquals(1.25f, r._float32(6, mask));
            assertTrue(Float.isNaN(r._float32(7, mask)));
            b._setFloat64(3, -0.5, mask);
            assertEquals(-0.5, b._float64(3, mask));
            assertEquals(-0.5, r._float64(3, mask));
            b._setBool(3, false, mask != 0);
            assertFalse(r._bool(3, mask != 0));
        }
    }

    @Test
    void a_field_that_was_never_set_reads_as_its_default() {
        Raw.Reader r = Raw.type(1, 1).asReader(message.getRoot(Raw.type(1, 1)));
        assertEquals(0xf0f0f0f0, r._int32(0, 0xf0f0f0f0));
        assertEquals(200, r._uint8(0, 200));
        assertEquals("default", r._text(0, "default"));
        assertEquals(Data.of((byte) 1), r._data(0, Data.of((byte) 1)));
    }

    @Test
    void unsigned_fields_refuse_what_they_cannot_hold() {
        Raw.Builder b = message.initRoot(Raw.type(1, 0));
        assertThrows(IllegalArgumentException.class, () -> b._setUint8(0, 256, 0));
        assertThrows(IllegalArgumentException.class, () -> b._setUint8(0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> b._setUint16(0, 65_536, 0));
        assertThrows(IllegalArgumentException.class, () -> b._setUint16(0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> b._setUint32(0, 1L << 32, 0));
        assertThrows(IllegalArgumentException.class, () -> b._setUint32(0, -1, 0));
        assertEquals(0, b._int64(0, 0));
    }

    @Test
    void text_survives_whatever_characters_it_has() {
        for (String text : List.of("", "a", "\0", "\u00df", "\u20ac", "\ud83d\ude00", "x".repeat(1000))) {
            Raw.Builder b = message.initRoot(Raw.type(0, 1));
            b._setText(0, text);
            assertEquals(text, b._text(0));
            assertEquals(text, message.asReader().as(Raw.type(0, 1))._text(0));
            assertEquals(text, message.root().asReader().pointerField(0).as(Text.TYPE));
        }
        message.initRoot(Raw.type(0, 1))._setText(0, "\ud83d");
        assertEquals("?", message.asReader().as(Raw.type(0, 1))._text(0));
    }

    @Test
    void malformed_utf_8_reads_as_replacement_characters() {
        assertEquals(
                "\ufffdA",
                Words.root(Pointer.list(0, ElementSize.BYTE, 3), 0x41ff).as(Text.TYPE));
    }

    @Test
    void text_cannot_be_initialised_by_size() {
        assertThrows(UnsupportedOperationException.class, () -> message.root().init(Text.TYPE, 3));
        assertThrows(UnsupportedOperationException.class, () -> message.root().init(AnyPointer.CAPABILITY, 0));
    }

    @Test
    void a_generated_struct_reads_back_what_was_set() {
        StructType<Sample.Builder<String, String>, Sample.Reader<String, String>> type = Sample.type(Text.TYPE);
        var b = message.initRoot(type);
        assertEquals(7, b.asReader().getId());
        assertEquals(Sample.Color.GREEN, b.asReader().getColor());
        assertEquals(Sample.Which.NUMBER, b.asReader().which());
        b.setId(4_294_967_295L);
        b.setColor(Sample.Color.RED);
        b.setValue("generic");
        var items = b.initItems(3);
        items.get(0).setNumber(-1);
        items.get(1).setName("named");
        Sample.Position.Builder position = items.get(2).initPosition();
        position.setX(2.5f);
        position.setLabel("here");
        assertEquals("here", position.asReader().getLabel());

        byte[] frame = message.toByteArray();
        var r = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(type);
        assertEquals(4_294_967_295L, r.getId());
        assertEquals(Sample.Color.RED, r.getColor());
        assertEquals("none", r.getName());
        assertEquals("generic", r.getValue());
        assertEquals(3, r.getItems().size());
        assertEquals(Sample.Which.NUMBER, r.getItems().get(0).which());
        assertEquals(-1, r.getItems().get(0).getNumber());
        assertEquals(Sample.Which.NAME, r.getItems().get(1).which());
        assertEquals("named", r.getItems().get(1).getName());
        assertEquals(Sample.Which.POSITION, r.getItems().get(2).which());
        assertEquals(2.5f, r.getItems().get(2).getPosition().getX());
        assertEquals("here", r.getItems().get(2).getPosition().getLabel());
    }

    @Test
    void a_generic_field_holds_whatever_its_type_says() {
        var numbers = message.initRoot(Sample.type(Int32List.TYPE));
        numbers._init(Int32List.TYPE, 2, 2).set(1, 5);
        assertEquals(5, numbers.getValue().at(1));
        assertEquals(5, numbers.asReader().getValue().at(1));
        var any = message.getRoot(Sample.type(AnyPointer.TYPE));
        assertEquals(AnyPointer.Kind.LIST, any.getValue().kind());
        assertEquals(AnyPointer.Kind.LIST, any.asReader().getValue().kind());
    }

    @Test
    void enums_are_open() {
        var b = message.initRoot(Sample.type(Text.TYPE));
        b.setColorRaw(77);
        assertEquals(Sample.Color.UNRECOGNIZED, b.asReader().getColor());
        assertEquals(77, b.asReader().getColorRaw());
        assertThrows(IllegalArgumentException.class, () -> b.setColor(Sample.Color.UNRECOGNIZED));
        assertThrows(IllegalArgumentException.class, () -> b.setColorRaw(65_536));
        assertEquals(77, b.asReader().getColorRaw());
    }

    @Test
    void pointer_fields_are_found_by_index_as_a_pipelined_call_names_them() {
        Raw.Builder root = message.initRoot(Raw.type(1, 2));
        root._setText(1, "one");
        AnyPointer.Reader any = message.asReader();
        assertTrue(any.pointerField(0).isNull());
        assertEquals("one", any.pointerField(1).as(Text.TYPE));
        assertTrue(any.pointerField(2).isNull());
        assertTrue(any.pointerField(65_535).isNull());
        assertTrue(any.pointerField(-1).isNull());
        assertTrue(any.pointerField(0).pointerField(3).isNull());
        assertThrows(MessageException.class, () -> any.pointerField(1).pointerField(0));
    }

    @Test
    void the_kind_of_every_pointer_is_told() {
        AnyPointer.Builder any = message.root();
        assertEquals(AnyPointer.Kind.NULL, any.kind());
        any.init(Raw.type(1, 1));
        assertEquals(AnyPointer.Kind.STRUCT, any.kind());
        any.init(Int8List.TYPE, 0);
        assertEquals(AnyPointer.Kind.LIST, any.kind());
        any.setAs(Text.TYPE, "");
        assertEquals(AnyPointer.Kind.LIST, any.asReader().kind());
        any.setCap(new TestCap());
        assertEquals(AnyPointer.Kind.CAPABILITY, any.kind());
        any.init(AnyPointer.TYPE, 0);
        assertTrue(any.isNull());
        assertEquals(0, any.targetSizeWords());
    }

    @Test
    void whatever_a_builder_hands_out_can_be_seen_as_a_reader() {
        Raw.Builder root = message.initRoot(Raw.type(0, 3));
        Int32List.Builder numbers = root._init(Int32List.TYPE, 0, 1);
        Data.Builder data = root._initData(1, 1);
        AnyPointer.Builder any = root._any(2);
        var asNumbers = Int32List.TYPE.asReader(numbers);
        var asData = Data.TYPE.asReader(data);
        var asAny = AnyPointer.TYPE.asReader(any);
        numbers.set(0, 5);
        data.set(0, (byte) 6);
        any.setAs(Text.TYPE, "seven");
        assertEquals(5, asNumbers.at(0));
        assertEquals(6, asData.get(0));
        assertEquals("seven", asAny.as(Text.TYPE));
        assertEquals("x", Text.TYPE.asReader("x"));
        TestCap cap = new TestCap();
        assertEquals(cap, AnyPointer.CAPABILITY.asReader(cap));
    }
}

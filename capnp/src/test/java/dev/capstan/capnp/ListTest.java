package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists, text and data as collections. */
class ListTest {
    private final MessageBuilder message = new MessageBuilder();

    private <T> void assertElements(PointerType<? extends CapnpList<T>, ? extends CapnpList<T>> type, List<T> values) {
        CapnpList<T> builder = message.root().init(type, values.size());
        for (int i = 0; i < values.size(); i++) {
            builder.set(i, values.get(i));
        }
        assertEquals(values, builder);
        CapnpList<T> reader = message.asReader().as(type);
        assertEquals(values, reader);
        assertEquals(values.size(), reader.size());
        assertThrows(UnsupportedOperationException.class, () -> reader.set(0, values.get(0)));
        for (int bad : new int[] {-1, values.size(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> reader.get(bad));
            assertThrows(IndexOutOfBoundsException.class, () -> builder.get(bad));
            assertThrows(IndexOutOfBoundsException.class, () -> builder.set(bad, values.get(0)));
        }
    }

    @Test
    void lists_of_primitives_are_lists_of_their_boxes() {
        assertElements(BoolList.TYPE, List.of(true, false, true, true, false, false, false, true, true));
        assertElements(Int8List.TYPE, List.of((byte) 1, (byte) -128, (byte) 127));
        assertElements(Int16List.TYPE, List.of((short) 1, (short) -32_768, (short) 32_767));
        assertElements(Int32List.TYPE, List.of(1, Integer.MIN_VALUE, Integer.MAX_VALUE));
        assertElements(Int64List.TYPE, List.of(1L, Long.MIN_VALUE, Long.MAX_VALUE));
        assertElements(UInt8List.TYPE, List.of(0, 128, 255));
        assertElements(UInt16List.TYPE, List.of(0, 32_768, 65_535));
        assertElements(UInt32List.TYPE, List.of(0L, 0x8000_0000L, 0xffff_ffffL));
        assertElements(Float32List.TYPE, List.of(1f, -0f, Float.MAX_VALUE, Float.NEGATIVE_INFINITY));
        assertElements(Float64List.TYPE, List.of(1d, -0d, Double.MIN_VALUE, Double.NaN));
        assertElements(
                EnumList.type(Sample.Color::of), List.of(Sample.Color.GREEN, Sample.Color.RED, Sample.Color.RED));
    }

    @Test
    void unsigned_elements_refuse_what_they_cannot_hold() {
        UInt8List.Builder bytes = message.root().init(UInt8List.TYPE, 1);
        assertThrows(IllegalArgumentException.class, () -> bytes.set(0, 256));
        UInt16List.Builder shorts = message.root().init(UInt16List.TYPE, 1);
        assertThrows(IllegalArgumentException.class, () -> shorts.set(0, -1));
        UInt32List.Builder ints = message.root().init(UInt32List.TYPE, 1);
        assertThrows(IllegalArgumentException.class, () -> ints.set(0, -1));
    }

    @Test
    void a_list_of_void_is_a_list_of_nulls() {
        VoidList.Builder voids = message.root().init(VoidList.TYPE, 3);
        assertNull(voids.get(2));
        assertNull(message.asReader().as(VoidList.TYPE).get(2));
        assertThrows(IndexOutOfBoundsException.class, () -> voids.get(3));
    }

    @Test
    void enum_lists_keep_numbers_without_a_name() {
        var colors = message.root().init(EnumList.type(Sample.Color::of), 2);
        colors.setRaw(1, 500);
        assertEquals(Sample.Color.UNRECOGNIZED, colors.get(1));
        assertEquals(500, colors.raw(1));
        assertEquals(500, message.asReader().as(EnumList.type(Sample.Color::of)).raw(1));
        assertThrows(IllegalArgumentException.class, () -> colors.set(0, Sample.Color.UNRECOGNIZED));
        assertThrows(IllegalArgumentException.class, () -> colors.setRaw(0, 65_536));
    }

    @Test
    void lists_of_lists_nest() {
        var type = PointerList.type(PointerList.type(Int32List.TYPE));
        var outer = message.root().init(type, 2);
        assertEquals(0, outer.get(0).size());
        var inner = outer.init(1, 2);
        inner.init(1, 3).set(2, 42);
        assertTrue(outer.isNull(0));
        assertFalse(outer.isNull(1));
        var read = message.asReader().as(type);
        assertTrue(read.isNull(0));
        assertFalse(read.isNull(1));
        assertEquals(List.of(List.of(), List.of(List.of(), List.of(0, 0, 42))), read);
        outer.setCopy(0, read.get(1));
        assertEquals(read.get(1), read.get(0));
    }

    @Test
    void lists_of_any_pointer_hold_anything() {
        var list = message.root().init(PointerList.type(AnyPointer.TYPE), 3);
        list.get(0).setAs(Text.TYPE, "text");
        list.any(1).init(Raw.type(1, 0))._setInt64(0, 5, 0);
        var read = message.asReader().as(PointerList.type(AnyPointer.TYPE));
        assertEquals("text", read.get(0).as(Text.TYPE));
        assertEquals(5, read.any(1).as(Raw.type(1, 0))._int64(0, 0));
        assertTrue(read.get(2).isNull());
    }

    @Test
    void lists_of_data_and_of_capabilities() {
        var data = message.root().init(PointerList.type(Data.TYPE), 2);
        data.init(0, 2).set(1, (byte) 9);
        data.setCopy(1, Data.of((byte) 1));
        assertEquals(
                List.of(Data.of((byte) 0, (byte) 9), Data.of((byte) 1)),
                message.asReader().as(PointerList.type(Data.TYPE)));
        TestCap cap = new TestCap();
        var caps = message.root().init(PointerList.type(AnyPointer.CAPABILITY), 2);
        caps.setCopy(0, cap);
        caps.any(1).setCap(cap);
        assertEquals(2, cap.held());
        message.asReader().as(PointerList.type(AnyPointer.CAPABILITY)).get(1).close();
        assertEquals(2, cap.held());
        message.root().clear();
        assertEquals(0, cap.held());
    }

    @Test
    void a_list_of_a_generic_parameter_is_one_of_structs_or_of_pointers() {
        PointerType<CapnpList<Raw.Builder>, CapnpList<Raw.Reader>> structs = CapnpList.type(Raw.type(1, 0));
        message.root().init(structs, 2).get(1)._setInt64(0, 3, 0);
        assertEquals(3, message.asReader().as(structs).get(1)._int64(0, 0));
        assertEquals(
                3, message.asReader().as(StructList.type(Raw.type(1, 0))).get(1)._int64(0, 0));
        PointerType<CapnpList<String>, CapnpList<String>> texts = CapnpList.type(Text.TYPE);
        assertEquals("", message.root().init(texts, 2).get(1));
        assertThrows(IllegalArgumentException.class, () -> PointerList.type(Raw.type(1, 0)));
    }

    @Test
    void texts_are_set_like_numbers_and_other_pointers_say_how_they_are_set() {
        var texts = new MessageBuilder().root().init(PointerList.type(Text.TYPE), 2);
        assertEquals("", texts.set(1, "foo"));
        assertEquals("foo", texts.set(1, "bar"));
        assertEquals(List.of("", "bar"), texts);
        var data = new MessageBuilder().root().init(PointerList.type(Data.TYPE), 1);
        var refused = assertThrows(UnsupportedOperationException.class, () -> data.set(0, data.get(0)));
        assertTrue(String.valueOf(refused.getMessage()).contains("setCopy"), refused::toString);
    }

    @Test
    void struct_lists_iterate_over_builders_and_readers() {
        var list = message.root().init(StructList.type(Raw.type(1, 0)), 4);
        int next = 0;
        for (Raw.Builder each : list) {
            each._setInt32(0, next++, 0);
        }
        int sum = 0;
        for (Raw.Reader each : message.asReader().as(StructList.type(Raw.type(1, 0)))) {
            sum += each._int32(0, 0);
        }
        assertEquals(6, sum);
        assertThrows(IndexOutOfBoundsException.class, () -> list.get(4));
    }

    @Test
    void data_is_a_value() {
        Data data = Data.of((byte) 1, (byte) 2);
        assertEquals(data, Data.of((byte) 1, (byte) 2));
        assertEquals(data.hashCode(), Data.of((byte) 1, (byte) 2).hashCode());
        assertNotEquals(data, Data.of((byte) 1, (byte) 3));
        assertNotEquals(data, Data.of((byte) 1));
        assertFalse(data.equals("data"));
        assertEquals("Data[2 bytes]", data.toString());
        assertEquals(2, data.get(1));
        assertThrows(IndexOutOfBoundsException.class, () -> data.get(2));
        byte[] own = {5};
        Data copy = Data.of(own);
        own[0] = 6;
        assertEquals(5, copy.get(0));
        copy.toByteArray()[0] = 7;
        assertEquals(5, copy.get(0));
        ByteBuffer view = data.asReadOnlyByteBuffer();
        assertEquals(2, view.remaining());
        assertEquals(1, view.get(0));
        assertThrows(ReadOnlyBufferException.class, () -> view.put(0, (byte) 1));
    }

    @Test
    void data_from_a_message_is_a_view_of_it() {
        byte[] frame = new byte[24];
        MessageBuilder builder = new MessageBuilder();
        builder.root().setAs(Data.TYPE, Data.of((byte) 1, (byte) 2, (byte) 3));
        builder.writeFrame(frame, 0);
        Data data = MessageReader.of(frame, 0, 24, Limits.DEFAULT).root(Data.TYPE);
        assertEquals(3, data.size());
        frame[17] = 9;
        assertEquals(9, data.get(1));
        assertEquals(9, data.asReadOnlyByteBuffer().get(1));
    }

    @Test
    void data_is_built_in_place() {
        Data.Builder data = message.initRoot(Raw.type(0, 2))._initData(0, 5);
        data.set(4, (byte) 4);
        data.put(0, new byte[] {9, 8, 7, 6}, 1, 2);
        data.asByteBuffer().put(2, (byte) 2);
        assertArrayEquals(new byte[] {8, 7, 2, 0, 4}, data.toByteArray());
        assertEquals(Data.of((byte) 8, (byte) 7, (byte) 2, (byte) 0, (byte) 4), data.toData());
        assertEquals(5, data.size());
        assertThrows(IndexOutOfBoundsException.class, () -> data.set(5, (byte) 0));
        assertThrows(IndexOutOfBoundsException.class, () -> data.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> data.put(4, new byte[2], 0, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> data.put(0, new byte[1], 0, 2));
        Raw.Builder root = message.getRoot(Raw.type(0, 2));
        assertEquals(8, root._data(0).get(0));
        assertEquals(0, root._data(1).size());
        assertEquals(2, root._data(1, Data.of((byte) 1, (byte) 2)).size());
        root._data(1).set(0, (byte) 3);
        assertEquals(
                Data.of((byte) 3, (byte) 2),
                message.asReader().as(Raw.type(0, 2))._data(1));
    }
}

package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.cap.Cap;
import dev.capstan.testkit.Parity;
import org.junit.jupiter.api.Test;

/** The exact words that builders write, against capnproto.org/encoding.html. */
class EncodingTest {
    private final MessageBuilder message = new MessageBuilder();

    private void assertWords(long... expected) {
        assertArrayEquals(expected, Words.of(message, 0));
    }

    @Test
    void an_empty_message_is_a_null_root_pointer() {
        assertWords(0);
    }

    @Test
    void a_struct_pointer_holds_offset_data_words_and_pointer_count() {
        Raw.Builder root = message.initRoot(Raw.type(2, 3));
        root._setInt64(0, 0x1122334455667788L, 0);
        root._setInt64(1, -1, 0);
        assertWords(0x0003_0002_0000_0000L, 0x1122334455667788L, -1, 0, 0, 0);
    }

    @Test
    void a_struct_without_content_points_at_itself() {
        message.initRoot(Raw.type(0, 0));
        assertWords(0x0000_0000_ffff_fffcL);
    }

    @Test
    @Parity("layout: SimpleRawDataStruct")
    void data_fields_are_packed_little_endian_and_xored_with_their_defaults() {
        Raw.Builder root = message.initRoot(Raw.type(2, 0));
        root._setInt8(0, (byte) 0x11, (byte) 0);
        root._setBool(8, true, false);
        root._setBool(15, true, false);
        root._setInt16(1, (short) 0x2233, (short) 0);
        root._setInt32(1, 0x44556677, 0x000000ff);
        root._setFloat64(1, 1.0, 0);
        assertWords(0x0000_0002_0000_0000L, 0x44556688_2233_81_11L, 0x3ff0000000000000L);
    }

    @Test
    void a_field_set_to_its_default_is_zero_in_the_message() {
        Raw.Builder root = message.initRoot(Raw.type(3, 0));
        root._setInt32(0, 123, 123);
        root._setBool(32, true, true);
        root._setFloat32(2, 1.5f, Float.floatToRawIntBits(1.5f));
        root._setFloat64(2, -2.5, Double.doubleToRawLongBits(-2.5));
        assertWords(0x0000_0003_0000_0000L, 0, 0, 0);
    }

    @Test
    void text_is_a_list_of_bytes_with_a_nul_that_counts() {
        message.initRoot(Raw.type(0, 2))._setText(1, "h\u00e9llo\u20ac");
        // 68 c3 a9 6c 6c 6f e2 82 ac 00
        assertWords(0x0002_0000_0000_0000L, 0, 0x0000_0052_0000_0001L, 0x82e2_6f6c_6ca9_c368L, 0x00ac);
    }

    @Test
    void an_empty_text_is_one_byte_long() {
        message.initRoot(Raw.type(0, 1))._setText(0, "");
        assertWords(0x0001_0000_0000_0000L, 0x0000_000a_0000_0001L, 0);
    }

    @Test
    void data_is_a_list_of_bytes() {
        message.initRoot(Raw.type(0, 1))._setData(0, new byte[] {1, 2, 3});
        assertWords(0x0001_0000_0000_0000L, 0x0000_001a_0000_0001L, 0x030201);
    }

    @Test
    void lists_of_primitives_are_packed_from_the_lowest_bit_on() {
        StructType<Raw.Builder, ?> type = Raw.type(0, 5);
        Raw.Builder root = message.initRoot(type);
        VoidList.Builder voids = root._init(VoidList.TYPE, 0, 9);
        assertEquals(9, voids.size());
        BoolList.Builder bits = root._init(BoolList.TYPE, 1, 10);
        bits.set(0, true);
        bits.set(9, true);
        UInt16List.Builder shorts = root._init(UInt16List.TYPE, 2, 5);
        shorts.set(0, 0xffff);
        shorts.set(4, 1);
        root._init(Float32List.TYPE, 3, 1).set(0, 1f);
        root._init(Int64List.TYPE, 4, 1).set(0, -2);
        assertWords(
                0x0005_0000_0000_0000L,
                0x0000_0048_0000_0011L, // voids: offset 4
                0x0000_0051_0000_000dL, // bits: offset 3
                0x0000_002b_0000_000dL, // shorts: offset 3
                0x0000_000c_0000_0011L, // floats: offset 4
                0x0000_000d_0000_0011L, // longs: offset 4
                0x0201,
                0xffff,
                1,
                0x3f80_0000L,
                -2);
    }

    @Test
    void a_list_of_pointers_holds_them_side_by_side() {
        PointerList.Builder<String, String> texts = message.root().init(PointerList.type(Text.TYPE), 2);
        texts.setCopy(1, "x");
        assertWords(0x0000_0016_0000_0001L, 0, 0x0000_0012_0000_0001L, 0x78);
    }

    @Test
    void a_list_of_structs_has_a_tag_with_the_element_count() {
        var points = message.root().init(StructList.type(Raw.type(1, 1)), 2);
        points.get(0)._setInt64(0, 7, 0);
        points.get(1)._setText(0, "a");
        assertWords(
                0x0000_0027_0000_0001L, // 4 words
                0x0001_0001_0000_0008L, // 2 elements
                7,
                0,
                0,
                0x0000_0012_0000_0001L,
                0x61);
    }

    @Test
    void a_capability_is_an_index_into_the_table() {
        Raw.Builder root = message.initRoot(Raw.type(0, 2));
        Cap first = new TestCap();
        Cap second = new TestCap();
        root._setCap(1, first);
        root._setCap(0, second);
        assertWords(0x0002_0000_0000_0000L, 0x0000_0001_0000_0003L, 0x0000_0000_0000_0003L);
        assertEquals(first, message.capTable().get(0));
        assertEquals(second, message.capTable().get(1));
    }

    @Test
    @Parity("encoding: ZeroOldObject")
    void replacing_an_object_zeroes_the_old_one_and_all_that_it_led_to() {
        StructType<Raw.Builder, Raw.Reader> type = Raw.type(1, 1);
        Raw.Builder old = message.initRoot(type);
        old._setInt64(0, 5, 0);
        old._setText(0, "secret");
        message.initRoot(type)._setInt64(0, 6, 0);
        assertWords(0x0001_0001_0000_000cL, 0, 0, 0, 6, 0);
    }

    @Test
    void clearing_a_pointer_zeroes_lists_of_structs_with_what_is_in_them() {
        var points = message.root().init(StructList.type(Raw.type(1, 1)), 2);
        points.get(0)._setInt64(0, 7, 0);
        points.get(1)._setText(0, "a");
        message.root().clear();
        assertWords(0, 0, 0, 0, 0, 0, 0);
    }
}

package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.encoding.fixture.EncodingConstants;
import dev.capstan.capnp.encoding.fixture.TestAnyPointerConstants;
import dev.capstan.capnp.encoding.fixture.TestConstants;
import dev.capstan.capnp.encoding.fixture.TestFloatDefaults;
import dev.capstan.capnp.encoding.fixture.TestWholeFloatDefault;
import dev.capstan.capnp.io.Packed;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestEnum;
import dev.capstan.testkit.Parity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Constants and default values in generated code. A constant of type {@code Void} is not generated: there is nothing to say with it. */
class ConstantParityTest {
    private final MessageBuilder message = new MessageBuilder();

    private static Data data(String text) {
        return Data.of(StandardContent.bytes(text));
    }

    @Test
    @Parity("encoding: Constants")
    @DisplayName("Constants")
    void constants_of_every_type_have_their_values() {
        assertTrue(TestConstants.BOOL_CONST);
        assertEquals(-123, TestConstants.INT8_CONST);
        assertEquals(-12345, TestConstants.INT16_CONST);
        assertEquals(-12345678, TestConstants.INT32_CONST);
        assertEquals(-123456789012345L, TestConstants.INT64_CONST);
        assertEquals(234, TestConstants.UINT8_CONST);
        assertEquals(45678, TestConstants.UINT16_CONST);
        assertEquals(3456789012L, TestConstants.UINT32_CONST);
        assertEquals("12345678901234567890", Long.toUnsignedString(TestConstants.UINT64_CONST));
        assertEquals(1234.5f, TestConstants.FLOAT32_CONST);
        assertEquals(-123e45, TestConstants.FLOAT64_CONST);
        assertEquals("foo", TestConstants.TEXT_CONST);
        assertEquals(data("bar"), TestConstants.DATA_CONST);
        assertEquals(TestEnum.CORGE, TestConstants.ENUM_CONST);
        checkStruct(TestConstants.STRUCT_CONST);

        assertEquals(6, TestConstants.VOID_LIST_CONST.size());
        assertEquals(List.of(true, false, false, true), TestConstants.BOOL_LIST_CONST);
        assertEquals(List.of((byte) 111, (byte) -111), TestConstants.INT8_LIST_CONST);
        assertEquals(List.of((short) 11111, (short) -11111), TestConstants.INT16_LIST_CONST);
        assertEquals(List.of(111111111, -111111111), TestConstants.INT32_LIST_CONST);
        assertEquals(List.of(1111111111111111111L, -1111111111111111111L), TestConstants.INT64_LIST_CONST);
        assertEquals(List.of(111, 222), TestConstants.UINT8_LIST_CONST);
        assertEquals(List.of(33333, 44444), TestConstants.UINT16_LIST_CONST);
        assertEquals(List.of(3333333333L), TestConstants.UINT32_LIST_CONST);
        assertEquals(List.of(Long.parseUnsignedLong("11111111111111111111")), TestConstants.UINT64_LIST_CONST);
        assertEquals(
                List.of(5555.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN),
                TestConstants.FLOAT32_LIST_CONST);
        assertEquals(
                List.of(7777.75, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN),
                TestConstants.FLOAT64_LIST_CONST);
        assertEquals(List.of("plugh", "xyzzy", "thud"), TestConstants.TEXT_LIST_CONST);
        assertEquals(List.of(data("oops"), data("exhausted"), data("rfc3092")), TestConstants.DATA_LIST_CONST);
        assertEquals(List.of("structlist 1", "structlist 2", "structlist 3"), texts(TestConstants.STRUCT_LIST_CONST));
        assertEquals(List.of(TestEnum.FOO, TestEnum.GARPLY), TestConstants.ENUM_LIST_CONST);
    }

    private static List<String> texts(List<TestAllTypes.Reader> structs) {
        return structs.stream().map(TestAllTypes.Reader::getTextField).toList();
    }

    private static void checkStruct(TestAllTypes.Reader struct) {
        assertTrue(struct.getBoolField());
        assertEquals(-12, struct.getInt8Field());
        assertEquals(345678901234567890L, struct.getUInt64Field());
        assertEquals(-1.25e-10f, struct.getFloat32Field());
        assertEquals("baz", struct.getTextField());
        assertEquals(data("qux"), struct.getDataField());
        assertEquals("nested", struct.getStructField().getTextField());
        assertEquals("really nested", struct.getStructField().getStructField().getTextField());
        assertEquals(TestEnum.BAZ, struct.getEnumField());
        assertEquals(3, struct.getVoidList().size());
        assertEquals(
                List.of(123456789012345L, -678901234567890L, Long.MIN_VALUE, Long.MAX_VALUE), struct.getInt64List());
        assertEquals(List.of(123456789012345L, 678901234567890L, 0L, -1L), struct.getUInt64List());
        assertEquals(List.of(0.0, 123456789012345.0, 1e306, -1e306, 1e-306, -1e-306), struct.getFloat64List());
        assertEquals(List.of(data("garply"), data("waldo"), data("fred")), struct.getDataList());
        assertEquals(List.of("x structlist 1", "x structlist 2"), texts(struct.getStructList()));
        assertEquals(List.of(TestEnum.QUX, TestEnum.BAR, TestEnum.GRAULT), struct.getEnumList());
    }

    @Test
    @Parity("encoding: AnyPointerConstants")
    @DisplayName("AnyPointerConstants")
    void constants_can_stand_where_only_the_kind_of_pointer_is_known() {
        TestAnyPointerConstants.Reader any = EncodingConstants.ANY_POINTER_CONSTANTS;
        checkStruct(any.getAnyKindAsStruct().as(TestAllTypes.TYPE));
        checkStruct(any.getAnyStructAsStruct().as(TestAllTypes.TYPE));
        assertEquals(TestConstants.INT32_LIST_CONST, any.getAnyKindAsList().as(Int32List.TYPE));
        assertEquals(111111111, any.getAnyListAsList().as(Int32List.TYPE).at(0));
    }

    @Test
    @Parity("encoding: GlobalConstants")
    @DisplayName("GlobalConstants")
    void constants_outside_types_can_be_made_of_others() {
        assertEquals(12345, EncodingConstants.GLOBAL_INT);
        assertEquals("foobar", EncodingConstants.GLOBAL_TEXT);
        assertEquals(54321, EncodingConstants.GLOBAL_STRUCT.getInt32Field());
        TestAllTypes.Reader derived = EncodingConstants.DERIVED_CONSTANT;
        assertEquals(12345, derived.getUInt32Field());
        assertEquals("foo", derived.getTextField());
        checkStruct(derived.getStructField());
        assertEquals(List.of((short) 11111, (short) -11111), derived.getInt16List());
        assertEquals(List.of("structlist 1", "structlist 2", "structlist 3"), texts(derived.getStructList()));
    }

    @Test
    @Parity("encoding: Embeds")
    @DisplayName("Embeds")
    void files_are_embedded_as_data_text_and_messages() throws IOException {
        byte[] frame = Packed.input(new ByteArrayInputStream(EncodingConstants.EMBEDDED_DATA.toByteArray()))
                .readAllBytes();
        StandardContent.check(
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(TestAllTypes.TYPE));
        StandardContent.check(EncodingConstants.EMBEDDED_STRUCT);
        StandardContent.fill(message.initRoot(TestAllTypes.TYPE));
        // The tool that wrote the file ends it with a line break.
        assertEquals(message.asReader().as(TestAllTypes.TYPE) + "\n", EncodingConstants.EMBEDDED_TEXT);
    }

    @Test
    @Parity("encoding: DefaultFloatPlusNan")
    @DisplayName("DefaultFloatPlusNan")
    void a_number_that_is_none_is_none_also_where_the_default_is_another() {
        TestFloatDefaults.Builder root = message.initRoot(TestFloatDefaults.TYPE);
        assertEquals(1234.5f, root.getFloat32Field());
        assertEquals(-123e45, root.getFloat64Field());
        root.setFloat32Field(Float.NaN);
        root.setFloat64Field(Double.NaN);
        assertTrue(Float.isNaN(root.getFloat32Field()));
        assertTrue(Double.isNaN(root.getFloat64Field()));
        assertTrue(Float.isNaN(root.asReader().getFloat32Field()));
        assertTrue(Double.isNaN(root.asReader().getFloat64Field()));
    }

    @Test
    @Parity("encoding: WholeFloatDefault")
    @DisplayName("WholeFloatDefault")
    void floats_without_a_fraction_are_floats_in_generated_code() {
        TestWholeFloatDefault.Builder root = message.initRoot(TestWholeFloatDefault.TYPE);
        assertEquals(123.0f, root.getField());
        assertEquals(2e30f, root.getBigField());
        assertEquals(123.0f, root.asReader().getField());
        assertEquals(2e30f, root.asReader().getBigField());
        assertEquals(456.0f, TestWholeFloatDefault.CONSTANT);
        assertEquals(4e30f, TestWholeFloatDefault.BIG_CONSTANT);
        assertFalse(Float.isInfinite(TestWholeFloatDefault.BIG_CONSTANT));
    }
}

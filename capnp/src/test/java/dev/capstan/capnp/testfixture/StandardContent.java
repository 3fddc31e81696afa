package dev.capstan.capnp.testfixture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.capnp.BoolList;
import dev.capstan.capnp.Float64List;
import dev.capstan.capnp.Int32List;
import dev.capstan.capnp.PointerList;
import dev.capstan.capnp.StructList;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a {@code TestAllTypes} holds when one test says that it is complete, and another that it arrived. */
public final class StandardContent {
    private StandardContent() {}

    /** A field of every kind. */
    public static void fill(TestAllTypes.Builder s) {
        scalars(s, 1);
        s.setTextField("foo");
        s.setDataField(bytes("bar"));
        s.setEnumField(TestEnum.CORGE);
        TestAllTypes.Builder inner = s.initStructField();
        scalars(inner, -1);
        inner.setTextField("baz");
        inner.initStructField().initStructField().setTextField("really nested");
        s.initVoidList(6);
        BoolList.Builder bools = s.initBoolList(4);
        bools.set(0, true);
        bools.set(3, true);
        Int32List.Builder numbers = s.initInt32List(2);
        numbers.set(0, 111111111);
        numbers.set(1, -111111111);
        Float64List.Builder floats = s.initFloat64List(3);
        floats.set(0, 7777.75);
        floats.set(1, Double.NEGATIVE_INFINITY);
        floats.set(2, Double.NaN);
        PointerList.Builder<String, String> texts = s.initTextList(2);
        texts.set(0, "plugh");
        texts.set(1, "thud");
        StructList.Builder<TestAllTypes.Builder> structs = s.initStructList(3);
        for (int i = 0; i < 3; i++) {
            structs.get(i).setTextField("structlist " + i);
        }
    }

    private static void scalars(TestAllTypes.Builder s, int sign) {
        s.setBoolField(sign > 0);
        s.setInt8Field((byte) (-123 * sign));
        s.setInt16Field((short) (-12345 * sign));
        s.setInt32Field(-12345678 * sign);
        s.setInt64Field(-123456789012345L * sign);
        s.setUInt8Field(234);
        s.setUInt16Field(45678);
        s.setUInt32Field(3456789012L);
        s.setUInt64Field(-sign);
        s.setFloat32Field(1234.5f * sign);
        s.setFloat64Field(-123e45 * sign);
    }

    /** Whether it is the standard content. */
    public static void check(TestAllTypes.Reader s) {
        checkScalars(s, 1);
        assertEquals("foo", s.getTextField());
        assertArrayEquals(bytes("bar"), s.getDataField().toByteArray());
        assertEquals(TestEnum.CORGE, s.getEnumField());
        TestAllTypes.Reader inner = s.getStructField();
        checkScalars(inner, -1);
        assertEquals("baz", inner.getTextField());
        assertEquals("really nested", inner.getStructField().getStructField().getTextField());
        assertEquals(6, s.getVoidList().size());
        assertEquals(List.of(true, false, false, true), s.getBoolList());
        assertEquals(List.of(111111111, -111111111), s.getInt32List());
        assertEquals(List.of(7777.75, Double.NEGATIVE_INFINITY, Double.NaN), s.getFloat64List());
        assertEquals(List.of("plugh", "thud"), s.getTextList());
        assertEquals(3, s.getStructList().size());
        for (int i = 0; i < 3; i++) {
            assertEquals("structlist " + i, s.getStructList().get(i).getTextField());
        }
        assertFalse(s.hasInterfaceField());
        assertFalse(s.hasStructField() && inner.hasInt32List());
    }

    private static void checkScalars(TestAllTypes.Reader s, int sign) {
        assertEquals(sign > 0, s.getBoolField());
        assertEquals((byte) (-123 * sign), s.getInt8Field());
        assertEquals((short) (-12345 * sign), s.getInt16Field());
        assertEquals(-12345678 * sign, s.getInt32Field());
        assertEquals(-123456789012345L * sign, s.getInt64Field());
        assertEquals(234, s.getUInt8Field());
        assertEquals(45678, s.getUInt16Field());
        assertEquals(3456789012L, s.getUInt32Field());
        assertEquals(-sign, s.getUInt64Field());
        assertEquals(1234.5f * sign, s.getFloat32Field());
        assertEquals(-123e45 * sign, s.getFloat64Field());
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

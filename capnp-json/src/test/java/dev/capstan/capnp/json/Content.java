package dev.capstan.capnp.json;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.json.fixture.TestAllTypes;
import dev.capstan.capnp.json.fixture.TestEnum;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A message with something in every field, three levels deep. {@code all-types.json} is what the C++ tool makes of it. */
final class Content {
    private Content() {}

    static void fill(TestAllTypes.Builder root) {
        scalars(root, -1);
        root.setFloat64Field(-1.25e47);
        root.setTextField("outermost \"text\"\n\u00fc\u20ac\ud83d\ude00\u0003");
        root.setEnumField(TestEnum.CORGE);
        TestAllTypes.Builder middle = root.initStructField();
        scalars(middle, 1);
        middle.setFloat32Field(-1.25e-10f);
        middle.setFloat64Field(345);
        middle.setEnumField(TestEnum.BAZ);
        TestAllTypes.Builder inner = middle.initStructField();
        inner.setTextField("inner");
        inner.initStructField().setTextField("innermost");
        lists(middle);
        lists(root);
        fill(root.initFloat32List(5), 5555.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 1e-7f);
        fill(root.initFloat64List(5), 7777.75, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, 1e-7);
    }

    private static void scalars(TestAllTypes.Builder s, int sign) {
        s.setBoolField(sign < 0);
        s.setInt8Field((byte) (sign * 123));
        s.setInt16Field((short) (sign * 12345));
        s.setInt32Field(sign * 12345678);
        s.setInt64Field(sign * 123456789012345L);
        s.setUInt8Field(234);
        s.setUInt16Field(45678);
        s.setUInt32Field(3456789012L);
        s.setUInt64Field(Long.parseUnsignedLong("12345678901234567890"));
        s.setFloat32Field(1234.5f);
        s.setTextField("text");
        s.setDataField(Data.of(bytes("data")));
    }

    private static void lists(TestAllTypes.Builder s) {
        s.initVoidList(3);
        fill(s.initBoolList(4), true, false, false, true);
        fill(s.initInt8List(3), (byte) 12, (byte) -128, (byte) 127);
        fill(s.initInt16List(3), (short) 1234, Short.MIN_VALUE, Short.MAX_VALUE);
        fill(s.initInt32List(3), 12345678, Integer.MIN_VALUE, Integer.MAX_VALUE);
        fill(s.initInt64List(3), 123456789012345L, Long.MIN_VALUE, Long.MAX_VALUE);
        fill(s.initUInt8List(3), 12, 0, 255);
        fill(s.initUInt16List(3), 1234, 0, 65535);
        fill(s.initUInt32List(3), 12345678L, 0L, 4294967295L);
        fill(s.initUInt64List(3), 123456789012345L, 0L, -1L);
        fill(s.initFloat32List(4), 0f, 1234567f, 1e37f, -1e-37f);
        fill(s.initFloat64List(5), 0.0, 123456789012345.0, 1e306, -1e-306, -0.0);
        fill(s.initTextList(3), "quux", "", "grault");
        s.initDataList(2).setCopy(0, Data.of(bytes("garply")));
        s.getDataList().setCopy(1, Data.EMPTY);
        for (TestAllTypes.Builder element : s.initStructList(2)) {
            element.setTextField("an element");
        }
        fill(s.initEnumList(3), TestEnum.QUX, TestEnum.BAR, TestEnum.GRAULT);
    }

    @SafeVarargs
    private static <T> void fill(List<T> list, T... values) {
        for (int i = 0; i < values.length; i++) {
            list.set(i, values[i]);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

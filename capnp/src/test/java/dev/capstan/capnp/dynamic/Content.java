package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.dynamic.fixture.TestListDefaults;
import dev.capstan.capnp.dynamic.fixture.TestLists;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestEnum;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A value in every field of {@code TestAllTypes} and {@code TestLists}, written and checked both by names and by generated code. */
@SuppressWarnings("exports") // for the tests of this module alone
public final class Content {
    private Content() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void fill(DynamicStruct.Builder root) {
        root.set("voidField", DynamicValue.Nothing.VOID);
        root.set("boolField", true);
        root.set("int8Field", -123);
        root.set("int16Field", -12345);
        root.set("int32Field", -12345678);
        root.set("int64Field", -123456789012345L);
        root.set("uInt8Field", 234);
        root.set("uInt16Field", 45678);
        root.set("uInt32Field", 3456789012L);
        root.set("uInt64Field", new DynamicValue.UInt(-1));
        root.set("float32Field", 1234.5);
        root.set("float64Field", -123e45);
        root.set("textField", "foo");
        root.set("dataField", bytes("bar"));
        DynamicStruct.Builder inner = root.initStruct("structField");
        inner.set("boolField", true);
        inner.set("int8Field", -12);
        inner.set("textField", "baz");
        inner.initStruct("structField").set("textField", "really nested");
        inner.set("enumField", "baz");
        inner.set("int32List", List.of(12345678, -90123456));
        inner.set("structList", List.of(Map.of("textField", "x structlist 1"), Map.of("textField", "x structlist 2")));
        root.set("enumField", "corge");
        root.initList("voidList", 6);
        root.set("boolList", List.of(true, false, false, true));
        root.set("int8List", List.of(111, -111));
        root.set("int16List", List.of(11111, -11111));
        root.set("int32List", List.of(111111111, -111111111));
        root.set("int64List", List.of(1111111111111111111L, -1111111111111111111L));
        root.set("uInt8List", List.of(111, 222));
        root.set("uInt16List", List.of(33333, 44444));
        root.set("uInt32List", List.of(3333333333L));
        root.set("uInt64List", List.of(new DynamicValue.UInt(-2), 5));
        root.set("float32List", List.of(5555.5, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN));
        root.set("float64List", List.of(7777.75, Double.NaN));
        root.set("textList", List.of("plugh", "xyzzy", "thud"));
        root.set("dataList", List.of(bytes("oops"), bytes("exhausted")));
        DynamicList.Builder structs = root.initList("structList", 3);
        for (int i = 0; i < 3; i++) {
            structs.struct(i).set("textField", "structlist " + i);
        }
        root.set("enumList", List.of("foo", "garply"));
        root.set("int32ListList", List.of(List.of(1, 2, 3), List.of(4, 5), List.of()));
        root.set("textListList", List.of(List.of("a"), List.of("b", "c")));
    }

    static void check(DynamicStruct.Reader root) {
        assertEquals(DynamicValue.Nothing.VOID, root.get("voidField"));
        assertEquals(new DynamicValue.Bool(true), root.get("boolField"));
        assertEquals(new DynamicValue.Int(-123), root.get("int8Field"));
        assertEquals((byte) -123, root.get("int8Field").asByte());
        assertEquals((short) -12345, root.get("int16Field").asShort());
        assertEquals(-12345678, root.get("int32Field").asInt());
        assertEquals(-123456789012345L, root.get("int64Field").asLong());
        assertEquals(new DynamicValue.UInt(234), root.get("uInt8Field"));
        assertEquals(45678, root.get("uInt16Field").asInt());
        assertEquals(3456789012L, root.get("uInt32Field").asLong());
        assertEquals(-1, root.get("uInt64Field").asUnsignedLong());
        assertEquals(new DynamicValue.Real(1234.5), root.get("float32Field"));
        assertEquals(-123e45, root.get("float64Field").asDouble());
        assertEquals("foo", root.get("textField").asText());
        assertArrayEquals(bytes("bar"), root.get("dataField").asData().toByteArray());
        DynamicStruct.Reader inner = root.get("structField").asStruct();
        assertTrue(inner.get("boolField").asBoolean());
        assertEquals(-12, inner.get("int8Field").asInt());
        assertEquals("baz", inner.get("textField").asText());
        assertEquals(
                "really nested",
                inner.get("structField").asStruct().get("textField").asText());
        assertEquals("baz", inner.get("enumField").asEnum().name());
        checkList(inner.get("int32List"), 12345678, -90123456);
        assertEquals(
                "x structlist 2",
                inner.get("structList")
                        .asList()
                        .get(1)
                        .asStruct()
                        .get("textField")
                        .asText());
        assertEquals("corge", root.get("enumField").asEnum().name());
        assertEquals(6, root.get("voidList").asList().size());
        assertEquals(DynamicValue.Nothing.VOID, root.get("voidList").asList().get(5));
        assertEquals(
                List.of(true, false, false, true),
                root.get("boolList").asList().stream()
                        .map(DynamicValue::asBoolean)
                        .toList());
        checkList(root.get("int8List"), 111, -111);
        checkList(root.get("int16List"), 11111, -11111);
        checkList(root.get("int32List"), 111111111, -111111111);
        checkList(root.get("int64List"), 1111111111111111111L, -1111111111111111111L);
        checkList(root.get("uInt8List"), 111, 222);
        checkList(root.get("uInt16List"), 33333, 44444);
        checkList(root.get("uInt32List"), 3333333333L);
        assertEquals(List.of(new DynamicValue.UInt(-2), new DynamicValue.UInt(5)), root.get("uInt64List"));
        assertEquals(
                List.of(5555.5, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN),
                root.get("float32List").asList().stream()
                        .map(DynamicValue::asDouble)
                        .toList());
        assertEquals(
                List.of(new DynamicValue.Real(7777.75), new DynamicValue.Real(Double.NaN)), root.get("float64List"));
        checkTexts(root.get("textList"), "plugh", "xyzzy", "thud");
        assertEquals(
                Data.of(bytes("exhausted")),
                root.get("dataList").asList().get(1).asData());
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    "structlist " + i,
                    root.get("structList")
                            .asList()
                            .get(i)
                            .asStruct()
                            .get("textField")
                            .asText());
        }
        assertEquals("[foo, garply]", root.get("enumList").toString());
        checkList(root.get("int32ListList").asList().get(1), 4, 5);
        assertEquals(0, root.get("int32ListList").asList().get(2).asList().size());
        checkTexts(root.get("textListList").asList().get(1), "b", "c");
    }

    public static void fill(TestAllTypes.Builder root) {
        root.setBoolField(true);
        root.setInt8Field((byte) -123);
        root.setInt16Field((short) -12345);
        root.setInt32Field(-12345678);
        root.setInt64Field(-123456789012345L);
        root.setUInt8Field(234);
        root.setUInt16Field(45678);
        root.setUInt32Field(3456789012L);
        root.setUInt64Field(-1);
        root.setFloat32Field(1234.5f);
        root.setFloat64Field(-123e45);
        root.setTextField("foo");
        root.setDataField(bytes("bar"));
        TestAllTypes.Builder inner = root.initStructField();
        inner.setBoolField(true);
        inner.setInt8Field((byte) -12);
        inner.setTextField("baz");
        inner.initStructField().setTextField("really nested");
        inner.setEnumField(TestEnum.BAZ);
        fill(inner.initInt32List(2), 12345678, -90123456);
        inner.initStructList(2).get(0).setTextField("x structlist 1");
        inner.getStructList().get(1).setTextField("x structlist 2");
        root.setEnumField(TestEnum.CORGE);
        root.initVoidList(6);
        fill(root.initBoolList(4), true, false, false, true);
        fill(root.initInt8List(2), (byte) 111, (byte) -111);
        fill(root.initInt16List(2), (short) 11111, (short) -11111);
        fill(root.initInt32List(2), 111111111, -111111111);
        fill(root.initInt64List(2), 1111111111111111111L, -1111111111111111111L);
        fill(root.initUInt8List(2), 111, 222);
        fill(root.initUInt16List(2), 33333, 44444);
        fill(root.initUInt32List(1), 3333333333L);
        fill(root.initUInt64List(2), -2L, 5L);
        fill(root.initFloat32List(4), 5555.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN);
        fill(root.initFloat64List(2), 7777.75, Double.NaN);
        fill(root.initTextList(3), "plugh", "xyzzy", "thud");
        root.initDataList(2).setCopy(0, Data.of(bytes("oops")));
        root.getDataList().setCopy(1, Data.of(bytes("exhausted")));
        root.initStructList(3);
        for (int i = 0; i < 3; i++) {
            root.getStructList().get(i).setTextField("structlist " + i);
        }
        fill(root.initEnumList(2), TestEnum.FOO, TestEnum.GARPLY);
        var lists = root.initInt32ListList(3);
        fill(lists.init(0, 3), 1, 2, 3);
        fill(lists.init(1, 2), 4, 5);
        lists.init(2, 0);
        var texts = root.initTextListList(2);
        fill(texts.init(0, 1), "a");
        fill(texts.init(1, 2), "b", "c");
    }

    @SafeVarargs
    private static <T> void fill(List<T> list, T... values) {
        for (int i = 0; i < values.length; i++) {
            list.set(i, values[i]);
        }
    }

    public static void check(TestAllTypes.Reader root) {
        assertTrue(root.getBoolField());
        assertEquals(-123, root.getInt8Field());
        assertEquals(-12345, root.getInt16Field());
        assertEquals(-12345678, root.getInt32Field());
        assertEquals(-123456789012345L, root.getInt64Field());
        assertEquals(234, root.getUInt8Field());
        assertEquals(45678, root.getUInt16Field());
        assertEquals(3456789012L, root.getUInt32Field());
        assertEquals(-1, root.getUInt64Field());
        assertEquals(1234.5f, root.getFloat32Field());
        assertEquals(-123e45, root.getFloat64Field());
        assertEquals("foo", root.getTextField());
        assertArrayEquals(bytes("bar"), root.getDataField().toByteArray());
        TestAllTypes.Reader inner = root.getStructField();
        assertTrue(inner.getBoolField());
        assertEquals(-12, inner.getInt8Field());
        assertEquals("baz", inner.getTextField());
        assertEquals("really nested", inner.getStructField().getTextField());
        assertEquals(TestEnum.BAZ, inner.getEnumField());
        assertEquals(List.of(12345678, -90123456), inner.getInt32List());
        assertEquals("x structlist 1", inner.getStructList().get(0).getTextField());
        assertEquals("x structlist 2", inner.getStructList().get(1).getTextField());
        assertEquals(TestEnum.CORGE, root.getEnumField());
        assertEquals(6, root.getVoidList().size());
        assertEquals(List.of(true, false, false, true), root.getBoolList());
        assertEquals(List.of((byte) 111, (byte) -111), root.getInt8List());
        assertEquals(List.of((short) 11111, (short) -11111), root.getInt16List());
        assertEquals(List.of(111111111, -111111111), root.getInt32List());
        assertEquals(List.of(1111111111111111111L, -1111111111111111111L), root.getInt64List());
        assertEquals(List.of(111, 222), root.getUInt8List());
        assertEquals(List.of(33333, 44444), root.getUInt16List());
        assertEquals(List.of(3333333333L), root.getUInt32List());
        assertEquals(List.of(-2L, 5L), root.getUInt64List());
        assertEquals(
                List.of(5555.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN), root.getFloat32List());
        assertEquals(List.of(7777.75, Double.NaN), root.getFloat64List());
        assertEquals(List.of("plugh", "xyzzy", "thud"), root.getTextList());
        assertEquals(List.of(Data.of(bytes("oops")), Data.of(bytes("exhausted"))), root.getDataList());
        for (int i = 0; i < 3; i++) {
            assertEquals("structlist " + i, root.getStructList().get(i).getTextField());
        }
        assertEquals(List.of(TestEnum.FOO, TestEnum.GARPLY), root.getEnumList());
        assertEquals(List.of(List.of(1, 2, 3), List.of(4, 5), List.of()), root.getInt32ListList());
        assertEquals(List.of(List.of("a"), List.of("b", "c")), root.getTextListList());
    }

    static void checkZero(DynamicStruct.Reader root) {
        for (StructSchema.Field field : root.schema().fields()) {
            assertFalse(root.hasNonDefault(field), field.name());
            switch (root.get(field)) {
                case DynamicValue.Nothing v -> assertTrue(root.has(field));
                case DynamicValue.Bool(boolean v) -> assertFalse(v);
                case DynamicValue.Int(long v) -> assertEquals(0, v);
                case DynamicValue.UInt(long v) -> assertEquals(0, v);
                case DynamicValue.Real(double v) -> assertEquals(0, v);
                case DynamicValue.Text(String v) -> assertEquals("", v);
                case DynamicValue.Bytes(Data v) -> assertEquals(0, v.size());
                case DynamicValue.Any v -> assertTrue(v.pointer().isNull());
                case DynamicValue.Capability v -> assertTrue(v.pointer().isNull());
                case DynamicEnum v -> assertEquals(0, v.raw());
                case DynamicStruct.Reader v -> assertNull(v.which());
                case DynamicList.Reader v -> assertEquals(0, v.size());
            }
        }
    }

    static void checkZero(TestAllTypes.Reader root) {
        assertFalse(root.getBoolField());
        assertEquals(0, root.getInt64Field());
        assertEquals(0, root.getFloat64Field());
        assertEquals("", root.getTextField());
        assertFalse(root.hasStructField());
        assertFalse(root.hasInt32List());
    }

    public static void fillLists(DynamicStruct.Builder root) {
        DynamicStruct.Builder lists = root.initStruct("lists");
        lists.set("list0", List.of(Map.of("f", DynamicValue.Nothing.VOID), Map.of()));
        lists.set("list1", structs(true, false, true, true));
        lists.set("list8", structs(123, 45));
        lists.set("list16", structs(12345, 6789));
        lists.set("list32", structs(123456789, 234567890));
        lists.set("list64", structs(1234567890123456L, 2345678901234567L));
        lists.set("listP", structs("foo", "bar"));
        DynamicList.Builder numbers = lists.initList("int32ListList", 3);
        numbers.put(0, List.of(1, 2, 3));
        numbers.put(1, List.of(4, 5));
        numbers.initList(2, 1).put(0, 12341234);
        lists.set("textListList", List.of(List.of("foo", "bar"), List.of("baz"), List.of("qux", "corge")));
        DynamicList.Builder structLists = lists.initList("structListList", 2);
        DynamicList.Builder first = structLists.initList(0, 2);
        first.struct(0).set("int32Field", 123);
        first.struct(1).set("int32Field", 456);
        structLists.initList(1, 1).struct(0).set("int32Field", 789);
    }

    private static List<Map<String, ?>> structs(Object... values) {
        return Arrays.stream(values).<Map<String, ?>>map(v -> Map.of("f", v)).toList();
    }

    public static void checkLists(DynamicStruct.Reader root) {
        DynamicStruct.Reader lists = root.get("lists").asStruct();
        assertEquals(2, lists.get("list0").asList().size());
        assertEquals(
                List.of(true, false, true, true),
                lists.get("list1").asList().stream()
                        .map(s -> s.asStruct().get("f").asBoolean())
                        .toList());
        checkList(members(lists.get("list8")), 123, 45);
        checkList(members(lists.get("list16")), 12345, 6789);
        checkList(members(lists.get("list32")), 123456789, 234567890);
        checkList(members(lists.get("list64")), 1234567890123456L, 2345678901234567L);
        assertEquals(List.of(new DynamicValue.Text("foo"), new DynamicValue.Text("bar")), members(lists.get("listP")));
        checkList(lists.get("int32ListList").asList().get(0), 1, 2, 3);
        checkList(lists.get("int32ListList").asList().get(2), 12341234);
        checkTexts(lists.get("textListList").asList().get(2), "qux", "corge");
        DynamicList.Reader structs = lists.get("structListList").asList().get(0).asList();
        assertEquals(456, structs.get(1).asStruct().get("int32Field").asInt());
    }

    private static List<DynamicValue> members(DynamicValue list) {
        return list.asList().stream().map(s -> s.asStruct().get("f")).toList();
    }

    public static void checkLists(TestListDefaults.Reader root) {
        TestLists.Reader lists = root.getLists();
        assertEquals(2, lists.getList0().size());
        assertTrue(lists.getList1().get(3).getF());
        assertEquals(45, lists.getList8().get(1).getF());
        assertEquals(12345, lists.getList16().get(0).getF());
        assertEquals(234567890, lists.getList32().get(1).getF());
        assertEquals(2345678901234567L, lists.getList64().get(1).getF());
        assertEquals("bar", lists.getListP().get(1).getF());
        assertEquals(List.of(List.of(1, 2, 3), List.of(4, 5), List.of(12341234)), lists.getInt32ListList());
        assertEquals(List.of(List.of("foo", "bar"), List.of("baz"), List.of("qux", "corge")), lists.getTextListList());
        assertEquals(789, lists.getStructListList().get(1).get(0).getInt32Field());
    }

    static void checkList(Object list, long... expected) {
        assertArrayEquals(
                expected,
                ((List<?>) list)
                        .stream()
                                .mapToLong(value -> ((DynamicValue) value).asLong())
                                .toArray());
    }

    static void checkTexts(DynamicValue list, String... expected) {
        assertEquals(
                List.of(expected),
                list.asList().stream().map(DynamicValue::asText).toList());
    }
}

package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.fixture.TestLateUnion;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestAnyPointer;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What Java values stand for what types, and where each ends. */
class ConversionsTest {
    private static final BigInteger TWO_TO_64 = BigInteger.TWO.pow(64);

    private final SchemaLoader loader = new SchemaLoader();
    private final DynamicStruct.Builder root =
            new MessageBuilder().initRoot(loader.load(TestAllTypes.TYPE).structType());

    private void refused(String text, String field, @Nullable Object value) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> root.set(field, value));
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
    }

    private void taken(String field, Object value, DynamicValue expected) {
        root.set(field, value);
        assertEquals(expected, root.get(field));
        DynamicList.Builder list = root.initList(field.replace("Field", "List"), 1);
        list.put(0, value);
        assertEquals(expected, list.get(0));
    }

    @Test
    void signed_integers_end_at_both_sides() {
        for (int bits : new int[] {8, 16, 32, 64}) {
            BigInteger max = BigInteger.TWO.pow(bits - 1).subtract(BigInteger.ONE);
            String field = "int" + bits + "Field";
            taken(field, max, new DynamicValue.Int(max.longValue()));
            taken(field, max.not(), new DynamicValue.Int(max.not().longValue()));
            String range = " does not fit Int" + bits + ", which is " + max.not() + " to " + max + ".";
            refused(max.add(BigInteger.ONE) + range, field, max.add(BigInteger.ONE));
            refused(max.not().subtract(BigInteger.ONE) + range, field, max.not().subtract(BigInteger.ONE));
        }
    }

    @Test
    void unsigned_integers_end_at_both_sides() {
        for (int bits : new int[] {8, 16, 32, 64}) {
            BigInteger max = BigInteger.TWO.pow(bits).subtract(BigInteger.ONE);
            String field = "uInt" + bits + "Field";
            taken(field, max, new DynamicValue.UInt(max.longValue()));
            taken(field, 0, new DynamicValue.UInt(0));
            String range = " does not fit UInt" + bits + ", which is 0 to " + max + ".";
            refused(max.add(BigInteger.ONE) + range, field, max.add(BigInteger.ONE));
            refused("-1" + range, field, -1);
            refused("-1" + range, field, new DynamicValue.Int(-1));
        }
        refused("18446744073709551615 does not fit Int64", "int64Field", new DynamicValue.UInt(-1));
        refused("A number of 201 bits does not fit", "int64Field", BigInteger.TWO.pow(200));
    }

    @Test
    void floats_without_fraction_stand_for_integers() {
        taken("int32Field", 5.0, new DynamicValue.Int(5));
        taken("int8Field", 5f, new DynamicValue.Int(5));
        taken("uInt64Field", 0x1p63, new DynamicValue.UInt(Long.MIN_VALUE));
        taken("int64Field", -0x1p63, new DynamicValue.Int(Long.MIN_VALUE));
        refused("does not fit Int64", "int64Field", 0x1p63);
        refused(TWO_TO_64 + " does not fit UInt64", "uInt64Field", 0x1p64);
        refused("NaN is not an integer", "int64Field", Double.NaN);
        refused("Infinity is not an integer", "int64Field", Double.POSITIVE_INFINITY);
        refused("1.5 is not an integer", "uInt8Field", new DynamicValue.Real(1.5));
    }

    @Test
    void integers_stand_for_floats_and_are_rounded() {
        taken("float64Field", Long.MAX_VALUE, new DynamicValue.Real(0x1p63));
        taken("float64Field", new DynamicValue.UInt(-1), new DynamicValue.Real(0x1p64));
        taken("float32Field", 16777217, new DynamicValue.Real(16777216));
        taken("float32Field", Double.POSITIVE_INFINITY, new DynamicValue.Real(Double.POSITIVE_INFINITY));
        refused("1.0E300 does not fit Float32", "float32Field", 1e300);
        refused("not a number", "float64Field", "1");
    }

    @Test
    void values_are_asked_for_as_what_they_are() {
        assertEquals(5, new DynamicValue.UInt(5).asByte());
        assertThrows(IllegalArgumentException.class, () -> new DynamicValue.UInt(128).asByte());
        assertThrows(IllegalArgumentException.class, () -> new DynamicValue.UInt(-1).asLong());
        assertThrows(IllegalArgumentException.class, () -> new DynamicValue.Int(-1).asUnsignedLong());
        assertThrows(IllegalArgumentException.class, () -> new DynamicValue.Int(1).asText());
        assertThrows(IllegalArgumentException.class, () -> new DynamicValue.Text("x").asInt());
        assertThrows(IllegalArgumentException.class, () -> DynamicValue.Nothing.VOID.asStruct());
        assertThrows(IllegalArgumentException.class, () -> DynamicValue.Nothing.VOID.asList());
        assertThrows(IllegalArgumentException.class, () -> DynamicValue.Nothing.VOID.asEnum());
        assertThrows(IllegalArgumentException.class, () -> DynamicValue.Nothing.VOID.asBoolean());
        assertThrows(IllegalArgumentException.class, () -> DynamicValue.Nothing.VOID.asAnyPointer());
        assertThrows(IllegalArgumentException.class, () -> DynamicValue.Nothing.VOID.asCapability());
        assertEquals(0x1p64, new DynamicValue.UInt(-1).asDouble());
        assertEquals("18446744073709551615", new DynamicValue.UInt(-1).toString());
    }

    @Test
    void what_is_no_value_of_the_type_is_refused_and_says_where() {
        refused("Field textField of test.capnp:TestAllTypes: The value is the number 5, not Text.", "textField", 5);
        refused("not Void", "voidField", 5);
        refused("null does not stand for Int8", "int8Field", null);
        refused("not a struct of type", "structField", "text");
        refused("not a List(Int32)", "int32List", 5);
        refused("Element 1 of a List(Int8): 300 does not fit Int8", "int8List", List.of(1, 300));
        refused("Element 0 of a List(Bool)", "boolList", List.of(1));
        refused("Element 0 of a List(Void)", "voidList", List.of(1));
        refused("not Data", "dataField", 5);
        refused("not a capability of", "interfaceField", 5);
        refused("Field int8Field of test.capnp:TestAllTypes: 300", "structField", Map.of("int8Field", 300));
        StructSchema other = loader.load(TestAnyPointer.TYPE);
        DynamicStruct.Builder wrong = new MessageBuilder().initRoot(other.structType());
        refused("a struct of type test.capnp:TestAnyPointer, not", "structField", wrong);
        refused("a struct of type test.capnp:TestAnyPointer, not", "structList", List.of(wrong));
        assertThrows(IllegalArgumentException.class, () -> root.get(other.field("anyPointerField")));
        assertThrows(IllegalArgumentException.class, () -> wrong.as(TestAllTypes.TYPE));
        assertThrows(IllegalArgumentException.class, () -> wrong.asReader().as(TestAllTypes.TYPE));
        assertThrows(IllegalArgumentException.class, () -> TestAllTypes.TYPE.view(wrong));
        assertThrows(IllegalArgumentException.class, () -> root.struct("textField"));
        assertThrows(IllegalArgumentException.class, () -> root.initStruct("textField"));
        assertThrows(IllegalArgumentException.class, () -> root.list("textField"));
        assertThrows(IllegalArgumentException.class, () -> root.initList("textField", 1));
        assertThrows(IllegalArgumentException.class, () -> root.initData("textField", 1));
        assertThrows(IllegalArgumentException.class, () -> root.any("textField"));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> root.initList("int8List", 1).get(1));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> root.initList("voidList", 1).put(1, DynamicValue.Nothing.VOID));
    }

    @Test
    void structs_maps_and_lists_are_copied() {
        TestAllTypes.Builder other = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        other.setInt32Field(7);
        root.set("structField", other.asReader());
        assertEquals(7, root.get("structField").asStruct().get("int32Field").asInt());
        root.set("structField", Map.of("textField", "map", "enumField", "qux"));
        assertEquals("qux", root.get("structField").asStruct().get("enumField").toString());
        root.set("structList", List.of(Map.of("textField", "one"), root.get("structField")));
        assertEquals(
                "map",
                root.get("structList")
                        .asList()
                        .get(1)
                        .asStruct()
                        .get("textField")
                        .asText());
        root.set("structField", root.get("structList").asList().get(0));
        assertEquals("one", root.get("structField").asStruct().get("textField").asText());
        root.initStruct("structField").set("structList", root.get("structList"));
        assertEquals(
                2, root.get("structField").asStruct().get("structList").asList().size());
        root.set("structField", null);
        assertTrue(!root.has("structField"));
        root.initData("dataField", 2).set(1, (byte) 5);
        assertEquals(5, root.get("dataField").asData().get(1));
        root.initList("dataList", 1).initData(0, 3);
        assertEquals(3, root.get("dataList").asList().get(0).asData().size());
        root.initList("textListList", 1).initList(0, 1).put(0, "deep");
        assertEquals("deep", root.list("textListList").list(0).get(0).asText());
        assertEquals(
                "deep", root.get("textListList").asList().get(0).asList().get(0).asText());
    }

    @Test
    void a_member_of_a_union_that_was_set_only_in_part_is_empty() {
        DynamicStruct.Builder union = new MessageBuilder()
                .initRoot(loader.load(TestLateUnion.TYPE).structType())
                .struct("theUnion");
        union.set("qux", "text");
        assertThrows(IllegalArgumentException.class, () -> union.set("grault", "no number"));
        assertEquals("text", union.get("qux").asText());
        assertThrows(IllegalArgumentException.class, () -> union.set("corge", List.of(1, "no number")));
        assertEquals(0, union.get("corge").asList().size());
    }
}

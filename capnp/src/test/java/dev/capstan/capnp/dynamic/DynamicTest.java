package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.UInt32List;
import dev.capstan.capnp.dynamic.fixture.TestInterleavedGroups;
import dev.capstan.capnp.dynamic.fixture.TestLateUnion;
import dev.capstan.capnp.dynamic.fixture.TestListDefaults;
import dev.capstan.capnp.dynamic.fixture.TestUnion;
import dev.capstan.capnp.dynamic.fixture.TestUnnamedUnion;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestAnyPointer;
import dev.capstan.capnp.testfixture.TestDefaults;
import dev.capstan.capnp.testfixture.TestEnum;
import dev.capstan.testkit.Parity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What dynamic-test.c++ tests, case by case. Orphans apart: what C++ does with them is in the tests of orphans. */
class DynamicTest {
    private static final ListSchema UINT32S = new ListSchema(Type.Scalar.UINT32);

    private final SchemaLoader loader = new SchemaLoader();
    private final StructSchema allTypes = loader.load(TestAllTypes.TYPE);
    private final StructSchema defaults = loader.load(TestDefaults.TYPE);
    private final MessageBuilder message = new MessageBuilder();

    private DynamicStruct.Builder init(StructType<?, ?> type) {
        return message.initRoot(loader.load(type).structType());
    }

    private static void refused(String text, Runnable what) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, what::run);
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
    }

    @Test
    @Parity("dynamic: Build")
    @DisplayName("Build")
    void what_is_built_by_names_is_read_by_generated_code() {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        Content.fill(root);
        Content.check(root.asReader().as(TestAllTypes.TYPE));
        Content.check(root.asReader());
    }

    @Test
    @Parity("dynamic: Read")
    @DisplayName("Read")
    void what_generated_code_builds_is_read_by_names() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        Content.fill(root);
        Content.check(DynamicStruct.of(allTypes, root.asReader()));
        Content.check(DynamicStruct.of(allTypes, root).asReader());
    }

    @Test
    @Parity("dynamic: Defaults")
    @DisplayName("Defaults")
    void a_null_root_reads_as_the_defaults() {
        MessageReader nothing = MessageReader.of(List.of(new byte[8]), Limits.DEFAULT);
        checkDefaults(nothing.root(defaults.structType()));
    }

    @Test
    @Parity("dynamic: DefaultsBuilder")
    @DisplayName("DefaultsBuilder")
    void a_new_struct_has_the_defaults_and_opening_them_makes_copies() {
        DynamicStruct.Builder root = init(TestDefaults.TYPE);
        checkDefaults(root.asReader());
        assertFalse(root.has("structField"));
        assertEquals(-78901234, root.struct("structField").get("int32Field").asInt());
        assertEquals(
                "nested",
                root.struct("structField")
                        .struct("structField")
                        .get("textField")
                        .asText());
        assertTrue(root.has("structField"));
        assertEquals(111111111, root.list("int32List").get(0).asInt());
        assertEquals(
                "structlist 2",
                root.list("structList").struct(1).get("textField").asText());
        Content.checkList(root.list("int32ListList").list(0).asReader(), 1, 2, 3);
        checkDefaults(root.asReader());
        assertEquals("foo", root.as(TestDefaults.TYPE).getTextField());
        root.struct("structField").set("int32Field", 5);
        assertEquals(5, root.as(TestDefaults.TYPE).getStructField().getInt32Field());
    }

    private static void checkDefaults(DynamicStruct.Reader root) {
        assertTrue(root.get("boolField").asBoolean());
        assertEquals(-123, root.get("int8Field").asByte());
        assertEquals(-12345, root.get("int16Field").asShort());
        assertEquals(-12345678, root.get("int32Field").asInt());
        assertEquals(-123456789012345L, root.get("int64Field").asLong());
        assertEquals(234, root.get("uInt8Field").asInt());
        assertEquals(45678, root.get("uInt16Field").asInt());
        assertEquals(3456789012L, root.get("uInt32Field").asLong());
        assertEquals(
                "12345678901234567890",
                Long.toUnsignedString(root.get("uInt64Field").asUnsignedLong()));
        assertEquals(1234.5, root.get("float32Field").asDouble());
        assertEquals(-123e45, root.get("float64Field").asDouble());
        assertEquals("foo", root.get("textField").asText());
        assertEquals(Data.of(Content.bytes("bar")), root.get("dataField").asData());
        DynamicStruct.Reader inner = root.get("structField").asStruct();
        assertEquals(-78901234, inner.get("int32Field").asInt());
        assertEquals(
                "nested", inner.get("structField").asStruct().get("textField").asText());
        Content.checkList(inner.get("int32List"), 12345678, -90123456);
        assertEquals("corge", root.get("enumField").asEnum().name());
        Content.checkList(root.get("int32List"), 111111111, -111111111);
        assertEquals("[foo, garply]", root.get("enumList").toString());
        assertEquals(3, root.get("textList").asList().size());
        assertEquals(
                "structlist 1",
                root.get("structList")
                        .asList()
                        .get(0)
                        .asStruct()
                        .get("textField")
                        .asText());
        Content.checkList(root.get("int32ListList").asList().get(1), 4, 5);
        TestDefaults.Reader typed = root.as(TestDefaults.TYPE);
        assertEquals("foo", typed.getTextField());
        assertEquals(TestEnum.CORGE, typed.getEnumField());
        for (StructSchema.Field field : root.schema().fields()) {
            assertNotNull(field.defaultValue(), field.name());
        }
    }

    @Test
    @Parity("dynamic: Zero")
    @DisplayName("Zero")
    void a_new_struct_is_all_zero() {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        Content.checkZero(root.asReader());
        Content.checkZero(root.asReader().as(TestAllTypes.TYPE));
    }

    @Test
    @Parity("dynamic: ListListsBuild")
    @DisplayName("ListListsBuild")
    void lists_of_lists_are_built() {
        DynamicStruct.Builder root = init(TestListDefaults.TYPE);
        Content.fillLists(root);
        Content.checkLists(root.asReader().as(TestListDefaults.TYPE));
        Content.checkLists(root.asReader());
    }

    @Test
    @Parity("dynamic: ListListsRead")
    @DisplayName("ListListsRead")
    void lists_of_lists_are_read() {
        TestListDefaults.Builder root = message.initRoot(TestListDefaults.TYPE);
        root.getLists();
        StructSchema schema = loader.load(TestListDefaults.TYPE);
        Content.checkLists(DynamicStruct.of(schema, root.asReader()));
        Content.checkLists(DynamicStruct.of(schema, root).asReader());
    }

    @Test
    @Parity("dynamic: AnyPointers")
    @DisplayName("AnyPointers")
    void generated_any_pointers_are_used_by_schema() {
        TestAnyPointer.Builder root = message.initRoot(TestAnyPointer.TYPE);
        Content.fill(root.getAnyPointerField().init(allTypes.structType()));
        Content.check(root.asReader().getAnyPointerField().as(TestAllTypes.TYPE));
        Content.check(root.asReader().getAnyPointerField().as(allTypes.structType()));
        Content.check(root.getAnyPointerField().as(allTypes.structType()).asReader());

        fill(UINT32S.init(root.getAnyPointerField(), 4));
        assertEquals(
                List.of(123L, 456L, 789L, 123456789L),
                root.asReader().getAnyPointerField().as(UInt32List.TYPE));
        Content.checkList(UINT32S.read(root.asReader().getAnyPointerField()).asList(), 123, 456, 789, 123456789);
        Content.checkList(UINT32S.edit(root.getAnyPointerField()), 123, 456, 789, 123456789);

        DynamicStruct.Builder dynamic = DynamicStruct.of(loader.load(TestAnyPointer.TYPE), root);
        dynamic.set("anyPointerField", "foo");
        assertEquals("foo", root.getAnyPointerField().as(Text.TYPE));

        TestAllTypes.Builder other = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        Content.fill(other);
        dynamic.set("anyPointerField", other.asReader());
        Content.check(root.asReader().getAnyPointerField().as(TestAllTypes.TYPE));
        dynamic.set("anyPointerField", DynamicStruct.of(allTypes, other));
        Content.check(root.asReader().getAnyPointerField().as(TestAllTypes.TYPE));
        dynamic.set("anyPointerField", other.asReader().getUInt32List());
        assertEquals(List.of(3333333333L), root.asReader().getAnyPointerField().as(UInt32List.TYPE));
        dynamic.set("anyPointerField", DynamicStruct.of(allTypes, other).get("uInt16List"));
        assertEquals("List(UInt16)", new ListSchema(Type.Scalar.UINT16).toString());
        dynamic.set("anyPointerField", Content.bytes("data"));
        assertEquals(4, root.getAnyPointerField().as(Data.TYPE).size());
        dynamic.set("anyPointerField", null);
        assertTrue(root.getAnyPointerField().isNull());
        refused("not something that can stand behind a pointer", () -> dynamic.set("anyPointerField", 5));
    }

    private static void fill(DynamicList.Builder list) {
        list.put(0, 123);
        list.put(1, 456);
        list.put(2, 789);
        list.put(3, 123456789);
    }

    @Test
    @Parity("dynamic: DynamicAnyPointers")
    @DisplayName("DynamicAnyPointers")
    void any_pointers_are_reached_by_names() {
        DynamicStruct.Builder root = init(TestAnyPointer.TYPE);
        Content.fill(root.any("anyPointerField").init(allTypes.structType()));
        Content.check(
                root.asReader().as(TestAnyPointer.TYPE).getAnyPointerField().as(TestAllTypes.TYPE));
        Content.check(root.get("anyPointerField").asAnyPointer().as(allTypes.structType()));
        Content.check(root.any("anyPointerField").asReader().as(allTypes.structType()));
        fill(UINT32S.init(root.initAny("anyPointerField"), 4));
        assertEquals(
                List.of(123L, 456L, 789L, 123456789L),
                root.as(TestAnyPointer.TYPE).getAnyPointerField().as(UInt32List.TYPE));
        Content.checkList(
                UINT32S.read(root.get("anyPointerField").asAnyPointer()).asList(), 123, 456, 789, 123456789);
    }

    @Test
    @Parity("dynamic: DynamicAnyStructs")
    @DisplayName("DynamicAnyStructs")
    void storage_is_shared_with_whoever_sees_it_as_another_type() {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        TestAllTypes.TYPE.view(root).setInt8Field((byte) 123);
        assertEquals(123, root.get("int8Field").asByte());
        assertEquals(123, TestAllTypes.TYPE.view(root.asReader()).getInt8Field());
    }

    @Test
    @Parity("dynamic: UnionsRead")
    @DisplayName("UnionsRead")
    void the_member_that_is_set_is_known() {
        TestUnion.Builder root = message.initRoot(TestUnion.TYPE);
        root.getUnion0().setU0f1s32(1234567);
        root.getUnion1().setU1f1sp("foo");
        root.getUnion2().setU2f0s1(true);
        root.getUnion3().setU3f0s64(1234567890123456789L);
        StructSchema schema = loader.load(TestUnion.TYPE);
        for (DynamicStruct.Reader dynamic : List.of(
                DynamicStruct.of(schema, root.asReader()),
                DynamicStruct.of(schema, root).asReader())) {
            assertEquals("u0f1s32", which(dynamic, "union0"));
            assertEquals(1234567, member(dynamic, "union0", "u0f1s32").asInt());
            assertEquals("u1f1sp", which(dynamic, "union1"));
            assertEquals("foo", member(dynamic, "union1", "u1f1sp").asText());
            assertEquals("u2f0s1", which(dynamic, "union2"));
            assertTrue(member(dynamic, "union2", "u2f0s1").asBoolean());
            assertEquals("u3f0s64", which(dynamic, "union3"));
            assertEquals(
                    1234567890123456789L, member(dynamic, "union3", "u3f0s64").asLong());
        }
    }

    private static DynamicValue member(DynamicStruct.Reader struct, String union, String name) {
        return struct.get(union).asStruct().get(name);
    }

    private static String which(DynamicStruct.Reader struct, String union) {
        StructSchema.Field which = struct.get(union).asStruct().which();
        assertNotNull(which);
        return which.name();
    }

    @Test
    @Parity("dynamic: UnionsWrite")
    @DisplayName("UnionsWrite")
    void setting_a_member_makes_it_the_one_that_is_set() {
        DynamicStruct.Builder root = init(TestUnion.TYPE);
        root.struct("union0").set("u0f1s32", 1234567);
        root.struct("union1").set("u1f1sp", "foo");
        root.struct("union2").set("u2f0s1", true);
        root.struct("union3").set("u3f0s64", 1234567890123456789L);
        TestUnion.Reader reader = root.asReader().as(TestUnion.TYPE);
        assertEquals(TestUnion.Union0.Which.U0F1S32, reader.getUnion0().which());
        assertEquals(1234567, reader.getUnion0().getU0f1s32());
        assertEquals(TestUnion.Union1.Which.U1F1SP, reader.getUnion1().which());
        assertEquals("foo", reader.getUnion1().getU1f1sp());
        assertEquals(TestUnion.Union2.Which.U2F0S1, reader.getUnion2().which());
        assertTrue(reader.getUnion2().getU2f0s1());
        assertEquals(TestUnion.Union3.Which.U3F0S64, reader.getUnion3().which());
        assertEquals(1234567890123456789L, reader.getUnion3().getU3f0s64());
        refused("has no field 'u0f1s32'", () -> root.get("u0f1s32"));
        refused("has no field 'u0f1s32'", () -> root.set("u0f1s32", 1234567));
    }

    @Test
    @Parity("dynamic: UnnamedUnion")
    @DisplayName("UnnamedUnion")
    void members_that_are_not_set_cannot_be_read() {
        DynamicStruct.Builder root = init(TestUnnamedUnion.TYPE);
        StructSchema schema = root.schema();
        assertSame(schema.field("foo"), root.which());
        for (int turn = 0; turn < 2; turn++) {
            root.set("bar", 321);
            assertSame(schema.field("bar"), root.which());
            assertEquals(321, root.get("bar").asInt());
            refused("a union in which bar is set", () -> root.get("foo"));
            refused("a union in which bar is set", () -> root.asReader().get("foo"));
            assertFalse(root.has("foo"));
            root.set("foo", 123);
            assertSame(schema.field("foo"), root.which());
            assertEquals(123, root.asReader().get("foo").asInt());
            refused("a union in which foo is set", () -> root.get("bar"));
            refused("a union in which foo is set", () -> root.asReader().get("bar"));
        }
        root.clear("bar");
        assertSame(schema.field("bar"), root.which());
        assertEquals(0, root.get("bar").asInt());
    }

    @Test
    @Parity("dynamic: ConversionFailures")
    @DisplayName("ConversionFailures")
    void values_that_do_not_fit_are_refused() {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        root.set("int8Field", 123);
        refused(
                "Field int8Field of test.capnp:TestAllTypes: 1234 does not fit Int8, which is -128 to 127.",
                () -> root.set("int8Field", 1234));
        assertEquals(123, root.get("int8Field").asInt());
        root.set("uInt32Field", 1);
        refused("-1 does not fit UInt32, which is 0 to 4294967295.", () -> root.set("uInt32Field", -1));
        root.set("int16Field", 5);
        refused("0.5 is not an integer, as Int16 needs.", () -> root.set("int16Field", 0.5));
        root.set("boolField", true);
        refused("The value is the number 1, not a Bool.", () -> root.set("boolField", 1));
    }

    @Test
    @Parity("dynamic: LateUnion")
    @DisplayName("LateUnion")
    void a_union_may_come_late_in_its_struct() {
        DynamicStruct.Builder root = init(TestLateUnion.TYPE);
        root.struct("theUnion").set("qux", "hello");
        assertEquals("hello", root.as(TestLateUnion.TYPE).getTheUnion().getQux());
    }

    @Test
    @Parity("dynamic: Has")
    @DisplayName("Has")
    void pointers_are_there_once_they_are_made_and_data_always() {
        DynamicStruct.Builder root = init(TestDefaults.TYPE);
        assertTrue(root.has("int32Field"));
        assertFalse(root.hasNonDefault("int32Field"));
        root.set("int32Field", 123);
        assertTrue(root.has("int32Field"));
        assertTrue(root.hasNonDefault("int32Field"));
        root.set("int32Field", -12345678);
        assertTrue(root.has("int32Field"));
        assertFalse(root.hasNonDefault("int32Field"));
        assertFalse(root.has("structField"));
        assertFalse(root.hasNonDefault("structField"));
        root.initStruct("structField");
        assertTrue(root.has("structField"));
        assertTrue(root.hasNonDefault("structField"));
    }

    @Test
    @Parity("dynamic: HasWhenEmpty")
    @DisplayName("HasWhenEmpty")
    void nothing_but_data_is_there_in_an_empty_message() {
        MessageReader nothing = MessageReader.of(List.of(new byte[8]), Limits.DEFAULT);
        DynamicStruct.Reader root = nothing.root(defaults.structType());
        assertTrue(root.has("boolField"));
        assertTrue(root.has("int32Field"));
        assertFalse(root.has("structField"));
        assertFalse(root.has("int32List"));
        assertTrue(nothing.root(allTypes.structType()).has("voidField"));
        for (StructSchema.Field field : defaults.fields()) {
            assertFalse(root.hasNonDefault(field), field.name());
        }
        assertFalse(nothing.root(allTypes.structType()).hasNonDefault("voidField"));
    }

    @Test
    @Parity("dynamic: SetEnumFromNative")
    @DisplayName("SetEnumFromNative")
    void enums_are_set_to_generated_values() {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        root.set("enumField", TestEnum.BAZ);
        root.set("enumList", List.of(TestEnum.BAR, TestEnum.FOO));
        assertEquals(
                TestEnum.BAZ, TestEnum.type().of(root.get("enumField").asEnum().raw()));
        assertEquals(
                List.of(TestEnum.BAR, TestEnum.FOO), root.as(TestAllTypes.TYPE).getEnumList());
        refused("UNRECOGNIZED cannot be written", () -> root.set("enumField", TestEnum.UNRECOGNIZED));
        root.set("enumField", 99);
        assertEquals("(99)", root.get("enumField").toString());
        refused("has no enumerant 'nobody'", () -> root.set("enumField", "nobody"));
    }

    @Test
    @Parity("dynamic: SetDataFromText")
    @DisplayName("SetDataFromText")
    void text_stands_for_its_bytes() {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        root.set("dataField", "foo");
        assertEquals(Data.of(Content.bytes("foo")), root.get("dataField").asData());
    }

    @Test
    @Parity("dynamic: BuilderAssign")
    @DisplayName("BuilderAssign")
    void builders_of_parts_write_into_the_whole() {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        DynamicStruct.Builder struct = root.struct("structField");
        struct.set("int32Field", 123);
        DynamicList.Builder list = root.initList("int32List", 1);
        list.put(0, 123);
        assertEquals(new DynamicValue.Int(123), list.set(0, new DynamicValue.Int(124)));
        TestAllTypes.Reader typed = root.as(TestAllTypes.TYPE).asReader();
        assertEquals(123, typed.getStructField().getInt32Field());
        assertEquals(List.of(124), typed.getInt32List());
    }

    @Test
    @Parity("dynamic: SetGroup")
    @DisplayName("SetGroup")
    void a_group_is_copied_field_by_field() {
        TestInterleavedGroups.Builder source = new MessageBuilder().initRoot(TestInterleavedGroups.TYPE);
        TestInterleavedGroups.Group1.Builder group = source.initGroup1();
        group.setFoo(10);
        group.initCorge().setPlugh("howdy");
        StructSchema schema = loader.load(TestInterleavedGroups.TYPE);
        DynamicStruct.Builder target = message.initRoot(schema.structType());
        target.struct("group2").set("foo", 11);
        target.set("group1", DynamicStruct.of(schema, source.asReader()).get("group1"));
        DynamicStruct.Reader copy = target.get("group1").asStruct();
        assertEquals(10, copy.get("foo").asInt());
        refused("a union in which corge is set", () -> copy.get("qux"));
        assertEquals("howdy", copy.get("corge").asStruct().get("plugh").asText());
        assertEquals(11, target.get("group2").asStruct().get("foo").asInt(), "the other group is as it was");
        target.clear("group1");
        assertEquals("qux", which(target.asReader(), "group1"));
        assertFalse(target.hasNonDefault("group1"));
        refused("not the group", () -> target.set("group1", "text"));
    }
}

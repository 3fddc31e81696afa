package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Int32List;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.Orphan;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.UInt32List;
import dev.capstan.capnp.dynamic.fixture.TestInterleavedGroups;
import dev.capstan.capnp.encoding.fixture.TestGroups;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestAnyOthers;
import dev.capstan.capnp.testfixture.TestAnyPointer;
import dev.capstan.capnp.testfixture.TestDefaults;
import dev.capstan.testkit.Parity;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Orphans of values whose type is known at run time, as orphan-test.c++ has them and beyond. */
class DynamicOrphanTest {
    private static final ListSchema UINT32S = new ListSchema(Type.Scalar.UINT32);

    private final SchemaLoader loader = new SchemaLoader();
    private final StructSchema allTypes = loader.load(TestAllTypes.TYPE);
    private final MessageBuilder message = new MessageBuilder(4000);
    private final AnyPointer.Builder place =
            message.initRoot(TestAnyPointer.TYPE).getAnyPointerField();

    private static void refused(String text, Runnable what) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, what::run);
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
    }

    private static void put(UInt32List.Builder list, long... values) {
        for (int i = 0; i < values.length; i++) {
            list.set(i, values[i]);
        }
    }

    private static boolean isZero(MessageBuilder message) {
        for (ByteBuffer segment : message.segments()) {
            while (segment.hasRemaining()) {
                if (segment.get() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    @Parity("orphan: DynamicStruct")
    @DisplayName("DynamicStruct")
    void a_struct_is_taken_out_by_its_schema_and_put_back() {
        Content.fill(place.init(TestAllTypes.TYPE));
        try (DynamicOrphan orphan = DynamicOrphan.disown(allTypes, place)) {
            assertTrue(place.isNull());
            assertFalse(orphan.isNull());
            Content.check(orphan.get().asStruct());
            Content.check(orphan.struct().asReader());
            orphan.adoptInto(place);
            assertThrows(IllegalStateException.class, orphan::get);
        }
        assertFalse(place.isNull());
        Content.check(place.asReader().as(TestAllTypes.TYPE));
        try (DynamicOrphan second = DynamicOrphan.of(allTypes, place.disown(TestAllTypes.TYPE))) {
            Content.check(second.get().asStruct());
        }
    }

    @Test
    @Parity("orphan: DynamicList")
    @DisplayName("DynamicList")
    void a_list_is_taken_out_by_its_type_and_put_back() {
        put(place.init(UInt32List.TYPE, 3), 12, 34, 56);
        try (DynamicOrphan orphan = DynamicOrphan.disown(UINT32S, place)) {
            assertTrue(place.isNull());
            Content.checkList(orphan.get(), 12, 34, 56);
            orphan.list().put(1, 35);
            orphan.adoptInto(place);
            assertThrows(IllegalStateException.class, orphan::isNull);
        }
        assertEquals(List.of(12L, 35L, 56L), place.as(UInt32List.TYPE));
        try (DynamicOrphan second = DynamicOrphan.of(UINT32S, place.disown(UInt32List.TYPE))) {
            Content.checkList(second.get(), 12, 35, 56);
        }
    }

    @Test
    @Parity("orphan: DynamicStructList")
    @DisplayName("DynamicStructList")
    void a_list_of_structs_is_taken_out_by_its_type_and_put_back() {
        var structs = StructList.type(TestAllTypes.TYPE);
        place.init(structs, 2).get(0).setTextField("foo");
        place.as(structs).get(1).setTextField("bar");
        try (DynamicOrphan orphan = DynamicOrphan.disown(new ListSchema(allTypes), place)) {
            assertTrue(place.isNull());
            assertEquals(2, orphan.list().size());
            assertEquals("foo", orphan.list().struct(0).as(TestAllTypes.TYPE).getTextField());
            assertEquals("bar", orphan.list().struct(1).as(TestAllTypes.TYPE).getTextField());
            orphan.adoptInto(place);
        }
        assertEquals(2, place.asReader().as(structs).size());
        assertEquals("foo", place.asReader().as(structs).get(0).getTextField());
        assertEquals("bar", place.asReader().as(structs).get(1).getTextField());
    }

    @Test
    @Parity("orphan: OrphanageDynamicStruct")
    @DisplayName("OrphanageDynamicStruct")
    void a_struct_is_made_before_it_has_a_place() {
        try (DynamicOrphan orphan = DynamicOrphan.newStruct(message, allTypes)) {
            Content.fill(orphan.struct());
            Content.check(orphan.get().asStruct());
            orphan.adoptInto(place);
        }
        Content.check(place.asReader().as(TestAllTypes.TYPE));
    }

    @Test
    @Parity("orphan: OrphanageDynamicList")
    @DisplayName("OrphanageDynamicList")
    void a_list_is_made_before_it_has_a_place() {
        try (DynamicOrphan orphan = DynamicOrphan.newList(message, UINT32S, 2)) {
            orphan.list().put(0, 123);
            orphan.list().put(1, 456);
            Content.checkList(orphan.get(), 123, 456);
            orphan.adoptInto(place);
        }
        assertEquals(List.of(123L, 456L), place.as(UInt32List.TYPE));
    }

    @Test
    @Parity("orphan: OrphanageDynamicStructCopy")
    @DisplayName("OrphanageDynamicStructCopy")
    void a_struct_of_another_message_is_copied_without_a_place() {
        MessageBuilder other = new MessageBuilder();
        Content.fill(other.initRoot(TestAllTypes.TYPE));
        try (DynamicOrphan orphan =
                DynamicOrphan.newCopy(message, allTypes, other.asReader().as(allTypes.structType()))) {
            other.reset();
            Content.check(orphan.get().asStruct());
            orphan.adoptInto(place);
        }
        Content.check(place.asReader().as(TestAllTypes.TYPE));
    }

    @Test
    @Parity("orphan: OrphanageDynamicListCopy")
    @DisplayName("OrphanageDynamicListCopy")
    void a_list_of_another_message_is_copied_without_a_place() {
        MessageBuilder other = new MessageBuilder();
        put(other.root().init(UInt32List.TYPE, 3), 12, 34, 56);
        try (DynamicOrphan orphan = DynamicOrphan.newCopy(message, UINT32S, UINT32S.read(other.asReader()));
                DynamicOrphan plain = DynamicOrphan.newCopy(message, UINT32S, List.of(1, 2))) {
            other.reset();
            Content.checkList(orphan.get(), 12, 34, 56);
            Content.checkList(plain.get(), 1, 2);
            orphan.adoptInto(place);
        }
        assertEquals(List.of(12L, 34L, 56L), place.as(UInt32List.TYPE));
    }

    @Test
    @Parity("orphan: DynamicStructAs")
    @DisplayName("DynamicStructAs")
    void an_orphan_of_a_struct_gets_a_generated_type_and_loses_it_again() {
        Content.fill(place.init(TestAllTypes.TYPE));
        DynamicOrphan orphan = DynamicOrphan.disown(allTypes, place);
        assertEquals(allTypes, orphan.type());
        Content.check(orphan.get().asStruct().as(TestAllTypes.TYPE));
        Content.check(orphan.struct().as(TestAllTypes.TYPE).asReader());
        Orphan<DynamicStruct.Builder, DynamicStruct.Reader> named = orphan.as(allTypes.structType());
        assertThrows(IllegalStateException.class, orphan::get);
        Content.check(named.asReader());
        Content.check(named.get().asReader());
        Orphan<TestAllTypes.Builder, TestAllTypes.Reader> typed = named.as(TestAllTypes.TYPE);
        assertThrows(IllegalStateException.class, named::isNull);
        assertFalse(typed.isNull());
        Content.check(typed.asReader());
        Content.check(typed.get().asReader());
        try (DynamicOrphan again = DynamicOrphan.of(allTypes, typed)) {
            assertThrows(IllegalStateException.class, typed::get);
            refused("not the type", () -> again.as(TestDefaults.TYPE));
            Content.check(again.get().asStruct());
            try (Orphan<TestAllTypes.Builder, TestAllTypes.Reader> last = again.as(TestAllTypes.TYPE)) {
                Content.check(last.asReader());
            }
        }
        message.root().clear();
        assertTrue(isZero(message), "whoever had it last closed it");
    }

    @Test
    @Parity("orphan: DynamicListAs")
    @DisplayName("DynamicListAs")
    void an_orphan_of_a_list_gets_a_generated_type_and_loses_it_again() {
        put(place.init(UInt32List.TYPE, 3), 12, 34, 56);
        DynamicOrphan orphan = DynamicOrphan.disown(UINT32S, place);
        assertEquals(UINT32S, orphan.type());
        Orphan<UInt32List.Builder, UInt32List.Reader> typed = orphan.as(UInt32List.TYPE);
        assertThrows(IllegalStateException.class, orphan::list);
        assertEquals(List.of(12L, 34L, 56L), typed.asReader());
        assertEquals(List.of(12L, 34L, 56L), typed.get());
        try (DynamicOrphan again = DynamicOrphan.of(UINT32S, typed)) {
            assertThrows(IllegalStateException.class, typed::get);
            Content.checkList(again.get(), 12, 34, 56);
            Content.checkList(again.list().asReader(), 12, 34, 56);
            refused("no struct", again::struct);
            refused("no AnyPointer", again::any);
            try (Orphan<UInt32List.Builder, UInt32List.Reader> last = again.as(UInt32List.TYPE)) {
                assertEquals(List.of(12L, 34L, 56L), last.asReader());
            }
        }
    }

    @Test
    @Parity("orphan: DynamicAnyPointer")
    @DisplayName("DynamicAnyPointer")
    void an_orphan_of_unknown_type_is_read_as_what_it_is() {
        Content.fill(place.init(TestAllTypes.TYPE));
        DynamicStruct.Builder root =
                DynamicStruct.of(loader.load(TestAnyPointer.TYPE), message.getRoot(TestAnyPointer.TYPE));
        try (DynamicOrphan orphan = root.disown("anyPointerField")) {
            assertEquals(Type.Any.UNCONSTRAINED, orphan.type());
            assertTrue(orphan.get() instanceof DynamicValue.Any);
            refused("no list", orphan::list);
            Content.check(orphan.any().as(TestAllTypes.TYPE).asReader());
            try (Orphan<AnyPointer.Builder, AnyPointer.Reader> object = orphan.as(AnyPointer.TYPE)) {
                Content.check(object.asReader().as(TestAllTypes.TYPE));
                Content.check(object.asReader().as(allTypes.structType()));
                Content.check(object.get().as(allTypes.structType()).asReader());
            }
        }
        assertTrue(place.isNull());
    }

    @Test
    @Parity("orphan: DynamicDisown")
    @DisplayName("DynamicDisown")
    void every_field_of_a_struct_moves_to_another() {
        TestAllTypes.Builder source = place.init(TestAllTypes.TYPE);
        Content.fill(source);
        try (Orphan<TestAllTypes.Builder, TestAllTypes.Reader> orphan = message.newOrphan(TestAllTypes.TYPE)) {
            DynamicStruct.Builder from = DynamicStruct.of(allTypes, source);
            DynamicStruct.Builder to = DynamicStruct.of(allTypes, orphan.get());
            long words = message.sizeWords();
            for (StructSchema.Field field : allTypes.fields()) {
                to.adopt(field, from.disown(field));
            }
            Content.checkZero(source.asReader());
            Content.check(orphan.asReader());
            assertTrue(message.sizeWords() <= words + 1, "nothing was copied; orphans share a place for a pointer");
            for (StructSchema.Field field : allTypes.fields()) {
                to.adopt(field, from.disown(field));
            }
            Content.checkZero(source.asReader());
            Content.checkZero(orphan.asReader());
        }
    }

    @Test
    @Parity("orphan: DynamicDisownGroup")
    @DisplayName("DynamicDisownGroup")
    void a_group_moves_with_the_member_of_its_union_that_is_set() {
        TestGroups.Builder source = message.initRoot(TestGroups.TYPE);
        TestGroups.Groups.Bar.Builder bar = source.getGroups().initBar();
        bar.setCorge(123);
        bar.setGrault("foo");
        bar.setGarply(9876543210987L);
        StructSchema schema = loader.load(TestGroups.TYPE);
        try (Orphan<TestGroups.Builder, TestGroups.Reader> orphan = message.newOrphan(TestGroups.TYPE)) {
            DynamicStruct.Builder from = DynamicStruct.of(schema, source);
            try (DynamicOrphan groups = from.disown("groups")) {
                assertEquals(
                        123,
                        groups.get()
                                .asStruct()
                                .get("bar")
                                .asStruct()
                                .get("corge")
                                .asInt());
                DynamicStruct.of(schema, orphan.get()).adopt("groups", groups);
                assertThrows(IllegalStateException.class, groups::get);
            }
            assertEquals(TestGroups.Groups.Which.FOO, source.getGroups().which());
            assertEquals(0, source.getGroups().getFoo().getCorge());
            TestGroups.Groups.Reader moved = orphan.asReader().getGroups();
            assertEquals(TestGroups.Groups.Which.BAR, moved.which());
            assertEquals(123, moved.getBar().getCorge());
            assertEquals("foo", moved.getBar().getGrault());
            assertEquals(9876543210987L, moved.getBar().getGarply());
        }
        message.root().clear();
        assertTrue(isZero(message));
    }

    @Test
    void a_group_moves_to_another_of_its_type_alone() {
        StructSchema schema = loader.load(TestInterleavedGroups.TYPE);
        DynamicStruct.Builder root = message.initRoot(schema.structType());
        root.struct("group1").initStruct("corge").set("plugh", "text");
        root.struct("group1").set("foo", 7);
        try (DynamicOrphan group = root.disown("group1")) {
            refused("not the group", () -> root.adopt("group2", group));
            DynamicStruct.Builder elsewhere = new MessageBuilder().initRoot(schema.structType());
            elsewhere.struct("group1").set("waldo", "stays");
            refused("within its own message", () -> elsewhere.adopt("group1", group));
            assertEquals("stays", elsewhere.struct("group1").get("waldo").asText());
            assertFalse(root.hasNonDefault("group1"));
            root.adopt("group1", group);
        }
        assertEquals(7, root.struct("group1").get("foo").asInt());
        assertEquals("text", root.struct("group1").struct("corge").get("plugh").asText());
    }

    @Test
    void an_orphan_goes_only_where_its_type_fits_and_stays_itself_otherwise() {
        DynamicStruct.Builder root = message.initRoot(allTypes.structType());
        root.set("textField", "stays");
        try (DynamicOrphan list = DynamicOrphan.newCopy(message, UINT32S, List.of(1, 2))) {
            refused("not a Text", () -> root.adopt("textField", list));
            refused("not a List(Int32)", () -> root.adopt("int32List", list));
            refused("a List(UInt32)", () -> root.adopt("int32Field", list));
            assertEquals("stays", root.get("textField").asText());
            root.adopt("uInt32List", list);
        }
        Content.checkList(root.get("uInt32List"), 1, 2);
        try (DynamicOrphan other = DynamicOrphan.newStruct(new MessageBuilder(), allTypes)) {
            refused("within its own message", () -> root.adopt("structField", other));
            assertFalse(other.isNull());
        }
        try (DynamicOrphan number = DynamicOrphan.newCopy(message, Type.Scalar.INT32, 70_000)) {
            assertEquals(new DynamicValue.Int(70_000), number.get());
            assertFalse(number.isNull());
            refused("does not fit", () -> root.adopt("int16Field", number));
            refused("behind no pointer", () -> number.as(Int32List.TYPE));
            refused("behind no pointer", () -> number.adoptInto(message.root()));
            root.adopt("int32Field", number);
            assertThrows(IllegalStateException.class, number::get);
        }
        assertEquals(70_000, root.get("int32Field").asInt());
        refused("live behind no pointer", () -> DynamicOrphan.disown(Type.Scalar.INT32, message.root()));
        refused("null does not stand", () -> DynamicOrphan.newCopy(message, Type.Scalar.INT32, null));
        refused("not Text", () -> DynamicOrphan.newCopy(message, Type.Scalar.TEXT, 5));
    }

    @Test
    void an_orphan_of_unknown_type_fits_by_the_kind_of_its_pointer() {
        DynamicStruct.Builder root = message.initRoot(allTypes.structType());
        DynamicStruct.Builder kinds = DynamicStruct.of(
                loader.load(TestAnyOthers.TYPE),
                message.newOrphan(TestAnyOthers.TYPE).get());
        root.any("anyField").setAs(Text.TYPE, "text");
        try (DynamicOrphan text = root.disown("anyField")) {
            refused("not a ", () -> root.adopt("structField", text));
            refused("not a ", () -> kinds.adopt("anyStructField", text));
            refused("not a ", () -> kinds.adopt("capabilityField", text));
            root.adopt("textField", text);
        }
        assertEquals("text", root.get("textField").asText());
        Content.fill(root.any("anyField").init(TestAllTypes.TYPE));
        try (DynamicOrphan struct = root.disown("anyField")) {
            refused("not a ", () -> kinds.adopt("anyListField", struct));
            kinds.adopt("anyStructField", struct);
        }
        try (DynamicOrphan struct = kinds.disown("anyStructField")) {
            root.adopt("structField", struct);
        }
        Content.check(root.as(TestAllTypes.TYPE).asReader().getStructField());
        try (DynamicOrphan nothing = root.disown("anyField")) {
            assertTrue(nothing.isNull());
            root.adopt("structField", nothing);
        }
        assertFalse(root.has("structField"));
    }

    @Test
    void elements_behind_pointers_are_taken_out_of_lists_and_put_in() {
        DynamicStruct.Builder root = message.initRoot(allTypes.structType());
        root.set("textListList", List.of(List.of("a", "b"), List.of()));
        DynamicList.Builder lists = root.list("textListList");
        try (DynamicOrphan first = lists.disown(0)) {
            assertEquals(new ListSchema(Type.Scalar.TEXT), first.type());
            assertEquals(0, lists.get(0).asList().size());
            try (DynamicOrphan word = first.list().disown(1)) {
                assertEquals("b", word.get().asText());
                refused("not a List(Text)", () -> lists.adopt(0, word));
                first.list().adopt(0, word);
            }
            lists.adopt(1, first);
        }
        Content.checkTexts(lists.get(1), "b", "");
        root.set("int32List", List.of(1));
        refused("no pointers", () -> root.list("int32List").disown(0));
    }

    @Test
    void a_member_of_a_union_is_taken_out_only_if_it_is_set() {
        StructSchema schema = loader.load(dev.capstan.capnp.dynamic.fixture.TestUnion.TYPE);
        DynamicStruct.Builder union = message.initRoot(schema.structType()).struct("union0");
        union.set("u0f0sp", "text");
        refused("is a member of a union", () -> union.disown("u0f0s8"));
        try (DynamicOrphan text = union.disown("u0f0sp");
                DynamicOrphan number = DynamicOrphan.newCopy(message, Type.Scalar.INT8, 5)) {
            assertEquals("u0f0sp", String.valueOf(union.which()));
            union.adopt("u0f0s8", number);
            assertEquals("u0f0s8", String.valueOf(union.which()));
            union.adopt("u0f0sp", text);
            assertEquals("u0f0sp", String.valueOf(union.which()));
        }
        assertEquals("text", union.get("u0f0sp").asText());
    }

    @Test
    void a_default_is_not_taken_out_with_a_field_that_was_never_set() {
        StructSchema schema = loader.load(TestDefaults.TYPE);
        DynamicStruct.Builder root = message.initRoot(schema.structType());
        try (DynamicOrphan text = root.disown("textField");
                DynamicOrphan number = root.disown("int32Field")) {
            assertTrue(text.isNull());
            assertEquals("", text.get().asText());
            assertEquals(-12345678, number.get().asInt());
            root.set("int32Field", 1);
            root.adopt("int32Field", number);
        }
        assertEquals(-12345678, root.get("int32Field").asInt());
        assertEquals("foo", root.get("textField").asText());
        root.set("dataField", Data.of((byte) 1));
        root.disown("dataField").close();
        assertFalse(root.has("dataField"));
    }
}

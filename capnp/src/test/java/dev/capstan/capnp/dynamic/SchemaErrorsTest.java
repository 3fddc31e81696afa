package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.fixture.Doubling;
import dev.capstan.capnp.dynamic.fixture.Growing;
import dev.capstan.capnp.dynamic.fixture.NoCaps;
import dev.capstan.capnp.dynamic.fixture.Remark;
import dev.capstan.capnp.dynamic.fixture.Service;
import dev.capstan.capnp.dynamic.fixture.Shade;
import dev.capstan.capnp.dynamic.fixture.TestInterleavedGroups;
import dev.capstan.capnp.dynamic.fixture.TestUnnamedUnion;
import dev.capstan.capnp.dynamic.fixture.TestUseGenerics;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Type;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Schemas that are wrong, and schemas that are meant to do harm: each gives a {@link SchemaException} that says what it is about. */
class SchemaErrorsTest {
    private final SchemaLoader compiled = new SchemaLoader();
    private final SchemaLoader loader = new SchemaLoader();

    private Node.Reader change(Node.Reader node, Consumer<Node.Builder> change) {
        MessageBuilder message = new MessageBuilder();
        message.setRoot(node);
        change.accept(message.getRoot(Node.TYPE));
        return message.asReader().as(Node.TYPE);
    }

    private Node.Reader change(StructType<?, ?> type, Consumer<Node.Builder> change) {
        return change(compiled.load(type).node(), change);
    }

    private void refused(String reason, Node.Reader node) {
        assertNull(loader.tryGet(node.getId()));
        refused(reason, loader, node);
        assertNull(loader.tryGet(node.getId()), "what is refused leaves nothing behind");
    }

    private static void refused(String reason, SchemaLoader loader, Node.Reader node) {
        Set<Schema> before = new HashSet<>(loader.loaded());
        Map<Long, Long> groupsBefore = loader.groups();
        SchemaException e = assertThrows(SchemaException.class, () -> loader.load(node));
        assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
        assertEquals(before, new HashSet<>(loader.loaded()), "what is refused leaves nothing behind");
        assertEquals(groupsBefore, loader.groups(), "nor does it claim groups");
    }

    private static Node.Reader struct(long id, Consumer<Node.Struct.Builder> fill) {
        Node.Builder node = new MessageBuilder().initRoot(Node.TYPE);
        node.setId(id);
        node.setDisplayName("made.capnp:Struct" + id);
        fill.accept(node.initStruct());
        return node.asReader();
    }

    @Nested
    class Structs {
        @Test
        void a_name_may_be_used_once() {
            refused(
                    "(dynamic.capnp:Remark): field 1 'text': it has the same name as number 0",
                    change(Remark.TYPE, n -> n.getStruct().getFields().get(1).setName("text")));
        }

        @Test
        void the_code_order_is_a_permutation() {
            refused(
                    "field 1 'number': codeOrder 0 is out of range, or used twice",
                    change(Remark.TYPE, n -> n.getStruct().getFields().get(1).setCodeOrder(0)));
            refused(
                    "codeOrder 9 is out of range",
                    change(Remark.TYPE, n -> n.getStruct().getFields().get(1).setCodeOrder(9)));
        }

        @Test
        void fields_are_sorted_by_ordinal() {
            refused(
                    "fields must be ordered by ordinal",
                    change(
                            Remark.TYPE,
                            n -> n.getStruct().getFields().get(0).getOrdinal().setExplicit(2)));
        }

        @Test
        void fields_lie_within_the_struct() {
            refused(
                    "offset 2 lies outside of the struct, which has 1 words of data and 1 pointers",
                    change(Remark.TYPE, n -> field(n, 1).getSlot().setOffset(2)));
            refused(
                    "offset 1 lies outside",
                    change(Remark.TYPE, n -> field(n, 0).getSlot().setOffset(1)));
            refused(
                    "offset 4294967295 lies outside",
                    change(Remark.TYPE, n -> field(n, 1).getSlot().setOffset(0xffff_ffffL)));
            refused(
                    "offset 0 lies outside",
                    change(Remark.TYPE, n -> n.getStruct().setDataWordCount(0)));
        }

        @Test
        void a_union_fits_its_struct() {
            refused(
                    "at least two",
                    change(TestUnnamedUnion.TYPE, n -> n.getStruct().setDiscriminantCount(1)));
            refused(
                    "has more members than",
                    change(TestUnnamedUnion.TYPE, n -> n.getStruct().setDiscriminantCount(9)));
            refused(
                    "discriminantCount is 3, but 2 fields are members",
                    change(TestUnnamedUnion.TYPE, n -> n.getStruct().setDiscriminantCount(3)));
            refused(
                    "discriminantValue 0 is out of range, or used twice",
                    change(TestUnnamedUnion.TYPE, n -> field(n, 3).setDiscriminantValue(0)));
            refused(
                    "the discriminant of the union lies outside",
                    change(TestUnnamedUnion.TYPE, n -> n.getStruct().setDiscriminantOffset(0xffff_ffffL)));
        }

        @Test
        void values_fit_their_types() {
            refused(
                    "the value is a BOOL, but the type is INT32",
                    change(
                            Remark.TYPE,
                            n -> field(n, 1).getSlot().getDefaultValue().setBool(true)));
            refused(
                    "the value is a VOID, but the type is TEXT",
                    change(Remark.TYPE, n -> field(n, 0).getSlot().initDefaultValue()));
        }

        @Test
        void a_group_lies_in_a_struct() {
            Node.Reader group = compiled.get(groupId()).node();
            refused("its scopeId is 0", change(group, n -> n.setScopeId(0)));
            loader.load(change(Remark.TYPE, n -> {}));
            refused(
                    "as STRUCT, which is ENUM",
                    change(group, n -> n.setScopeId(loader.load(Shade.type()).id())));
        }

        private Node.Reader group(long id, long scope, long... groups) {
            return change(
                    struct(id, s -> {
                        s.setIsGroup(scope != 0);
                        s.initFields(groups.length);
                        for (int i = 0; i < groups.length; i++) {
                            s.getFields().get(i).initGroup().setTypeId(groups[i]);
                            s.getFields().get(i).setName("f" + i);
                            s.getFields().get(i).setCodeOrder(i);
                        }
                    }),
                    n -> n.setScopeId(scope));
        }

        @Test
        void a_group_belongs_to_one_field() {
            // Forty of these would be a struct of 2 to the power of 40 fields.
            refused("field 1 'f1': the group belongs to another field already", group(61, 0, 62, 62));
            loader.load(group(71, 0, 72));
            refused("@0x48 is a group of both @0x47 and @0x49", group(73, 0, 72));
        }

        @Test
        void a_group_lies_in_the_struct_that_has_it() {
            loader.load(group(71, 0, 72));
            SchemaException e = assertThrows(SchemaException.class, () -> loader.load(group(72, 99)));
            assertTrue(
                    String.valueOf(e.getMessage()).contains("is a group of @0x47, but its scopeId is @0x63"),
                    e.toString());
            loader.load(group(72, 71));
            loader.load(group(82, 99));
            refused("@0x52 is a group of @0x51, but its scopeId is @0x63", group(81, 0, 82));
        }

        @Test
        void a_node_that_is_refused_claims_no_groups() {
            loader.load(slot(100, Type.Builder::setInt32, 0));
            refused("incompatible", loader, slot(100, Type.Builder::setText, 0x309));
            loader.load(group(200, 0, 0x309));
            loader.load(group(0x309, 200));
        }

        @Test
        void a_node_for_which_there_is_no_room_claims_no_groups() {
            SchemaLoader small = new SchemaLoader(Limits.DEFAULT.withNodes(3));
            refused("(Limits.nodes)", small, group(100, 0, 0x307, 0x308, 0x309));
            small.load(group(200, 0, 0x309));
            small.load(group(0x309, 200));
        }

        /** A struct of one field and, unless that is 0, of a group. */
        private Node.Reader slot(long id, Consumer<Type.Builder> type, long group) {
            return struct(id, s -> {
                s.setDataWordCount(1);
                s.setPointerCount(1);
                s.initFields(group == 0 ? 1 : 2);
                s.getFields().get(0).setName("x");
                Field.Slot.Builder x = s.getFields().get(0).initSlot();
                type.accept(x.initType());
                if (x.getType().isText()) {
                    x.initDefaultValue().setText("");
                } else {
                    x.initDefaultValue().setInt32(0);
                }
                if (group != 0) {
                    s.getFields().get(1).setName("group");
                    s.getFields().get(1).setCodeOrder(1);
                    s.getFields().get(1).initGroup().setTypeId(group);
                }
            });
        }

        @Test
        void groups_do_not_lie_within_themselves() {
            refused("@0x5b is a group that lies within itself", group(91, 0, 91));
            refused("@0x5b is a group that lies within itself", group(91, 91));
            refused("@0x5b is a group that lies within itself", group(91, 91, 91));
            loader.load(group(91, 92, 93));
            loader.load(group(93, 91, 94));
            refused("@0x5c is a group that lies within itself", group(92, 94, 91));
            refused("@0x5c is a group that lies within itself", group(92, 93));
            refused("@0x5e is a group that lies within itself", group(94, 93, 92));
            loader.load(group(92, 0, 91));
        }

        @Test
        void groups_within_groups_have_an_end() {
            long last = Limits.DEFAULT.groupNesting();
            loader.load(group(1000, 0, 1001));
            for (long id = 1; id <= last; id++) {
                loader.load(group(1000 + id, 1000 + id - 1, 1001 + id));
            }
            refused("(Limits.groupNesting)", group(1001 + last, 1000 + last));
        }

        private long groupId() {
            return compiled.load(TestInterleavedGroups.TYPE)
                    .field("group1")
                    .proto()
                    .getGroup()
                    .getTypeId();
        }

        @Test
        void a_node_refers_to_others_as_what_they_are() {
            loader.load(Shade.type());
            refused("as STRUCT, which is ENUM", change(Remark.TYPE, n -> {
                type(n, 0).initStruct().setTypeId(Shade.type().typeId());
                field(n, 0).getSlot().getDefaultValue().initStruct();
            }));
            refused(
                    "as ENUM, which is STRUCT",
                    change(Remark.TYPE, n -> type(n, 0).initEnum().setTypeId(n.getId())));
            refused("as INTERFACE, which is STRUCT", struct(77, s -> {
                s.initFields(2);
                s.getFields().get(0).initSlot().initType().initStruct().setTypeId(78);
                s.getFields().get(0).getSlot().initDefaultValue().initStruct();
                s.setPointerCount(2);
                s.getFields().get(1).setName("b");
                s.getFields().get(1).setCodeOrder(1);
                s.getFields().get(1).initSlot().initType().initInterface().setTypeId(78);
            }));
        }

        @Test
        void type_arguments_are_pointers_and_parameters_need_a_generic_node() {
            refused(
                    "a type argument must be a type behind a pointer",
                    change(
                            TestUseGenerics.TYPE,
                            n -> type(n, 0)
                                    .getStruct()
                                    .getBrand()
                                    .getScopes()
                                    .get(0)
                                    .getBind()
                                    .get(0)
                                    .initType()
                                    .setInt32()));
            refused("isGeneric must be set", change(compiled.get(genericId()).node(), n -> n.setIsGeneric(false)));
        }

        private long genericId() {
            compiled.load(dev.capstan.capnp.dynamic.fixture.DynamicNodes.FILE);
            return compiled.loaded().stream()
                    .filter(s -> s.shortName().equals("Growing"))
                    .findFirst()
                    .orElseThrow()
                    .id();
        }

        @Test
        void texts_are_readable() {
            refused("cannot be read: Message contains text that is not NUL-terminated", change(Remark.TYPE, n -> {
                // The name of a field becomes a view of data without NUL.
                RawBuilder.of(field(n, 0)).setData(0, new byte[] {1, 2});
            }));
            refused(
                    "cannot be read: Schema mismatch",
                    change(Remark.TYPE, n -> RawBuilder.of(n).setStruct(3)));
        }

        private static Field.Builder field(Node.Builder node, int index) {
            return node.getStruct().getFields().get(index);
        }

        private static Type.Builder type(Node.Builder node, int index) {
            return field(node, index).getSlot().getType();
        }
    }

    @Nested
    class Others {
        @Test
        void enumerants_and_methods_have_names_of_their_own() {
            refused(
                    "enumerant 1 'light': it has the same name as number 0",
                    change(
                            compiled.load(Shade.type()).node(),
                            n -> n.getEnum().getEnumerants().get(1).setName("light")));
            refused(
                    "method 0 'call': codeOrder 3",
                    change(
                            compiled.load(Service.TYPE).node(),
                            n -> n.getInterface().getMethods().get(0).setCodeOrder(3)));
        }

        @Test
        void nodes_of_unknown_kind_are_for_a_newer_version() {
            refused(
                    "its kind is unknown here (number 9)",
                    change(Remark.TYPE, n -> RawBuilder.of(n).setShort(6, 9)));
        }

        @Test
        void the_kind_of_a_node_does_not_change() {
            loader.load(Remark.TYPE);
            Node.Builder node = new MessageBuilder().initRoot(Node.TYPE);
            node.setId(Remark.TYPE.typeId());
            node.initEnum();
            SchemaException e = assertThrows(SchemaException.class, () -> loader.load(node.asReader()));
            assertTrue(String.valueOf(e.getMessage()).contains("it was STRUCT and is now ENUM"), e.getMessage());
        }

        @Test
        void changes_go_one_way() {
            loader.load(Remark.TYPE);
            incompatible("some changes are upgrades and some are downgrades", n -> {
                n.getStruct().setDataWordCount(5);
                n.getStruct()
                        .setFields(change(Remark.TYPE, m -> m.getStruct().initFields(0))
                                .getStruct()
                                .getFields());
            });
            incompatible(
                    "default value changed",
                    n -> n.getStruct()
                            .getFields()
                            .get(1)
                            .getSlot()
                            .getDefaultValue()
                            .setInt32(8));
            incompatible(
                    "it moved to another place",
                    n -> n.getStruct().getFields().get(1).getSlot().setOffset(1));
            incompatible("its type changed from INT32 to UINT32", n -> {
                n.getStruct().getFields().get(1).getSlot().getType().setUint32();
                n.getStruct().getFields().get(1).getSlot().getDefaultValue().setUint32(7);
            });
        }

        private void incompatible(String reason, Consumer<Node.Builder> change) {
            SchemaException e = assertThrows(SchemaException.class, () -> loader.load(change(Remark.TYPE, change)));
            assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
        }

        @Test
        void text_may_become_data_and_any_pointer_but_not_turn_back_in_the_same_step() {
            StructSchema schema = loader.load(NoCaps.TYPE);
            loader.load(change(NoCaps.TYPE, n -> {
                Field.Slot.Builder slot = n.getStruct().getFields().get(0).getSlot();
                slot.getType().setData();
                slot.initDefaultValue().initData(0);
            }));
            assertSame(
                    dev.capstan.capnp.dynamic.Type.Scalar.DATA,
                    schema.field("text").type());
            loader.load(NoCaps.TYPE);
            assertSame(
                    dev.capstan.capnp.dynamic.Type.Scalar.DATA,
                    schema.field("text").type(),
                    "the older one is not taken");
        }

        @Test
        void the_source_gives_what_it_was_asked_for() {
            SchemaLoader lying = new SchemaLoader(
                    Limits.DEFAULT, id -> Optional.of(compiled.load(Remark.TYPE).node()));
            SchemaException e = assertThrows(SchemaException.class, () -> lying.get(5));
            assertTrue(String.valueOf(e.getMessage()).contains("was asked for @0x5 and gave"), e.getMessage());
            assertThrows(SchemaException.class, () -> loader.get(5));
        }
    }

    @Nested
    class Harm {
        @Test
        void types_that_grow_with_each_step_end_at_a_limit() {
            compiled.load(dev.capstan.capnp.dynamic.fixture.DynamicNodes.FILE);
            for (String name : new String[] {"Growing", "Doubling"}) {
                StructSchema schema = (StructSchema) compiled.loaded().stream()
                        .filter(s -> s.shortName().equals(name))
                        .findFirst()
                        .orElseThrow();
                int steps = 0;
                SchemaException end = null;
                while (end == null) {
                    try {
                        schema = (StructSchema) schema.field("next").type();
                        steps++;
                        assertTrue(steps < 1000);
                    } catch (SchemaException e) {
                        end = e;
                    }
                }
                assertTrue(steps > 10, name + " " + steps);
                assertTrue(String.valueOf(end.getMessage()).contains("Limits."), end.getMessage());
                assertNotNull(schema.toString());
            }
            assertEquals("Growing", Growing.class.getSimpleName());
            assertEquals("Doubling", Doubling.class.getSimpleName());
        }

        @Test
        void a_request_cannot_name_more_nodes_than_a_loader_may_know() {
            for (int pointer = 0; pointer < 2; pointer++) {
                CodeGeneratorRequest.Builder request = new MessageBuilder().initRoot(CodeGeneratorRequest.TYPE);
                RawBuilder.of(request).setVoids(pointer, 1 << 20);
                SchemaException e = assertThrows(SchemaException.class, () -> loader.load(request.asReader()));
                assertTrue(String.valueOf(e.getMessage()).contains("Limits.nodes"), e.getMessage());
            }
        }

        @Test
        void a_loader_knows_so_many_nodes_and_no_more() {
            SchemaLoader small = new SchemaLoader(Limits.DEFAULT.withNodes(3));
            small.load(compiled.load(Remark.TYPE).node());
            SchemaException e = assertThrows(
                    SchemaException.class,
                    () -> small.load(compiled.load(TestUseGenerics.TYPE).node()));
            assertTrue(String.valueOf(e.getMessage()).contains("Limits.nodes"), e.getMessage());
            assertEquals(1, small.loaded().size());
        }

        @Test
        void large_nodes_and_large_structs_are_refused() {
            SchemaLoader small = new SchemaLoader(new Limits(10, 20, 10, 10, 10, 10, 10));
            SchemaException e = assertThrows(
                    SchemaException.class,
                    () -> small.load(compiled.load(Remark.TYPE).node()));
            assertTrue(String.valueOf(e.getMessage()).contains("Limits.nodeWords"), e.getMessage());
            refused("Limits.structWords", struct(1, s -> s.setDataWordCount(65535)));
        }

        @Test
        void lists_without_content_stand_for_no_more_members_than_allowed() {
            refused(
                    "more than the 65536 of Limits.members",
                    change(Remark.TYPE, n -> RawBuilder.of(n).setVoids(3, 70_000)));
            refused(
                    "its lists have more elements than there is content",
                    change(Remark.TYPE, n -> RawBuilder.of(n).setVoids(2, 2_000)));
        }

        @Test
        void a_type_nests_only_so_deep() {
            refused("Limits.typeNesting", struct(2, s -> {
                s.setPointerCount(1);
                Field.Slot.Builder slot = s.initFields(1).get(0).initSlot();
                Type.Builder type = slot.initType();
                for (int i = 0; i < 100; i++) {
                    type = type.initList().initElementType();
                }
                slot.initDefaultValue().initList();
            }));
        }

        /** A hundred groups, each within the one before, innermost first: the loader cannot know how deep that is when it sees them. */
        private StructSchema deepGroups() {
            for (long id = 1100; id > 1000; id--) {
                long own = id;
                loader.load(change(
                        struct(own, s -> {
                            s.setPointerCount(1);
                            s.setIsGroup(own > 1001);
                            if (own < 1100) {
                                s.initFields(1).get(0).initGroup().setTypeId(own + 1);
                                s.getFields().get(0).setName("inner");
                            }
                        }),
                        n -> n.setScopeId(own > 1001 ? own - 1 : 0)));
            }
            return (StructSchema) loader.get(1001);
        }

        @Test
        void groups_within_groups_are_followed_only_so_far() {
            StructSchema schema = deepGroups();
            DynamicStruct.Builder struct = new MessageBuilder().initRoot(schema.structType());
            assertThrows(SchemaException.class, () -> struct.clear("inner"));
            assertThrows(SchemaException.class, () -> struct.hasNonDefault("inner"));
            assertThrows(
                    SchemaException.class,
                    () -> struct.set("inner", struct.struct("inner").asReader()));
            assertSame(loader.get(1002), struct.struct("inner").schema());
            assertFalse(schema.mayContainCapabilities());
        }

        @Test
        void a_field_in_the_place_of_many_groups_is_compared_only_so_far() {
            // Each group begins with the next, so the field is compared with the first field of all of them.
            deepGroups();
            SchemaException e = assertThrows(
                    SchemaException.class,
                    () -> loader.load(struct(1001, s -> {
                        s.setPointerCount(1);
                        Field.Builder field = s.initFields(1).get(0);
                        field.setName("inner");
                        field.initSlot().initType().setText();
                        field.getSlot().initDefaultValue().setText("");
                    })));
            assertTrue(String.valueOf(e.getMessage()).contains("Limits.typeNesting"), e.getMessage());
        }

        @Test
        void a_group_that_is_larger_than_its_struct_makes_the_struct_larger() {
            StructSchema schema = (StructSchema) loader.load(struct(31, s -> {
                s.initFields(1).get(0).initGroup().setTypeId(32);
                s.getFields().get(0).setName("group");
            }));
            DynamicStruct.Builder small = new MessageBuilder().initRoot(schema.structType());
            loader.load(change(
                    struct(32, s -> {
                        s.setIsGroup(true);
                        s.setDataWordCount(1);
                        s.initFields(1).get(0).initSlot().initType().setInt64();
                        s.getFields().get(0).setName("number");
                        s.getFields().get(0).getSlot().initDefaultValue().setInt64(0);
                    }),
                    n -> n.setScopeId(31)));
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> small.struct("group"));
            assertTrue(String.valueOf(e.getMessage()).contains("needs more room than this struct has"), e.getMessage());
            DynamicStruct.Builder large = new MessageBuilder().initRoot(schema.structType());
            large.struct("group").set("number", 5);
            assertEquals(5, large.get("group").asStruct().get("number").asLong());
        }

        @Test
        void a_struct_that_was_made_by_an_older_schema_has_no_room_for_new_fields() {
            StructSchema schema = (StructSchema) loader.load(struct(41, s -> {}));
            DynamicStruct.Builder old = new MessageBuilder().initRoot(schema.structType());
            loader.load(struct(41, s -> {
                s.setDataWordCount(1);
                s.initFields(1).get(0).initSlot().initType().setInt64();
                s.getFields().get(0).setName("number");
                s.getFields().get(0).getSlot().initDefaultValue().setInt64(0);
            }));
            assertEquals(0, old.get("number").asLong());
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> old.set("number", 1));
            assertTrue(String.valueOf(e.getMessage()).contains("has no room in this struct"), e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> old.clear("number"));
        }

        @Test
        void interfaces_that_extend_each_other_have_an_end() {
            for (long id = 51; id <= 52; id++) {
                Node.Builder node = new MessageBuilder().initRoot(Node.TYPE);
                node.setId(id);
                node.initInterface().initSuperclasses(1).get(0).setId(103 - id);
                loader.load(node.asReader());
            }
            InterfaceSchema schema = (InterfaceSchema) loader.get(51);
            assertEquals(2, schema.lineage().size());
            assertNull(schema.findMethod("nothing"));
            assertTrue(schema.isA((InterfaceSchema) loader.get(52)));
            assertThrows(IllegalArgumentException.class, () -> schema.method("nothing"));
        }
    }
}

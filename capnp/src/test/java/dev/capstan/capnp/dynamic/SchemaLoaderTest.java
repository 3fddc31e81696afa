package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.fixture.NoCaps;
import dev.capstan.capnp.dynamic.fixture.TestCycleANoCaps;
import dev.capstan.capnp.dynamic.fixture.TestCycleBNoCaps;
import dev.capstan.capnp.dynamic.fixture.TestCycleBWithCaps;
import dev.capstan.capnp.dynamic.fixture.TestLateUnion;
import dev.capstan.capnp.dynamic.fixture.TestListDefaults;
import dev.capstan.capnp.dynamic.fixture.TestLists;
import dev.capstan.capnp.dynamic.fixture.TestNewVersion;
import dev.capstan.capnp.dynamic.fixture.TestOldVersion;
import dev.capstan.capnp.dynamic.fixture.TestUnion;
import dev.capstan.capnp.dynamic.fixture.TestUnnamedUnion;
import dev.capstan.capnp.dynamic.fixture.TestUseGenerics;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestAnyPointer;
import dev.capstan.capnp.testfixture.TestDefaults;
import dev.capstan.capnp.testfixture.TestEmptyStruct;
import dev.capstan.capnp.testfixture.TestEnum;
import dev.capstan.capnp.testfixture.TestStreaming;
import dev.capstan.testkit.Parity;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What schema-loader-test.c++ tests, case by case. */
class SchemaLoaderTest {
    private final SchemaLoader loader = new SchemaLoader();
    /** Knows what was compiled, as generated classes do in C++. */
    private final SchemaLoader compiled = new SchemaLoader();

    private Node.Reader node(StructType<?, ?> type) {
        return compiled.load(type).node();
    }

    @Test
    void declarations_are_found_by_name_within_others() {
        Schema file = loader.load(node(TestLists.TYPE));
        loader.load(node(TestLists.Struct32.TYPE));
        assertSame(loader.load(node(TestLists.Struct32.TYPE)), file.nested("Struct32"));
        String text = assertThrows(SchemaException.class, () -> file.nested("Struct33"))
                .getMessage();
        assertTrue(text != null && text.contains("TestLists declares no Struct33; it declares Struct0, "), text);
    }

    @Test
    @Parity("schema-loader: Load")
    @DisplayName("Load")
    void nodes_may_be_loaded_in_any_order_and_what_was_not_is_empty() {
        Schema struct32 = loader.load(node(TestLists.Struct32.TYPE));
        Schema lists = loader.load(node(TestLists.TYPE));
        Schema struct8 = loader.load(node(TestLists.Struct8.TYPE));
        Schema structP = loader.load(node(TestLists.StructP.TYPE));
        assertEquals("dynamic.capnp:TestLists", lists.displayName());
        assertEquals("TestLists", lists.shortName());
        assertEquals(10, lists.node().getStruct().getFields().size());
        assertNotEquals(compiled.load(TestLists.TYPE), lists, "each loader has its own");
        assertSame(struct32, lists.dependency(TestLists.Struct32.TYPE.typeId()));
        assertSame(struct8, lists.dependency(TestLists.Struct8.TYPE.typeId()));
        assertSame(structP, lists.dependency(TestLists.StructP.TYPE.typeId()));
        Schema struct16 = lists.dependency(TestLists.Struct16.TYPE.typeId());
        assertEquals(0, struct16.node().getStruct().getFields().size());
        assertThrows(SchemaException.class, () -> lists.dependency(1234));
    }

    @Test
    @Parity("schema-loader: LoadLateUnion")
    @DisplayName("LoadLateUnion")
    void named_unions_are_structs_of_their_own() {
        StructSchema schema = (StructSchema) loader.load(node(TestLateUnion.TYPE));
        for (String union : List.of("theUnion", "anotherUnion")) {
            long id = schema.field(union).proto().getGroup().getTypeId();
            loader.load(compiled.get(id).node());
        }
        assertEquals(6, ordinal(schema, "theUnion", "grault"));
        assertEquals(9, ordinal(schema, "anotherUnion", "corge"));
        assertNull(schema.findField("corge"));
        assertNull(schema.findField("grault"));
    }

    private static int ordinal(StructSchema schema, String union, String field) {
        StructSchema group = (StructSchema) schema.field(union).type();
        assertTrue(group.isGroup());
        return group.field(field).proto().getOrdinal().getExplicit();
    }

    @Test
    @Parity("schema-loader: LoadUnnamedUnion")
    @DisplayName("LoadUnnamedUnion")
    void members_of_an_unnamed_union_are_fields_of_the_struct() {
        StructSchema schema = (StructSchema) loader.load(node(TestUnnamedUnion.TYPE));
        assertNull(schema.findField(""));
        for (String name : List.of("foo", "bar", "before", "middle", "after")) {
            assertNotNull(schema.findField(name), name);
        }
        assertEquals("[foo, bar]", schema.unionFields().toString());
        assertEquals("[before, middle, after]", schema.nonUnionFields().toString());
        assertEquals("[before, foo, middle, bar, after]", schema.fields().toString());
        assertEquals(
                "[before, foo, bar, middle, after]", schema.fieldsInCodeOrder().toString());
        assertSame(schema.field("bar"), schema.fieldByDiscriminant(1));
        assertNull(schema.fieldByDiscriminant(2));
        assertNull(schema.fieldByDiscriminant(-1));
    }

    @Test
    @Parity("schema-loader: Use")
    @DisplayName("Use")
    void loaded_schemas_read_and_write_what_generated_code_does() {
        StructSchema schema = (StructSchema) loader.load(node(TestAllTypes.TYPE));
        loader.load(compiled.load(TestEnum.type()).node());
        MessageBuilder message = new MessageBuilder();
        DynamicStruct.Builder root = message.initRoot(schema.structType());
        Content.fill(root);
        Content.check(root.asReader());
        Content.check(message.asReader().as(TestAllTypes.TYPE));
        // C++ wants the compiled type loaded before it converts; here the id and the size of the struct are what
        // counts.
        Content.check(root.as(TestAllTypes.TYPE).asReader());

        StructSchema lists = loader.load(TestListDefaults.TYPE);
        assertNotEquals(compiled.load(TestListDefaults.TYPE), lists);
        message = new MessageBuilder();
        root = message.initRoot(lists.structType());
        Content.fillLists(root);
        Content.checkLists(root.asReader());
        Content.checkLists(root.as(TestListDefaults.TYPE).asReader());
        assertSame(lists, loader.load(node(TestListDefaults.TYPE)));

        StructSchema union = loader.load(TestUnion.TYPE);
        message = new MessageBuilder();
        root = message.initRoot(union.structType());
        root.struct("union0").set("u0f1s16", 123);
        root.struct("union1").set("u1f0sp", "hello");
        TestUnion.Reader reader = message.asReader().as(TestUnion.TYPE);
        assertEquals(123, reader.getUnion0().getU0f1s16());
        assertEquals("hello", reader.getUnion1().getU1f0sp());
    }

    /** The node under another id, which it then uses for itself, too. */
    private Schema loadAs(long id, StructType<?, ?> type) {
        MessageBuilder message = new MessageBuilder();
        message.setRoot(node(type));
        Node.Builder node = message.getRoot(Node.TYPE);
        node.setId(id);
        for (Field.Builder field : node.getStruct().getFields()) {
            if (field.isSlot()) {
                var fieldType = field.getSlot().getType();
                if (fieldType.isStruct() && fieldType.getStruct().getTypeId() == type.typeId()) {
                    fieldType.getStruct().setTypeId(id);
                }
            }
        }
        return loader.load(node.asReader());
    }

    @Test
    @Parity("schema-loader: Upgrade")
    @DisplayName("Upgrade")
    void a_newer_version_replaces_the_one_that_is_there() {
        StructSchema schema = loader.load(TestOldVersion.TYPE);
        assertEquals("dynamic.capnp:TestOldVersion", schema.displayName());
        StructType<?, ?> before = schema.structType();
        assertSame(schema, loadAs(TestOldVersion.TYPE.typeId(), TestNewVersion.TYPE));
        assertEquals("dynamic.capnp:TestNewVersion", schema.displayName());
        assertEquals(5, schema.fields().size());
        assertNotSame(before, schema.structType());
        DynamicStruct.Builder root = new MessageBuilder().initRoot(schema.structType());
        root.set("old1", 1);
        assertEquals(1, root.as(TestOldVersion.TYPE).getOld1(), "still usable as the old version");
        assertEquals(987, root.get("new1").asInt());
    }

    @Test
    @Parity("schema-loader: Downgrade")
    @DisplayName("Downgrade")
    void an_older_version_does_not_replace_the_one_that_is_there() {
        StructSchema schema = loader.load(TestNewVersion.TYPE);
        assertSame(schema, loadAs(TestNewVersion.TYPE.typeId(), TestOldVersion.TYPE));
        assertEquals("dynamic.capnp:TestNewVersion", schema.displayName());
        assertEquals(5, schema.fields().size());
        assertEquals(
                "baz",
                new MessageBuilder()
                        .initRoot(schema.structType())
                        .as(TestNewVersion.TYPE)
                        .getNew2());
    }

    @Test
    @Parity("schema-loader: Incompatible")
    @DisplayName("Incompatible")
    void a_node_that_contradicts_the_one_that_is_there_is_refused() {
        StructSchema schema = loader.load(TestListDefaults.TYPE);
        SchemaException e =
                assertThrows(SchemaException.class, () -> loadAs(TestListDefaults.TYPE.typeId(), TestAllTypes.TYPE));
        assertTrue(
                String.valueOf(e.getMessage()).contains("incompatible with the one that was loaded before"),
                e.getMessage());
        assertTrue(
                String.valueOf(e.getMessage()).contains("field 0 'lists': its type changed from STRUCT to VOID"),
                e.getMessage());
        assertEquals("dynamic.capnp:TestListDefaults", schema.displayName(), "nothing has changed");
    }

    @Test
    @Parity("schema-loader: Enumerate")
    @DisplayName("Enumerate")
    void a_compiled_type_brings_what_it_leads_to_and_nothing_else() {
        StructSchema schema = loader.load(TestNewVersion.TYPE);
        assertEquals(Set.of(schema), new HashSet<>(loader.loaded()));
        EnumSchema shade = loader.load(TestEnum.type());
        assertEquals(Set.of(schema, shade), new HashSet<>(loader.loaded()));
        StructSchema lists = loader.load(TestLists.TYPE);
        assertTrue(loader.loaded().contains(lists));
        assertTrue(loader.loaded().contains(loader.get(TestAllTypes.TYPE.typeId())));
        assertNull(loader.tryGet(TestUnion.TYPE.typeId()));
    }

    @Test
    @Parity("schema-loader: EnumerateNoPlaceholders")
    @DisplayName("EnumerateNoPlaceholders")
    void what_is_only_referred_to_is_not_loaded_until_it_is_asked_for() {
        Schema schema = loader.load(node(TestDefaults.TYPE));
        assertEquals(List.of(schema), loader.loaded());
        assertNull(loader.tryGet(TestAllTypes.TYPE.typeId()));
        Schema dependency = schema.dependency(TestAllTypes.TYPE.typeId());
        assertEquals(Set.of(schema, dependency), new HashSet<>(loader.loaded()));
    }

    /** A source that knows one node, and must be asked for it only once. */
    private static final class OneNode implements java.util.function.LongFunction<Optional<Node.Reader>> {
        final Node.Reader node;
        boolean asked;

        OneNode(Node.Reader node) {
            this.node = node;
        }

        @Override
        public Optional<Node.Reader> apply(long id) {
            if (id == 1234) {
                return Optional.empty();
            }
            assertEquals(node.getId(), id);
            assertFalse(asked);
            asked = true;
            return Optional.of(node);
        }
    }

    @Test
    @Parity("schema-loader: LazyLoad")
    @DisplayName("LazyLoad")
    void the_source_is_asked_when_a_node_is_wanted() {
        OneNode source = new OneNode(node(TestAllTypes.TYPE));
        SchemaLoader lazy = new SchemaLoader(Limits.DEFAULT, source);
        assertNull(lazy.tryGet(1234));
        assertFalse(source.asked);
        Schema schema = lazy.get(TestAllTypes.TYPE.typeId());
        assertTrue(source.asked);
        assertEquals("test.capnp:TestAllTypes", schema.displayName());
        assertSame(schema, schema.dependency(TestAllTypes.TYPE.typeId()));
        assertSame(schema, lazy.get(TestAllTypes.TYPE.typeId()));
    }

    @Test
    @Parity("schema-loader: LazyLoadGetDependency")
    @DisplayName("LazyLoadGetDependency")
    void the_source_is_asked_when_a_dependency_is_followed() {
        OneNode source = new OneNode(node(TestAllTypes.TYPE));
        SchemaLoader lazy = new SchemaLoader(Limits.DEFAULT, source);
        Schema schema = lazy.load(node(TestDefaults.TYPE));
        assertFalse(source.asked);
        Schema dependency = schema.dependency(TestAllTypes.TYPE.typeId());
        assertTrue(source.asked);
        assertEquals("test.capnp:TestAllTypes", dependency.displayName());
        assertSame(dependency, schema.dependency(TestAllTypes.TYPE.typeId()));
        assertSame(dependency, lazy.get(TestAllTypes.TYPE.typeId()));
    }

    @Test
    @Parity("schema-loader: Generics")
    @DisplayName("Generics")
    void type_parameters_are_bound_to_what_the_field_says() {
        StructSchema schema = loader.load(TestUseGenerics.TYPE);
        Schema allTypes = loader.get(TestAllTypes.TYPE.typeId());
        Schema anyPointer = loader.get(TestAnyPointer.TYPE.typeId());

        StructSchema branded = (StructSchema) schema.field("basic").type();
        assertTrue(branded.isBranded());
        assertSame(allTypes, branded.field("foo").type());
        StructSchema reversed = (StructSchema) branded.field("rev").type();
        assertNotSame(branded, reversed);
        assertSame(anyPointer, reversed.field("foo").type());
        assertSame(branded, reversed.field("rev").type());
        StructSchema element =
                (StructSchema) ((ListSchema) branded.field("list").type()).element();
        assertSame(allTypes, element.field("foo").type());

        StructSchema inner2 = (StructSchema) schema.field("inner2").type();
        StructSchema bound = (StructSchema) inner2.field("innerBound").type();
        assertSame(allTypes, bound.field("foo").type());
        StructSchema unbound = (StructSchema) inner2.field("innerUnbound").type();
        assertInstanceOf(Type.Any.class, unbound.field("foo").type());

        InterfaceSchema cap = (InterfaceSchema) schema.field("genericCap").type();
        InterfaceSchema.Method method = cap.method("call");
        StructSchema params = method.params();
        assertSame(
                allTypes,
                ((StructSchema) params.field("innerBound").type()).field("foo").type());
        assertSame(Type.Scalar.TEXT, params.field("baz").type());
        assertSame(Type.Scalar.DATA, method.results().field("qux").type());
        assertSame(branded, method.results().field("gen").type());

        StructSchema unspecified = (StructSchema) schema.field("unspecified").type();
        assertFalse(unspecified.isBranded());
        assertEquals(
                new Type.Any(Type.Any.Kind.PARAMETER, unspecified.id(), 0),
                unspecified.field("foo").type());
    }

    @Test
    @Parity("schema-loader: LoadStreaming")
    @DisplayName("LoadStreaming")
    void methods_that_stream_return_the_stream_result_though_nobody_loaded_it() {
        InterfaceSchema schema =
                (InterfaceSchema) loader.load(compiled.load(TestStreaming.TYPE).node());
        InterfaceSchema.Method method = schema.method("doStreamI");
        assertTrue(method.isStreaming());
        assertTrue(method.results().isStreamResult());
        assertEquals("StreamResult", method.results().shortName());
        assertFalse(schema.method("finishStream").isStreaming());
    }

    @Test
    @Parity("schema-loader: SchemaLoader placeholders are assumed to have caps")
    @DisplayName("SchemaLoader placeholders are assumed to have caps")
    void what_was_not_loaded_may_contain_capabilities() {
        StructSchema a = (StructSchema) loader.load(node(TestCycleANoCaps.TYPE));
        StructSchema b = (StructSchema) loader.load(node(TestCycleBNoCaps.TYPE));
        assertTrue(a.mayContainCapabilities());
        assertTrue(b.mayContainCapabilities());
        b.field("bar").type();
        assertTrue(a.mayContainCapabilities(), "empty for want of better knowledge is not known to be empty");
        loader.load(node(NoCaps.TYPE));
        assertFalse(a.mayContainCapabilities());
        assertFalse(b.mayContainCapabilities());
        assertTrue(loader.load(TestCycleBWithCaps.TYPE).mayContainCapabilities());
        assertFalse(loader.load(TestEmptyStruct.TYPE).mayContainCapabilities());
    }
}

package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.Segment;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.fixture.DynamicNodes;
import dev.capstan.capnp.dynamic.fixture.TestUseGenerics;
import dev.capstan.capnp.persistent.PersistentNodes;
import dev.capstan.capnp.rpc.protocol.RpcNodes;
import dev.capstan.capnp.rpc.protocol.RpcTwopartyNodes;
import dev.capstan.capnp.schema.Brand;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.SchemaNodes;
import dev.capstan.capnp.stream.StreamNodes;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestGenerics;
import dev.capstan.capnp.testfixture.TestNodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where schemas come from: requests, generated classes, several threads at once. */
class SchemaSourcesTest {
    private final SchemaLoader loader = new SchemaLoader();

    static List<dev.capstan.capnp.CompiledSchema> files() {
        return List.of(
                SchemaNodes.FILE,
                RpcNodes.FILE,
                RpcTwopartyNodes.FILE,
                PersistentNodes.FILE,
                StreamNodes.FILE,
                TestNodes.FILE,
                DynamicNodes.FILE);
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_generated_file_loads_with_all_that_it_refers_to(dev.capstan.capnp.CompiledSchema file) {
        Schema schema = loader.load(file);
        assertTrue(schema.node().isFile());
        for (Schema each : loader.loaded()) {
            for (Long id : each.entry.body().dependencies.keySet()) {
                assertNotNull(loader.tryGet(id), each + " refers to " + SchemaException.id(id));
            }
        }
    }

    @Test
    void a_request_of_a_compiler_brings_all_its_nodes() {
        SchemaLoader compiled = new SchemaLoader();
        Schema file = compiled.load(DynamicNodes.FILE);
        List<Schema> all = compiled.loaded();
        CodeGeneratorRequest.Builder request = new MessageBuilder().initRoot(CodeGeneratorRequest.TYPE);
        StructList.Builder<Node.Builder> nodes = request.initNodes(all.size());
        for (int i = 0; i < all.size(); i++) {
            nodes.setCopy(i, all.get(i).node());
        }
        request.initRequestedFiles(1).get(0).setId(file.id());
        List<Schema> files = loader.load(request.asReader());
        assertEquals(List.of(loader.get(file.id())), files);
        assertEquals(all.size(), loader.loaded().size());
    }

    @Test
    void schemas_of_the_schema_language_read_themselves() {
        StructSchema node = loader.load(Node.TYPE);
        DynamicStruct.Reader self = DynamicStruct.of(node, node.node());
        assertEquals("schema.capnp:Node", self.get("displayName").asText());
        DynamicStruct.Reader struct = self.get("struct").asStruct();
        StructSchema.Field which = self.which();
        assertNotNull(which);
        assertEquals("struct", which.name());
        assertEquals(node.fields().size(), struct.get("fields").asList().size());
        assertEquals(
                0xffff,
                ((StructSchema) loader.get(dev.capstan.capnp.schema.Field.TYPE.typeId()))
                        .field("discriminantValue")
                        .defaultValue()
                        .asInt());
    }

    @Test
    void a_brand_may_be_given_by_hand() {
        StructSchema use = loader.load(TestUseGenerics.TYPE);
        StructSchema branded = (StructSchema) use.field("basic").type();
        Brand.Reader brand =
                use.field("basic").proto().getSlot().getType().getStruct().getBrand();
        assertSame(branded, loader.get(branded.id(), brand, null));
        assertSame(loader.get(TestAllTypes.TYPE.typeId()), branded.brandArgument(branded.id(), 0));
        assertSame(branded, loader.type(use.field("basic").proto().getSlot().getType(), null));
        assertEquals("test.capnp:TestGenerics(test.capnp:TestAllTypes, test.capnp:TestAnyPointer)", branded.toString());
        assertEquals(TestGenerics.type(TestAllTypes.TYPE, TestAllTypes.TYPE).typeId(), branded.id());
    }

    @Test
    void types_without_a_schema_have_none_to_load() {
        StructType<StructBuilder, StructReader> type = new StructType<>(0, 0) {
            @Override
            protected StructReader reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
                throw new UnsupportedOperationException();
            }

            @Override
            protected StructBuilder builder(Segment segment, long data, int dataBits, int pointerCount) {
                throw new UnsupportedOperationException();
            }
        };
        assertNull(type.schema());
        assertThrows(SchemaException.class, () -> loader.load(type));
    }

    @Test
    void threads_that_load_and_read_at_once_see_the_same() throws Exception {
        SchemaLoader compiled = new SchemaLoader();
        compiled.load(DynamicNodes.FILE);
        Map<Long, Node.Reader> nodes = new HashMap<>();
        compiled.loaded().forEach(schema -> nodes.put(schema.id(), schema.node()));
        for (int round = 0; round < 20; round++) {
            SchemaLoader lazy = new SchemaLoader(Limits.DEFAULT, id -> Optional.ofNullable(nodes.get(id)));
            Callable<String> walk = () -> {
                StructSchema use = (StructSchema) lazy.get(TestUseGenerics.TYPE.typeId());
                StringBuilder seen = new StringBuilder();
                for (StructSchema.Field field : use.fields()) {
                    seen.append(field.type()).append(' ');
                    if (field.type() instanceof StructSchema struct) {
                        struct.fields()
                                .forEach(inner -> seen.append(inner.type()).append(' '));
                        struct.structType();
                    }
                }
                return seen.toString();
            };
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                List<Future<String>> all = new ArrayList<>(threads.invokeAll(List.of(walk, walk, walk, walk)));
                for (Future<String> each : all) {
                    assertEquals(all.getFirst().get(), each.get());
                }
            }
        }
    }
}

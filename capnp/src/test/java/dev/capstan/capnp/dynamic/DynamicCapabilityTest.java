package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.InterfaceSchema.Method;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestExtends;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestPipeline;
import dev.capstan.capnp.testfixture.TestStreaming;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Calls by name, from either side; the other side is generated code. What of dynamic-capability C++ tests in capability-test.c++. */
class DynamicCapabilityTest {
    private final SimLoop sim = new SimLoop();
    private final SchemaLoader loader = new SchemaLoader();
    private final InterfaceSchema testInterface = loader.load(TestInterface.TYPE);
    private final List<String> calls = new ArrayList<>();

    /** Answers by name, as a gateway would. */
    private final class ByName implements DynamicServer {
        private final InterfaceSchema schema;

        ByName(InterfaceSchema schema) {
            this.schema = schema;
        }

        @Override
        public InterfaceSchema schema() {
            return schema;
        }

        @Override
        public Promise<Void> call(Method method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
            calls.add(method.owner().shortName() + "." + method.name());
            switch (method.name()) {
                case "foo" -> {
                    assertEquals(123, context.params().get("i").asInt());
                    assertEquals(-1, context.params().get("expectedCallCount").asInt());
                    context.results().set("x", context.params().get("j").asBoolean() ? "foo" : "bar");
                }
                case "grault" -> Content.fill(context.results());
                case "getCap" -> {
                    DynamicStruct.Builder box = context.results().initStruct("outBox");
                    box.set("cap", new ByName(testInterface));
                    context.results().set("s", "bar");
                }
                case "doStreamI" -> calls.add(context.params().get("i").toString());
                default -> {
                    return context.unimplemented(schema.displayName(), method.name());
                }
            }
            return Promise.done();
        }
    }

    /** As generated code does it. */
    private final class Typed implements TestExtends.Server {
        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            calls.add("foo " + call.params().getI() + " " + call.params().getJ());
            call.results().setX("foo");
            return Promise.done();
        }

        @Override
        public Promise<Void> grault(CallContext<TestExtends.GraultParams.Reader, TestAllTypes.Builder> call) {
            Content.fill(call.results());
            return Promise.done();
        }
    }

    @Test
    @DisplayName("capability-test.c++: DynamicClient")
    void a_generated_server_is_called_by_names() {
        try (DynamicCapability client =
                        loader.load(TestExtends.TYPE).interfaceType().serve(sim.loop(), new Typed());
                DynamicCapability same = client.share()) {
            var request = client.request("foo");
            request.params().set("i", 123);
            request.params().set("j", true);
            try (var answer = request.send();
                    var inherited = same.request("grault").send();
                    var none = same.request("corge").send()) {
                assertEquals("foo", sim.await(answer).get("x").asText());
                Content.check(sim.await(inherited));
                Failure failure = assertThrows(Failure.class, () -> sim.await(none));
                assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
            }
            assertEquals(List.of("foo 123 true"), calls);
            assertThrows(IllegalArgumentException.class, () -> client.request("nothing"));
            assertThrows(IllegalArgumentException.class, () -> client.streamingRequest("foo"));
            Method foreign = loader.load(TestCallOrder.TYPE).method("getCallSequence");
            assertThrows(IllegalArgumentException.class, () -> client.request(foreign));
        }
        sim.poll();
    }

    @Test
    @DisplayName("capability-test.c++: DynamicServer")
    void a_server_by_names_is_called_by_generated_clients() {
        InterfaceSchema schema = loader.load(TestExtends.TYPE);
        try (TestExtends.Client client = TestExtends.TYPE.serve(sim.loop(), new ByName(schema));
                var foo = client.foo(params -> {
                    params.setI(123);
                    params.setJ(true);
                });
                var grault = client.grault();
                var corge = client.corge(params -> {})) {
            assertEquals("foo", sim.await(foo).getX());
            Content.check(sim.await(grault));
            Failure failure = assertThrows(Failure.class, () -> sim.await(corge));
            assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
            assertEquals(List.of("TestInterface.foo", "TestExtends.grault", "TestExtends.corge"), calls);
        }
        try (TestCallOrder.Client wrong = TestCallOrder.TYPE.serve(sim.loop(), new ByName(schema));
                var answer = wrong.getCallSequence(params -> {})) {
            Failure failure = assertThrows(Failure.class, () -> sim.await(answer));
            assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
            assertTrue(String.valueOf(failure.getMessage()).contains("test.capnp:TestExtends"), failure.getMessage());
        }
    }

    @Test
    @DisplayName("capability-test.c++: DynamicServerPipelining")
    void calls_are_made_on_results_that_are_not_there_yet() {
        InterfaceSchema pipeline = loader.load(TestPipeline.TYPE);
        try (DynamicCapability client = pipeline.interfaceType().serve(sim.loop(), new ByName(pipeline))) {
            var request = client.request("getCap");
            request.params().set("n", 234);
            try (var answer = request.send();
                    DynamicCapability inner = answer.results().struct("outBox").cap("cap")) {
                var foo = inner.request("foo");
                foo.params().set("i", 123);
                foo.params().set("j", false);
                try (var pipelined = foo.send()) {
                    assertEquals("bar", sim.await(pipelined).get("x").asText());
                }
                assertThrows(
                        IllegalArgumentException.class, () -> answer.results().struct("s"));
                assertThrows(
                        IllegalArgumentException.class, () -> answer.results().cap("s"));
                DynamicStruct.Reader results = sim.await(answer);
                DynamicValue cap = results.get("outBox").asStruct().get("cap");
                assertInstanceOf(DynamicValue.Capability.class, cap);
                try (DynamicCapability opened = ((DynamicValue.Capability) cap).open()) {
                    assertEquals(testInterface, opened.schema());
                }
                cap.asCapability().close();
            }
        }
        assertEquals(List.of("TestPipeline.getCap", "TestInterface.foo"), calls);
    }

    @Test
    void streams_are_sent_and_served_by_names() {
        InterfaceSchema schema = loader.load(TestStreaming.TYPE);
        try (DynamicCapability client = schema.interfaceType().serve(sim.loop(), new ByName(schema))) {
            var request = client.streamingRequest("doStreamI");
            request.params().set("i", 5);
            sim.await(request.send());
            sim.await(client.streamingRequest("doStreamI").send(p -> p.set("i", 6)));
            assertThrows(IllegalArgumentException.class, () -> client.request("doStreamI"));
            sim.poll();
        }
        assertEquals(List.of("TestStreaming.doStreamI", "5", "TestStreaming.doStreamI", "6"), calls);
    }

    @Test
    void capabilities_in_messages_are_shared_and_their_interface_is_checked() {
        StructSchema allTypes = loader.load(TestAllTypes.TYPE);
        MessageBuilder message = new MessageBuilder();
        DynamicStruct.Builder root = message.initRoot(allTypes.structType());
        assertFalse(root.has("interfaceField"));
        try (DynamicCapability derived =
                        loader.load(TestExtends.TYPE).interfaceType().serve(sim.loop(), new Typed());
                DynamicCapability other =
                        loader.load(TestCallOrder.TYPE).interfaceType().serve(sim.loop(), new Typed())) {
            root.set("interfaceField", derived);
            root.set("interfaceList", List.of(derived, derived.cap()));
            root.set("capabilityField", derived);
            root.set("anyField", derived);
            assertThrows(IllegalArgumentException.class, () -> root.set("interfaceField", other));
        }
        assertEquals(5, message.capTable().size());
        root.set("structField", Map.of("interfaceField", root.get("interfaceField")));
        root.set("structList", List.of(Map.of("anyField", root.get("interfaceField"))));
        try (DynamicCapability read = (DynamicCapability)
                root.get("structField").asStruct().get("interfaceField").asCapability()) {
            var request = read.request("foo");
            try (var answer = request.send()) {
                assertEquals("foo", sim.await(answer).get("x").asText());
            }
        }
        assertEquals(List.of("foo 0 false"), calls);
        assertThrows(IllegalStateException.class, () -> root.set("interfaceField", new ByName(testInterface)));
        message.capTable().close();
    }
}

package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestPipeline;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls by name between two vats: nothing but the schema tells them from typed ones. */
class DynamicOverWireTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private final SchemaLoader loader = new SchemaLoader();

    @Test
    void a_remote_object_is_called_by_names() {
        DynamicCapability main =
                context.alice.bootstrap("bob", loader.load(TestInterface.TYPE).interfaceType());
        var request = main.request("foo");
        request.params().set("i", 123);
        request.params().set("j", true);
        assertEquals("foo", context.await(context.own(request.send())).get("x").asText());
    }

    @Test
    void pipelined_calls_by_names_go_out_before_the_first_has_returned() {
        loader.load(TestPipeline.TYPE);
        loader.load(TestMoreStuff.TYPE);
        DynamicCapability main =
                context.alice.bootstrap("bob", loader.load(TestInterface.TYPE).interfaceType());
        var getPipeline = context.own(main.request("getTestPipeline").send());
        DynamicCapability pipeline = context.own(getPipeline.results().cap("cap"));
        var getCap = pipeline.request("getCap");
        getCap.params().set("n", 234);
        getCap.params().set("inCap", main);
        var answer = context.own(getCap.send());
        DynamicCapability box = context.own(answer.results().struct("outBox").cap("cap"));
        var foo = box.request("foo");
        foo.params().set("i", 321);
        assertEquals("bar", context.await(context.own(foo.send())).get("x").asText());
        DynamicStruct.Reader results = context.await(answer);
        assertEquals("bar", results.get("s").asText());
    }

    @Test
    void structs_travel_by_names() {
        DynamicCapability main =
                context.alice.bootstrap("bob", loader.load(TestInterface.TYPE).interfaceType());
        var request = main.request("foo");
        Map.of("i", 123, "j", true, "expectedCallCount", 0).forEach(request.params()::set);
        assertEquals("foo", context.await(context.own(request.send())).get("x").asText());
    }
}

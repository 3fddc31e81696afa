package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestExtends;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestPipeline;
import dev.capstan.testkit.Parity;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls, pipelined calls and how they fail: behaviours that {@code rpc-test.c++} asserts, under its names. */
class CallParityTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private final Servers servers = context.servers;

    @Test
    @Parity("R01")
    @DisplayName("basics")
    void calls_arrive_and_a_failing_one_leaves_the_connection_usable() {
        TestInterface.Client client = context.main();
        var foo = context.own(client.foo(Servers::fooParams));
        var bar = context.own(client.bar());
        var baz = context.own(client.baz(params -> StandardContent.fill(params.initS())));
        assertEquals(0, servers.calls, "nothing reaches the server in the frame that sends it");
        assertEquals("foo", context.await(foo).getX());
        context.await(baz);
        assertEquals(Failure.Kind.UNIMPLEMENTED, context.failureOf(bar).kind());
        assertEquals(2, servers.calls);
        assertTrue(context.alice.to("bob").isUp());
    }

    private TestPipeline.Client pipelines() {
        return context.own(context.own(context.main().getTestPipeline()).getCap());
    }

    /** Two calls on a capability that has not arrived; {@code given} is what the callee calls back meanwhile, if anything. */
    private void checkPipelined(TestInterface.Client cap, Servers.Foo... given) {
        var foo = context.own(cap.foo(params -> params.setI(321)));
        TestExtends.Client extended =
                context.own(new TestExtends.Client(cap.cap().share()));
        var grault = context.own(extended.grault());
        assertEquals(0, servers.calls);
        assertEquals("bar", context.await(foo).getX());
        StandardContent.check(context.await(grault));
        assertEquals(3, servers.calls);
        for (Servers.Foo object : given) {
            assertEquals(1, object.own);
        }
    }

    @Test
    @Parity("R02")
    @DisplayName("pipelining")
    void calls_on_a_result_that_is_not_there_yet_go_ahead_and_outlive_the_first_promise() {
        TestPipeline.Client client = pipelines();
        Servers.Foo inner = servers.new Foo();
        TestInterface.Client in = context.serve(inner);
        TestInterface.Client cap;
        try (var answer = client.getCap(params -> {
            params.setN(234);
            params.setInCap(in);
        })) {
            cap = context.own(answer.getOutBox().getCap());
        }
        checkPipelined(cap, inner);
    }

    @Test
    @Parity("R03")
    @DisplayName("sendForPipeline()")
    void a_call_made_for_its_pipeline_alone_is_never_returned() {
        TestPipeline.Client client = pipelines();
        Servers.Foo inner = servers.new Foo();
        TestInterface.Client in = context.serve(inner);
        var request = client.getCapRequest();
        request.params().setN(234);
        request.params().setInCap(in);
        TestInterface.Client cap;
        try (var answer = request.sendForPipeline()) {
            cap = context.own(answer.getOutBox().getCap());
        }
        checkPipelined(cap, inner);
        assertTrue(
                context.sent("alice", "bob").stream()
                        .anyMatch(m -> m.isCall() && m.getCall().getOnlyPromisePipeline()),
                "the hint was sent");
        assertTrue(
                context.sent("bob", "alice").stream()
                        .filter(Message.Reader::isReturn)
                        .noneMatch(m -> m.getReturn().getAnswerId() >= 1L << 31),
                "no Return for a pipeline-only question");
    }

    @Test
    @Parity("R04")
    @DisplayName("context.setPipeline")
    void a_server_tells_its_pipeline_without_ever_returning() {
        var answer = context.own(pipelines().getCapPipelineOnly());
        checkPipelined(context.own(answer.getOutBox().getCap()));
        assertFalse(context.poll(answer));
    }

    @Test
    @Parity("R26")
    @DisplayName("method throws exception")
    void a_failure_arrives_with_its_reason_and_kind() {
        Failure failure = context.failureOf(context.own(context.moreStuff().throwException()));
        assertEquals("remote exception: test exception", failure.reason());
        assertEquals(Failure.Kind.FAILED, failure.kind());
        assertNull(failure.trace());
    }

    @Test
    @Parity("R27")
    @DisplayName("method throws exception won't redundantly add remote exception prefix")
    void the_prefix_of_a_remote_failure_is_not_repeated() {
        Failure failure = context.failureOf(context.own(context.moreStuff().throwRemoteException()));
        assertEquals("remote exception: test exception", failure.reason());
        assertNull(failure.trace());
    }

    @Test
    @Parity("R28")
    @DisplayName("method throws exception with trace encoder")
    void a_trace_is_sent_if_somebody_encodes_it() {
        context.vat(
                "carol",
                builder -> builder.serving(servers.new MoreStuff()).traces(failure -> "trace for " + failure.reason()));
        var carol = context.alice.bootstrap("carol", dev.capstan.capnp.testfixture.TestMoreStuff.TYPE);
        Failure failure = context.failureOf(context.own(carol.throwException()));
        assertEquals("remote exception: test exception", failure.reason());
        assertEquals("trace for test exception", failure.trace());
    }

    @Test
    @Parity("R29")
    @DisplayName("method throws exception with detail")
    void details_of_a_failure_survive_the_wire() {
        Failure failure = context.failureOf(context.own(context.moreStuff().throwExceptionWithDetail()));
        assertEquals("remote exception: test exception", failure.reason());
        assertNull(failure.trace());
        assertEquals("foo", new String(failure.detail(1).orElseThrow(), StandardCharsets.UTF_8));
    }
}

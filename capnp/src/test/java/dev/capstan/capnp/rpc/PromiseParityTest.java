package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimLane;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * References that become something else, and connections that end: behaviours that {@code rpc-test.c++} asserts, under its
 * names.
 */
class PromiseParityTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private final Servers servers = context.servers;

    @Test
    @Parity("R11")
    @DisplayName("resolve promise")
    void a_promise_in_the_parameters_is_called_before_and_after_it_resolves() {
        TestMoreStuff.Client client = context.moreStuff();
        Servers.Foo target = servers.new Foo();
        QueuedCap promise = context.promise();
        TestInterface.Client cap = context.own(new TestInterface.Client(promise));
        var now = context.own(client.callFoo(params -> params.setCap(cap)));
        var later = context.own(client.callFooWhenResolved(params -> params.setCap(cap)));
        assertEquals(2, context.next(client));
        assertEquals(3, servers.calls);
        promise.resolve(context.serve(target).cap().share());
        assertEquals("bar", context.await(now).getS());
        assertEquals("bar", context.await(later).getS());
        assertEquals(3, servers.calls);
        assertEquals(2, target.own);
    }

    @Test
    @Parity("R15")
    @DisplayName("embargo")
    void calls_keep_their_order_when_a_reference_turns_out_to_be_local() {
        TestMoreStuff.Client client = context.moreStuff();
        TestCallOrder.Client cap = context.callOrder();
        Supplier<Long> early = context.sequence(client);
        var echo = context.own(client.echo(params -> params.setCap(cap)));
        TestCallOrder.Client pipeline = context.own(echo.getCap());
        List<Supplier<Long>> numbers = new ArrayList<>();
        numbers.add(context.sequence(pipeline));
        numbers.add(context.sequence(pipeline));
        assertEquals(0, early.get());
        numbers.add(context.sequence(pipeline));
        context.own(context.await(echo).getCap());
        for (int i = 0; i < 3; i++) {
            numbers.add(context.sequence(pipeline));
        }
        for (int i = 0; i < numbers.size(); i++) {
            assertEquals(i, numbers.get(i).get());
        }
        assertEquals(1, context.count("alice", "bob", Message.Which.DISEMBARGO));
        assertEquals(1, context.count("bob", "alice", Message.Which.DISEMBARGO));
    }

    /** Its first echo returns a promise that the test resolves; later ones return what they are given. */
    private final class PromiseEchoer extends Servers.Counted implements TestMoreStuff.Server {
        private TestCallOrder.@Nullable Client kept;
        private final QueuedCap promise = context.promise();

        PromiseEchoer() {
            servers.super();
        }

        @Override
        public Promise<Void> echo(
                CallContext<TestMoreStuff.EchoParams.Reader, TestMoreStuff.EchoResults.Builder> call) {
            if (kept == null) {
                kept = call.params().getCap();
                call.results().setCap(new TestCallOrder.Client(promise));
            } else {
                try (TestCallOrder.Client cap = call.params().getCap()) {
                    call.results().setCap(cap);
                }
            }
            return Promise.done();
        }

        void fulfill() {
            TestCallOrder.Client target = kept;
            if (target == null) {
                throw new AssertionError("nothing was echoed yet");
            }
            promise.resolve(target.cap().share());
            promise.close();
            target.close();
        }
    }

    @Test
    @Parity("R19")
    @DisplayName("RequireEmbargoWrapper has its intended effect (RECEIVER_HOSTED)")
    void a_promise_that_comes_back_as_our_own_export_is_embargoed() {
        PromiseEchoer echoer = new PromiseEchoer();
        context.vat("carol", echoer);
        TestMoreStuff.Client client = context.alice.bootstrap("carol", TestMoreStuff.TYPE);
        TestCallOrder.Client cap = context.callOrder();
        // Carol answers with a promise, which alice imports.
        var first = context.own(client.echo(params -> params.setCap(cap)));
        TestCallOrder.Client promise = context.own(context.await(first).getCap());
        context.poll();
        // Carol's promise turns out to be alice's own object, but alice does not hear of it yet, ...
        SimLane toAlice = context.lane("carol", "alice");
        toAlice.block();
        echoer.fulfill();
        context.poll();
        // ... and sends the promise back to carol, to get it in an answer.
        var second = context.own(client.echo(params -> params.setCap(promise)));
        TestCallOrder.Client pipeline = context.own(second.getCap());
        Supplier<Long> call0 = context.sequence(pipeline);
        context.poll();
        // The Resolve and the answer arrive; the call itself is still on its way back from carol.
        toAlice.blockAfter(frame -> ScriptedPeer.parse(frame).isReturn()
                && ScriptedPeer.parse(frame).getReturn().isResults());
        context.poll();
        Supplier<Long> call1 = context.sequence(pipeline);
        context.poll();
        toAlice.unblock();
        assertEquals(0, call0.get());
        assertEquals(1, call1.get());
        assertEquals(2, context.next(pipeline));
        assertEquals(3, context.next(promise));
    }

    @Test
    @Parity("R20")
    @DisplayName("embargo error")
    void calls_on_a_promise_that_fails_all_fail_and_the_connection_survives() {
        TestMoreStuff.Client client = context.moreStuff();
        QueuedCap promise = context.promise();
        TestCallOrder.Client cap = context.own(new TestCallOrder.Client(promise));
        Supplier<Long> early = context.sequence(client);
        var echo = context.own(client.echo(params -> params.setCap(cap)));
        TestCallOrder.Client pipeline = context.own(echo.getCap());
        List<Promise<?>> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calls.add(context.own(pipeline.getCallSequence(params -> {})));
        }
        assertEquals(0, early.get());
        calls.add(context.own(pipeline.getCallSequence(params -> {})));
        TestCallOrder.Client resolved = context.own(context.await(echo).getCap());
        assertFalse(resolved.cap().innermost() instanceof BrokenCap);
        for (int i = 0; i < 3; i++) {
            calls.add(context.own(pipeline.getCallSequence(params -> {})));
        }
        promise.fail(Failure.failed("foo"));
        for (Promise<?> call : calls) {
            assertTrue(context.failureOf(call).reason().contains("foo"));
        }
        context.next(client);
    }

    @Test
    @Parity("R21")
    @DisplayName("don't embargo null capability")
    void a_null_capability_is_not_embargoed() {
        TestMoreStuff.Client client = context.moreStuff();
        var answer = context.own(client.getNull());
        TestMoreStuff.Client pipeline = context.own(answer.getNullCap());
        var call0 = context.own(pipeline.getCallSequence(params -> {}));
        context.await(answer);
        var call1 = context.own(pipeline.getCallSequence(params -> {}));
        context.failureOf(call0);
        context.failureOf(call1);
        context.next(client);
        assertEquals(0, context.count("alice", "bob", Message.Which.DISEMBARGO));
    }

    @Test
    @Parity("R22")
    @DisplayName("call promise that later rejects")
    void a_call_on_a_promise_waits_and_fails_with_it() {
        TestMoreStuff.Client client = context.moreStuff();
        QueuedCap promise = context.promise();
        TestInterface.Client cap = context.own(new TestInterface.Client(promise));
        var call = context.own(client.callFoo(params -> params.setCap(cap)));
        assertFalse(context.poll(call));
        promise.fail(Failure.failed("foo"));
        assertTrue(context.failureOf(call).reason().contains("foo"));
        context.next(client);
    }

    @Test
    @Parity("R23")
    @DisplayName("abort")
    void a_return_for_no_question_ends_the_connection() {
        ScriptedPeer peer =
                new ScriptedPeer(context.sim, context.net.host("stranger").connect("bob"));
        peer.send(message -> {
            var ret = message.initReturn();
            ret.setAnswerId(1234);
            ret.setCanceled();
        });
        peer.expectAbort("");
        assertFalse(context.bob.to("stranger").isUp());
        peer.end();
    }

    @Test
    @Parity("R30")
    @DisplayName("disconnection exception retains details")
    void a_lost_connection_keeps_the_details_of_its_cause() {
        TestMoreStuff.Client client = context.moreStuff();
        var call = context.own(client.getHandle());
        Connection connection = context.alice.to("bob");
        connection.disconnect(Failure.failed("cut").with(new Failure.Detail(1, StandardContent.bytes("foo"))));
        Failure failure = context.failureOf(call);
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertArrayEquals(StandardContent.bytes("foo"), failure.detail(1).orElseThrow());
        assertEquals(
                Failure.Kind.DISCONNECTED,
                context.failureOf(connection.onDisconnect()).kind());
    }
}

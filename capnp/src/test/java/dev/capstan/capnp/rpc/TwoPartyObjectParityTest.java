package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestStreaming;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams, order and life of objects: behaviours that the C++ implementation's {@code rpc-twoparty-test.c++} asserts, under its names. */
class TwoPartyObjectParityTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private final Servers servers = context.servers;

    @Test
    @Parity("T10")
    @DisplayName("Streaming over RPC")
    void streaming_calls_are_accepted_until_the_window_is_full_and_run_one_at_a_time() {
        Servers.Streaming server = servers.new Streaming();
        context.vat("carol", server);
        TestStreaming.Client client = context.vat(
                        "dora", builder -> builder.limits(Limits.DEFAULT.withStreamWindowBytes(1024)))
                .bootstrap("carol", TestStreaming.TYPE);
        Promise<Void> ready = Promise.done();
        int count = 0;
        while (context.poll(ready)) {
            ready = client.doStreamI(params -> params.setI(1));
            count++;
            assertTrue(count < 1000, "the window never fills");
        }
        assertTrue(count > 5, "more than five calls fit, not " + count);
        assertEquals(1, server.running);
        for (int i = 0; i < 10; i++) {
            server.finishOne();
            int more = 0;
            while (context.poll(ready)) {
                more++;
                ready = client.doStreamI(params -> params.setI(1));
            }
            assertTrue(more == 1 || more == 2, "one end lets one or two more through, not " + more);
        }
        ready.cancel();
        while (server.running > 0) {
            server.finishOne();
            context.poll();
        }
    }

    @Test
    @Parity("T13")
    @DisplayName("promise cap resolves between starting request and sending it")
    void a_request_takes_its_place_when_it_is_sent() {
        QueuedCap promise = context.promise();
        TestCallOrder.Client cap = context.own(new TestCallOrder.Client(promise));
        TestMoreStuff.Client stuff = context.moreStuff();
        var echo = context.own(stuff.echo(params -> params.setCap(cap)));
        TestCallOrder.Client pipeline = context.own(echo.getCap());
        context.poll();
        var built = pipeline.getCallSequenceRequest();
        promise.resolve(new LocalCap(context.sim.loop(), servers.new CallOrder()));
        var first = context.own(pipeline.getCallSequence(params -> {}));
        context.poll();
        var second = context.own(built.send());
        assertEquals(0, context.await(first).getN());
        assertEquals(1, context.await(second).getN());
    }

    @Test
    @Parity("T15")
    @DisplayName("Streaming over RPC no premature cancellation when client dropped")
    void dropping_the_client_does_not_cancel_what_was_streamed() {
        Servers.Streaming server = servers.new Streaming();
        context.vat("carol", server);
        TestStreaming.Client client = context.alice.to("carol").bootstrap(TestStreaming.TYPE);
        Promise<Void> first = client.doStreamI(params -> params.setI(123));
        Promise<Void> second = client.doStreamI(params -> params.setI(456));
        var finish = context.own(client.finishStream());
        client.close();
        context.await(first);
        context.await(second);
        context.poll();
        server.finishOne();
        context.poll();
        server.finishOne();
        assertEquals(579, context.await(finish).getTotalI());
    }

    /** Counts calls that wait for the test, without allowing cancellation. */
    private final class Slow extends Servers.Counted implements TestInterface.Server {
        final List<Completer<Void>> open = new ArrayList<>();
        int ended;

        Slow() {
            servers.super();
        }

        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            Completer<Void> step = new Completer<>(context.sim.loop());
            open.add(step);
            return step.promise().then(done -> {
                ended++;
                return Promise.done();
            });
        }
    }

    @Test
    @Parity("T16")
    @DisplayName("Dropping capability during call doesn't destroy server")
    void an_object_lives_until_its_calls_have_ended() {
        Slow slow = new Slow();
        TestMoreStuff.Client stuff = context.moreStuff();
        try (TestInterface.Client cap = TestInterface.TYPE.serve(context.sim.loop(), slow);
                var call = stuff.callFoo(params -> params.setCap(cap))) {
            assertFalse(context.poll(call));
        }
        context.poll();
        assertEquals(1, slow.open.size());
        assertFalse(slow.released, "the call still runs");
        slow.open.getFirst().complete(Promise.nothing());
        context.poll();
        assertEquals(1, slow.ended, "a call that has not allowed it is not cancelled");
        assertTrue(slow.released);
    }

    /** Alice reaches carol over a proxy, and gets back an object of her own. */
    private void checkOrderOverTwoHops(TestCallOrder.Server order) {
        context.vat("carol", servers.new MoreStuff());
        TestContext.TestVat onward = context.vat("onward");
        context.vat(
                "proxy",
                builder -> builder.servingEach(asker -> onward.to("carol").bootstrap()));
        TestMoreStuff.Client client = context.alice.bootstrap("proxy", TestMoreStuff.TYPE);
        TestCallOrder.Client cap = context.own(TestCallOrder.TYPE.serve(context.sim.loop(), order));
        var echo = context.own(client.echo(params -> params.setCap(cap)));
        TestCallOrder.Client pipeline = context.own(echo.getCap());
        List<Supplier<Long>> numbers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            numbers.add(context.sequence(pipeline));
        }
        context.own(context.await(echo).getCap());
        for (int i = 0; i < 3; i++) {
            numbers.add(context.sequence(pipeline));
        }
        for (int i = 0; i < numbers.size(); i++) {
            assertEquals(i, numbers.get(i).get());
        }
        assertTrue(context.count("alice", "proxy", Message.Which.DISEMBARGO) > 0);
    }

    @Test
    @Parity("T17")
    @DisplayName("Two-hop embargo")
    void order_is_kept_over_two_hops() {
        checkOrderOverTwoHops(servers.new CallOrder());
    }

    /** Says that a shorter way to it will be known one day. */
    private final class Promising extends Servers.Counted implements TestCallOrder.Server {
        private long count;

        Promising() {
            servers.super();
        }

        @Override
        public Promise<Void> getCallSequence(
                CallContext<TestCallOrder.GetCallSequenceParams.Reader, TestCallOrder.GetCallSequenceResults.Builder>
                        call) {
            call.results().setN(count++);
            return Promise.done();
        }

        @Override
        public Promise<Cap> shortenPath() {
            return new Completer<Cap>(context.sim.loop()).promise();
        }
    }

    @Test
    @Parity("T18")
    @DisplayName("Two-hop embargo (the object looks like a promise)")
    void a_disembargo_waits_only_until_its_target_points_back() {
        checkOrderOverTwoHops(new Promising());
    }
}

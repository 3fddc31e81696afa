package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.CapServer;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestExtends;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestPipeline;
import dev.capstan.capnp.testfixture.TestStreaming;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The behaviours that the C++ implementation's {@code rpc-twoparty-test.c++} asserts, under its names. */
class TwoPartyParityTest {
    /** Two vats over a pipe of bytes. */
    private static final class Pair {
        final SimLoop sim = new SimLoop();
        final Servers servers = new Servers(sim.loop());
        final BytePipe pipe = new BytePipe(sim.loop());
        final Connection client;

        Pair() {
            Vat.on(sim.loop()).serving(servers.new Main()).build().connect(pipe.right());
            client = (Connection) Vat.on(sim.loop()).build().connect(pipe.left());
        }

        Failure failureOf(Promise<?> promise) {
            return assertThrows(Failure.class, () -> sim.await(promise));
        }
    }

    @Test
    @Parity("T02")
    @DisplayName("TwoPartyNetwork, Pipelining")
    void after_a_half_close_the_other_side_disconnects_and_pipelined_calls_fail() {
        Pair pair = new Pair();
        Servers.Foo inner = pair.servers.new Foo();
        TestPipeline.Client client;
        try (TestInterface.Client main = pair.client.bootstrap(TestInterface.TYPE);
                var answer = main.getTestPipeline()) {
            client = answer.getCap();
        }
        TestInterface.Client in = TestInterface.TYPE.serve(pair.sim.loop(), inner);
        TestInterface.Client cap;
        try (var answer = client.getCap(params -> {
            params.setN(234);
            params.setInCap(in);
        })) {
            cap = answer.getOutBox().getCap();
        }
        var foo = cap.foo(params -> params.setI(321));
        var grault = new TestExtends.Client(cap.cap().share()).grault();
        assertEquals("bar", pair.sim.await(foo).getX());
        Servers.check(pair.sim.await(grault));
        assertEquals(3, pair.servers.calls);
        assertEquals(1, inner.own);
        Promise<Void> lost = pair.client.onDisconnect();
        assertFalse(pair.sim.poll(lost));
        pair.pipe.left().end();
        assertEquals(Failure.Kind.DISCONNECTED, pair.failureOf(lost).kind());
        var broken = client.getCap(params -> {
            params.setN(234);
            params.setInCap(in);
        });
        TestInterface.Client brokenCap = broken.getOutBox().getCap();
        assertEquals(
                Failure.Kind.DISCONNECTED,
                pair.failureOf(brokenCap.foo(params -> params.setI(321))).kind());
        assertEquals(
                Failure.Kind.DISCONNECTED,
                pair.failureOf(new TestExtends.Client(brokenCap.cap().share()).grault())
                        .kind());
        assertEquals(3, pair.servers.calls);
        assertEquals(1, inner.own);
    }

    @Test
    @Parity("T03")
    @DisplayName("TwoPartyNetwork, Release")
    void a_release_takes_effect_without_later_traffic() {
        Pair pair = new Pair();
        TestMoreStuff.Client client;
        try (TestInterface.Client main = pair.client.bootstrap(TestInterface.TYPE);
                var answer = main.getTestMoreStuff()) {
            client = answer.getCap();
        }
        var first = client.getHandle();
        var handle1 = pair.sim.await(first).getHandle();
        first.close();
        var second = client.getHandle();
        var handle2 = pair.sim.await(second).getHandle();
        assertEquals(2, pair.servers.handles);
        handle1.close();
        pair.sim.poll();
        assertEquals(1, pair.servers.handles);
        handle2.close();
        pair.sim.poll();
        assertEquals(1, pair.servers.handles);
        second.close();
        pair.sim.poll();
        assertEquals(0, pair.servers.handles);
    }

    @Test
    @Parity("T04")
    @DisplayName("TwoPartyNetwork, Abort")
    void a_protocol_error_is_answered_by_an_abort_and_the_end() {
        SimLoop sim = new SimLoop();
        BytePipe pipe = new BytePipe(sim.loop());
        Servers servers = new Servers(sim.loop());
        Vat.on(sim.loop()).serving(servers.new Main()).build().connect(pipe.right());
        FrameStream raw = new FrameStream(pipe.left(), dev.capstan.capnp.Limits.DEFAULT);
        List<Message.Which> received = new ArrayList<>();
        boolean[] ended = new boolean[1];
        raw.start(new dev.capstan.async.MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                received.add(TestContext.message(java.util.Arrays.copyOfRange(array, offset, offset + length))
                        .which());
            }

            @Override
            public void ended() {
                ended[0] = true;
            }

            @Override
            public void failed(Throwable cause) {
                throw new AssertionError(cause);
            }
        });
        var message = new dev.capstan.capnp.MessageBuilder();
        message.initRoot(Message.TYPE).initReturn().setAnswerId(1234);
        raw.send(message.frame());
        sim.poll();
        assertEquals(List.of(Message.Which.ABORT), received);
        assertTrue(ended[0]);
    }

    @Test
    @Parity("T05")
    @DisplayName("TwoPartyNetwork, ConvenienceClasses")
    void a_server_listens_on_a_port_that_the_system_chose_and_a_client_calls_it() {
        try (NetLoop net = NetLoop.open("test", Transport.AUTO)) {
            Servers servers = new Servers(net.loop());
            try (Vat server = Vat.on(net.loop()).serving(servers.new Main()).build();
                    Vat vat = Vat.on(net.loop()).build();
                    var listener = server.listen(net.network(), new Address.Tcp("127.0.0.1", 0))
                            .await();
                    var peer = vat.connect(net.network(), listener.address()).await();
                    TestInterface.Client client = peer.bootstrap(TestInterface.TYPE);
                    var foo = client.foo(Servers::fooParams)) {
                assertEquals("foo", foo.await().getX());
                assertEquals(1, servers.calls);
            }
        }
    }

    @Test
    @Parity("T06")
    @DisplayName("TwoPartyNetwork, HugeMessage")
    void a_huge_request_fails_here_and_a_huge_response_there_and_the_connection_stays() {
        Pair pair = new Pair();
        TestInterface.Client main = pair.client.bootstrap(TestInterface.TYPE);
        var stuff = main.getTestMoreStuff();
        TestMoreStuff.Client client = stuff.getCap();
        var huge = client.methodWithDefaults(params -> params.setA("a".repeat(100_000_000)));
        String tooLarge = "larger than our single-message size limit";
        assertTrue(pair.failureOf(huge).reason().contains(tooLarge));
        assertTrue(pair.failureOf(client.getEnormousString()).reason().contains(tooLarge));
        assertEquals("foo", pair.sim.await(main.foo(Servers::fooParams)).getX());
    }

    private static TestStreaming.Client streaming(TestContext context) {
        return context.own(context.alice.bootstrap(TestStreaming.TYPE));
    }

    @Test
    @Parity("T10")
    @DisplayName("Streaming over RPC")
    void streaming_calls_are_accepted_until_the_window_is_full_and_run_one_at_a_time() throws Exception {
        TestContext context = new TestContext(Limits.DEFAULT.withStreamWindowBytes(1024), new Deferred());
        Servers.Streaming server = Deferred.install(context);
        TestStreaming.Client client = streaming(context);
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
            context.sim.poll();
        }
        context.checkQuiescent();
    }

    /** Bootstrap object that leads to one which needs the context to exist. */
    private static final class Deferred implements TestStreaming.Server {
        private Servers.@Nullable Streaming target;

        static Servers.Streaming install(TestContext context) {
            Servers.Streaming streaming = context.servers.new Streaming();
            context.servers.live--;
            context.object(Deferred.class).target = streaming;
            return streaming;
        }

        private Servers.Streaming target() {
            return java.util.Objects.requireNonNull(target);
        }

        @Override
        public Promise<Void> doStreamI(
                CallContext<TestStreaming.DoStreamIParams.Reader, dev.capstan.capnp.stream.StreamResult.Builder> call) {
            return target().doStreamI(call);
        }

        @Override
        public Promise<Void> doStreamJ(
                CallContext<TestStreaming.DoStreamJParams.Reader, dev.capstan.capnp.stream.StreamResult.Builder> call) {
            return target().doStreamJ(call);
        }

        @Override
        public Promise<Void> finishStream(
                CallContext<TestStreaming.FinishStreamParams.Reader, TestStreaming.FinishStreamResults.Builder> call) {
            return target().finishStream(call);
        }
    }

    @Test
    @Parity("T13")
    @DisplayName("promise cap resolves between starting request and sending it")
    void a_request_takes_its_place_when_it_is_sent() throws Exception {
        TestContext context = new TestContext();
        QueuedCap promise = new QueuedCap(context.sim.loop());
        TestCallOrder.Client cap = context.own(new TestCallOrder.Client(promise));
        TestMoreStuff.Client stuff =
                context.own(context.own(context.main().getTestMoreStuff()).getCap());
        var echo = context.own(stuff.echo(params -> params.setCap(cap)));
        TestCallOrder.Client pipeline = context.own(echo.getCap());
        context.sim.poll();
        var built = pipeline.getCallSequenceRequest();
        promise.resolve(new dev.capstan.cap.LocalCap(context.sim.loop(), context.servers.new CallOrder()));
        var first = context.own(pipeline.getCallSequence(params -> {}));
        context.sim.poll();
        var second = context.own(built.send());
        assertEquals(0, context.await(first).getN());
        assertEquals(1, context.await(second).getN());
        context.checkQuiescent();
    }

    /** A stream that cannot be written any more and on which nothing arrives. */
    private static final class BrokenOutput implements ByteStream {
        private final dev.capstan.async.Loop loop;
        private @Nullable Receiver receiver;

        BrokenOutput(dev.capstan.async.Loop loop) {
            this.loop = loop;
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void write(byte[] array, int offset, int length) {
            loop.post(() -> java.util.Objects.requireNonNull(receiver).failed(new IOException("the write failed")));
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public Promise<Void> drained() {
            return Promise.done();
        }

        @Override
        public void end() {}

        @Override
        public void abort(Throwable cause) {}
    }

    @Test
    @Parity("T14")
    @DisplayName("write error propagates to read error")
    void a_failed_write_fails_the_pending_calls() {
        SimLoop sim = new SimLoop();
        Connection connection = (Connection) Vat.on(sim.loop()).build().connect(new BrokenOutput(sim.loop()));
        TestInterface.Client client = connection.bootstrap(TestInterface.TYPE);
        var call = client.foo(Servers::fooParams);
        Failure failure = assertThrows(Failure.class, () -> sim.await(call));
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertTrue(failure.reason().contains("the write failed"), failure.reason());
    }

    @Test
    @Parity("T15")
    @DisplayName("Streaming over RPC no premature cancellation when client dropped")
    void dropping_the_client_does_not_cancel_what_was_streamed() throws Exception {
        TestContext context = new TestContext(Limits.DEFAULT, new Deferred());
        Servers.Streaming server = Deferred.install(context);
        var client = context.alice.bootstrap(TestStreaming.TYPE);
        Promise<Void> first = client.doStreamI(params -> params.setI(123));
        Promise<Void> second = client.doStreamI(params -> params.setI(456));
        var finish = context.own(client.finishStream());
        client.close();
        context.await(first);
        context.await(second);
        context.sim.poll();
        server.finishOne();
        context.sim.poll();
        server.finishOne();
        assertEquals(579, context.await(finish).getTotalI());
        context.checkQuiescent();
    }

    /** Counts calls that wait for the test, without allowing cancellation. */
    private static final class Slow implements TestInterface.Server {
        private final TestContext[] context;
        final List<Completer<Void>> open = new ArrayList<>();
        boolean released;
        int ended;

        Slow(TestContext[] context) {
            this.context = context;
        }

        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            Completer<Void> step = new Completer<>(context[0].sim.loop());
            open.add(step);
            return step.promise().then(done -> {
                ended++;
                return Promise.done();
            });
        }

        @Override
        public void released() {
            released = true;
        }
    }

    @Test
    @Parity("T16")
    @DisplayName("Dropping capability during call doesn't destroy server")
    void an_object_lives_until_its_calls_have_ended() throws Exception {
        TestContext context = new TestContext();
        Slow slow = new Slow(new TestContext[] {context});
        TestMoreStuff.Client stuff =
                context.own(context.own(context.main().getTestMoreStuff()).getCap());
        try (TestInterface.Client cap = TestInterface.TYPE.serve(context.sim.loop(), slow);
                var call = stuff.callFoo(params -> params.setCap(cap))) {
            assertFalse(context.poll(call));
        }
        context.sim.poll();
        assertEquals(1, slow.open.size());
        assertFalse(slow.released, "the call still runs");
        slow.open.getFirst().complete(Promise.nothing());
        context.sim.poll();
        assertEquals(1, slow.ended, "a call that has not allowed it is not cancelled");
        assertTrue(slow.released);
        context.checkQuiescent();
    }

    /** Alice, a proxy, and bob: alice reaches bob's echo over two connections. */
    private static void twoHop(CapServer order, SimLoop sim, Servers servers) {
        HeldPipe near = new HeldPipe(sim.loop());
        HeldPipe far = new HeldPipe(sim.loop());
        Connection bob = (Connection)
                Vat.on(sim.loop()).serving(servers.new MoreStuff()).build().connect(far.right);
        Connection proxyOut = (Connection) Vat.on(sim.loop()).build().connect(far.left);
        Connection proxyIn = (Connection) Vat.on(sim.loop())
                .servingEach(peer -> proxyOut.bootstrap())
                .build()
                .connect(near.right);
        Connection alice = (Connection) Vat.on(sim.loop()).build().connect(near.left);
        TestMoreStuff.Client client = alice.bootstrap(TestMoreStuff.TYPE);
        TestCallOrder.Client cap = TestCallOrder.TYPE.serve(sim.loop(), order);
        var echo = client.echo(params -> params.setCap(cap));
        TestCallOrder.Client pipeline = echo.getCap();
        List<Supplier<Long>> numbers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            call(sim, pipeline, numbers);
        }
        var resolved = sim.await(echo).getCap();
        for (int i = 0; i < 3; i++) {
            call(sim, pipeline, numbers);
        }
        for (int i = 0; i < numbers.size(); i++) {
            assertEquals(i, numbers.get(i).get());
        }
        for (AutoCloseable open : List.of(resolved, pipeline, echo, cap, client)) {
            try {
                open.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        sim.poll();
        assertTrue(TestContext.count(near.left.sent, Message.Which.DISEMBARGO) > 0);
        for (Connection connection : List.of(alice, proxyIn)) {
            assertEquals(new Peer.Tables(0, 0, 0, 0, 0), connection.tables());
        }
        proxyOut.close();
        sim.poll();
        assertFalse(bob.isUp());
    }

    private static void call(SimLoop sim, TestCallOrder.Client order, List<Supplier<Long>> numbers) {
        var answer = order.getCallSequence(params -> {});
        numbers.add(() -> {
            try (answer) {
                return sim.await(answer).getN();
            }
        });
    }

    @Test
    @Parity("T17")
    @DisplayName("Two-hop embargo")
    void order_is_kept_over_two_hops() {
        SimLoop sim = new SimLoop();
        Servers servers = new Servers(sim.loop());
        twoHop(servers.new CallOrder(), sim, servers);
    }

    @Test
    @Parity("T18")
    @DisplayName("Two-hop embargo (the object looks like a promise)")
    void a_disembargo_waits_only_until_its_target_points_back() {
        SimLoop sim = new SimLoop();
        Servers servers = new Servers(sim.loop());
        twoHop(
                new TestCallOrder.Server() {
                    private long count;

                    @Override
                    public Promise<Void> getCallSequence(
                            CallContext<
                                            TestCallOrder.GetCallSequenceParams.Reader,
                                            TestCallOrder.GetCallSequenceResults.Builder>
                                    call) {
                        call.results().setN(count++);
                        return Promise.done();
                    }

                    @Override
                    public Promise<Cap> shortenPath() {
                        return new Completer<Cap>(sim.loop()).promise();
                    }
                },
                sim,
                servers);
    }
}

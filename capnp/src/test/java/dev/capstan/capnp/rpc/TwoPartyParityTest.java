package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.io.FrameStream;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestExtends;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestPipeline;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
        StandardContent.check(pair.sim.await(grault));
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
                received.add(ScriptedPeer.parse(java.util.Arrays.copyOfRange(array, offset, offset + length))
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
}

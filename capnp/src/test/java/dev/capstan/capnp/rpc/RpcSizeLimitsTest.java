package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestStreaming;
import dev.capstan.testkit.SimLane;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every entry of {@link Limits} that is a size, at its edge. */
class RpcSizeLimitsTest extends LimitsFixture {
    // ---- messageWords

    @Test
    void a_message_of_one_word_too_many_is_not_sent() {
        ScriptedPeer peer = withRoot(D.withMessageWords(60));
        TestMoreStuff.Client hub = hub(peer);
        for (int length = 0; ; length += 8) {
            String text = "x".repeat(length);
            var call = own(hub.methodWithDefaults(params -> params.setA(text)));
            if (sim.poll(call)) {
                assertTrue(failureOf(call).reason().contains("larger than our single-message size limit"));
                break;
            }
            peer.receive(Message.Which.CALL);
        }
        assertEquals(60, words(fromVat().sent().getLast()), "the largest that was sent fills the limit");
        peer.expectNothing();
        own(hub.methodWithDefaults(params -> params.setA("x")));
        peer.receive(Message.Which.CALL);
    }

    /** A call of a method that is not there, in a message of exactly {@code words} words. */
    private static void callOf(ScriptedPeer peer, int words, long id) {
        Consumer<Message.Builder> call = message -> {
            var unknown = message.initCall();
            unknown.setQuestionId(id);
            unknown.initTarget().setImportedCap(0);
            unknown.setInterfaceId(TestMoreStuff.INTERFACE_ID);
            unknown.setMethodId(UNKNOWN);
        };
        MessageBuilder empty = new MessageBuilder(64);
        Message.Builder root = empty.initRoot(Message.TYPE);
        call.accept(root);
        root.getCall().initParams();
        int text = words - (int) empty.sizeWords();
        peer.send(message -> {
            call.accept(message);
            message.getCall()
                    .initParams()
                    .getContent()
                    .init(TestMoreStuff.MethodWithDefaultsParams.TYPE)
                    .setA("x".repeat(8 * text - 24 - 1));
        });
    }

    @Test
    void a_received_message_of_one_word_too_many_ends_the_connection() {
        ScriptedPeer peer = withRoot(D.withMessageWords(60));
        callOf(peer, 59, 1);
        assertEquals(Exception.Type.UNIMPLEMENTED, kind(returned(peer, 1)));
        callOf(peer, 60, 2);
        assertEquals(60, words(net.lane("peer", "vat").sent().getLast()));
        assertEquals(Exception.Type.UNIMPLEMENTED, kind(returned(peer, 2)));
        callOf(peer, 61, 3);
        assertEquals(61, words(net.lane("peer", "vat").sent().getLast()));
        peer.expectAbort("61 words, of 60 allowed");
    }

    @Test
    void a_length_field_above_the_limit_ends_the_connection_before_its_content_comes() {
        BytePipe pipe = new BytePipe(sim.loop());
        Vat vat = Vat.on(sim.loop()).limits(D.withMessageWords(60)).build();
        Connection connection = (Connection) vat.connect(pipe.right());
        pipe.left().write(new byte[] {0, 0, 0, 0, 60, 0, 0, 0}, 0, 8);
        sim.poll();
        assertTrue(connection.isUp());
        Vat other = Vat.on(sim.loop()).limits(D.withMessageWords(60)).build();
        BytePipe second = new BytePipe(sim.loop());
        Connection ended = (Connection) other.connect(second.right());
        second.left().write(new byte[] {0, 0, 0, 0, 61, 0, 0, 0}, 0, 8);
        sim.poll();
        assertFalse(ended.isUp());
        vat.close();
        other.close();
        pipe.left().abort(new IOException("the peer goes"));
        second.left().abort(new IOException("the peer goes"));
    }

    // ---- queuedBytes

    @Test
    void a_peer_that_does_not_read_is_not_read_above_the_limit_of_queued_bytes() {
        ScriptedPeer probe = withRoot(D);
        int size = fromVat().sent().getFirst().length;
        probe.expectNothing();
        for (long limit : List.of(3L * size - 1, 3L * size)) {
            String name = "vat " + limit;
            Vat vat = Vat.on(sim.loop())
                    .limits(D.withQueuedBytes(limit))
                    .serving(servers.new MoreStuff())
                    .build();
            vats.add(vat);
            net.host(name).onAccept(stream -> accepted.add((Connection) vat.connect(stream)));
            ScriptedPeer peer =
                    new ScriptedPeer(sim, net.host("peer of " + name).connect(name));
            peers.add(peer);
            SimLane lane = net.lane(name, "peer of " + name);
            lane.block();
            for (int id = 0; id < 10; id++) {
                bootstrap(peer, id);
            }
            sim.poll();
            int answered = limit < 3L * size ? 3 : 4;
            assertEquals(answered, lane.size(), "answers that pass the limit, and no more");
            assertEquals(answered, accepted.getLast().tables().answers());
            lane.unblock();
            for (int id = 0; id < 10; id++) {
                returned(peer, id);
                finish(peer, id);
                release(peer, 0);
            }
            peer.expectNothing();
        }
    }

    // ---- streamWindowBytes

    @Test
    void a_streaming_call_waits_when_the_window_is_full() {
        ScriptedPeer probe = peer(D);
        TestStreaming.Client measured = own(vat().bootstrap(TestStreaming.TYPE));
        assertTrue(sim.poll(measured.doStreamI(params -> params.setI(1))));
        long size = 8 * words(fromVat().sent().getLast());
        probe.ignore();
        for (long window : List.of(3 * size - 1, 3 * size, 3 * size + 1)) {
            String name = "vat " + window;
            Vat vat = Vat.on(sim.loop()).limits(D.withStreamWindowBytes(window)).build();
            vats.add(vat);
            net.host(name).onAccept(stream -> accepted.add((Connection) vat.connect(stream)));
            ScriptedPeer peer =
                    new ScriptedPeer(sim, net.host("peer of " + name).connect(name));
            peers.add(peer);
            TestStreaming.Client client = own(accepted.getLast().bootstrap(TestStreaming.TYPE));
            int free = window > 3 * size ? 4 : 3;
            for (int i = 0; i < free; i++) {
                assertTrue(sim.poll(client.doStreamI(params -> params.setI(1))), "call " + i);
            }
            Promise<Void> waiting = client.doStreamI(params -> params.setI(1));
            assertFalse(sim.poll(waiting));
            peer.receive(Message.Which.BOOTSTRAP);
            long question = peer.receive(Message.Which.CALL).getCall().getQuestionId();
            peer.send(message -> {
                var ret = message.initReturn();
                ret.setAnswerId(question);
                ret.initResults();
            });
            assertTrue(sim.poll(waiting));
            assertFalse(sim.poll(client.doStreamI(params -> params.setI(1))));
        }
    }

    // ---- pathLength

    private static void callAlong(ScriptedPeer peer, long id, int steps) {
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(id);
            var target = call.initTarget().initPromisedAnswer();
            target.setQuestionId(0);
            var ops = target.initTransform(steps);
            for (int i = 0; i < steps; i++) {
                ops.get(i).setNoop();
            }
            call.setInterfaceId(TestMoreStuff.INTERFACE_ID);
            call.setMethodId(UNKNOWN);
            call.initParams();
        });
    }

    @Test
    void a_path_of_one_step_too_many_ends_the_connection() {
        ScriptedPeer peer = peer(D.withPathLength(5));
        bootstrap(peer, 0);
        returned(peer, 0);
        for (int steps : List.of(4, 5)) {
            callAlong(peer, steps, steps);
            assertEquals(Exception.Type.UNIMPLEMENTED, kind(returned(peer, steps)));
        }
        callAlong(peer, 6, 6);
        peer.expectAbort("Limits.pathLength");
    }

    // ---- failures

    /** What the vat keeps of a failure with two details of {@code bytes} bytes each. */
    private Failure kept(Limits.Failures limits, String reason, int bytes) {
        Traces own = new Traces(failure -> failure.reason(), Limits.Failures.DEFAULT, Set.of());
        Traces traces = new Traces(null, limits, Set.of());
        MessageBuilder message = new MessageBuilder();
        own.write(
                Failure.failed(reason)
                        .with(new Failure.Detail(1, new byte[bytes]))
                        .with(new Failure.Detail(2, new byte[bytes])),
                message.initRoot(Exception.TYPE));
        return traces.read(message.root().asReader().as(Exception.TYPE));
    }

    @Test
    void what_is_too_much_of_a_failure_is_cut_off() {
        Limits.Failures limits = new Limits.Failures(5, 2, 8);
        Failure whole = kept(limits, "12345", 4);
        assertEquals("remote exception: 12345", whole.reason());
        assertEquals("12345", whole.trace());
        assertEquals(2, whole.details().size());
        Failure longer = kept(limits, "123456", 5);
        assertEquals("remote exception: 12345...", longer.reason());
        assertEquals("12345...", longer.trace());
        assertEquals(1, longer.details().size());
        assertEquals(1, kept(new Limits.Failures(5, 1, 8), "1", 1).details().size());
    }

    @Test
    void what_is_too_much_of_a_failure_is_not_sent() {
        Traces traces = new Traces(failure -> failure.reason(), new Limits.Failures(5, 1, 8), Set.of());
        MessageBuilder message = new MessageBuilder();
        Exception.Builder sent = message.initRoot(Exception.TYPE);
        traces.write(
                Failure.failed("123456")
                        .with(new Failure.Detail(1, new byte[8]))
                        .with(new Failure.Detail(2, new byte[0])),
                sent);
        assertEquals("12345...", sent.getReason());
        assertEquals("12345...", sent.getTrace());
        assertEquals(1, sent.getDetails().size());
    }
}

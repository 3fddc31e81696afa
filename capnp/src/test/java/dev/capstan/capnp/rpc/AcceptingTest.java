package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.ObservedSession.Origin;
import dev.capstan.cap.SessionWatch;
import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is let in by a vat that listens, and what the others hear. */
class AcceptingTest {
    private static final int MOST = 2;

    private final SimLoop sim = new SimLoop();
    private final SimNetwork net = new SimNetwork(sim, 0);
    private final List<ObservedSession> seen = new ArrayList<>();
    private final Servers servers = new Servers(sim.loop());
    private final Vat vat = Vat.on(sim.loop())
            .limits(Limits.DEFAULT.withConnections(MOST))
            .serving(servers.new MoreStuff())
            .observer(session -> {
                seen.add(session);
                return SessionWatch.NONE;
            })
            .build();
    private final List<ScriptedPeer> peers = new ArrayList<>();
    private @Nullable RuntimeException thrown;

    AcceptingTest() {
        net.host("vat").onAccept(stream -> {
            try {
                vat.accept(stream, Origin.UNKNOWN);
            } catch (RuntimeException e) {
                thrown = e;
            }
        });
    }

    @AfterEach
    void nothing_is_left() {
        vat.close();
        peers.forEach(ScriptedPeer::end);
        sim.advance(Limits.DEFAULT.linger());
        assertEquals(List.of(), net.openStreams());
        assertEquals(List.of(), servers.live());
        assertEquals(0, sim.loop().timer().pending());
    }

    private ScriptedPeer peer() {
        ScriptedPeer peer =
                new ScriptedPeer(sim, net.host("peer" + peers.size()).connect("vat"));
        peers.add(peer);
        return peer;
    }

    private void assertServed(ScriptedPeer peer) {
        peer.send(message -> message.initBootstrap().setQuestionId(0));
        assertTrue(peer.receive(Message.Which.RETURN).getReturn().isResults());
        peer.send(message -> message.initFinish().setQuestionId(0));
        peer.expectNothing();
    }

    @Test
    void one_connection_too_many_hears_what_to_raise_and_the_others_stay() {
        ScriptedPeer first = peer();
        ScriptedPeer second = peer();
        ScriptedPeer third = peer();
        third.send(message -> message.initBootstrap().setQuestionId(0));
        Exception.Reader abort = third.receive(Message.Which.ABORT).getAbort();
        assertEquals(Exception.Type.OVERLOADED, abort.getType());
        assertTrue(abort.getReason().contains("Limits.connections"), abort.getReason());
        third.expectEnd();
        assertServed(first);
        assertServed(second);
        assertEquals(MOST, vat.peers().size());
        assertEquals(MOST, seen.size());
    }

    @Test
    void when_one_has_gone_another_is_let_in() {
        ScriptedPeer first = peer();
        peer();
        first.end();
        first.expectAbort("Peer disconnected");
        assertServed(peer());
    }

    @Test
    void one_that_has_gone_without_a_word_may_not_speak_the_protocol() {
        ScriptedPeer silent = peer();
        silent.end();
        silent.expectAbort("Peer disconnected before it had said anything. Does it speak Cap'n Proto");
        ScriptedPeer served = peer();
        assertServed(served);
        served.end();
        served.expectAbort("Peer disconnected.");
    }

    @Test
    void one_that_is_over_counts_until_its_stream_is_closed() {
        peer();
        ScriptedPeer wrong = peer();
        wrong.send(message -> message.initReturn().setAnswerId(77));
        wrong.expectAbort("Invalid question ID");
        assertEquals(1, vat.peers().size());
        peer().expectAbort("Limits.connections");
        sim.advance(Limits.DEFAULT.linger());
        assertServed(peer());
    }

    @Test
    void one_that_is_refused_and_does_not_close_is_cut_off() {
        peer();
        peer();
        peer().expectAbort("Limits.connections");
        assertEquals(2 * (MOST + 1), net.openStreams().size());
        sim.advance(Limits.DEFAULT.linger().minus(Duration.ofMillis(1)));
        assertEquals(2 * (MOST + 1), net.openStreams().size());
        sim.advance(Duration.ofMillis(1));
        assertEquals(2 * MOST, net.openStreams().size());
    }

    @Test
    void of_very_many_that_are_refused_not_all_hear_why() {
        peer();
        peer();
        for (int i = 0; i < 100; i++) {
            peer().expectAbort("Limits.connections");
        }
        peer().expectEnd();
        peers.subList(MOST, peers.size()).forEach(ScriptedPeer::end);
        sim.poll();
        peer().expectAbort("Limits.connections");
    }

    /** Cannot be started. */
    private static final class Unusable implements MessageStream {
        private final List<Throwable> aborted = new ArrayList<>();

        @Override
        public void start(Receiver receiver) {
            throw new IllegalStateException("cannot be started");
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void send(ByteBuffer... pieces) {}

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
        public void abort(Throwable cause) {
            aborted.add(cause);
        }
    }

    @Test
    void a_stream_that_cannot_be_started_is_aborted_and_takes_no_place() {
        for (int i = 0; i <= MOST; i++) {
            Unusable stream = new Unusable();
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> vat.accept(stream, Origin.UNKNOWN));
            assertEquals(List.of(refused), stream.aborted);
        }
        assertEquals(List.of(), vat.peers());
        assertServed(peer());
        assertServed(peer());
    }

    @Test
    void connections_that_the_vat_makes_do_not_count() {
        net.host("elsewhere").onAccept(stream -> {});
        for (int i = 0; i <= MOST; i++) {
            SimStream out = net.host("from" + i).connect("elsewhere");
            vat.connect(out);
        }
        assertServed(peer());
        assertServed(peer());
    }

    @Test
    void a_vat_that_leaves_takes_nobody_and_that_is_no_error() {
        ScriptedPeer first = peer();
        first.send(message -> message.initBootstrap().setQuestionId(0));
        sim.poll();
        vat.drain(Duration.ofSeconds(1));
        peer().expectEnd();
        sim.advance(Duration.ofSeconds(1));
        peer().expectEnd();
        assertEquals(null, thrown);
        assertEquals(1, seen.size());
    }
}

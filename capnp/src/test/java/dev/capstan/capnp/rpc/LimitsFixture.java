package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.Return;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.testkit.SimLane;
import dev.capstan.testkit.SimNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A vat under limits and a peer of it that is written by hand; after each test nothing may be left. */
class LimitsFixture {
    static final int CALL_FOO = 0;
    static final int GET_HANDLE = 9;
    static final int UNKNOWN = 99;
    static final Limits D = Limits.DEFAULT;
    /** The scripted peer has no table of capabilities but the one it writes by hand: whatever is put into content first refers to entry 0. */
    static final TestInterface.Client FIRST_IN_TABLE =
            new TestInterface.Client(new BrokenCap(Failure.failed("only a place in a table")));

    final SimLoop sim = new SimLoop();
    final SimNetwork net = new SimNetwork(sim, 0);
    final Servers servers = new Servers(sim.loop());
    final List<Connection> accepted = new ArrayList<>();
    final List<AutoCloseable> owned = new ArrayList<>();
    final List<Vat> vats = new ArrayList<>();
    final List<ScriptedPeer> peers = new ArrayList<>();

    @AfterEach
    void nothing_is_left() throws java.lang.Exception {
        for (AutoCloseable resource : owned.reversed()) {
            resource.close();
        }
        sim.poll();
        vats.forEach(Vat::close);
        peers.forEach(ScriptedPeer::end);
        sim.poll();
        accepted.forEach(connection -> assertEquals(new Peer.Tables(0, 0, 0, 0, 0), connection.tables()));
        assertEquals(List.of(), net.openStreams());
        assertEquals(List.of(), servers.live(), "objects that are still referred to");
        assertEquals(0, sim.loop().timer().pending());
    }

    <T extends AutoCloseable> T own(T resource) {
        owned.add(resource);
        return resource;
    }

    /** A vat under {@code limits} that serves a {@code TestMoreStuff}, and a peer of it. */
    ScriptedPeer peer(Limits limits) {
        Vat vat = Vat.on(sim.loop())
                .limits(limits)
                .serving(servers.new MoreStuff())
                .build();
        vats.add(vat);
        net.host("vat").onAccept(stream -> accepted.add((Connection) vat.connect(stream)));
        ScriptedPeer peer = new ScriptedPeer(sim, net.host("peer").connect("vat"));
        peers.add(peer);
        return peer;
    }

    Connection vat() {
        return accepted.getFirst();
    }

    /** The peer gets the object as export 0, and its first question is over. */
    ScriptedPeer withRoot(Limits limits) {
        ScriptedPeer peer = peer(limits);
        bootstrap(peer, 0);
        assertEquals(
                0,
                peer.receive(Message.Which.RETURN)
                        .getReturn()
                        .getResults()
                        .getCapTable()
                        .get(0)
                        .getSenderHosted());
        finish(peer, 0);
        return peer;
    }

    static void bootstrap(ScriptedPeer peer, long id) {
        peer.send(message -> message.initBootstrap().setQuestionId(id));
    }

    static void finish(ScriptedPeer peer, long id) {
        peer.send(message -> {
            message.initFinish().setQuestionId(id);
            message.getFinish().setReleaseResultCaps(false);
        });
    }

    static void release(ScriptedPeer peer, long id) {
        peer.send(message -> {
            var release = message.initRelease();
            release.setId(id);
            release.setReferenceCount(1);
        });
    }

    /** Calls a method of the root object whose only parameter, if any, is export {@code cap} of the peer. */
    static void call(ScriptedPeer peer, long id, int method, long... cap) {
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(id);
            call.initTarget().setImportedCap(0);
            call.setInterfaceId(TestMoreStuff.INTERFACE_ID);
            call.setMethodId(method);
            var params = call.initParams();
            if (cap.length > 0) {
                params.initCapTable(1).get(0).setSenderHosted(cap[0]);
                params.getContent().init(TestMoreStuff.CallFooParams.TYPE).setCap(FIRST_IN_TABLE);
            }
        });
    }

    Return.Reader returned(ScriptedPeer peer, long id) {
        Return.Reader ret = peer.receive(Message.Which.RETURN).getReturn();
        assertEquals(id, ret.getAnswerId());
        return ret;
    }

    static Exception.Type kind(Return.Reader ret) {
        assertTrue(ret.isException(), () -> "" + ret.which());
        return ret.getException().getType();
    }

    /** The peer's bootstrap object as the vat sees it. */
    TestMoreStuff.Client hub(ScriptedPeer peer) {
        TestMoreStuff.Client hub = own(vat().bootstrap(TestMoreStuff.TYPE));
        peer.receive(Message.Which.BOOTSTRAP);
        return hub;
    }

    Failure failureOf(Promise<?> promise) {
        return assertThrows(Failure.class, () -> sim.await(promise));
    }

    SimLane fromVat() {
        return net.lane("vat", "peer");
    }

    static long words(byte[] frame) {
        int segments = (frame[0] & 0xff) + 1;
        return frame.length / 8L - (segments / 2 + 1);
    }
}

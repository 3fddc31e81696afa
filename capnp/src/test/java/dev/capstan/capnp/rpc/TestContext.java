package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CapServer;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.testkit.SimLane;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Vats on one simulated network. {@code @RegisterExtension final TestContext context = new TestContext()} is a distributed system: alice, who calls, and
 * bob, who serves a {@code TestInterface}; {@link #vat} adds more.
 *
 * <p>After every test that has not failed it closes what the test has given to {@link #own}, and then nothing may be left: no entry in any table, no
 * stream, no timer and, once the vats are closed too, no object that one of the {@link Servers} counts.
 */
final class TestContext implements AfterEachCallback {
    final SimLoop sim = new SimLoop();
    final SimNetwork net = new SimNetwork(sim, 0);
    final Servers servers = new Servers(sim.loop());
    private final Set<Fault> faults = FaultRunner.active(Fault.class);
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final Map<String, TestVat> vats = new LinkedHashMap<>();
    private final Map<SimStream, Connection> connections = new LinkedHashMap<>();

    final TestVat alice = vat("alice");
    final TestVat bob = vat("bob", servers.new Main());

    /** A vat under the name by which others connect to it. */
    final class TestVat {
        final SimNetwork.Host host;
        final Vat vat;

        private TestVat(String name, Vat vat) {
            this.host = net.host(name);
            this.vat = vat;
            host.onAccept(this::speak);
        }

        private Connection speak(SimStream stream) {
            return connections.computeIfAbsent(stream, end -> (Connection) vat.connect(end));
        }

        /** The connection to {@code peer}: the one that is there, or a new one. */
        Connection to(String peer) {
            return speak(host.connect(peer));
        }

        /** The bootstrap object of {@code peer}, seen from here; the test owns it. */
        <C extends dev.capstan.capnp.Client> C bootstrap(String peer, dev.capstan.capnp.InterfaceType<C> type) {
            return own(to(peer).bootstrap(type));
        }
    }

    /** A vat that serves nothing. */
    TestVat vat(String name) {
        return vat(name, builder -> {});
    }

    /** A vat that serves {@code object}. */
    TestVat vat(String name, CapServer object) {
        return vat(name, builder -> builder.serving(object));
    }

    /** A vat as {@code fill} makes it. */
    TestVat vat(String name, Consumer<Vat.Builder> fill) {
        Vat.Builder builder = Vat.on(sim.loop()).faults(faults);
        fill.accept(builder);
        TestVat made = new TestVat(name, builder.build());
        if (vats.put(name, made) != null) {
            throw new IllegalArgumentException("there is a vat " + name + " already");
        }
        return made;
    }

    // ---- what tests call on

    /** Bob's bootstrap object, seen by alice. */
    TestInterface.Client main() {
        return alice.bootstrap("bob", TestInterface.TYPE);
    }

    /** A {@code TestMoreStuff} of bob's, seen by alice, that may not have arrived yet. */
    TestMoreStuff.Client moreStuff() {
        return own(own(main().getTestMoreStuff()).getCap());
    }

    /** An object of this process that counts its calls. */
    TestCallOrder.Client callOrder() {
        return own(TestCallOrder.TYPE.serve(sim.loop(), servers.new CallOrder()));
    }

    /** A reference to {@code server} in this process. */
    TestInterface.Client serve(TestInterface.Server server) {
        return own(TestInterface.TYPE.serve(sim.loop(), server));
    }

    /** A reference to something unknown, which the test resolves; the references that it takes are its own. */
    QueuedCap promise() {
        return new QueuedCap(sim.loop());
    }

    /** The test owns {@code resource}: it is closed at the end. What a test closes itself it must not give here. */
    <T extends AutoCloseable> T own(T resource) {
        owned.add(resource);
        return resource;
    }

    // ---- time

    /** Runs everything that can run now. */
    void poll() {
        sim.poll();
    }

    /** Runs everything that can run now, and tells whether {@code promise} has settled. */
    boolean poll(Promise<?> promise) {
        return sim.poll(promise);
    }

    <T> T await(Promise<T> promise) {
        return sim.await(promise);
    }

    /** The failure of {@code promise}. */
    Failure failureOf(Promise<?> promise) {
        return assertThrows(Failure.class, () -> sim.await(promise));
    }

    // ---- calls in order

    /** Sends a call that will be numbered by {@code order}; the number can be asked for later. */
    Supplier<Long> sequence(TestCallOrder.Client order) {
        var answer = own(order.getCallSequence(params -> {}));
        return () -> await(answer).getN();
    }

    long next(TestCallOrder.Client order) {
        return sequence(order).get();
    }

    // ---- the wire

    /** One direction of the connection between two vats. */
    SimLane lane(String from, String to) {
        return net.lane(from, to);
    }

    /** What was sent from one vat to another. */
    List<Message.Reader> sent(String from, String to) {
        return lane(from, to).sent().stream().map(ScriptedPeer::parse).toList();
    }

    /** How many messages of a kind were sent from one vat to another. */
    long count(String from, String to, Message.Which kind) {
        return sent(from, to).stream()
                .filter(message -> message.which() == kind)
                .count();
    }

    // ---- the end

    @Override
    public void afterEach(ExtensionContext test) throws Exception {
        if (test.getExecutionException().isEmpty()) {
            checkQuiescent();
        }
    }

    private void checkQuiescent() throws Exception {
        poll();
        for (AutoCloseable resource : owned.reversed()) {
            resource.close();
        }
        poll();
        connections.forEach((stream, connection) ->
                assertEquals(new Peer.Tables(0, 0, 0, 0, 0), connection.tables(), () -> "tables of " + stream));
        assertEquals(0, sim.loop().timer().pending(), "timers before the end");
        vats.values().forEach(vat -> vat.vat.close());
        poll();
        assertEquals(List.of(), net.openStreams(), "streams");
        assertEquals(0, sim.loop().timer().pending(), "timers");
        assertEquals(List.of(), servers.live(), "objects that are still referred to");
    }
}

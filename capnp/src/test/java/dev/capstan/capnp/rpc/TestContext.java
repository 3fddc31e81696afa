package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CapServer;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestInterface;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Vats on one simulated loop: {@code new TestContext()} is alice, who calls, and bob, who serves a {@code TestInterface}. What tests own goes through
 * {@link #own}, so that {@link #checkQuiescent} can end everything and then look whether anything is left.
 */
final class TestContext {
    final SimLoop sim = new SimLoop();
    final Servers servers = new Servers(sim.loop());
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final @org.jspecify.annotations.Nullable CapServer object;

    final HeldPipe pipe = new HeldPipe(sim.loop());
    final Connection alice;
    final Connection bob;

    TestContext() {
        this(Limits.DEFAULT, null);
    }

    /** Bob serves {@code object}. */
    TestContext(CapServer object) {
        this(Limits.DEFAULT, object);
    }

    TestContext(Limits limits, @org.jspecify.annotations.Nullable CapServer object) {
        faults.addAll(FaultRunner.active(Fault.class));
        this.object = object;
        alice = connect(vat(limits, null), pipe.left);
        bob = connect(vat(limits, object == null ? servers.new Main() : object), pipe.right);
    }

    Vat vat(Limits limits, @org.jspecify.annotations.Nullable CapServer object) {
        Vat.Builder builder = Vat.on(sim.loop()).limits(limits).faults(faults);
        return (object == null ? builder : builder.serving(object)).build();
    }

    Connection connect(Vat vat, HeldPipe.End end) {
        Connection connection = (Connection) vat.connect(end);
        connections.add(connection);
        return connection;
    }

    /** The object that bob was given to serve. */
    <T> T object(Class<T> type) {
        return type.cast(java.util.Objects.requireNonNull(object));
    }

    /** Bob's bootstrap object, seen by alice. */
    TestInterface.Client main() {
        return own(alice.bootstrap(TestInterface.TYPE));
    }

    /** The test owns {@code resource}; it is closed at the end if it is not before. */
    <T extends AutoCloseable> T own(T resource) {
        owned.add(resource);
        return resource;
    }

    <T> T await(Promise<T> promise) {
        return sim.await(promise);
    }

    /** The failure of {@code promise}. */
    Failure failureOf(Promise<?> promise) {
        return org.junit.jupiter.api.Assertions.assertThrows(Failure.class, () -> sim.await(promise));
    }

    boolean poll(Promise<?> promise) {
        return sim.poll(promise);
    }

    /** Asks for the next number of {@code order}. */
    Supplier<Long> sequence(TestCallOrder.Client order) {
        var answer = own(order.getCallSequence(params -> {}));
        return () -> await(answer).getN();
    }

    long next(TestCallOrder.Client order) {
        return sequence(order).get();
    }

    static Message.Reader message(byte[] frame) {
        return MessageReader.of(frame, 0, frame.length, dev.capstan.capnp.Limits.DEFAULT)
                .root(Message.TYPE);
    }

    static long count(List<byte[]> frames, Message.Which kind) {
        return frames.stream().filter(frame -> message(frame).which() == kind).count();
    }

    /** Ends what the test owns; then nothing may be left anywhere. */
    void checkQuiescent() throws Exception {
        sim.poll();
        for (AutoCloseable resource : owned.reversed()) {
            resource.close();
        }
        sim.poll();
        for (Connection connection : connections) {
            assertEquals(new Peer.Tables(0, 0, 0, 0, 0), connection.tables(), "tables");
        }
        servers.released();
        assertEquals(0, servers.live, "objects that nobody refers to");
        assertEquals(0, sim.loop().timer().pending(), "timers");
    }
}

package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Named hosts on one simulated loop, and message streams between them: a distributed system in one thread, without sockets and without sleeps.
 *
 * <p>Two hosts share one connection, which is made by whoever connects first and used again until it is over; {@link Host#connectAnew} makes
 * one more. Each message arrives in a slot of its own in the loop's queue, after a latency that is drawn from the seed (none unless
 * {@link #latency} was called), in the order in which it was sent. A test holds messages back, cuts connections and looks at what was sent
 * through {@link SimLane}, one direction of a connection. One seed replays any run.
 *
 * <p>Frames are bytes here: what they mean is known to the wire that is tested. Everything belongs to the loop's thread.
 */
public final class SimNetwork {
    private final Loop loop;
    private final Random random;
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final List<SimStream> streams = new ArrayList<>();
    private long minLatencyNanos;
    private long maxLatencyNanos;

    /** A network without hosts. {@code seed} decides the latencies. */
    public SimNetwork(SimLoop sim, long seed) {
        this.loop = sim.loop();
        this.random = new Random(seed);
    }

    /** A participant: where streams begin and end. */
    public final class Host {
        private final String name;
        private final Map<String, SimStream> connections = new LinkedHashMap<>();
        private @Nullable Consumer<SimStream> accept;
        private Consumer<byte[]> onSend = frame -> {};
        private long sent;
        private long received;

        private Host(String name) {
            this.name = name;
        }

        /** Its name. */
        public String name() {
            return name;
        }

        /** Whoever connects is given to {@code acceptor}, which owns this end of the stream. */
        public void onAccept(Consumer<SimStream> acceptor) {
            accept = acceptor;
        }

        /** The connection to {@code peer}: the one that is there, or a new one. */
        public SimStream connect(String peer) {
            SimStream open = connections.get(peer);
            return open != null && open.isOpen() ? open : open(host(peer), true);
        }

        /** One more connection to {@code peer}, which {@link #connect} will not find. */
        public SimStream connectAnew(String peer) {
            return open(host(peer), false);
        }

        /** The connection to {@code peer} that is there; null if there is none. */
        public @Nullable SimStream connected(String peer) {
            SimStream stream = connections.get(peer);
            return stream != null && stream.isOpen() ? stream : null;
        }

        private SimStream open(Host peer, boolean shared) {
            Consumer<SimStream> acceptor = peer.accept;
            if (acceptor == null) {
                throw new IllegalStateException(
                        peer.name + " accepts nobody: call host(\"" + peer.name + "\").onAccept(...) first");
            }
            SimStream here = new SimStream(SimNetwork.this, this, peer);
            SimStream there = new SimStream(SimNetwork.this, peer, this);
            here.attach(there);
            streams.add(here);
            streams.add(there);
            if (shared) {
                connections.put(peer.name, here);
                peer.connections.put(name, there);
            }
            acceptor.accept(there);
            return here;
        }

        /** Messages sent over all connections. */
        public long sent() {
            return sent;
        }

        /** Messages that have arrived over all connections. */
        public long received() {
            return received;
        }

        /** {@code hook} sees each frame before it is sent. What it throws fails that send, and the frame is not sent. */
        public void onSend(Consumer<byte[]> hook) {
            onSend = hook;
        }

        void sending(byte[] frame) {
            onSend.accept(frame);
            sent++;
        }

        void receiving() {
            received++;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The host of this name, made when it is asked for first. */
    public Host host(String name) {
        return hosts.computeIfAbsent(name, Host::new);
    }

    /** From now on each message takes between {@code min} and {@code max} of virtual time. */
    public void latency(Duration min, Duration max) {
        if (min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("a latency lies between 0 and its maximum, not " + min + " and " + max);
        }
        minLatencyNanos = min.toNanos();
        maxLatencyNanos = max.toNanos();
    }

    /** The direction {@code from}, {@code to} of the shared connection of two hosts. */
    public SimLane lane(String from, String to) {
        SimStream stream = host(from).connected(to);
        if (stream == null) {
            throw new IllegalStateException(from + " and " + to + " are not connected");
        }
        return stream.outgoing();
    }

    /** Every stream end that is not over, for a look at the end of a test whether any is left. */
    public List<SimStream> openStreams() {
        streams.removeIf(stream -> !stream.isOpen());
        return List.copyOf(streams);
    }

    Loop loop() {
        return loop;
    }

    long drawLatencyNanos() {
        return minLatencyNanos == maxLatencyNanos
                ? minLatencyNanos
                : minLatencyNanos + random.nextLong(maxLatencyNanos - minLatencyNanos + 1);
    }
}

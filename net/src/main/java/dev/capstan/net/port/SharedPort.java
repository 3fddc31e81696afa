package dev.capstan.net.port;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import dev.capstan.net.tls.TlsSession;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One address at which several protocols are spoken. What a connection speaks is told by what TLS has agreed on (ALPN), or by its first bytes; then whoever speaks it gets the connection,
 * with these bytes. Protocols are asked in their order; the first that says yes has it.
 *
 * <p>Belongs to its loop and is used on its thread. A connection that does not say in time what it speaks, or speaks nothing that is known here, is closed; see {@link Limits.Port}.
 */
public final class SharedPort implements AutoCloseable {
    private final Loop loop;
    private final Limits.Port limits;
    private final List<Protocol> protocols;
    /** The oldest first. */
    private final LinkedHashSet<Undecided> undecided = new LinkedHashSet<>();

    private Network.@Nullable Listener listener;
    private boolean closed;

    private SharedPort(Loop loop, Limits.Port limits, List<Protocol> protocols) {
        this.loop = loop;
        this.limits = limits;
        this.protocols = List.copyOf(protocols);
    }

    /**
     * Listens at {@code at}. A network of TLS sessions makes all of it TLS. Fails with {@link IOException} if the address cannot be had.
     *
     * @throws IllegalArgumentException if there is no protocol, or two have the same name for ALPN
     */
    public static Promise<SharedPort> listen(
            Loop loop, Network network, Address at, Limits.Port limits, List<Protocol> protocols) {
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("a port needs at least one protocol");
        }
        List<String> names =
                protocols.stream().flatMap(each -> each.applications().stream()).toList();
        for (String name : names) {
            if (names.indexOf(name) != names.lastIndexOf(name)) {
                throw new IllegalArgumentException("two protocols are called '" + name + "' in ALPN: keep one");
            }
        }
        SharedPort port = new SharedPort(loop, limits, protocols);
        return network.listen(at, port::accept).convert(listener -> {
            port.listener = listener;
            return port;
        });
    }

    /** Where it listens, with the port that the system chose. */
    public Address address() {
        Network.Listener listens = listener;
        if (listens == null) {
            throw new AssertionError("a port is handed out when it listens");
        }
        return listens.address();
    }

    /** Connections that have not said yet what they speak. */
    public int undecided() {
        return undecided.size();
    }

    private void accept(ByteStream stream) {
        if (closed) {
            stream.abort(new IOException("the port is closed"));
            return;
        }
        if (stream instanceof TlsSession session && !session.protocol().isEmpty()) {
            for (Protocol each : protocols) {
                if (each.applications().contains(session.protocol())) {
                    each.taker().accept(stream);
                    return;
                }
            }
        }
        if (undecided.size() >= limits.undecided()) {
            // The oldest has had the most time: a flood of silent clients must not lock out those that come after it.
            undecided
                    .getFirst()
                    .refuse("there are " + limits.undecided()
                            + " younger connections that have not said what they speak, which is the limit");
        }
        Undecided one = new Undecided(stream);
        undecided.add(one);
        one.begin();
    }

    /** Stops listening. Connections that have not said what they speak are closed; the others are left to who has them. */
    @Override
    public void close() {
        closed = true;
        Network.Listener listens = listener;
        if (listens != null) {
            listens.close();
        }
        List.copyOf(undecided).forEach(each -> each.refuse("the port is closed"));
    }

    private final class Undecided implements ByteStream.Receiver {
        private final ByteStream stream;
        private final Alarm alarm;
        private byte[] first = {};
        private @Nullable Replayed taken;

        Undecided(ByteStream stream) {
            this.stream = stream;
            this.alarm = new Alarm(
                    loop, () -> refuse("the client has not said what it speaks within " + limits.firstBytesTimeout()));
        }

        void begin() {
            alarm.set(limits.firstBytesTimeout());
            stream.start(this);
        }

        private void leave() {
            alarm.cancel();
            undecided.remove(this);
        }

        private void refuse(String why) {
            leave();
            stream.abort(new IOException(why));
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            Replayed to = taken;
            if (to != null) {
                to.received(array, offset, length);
                return;
            }
            int before = first.length;
            first = Arrays.copyOf(first, before + length);
            System.arraycopy(array, offset, first, before, length);
            decide();
        }

        private void decide() {
            for (Protocol each : protocols) {
                switch (each.beginning().judge(first)) {
                    case YES -> {
                        leave();
                        Replayed replayed = Replayed.of(loop, stream, first);
                        taken = replayed;
                        each.taker().accept(replayed);
                        return;
                    }
                    case MORE -> {
                        if (first.length > limits.firstBytes()) {
                            break;
                        }
                        return;
                    }
                    case NO -> {}
                }
            }
            refuse("the client speaks nothing that is known here: "
                    + protocols.stream().map(Protocol::name).collect(Collectors.joining(", ")) + " are");
        }

        @Override
        public void ended() {
            Replayed to = taken;
            if (to != null) {
                to.ended();
            } else {
                refuse("the client has ended before it said what it speaks");
            }
        }

        @Override
        public void failed(Throwable cause) {
            Replayed to = taken;
            if (to != null) {
                to.failed(cause);
            } else {
                leave();
            }
        }
    }
}

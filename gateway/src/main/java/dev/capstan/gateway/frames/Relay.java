package dev.capstan.gateway.frames;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.CanceledException;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Passes bytes on between clients and a server, each client over a connection of its own, and tells an observer of them. Not a byte is changed, and the side that reads slowly holds the other one back: no more than
 * {@link Limits#aheadBytes} and one read wait here for each direction.
 *
 * <p>Belongs to its loop and is used on its thread. {@link #close} ends all connections.
 */
public final class Relay implements AutoCloseable {
    /** Told what passes, on the loop's thread, before it is passed on. Must not throw. */
    public interface Observer {
        /** A client has connected, and the server was reached. */
        void opened(int session);

        /** Bytes; the array is lent. */
        void passed(int session, Direction direction, byte[] array, int offset, int length);

        /** A direction has ended; for a {@code reason} if it broke, which is empty otherwise. Nothing passes in it any more. */
        void ended(int session, Direction direction, String reason);

        /** A client has connected, but the server could not be reached; the client's connection is cut. */
        void unreachable(int session, Throwable cause);
    }

    private final Loop loop;
    private final Network network;
    private final Address server;
    private final Limits limits;
    private final Observer observer;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private int count;
    private Network.@Nullable Listener listener;

    private Relay(Loop loop, Network network, Address server, Limits limits, Observer observer) {
        this.loop = loop;
        this.network = network;
        this.server = server;
        this.limits = limits;
        this.observer = observer;
    }

    /**
     * Listens. Fails with {@link java.io.IOException} if the address cannot be had; whether there is a server is known when the first client comes. On the loop's thread.
     *
     * @param at where clients connect, over {@code clients}
     * @param server where each connection goes on to, over {@code servers}
     */
    public static Promise<Relay> listen(
            Loop loop, Network clients, Address at, Network servers, Address server, Limits limits, Observer observer) {
        Relay relay = new Relay(loop, servers, server, limits, observer);
        return clients.listen(at, relay::accept).map(listener -> {
            relay.listener = listener;
            return relay;
        });
    }

    /** Where it listens, with the port that the system chose. */
    public Address address() {
        Network.Listener known = listener;
        if (known == null) {
            throw new IllegalStateException("the relay does not listen yet");
        }
        return known.address();
    }

    private void accept(ByteStream client) {
        int number = ++count;
        network.connect(server).listen(loop, (stream, failure) -> {
            if (stream == null) {
                Throwable cause = failure == null ? new CanceledException("there is no connection") : failure;
                observer.unreachable(number, cause);
                client.abort(cause);
                return;
            }
            observer.opened(number);
            Session session = new Session(number, client, stream);
            sessions.add(session);
            session.start();
        });
    }

    /** One client and its connection to the server. */
    private final class Session {
        private final int number;
        private final ByteStream client;
        private final ByteStream server;
        private int over;

        Session(int number, ByteStream client, ByteStream server) {
            this.number = number;
            this.client = client;
            this.server = server;
        }

        void start() {
            client.start(new Way(this, Direction.TO_SERVER, client, server));
            server.start(new Way(this, Direction.TO_CLIENT, server, client));
        }

        void oneIsOver() {
            if (++over == Direction.values().length) {
                sessions.remove(this);
            }
        }
    }

    /** One direction of a session. */
    private final class Way implements ByteStream.Receiver {
        private final Session session;
        private final Direction direction;
        private final ByteStream from;
        private final ByteStream to;
        private boolean isHeld;

        Way(Session session, Direction direction, ByteStream from, ByteStream to) {
            this.session = session;
            this.direction = direction;
            this.from = from;
            this.to = to;
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            observer.passed(session.number, direction, array, offset, length);
            to.write(array, offset, length);
            if (!isHeld && to.queuedBytes() > limits.aheadBytes()) {
                isHeld = true;
                from.pause();
                to.drained().listen(loop, (done, failure) -> {
                    isHeld = false;
                    // One that broke tells the other direction so.
                    from.resume();
                });
            }
        }

        @Override
        public void ended() {
            observer.ended(session.number, direction, "");
            to.end();
            session.oneIsOver();
        }

        @Override
        public void failed(Throwable cause) {
            observer.ended(session.number, direction, Watch.reason(cause));
            to.abort(cause);
            session.oneIsOver();
        }
    }

    /** Stops listening and cuts all connections. */
    @Override
    public void close() {
        Network.Listener known = listener;
        if (known != null) {
            known.close();
        }
        CanceledException cause = new CanceledException("the relay was closed");
        for (Session each : Set.copyOf(sessions)) {
            each.client.abort(cause);
            each.server.abort(cause);
        }
    }
}

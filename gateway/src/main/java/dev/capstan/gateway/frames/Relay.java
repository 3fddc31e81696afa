package dev.capstan.gateway.frames;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.CanceledException;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Passes bytes on between clients and a server, each client over a connection of its own, and tells an observer of them. Not a byte is changed, and the side that reads slowly holds the other one back: no more than
 * {@link Limits#aheadBytes} and one read wait here for each direction. No more than {@link Limits#sessions} clients are served at once; others are cut.
 *
 * <p>A client that has ended what it says and then goes away tells nobody: such a session ends when something cannot be passed on to it, or when {@link Limits#halfClosed} have passed in silence.
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

        /** A direction has ended, once; for a {@code reason} if it broke, which is empty otherwise. Nothing passes in it any more. */
        void ended(int session, Direction direction, String reason);

        /** A client has connected, but the server could not be reached, or there are too many; the client's connection is cut. */
        void unreachable(int session, Throwable cause);
    }

    private final Loop loop;
    private final Network network;
    private final Address server;
    private final Limits limits;
    private final Observer observer;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private final Map<ByteStream, Promise.Cancelable> connecting = new LinkedHashMap<>();
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
        if (sessions.size() + connecting.size() >= limits.sessions()) {
            cut(number, client, new IOException("there are " + limits.sessions() + " connections already"));
            return;
        }
        connecting.put(client, network.connect(server).listen(loop, (stream, failure) -> {
            connecting.remove(client);
            if (stream == null) {
                cut(number, client, failure == null ? new CanceledException("there is no connection") : failure);
                return;
            }
            observer.opened(number);
            Session session = new Session(number, client, stream);
            sessions.add(session);
            session.start();
        }));
    }

    private void cut(int number, ByteStream client, Throwable cause) {
        observer.unreachable(number, cause);
        client.abort(cause);
    }

    /** One client and its connection to the server. */
    private final class Session {
        private final int number;
        private final Way toServer;
        private final Way toClient;
        private final Set<Direction> over = EnumSet.noneOf(Direction.class);
        private long heardNanos;
        private Promise.@Nullable Cancelable alarm;

        Session(int number, ByteStream client, ByteStream server) {
            this.number = number;
            this.toServer = new Way(this, Direction.TO_SERVER, client, server);
            this.toClient = new Way(this, Direction.TO_CLIENT, server, client);
        }

        void start() {
            toServer.from.start(toServer);
            toClient.from.start(toClient);
        }

        boolean isHalf() {
            return !over.isEmpty();
        }

        void heard() {
            heardNanos = loop.timer().nanoTime();
        }

        /** A direction is over. What is left of the session hears of the end of the other side only when it writes to it. */
        void over(Direction direction, String reason) {
            if (!over.add(direction)) {
                return;
            }
            observer.ended(number, direction, reason);
            if (over.size() == Direction.values().length) {
                forget();
            } else {
                heard();
                ring(limits.halfClosed());
                (direction == Direction.TO_SERVER ? toClient : toServer).watch();
            }
        }

        private void ring(Duration after) {
            alarm = loop.timer().after(after).listen(loop, (rung, failure) -> {
                if (failure != null) {
                    return;
                }
                Duration left = limits.halfClosed().minusNanos(loop.timer().nanoTime() - heardNanos);
                if (left.isPositive()) {
                    ring(left);
                } else {
                    broken(new IOException("one side had ended, and the other one said nothing for "
                            + limits.halfClosed().toSeconds() + " s"));
                }
            });
        }

        /** Both sides are cut. */
        void broken(Throwable cause) {
            toServer.from.abort(cause);
            toClient.from.abort(cause);
            for (Direction each : Direction.values()) {
                over(each, Watch.reason(cause));
            }
        }

        private void forget() {
            sessions.remove(this);
            if (alarm != null) {
                alarm.cancel();
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
        private boolean isWatched;

        Way(Session session, Direction direction, ByteStream from, ByteStream to) {
            this.session = session;
            this.direction = direction;
            this.from = from;
            this.to = to;
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            session.heard();
            observer.passed(session.number, direction, array, offset, length);
            to.write(array, offset, length);
            if (!isHeld && to.queuedBytes() > limits.aheadBytes()) {
                isHeld = true;
                from.pause();
            }
            watch();
        }

        /** Waits until what is queued has gone out, if that matters: to read again, or to hear that nobody takes it. */
        void watch() {
            if (isWatched || !(isHeld || session.isHalf())) {
                return;
            }
            isWatched = true;
            to.drained().listen(loop, (done, failure) -> {
                isWatched = false;
                if (failure != null) {
                    session.broken(failure);
                    return;
                }
                if (isHeld) {
                    isHeld = false;
                    from.resume();
                }
                if (to.queuedBytes() > 0) {
                    watch();
                }
            });
        }

        @Override
        public void ended() {
            to.end();
            session.over(direction, "");
        }

        @Override
        public void failed(Throwable cause) {
            session.broken(cause);
        }
    }

    /** Stops listening and cuts all connections, also those that are not made yet. */
    @Override
    public void close() {
        Network.Listener known = listener;
        if (known != null) {
            known.close();
        }
        CanceledException cause = new CanceledException("the relay was closed");
        Map<ByteStream, Promise.Cancelable> waiting = Map.copyOf(connecting);
        connecting.clear();
        waiting.forEach((client, connect) -> {
            connect.cancel();
            client.abort(cause);
        });
        Set.copyOf(sessions).forEach(each -> each.broken(cause));
    }
}

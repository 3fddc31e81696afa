package dev.capstan.capnweb.connect;

import dev.capstan.async.Backoff;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.connect.ConnectionState.Closed;
import dev.capstan.capnweb.connect.ConnectionState.Connecting;
import dev.capstan.capnweb.connect.ConnectionState.Ready;
import dev.capstan.capnweb.connect.ConnectionState.Waiting;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection at a time, made again whenever it is lost.
 *
 * <p>Invariant: exactly one of these goes on: an attempt or a delay ({@code doing}), or a connection ({@code peer}), or nothing, once closed. On the loop's thread.
 */
final class Link {
    private final Loop loop;
    private final Connector connector;
    private final ClientSettings settings;
    private final Backoff.Series delays;
    private final Owner owner;
    private ConnectionState state = new Connecting(1);
    private Promise.Cancelable doing = () -> {};
    private @Nullable Connection connection;

    /** Hears what happens, at once. */
    interface Owner {
        /** The state has changed; a connection is there if and only if it is ready. May close the link. */
        void changed(ConnectionState to);
    }

    /** What belongs to one connection; {@code main} keeps the peer's main object for as long as it lasts. */
    private record Connection(WebPeer peer, Cap main, Promise.Cancelable watch, Prober prober, long sinceNanos) {}

    Link(Loop loop, Connector connector, ClientSettings settings, Backoff.Series delays, Owner owner) {
        this.loop = loop;
        this.connector = connector;
        this.settings = settings;
        this.delays = delays;
        this.owner = owner;
    }

    ConnectionState state() {
        return state;
    }

    /** The other side; null without a connection. */
    @Nullable
    WebPeer peer() {
        return connection == null ? null : connection.peer;
    }

    /**
     * Its main object, borrowed; null without a connection. A session that is over tells those first whose calls it has failed: who calls again from there is not to be given the
     * object that has just been lost.
     */
    @Nullable
    Cap main() {
        if (connection != null && connection.main.resolution() != null) {
            lost();
        }
        return connection == null ? null : connection.main;
    }

    /** Begins; called once. */
    void begin() {
        attempt();
    }

    private void attempt() {
        Promise<WebPeer> made;
        try {
            made = connector.connect();
        } catch (Exception e) {
            made = Promise.failed(e);
        }
        doing = loop.timer().timeout(settings.connectTime(), made).listen(loop, (peer, failure) -> {
            if (peer != null) {
                connected(peer);
            } else {
                failed(Failure.of(failure == null ? Failure.disconnected("there is no connection") : failure)
                        .as(Failure.Kind.DISCONNECTED));
            }
        });
        become(new Connecting(delays.failures() + 1));
    }

    private void connected(WebPeer peer) {
        connection = new Connection(
                peer,
                peer.main(),
                peer.onDisconnect().listen(loop, (over, failure) -> lost()),
                new Prober(loop, settings.health(), peer, peer::close),
                loop.timer().nanoTime());
        become(new Ready());
    }

    private void lost() {
        Connection gone = connection;
        if (gone != null) {
            Failure cause = whyDown(gone.peer);
            letGo();
            delays.lasted(Duration.ofNanos(loop.timer().nanoTime() - gone.sinceNanos));
            failed(cause);
        }
    }

    /** A session that is over tells why by its main object. */
    private static Failure whyDown(WebPeer peer) {
        try (Cap main = peer.main()) {
            return main instanceof BrokenCap broken
                    ? broken.failure()
                    : Failure.disconnected("the connection was lost");
        }
    }

    private void failed(Failure cause) {
        Optional<Duration> delay = delays.failed();
        if (delay.isEmpty()) {
            close(cause);
            return;
        }
        doing = loop.timer().after(delay.get()).listen(loop, (rung, failure) -> attempt());
        become(new Waiting(delay.get(), cause));
    }

    /** Ends the connection, or the attempt at one; {@code cause} is what the state says from now on. */
    void close(Failure cause) {
        if (!(state instanceof Closed)) {
            doing.cancel();
            Connection open = connection;
            letGo();
            if (open != null) {
                open.peer.close(cause);
            }
            become(new Closed(cause));
        }
    }

    private void letGo() {
        Connection gone = connection;
        connection = null;
        if (gone != null) {
            gone.watch.cancel();
            gone.prober.close();
            gone.main.close();
        }
    }

    private void become(ConnectionState next) {
        state = next;
        owner.changed(next);
    }
}

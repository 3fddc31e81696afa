package dev.capstan.capnweb.connect;

import dev.capstan.async.Backoff;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.EarlyPeer;
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
 * <p>Invariant: exactly one of these goes on: an attempt or a delay ({@code doing}), or a connection ({@code peer}), or nothing, once closed. An attempt may have a session already that is not
 * confirmed ({@code begun}). On the loop's thread.
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
    private @Nullable Begun begun;

    /** Hears what happens, at once. */
    interface Owner {
        /** The state has changed; a connection is there if and only if it is ready. May close the link. */
        void changed(ConnectionState to);

        /** Whether it has a use for sessions that are not confirmed. */
        default boolean takesEarly() {
            return false;
        }

        /** {@link Link#early} is there. */
        default void early() {}
    }

    /** What belongs to one connection; {@code main} keeps the peer's main object for as long as it lasts. */
    private record Connection(WebPeer peer, Cap main, Promise.Cancelable watch, Prober prober, long sinceNanos) {}

    /** A session that is not confirmed, and its main object. */
    private record Begun(WebPeer peer, Cap main) {}

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

    /** The main object of a session that is not confirmed, to be called with care; borrowed, null if there is none. */
    @Nullable
    Cap early() {
        return begun == null || begun.main.resolution() != null ? null : begun.main;
    }

    /** Begins; called once. */
    void begin() {
        attempt();
    }

    private void attempt() {
        if (connector instanceof EarlyConnector early && owner.takesEarly()) {
            attemptEarly(early);
            return;
        }
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
                failed(reason(failure));
            }
        });
        become(new Connecting(delays.failures() + 1));
    }

    private static Failure reason(@Nullable Throwable failure) {
        return Failure.of(failure == null ? Failure.disconnected("there is no connection") : failure)
                .as(Failure.Kind.DISCONNECTED);
    }

    private void attemptEarly(EarlyConnector early) {
        Promise<EarlyPeer> made;
        try {
            made = early.begin();
        } catch (RuntimeException e) {
            made = Promise.failed(e);
        }
        doing = loop.timer().timeout(settings.connectTime(), made).listen(loop, (opened, failure) -> {
            if (opened != null) {
                begun(opened);
            } else {
                failed(reason(failure));
            }
        });
        become(new Connecting(delays.failures() + 1));
    }

    private void begun(EarlyPeer opened) {
        WebPeer peer = opened.peer();
        begun = new Begun(peer, peer.main());
        doing = loop.timer().timeout(settings.connectTime(), opened.confirmed()).listen(loop, (now, failure) -> {
            Begun first = begun;
            begun = null;
            if (first != null) {
                first.main.close();
            }
            if (failure == null) {
                connected(peer);
            } else {
                Failure why = reason(failure);
                peer.close(why);
                failed(why);
            }
        });
        owner.early();
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
            Begun first = begun;
            begun = null;
            if (first != null) {
                first.main.close();
                first.peer.close(cause);
            }
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

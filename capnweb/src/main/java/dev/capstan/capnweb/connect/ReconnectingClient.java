package dev.capstan.capnweb.connect;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.connect.ConnectionState.Closed;
import dev.capstan.capnweb.connect.ConnectionState.Ready;
import dev.capstan.capnweb.connect.ConnectionState.Waiting;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client that has one connection at a time to a target, and makes another when it is lost. Its stubs go on working then: they <em>heal</em>.
 *
 * <pre>{@code
 * WebClient web = new WebClient(loop, http);
 * ReconnectingClient client = new ReconnectingClient(
 *         loop, () -> web.open(URI.create("wss://example/rpc")), ClientSettings.DEFAULT, new SecureRandom());
 * Stub api = client.main();
 * Stub user = client.healing(main -> main.call("authenticate", token));
 * }</pre>
 *
 * <p><b>What a cut does to calls.</b> Calls that were sent and not answered fail as {@link Failure.Kind#DISCONNECTED}: whether they have happened cannot be known. They are not repeated, unless the
 * caller says that they may be ({@link Idempotent}). Calls that are made without a connection wait for the next one, within {@link WaitLimits}; beyond those they fail as {@link
 * Failure.Kind#OVERLOADED}, and have not happened. Calls on one stub that wait are sent in their order.
 *
 * <p><b>Before the server was heard.</b> With {@link Connector#early}, calls that {@link Idempotent} marks may leave with the first datagrams of a new connection; others wait until it is confirmed. On one
 * reference no call overtakes another.
 *
 * <p><b>What heals.</b> {@link #main}, what {@link #healing} makes, and places in them, as {@code main.get("users")}. What else came over a connection, the results of calls and the stubs in them, ends
 * with it: the peer has forgotten them, and making them again would be calling again. What is passed on to somebody else is the object of the connection of that moment.
 *
 * <p><b>Ownership.</b> Stubs are closed by whoever got them; the connection is the client's. The first connection is begun at once. {@link #close} ends all.
 *
 * <p><b>Threads.</b> Any. What is given to the client is called on the loop's thread, as user code.
 */
public final class ReconnectingClient implements AutoCloseable {
    private final Loop loop;
    private final WaitingRoom room;
    private final Link link;
    private final Set<HealingCap> users = new LinkedHashSet<>();
    private final Set<Consumer<? super ConnectionState>> listeners = new LinkedHashSet<>();
    private final Connected connected = new Connected();
    private volatile ConnectionState state = new ConnectionState.Connecting(1);
    private @Nullable Failure over;

    /**
     * A client that begins to connect.
     *
     * @param random for the {@linkplain dev.capstan.async.Backoff#jitter jitter} of delays
     */
    public ReconnectingClient(Loop loop, Connector connector, ClientSettings settings, RandomGenerator random) {
        this.loop = loop;
        this.room = new WaitingRoom(loop, settings.waiting());
        this.link = new Link(loop, connector, settings, settings.backoff().series(random), new LinkOwner());
        onLoop(() -> {
            if (over == null) {
                link.begin();
            }
        });
    }

    /** The other side's main object, on each connection its own; the caller owns the stub. */
    public Stub main() {
        return Stub.of(loop, new HealingCap(loop, connected, null));
    }

    /**
     * What {@code recipe} makes of the main object, on each connection anew; the caller owns the stub.
     *
     * <p>The recipe runs on the loop's thread when a call on the stub needs it first on a connection, and may only send: its result is a stub of what it calls, or a place, and is closed here. It runs again
     * for the next call if what it made has failed. Its calls are repeated on each connection, so they have to be such that may be.
     */
    public Stub healing(Function<? super Stub, Stub> recipe) {
        return Stub.of(loop, new HealingCap(loop, connected, recipe));
    }

    /** What the connection is doing. */
    public ConnectionState state() {
        return state;
    }

    /** The session of the connection that is there. On the loop's thread; it belongs to the client. */
    public Optional<WebPeer> peer() {
        return Optional.ofNullable(link.peer());
    }

    /** Calls that wait for a connection. On the loop's thread. */
    public int waiting() {
        return room.size();
    }

    /**
     * Tells {@code listener} each state from now on, the present one first, on the loop's thread as user code. Closing what this returns ends that.
     */
    public AutoCloseable listen(Consumer<? super ConnectionState> listener) {
        onLoop(() -> {
            listeners.add(listener);
            tell(listener, state);
        });
        return () -> onLoop(() -> listeners.remove(listener));
    }

    /**
     * Takes no more calls, which fail as {@link Failure.Kind#DISCONNECTED}, as do those that wait for a connection; lets finish what is in flight, and closes the connection. Gives the number of
     * calls that had to be cut.
     *
     * @param longest when all ends even if something is in flight, positive
     */
    public Promise<Integer> drain(Duration longest) {
        Completer<Integer> done = new Completer<>(loop);
        onLoop(() -> done.follow(drained(longest)));
        return done.promise();
    }

    /** Ends the connection, for good. Calls in flight and calls that wait fail as {@link Failure.Kind#DISCONNECTED}. */
    @Override
    public void close() {
        onLoop(() -> end(Failure.disconnected("the client was closed")));
    }

    // ---- on the loop

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }

    private void end(Failure why) {
        if (over == null) {
            over = why;
        }
        link.close(why);
    }

    private Promise<Integer> drained(Duration longest) {
        if (over != null) {
            return Promise.of(0);
        }
        Failure why = Failure.disconnected("the client is drained: it takes no more calls");
        over = why;
        room.refuseAll(why);
        WebPeer peer = link.peer();
        if (peer == null) {
            link.close(why);
            return Promise.of(0);
        }
        return peer.drain(longest);
    }

    private void changed(ConnectionState to) {
        Failure ending = over;
        if (ending != null && !(to instanceof Closed)) {
            // Lost while it was drained.
            link.close(ending);
            return;
        }
        state = to;
        if (!(to instanceof Ready)) {
            List.copyOf(users).forEach(HealingCap::lost);
        }
        switch (to) {
            case Ready ready -> {
                room.because(null);
                room.letGo(() -> link.main() != null);
            }
            case Waiting waiting -> room.because(waiting.cause());
            case Closed closed -> {
                over = closed.cause();
                room.refuseAll(closed.cause());
            }
            case ConnectionState.Connecting connecting -> {}
        }
        List.copyOf(listeners).forEach(listener -> tell(listener, to));
    }

    private void tell(Consumer<? super ConnectionState> listener, ConnectionState of) {
        loop.execute(() -> {
            if (listeners.contains(listener)) {
                listener.accept(of);
            }
        });
    }

    private final class LinkOwner implements Link.Owner {
        @Override
        public void changed(ConnectionState to) {
            ReconnectingClient.this.changed(to);
        }

        @Override
        public boolean takesEarly() {
            return true;
        }

        @Override
        public void early() {
            room.letGoEarly(link::early);
        }
    }

    private final class Connected implements HealingCap.Connected {
        @Override
        public @Nullable Cap main() {
            return link.main();
        }

        @Override
        public @Nullable Cap early() {
            return link.early();
        }

        @Override
        public @Nullable Failure over() {
            return over;
        }

        @Override
        public WaitingRoom room() {
            return room;
        }

        @Override
        public void uses(HealingCap cap) {
            users.add(cap);
        }

        @Override
        public void usesNothing(HealingCap cap) {
            users.remove(cap);
        }
    }
}

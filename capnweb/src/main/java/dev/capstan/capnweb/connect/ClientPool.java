package dev.capstan.capnweb.connect;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnweb.Stub;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Several connections to one target, of which each call takes the one with the fewest calls outstanding.
 *
 * <p>A connection is made when all others have {@link PoolSettings#callsEach} calls outstanding, up to {@link PoolSettings#max}; calls then wait within {@link WaitLimits}, and beyond those fail as {@link
 * Failure.Kind#OVERLOADED}, and have not happened. One that is not used is closed after {@link PoolSettings#idle}; one that is lost is replaced when it is needed, after the delays of {@link
 * dev.capstan.async.Backoff}. What a cut does to calls is told at {@link ReconnectingClient}.
 *
 * <p><b>Where capabilities are, calls stay.</b> The result of a call, and each stub in it, lives on the connection that the call took: it does not move and does not heal. A call with such a
 * stub, or such a result, among its arguments takes the connection that this lives on, however busy that is. Stubs of different connections in one call work too, but what is of another connection is then
 * called by way of this process.
 *
 * <p><b>Order.</b> Calls on {@link #main} may overtake each other, since they take different connections. Where order matters, or what the server keeps for a session, use {@link #lease}.
 *
 * <p><b>Threads.</b> Any, where nothing else is said. Stubs are closed by whoever got them; the connections are the pool's.
 */
public final class ClientPool implements AutoCloseable {
    private final Loop loop;
    private final Members members;

    /**
     * A pool that begins to make its least number of connections.
     *
     * @param random for the {@linkplain dev.capstan.async.Backoff#jitter jitter} of delays
     */
    public ClientPool(Loop loop, Connector connector, PoolSettings settings, RandomGenerator random) {
        this.loop = loop;
        this.members = new Members(loop, connector, settings, random);
        onLoop(members::fill);
    }

    /** The main object of the target, by way of whatever connection has the fewest calls outstanding; the caller owns the stub. */
    public Stub main() {
        return Stub.of(loop, new PooledCap(loop, members));
    }

    /**
     * The main object of one connection, for calls that belong together; the caller owns the stub. The connection is chosen when it is needed first, is not closed before the stub is, and goes on to be used by
     * others. The stub ends with the connection: it does not heal.
     */
    public Stub lease() {
        return Stub.of(loop, QueuedCap.of(loop, loop.pause().then(now -> members.lease())));
    }

    /** Connections that are there. On the loop's thread. */
    public int size() {
        return members.ready();
    }

    /** Calls that wait for one. On the loop's thread. */
    public int waiting() {
        return members.room().size();
    }

    /**
     * Takes no more calls, which fail as {@link Failure.Kind#DISCONNECTED}, lets finish what is in flight on each connection, and closes it. Gives the number of calls that had to be cut.
     *
     * @param longest when all ends even if something is in flight, positive
     */
    public Promise<Integer> drain(Duration longest) {
        Completer<Integer> done = new Completer<>(loop);
        onLoop(() -> done.follow(members.drain(longest)));
        return done.promise();
    }

    /** Ends all connections, for good. Calls in flight and calls that wait fail as {@link Failure.Kind#DISCONNECTED}. */
    @Override
    public void close() {
        onLoop(() -> members.end(Failure.disconnected("the pool was closed")));
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }
}

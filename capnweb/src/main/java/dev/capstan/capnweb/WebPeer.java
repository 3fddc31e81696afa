package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a Cap'n Web session.
 *
 * <p>The two sides are equal: each may have a main object that the other calls first, and each may pass objects to the other in arguments and results. Whoever
 * connects closes the session; that breaks every reference that leads over it.
 *
 * <p>All methods may be called from any thread, {@link #tables} apart.
 */
public interface WebPeer extends AutoCloseable {
    /** As {@link #over(Loop, MessageStream, Cap, Options)} with {@link Options#DEFAULT}. */
    static WebPeer over(Loop loop, MessageStream stream, @Nullable Cap main) {
        return over(loop, stream, main, Options.DEFAULT);
    }

    /**
     * Begins a session over {@code stream}, on its loop's thread.
     *
     * @param main what the peer may call first, of which this becomes the owner; null if nothing
     */
    static WebPeer over(Loop loop, MessageStream stream, @Nullable Cap main, Options options) {
        Session session = new Session(loop, stream, main, options);
        session.start();
        return session;
    }

    /**
     * Two peers in one process, connected in memory; what goes from one to the other is written and read as over any connection. On the loop's thread.
     *
     * @param left what the right peer's owner may call first, of which the session becomes the owner; null if nothing
     * @param right what the left peer's owner may call first, likewise
     * @param options of both; what they are compatible with is one another
     */
    static Pair pair(Loop loop, @Nullable Cap left, @Nullable Cap right, Options options) {
        Options both = options.withCompat(Compat.CAPSTAN);
        MessagePipe pipe = new MessagePipe(loop);
        return new Pair(over(loop, pipe.left(), left, both), over(loop, pipe.right(), right, both));
    }

    /**
     * Two connected peers.
     *
     * @param left leads to the right one's main object
     * @param right leads to the left one's main object
     */
    record Pair(WebPeer left, WebPeer right) {}

    /** The peer's main object; the caller owns the reference. Calls on it are by name: {@link dev.capstan.cap.Method.Member}. */
    Cap main();

    /** Settles when the session has ended, for whatever reason. */
    Promise<Void> onDisconnect();

    /** How many entries the tables have. On the loop's thread. */
    Tables tables();

    /** Ends the session. */
    @Override
    void close();

    /**
     * Ends the session when what is in flight has finished: results that either side waits for, and streams that are sent from here. Gives the number of those that had to be cut.
     *
     * <p>The peer goes on as if nothing was. If it is never quiet, its new calls fail from half of the time on as {@link Failure.Kind#DISCONNECTED}, and are not begun. A WebSocket is closed
     * with code 1001. Our own new calls are not held up. Draining again changes nothing, and gives what the first gives.
     *
     * @param longest when the session ends even if something is in flight, positive
     */
    Promise<Integer> drain(Duration longest);

    /** Ends the session; what waits here for the peer fails as {@link Failure.Kind#DISCONNECTED} with {@code why}, of which the peer is told nothing. */
    void close(Failure why);

    /**
     * Sizes of tables; without anything in use there is one import, the peer's main object, and one export, our own.
     *
     * @param calls calls of ours whose results the peer keeps
     * @param imports objects and promises of the peer, and streams that are being sent to it
     * @param exports objects of ours, results of calls of the peer, and streams that it is sending
     */
    record Tables(int calls, int imports, int exports) {}
}

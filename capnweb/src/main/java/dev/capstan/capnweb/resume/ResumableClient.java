package dev.capstan.capnweb.resume;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;

/**
 * A client's session that outlives its connections: when one is cut, another is made, after longer and longer pauses, and the session goes on where it was. It ends when either side says so, when the
 * server refuses to go on, or after {@link ResumeLimits#away} without a connection.
 *
 * <p>A session that this side ends while it has no connection is over at once. The server is told all the same if it can be: one more attempt to connect is made, or the one that is being made is used, for
 * {@link ResumeLimits#handshakeTime} at most; what was sent before an end arrives before it. Nobody waits for that, so a loop that is closed at once cuts it off.
 *
 * <p>The first connection is made once: if there is none, the session fails at once, since nothing is lost yet.
 */
public final class ResumableClient {
    private ResumableClient() {}

    /** Makes connections to one server. */
    @FunctionalInterface
    public interface Dialer {
        /** A connection to the server, which has agreed to speak of resumption over it; it becomes the caller's. Cancelling gives the attempt up. On the loop's thread. */
        Promise<MessageStream> dial();
    }

    /** The stream of a new session; the connections below it are made by {@code dialer}, the first at once. From any thread; the stream is used on the loop's. */
    public static MessageStream open(Loop loop, Dialer dialer, Reconnection how) {
        ClientSession client = new ClientSession(loop, dialer, how);
        if (loop.inLoop()) {
            client.begin();
        } else {
            loop.post(client::begin);
        }
        return client.stream();
    }
}

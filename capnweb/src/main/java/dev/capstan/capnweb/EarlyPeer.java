package dev.capstan.capnweb;

import dev.capstan.async.Promise;

/**
 * A session that may be spoken in before the server was heard (0-RTT). {@link dev.capstan.capnweb.connect.Connector#early} makes use of it; who uses it by hand sends nothing through {@code peer} until
 * {@code confirmed} but calls that may happen more often than they are made, with plain data as arguments: whoever records what is said until then can say it again.
 *
 * @param peer belongs to whoever got this
 * @param confirmed settles when the server has answered the handshake and has taken the session, at once if it has before; fails if it does not
 */
public record EarlyPeer(WebPeer peer, Promise<Void> confirmed) implements AutoCloseable {
    /** Closes the peer. */
    @Override
    public void close() {
        peer.close();
    }
}

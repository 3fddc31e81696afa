package dev.capstan.capnweb;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.net.http.WebSocket;
import dev.capstan.net.http.WebSocketClosed;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket as the connection of a session: a text frame is a message.
 *
 * <p>A session that ends closes the socket with code 3000 and the reason, as the TypeScript implementation does; how the peer closes is told in its words. A frame that
 * is no message is answered with an Abort.
 */
final class SocketStream implements MessageStream, MessageStream.Receiver {
    private static final int CLOSE_CODE = 3000;
    /** What a peer is told that is to connect again, elsewhere perhaps (RFC 6455, 7.4.1). */
    private static final int GOING_AWAY = 1001;

    /** What the TypeScript implementation says when its owner is done. */
    private static final String SHUT_DOWN = "RPC session was shut down by disposing the main stub";

    private final WebSocket socket;
    private final Opening opening;
    private @Nullable Receiver receiver;

    /** Takes ownership of {@code socket}. */
    SocketStream(WebSocket socket, Opening opening) {
        this.socket = socket;
        this.opening = opening;
        socket.keepAlive(opening.silence(), opening.silence());
    }

    // ---- what comes

    @Override
    public void start(Receiver to) {
        receiver = to;
        socket.start(this);
    }

    private Receiver owner() {
        Receiver to = receiver;
        if (to == null) {
            throw new AssertionError("a stream that was not started has delivered something");
        }
        return to;
    }

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        owner().received(array, offset, length, lent);
    }

    @Override
    public void ended() {
        WebSocketClosed how = socket.closed();
        if (how == null) {
            owner().ended();
        } else {
            owner().failed(how);
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (cause instanceof WebSocketClosed && socket.closed() == null) {
            opening.session().abort(Failure.failed(String.valueOf(cause.getMessage())));
        }
        owner().failed(cause);
    }

    @Override
    public void pause() {
        socket.pause();
    }

    @Override
    public void resume() {
        socket.resume();
    }

    // ---- what goes

    @Override
    public void send(ByteBuffer... pieces) {
        socket.send(pieces);
    }

    @Override
    public long queuedBytes() {
        return socket.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return socket.drained();
    }

    @Override
    public void end() {
        socket.close(opening.by() == Ending.By.LEAVING ? GOING_AWAY : CLOSE_CODE, opening.reason(SHUT_DOWN));
    }

    @Override
    public void abort(Throwable cause) {
        socket.abort(cause);
    }
}

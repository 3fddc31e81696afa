package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.net.http.WebSocket;
import dev.capstan.net.http.WebSocketClosed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sessions over a WebSocket: a text frame is a message. The socket may come later than the first messages, which wait for it here.
 *
 * <p>A session that ends closes the socket with code 3000 and the reason, as the TypeScript implementation does; how the peer closes is told in its words. A frame that
 * is no message is answered with an Abort.
 */
final class SocketStream implements MessageStream {
    private static final int CLOSE_CODE = 3000;
    /** What a peer is told that is to connect again, elsewhere perhaps (RFC 6455, 7.4.1). */
    private static final int GOING_AWAY = 1001;

    /** What the TypeScript implementation says when its owner is done. */
    private static final String SHUT_DOWN = "RPC session was shut down by disposing the main stub";

    private final Loop loop;
    private final Duration silence;
    private final List<byte[]> waiting = new ArrayList<>();
    private final List<Completer<Void>> drains = new ArrayList<>(1);
    private long waitingBytes;
    private @Nullable Receiver receiver;
    private @Nullable WebSocket socket;
    private boolean paused;
    private boolean ended;
    private String reason = SHUT_DOWN;
    private int code = CLOSE_CODE;

    private SocketStream(Loop loop, Duration silence) {
        this.loop = loop;
        this.silence = silence;
    }

    /** A session that speaks once it is given its socket; takes ownership of {@code main}. To be started. */
    static Opening session(Loop loop, @Nullable Cap main, Options options) {
        Limits.Transport limits = options.limits().transport();
        SocketStream stream = new SocketStream(loop, limits.silence());
        Opening opening = new Opening(stream);
        Duration idle = limits.idleTime();
        PacedStream paced = new PacedStream(
                loop,
                stream,
                limits,
                () -> opening.session().abort(Failure.disconnected("nothing was said in this session for " + idle)));
        opening.session = new Session(loop, paced, main, options, (cause, by) -> {
            if (by != Ending.By.OWNER) {
                stream.reason = cause.reason();
            }
            if (by == Ending.By.LEAVING) {
                stream.code = GOING_AWAY;
            }
            paced.end();
        });
        return opening;
    }

    /** A session and where its socket is put in. */
    static final class Opening {
        private final SocketStream stream;
        private @Nullable Session session;

        private Opening(SocketStream stream) {
            this.stream = stream;
        }

        Session session() {
            Session made = session;
            if (made == null) {
                throw new AssertionError("the session is made with its stream");
            }
            return made;
        }

        /** Takes ownership of {@code socket}. */
        void opened(WebSocket socket) {
            stream.opened(socket, session());
        }

        /** There will be no socket. */
        void failed(Throwable cause) {
            session().failed(cause);
        }
    }

    private void opened(WebSocket opened, Session session) {
        socket = opened;
        opened.keepAlive(silence, silence);
        if (paused) {
            opened.pause();
        }
        waiting.forEach(message -> opened.send(ByteBuffer.wrap(message)));
        waiting.clear();
        if (ended) {
            opened.close(code, reason);
        }
        opened.start(new Heard(opened, session));
        drains.forEach(drain -> drain.follow(opened.drained()));
        drains.clear();
    }

    /** What the socket tells, in the words of the protocol. */
    private final class Heard implements Receiver {
        private final WebSocket from;
        private final Session session;

        Heard(WebSocket from, Session session) {
            this.from = from;
            this.session = session;
        }

        private Receiver to() {
            return receiver == null ? session : receiver;
        }

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            to().received(array, offset, length, lent);
        }

        @Override
        public void ended() {
            WebSocketClosed how = from.closed();
            if (how == null) {
                to().ended();
            } else {
                to().failed(how);
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (cause instanceof WebSocketClosed && from.closed() == null) {
                session.abort(Failure.failed(String.valueOf(cause.getMessage())));
            }
            to().failed(cause);
        }
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
    }

    @Override
    public void pause() {
        paused = true;
        if (socket != null) {
            socket.pause();
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (socket != null) {
            socket.resume();
        }
    }

    @Override
    public void send(ByteBuffer... pieces) {
        if (socket != null) {
            socket.send(pieces);
        } else if (!ended) {
            waiting.add(joined(pieces));
            waitingBytes += waiting.getLast().length;
        }
    }

    private static byte[] joined(ByteBuffer... pieces) {
        int length = 0;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        for (ByteBuffer piece : pieces) {
            whole.put(piece.duplicate());
        }
        return whole.array();
    }

    @Override
    public long queuedBytes() {
        return socket == null ? waitingBytes : socket.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        if (socket != null) {
            return socket.drained();
        }
        Completer<Void> drain = new Completer<>(loop);
        drains.add(drain);
        return drain.promise();
    }

    @Override
    public void end() {
        if (!ended) {
            ended = true;
            if (socket != null) {
                socket.close(code, reason);
            }
        }
    }

    @Override
    public void abort(Throwable cause) {
        if (socket != null) {
            socket.abort(cause);
        }
        end();
    }
}

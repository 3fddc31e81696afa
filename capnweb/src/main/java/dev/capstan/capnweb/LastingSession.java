package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.net.http.WebSocket;
import dev.capstan.net.http.WebSocketClosed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sessions over streams that outlive their connections, and WebSockets as such connections. */
final class LastingSession {
    private @Nullable Session session;

    private LastingSession() {}

    /** A session over {@code stream}; takes ownership of both. To be started. */
    static Session over(Loop loop, MessageStream stream, @Nullable Cap main, Options options) {
        Limits.Transport limits = options.limits().transport();
        Duration idle = limits.idleTime();
        LastingSession made = new LastingSession();
        PacedStream paced = new PacedStream(
                loop,
                stream,
                limits,
                () -> made.get().abort(Failure.disconnected("nothing was said in this session for " + idle)));
        Session session = new Session(loop, paced, main, options, (cause, by) -> paced.end());
        made.session = session;
        return session;
    }

    private Session get() {
        Session made = session;
        if (made == null) {
            throw new AssertionError("the session is made with its stream");
        }
        return made;
    }

    /** A WebSocket as one of a session's connections, if its server has agreed to that. Takes ownership of {@code socket}. */
    static Promise<MessageStream> agreed(WebSocket socket) {
        if (socket.subprotocol().equals(ResumableServer.SUBPROTOCOL)) {
            return Promise.of(connection(socket));
        }
        IOException why = new IOException(
                "the server does not resume sessions: there it is switched on with WebServer.resumable, here connect does without");
        socket.abort(why);
        return Promise.failed(why);
    }

    /** A WebSocket as one of a session's connections. Takes ownership of {@code socket}. */
    static MessageStream connection(WebSocket socket) {
        return new Connection(socket);
    }

    /** Tells a peer's mistake, which it would make again, from a connection that is gone. */
    private record Connection(WebSocket socket) implements MessageStream {
        @Override
        public void start(Receiver receiver) {
            socket.start(new Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    receiver.received(array, offset, length, lent);
                }

                @Override
                public void ended() {
                    receiver.ended();
                }

                @Override
                public void failed(Throwable cause) {
                    boolean mistake = cause instanceof WebSocketClosed && socket.closed() == null;
                    receiver.failed(mistake ? Failure.failed(String.valueOf(cause.getMessage())) : cause);
                }
            });
        }

        @Override
        public void pause() {
            socket.pause();
        }

        @Override
        public void resume() {
            socket.resume();
        }

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
            socket.end();
        }

        @Override
        public void abort(Throwable cause) {
            socket.abort(cause);
        }
    }
}

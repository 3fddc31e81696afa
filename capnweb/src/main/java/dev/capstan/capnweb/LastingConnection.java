package dev.capstan.capnweb;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * One of the connections of a session that outlives them. Tells a peer's mistake, which it would make again and which ends the session as a {@link Failure}, from a connection that is gone.
 */
final class LastingConnection implements MessageStream {
    static final String NOT_RESUMED =
            "the server does not resume sessions: there it is switched on with WebServer.resumable, here connect does without";

    private final MessageStream under;
    private final Predicate<Throwable> isMistake;
    /** Whether the peer has yet to show that it knows what it was asked for: its first word is no message of the session then. */
    private boolean isUnsure;

    /** Takes ownership of {@code under}. */
    LastingConnection(MessageStream under, Predicate<Throwable> isMistake, boolean isUnsure) {
        this.under = under;
        this.isMistake = isMistake;
        this.isUnsure = isUnsure;
    }

    @Override
    public void start(Receiver receiver) {
        under.start(new Receiver() {
            private boolean isOver;

            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                if (isUnsure && (length == 0 || array[offset] != '{')) {
                    isOver = true;
                    Failure why = Failure.failed(NOT_RESUMED);
                    under.abort(why);
                    receiver.failed(why);
                } else if (!isOver) {
                    isUnsure = false;
                    receiver.received(array, offset, length, lent);
                }
            }

            @Override
            public void ended() {
                if (!isOver) {
                    receiver.ended();
                }
            }

            @Override
            public void failed(Throwable cause) {
                if (!isOver) {
                    receiver.failed(isMistake.test(cause) ? Failure.failed(String.valueOf(cause.getMessage())) : cause);
                }
            }
        });
    }

    @Override
    public void pause() {
        under.pause();
    }

    @Override
    public void resume() {
        under.resume();
    }

    @Override
    public void send(ByteBuffer... pieces) {
        under.send(pieces);
    }

    @Override
    public long queuedBytes() {
        return under.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return under.drained();
    }

    @Override
    public void end() {
        under.end();
    }

    @Override
    public void abort(Throwable cause) {
        under.abort(cause);
    }
}

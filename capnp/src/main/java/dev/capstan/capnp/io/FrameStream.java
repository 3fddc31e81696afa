package dev.capstan.capnp.io;

import dev.capstan.async.ByteStream;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import java.io.EOFException;
import java.nio.ByteBuffer;

/**
 * Messages over a byte stream: each is a segment table and its segments, without any other length (the stream framing of Cap'n Proto).
 *
 * <p>Whole messages that arrive in one piece are lent where they lie, as {@link MessageStream.Receiver} says; memory is taken for what has come, not for what is announced.
 * This is what a wire takes; {@link MessageChannel} is more convenient for messages alone.
 */
public final class FrameStream implements MessageStream {
    private final ByteStream bytes;
    private final Limits limits;

    /** Takes over {@code bytes}; messages beyond {@code limits} break the stream. */
    public FrameStream(ByteStream bytes, Limits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    @Override
    public void start(Receiver receiver) {
        bytes.start(new Gatherer(receiver));
    }

    /** Passes each message on. */
    private final class Gatherer implements ByteStream.Receiver {
        private final Receiver receiver;
        private final FrameGatherer frames;
        private boolean over;

        Gatherer(Receiver receiver) {
            this.receiver = receiver;
            this.frames = new FrameGatherer(limits, receiver::received);
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            int at = offset;
            int end = offset + length;
            try {
                while (at < end && !over) {
                    at = frames.take(array, at, end);
                }
            } catch (MessageException e) {
                over = true;
                receiver.failed(e);
                bytes.abort(e);
            }
        }

        @Override
        public void ended() {
            if (over) {
                return;
            }
            over = true;
            if (frames.isBetweenMessages()) {
                receiver.ended();
            } else {
                receiver.failed(new EOFException("Premature EOF: the stream ended inside a message"));
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (!over) {
                over = true;
                receiver.failed(cause);
            }
        }
    }

    @Override
    public void pause() {
        bytes.pause();
    }

    @Override
    public void resume() {
        bytes.resume();
    }

    @Override
    public void send(ByteBuffer... pieces) {
        for (ByteBuffer piece : pieces) {
            bytes.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
    }

    @Override
    public long queuedBytes() {
        return bytes.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return bytes.drained();
    }

    @Override
    public void end() {
        bytes.end();
    }

    @Override
    public void abort(Throwable cause) {
        bytes.abort(cause);
    }
}

package dev.capstan.capnp.io;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Messages over a byte stream, both ways, without blocking: what {@link MessageInput} and {@link MessageOutput} are for threads that may wait.
 *
 * <p><b>Reading</b> is on demand: nothing is taken from the stream until {@link #next} asks. One piece that the stream delivers may hold many messages; those that were not asked for
 * yet are kept as they came, and the stream is paused, so that a sender can make this hold no more than one piece beside one message. Messages may be larger than such a piece; they are
 * bounded by the limits alone, and memory for them is taken as they come.
 *
 * <p><b>Writing</b> only queues, as {@link ByteStream#write} does: who writes much waits for {@link #drained} now and then.
 *
 * <p>Belongs to the loop of the stream and is used on its thread. Owns the stream, which ends with {@link #end} and {@link #abort}. The framing is that of
 * capnproto.org/encoding.html#serialization-over-a-stream.
 */
public final class MessageChannel {
    private static final int COPY_BYTES = 1 << 16;

    private final Loop loop;
    private final ByteStream bytes;
    private final Limits limits;
    private final ReadAhead ahead;
    private final @Nullable Packer packer;

    private boolean started;
    /** The one who waits for a message. */
    private @Nullable Completer<Taking> waiting;
    /** A promise has its result, and the result was not taken yet. */
    private boolean handedOut;
    /** The message that comes next, if it is complete. */
    private @Nullable MessageReader ready;

    /** What has come makes no messages any more. */
    private boolean malformed;

    private boolean ended;
    /** What {@link #next} fails with when all messages that have come were handed out. */
    private @Nullable Throwable failure;

    private MessageChannel(Loop loop, ByteStream bytes, Limits limits, boolean packed) {
        this.loop = loop;
        this.bytes = bytes;
        this.limits = limits;
        FrameGatherer frames = new FrameGatherer(limits, this::gathered);
        this.ahead = new ReadAhead(frames, packed ? new Unpacker() : null);
        this.packer = packed ? new Packer() : null;
    }

    /** Messages that lie in {@code bytes}, a stream of {@code loop} that was not started, as they are. */
    public MessageChannel(Loop loop, ByteStream bytes, Limits limits) {
        this(loop, bytes, limits, false);
    }

    /** Messages that are packed in {@code bytes}, in both directions. The limits are for messages as they are when unpacked. */
    public static MessageChannel packed(Loop loop, ByteStream bytes, Limits limits) {
        return new MessageChannel(loop, bytes, limits, true);
    }

    /**
     * The next message, or nothing when the peer has ended; it is the receiver's to keep. Fails with {@link MessageException} if what comes is malformed, beyond the limits, or ends within a
     * message, and with the stream's own failure if that breaks; then every further one fails likewise. A failure that is the message's aborts the stream.
     *
     * <p>Cancelling the promise loses nothing: the message, or as much of it as has come, is there for the next call.
     *
     * @throws IllegalStateException if the promise before has neither been consumed nor cancelled: messages are read one at a time
     */
    public Promise<Optional<MessageReader>> next() {
        if (waiting != null || handedOut) {
            throw new IllegalStateException(
                    "another next() is not over: wait for its promise, or cancel it, before the next message is asked for");
        }
        Completer<Taking> asking = new Completer<>(loop);
        asking.onCancel(() -> waiting = null);
        waiting = asking;
        answer();
        if (waiting != null) {
            if (started) {
                bytes.resume();
            } else {
                started = true;
                bytes.start(new Input());
            }
        }
        return asking.promise().convert(Taking::take);
    }

    /** Settles the promise that waits, if there is something to settle it with. */
    private void answer() {
        Completer<Taking> asking = waiting;
        if (asking == null) {
            return;
        }
        if (ready == null && !malformed) {
            advance();
        }
        if (ready != null || (ended && failure == null)) {
            waiting = null;
            handedOut = true;
            asking.complete(new Taking());
        } else if (failure != null) {
            waiting = null;
            asking.fail(failure);
        }
    }

    private void advance() {
        try {
            ahead.advance();
        } catch (MessageException e) {
            malformed = true;
            failure = e;
            bytes.abort(e);
        }
        if (ready == null && ended && failure == null && !ahead.isBetweenMessages()) {
            failure = MessageException.inFrame(
                    "The stream ends prematurely, within a message; was the sender cut off?", ahead.position());
        }
    }

    private void gathered(byte[] array, int offset, int length, boolean lent) {
        byte[] own = array;
        int start = offset;
        if (lent) {
            // Copied exactly: a message that is kept must not pin all that arrived with it.
            own = new byte[length];
            System.arraycopy(array, offset, own, 0, length);
            start = 0;
        }
        ready = MessageReader.of(own, start, length, limits);
    }

    /** What a promise holds: the message leaves the channel only when somebody takes it, so that a promise that is cancelled has lost nothing. */
    private final class Taking implements AutoCloseable {
        Optional<MessageReader> take() {
            MessageReader message = ready;
            ready = null;
            handedOut = false;
            return Optional.ofNullable(message);
        }

        @Override
        public void close() {
            handedOut = false;
        }
    }

    private final class Input implements ByteStream.Receiver {
        @Override
        public void received(byte[] array, int offset, int length) {
            ahead.add(array, offset, length);
            answer();
            ahead.keep();
            if (waiting == null) {
                bytes.pause();
            }
        }

        @Override
        public void ended() {
            ended = true;
            answer();
        }

        @Override
        public void failed(Throwable cause) {
            if (failure == null) {
                failure = cause;
            }
            answer();
        }
    }

    /** Queues {@code message}, whose capabilities are not part of it; it may change as soon as this returns. Ignored after {@link #end} or {@link #abort}. */
    public void write(MessageBuilder message) {
        for (ByteBuffer piece : message.frame()) {
            if (piece.hasArray()) {
                write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            } else {
                byte[] copy = new byte[Math.min(piece.remaining(), COPY_BYTES)];
                while (piece.hasRemaining()) {
                    int count = Math.min(piece.remaining(), copy.length);
                    piece.get(copy, 0, count);
                    write(copy, 0, count);
                }
            }
        }
    }

    private void write(byte[] words, int offset, int length) {
        if (packer == null) {
            bytes.write(words, offset, length);
            return;
        }
        int end = offset + length;
        for (int at = offset; at < end; ) {
            at = packer.packSome(words, at, end);
            bytes.write(packer.bytes(), 0, packer.size());
            packer.clear();
        }
    }

    /** Bytes that were queued and have not been handed to the operating system. */
    public long queuedBytes() {
        return bytes.queuedBytes();
    }

    /** Settles when what is queued now has been handed over; fails if the stream breaks before. */
    public Promise<Void> drained() {
        return bytes.drained();
    }

    /** Half-closes after what is queued; reading goes on. */
    public void end() {
        bytes.end();
    }

    /** Closes both directions at once; {@link #next} fails with {@code cause} after the messages that have come already. */
    public void abort(Throwable cause) {
        bytes.abort(cause);
    }
}

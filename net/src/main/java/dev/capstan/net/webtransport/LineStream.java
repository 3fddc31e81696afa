package dev.capstan.net.webtransport;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one line each over bytes: a message, then a line feed. A message has no line feed of its own, which JSON never needs; that it is
 * UTF-8 is not checked.
 *
 * <p>A line that arrives in one piece is lent where it lies. One that does not is gathered in an array that grows with what has come. While the
 * stream is paused, lines that were read already are held here, no more than one read brings.
 */
final class LineStream implements MessageStream {
    private final ByteStream bytes;
    private final int lineBytes;
    private final Delivery delivery;
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    private final byte[] lineFeed = {LineFeeds.LINE_FEED};

    private @Nullable Receiver receiver;
    private boolean paused;
    private byte[] partial = new byte[0];
    private int partialLength;
    private boolean aborted;

    LineStream(Loop loop, ByteStream bytes, int lineBytes) {
        this.bytes = bytes;
        this.lineBytes = lineBytes;
        this.delivery = new Delivery(loop);
    }

    // ---- input

    @Override
    public void start(Receiver to) {
        if (receiver != null) {
            throw new IllegalStateException("the stream was started before");
        }
        receiver = to;
        bytes.start(new Input(to));
    }

    @Override
    public void pause() {
        paused = true;
        bytes.pause();
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            delivery.arm();
        }
    }

    /** Tells what was held, then reads on. */
    private final class Delivery extends Event {
        Delivery(Loop loop) {
            super(loop);
        }

        void arm() {
            armBreadthFirst();
        }

        @Override
        protected void fire() {
            Receiver to = receiver;
            while (to != null && !paused && !aborted && !held.isEmpty()) {
                byte[] line = held.remove();
                tell(to, line, 0, line.length, false);
            }
            if (!paused) {
                bytes.resume();
            }
        }
    }

    private void tell(Receiver to, byte[] array, int offset, int length, boolean lent) {
        try {
            to.received(array, offset, length, lent);
        } catch (Throwable e) {
            abort(e);
        }
    }

    private final class Input implements ByteStream.Receiver {
        private final Receiver to;

        Input(Receiver to) {
            this.to = to;
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            int end = offset + length;
            int at = offset;
            for (int feed = LineFeeds.next(array, at, end);
                    feed >= 0 && !aborted;
                    feed = LineFeeds.next(array, at, end)) {
                line(array, at, feed - at);
                at = feed + 1;
            }
            if (!aborted && at < end) {
                append(array, at, end - at);
            }
        }

        private void line(byte[] array, int offset, int length) {
            if (partialLength > 0) {
                if (append(array, offset, length)) {
                    byte[] whole = partial;
                    int wholeLength = partialLength;
                    partial = new byte[0];
                    partialLength = 0;
                    hand(whole, 0, wholeLength, false);
                }
            } else if (length > lineBytes) {
                refuse();
            } else {
                hand(array, offset, length, true);
            }
        }

        private void hand(byte[] array, int offset, int length, boolean lent) {
            if (paused || !held.isEmpty()) {
                held.add(Arrays.copyOfRange(array, offset, offset + length));
            } else {
                tell(to, array, offset, length, lent);
            }
        }

        private boolean append(byte[] array, int offset, int length) {
            if (length > lineBytes - partialLength) {
                refuse();
                return false;
            }
            int needed = partialLength + length;
            if (partial.length < needed) {
                int doubled = (int) Math.min(lineBytes, Math.max(256, 2L * partial.length));
                partial = Arrays.copyOf(partial, Math.max(needed, doubled));
            }
            System.arraycopy(array, offset, partial, partialLength, length);
            partialLength = needed;
            return true;
        }

        private void refuse() {
            abort(new WebTransportClosed(
                    WebTransportClosed.INTERNAL,
                    "a line of more than " + lineBytes
                            + " bytes has come, which is the limit: send less at a time, or raise lineBytes"));
        }

        @Override
        public void ended() {
            if (partialLength > 0) {
                IOException cause = new IOException(
                        "the peer has ended in the middle of a message, after " + partialLength + " bytes of it");
                letGo();
                bytes.abort(cause);
                to.failed(cause);
            } else {
                to.ended();
            }
        }

        @Override
        public void failed(Throwable cause) {
            letGo();
            to.failed(cause);
        }
    }

    private void letGo() {
        aborted = true;
        held.clear();
        partial = new byte[0];
        partialLength = 0;
    }

    // ---- output

    @Override
    public void send(ByteBuffer... pieces) {
        for (ByteBuffer piece : pieces) {
            check(piece);
        }
        for (ByteBuffer piece : pieces) {
            bytes.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
        bytes.write(lineFeed, 0, 1);
    }

    private static void check(ByteBuffer piece) {
        int start = piece.arrayOffset() + piece.position();
        if (LineFeeds.next(piece.array(), start, start + piece.remaining()) >= 0) {
            throw new IllegalArgumentException(
                    "a message of this stream is one line: it cannot have a line feed, which JSON writes as \\n");
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
        letGo();
        bytes.abort(cause);
    }

    @Override
    public String toString() {
        return "lines over " + bytes;
    }
}

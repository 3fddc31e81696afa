package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Back-pressure for a stream of messages: a window of bytes that may be on their way, which adapts itself to the connection.
 *
 * <p>It begins with {@link #START_BYTES} and becomes as large as what the connection holds between a message and its acknowledgement, and somewhat more; it
 * never becomes smaller because there is little to send. A send may go on while less than the window plus the largest message so far is unacknowledged, so that a message bigger than
 * the window passes too, and while less than {@link #MOST_MESSAGES} messages are. The first failed acknowledgement fails every later send.
 *
 * <p>Its clock is that of the loop, to whose thread it belongs.
 */
public final class Flow implements AutoCloseable {
    /** How large a window is at first, and at least: 64 KiB, unless it may not become that large. */
    public static final long START_BYTES = 64 << 10;

    /** Messages that may be on their way, however small: each takes memory here and there. */
    public static final int MOST_MESSAGES = 4_096;

    private final Loop loop;
    private final Window window;
    private int inFlight;
    private long inFlightBytes;
    private long largestBytes;
    private @Nullable Throwable poison;
    private final List<Completer<Void>> blocked = new ArrayList<>();

    /** A window of at most {@code maxBytes}, which is at least 1. */
    public Flow(Loop loop, long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("a window has at least one byte, not " + maxBytes);
        }
        this.loop = loop;
        this.window = new Window(START_BYTES, maxBytes, loop.timer().nanoTime());
    }

    /** Counts a message that was sent just now and whose acknowledgement is {@code ack}, which is consumed. Settles when the next may be sent. */
    public Promise<Void> sent(long bytes, Promise<?> ack) {
        Throwable failed = poison;
        boolean idle = inFlight == 0;
        inFlight++;
        inFlightBytes += bytes;
        largestBytes = Math.max(largestBytes, bytes);
        Window.Sample sample = window.sent(bytes, idle, !isReady(), loop.timer().nanoTime());
        ack.listen(loop, (ignored, failure) -> acknowledged(sample, failure));
        if (failed != null) {
            return Promise.failed(failed);
        }
        if (isReady()) {
            return Promise.done();
        }
        Completer<Void> turn = new Completer<>(loop);
        blocked.add(turn);
        return turn.promise();
    }

    /** Bytes that were sent and not acknowledged. */
    public long inFlightBytes() {
        return inFlightBytes;
    }

    /** How many bytes may be on their way now, but for the largest message. */
    public long windowBytes() {
        return window.bytes();
    }

    private boolean isReady() {
        return inFlightBytes < window.bytes() + largestBytes && inFlight < MOST_MESSAGES;
    }

    private void acknowledged(Window.Sample sample, @Nullable Throwable failure) {
        inFlight--;
        inFlightBytes -= sample.bytes();
        if (failure == null) {
            window.acknowledged(sample, loop.timer().nanoTime());
        } else if (poison == null) {
            poison = failure;
        }
        if (poison != null || isReady()) {
            wake();
        }
    }

    private void wake() {
        List<Completer<Void>> waiting = List.copyOf(blocked);
        blocked.clear();
        for (Completer<Void> turn : waiting) {
            if (poison != null) {
                turn.fail(poison);
            } else {
                turn.complete(Promise.nothing());
            }
        }
    }

    /** The stream is given up: senders that wait go on. */
    @Override
    public void close() {
        for (Completer<Void> turn : List.copyOf(blocked)) {
            turn.complete(Promise.nothing());
        }
        blocked.clear();
    }
}

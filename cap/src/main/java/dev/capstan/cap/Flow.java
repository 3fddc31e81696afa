package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Back-pressure for a stream of calls on one capability: a fixed window of bytes that may be on their way.
 *
 * <p>A send may go on while less than the window plus the largest message so far is unacknowledged, so that a message bigger than the window
 * passes too. The first failed acknowledgement fails every later send. Belongs to its loop's thread.
 */
public final class Flow implements AutoCloseable {
    private final Loop loop;
    private final long windowBytes;
    private long inFlightBytes;
    private long largestBytes;
    private @Nullable Throwable poison;
    private final List<Completer<Void>> blocked = new ArrayList<>();

    /** A window of {@code windowBytes}, at least 1. */
    public Flow(Loop loop, long windowBytes) {
        if (windowBytes < 1) {
            throw new IllegalArgumentException("a window has at least one byte, not " + windowBytes);
        }
        this.loop = loop;
        this.windowBytes = windowBytes;
    }

    /** Counts a message that was sent just now and whose acknowledgement is {@code ack}, which is consumed. Settles when the next may be sent. */
    public Promise<Void> sent(long bytes, Promise<?> ack) {
        Throwable failed = poison;
        inFlightBytes += bytes;
        largestBytes = Math.max(largestBytes, bytes);
        ack.listen(loop, (ignored, failure) -> acknowledged(bytes, failure));
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

    private boolean isReady() {
        return inFlightBytes < windowBytes + largestBytes;
    }

    private void acknowledged(long bytes, @Nullable Throwable failure) {
        inFlightBytes -= bytes;
        if (failure != null && poison == null) {
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

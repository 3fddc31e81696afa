package dev.capstan.grpc.server;

import dev.capstan.net.http.Exchange;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The messages of one answer on their way to the exchange, from whichever thread they are sent, and whether a handler should send more.
 *
 * <p><b>Bounds.</b> A handler that heeds {@link #isReady} is never cut: what it sends while that says yes is bounded by what the exchange and the loop take before it says no. What is sent
 * all the same is counted, and is too much beyond {@code limit} bytes.
 */
final class Outbox {
    /** Whose messages they are. On the loop's thread. */
    interface Owner {
        /** {@link #isReady} says yes again. */
        void readyAgain();

        /** The handler does not heed {@link #isReady}. */
        void tooMuchIsLeft();
    }

    private final Exchange exchange;
    private final Posted posted;
    private final Owner owner;
    private final int limit;
    /** Bytes that wait for the loop. */
    private final AtomicLong postedBytes = new AtomicLong();
    /** Bytes that were sent since it was time to wait. */
    private final AtomicLong unheeded = new AtomicLong();

    private volatile boolean ready = true;
    private volatile boolean over;

    Outbox(Exchange exchange, Posted posted, Owner owner, int limit) {
        this.exchange = exchange;
        this.posted = posted;
        this.owner = owner;
        this.limit = limit;
    }

    /** Whether a handler should send more. From any thread. */
    boolean isReady() {
        return !over && ready && !isPostFull(postedBytes.get());
    }

    /** Whether so much waits for the loop that a handler should wait for it too. */
    private boolean isPostFull(long bytes) {
        return bytes >= Math.max(1, limit / 4);
    }

    /** Whether there is room for a message: if not, the owner is told, and it need not be serialized even. From any thread. */
    boolean hasRoom() {
        if (unheeded.get() > limit) {
            posted.run(owner::tooMuchIsLeft);
            return false;
        }
        return true;
    }

    /** Sends a message, which is given away. From any thread. */
    void send(byte[] frame) {
        if (!isReady() && unheeded.addAndGet(frame.length) > limit) {
            posted.run(owner::tooMuchIsLeft);
        } else if (posted.isHere()) {
            write(frame);
        } else {
            postedBytes.addAndGet(frame.length);
            posted.run(() -> arrived(frame));
        }
    }

    private void arrived(byte[] frame) {
        long left = postedBytes.addAndGet(-frame.length);
        write(frame);
        // What held the handler back was on its way here, of which the exchange knows nothing.
        if (isPostFull(left + frame.length) && !isPostFull(left) && ready && !over) {
            owner.readyAgain();
        }
    }

    private void write(byte[] frame) {
        if (!over) {
            exchange.write(frame, 0, frame.length);
            ready = exchange.isReady();
            if (isReady()) {
                unheeded.set(0);
            }
        }
    }

    /** The exchange takes more. */
    void ready() {
        ready = true;
        unheeded.set(0);
        owner.readyAgain();
    }

    /** Nothing is sent any more. */
    void end() {
        over = true;
    }
}

package dev.capstan.async;

import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread waiting for one promise. The loop's side is {@link #begin}, {@link #fire} and {@link #cancelWait}. */
final class Await<T> extends Event {
    private static final Object PENDING = new Object();

    private @Nullable Node source;
    private @Nullable Object result = PENDING;
    /** Written last: tells the waiting thread that {@code result} can be read. */
    private volatile boolean over;

    private @Nullable Thread waiter;
    private @Nullable Fiber<?> fiber;

    Await(Loop loop, Promise<T> promise) {
        this(loop, promise.take());
    }

    private Await(Loop loop, Node source) {
        super(loop, source.user);
        this.source = source;
    }

    void begin() {
        Node from = source;
        if (from != null) {
            from.onReady(this);
        }
    }

    boolean settled() {
        return over;
    }

    @Override
    protected void fire() {
        Node from = source;
        source = null;
        if (from != null) {
            settle(from.get());
        }
    }

    private void settle(@Nullable Object value) {
        result = value;
        Fiber<?> waiting = fiber;
        if (waiting != null) {
            waiting.resume(this);
        } else {
            release();
        }
    }

    /** Lets the waiting thread go on; a fiber has the permit by then. */
    void release() {
        Thread thread = waiter;
        over = true;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Settles the wait with a cancellation and cancels what was waited for. */
    void cancelWait(String why) {
        Node from = source;
        source = null;
        if (from != null) {
            disarm();
            from.cancel();
            settle(new Node.Broken(new CanceledException(why)));
        }
    }

    /** Blocks the calling thread, which is a fiber or a thread outside the loop. */
    T block(@Nullable Fiber<?> caller) {
        waiter = Thread.currentThread();
        fiber = caller;
        if (caller == null) {
            loop.post(this::begin);
        } else {
            caller.loop().post(() -> caller.suspend(this));
            caller.yieldSegment();
        }
        boolean interrupted = false;
        while (!over) {
            LockSupport.park(this);
            if (caller == null && !over && Thread.interrupted()) {
                interrupted = true;
                loop.post(() -> cancelWait("the waiting thread was interrupted"));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result();
    }

    T result() {
        if (result instanceof Node.Broken(Throwable cause)) {
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new CompletionException(cause);
        }
        return Promise.cast(result);
    }
}

package dev.capstan.async;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread waiting for one promise. The loop's side is {@link #begin}, {@link #fire} and {@link #cancelWait}. */
final class Await<T> extends Event implements Loop.Outside {
    /** What stands between a waiter and here. */
    private static final Set<String> INTERNAL =
            Set.of(Await.class.getName(), Promise.class.getName(), Loop.class.getName());

    private @Nullable Node source;
    private @Nullable Object result;
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
        if (from == null) {
            return;
        }
        // The loop's own driver and its own fibers are looked after when the loop stops; others it must tell.
        if (waiter != null && (fiber == null || fiber.loop() != loop)) {
            loop.outside.add(this);
        }
        try {
            from.consume(this);
        } catch (IllegalStateException e) {
            source = null;
            settle(new Node.Broken(e));
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
        loop.outside.remove(this);
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

    /** Settles the wait with a cancellation and cancels what was waited for; false if the result is there already. */
    boolean cancelWait(String why) {
        Node from = source;
        source = null;
        if (from == null) {
            return false;
        }
        disarm();
        CanceledException canceled = new CanceledException(why);
        try {
            from.cancel();
        } catch (RuntimeException e) {
            canceled.addSuppressed(e);
        }
        settle(new Node.Broken(canceled));
        return true;
    }

    @Override
    public void loopStopped() {
        cancelWait("the loop has stopped");
    }

    /** {@code fiber} of another loop cannot wait, as this loop takes no posts any more. Called on that other loop. */
    void refused(Fiber<?> caller) {
        source = null;
        result = new Node.Broken(Loop.stoppedWhileWaiting());
        caller.resume(this);
    }

    /** Blocks the calling thread, which is a fiber or a thread outside the loop. */
    T block(@Nullable Fiber<?> caller) {
        waiter = Thread.currentThread();
        fiber = caller;
        if (caller != null) {
            caller.loop().post(() -> caller.suspend(this));
            caller.yieldSegment();
        } else if (!loop.tryPost(this::begin)) {
            throw Loop.stoppedWhileWaiting();
        }
        boolean interrupted = false;
        while (!over) {
            LockSupport.park(this);
            // Parking does not work while the flag is set, so it is put back at the end. Fibers are cancelled, not
            // interrupted.
            if (!over && Thread.interrupted()) {
                interrupted = true;
                if (caller == null) {
                    loop.post(() -> cancelWait("the waiting thread was interrupted"));
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result();
    }

    T result() {
        if (result instanceof Node.Broken(Throwable cause)) {
            showWaiter(cause);
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

    /** A failure without a stack of its own, such as one that came over a wire, shows who waited for it. */
    private static void showWaiter(Throwable cause) {
        if (cause.getStackTrace().length == 0) {
            StackTraceElement[] stack = new Throwable().getStackTrace();
            int from = 0;
            while (from < stack.length && INTERNAL.contains(stack[from].getClassName())) {
                from++;
            }
            cause.setStackTrace(Arrays.copyOfRange(stack, from, stack.length));
        }
    }
}

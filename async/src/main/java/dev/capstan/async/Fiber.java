package dev.capstan.async;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A blocking-style task of a vat: a virtual thread that runs only while it holds the vat's permit.
 *
 * <p>{@link Promise#await} gives the permit up and takes it back, so between two awaits no other user code of the vat runs, and handler state
 * needs no locks. Any other kind of blocking keeps the permit. Bodies begin in the order in which they were started.
 *
 * <p>Cancelling removes a fiber that has not begun; one that waits sees a {@link CanceledException} from its current await, one that runs
 * from its next. That happens once: awaits in clean-up code run to their end.
 */
final class Fiber<T> {
    private static final ScopedValue<Fiber<?>> CURRENT = ScopedValue.newInstance();

    private final Loop loop;
    private final Callable<T> body;
    private final Completer<T> result;
    private final Thread thread;
    private @Nullable Thread loopThread;

    /** Set on the loop, read by the fiber before it waits. */
    private @Nullable String cancelReason;

    private boolean cancelDelivered;
    private boolean started;
    private @Nullable Await<?> waiting;
    /** Set by the fiber when its segment is over; in lockstep the loop watches it. */
    private volatile boolean yielded;

    Fiber(Loop loop, Callable<T> body) {
        this.loop = loop;
        this.body = body;
        this.result = new Completer<>(loop);
        this.thread = Thread.ofVirtual().name("fiber").unstarted(this::run);
    }

    static @Nullable Fiber<?> current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    Loop loop() {
        return loop;
    }

    String name() {
        return thread.getName() + "#" + thread.threadId();
    }

    Promise<T> start() {
        result.onCancel(() -> cancel("the caller has cancelled"));
        Promise<T> promise = result.promise();
        if (loop.inLoop()) {
            begin();
        } else {
            loop.post(this::begin);
        }
        return promise;
    }

    private void begin() {
        if (loop.isClosing()) {
            cancel("the loop is stopping");
        }
        if (cancelReason == null) {
            loop.permit.enter(this);
            loop.permit.acquire(this);
        }
    }

    /** The permit is ours: run the next segment. On the loop. */
    void granted() {
        yielded = false;
        loopThread = Thread.currentThread();
        if (!started) {
            started = true;
            thread.start();
            return;
        }
        Await<?> over = waiting;
        waiting = null;
        if (over != null) {
            over.release();
        }
    }

    boolean hasYielded() {
        return yielded;
    }

    /** The fiber waits: on the loop, posted by it. */
    void suspend(Await<?> await) {
        waiting = await;
        loop.permit.release(this);
        if (await.loop == loop) {
            await.begin();
        } else if (!await.loop.tryPost(await::begin)) {
            await.refused(this);
        }
        deliverCancel();
    }

    /** What the fiber waited for has settled: on the loop of the awaited promise. */
    void resume(Await<?> await) {
        if (await.loop == loop) {
            loop.permit.acquire(this);
        } else {
            loop.post(() -> loop.permit.acquire(this));
        }
    }

    /** Whether something that this loop does not drive will wake the fiber. */
    boolean waitsElsewhere() {
        return waiting != null && waiting.loop != loop;
    }

    void cancel(String why) {
        if (cancelReason != null) {
            return;
        }
        cancelReason = why;
        if (!started) {
            if (loop.permit.withdraw(this)) {
                loop.permit.exit(this);
            }
            result.fail(new CanceledException(why));
            return;
        }
        deliverCancel();
    }

    private void deliverCancel() {
        Await<?> current = waiting;
        String why = cancelReason;
        if (current == null || why == null || cancelDelivered) {
            return;
        }
        // A wait that is over already keeps its result; the next one is cancelled then.
        if (current.loop == loop) {
            cancelDelivered = current.cancelWait(why);
            return;
        }
        cancelDelivered = true;
        current.loop.post(() -> {
            if (!current.cancelWait(why)) {
                loop.post(() -> {
                    cancelDelivered = false;
                    if (waiting != current) {
                        deliverCancel();
                    }
                });
            }
        });
    }

    /** Called by the fiber's own thread after it has posted its wish to wait or its end. */
    void yieldSegment() {
        yielded = true;
        Thread driver = loopThread;
        if (driver != null && loop.port.lockstep()) {
            LockSupport.unpark(driver);
        }
    }

    private void run() {
        ScopedValue.where(CURRENT, this).run(() -> {
            T value;
            try {
                value = body.call();
            } catch (Throwable e) {
                end(() -> result.fail(e));
                return;
            }
            end(() -> result.complete(value));
        });
    }

    private void end(Runnable settle) {
        loop.post(() -> {
            settle.run();
            loop.permit.exit(this);
            loop.permit.release(this);
        });
        yieldSegment();
    }
}

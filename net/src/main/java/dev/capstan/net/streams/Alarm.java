package dev.capstan.net.streams;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;

/**
 * A deadline that moves often and is reached rarely: putting it off costs two fields. The loop's timer is asked when there is nothing to wait for
 * yet, or only something later. Belongs to its loop's thread.
 */
public final class Alarm {
    private final Loop loop;
    private final Runnable action;
    private Promise.Cancelable waiting = () -> {};
    private boolean isWaiting;
    private long waitsUntilNanos;
    private boolean wanted;
    private long deadlineNanos;

    /** Runs {@code action} on the loop's thread when it rings, which it does after {@link #set} alone. */
    public Alarm(Loop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /** Runs the action {@code delay} from now, and not when it was to run before. */
    public void set(Duration delay) {
        wanted = true;
        deadlineNanos = loop.timer().nanoTime() + delay.toNanos();
        if (isWaiting && waitsUntilNanos - deadlineNanos > 0) {
            waiting.cancel();
            isWaiting = false;
        }
        waitForIt();
    }

    private void waitForIt() {
        if (!isWaiting) {
            isWaiting = true;
            waitsUntilNanos = deadlineNanos;
            Duration left = Duration.ofNanos(deadlineNanos - loop.timer().nanoTime());
            waiting = loop.timer().after(left).listen(loop, (done, failure) -> rang());
        }
    }

    private void rang() {
        isWaiting = false;
        if (!wanted) {
            return;
        }
        if (deadlineNanos - loop.timer().nanoTime() > 0) {
            waitForIt();
        } else {
            wanted = false;
            action.run();
        }
    }

    /** Not to be told for now. */
    public void pause() {
        wanted = false;
    }

    /** Lets go of the timer. */
    public void cancel() {
        wanted = false;
        isWaiting = false;
        waiting.cancel();
    }
}

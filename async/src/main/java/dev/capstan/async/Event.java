package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work that waits its turn in a {@link Loop}'s queue.
 *
 * <p>An event is its own queue link: arming it allocates nothing. It belongs to one loop and is touched by that loop's thread alone.
 * Arming an armed event does nothing; a fired event may be armed again.
 *
 * <p>A <em>guarded</em> event runs user code. While a fiber holds the loop's permit it waits in the permit's queue, so that user code of one
 * vat never runs on two threads at once; everything else goes on.
 */
public abstract class Event {
    final Loop loop;
    boolean guarded;

    @Nullable
    Event prev;

    @Nullable
    Event next;
    /** The queue that holds this event now; null when it is not armed. */
    @Nullable
    EventQueue queue;

    boolean inPermitQueue;

    /** An event that runs protocol code. */
    protected Event(Loop loop) {
        this(loop, false);
    }

    /** An event of {@code loop}; {@code guarded} if it runs user code. */
    protected Event(Loop loop, boolean guarded) {
        this.loop = loop;
        this.guarded = guarded;
    }

    /** Does the work; runs on the loop's thread, never inside the frame that armed it. Must not throw: what escapes is logged as a bug. */
    protected abstract void fire();

    /** The loop this event belongs to. */
    public final Loop loop() {
        return loop;
    }

    /** Runs before everything that was queued when the current event began, after what the current event armed earlier in this way. */
    protected final void armDepthFirst() {
        if (!isArmed()) {
            loop.ready.insertDepthFirst(this);
        }
    }

    /** Runs after everything that is queued now. */
    protected final void armBreadthFirst() {
        if (!isArmed()) {
            loop.ready.append(this);
        }
    }

    /** Runs when nothing else is left in this turn; of several such events the latest comes first, and all that it arms before the next. */
    protected final void armLast() {
        if (!isArmed()) {
            loop.last.push(this);
        }
    }

    /** Runs when the loop is about to sleep: nothing is queued, and looking for I/O has brought nothing. */
    protected final void armWouldSleep() {
        if (!isArmed()) {
            loop.wouldSleep.append(this);
        }
    }

    /** Takes the event out of whatever queue holds it. */
    protected final void disarm() {
        EventQueue in = queue;
        if (in != null) {
            in.remove(this);
        } else if (inPermitQueue) {
            loop.permit.forget(this);
        }
    }

    /** Whether the event waits to be fired. */
    public final boolean isArmed() {
        return queue != null || inPermitQueue;
    }
}

package dev.capstan.cap;

import dev.capstan.async.Loop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The counting that every {@link Cap} needs: any thread may share and close, the last close runs {@link #released} on the loop. */
public abstract class CountedCap implements Cap {
    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(CountedCap.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * References that may lead one to the other. Calls, resolution and release go through all of them, so a peer that resolves promise after promise
     * could otherwise use up the stack.
     */
    private static final int MAX_CHAIN = 1000;

    private final @Nullable Loop loop;
    /** The longest chain of references that has come to lead here. */
    private int chain;

    private boolean gone;

    @SuppressWarnings("UnusedVariable") // read and written through REFERENCES
    private volatile int references = 1;

    /** A capability of {@code loop} (null if any thread will do) with one reference, which the caller owns. */
    protected CountedCap(@Nullable Loop loop) {
        this.loop = loop;
    }

    /** The last reference was closed. On the loop's thread, once. */
    protected abstract void released();

    @Override
    public final @Nullable Loop loop() {
        return loop;
    }

    @Override
    public final Cap share() {
        if (!tryShare()) {
            throw new IllegalStateException("this capability was closed: share() it before closing the last reference");
        }
        return this;
    }

    /** Adds a reference unless the last one is closed already. */
    public final boolean tryShare() {
        while (true) {
            int count = references;
            if (count <= 0) {
                return false;
            }
            if (REFERENCES.compareAndSet(this, count, count + 1)) {
                return true;
            }
        }
    }

    @Override
    public final void close() {
        int before = (int) REFERENCES.getAndAdd(this, -1);
        if (before == 1) {
            if (loop == null || loop.inLoop()) {
                go();
            } else {
                loop.post(this::go);
            }
        } else if (before <= 0) {
            throw new IllegalStateException("this capability was closed more often than it was shared");
        }
    }

    private void go() {
        gone = true;
        released();
    }

    /** Whether {@link #released} was called. On the loop's thread: another one may have closed the last reference, which is not heard of yet. */
    protected final boolean isGone() {
        return gone;
    }

    /**
     * What this reference, a promise, may lead to from now on: {@code next}, or a broken reference if that leads back here or the way has become
     * too long. Takes ownership; the caller owns the result. On the loop's thread.
     */
    protected final Cap checkedStep(Cap next) {
        String wrong;
        if (chain + lengthOf(next) > MAX_CHAIN) {
            wrong = "more than " + MAX_CHAIN + " promises were resolved one to the other";
        } else if (isLedBackFrom(next)) {
            wrong = "this promise was resolved to itself";
        } else {
            if (next instanceof CountedCap counted) {
                counted.ledFrom(chain + 1);
            }
            return next;
        }
        next.close();
        return BrokenCap.because(wrong);
    }

    /** Whether {@code next} stands for this reference, or is a view of what does; also if there is no end to it, as when views lead round in a circle. */
    protected boolean isLedBackFrom(Cap next) {
        int length = 0;
        for (Cap cap = next; cap != null; cap = further(cap)) {
            if (cap == this || ++length > MAX_CHAIN) {
                return true;
            }
        }
        return false;
    }

    /** How many references lead on from {@code first}, itself included. */
    private static int lengthOf(Cap first) {
        int length = 0;
        for (Cap cap = first; cap != null && length <= MAX_CHAIN; cap = further(cap)) {
            length++;
        }
        return length;
    }

    private static @Nullable Cap further(Cap cap) {
        Cap behind = cap instanceof CountedCap counted ? counted.behind() : null;
        return behind != null ? behind : cap.resolved();
    }

    /**
     * What this is a view of, through a border for instance, so that it leads to a view of whatever that leads to; borrowed. Null if it is none. Who has one must tell it here: a promise that
     * was resolved to a view of itself could not be told from others, and looking for its end would have none.
     */
    protected @Nullable Cap behind() {
        return null;
    }

    /** So many references, one after the other, lead here now. */
    protected void ledFrom(int length) {
        chain = Math.max(chain, length);
        if (behind() instanceof CountedCap counted) {
            counted.ledFrom(length + 1);
        }
    }

    /** Whether the last reference was closed, on whatever thread. */
    public final boolean isReleased() {
        return references <= 0;
    }
}

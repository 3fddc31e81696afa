package dev.capstan.capnweb;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what stubs hold that a program forgot to close: when the garbage collector finds a {@link Stub}, its reference is released on its loop, and that
 * is reported once. A call is never cancelled that way: one whose result nobody holds any more runs to its end, and then the result is released.
 *
 * <p>Do not rely on the time: close what is expensive for the peer to keep. May be used by any number of stubs, loops and threads.
 */
public final class Leftovers {
    private static final Logger LOG = System.getLogger(Leftovers.class.getName());

    private final Cleaner cleaner;
    private final boolean stacks;

    /**
     * Stubs are watched by {@code cleaner}; a program needs one.
     *
     * @param limits whether it is remembered where each stub was made ({@link Limits#stubStacks}), which makes stubs expensive
     */
    public Leftovers(Cleaner cleaner, Limits limits) {
        this.cleaner = cleaner;
        this.stacks = limits.stubStacks();
    }

    /** Runs {@code release} when {@code owner}, to which it must not refer, was dropped before the watch was ended. */
    Cleaner.Cleanable watch(Object owner, StubOwner.Release release) {
        if (stacks) {
            release.madeAt = new Throwable("the stub was made here");
        }
        return cleaner.register(owner, release);
    }

    static void report(@Nullable Throwable madeAt) {
        if (madeAt == null) {
            LOG.log(Level.DEBUG, "a stub was dropped without close(); Limits.stubStacks tells where it was made");
        } else {
            LOG.log(Level.WARNING, "a stub was dropped without close()", madeAt);
        }
    }
}

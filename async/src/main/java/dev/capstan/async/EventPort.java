package dev.capstan.async;

/**
 * What a {@link Loop} stands on: the clock, the wait, and the I/O that becomes ready while waiting.
 *
 * <p>Three kinds exist: a parked thread ({@link ParkPort}), Netty (module {@code net}), and simulation ({@link SimLoop}). Only the port is
 * replaced in tests; queues, promises and turns are the real ones.
 */
public interface EventPort extends AutoCloseable {
    /** Monotonic time in nanoseconds; the only clock of everything that runs on the loop. */
    long nanoTime();

    /**
     * Handles I/O that is ready; if there is none, waits for it for at most {@code maxWaitNanos}. Returns at once for 0, and early after
     * {@link #wake}. {@link Long#MAX_VALUE} means no bound. Called by the loop's thread alone, in
     * most turns, but not in every one: a loop with more to do than fits into a turn lets it wait.
     */
    void poll(long maxWaitNanos);

    /** Ends the current or the next wait; callable from any thread. */
    void wake();

    /**
     * Whether the loop stands still while a fiber runs. True in simulation, where the interleaving of a loop and its fibers must depend on
     * nothing but the seed.
     */
    default boolean lockstep() {
        return false;
    }

    /** Frees what the port holds; called once by the loop's thread when it stops. */
    @Override
    void close();
}

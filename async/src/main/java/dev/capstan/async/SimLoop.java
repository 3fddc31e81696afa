package dev.capstan.async;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A loop in simulation: the real queues over a virtual clock, driven by the test's own thread.
 *
 * <p>The thread that makes it owns it. Time stands still while anything is runnable; {@link #await} lets it jump to the next alarm, {@link #poll}
 * never does, {@link #advance} moves it. Fibers run in lockstep. Nothing depends on the machine: one seed replays any run.
 */
public final class SimLoop {
    private final Thread owner = Thread.currentThread();
    private final Port port = new Port();
    private final Loop loop;

    /** A loop at virtual time zero with default limits. */
    public SimLoop() {
        this(Limits.DEFAULT);
    }

    /** A loop at virtual time zero. */
    public SimLoop(Limits limits) {
        this.loop = new Loop(port, limits, owner);
    }

    private final class Port implements EventPort {
        private long now;
        private volatile boolean woken;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void poll(long maxWaitNanos) {
            if (maxWaitNanos == 0 || woken) {
                woken = false;
                return;
            }
            if (loop.awaitsOutside()) {
                // offload() or another loop will post; time stands still meanwhile. Bounded, because what it does may
                // end unseen.
                LockSupport.parkNanos(this, 10_000_000);
                woken = false;
                return;
            }
            if (maxWaitNanos == Long.MAX_VALUE) {
                throw new IllegalStateException(
                        "nothing is left to run and no alarm is set: the awaited promise can never settle");
            }
            now += maxWaitNanos;
        }

        @Override
        public void wake() {
            woken = true;
            LockSupport.unpark(owner);
        }

        @Override
        public boolean lockstep() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** The loop itself. */
    public Loop loop() {
        return loop;
    }

    /** Runs until nothing is runnable, without moving the clock. */
    public void poll() {
        loop.poll();
    }

    /** Runs until nothing is runnable, without moving the clock; then tells whether {@code promise}, which stays usable, has settled. */
    public boolean poll(Promise<?> promise) {
        return loop.poll(promise);
    }

    /** Runs until {@code promise} has settled, moving the clock from alarm to alarm. */
    public <T> T await(Promise<T> promise) {
        return loop.await(promise);
    }

    /** Moves the clock by {@code span}, stopping at each alarm on the way, and runs what becomes runnable. */
    public void advance(Duration span) {
        long end = port.now + span.toNanos();
        poll();
        while (true) {
            long step = Math.min(loop.timer.nanosToNext(), end - port.now);
            if (step <= 0 && port.now >= end) {
                return;
            }
            port.now += Math.max(0, step);
            poll();
        }
    }

    /** Virtual time since the loop was made. */
    public Duration now() {
        return Duration.ofNanos(port.now);
    }
}

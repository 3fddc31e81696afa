package dev.capstan.async;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A port without I/O: the loop's thread parks until a post or a timer wakes it. For vats that use in-memory pipes alone. */
public final class ParkPort implements EventPort {
    private volatile @Nullable Thread parked;
    private volatile boolean woken;

    /** A port for one loop. */
    public ParkPort() {}

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void poll(long maxWaitNanos) {
        if (maxWaitNanos > 0) {
            parked = Thread.currentThread();
            if (!woken) {
                if (maxWaitNanos == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, maxWaitNanos);
                }
            }
            parked = null;
        }
        woken = false;
    }

    @Override
    public void wake() {
        woken = true;
        Thread thread = parked;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void close() {}
}

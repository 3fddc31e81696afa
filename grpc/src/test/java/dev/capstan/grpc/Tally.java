package dev.capstan.grpc;

import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/** A number that grows on one thread while another waits for what it comes to. */
public final class Tally {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long value;

    public void increment() {
        add(1);
    }

    public synchronized void add(long count) {
        value += count;
        notifyAll();
    }

    public synchronized long get() {
        return value;
    }

    /** Returns as soon as the number is as {@code wanted}; throws with {@code otherwise} if that takes more than a minute. */
    public synchronized void await(LongPredicate wanted, String otherwise) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        try {
            while (!wanted.test(value)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError(otherwise + ": it is " + value);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    /** As {@link #await(LongPredicate, String)}, for at least {@code count}. */
    public void await(long count, String otherwise) {
        await(now -> now >= count, otherwise);
    }
}

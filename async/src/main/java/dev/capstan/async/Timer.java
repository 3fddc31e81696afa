package dev.capstan.async;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;

/** The clock and alarm of a {@link Loop}. Time is the port's: virtual in simulation. */
public final class Timer {
    private final Loop loop;
    private final TreeSet<Alarm> alarms = new TreeSet<>();
    private long sequence;

    Timer(Loop loop) {
        this.loop = loop;
    }

    private static final class Alarm implements Comparable<Alarm> {
        private final long atNanos;
        private final long sequence;
        private final Completer<Void> completer;

        Alarm(long atNanos, long sequence, Completer<Void> completer) {
            this.atNanos = atNanos;
            this.sequence = sequence;
            this.completer = completer;
        }

        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(atNanos - other.atNanos, 0);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Monotonic time in nanoseconds; only differences mean something. */
    public long nanoTime() {
        return loop.port.nanoTime();
    }

    /** Settles {@code delay} from now. Cancelling removes the alarm. Callable from any thread, so that a fiber can sleep. */
    public Promise<Void> after(Duration delay) {
        Completer<Void> completer = new Completer<>(loop);
        Promise<Void> promise = completer.promise();
        long atNanos = nanoTime() + saturated(delay);
        if (loop.inLoop()) {
            set(atNanos, completer);
        } else {
            loop.post(() -> set(atNanos, completer));
        }
        return promise;
    }

    private void set(long atNanos, Completer<Void> completer) {
        if (completer.isPending()) {
            Alarm alarm = new Alarm(atNanos, sequence++, completer);
            alarms.add(alarm);
            completer.onCancel(() -> alarms.remove(alarm));
        }
    }

    /** {@code promise}, or a {@link TimeoutException} if it has not settled within {@code limit}; it is cancelled then. Consumes it. */
    public <T> Promise<T> timeout(Duration limit, Promise<T> promise) {
        Promise<T> late = after(limit).convert(ignored -> {
            throw new TimeoutException("nothing came within " + limit);
        });
        return Promise.race(List.of(promise, late));
    }

    /** How many alarms are pending, without the loop's own watchdog; zero at quiescence. */
    public int pending() {
        return alarms.size() - (loop.permit.isWatching() ? 1 : 0);
    }

    private static long saturated(Duration delay) {
        if (delay.isNegative()) {
            return 0;
        }
        // Half the range, so that sums of clock and delay cannot overflow past comparison.
        return delay.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) > 0 ? Long.MAX_VALUE / 2 : delay.toNanos();
    }

    boolean isDue() {
        return !alarms.isEmpty() && alarms.first().atNanos - nanoTime() <= 0;
    }

    /** Until the next alarm; {@link Long#MAX_VALUE} if there is none. */
    long nanosToNext() {
        return alarms.isEmpty() ? Long.MAX_VALUE : Math.max(0, alarms.first().atNanos - nanoTime());
    }

    void armDue() {
        while (isDue()) {
            Alarm alarm = alarms.pollFirst();
            if (alarm != null) {
                alarm.completer.complete(Promise.<Void>cast(null));
            }
        }
    }
}

package dev.capstan.gateway.call;

import dev.capstan.async.Loop;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A line on a terminal that says how far something is, how fast it goes and how long it will take; for work of more than two seconds. Nothing where nobody looks. For one thread. */
public final class Progress {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final PrintWriter err;
    private final String unit;
    private final long total;
    private final boolean isWatched;
    private final LongSupplier clock;
    private final long began;
    private long told;
    private long count;

    /** @param total -1 if it is not known */
    public Progress(PrintWriter err, Loop loop, String unit, long total) {
        this(err, unit, total, Session.hasTerminal(), loop.timer()::nanoTime);
    }

    public Progress(PrintWriter err, String unit, long total, boolean isWatched, LongSupplier clock) {
        this.err = err;
        this.unit = unit;
        this.total = total;
        this.isWatched = isWatched;
        this.clock = clock;
        this.began = clock.getAsLong();
        this.told = began;
    }

    void step() {
        to(count + 1);
    }

    public void to(long now) {
        count = now;
        if (!isWatched) {
            return;
        }
        long at = clock.getAsLong();
        if (at - began < QUIET_NANOS || at - told < BETWEEN_NANOS) {
            return;
        }
        told = at;
        double seconds = (at - began) / 1e9;
        double rate = count / seconds;
        String left = total > 0 && rate > 0
                ? String.format(Locale.ROOT, " of %d, %.0f s left", total, (total - count) / rate)
                : "";
        err.printf(Locale.ROOT, "\r\033[K%d%s %s, %.0f/s", count, left, unit, rate);
        err.flush();
    }

    /** Takes the line away. */
    public void done() {
        if (told != began) {
            err.print("\r\033[K");
            err.flush();
            told = began;
        }
    }
}

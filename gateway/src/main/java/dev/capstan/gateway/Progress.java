package dev.capstan.gateway;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** A line on a terminal that says how far something is, how fast it goes and how long it will take; for work of more than two seconds. Nothing where nobody looks. For one thread. */
final class Progress {
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final Duration BETWEEN = Duration.ofMillis(200);

    private final PrintWriter err;
    private final String unit;
    private final long total;
    private final boolean isWatched;
    private final InstantSource clock;
    private final Instant began;
    private Instant told;
    private long count;

    /** @param total -1 if it is not known */
    Progress(PrintWriter err, String unit, long total) {
        this(err, unit, total, System.console() != null && System.console().isTerminal(), Instant::now);
    }

    Progress(PrintWriter err, String unit, long total, boolean isWatched, InstantSource clock) {
        this.err = err;
        this.unit = unit;
        this.total = total;
        this.isWatched = isWatched;
        this.clock = clock;
        this.began = clock.instant();
        this.told = began;
    }

    void step() {
        to(count + 1);
    }

    void to(long now) {
        count = now;
        if (!isWatched) {
            return;
        }
        Instant at = clock.instant();
        if (Duration.between(began, at).compareTo(QUIET) < 0
                || Duration.between(told, at).compareTo(BETWEEN) < 0) {
            return;
        }
        told = at;
        double seconds = Duration.between(began, at).toNanos() / 1e9;
        double rate = count / seconds;
        String left = total > 0 && rate > 0
                ? String.format(Locale.ROOT, " of %d, %.0f s left", total, (total - count) / rate)
                : "";
        err.printf(Locale.ROOT, "\r\033[K%d%s %s, %.0f/s", count, left, unit, rate);
        err.flush();
    }

    /** Takes the line away. */
    void done() {
        if (!told.equals(began)) {
            err.print("\r\033[K");
            err.flush();
            told = began;
        }
    }
}

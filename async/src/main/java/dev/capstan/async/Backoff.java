package dev.capstan.async;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait between attempts at something that may be overloaded or gone: longer each time, and not everybody at the same moment. A value.
 *
 * <p>The base of the first delay is {@link #initial}, that of each further one {@link #factor} times as long, up to {@link #max}. A delay is its base less a
 * part of it that is drawn evenly from 0 to {@link #jitter}, so that clients which lost one server together do not come back together.
 *
 * <p>It knows nothing of clocks and waits for nothing; who uses it asks a {@link Series} and sets an alarm of its loop.
 *
 * @param initial base of the first delay; not negative
 * @param max the longest base; at least {@code initial}
 * @param factor by how much the base grows; at least 1
 * @param jitter the largest part of a delay that chance takes away; 0 (exact delays) to 1 (any delay up to the base)
 * @param attempts how many failures in a row are followed by another attempt; {@link #FOREVER} for all of them, 0 for none
 * @param steady how long a connection has to last for the series to begin anew when it is lost; a server that accepts and then fails at once is no better
 *     than one that does not accept
 */
public record Backoff(Duration initial, Duration max, double factor, double jitter, int attempts, Duration steady) {
    /** No limit for {@link #attempts}. */
    public static final int FOREVER = Integer.MAX_VALUE;

    /** From 200 ms on, twice as long each time, at most 30 s, up to half of it taken away, for ever; anew after 10 s of connection. */
    public static final Backoff DEFAULT =
            new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30), 2, 0.5, FOREVER, Duration.ofSeconds(10));

    /** Checks the ranges. */
    public Backoff {
        if (initial.isNegative() || max.compareTo(initial) < 0 || steady.isNegative()) {
            throw new IllegalArgumentException("delays begin with 0 or more and max is no shorter than initial: "
                    + initial + ", " + max + "; steady is 0 or more: " + steady);
        }
        if (!(factor >= 1) || factor == Double.POSITIVE_INFINITY || !(jitter >= 0 && jitter <= 1) || attempts < 0) {
            throw new IllegalArgumentException("factor is 1 or more, jitter 0 to 1, attempts 0 or more, not " + factor
                    + ", " + jitter + ", " + attempts);
        }
    }

    /** The same with another {@link #initial} and {@link #max}. */
    public Backoff withDelays(Duration initial, Duration max) {
        return new Backoff(initial, max, factor, jitter, attempts, steady);
    }

    /** The same with another {@link #jitter}. */
    public Backoff withJitter(double jitter) {
        return new Backoff(initial, max, factor, jitter, attempts, steady);
    }

    /** The same with another number of {@link #attempts}. */
    public Backoff withAttempts(int attempts) {
        return new Backoff(initial, max, factor, jitter, attempts, steady);
    }

    /** The same with another {@link #steady}. */
    public Backoff withSteady(Duration steady) {
        return new Backoff(initial, max, factor, jitter, attempts, steady);
    }

    /** The delays of one thing that is tried again; {@code random} is drawn from once for each delay, and not at all without jitter. */
    public Series series(RandomGenerator random) {
        return new Series(this, random);
    }

    /** Where one client stands in its delays. Belongs to one thread at a time. */
    public static final class Series {
        private final Backoff backoff;
        private final RandomGenerator random;
        private int failures;
        private double baseNanos;

        private Series(Backoff backoff, RandomGenerator random) {
            this.backoff = backoff;
            this.random = random;
        }

        /** An attempt has failed: how long to wait until the next one; empty if it was the last. */
        public Optional<Duration> failed() {
            if (backoff.attempts != FOREVER && failures >= backoff.attempts) {
                return Optional.empty();
            }
            double max = nanos(backoff.max);
            baseNanos = failures == 0 ? nanos(backoff.initial) : Math.min(max, baseNanos * backoff.factor);
            if (failures < Integer.MAX_VALUE) {
                failures++;
            }
            double less = backoff.jitter == 0 ? 0 : backoff.jitter * random.nextDouble();
            return Optional.of(Duration.ofNanos((long) (baseNanos * (1 - less))));
        }

        /** A connection was lost that had lasted for {@code time}: the delays begin anew if that was {@link Backoff#steady}. Then {@link #failed} tells the delay. */
        public void lasted(Duration time) {
            if (time.compareTo(backoff.steady) >= 0) {
                failures = 0;
            }
        }

        /** Failures since the delays began. */
        public int failures() {
            return failures;
        }

        /** Saturates after 292 years. */
        private static double nanos(Duration time) {
            return time.getSeconds() * 1e9 + time.getNano();
        }
    }
}

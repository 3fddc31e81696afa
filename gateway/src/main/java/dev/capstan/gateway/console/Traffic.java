package dev.capstan.gateway.console;

import dev.capstan.gateway.console.ConsoleApi.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many calls ended in each of the last seconds, and how long they took. A ring of {@link #SECONDS} seconds, each with counts of durations: four for each doubling, so that what is told of a
 * duration is at most a quarter too long. Its size does not depend on how much happens.
 */
final class Traffic {
    /** Seconds that are remembered. */
    static final int SECONDS = 120;

    /** What is shorter than 2 to this many nanoseconds is told as if it were that long, a quarter of a microsecond. */
    private static final int SHORTEST = 8;
    /** So many times that is the longest, 18 minutes. */
    private static final int DOUBLINGS = 32;

    private static final double NANOS_PER_MICRO = 1_000;

    private final int[][] durations = new int[SECONDS][4 * DOUBLINGS];
    private final int[] ended = new int[SECONDS];
    private final int[] failed = new int[SECONDS];
    private long latest;

    /** A call has ended in {@code second}; seconds never go back. */
    void ended(long second, long nanos, boolean isFailure) {
        forward(second);
        int at = slot(second);
        ended[at]++;
        if (isFailure) {
            failed[at]++;
        }
        durations[at][bucket(nanos)]++;
    }

    /** Calls of {@code second}, and durations of it and of {@code width} - 1 before it. */
    Point point(long second, int width) {
        forward(second);
        int[] sum = new int[4 * DOUBLINGS];
        long total = 0;
        for (long each = Math.max(0, second - width + 1); each <= second; each++) {
            if (latest - each < SECONDS) {
                int[] counts = durations[slot(each)];
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += counts[i];
                }
                total += ended[slot(each)];
            }
        }
        boolean known = latest - second < SECONDS;
        return new Point(
                known ? ended[slot(second)] : 0,
                known ? failed[slot(second)] : 0,
                quantile(sum, total, 0.5),
                quantile(sum, total, 0.99));
    }

    /** The seconds up to {@code second}, oldest first: as many as are remembered. */
    List<Point> history(long second) {
        List<Point> points = new ArrayList<>(SECONDS);
        for (long each = Math.max(0, second - SECONDS + 2); each <= second; each++) {
            points.add(point(each, 1));
        }
        return points;
    }

    private void forward(long second) {
        if (second - latest >= SECONDS) {
            latest = second - SECONDS;
        }
        while (latest < second) {
            latest++;
            ended[slot(latest)] = 0;
            failed[slot(latest)] = 0;
            Arrays.fill(durations[slot(latest)], 0);
        }
    }

    private static int slot(long second) {
        return (int) (second % SECONDS);
    }

    private static int bucket(long nanos) {
        long told = Math.clamp(nanos, 1L << SHORTEST, (1L << (SHORTEST + DOUBLINGS)) - 1);
        int doubling = Long.SIZE - 1 - Long.numberOfLeadingZeros(told);
        int quarter = (int) (told >> (doubling - 2)) & 3;
        return 4 * (doubling - SHORTEST) + quarter;
    }

    /** The upper bound of the durations in a bucket, in microseconds. */
    private static double micros(int bucket) {
        return (1L << (SHORTEST + (bucket >> 2))) * (1 + ((bucket & 3) + 1) / 4.0) / NANOS_PER_MICRO;
    }

    private static double quantile(int[] counts, long total, double share) {
        long wanted = (long) Math.ceil(total * share);
        if (wanted == 0) {
            return 0;
        }
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return micros(i);
            }
        }
        throw new AssertionError("counts that do not add up to " + total);
    }
}

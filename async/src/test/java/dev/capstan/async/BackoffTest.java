package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    private static final Backoff EXACT = Backoff.DEFAULT
            .withJitter(0)
            .withDelays(Duration.ofMillis(100), Duration.ofSeconds(2))
            .withSteady(Duration.ofSeconds(5));

    private static List<Long> millis(Backoff.Series series, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> series.failed().orElseThrow().toMillis())
                .toList();
    }

    @Test
    void delays_double_up_to_the_longest() {
        Backoff.Series series = EXACT.series(new Random(1));
        assertEquals(List.of(100L, 200L, 400L, 800L, 1600L, 2000L, 2000L, 2000L), millis(series, 8));
        assertEquals(8, series.failures());
    }

    @Test
    void they_begin_anew_after_a_connection_that_lasted() {
        Backoff.Series series = EXACT.series(new Random(1));
        assertEquals(List.of(100L, 200L, 400L), millis(series, 3));
        series.lasted(Duration.ofMillis(4999));
        assertEquals(List.of(800L), millis(series, 1));
        series.lasted(Duration.ofSeconds(5));
        assertEquals(List.of(100L, 200L), millis(series, 2));
    }

    @Test
    void attempts_end_and_begin_anew_after_a_connection_that_lasted() {
        Backoff.Series series = EXACT.withAttempts(2).series(new Random(1));
        assertEquals(List.of(100L, 200L), millis(series, 2));
        assertEquals(Optional.empty(), series.failed());
        assertEquals(Optional.empty(), series.failed());
        series.lasted(Duration.ofSeconds(6));
        assertEquals(List.of(100L, 200L), millis(series, 2));
        assertEquals(
                Optional.empty(), EXACT.withAttempts(0).series(new Random(1)).failed());
    }

    @Test
    void chance_takes_up_to_its_part_away_and_one_seed_replays_it() {
        Backoff half = EXACT.withJitter(0.5);
        List<Long> delays = millis(half.series(new Random(7)), 500);
        assertEquals(delays, millis(half.series(new Random(7)), 500));
        assertNotEquals(delays, millis(half.series(new Random(8)), 500));
        List<Long> late = delays.subList(5, 500);
        assertTrue(late.stream().allMatch(each -> each >= 1000 && each <= 2000), late::toString);
        // Evenly: the mean of 495 draws from 1000..2000 is 1500, give or take 13 at one deviation.
        double mean = late.stream().mapToLong(each -> each).average().orElseThrow();
        assertEquals(1500, mean, 60);
    }

    @Test
    void growth_stays_within_what_a_clock_can_count() {
        Backoff.Series series = new Backoff(
                        Duration.ofDays(1), Duration.ofDays(200_000), 1e6, 0, Backoff.FOREVER, Duration.ZERO)
                .series(new Random(1));
        for (int i = 0; i < 100; i++) {
            assertTrue(series.failed().orElseThrow().compareTo(Duration.ofDays(1)) >= 0);
        }
    }

    @Test
    void ranges_are_checked() {
        Duration second = Duration.ofSeconds(1);
        assertThrows(IllegalArgumentException.class, () -> EXACT.withDelays(second.negated(), second));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withDelays(second, Duration.ofMillis(999)));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withJitter(1.01));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withJitter(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withAttempts(-1));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withSteady(second.negated()));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(second, second, 0.99, 0, 1, second));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(second, second, Double.NaN, 0, 1, second));
    }
}

package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.gateway.console.ConsoleApi.Point;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final long MICRO = 1_000;

    private final Traffic traffic = new Traffic();

    @Test
    void calls_and_errors_are_counted_in_the_second_in_which_they_end() {
        traffic.ended(3, MICRO, false);
        traffic.ended(3, MICRO, true);
        traffic.ended(4, MICRO, false);
        assertEquals(List.of(0, 2, 1), counts(2, 3, 4));
        assertEquals(1, traffic.point(3, 1).errors());
    }

    private List<Integer> counts(long... seconds) {
        return Arrays.stream(seconds)
                .mapToObj(second -> traffic.point(second, 1).calls())
                .toList();
    }

    @Test
    void a_duration_is_told_at_most_a_quarter_too_long_and_never_too_short() {
        for (long micros = 1; micros < 100_000_000; micros += 1 + micros / 7) {
            Traffic one = new Traffic();
            one.ended(1, micros * MICRO, false);
            double told = one.point(1, 1).p50();
            assertTrue(told >= micros && told <= micros * 1.26, micros + " us were told as " + told);
        }
    }

    @Test
    void a_percentile_is_what_so_many_calls_did_not_exceed() {
        for (int i = 0; i < 98; i++) {
            traffic.ended(1, 100 * MICRO, false);
        }
        traffic.ended(1, 10_000 * MICRO, false);
        traffic.ended(1, 10_000 * MICRO, false);
        Point point = traffic.point(1, 1);
        assertTrue(point.p50() < 130, point.toString());
        assertTrue(point.p99() >= 10_000, point.toString());
    }

    @Test
    void a_wider_look_sees_durations_of_the_seconds_before() {
        traffic.ended(1, 50_000 * MICRO, false);
        traffic.ended(5, MICRO, false);
        assertTrue(traffic.point(5, 1).p99() < 2);
        assertTrue(traffic.point(5, 10).p99() >= 50_000);
        assertEquals(1, traffic.point(5, 10).calls());
    }

    @Test
    void what_is_too_old_is_forgotten_also_after_a_long_silence() {
        traffic.ended(1, MICRO, false);
        assertEquals(0, traffic.point(1 + Traffic.SECONDS, 1).calls());
        traffic.ended(500, MICRO, false);
        traffic.ended(100_000, MICRO, false);
        assertEquals(1, traffic.history(100_000).stream().mapToInt(Point::calls).sum());
    }

    @Test
    void the_history_begins_with_the_program_and_has_two_minutes_at_most() {
        assertEquals(4, traffic.history(3).size());
        assertEquals(Traffic.SECONDS - 1, traffic.history(1_000).size());
    }

    @Test
    void without_calls_there_are_no_durations() {
        assertEquals(new Point(0, 0, 0, 0), traffic.point(7, 10));
    }
}

package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Names of connections that have said something early, in time that the test makes. */
class FirstFlightsTest {
    private long now = Long.MAX_VALUE - 5;

    private static byte[] id(int number) {
        return new byte[] {1, 2, 3, (byte) number};
    }

    @Test
    void a_name_is_new_until_something_was_heard_of_it_and_again_after_the_time() {
        FirstFlights flights = new FirstFlights(() -> now, Duration.ofNanos(10), 3);
        assertTrue(flights.isNew(id(1)));
        assertTrue(flights.isNew(id(1)));
        flights.spent(id(1));
        flights.spent(id(1));
        assertFalse(flights.isNew(id(1)));
        assertTrue(flights.isNew(id(2)));
        now += 10;
        assertFalse(flights.isNew(id(1)));
        now++;
        assertTrue(flights.isNew(id(1)));
    }

    @Test
    void when_all_places_are_taken_nothing_is_new() {
        FirstFlights flights = new FirstFlights(() -> now, Duration.ofNanos(10), 2);
        flights.spent(id(1));
        assertTrue(flights.isNew(id(3)));
        now += 5;
        flights.spent(id(2));
        assertFalse(flights.isNew(id(3)));
        now += 6;
        assertTrue(flights.isNew(id(3)));
        assertTrue(flights.isNew(id(1)));
        assertFalse(flights.isNew(id(2)));
    }

    @Test
    void when_a_name_could_not_be_kept_nothing_is_new_before_its_time_is_over() {
        FirstFlights flights = new FirstFlights(() -> now, Duration.ofNanos(10), 2);
        flights.spent(id(1));
        flights.spent(id(2));
        now += 5;
        flights.spent(id(3));
        now += 6;
        assertFalse(flights.isNew(id(3)));
        assertFalse(flights.isNew(id(4)));
        now += 4;
        assertFalse(flights.isNew(id(3)));
        now++;
        assertTrue(flights.isNew(id(3)));
        assertTrue(flights.isNew(id(4)));
    }

    @Test
    void a_name_that_is_kept_needs_no_place_when_it_is_heard_again() {
        FirstFlights flights = new FirstFlights(() -> now, Duration.ofNanos(10), 1);
        flights.spent(id(1));
        now += 5;
        flights.spent(id(1));
        now += 6;
        assertTrue(flights.isNew(id(2)));
    }
}

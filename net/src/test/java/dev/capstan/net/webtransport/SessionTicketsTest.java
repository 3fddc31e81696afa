package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.net.webtransport.SessionTickets.Known;
import dev.capstan.net.webtransport.SessionTickets.Place;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Where a ticket is good, and for how long; Netty keeps the tickets in the context, so that who has another context is offered none of them. */
class SessionTicketsTest {
    private static final Place HERE = place("here.example:443", "192.0.2.1", 443);

    private final SessionTickets tickets = SessionTickets.of(ServerTrust.anybody());
    private long now = Long.MAX_VALUE - 5;

    private static Place place(String authority, String address, int port) {
        return new Place(authority, new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    private Known at(Place place) {
        return tickets.at(place, now);
    }

    private void isUnknown(Place place, Known other) {
        assertFalse(at(place).isMet());
        assertNotSame(other.context(), at(place).context());
    }

    @Test
    void a_server_that_was_met_is_known_at_the_same_place() {
        Known first = at(HERE);
        assertFalse(first.isMet());
        first.meet();
        Known again = at(place("here.example:443", "192.0.2.1", 443));
        assertTrue(again.isMet());
        assertSame(first.context(), again.context());
    }

    @Test
    void tickets_of_one_authority_are_not_good_for_another_at_the_same_address() {
        Known first = at(HERE);
        first.meet();
        isUnknown(place("there.example:443", "192.0.2.1", 443), first);
        isUnknown(place("here.example", "192.0.2.1", 443), first);
    }

    @Test
    void tickets_of_one_address_are_not_good_for_another_of_the_same_authority() {
        Known first = at(HERE);
        first.meet();
        isUnknown(place("here.example:443", "192.0.2.2", 443), first);
        isUnknown(place("here.example:443", "2001:db8::1", 443), first);
        isUnknown(place("here.example:443", "192.0.2.1", 444), first);
    }

    @Test
    void a_server_that_was_only_tried_is_not_known() {
        Known first = at(HERE);
        isUnknown(HERE, first);
    }

    @Test
    void a_server_that_has_misled_is_met_anew() {
        Known first = at(HERE);
        first.meet();
        first.forget();
        isUnknown(HERE, first);
    }

    @Test
    void a_connection_that_has_failed_late_does_not_take_what_a_later_one_has_learnt() {
        Known first = at(HERE);
        Known second = at(HERE);
        first.meet();
        second.meet();
        first.forget();
        assertSame(second, at(HERE));
        assertTrue(second.isMet());
    }

    @Test
    void after_the_longest_time_a_server_is_met_anew() {
        Known first = at(HERE);
        now += SessionTickets.LONGEST.toNanos();
        first.meet();
        assertSame(first, at(HERE));
        now++;
        isUnknown(HERE, first);
    }

    @Test
    void the_server_that_was_met_first_is_forgotten_when_there_are_too_many() {
        Known first = at(HERE);
        first.meet();
        for (int i = 1; i < SessionTickets.SERVERS; i++) {
            at(place("here.example:443", "192.0.2.1", i)).meet();
        }
        assertSame(first, at(HERE));
        at(place("here.example:443", "192.0.2.1", SessionTickets.SERVERS)).meet();
        isUnknown(HERE, first);
        assertTrue(at(place("here.example:443", "192.0.2.1", 1)).isMet());
    }

    @Test
    void nothing_is_kept_by_who_wants_none() {
        SessionTickets none = SessionTickets.none(ServerTrust.anybody());
        Known first = none.at(HERE, now);
        first.meet();
        assertFalse(first.isMet());
        assertNotSame(first, none.at(HERE, now));
    }
}

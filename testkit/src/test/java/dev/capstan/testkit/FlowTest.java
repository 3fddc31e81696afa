package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The window of a stream, on simulated time: what counts is how many bytes are on their way. */
class FlowTest {
    private static final long KIB = 1024;
    private static final long MESSAGE = 8 * KIB;
    private static final long NO_LIMIT = 1L << 30;

    private final SimLoop sim = new SimLoop();

    /** A connection that holds back what it cannot carry, with a program at its end that acknowledges everything at once. */
    private final class Link {
        long bytesPerSecond;
        Duration roundTrip;
        private long freeNanos;

        Link(long bytesPerSecond, Duration roundTrip) {
            this.bytesPerSecond = bytesPerSecond;
            this.roundTrip = roundTrip;
        }

        Promise<Void> carry(long bytes) {
            long now = sim.loop().timer().nanoTime();
            freeNanos = Math.max(freeNanos, now) + bytes * 1_000_000_000 / bytesPerSecond;
            return sim.loop().timer().after(Duration.ofNanos(freeNanos - now).plus(roundTrip));
        }
    }

    /** A program that always has more to send, while it is told to. */
    private final class Sender {
        final Flow flow;
        final Link link;
        boolean sending = true;
        long most;

        Sender(Flow flow, Link link) {
            this.flow = flow;
            this.link = link;
        }

        void start() {
            sending = true;
            next();
        }

        private void next() {
            if (sending) {
                Promise<Void> room = flow.sent(MESSAGE, link.carry(MESSAGE));
                most = Math.max(most, flow.inFlightBytes());
                room.listen(sim.loop(), (ready, failure) -> next());
            }
        }

        /** The most that was on its way during that time. */
        long mostDuring(Duration time) {
            most = 0;
            sim.advance(time);
            return most;
        }
    }

    private Sender sender(long maxBytes, long bytesPerSecond, Duration roundTrip) {
        return new Sender(new Flow(sim.loop(), maxBytes), new Link(bytesPerSecond, roundTrip));
    }

    private static final Duration ROUND = Duration.ofMillis(100);
    private static final long FAST = 1L << 40;
    /** Holds 1 MiB. */
    private static final long MIDDLING = 10 << 20;

    @Test
    @Parity({"CW-F001", "CW-F002"})
    void at_first_64_KiB_may_be_on_their_way_and_an_acknowledgement_makes_room() {
        Flow flow = new Flow(sim.loop(), NO_LIMIT);
        List<Completer<Void>> acks = new ArrayList<>();
        Promise<Void> room = Promise.done();
        while (sim.poll(room)) {
            Completer<Void> ack = new Completer<>(sim.loop());
            acks.add(ack);
            room = flow.sent(MESSAGE, ack.promise());
        }
        assertEquals(64 * KIB + MESSAGE, flow.inFlightBytes());
        acks.getFirst().complete(Promise.nothing());
        assertTrue(sim.poll(room));
        assertEquals(64 * KIB, flow.inFlightBytes());
    }

    @Test
    @Parity({"CW-F003", "CW-F009"})
    void a_round_trip_doubles_the_window_in_start_up_and_never_more() {
        Sender sender = sender(NO_LIMIT, FAST, ROUND);
        sender.start();
        long before = 64 * KIB + MESSAGE;
        for (int round = 0; round < 8; round++) {
            assertTrue(sender.mostDuring(ROUND) <= before, "round " + round + ": " + sender.most);
            before = 2 * sender.flow.windowBytes() + MESSAGE;
        }
        assertTrue(sender.flow.windowBytes() >= 4 << 20, "it grew to " + sender.flow.windowBytes());
    }

    @Test
    @Parity({"CW-F004", "CW-F005"})
    void the_window_becomes_what_the_connection_holds_and_a_quarter() {
        Sender sender = sender(NO_LIMIT, MIDDLING, ROUND);
        sender.start();
        sim.advance(ROUND.multipliedBy(60));
        long most = sender.mostDuring(ROUND.multipliedBy(10));
        assertTrue(most >= 1 << 20 && most < 5 * (1 << 20) / 4 + 8 * MESSAGE, "on their way: " + most);
    }

    @Test
    void a_window_that_was_found_once_grows_by_a_quarter_in_a_round_trip() {
        Sender sender = sender(NO_LIMIT, MIDDLING, ROUND);
        sender.start();
        sim.advance(ROUND.multipliedBy(60));
        long before = sender.flow.windowBytes();
        sender.link.bytesPerSecond = FAST;
        sender.link.freeNanos = 0;
        // The messages that are held by the slow connection still go their way.
        sim.advance(ROUND.multipliedBy(2));
        for (int round = 0; round < 5; round++) {
            before = sender.flow.windowBytes();
            sim.advance(ROUND);
            assertTrue(
                    sender.flow.windowBytes() <= before * 25 / 16 + MESSAGE,
                    "from " + before + " to " + sender.flow.windowBytes());
        }
        assertTrue(sender.flow.windowBytes() > 2 << 20, "it grew to " + sender.flow.windowBytes());
    }

    @Test
    void the_window_stays_below_what_it_may_be() {
        Sender sender = sender(200 * KIB, FAST, ROUND);
        sender.start();
        assertEquals(200 * KIB + MESSAGE, sender.mostDuring(ROUND.multipliedBy(50)));
        assertEquals(200 * KIB, sender.flow.windowBytes());
    }

    @Test
    void a_window_may_be_smaller_than_64_KiB_if_it_has_to() {
        Sender sender = sender(3 * MESSAGE, FAST, ROUND);
        sender.start();
        assertEquals(4 * MESSAGE, sender.mostDuring(ROUND.multipliedBy(10)));
    }

    @Test
    @Parity("CW-F006")
    void a_window_does_not_shrink_because_there_is_little_to_send() {
        Sender sender = sender(NO_LIMIT, MIDDLING, ROUND);
        sender.start();
        sim.advance(ROUND.multipliedBy(60));
        sender.sending = false;
        sim.advance(ROUND.multipliedBy(10));
        long before = sender.flow.windowBytes();
        for (int i = 0; i < 100; i++) {
            sender.flow.sent(100, sender.link.carry(100)).cancel();
            sim.advance(ROUND.dividedBy(3));
        }
        sim.advance(Duration.ofMinutes(5));
        assertEquals(before, sender.flow.windowBytes());
        sender.start();
        sim.advance(ROUND.multipliedBy(20));
        assertTrue(sender.flow.windowBytes() >= before * 7 / 8, "a rest says nothing about the connection");
    }

    @Test
    void little_to_send_does_not_end_start_up() {
        Sender sender = sender(NO_LIMIT, FAST, ROUND);
        for (int i = 0; i < 100; i++) {
            sender.flow.sent(100, sender.link.carry(100)).cancel();
            sim.advance(ROUND);
        }
        assertEquals(64 * KIB, sender.flow.windowBytes());
        sender.start();
        sim.advance(ROUND.multipliedBy(6));
        assertTrue(sender.flow.windowBytes() >= 1 << 20, "it grew to " + sender.flow.windowBytes());
    }

    @Test
    @Parity({"CW-F007", "CW-F010"})
    void a_connection_that_becomes_slower_takes_an_eighth_of_the_window_in_a_round_trip_and_leaves_64_KiB() {
        Sender sender = sender(NO_LIMIT, MIDDLING, ROUND);
        sender.start();
        sim.advance(ROUND.multipliedBy(60));
        sender.link.bytesPerSecond = MIDDLING / 100;
        long before = sender.flow.windowBytes();
        for (int round = 0; round < 400; round++) {
            sim.advance(ROUND);
            long now = sender.flow.windowBytes();
            assertTrue(now >= before * 7 / 8 - 1, "from " + before + " to " + now);
            before = now;
        }
        sim.advance(Duration.ofMinutes(10));
        assertEquals(64 * KIB, sender.flow.windowBytes());
        assertEquals(64 * KIB + MESSAGE, sender.mostDuring(Duration.ofMinutes(1)));
    }

    @Test
    @Parity("CW-F008")
    void a_message_that_fails_is_not_on_its_way_any_more_and_changes_no_estimate() {
        Flow flow = new Flow(sim.loop(), NO_LIMIT);
        Completer<Void> ack = new Completer<>(sim.loop());
        Promise<Void> room = flow.sent(MESSAGE, ack.promise());
        while (sim.poll(room)) {
            room = flow.sent(MESSAGE, new Completer<Void>(sim.loop()).promise());
        }
        Promise<Void> waiting = room;
        sim.advance(ROUND);
        ack.fail(Failure.failed("nobody reads"));
        assertEquals(
                "nobody reads",
                assertThrows(Failure.class, () -> sim.await(waiting)).reason());
        assertEquals(64 * KIB, flow.inFlightBytes());
        assertEquals(64 * KIB, flow.windowBytes());
        Completer<Void> late = new Completer<>(sim.loop());
        assertThrows(Failure.class, () -> sim.await(flow.sent(1, late.promise())));
    }

    @Test
    void a_message_larger_than_the_window_passes() {
        Flow flow = new Flow(sim.loop(), 1000);
        Completer<Void> first = new Completer<>(sim.loop());
        assertTrue(sim.poll(flow.sent(100_000, first.promise())));
        assertFalse(sim.poll(flow.sent(1_000, new Completer<Void>(sim.loop()).promise())));
    }

    @Test
    void however_small_they_are_4096_messages_are_enough() {
        Flow flow = new Flow(sim.loop(), NO_LIMIT);
        int sent = 0;
        Promise<Void> room = Promise.done();
        while (sim.poll(room)) {
            room = flow.sent(1, new Completer<Void>(sim.loop()).promise());
            sent++;
        }
        assertEquals(Flow.MOST_MESSAGES, sent);
    }

    @Test
    void where_no_time_passes_the_window_does_not_grow() {
        Sender sender = sender(NO_LIMIT, FAST, Duration.ZERO);
        Flow flow = sender.flow;
        for (int i = 0; i < 1_000; i++) {
            assertTrue(sim.poll(flow.sent(MESSAGE, Promise.done())));
        }
        assertEquals(64 * KIB, flow.windowBytes());
    }
}

package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.gateway.console.ConsoleApi.CallRow;
import dev.capstan.gateway.console.ConsoleApi.CapabilityRow;
import dev.capstan.gateway.console.ConsoleApi.LimitRow;
import dev.capstan.gateway.console.ConsoleApi.SessionRow;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final SimLoop sim = new SimLoop();
    private final Ledger ledger = new Ledger(sim.loop().timer());
    private int cuts;
    private int looksAtTables;
    private int looksAtHeld;

    private Ledger.SessionLine session(Ledger.Held... held) {
        return ledger.began("capnweb", "192.0.2.1:5", true, new Ledger.Session() {
            @Override
            public Ledger.Tables tables() {
                looksAtTables++;
                return new Ledger.Tables(1, 2, 3, 4, 500, 1_000);
            }

            @Override
            public List<Ledger.Held> oldest(int most) {
                looksAtHeld++;
                return List.of(held);
            }

            @Override
            public void cut() {
                cuts++;
            }
        });
    }

    private CallRow newest() {
        return ledger.calls().rows().getLast();
    }

    @Test
    void a_call_is_running_until_it_ends_and_ends_once() {
        Ledger.CallLine call = session().began(true, "greet", null);
        assertNull(newest().endedMillis());
        assertEquals(1, ledger.overview().inFlight());
        sim.advance(Duration.ofMillis(30));
        call.ended(null);
        call.ended(Failure.failed("too late"));
        assertEquals(30, Objects.requireNonNull(newest().endedMillis()) - newest().beganMillis());
        assertEquals("", newest().failure());
        assertEquals(0, ledger.overview().inFlight());
        assertEquals(1, ledger.overview().calls());
    }

    @Test
    void a_failure_is_told_with_its_kind_and_counted_everywhere() {
        session().began(true, "greet", null).ended(Failure.overloaded("full"));
        sim.advance(Duration.ofSeconds(1));
        assertEquals("OVERLOADED: full", newest().failure());
        assertEquals(1, ledger.overview().errors());
        assertEquals(1, ledger.overview().latest().errors());
        assertEquals(1, ledger.overview().wires().getFirst().errors());
        assertEquals(1, ledger.sessions().getFirst().errors());
    }

    @Test
    void a_call_inside_a_result_names_the_call_that_it_waits_for() {
        Ledger.SessionLine session = session();
        Ledger.CallLine first = session.began(true, "getNode", null);
        session.began(true, "depth", first);
        assertEquals(ledger.calls().rows().getFirst().id(), newest().parent());
    }

    @Test
    void the_oldest_calls_are_forgotten_and_are_counted_all_the_same() {
        Ledger.SessionLine session = session();
        for (int i = 0; i < Ledger.CALLS + 5; i++) {
            session.began(true, "m" + i, null).ended(null);
        }
        assertEquals(Ledger.CALLS, ledger.calls().rows().size());
        assertEquals("m5", ledger.calls().rows().getFirst().method());
        assertEquals(Ledger.CALLS + 5, ledger.overview().calls());
    }

    @Test
    void what_peers_write_is_cut() {
        session().began(true, "x".repeat(100_000), null).ended(Failure.failed("y".repeat(100_000)));
        assertEquals(Ledger.LONGEST_TEXT + 1, newest().method().length());
        assertEquals(Ledger.LONGEST_TEXT + 1, newest().failure().length());
    }

    @Test
    void capabilities_come_oldest_first_and_not_more_than_can_be_shown() {
        session(IntStream.range(0, 400)
                .mapToObj(i -> new Ledger.Held(true, i, "Node", 1, Duration.ofMillis(i)))
                .toArray(Ledger.Held[]::new));
        session(
                new Ledger.Held(false, 7, "Listener", 2, Duration.ofNanos(399_500_000)),
                new Ledger.Held(false, 8, "Listener", 2, Duration.ZERO));
        session(IntStream.range(0, 400)
                .mapToObj(i -> new Ledger.Held(true, i, "Node", 1, Duration.ZERO))
                .toArray(Ledger.Held[]::new));
        List<CapabilityRow> rows = ledger.capabilities();
        assertEquals("Listener", rows.getFirst().type());
        assertEquals(399, rows.get(1).ageMillis());
        assertEquals(Ledger.SHOWN, rows.size());
    }

    @Test
    void what_is_told_each_second_only_counts_and_looks_at_nothing_that_is_held() {
        session();
        session();
        ledger.overview();
        ledger.sessions();
        assertEquals(4, looksAtTables);
        assertEquals(0, looksAtHeld);
        ledger.capabilities();
        assertEquals(4, looksAtTables);
        assertEquals(2, looksAtHeld);
    }

    @Test
    void of_very_many_sessions_those_that_began_first_are_shown() {
        for (int i = 0; i < Ledger.SHOWN + 5; i++) {
            session();
        }
        List<Long> ids = ledger.sessions().stream().map(SessionRow::id).toList();
        assertEquals(LongStream.rangeClosed(1, Ledger.SHOWN).boxed().toList(), ids);
        assertEquals(Ledger.SHOWN + 5, ledger.overview().sessions());
    }

    @Test
    void a_session_is_cut_once_and_gone_when_it_has_ended() {
        Ledger.SessionLine session = session();
        long id = ledger.sessions().getFirst().id();
        assertTrue(ledger.cut(id));
        assertEquals(1, cuts);
        session.ended();
        session.ended();
        assertFalse(ledger.cut(id));
        assertEquals(List.of(), ledger.sessions());
        assertEquals(0, ledger.overview().wires().getFirst().sessions());
    }

    record Inner(int values, Duration time) {}

    record Outer(int questions, Inner inner, Duration idle, long queuedBytes) {}

    @Test
    void limits_are_told_with_the_most_that_was_seen_beside_them() {
        session();
        ledger.overview();
        List<LimitRow> rows = ledger.peaks()
                .rows("capnweb", new Outer(100, new Inner(7, Duration.ofSeconds(90)), Duration.ZERO, 4_000));
        assertEquals(
                List.of(
                        new LimitRow("capnweb", "questions", "100", 100.0, 1.0),
                        new LimitRow("capnweb", "inner.values", "7", 7.0, null),
                        new LimitRow("capnweb", "inner.time", "1 m 30 s", null, null),
                        new LimitRow("capnweb", "idle", "0 s", null, null),
                        new LimitRow("capnweb", "queuedBytes", "4000", 4_000.0, 500.0)),
                rows);
    }
}

package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order inside a turn, and what counts as one. */
final class TurnTest {
    private final SimLoop sim = new SimLoop();
    private final Loop loop = sim.loop();
    private final List<String> log = new ArrayList<>();

    /** Logs its name, then does what it was given. */
    private final class Step extends Event {
        private final String name;
        private final Runnable action;

        Step(String name, Runnable action) {
            super(TurnTest.this.loop);
            this.name = name;
            this.action = action;
        }

        Step(String name) {
            this(name, () -> {});
        }

        @Override
        protected void fire() {
            log.add(name);
            action.run();
        }

        Step depth() {
            armDepthFirst();
            return this;
        }

        Step breadth() {
            armBreadthFirst();
            return this;
        }

        Step atLast() {
            armLast();
            return this;
        }

        Step idle() {
            armWouldSleep();
            return this;
        }

        void off() {
            disarm();
        }
    }

    private void run(Promise<?> promise) {
        Promise.Cancelable _ = promise.listen(loop, (v, e) -> {
            if (e != null) {
                log.add("failed: " + e);
            }
        });
    }

    @Test
    void continuations_go_before_new_work_in_the_order_in_which_they_were_armed() {
        new Step("a", () -> {
                    new Step("a1", () -> new Step("a1x").depth()).depth();
                    new Step("a2").depth();
                    new Step("late").breadth();
                })
                .breadth();
        new Step("b").breadth();
        sim.poll();
        assertEquals(List.of("a", "a1", "a1x", "a2", "b", "late"), log);
    }

    @Test
    void last_runs_when_the_turn_has_nothing_else_the_latest_first() {
        new Step("last1", () -> new Step("after").breadth()).atLast();
        new Step("last2", () -> new Step("between").breadth()).atLast();
        new Step("work").breadth();
        sim.poll();
        assertEquals(List.of("work", "last2", "between", "last1", "after"), log);
    }

    @Test
    void would_sleep_runs_only_when_nothing_at_all_is_left() {
        new Step("idle1", () -> new Step("woken").breadth()).idle();
        new Step("idle2").idle();
        new Step("last").atLast();
        new Step("work").breadth();
        loop.post(() -> new Step("posted").breadth());
        sim.poll();
        assertEquals("idle2", log.getLast());
        assertEquals(List.of("idle1", "woken", "idle2"), log.subList(3, 6));
        assertTrue(log.subList(0, 3).containsAll(List.of("work", "posted", "last")));
    }

    @Test
    void a_loop_that_is_about_to_sleep_has_looked_for_input_before() {
        // The port stands for a socket: it has input on the second look.
        AtomicInteger looks = new AtomicInteger();
        Loop[] made = new Loop[1];
        EventPort port = new EventPort() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public void poll(long maxWaitNanos) {
                if (looks.incrementAndGet() == 2) {
                    made[0].post(() -> log.add("input"));
                }
            }

            @Override
            public void wake() {}

            @Override
            public void close() {}
        };
        Loop real = new Loop(port);
        made[0] = real;
        real.await(real.pause().then(x -> real.whenIdle()).map(x -> log.add("idle")));
        assertEquals(List.of("input", "idle"), log);
    }

    @Test
    void pauses_of_the_promise_face_follow_the_same_rule() {
        run(loop.whenIdle().map(x -> log.add("idle")));
        run(loop.atLast().map(x -> log.add("last")));
        run(loop.pause().map(x -> log.add("pause")));
        run(loop.later(() -> Promise.of(log.add("later"))));
        run(Promise.done().map(x -> log.add("ready")));
        assertTrue(log.isEmpty());
        sim.poll();
        assertEquals(List.of("pause", "later", "ready", "last", "idle"), log);
    }

    @Test
    void nothing_begins_inside_the_frame_that_asked_for_it() {
        Completer<String> head = new Completer<>(loop);
        Promise.Cancelable ignored = head.promise().listen(loop, (v, e) -> log.add("settled"));
        head.complete("x");
        log.add("completed");
        sim.poll();
        assertEquals(List.of("completed", "settled"), log);
        ignored.cancel();
    }

    @Test
    void ready_promises_do_not_starve_the_others() {
        run(spin(1000));
        run(loop.pause().then(x -> loop.pause()).map(x -> log.add("other")));
        sim.poll();
        assertEquals("other", log.getFirst());
    }

    private Promise<Boolean> spin(int left) {
        return Promise.done().then(x -> left == 0 ? Promise.of(log.add("spun")) : spin(left - 1));
    }

    @Test
    void a_disarmed_event_does_not_fire_wherever_it_waits() {
        Step middle = new Step("middle").breadth();
        Step last = new Step("last").atLast();
        Step idle = new Step("idle").idle();
        new Step("a").breadth();
        for (Step step : List.of(middle, last, idle)) {
            assertTrue(step.isArmed());
            step.off();
            step.off();
            assertFalse(step.isArmed());
        }
        sim.poll();
        assertEquals(List.of("a"), log);
    }

    @Test
    void disarming_a_continuation_keeps_the_order_of_the_others() {
        new Step("a", () -> {
                    new Step("a1").depth();
                    Step gone = new Step("gone").depth();
                    gone.off();
                    new Step("a2").depth();
                })
                .breadth();
        new Step("b").breadth();
        sim.poll();
        assertEquals(List.of("a", "a1", "a2", "b"), log);
    }

    @Test
    void arming_an_armed_event_does_nothing_and_a_fired_one_may_be_armed_again() {
        Step step = new Step("x");
        step.breadth();
        step.depth();
        step.atLast();
        sim.poll();
        assertEquals(List.of("x"), log);
        step.breadth();
        sim.poll();
        assertEquals(List.of("x", "x"), log);
    }

    @Test
    void an_event_that_throws_does_not_stop_the_loop() {
        new Step("bad", () -> {
                    throw new IllegalStateException("on purpose: this test expects a logged error");
                })
                .breadth();
        new Step("good").breadth();
        sim.poll();
        assertEquals(List.of("bad", "good"), log);
    }

    @Test
    void a_dirty_stream_is_flushed_once_when_the_turn_ends() {
        run(loop.pause().map(x -> {
            loop.atTurnEnd(() -> log.add("flush"));
            return log.add("dirty");
        }));
        run(loop.pause().map(x -> log.add("more")));
        run(loop.pause().then(x -> loop.pause()).map(x -> log.add("still more")));
        sim.poll();
        assertEquals(List.of("dirty", "more", "still more", "flush"), log);
    }

    @Test
    void a_stream_made_dirty_outside_any_turn_is_flushed_before_the_loop_waits() {
        Completer<String> head = new Completer<>(loop);
        loop.atTurnEnd(() -> head.complete("flushed"));
        assertEquals("flushed", sim.await(head.promise()));
    }

    @Test
    void what_events_made_dirty_is_flushed_before_what_input_did() {
        loop.atTurnEnd(() -> log.add("by input"));
        loop.atTurnEnd(() -> {
            log.add("by input, too");
            loop.atTurnEnd(() -> log.add("while flushing"));
        });
        run(loop.pause().map(x -> {
            loop.atTurnEnd(() -> log.add("by an event"));
            return "";
        }));
        run(loop.pause().map(x -> {
            loop.atTurnEnd(() -> log.add("by another"));
            return "";
        }));
        sim.poll();
        assertEquals(List.of("by an event", "by another", "by input", "by input, too", "while flushing"), log);
    }

    @Test
    void streams_hand_over_what_they_have_once_after_all_that_may_write_to_them() {
        // A stream that is dirty already when the one who writes to it has its turn.
        loop.atTurnEnd(() -> log.add("writer by input"));
        run(loop.pause().map(x -> {
            loop.handOverAtTurnEnd(() -> log.add("stream by an event"));
            return "";
        }));
        loop.handOverAtTurnEnd(() -> log.add("stream by input"));
        run(loop.pause().map(x -> {
            loop.atTurnEnd(() -> {
                log.add("writer by an event");
                loop.handOverAtTurnEnd(() -> log.add("stream of a writer"));
            });
            return "";
        }));
        sim.poll();
        assertEquals(
                List.of(
                        "writer by an event",
                        "writer by input",
                        "stream by an event",
                        "stream of a writer",
                        "stream by input"),
                log);
    }

    @Test
    void what_is_made_dirty_while_flushing_is_flushed_too() {
        loop.atTurnEnd(() -> {
            log.add("first");
            loop.atTurnEnd(() -> log.add("second"));
        });
        sim.poll();
        assertEquals(List.of("first", "second"), log);
    }

    /** Brings twice as much in each look as one turn may do, and as much again that stands behind it. */
    private static final class Flood implements EventPort {
        private static final int LOOKS = 1000;

        private final int cap;
        private int looks;
        private int backlog;
        private int most;
        private @Nullable Loop loop;

        Flood(int cap) {
            this.cap = cap;
        }

        private void arm(Runnable action) {
            most = Math.max(most, ++backlog);
            Promise.Cancelable _ = Objects.requireNonNull(loop).pause().listen(loop, (done, failure) -> {
                backlog--;
                action.run();
            });
        }

        @Override
        public void poll(long maxWaitNanos) {
            if (looks++ < LOOKS) {
                for (int i = 0; i < 2 * cap; i++) {
                    arm(() -> arm(() -> {}));
                }
            }
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void wake() {}

        @Override
        public void close() {}
    }

    @Test
    void what_many_peers_bring_does_not_pile_up_behind_the_cap() {
        Flood flood = new Flood(10);
        Loop flooded = new Loop(flood, new Limits(10, Duration.ofSeconds(1), 1024));
        flood.loop = flooded;
        flooded.poll();
        assertEquals(0, flood.backlog);
        assertTrue(flood.looks > Flood.LOOKS, "input is looked at all the time");
        assertTrue(flood.most < 100, "so much was queued: " + flood.most);
    }

    @Test
    void input_is_looked_at_although_what_is_queued_goes_on_for_ever() {
        Flood flood = new Flood(10);
        Loop flooded = new Loop(flood, new Limits(10, Duration.ofSeconds(1), 1024));
        flood.loop = flooded;
        for (int i = 0; i < 25; i++) {
            goOn(flood, flooded).detach(e -> log.add("failed"));
        }
        flooded.poll();
        assertEquals(List.of(), log);
        assertTrue(flood.looks > Flood.LOOKS);
    }

    private static Promise<Void> goOn(Flood until, Loop loop) {
        return loop.pause().then(x -> until.looks > Flood.LOOKS ? Promise.done() : goOn(until, loop));
    }

    @Test
    void a_turn_has_a_cap_and_flushes_before_it_goes_on() {
        SimLoop small = new SimLoop(new Limits(10, Duration.ofSeconds(1), 1024));
        List<Integer> atFlush = new ArrayList<>();
        int[] ran = new int[1];
        for (int i = 0; i < 25; i++) {
            small.loop().pause().map(x -> ran[0]++).detach(e -> log.add("failed"));
        }
        small.loop().atTurnEnd(() -> {
            atFlush.add(ran[0]);
            small.loop().atTurnEnd(() -> {});
        });
        small.poll();
        assertEquals(List.of(10), atFlush);
        assertEquals(25, ran[0]);
    }

    @Test
    void waiting_inside_a_turn_is_refused_with_advice() {
        List<Throwable> thrown = new ArrayList<>();
        loop.pause().map(x -> Promise.of(1).map(y -> y).await()).detach(thrown::add);
        loop.pause()
                .map(x -> {
                    loop.poll();
                    return 1;
                })
                .detach(thrown::add);
        sim.poll();
        assertEquals(2, thrown.size());
        for (Throwable each : thrown) {
            assertTrue(String.valueOf(each.getMessage()).contains("inside a turn"), String.valueOf(each));
        }
    }

    @Test
    void the_current_loop_is_known_while_it_is_driven_also_nested() {
        assertNull(Loop.current());
        SimLoop other = new SimLoop();
        sim.await(loop.pause().map(x -> {
            assertSame(loop, Loop.current());
            other.await(other.loop().pause().map(y -> {
                assertSame(other.loop(), Loop.current());
                return 1;
            }));
            assertSame(loop, Loop.current());
            return 1;
        }));
        assertNull(Loop.current());
    }

    @Test
    void a_promise_of_another_loop_is_refused() {
        Promise<Void> foreign = new SimLoop().loop().pause();
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> sim.await(foreign));
        assertTrue(String.valueOf(thrown.getMessage()).contains("fetch()"));
        Promise<Void> inner = new SimLoop().loop().pause();
        Promise<Void> chain = loop.pause().then(x -> inner);
        assertThrows(IllegalStateException.class, () -> sim.await(chain));
    }

    @Test
    void waiting_for_what_can_never_settle_is_told_and_not_waited_for() {
        Promise<String> never = new Completer<String>(loop).promise();
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> sim.await(never));
        assertTrue(String.valueOf(thrown.getMessage()).contains("never settle"));
    }
}

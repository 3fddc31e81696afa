package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class TimerTest {
    private final SimLoop sim = new SimLoop();
    private final Loop loop = sim.loop();
    private final Timer timer = loop.timer();
    private final List<String> log = new ArrayList<>();

    private Promise.Cancelable note(String name, Promise<?> promise) {
        return promise.listen(loop, (v, e) -> log.add(name + "@" + sim.now().toMillis()));
    }

    @Test
    void alarms_go_off_in_order_of_time_and_of_equal_times_the_first_set_comes_first() {
        note("c", timer.after(Duration.ofMillis(30)));
        note("a", timer.after(Duration.ofMillis(10)));
        note("b1", timer.after(Duration.ofMillis(20)));
        note("b2", timer.after(Duration.ofMillis(20)));
        sim.advance(Duration.ofMillis(100));
        assertEquals(List.of("a@10", "b1@20", "b2@20", "c@30"), log);
        assertEquals(Duration.ofMillis(100), sim.now());
    }

    @Test
    void poll_never_moves_the_clock_and_await_jumps_to_the_next_alarm() {
        Promise<Void> hour = timer.after(Duration.ofHours(1));
        assertFalse(sim.poll(hour));
        assertEquals(Duration.ZERO, sim.now());
        sim.await(hour);
        assertEquals(Duration.ofHours(1), sim.now());
    }

    @Test
    void the_clock_stands_still_while_something_is_runnable() {
        note("alarm", timer.after(Duration.ofMillis(5)));
        sim.await(busy(5000));
        assertEquals(Duration.ZERO, sim.now());
        assertTrue(log.isEmpty());
    }

    private Promise<Void> busy(int left) {
        return left == 0 ? Promise.done() : loop.pause().then(x -> busy(left - 1));
    }

    @Test
    void an_alarm_without_delay_goes_off_in_the_next_turn() {
        note("zero", timer.after(Duration.ZERO));
        note("negative", timer.after(Duration.ofMillis(-5)));
        note("absurdly negative", timer.after(Duration.ofSeconds(Long.MIN_VALUE)));
        sim.poll();
        assertEquals(List.of("zero@0", "negative@0", "absurdly negative@0"), log);
    }

    @Test
    void an_endless_delay_does_not_overflow() {
        Promise.Cancelable forever = note("never", timer.after(Duration.ofSeconds(Long.MAX_VALUE)));
        sim.advance(Duration.ofDays(1000));
        assertTrue(log.isEmpty());
        forever.cancel();
    }

    @Test
    void cancelling_removes_the_alarm() {
        Promise<Void> unused = timer.after(Duration.ofSeconds(1));
        assertEquals(1, timer.pending());
        unused.cancel();
        assertEquals(0, timer.pending());
    }

    @Test
    void a_timeout_cancels_what_is_late() {
        Completer<String> slow = new Completer<>(loop);
        slow.onCancel(() -> log.add("canceled"));
        Promise<String> limited = timer.timeout(Duration.ofSeconds(2), slow.promise());
        CompletionException thrown = assertThrows(CompletionException.class, () -> sim.await(limited));
        assertTrue(thrown.getCause() instanceof TimeoutException);
        assertEquals(List.of("canceled"), log);
        assertEquals(Duration.ofSeconds(2), sim.now());
        assertEquals(0, timer.pending());
    }

    @Test
    void a_result_in_time_removes_the_alarm_of_the_timeout() {
        Completer<String> quick = new Completer<>(loop);
        Promise<String> limited = timer.timeout(Duration.ofSeconds(2), quick.promise());
        assertFalse(sim.poll(limited));
        quick.complete("x");
        assertEquals("x", sim.await(limited));
        assertEquals(0, timer.pending());
        assertEquals(Duration.ZERO, sim.now());
    }

    @Test
    void a_fiber_can_sleep() {
        assertEquals("slept", sim.await(loop.fiber(() -> {
            timer.after(Duration.ofSeconds(3)).await();
            return "slept";
        })));
        assertEquals(Duration.ofSeconds(3), sim.now());
        assertEquals(0, timer.pending());
    }

    @Test
    void a_real_loop_wakes_for_its_alarm() {
        try (LoopThread real = new LoopThread()) {
            long before = real.loop().timer().nanoTime();
            real.loop().timer().after(Duration.ofMillis(20)).await();
            assertTrue(real.loop().timer().nanoTime() - before >= 20_000_000);
        }
    }
}

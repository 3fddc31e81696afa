package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class FiberTest {
    private final SimLoop sim = new SimLoop();
    private final Loop loop = sim.loop();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private void run(Promise<?> promise) {
        promise.detach(e -> log.add("failed: " + e.getMessage()));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("waited 30 s in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** In simulation: one thread at a time, so order can be asserted line by line. */
    @Nested
    final class InSimulation {
        @Test
        void bodies_begin_in_the_order_in_which_they_were_started() {
            for (int i = 0; i < 5; i++) {
                int number = i;
                run(loop.fiber(() -> log.add("f" + number)));
            }
            sim.poll();
            assertEquals(List.of("f0", "f1", "f2", "f3", "f4"), log);
        }

        @Test
        void a_fiber_gives_value_or_failure() {
            assertEquals("x", sim.await(loop.fiber(() -> "x")));
            Promise<String> failing = loop.fiber(() -> {
                throw new IllegalStateException("f");
            });
            assertThrows(IllegalStateException.class, () -> sim.await(failing));
        }

        @Test
        void a_body_never_begins_inside_the_frame_that_started_it() {
            run(loop.fiber(() -> log.add("body")));
            assertTrue(log.isEmpty());
            sim.poll();
            assertEquals(List.of("body"), log);
        }

        @Test
        void user_code_runs_while_a_fiber_awaits_and_not_between_its_awaits() {
            Completer<String> first = new Completer<>(loop);
            Promise<String> awaited = first.promise();
            run(loop.fiber(() -> {
                log.add("a1");
                loop.execute(() -> log.add("user"));
                log.add("a2");
                log.add("a3 " + awaited.await());
                return 1;
            }));
            sim.poll();
            assertEquals(List.of("a1", "a2", "user"), log);
            first.complete("x");
            sim.poll();
            assertEquals("a3 x", log.getLast());
        }

        @Test
        void a_call_that_comes_back_runs_while_the_fiber_awaits() {
            // A calls B, B calls A again: without giving the permit up this would never end.
            assertEquals(
                    "outer(inner)",
                    sim.await(loop.fiber(
                            () -> "outer(" + loop.fiber(() -> "inner").await() + ")")));
        }

        @Test
        void fibers_that_await_take_the_permit_again_in_the_order_in_which_their_promises_settled() {
            Completer<String> one = new Completer<>(loop);
            Completer<String> two = new Completer<>(loop);
            Promise<String> first = one.promise();
            Promise<String> second = two.promise();
            run(loop.fiber(() -> log.add("1" + first.await())));
            run(loop.fiber(() -> log.add("2" + second.await())));
            sim.poll();
            two.complete("b");
            one.complete("a");
            sim.poll();
            assertEquals(List.of("2b", "1a"), log);
        }

        @Test
        void protocol_code_goes_on_while_user_code_queues_behind_a_fiber() {
            Completer<String> one = new Completer<>(loop);
            Completer<String> two = new Completer<>(loop);
            Completer<String> three = new Completer<>(loop);
            Promise.Cancelable user = one.promise().map(x -> log.add("user")).listen(loop, (v, e) -> {});
            Promise.Cancelable listener = two.promise().listen(loop, (v, e) -> log.add("listener"));
            Promise.Cancelable converted =
                    three.promise().convert(x -> log.add("convert")).listen(loop, (v, e) -> log.add("converted"));
            run(loop.fiber(() -> {
                one.complete("");
                two.complete("");
                three.complete("");
                return log.add("fiber");
            }));
            run(loop.fiber(() -> log.add("second fiber")));
            sim.poll();
            assertTrue(log.indexOf("listener") < log.indexOf("second fiber"), log.toString());
            assertTrue(log.indexOf("converted") < log.indexOf("second fiber"), log.toString());
            assertTrue(log.indexOf("user") > log.indexOf("second fiber"), log.toString());
            List.of(user, listener, converted).forEach(Promise.Cancelable::cancel);
        }

        @Test
        void cancelling_before_the_beginning_removes_the_fiber() {
            Promise<Boolean> fiber = loop.fiber(() -> log.add("ran"));
            fiber.cancel();
            sim.poll();
            assertTrue(log.isEmpty());
            assertFalse(loop.permit.hasFibers());
        }

        @Test
        void cancelling_while_waiting_cancels_what_it_waits_for_and_throws_from_await() {
            Completer<String> never = new Completer<>(loop);
            never.onCancel(() -> log.add("source canceled"));
            Promise<String> awaited = never.promise();
            Promise<Boolean> fiber = loop.fiber(() -> {
                try {
                    awaited.await();
                    return log.add("unexpected");
                } catch (CanceledException e) {
                    return log.add("saw it");
                } finally {
                    log.add("unwound");
                }
            });
            Promise.Cancelable running = fiber.listen(loop, (v, e) -> log.add("unexpected"));
            sim.poll();
            running.cancel();
            assertEquals(List.of("source canceled"), log);
            sim.poll();
            assertEquals(List.of("source canceled", "saw it", "unwound"), log);
            assertFalse(loop.permit.hasFibers());
        }

        @Test
        void cancelling_while_running_throws_from_the_next_await() {
            Completer<Promise.Cancelable> handle = new Completer<>(loop);
            Promise<Promise.Cancelable> handlePromise = handle.promise();
            Promise<Boolean> fiber = loop.fiber(() -> {
                Promise.Cancelable self = handlePromise.await();
                loop.post(self::cancel);
                log.add("goes on");
                try {
                    loop.timer().after(Duration.ofHours(1)).await();
                    return log.add("unexpected");
                } catch (CanceledException e) {
                    return log.add("saw it");
                }
            });
            handle.complete(fiber.listen(loop, (v, e) -> log.add("unexpected")));
            sim.poll();
            assertEquals(List.of("goes on", "saw it"), log);
            assertEquals(0, loop.timer().pending());
        }

        @Test
        void awaits_in_clean_up_after_cancellation_run_to_their_end() {
            Promise<String> never = new Completer<String>(loop).promise();
            Promise.Cancelable running = loop.fiber(() -> {
                        try {
                            return never.await();
                        } finally {
                            loop.timer().after(Duration.ofSeconds(1)).await();
                            log.add("cleaned up");
                            loop.pause().await();
                            log.add("twice");
                        }
                    })
                    .listen(loop, (v, e) -> {});
            sim.poll();
            running.cancel();
            sim.poll();
            assertTrue(log.isEmpty());
            sim.advance(Duration.ofSeconds(1));
            assertEquals(List.of("cleaned up", "twice"), log);
        }

        @Test
        void a_cancel_that_comes_after_the_wait_is_over_is_seen_by_the_next_wait() {
            Completer<String> head = new Completer<>(loop);
            Promise<String> awaited = head.promise();
            Promise.Cancelable running = loop.fiber(() -> {
                        log.add("got " + awaited.await());
                        try {
                            loop.timer().after(Duration.ofHours(1)).await();
                            return log.add("unexpected");
                        } catch (CanceledException e) {
                            return log.add("saw it");
                        }
                    })
                    .listen(loop, (v, e) -> {});
            // The blocker holds the permit while the first wait ends, so that the cancel falls between its end and the
            // fiber's return.
            sim.poll();
            CountDownLatch unused = new CountDownLatch(0);
            run(loop.fiber(() -> {
                head.complete("x");
                loop.post(() -> loop.post(() -> loop.post(running::cancel)));
                return unused.getCount();
            }));
            run(loop.fiber(() -> log.add("between")));
            sim.poll();
            assertTrue(log.contains("got x"), log.toString());
            assertEquals("saw it", log.getLast());
        }

        @Test
        void a_fiber_may_catch_the_cancellation_and_end_well() {
            Promise<String> never = new Completer<String>(loop).promise();
            Promise<String> fiber = loop.fiber(() -> {
                try {
                    return never.await();
                } catch (CanceledException e) {
                    return "well";
                }
            });
            Promise.Cancelable unused = fiber.listen(loop, (v, e) -> log.add(v + ""));
            loop.permit.cancelAll();
            sim.poll();
            loop.permit.cancelAll();
            sim.poll();
            assertFalse(loop.permit.hasFibers());
            unused.cancel();
        }

        @Test
        void guarded_code_that_was_cancelled_in_the_queue_does_not_run() {
            Completer<String> head = new Completer<>(loop);
            Promise.Cancelable queued =
                    head.promise().map(x -> log.add("unexpected")).listen(loop, (v, e) -> {});
            sim.poll();
            run(loop.fiber(() -> {
                head.complete("");
                loop.post(queued::cancel);
                return 1;
            }));
            run(loop.fiber(() -> log.add("after")));
            sim.poll();
            assertEquals(List.of("after"), log);
        }

        @Test
        void a_fiber_that_awaits_another_loops_promise_is_told_when_that_loop_has_stopped() {
            LoopThread other = new LoopThread();
            other.close();
            Promise<String> foreign = new Completer<String>(other.loop()).promise();
            Promise<String> fiber = loop.fiber(foreign::await);
            assertThrows(CanceledException.class, () -> sim.await(fiber));
        }

        @Test
        void a_fiber_can_await_another_loops_promise_and_be_cancelled_there() {
            try (LoopThread other = new LoopThread()) {
                Promise<String> foreign = other.loop().later(() -> Promise.of("far"));
                assertEquals("far", sim.await(loop.fiber(foreign::await)));

                CountDownLatch canceled = new CountDownLatch(1);
                Completer<String> never = new Completer<>(other.loop());
                never.onCancel(canceled::countDown);
                Promise<String> far = never.promise();
                Promise<String> fiber = loop.fiber(far::await);
                assertFalse(sim.poll(fiber));
                loop.permit.cancelAll();
                assertThrows(CanceledException.class, () -> sim.await(fiber));
                awaitLatch(canceled);
            }
        }

        @Test
        void simulated_time_waits_for_offloaded_work() {
            CountDownLatch go = new CountDownLatch(1);
            Promise<String> work = loop.offload(() -> {
                awaitLatch(go);
                return "worked";
            });
            Promise<String> limited = loop.timer().timeout(Duration.ofSeconds(1), work);
            Thread.ofVirtual().start(go::countDown);
            assertEquals("worked", sim.await(limited));
            assertEquals(Duration.ZERO, sim.now());
        }

        @Test
        void a_fiber_that_waits_for_ever_is_told_and_not_waited_for() {
            Promise<String> never = new Completer<String>(loop).promise();
            Promise<String> fiber = loop.fiber(never::await);
            assertThrows(IllegalStateException.class, () -> sim.await(fiber));
            loop.permit.cancelAll();
            sim.poll();
            assertFalse(loop.permit.hasFibers());
        }

        @Test
        void the_same_program_gives_the_same_trace() {
            List<String> first = trace();
            for (int i = 0; i < 20; i++) {
                assertEquals(first, trace());
            }
        }

        private List<String> trace() {
            SimLoop own = new SimLoop();
            List<String> trace = new ArrayList<>();
            List<Promise<Integer>> fibers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                fibers.add(own.loop().fiber(() -> {
                    for (int step = 0; step < 5; step++) {
                        trace.add(number + "." + step + "@" + own.now().toMillis());
                        own.loop().execute(() -> trace.add("user" + number));
                        own.loop().timer().after(Duration.ofMillis(number % 3)).await();
                    }
                    return number;
                }));
            }
            own.await(Promise.all(fibers));
            return trace;
        }
    }

    /** On a real loop: fibers and loop run at the same time. */
    @Nested
    final class OnARealLoop {
        @Test
        void what_is_guarded_keeps_its_order_when_the_fiber_that_it_waits_for_has_just_ended() throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            CountDownLatch queued = new CountDownLatch(1);
            CountDownLatch standing = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(1);
            AtomicReference<Thread> body = new AtomicReference<>();
            try (LoopThread thread = new LoopThread()) {
                Loop on = thread.loop();
                on.post(() -> run(on.fiber(() -> {
                    body.set(Thread.currentThread());
                    begun.countDown();
                    awaitLatch(end);
                    return "";
                })));
                awaitLatch(begun);
                on.post(() -> on.guard(() -> log.add("first")));
                on.post(queued::countDown);
                awaitLatch(queued);
                // The end of the fiber and what comes after it are to be seen together.
                on.post(() -> {
                    standing.countDown();
                    awaitLatch(go);
                });
                awaitLatch(standing);
                end.countDown();
                body.get().join();
                on.post(() -> on.guard(() -> {
                    log.add("second");
                    done.countDown();
                }));
                go.countDown();
                awaitLatch(done);
            }
            assertEquals(List.of("first", "second"), log);
        }

        @Test
        void no_two_pieces_of_user_code_run_at_the_same_time() {
            try (LoopThread real = new LoopThread()) {
                Loop on = real.loop();
                AtomicInteger inside = new AtomicInteger();
                AtomicInteger clashes = new AtomicInteger();
                int[] unguarded = new int[1];
                List<Promise<Integer>> all = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    all.add(on.fiber(() -> {
                        for (int step = 0; step < 5; step++) {
                            piece(inside, clashes, unguarded);
                            on.pause().await();
                        }
                        return 1;
                    }));
                    all.add(on.pause().map(x -> {
                        piece(inside, clashes, unguarded);
                        return 1;
                    }));
                    on.execute(() -> piece(inside, clashes, unguarded));
                }
                Promise.all(all).await();
                on.fetch(Promise::done).await();
                assertEquals(0, clashes.get());
                assertEquals(200 * 7, unguarded[0]);
            }
        }

        private void piece(AtomicInteger inside, AtomicInteger clashes, int[] unguarded) {
            if (inside.incrementAndGet() != 1) {
                clashes.incrementAndGet();
            }
            unguarded[0]++;
            Thread.onSpinWait();
            inside.decrementAndGet();
        }

        @Test
        void the_loop_serves_protocol_code_while_a_fiber_blocks_outside_await() {
            try (LoopThread real = new LoopThread()) {
                Loop on = real.loop();
                CountDownLatch in = new CountDownLatch(1);
                CountDownLatch out = new CountDownLatch(1);
                Promise<String> fiber = on.fiber(() -> {
                            in.countDown();
                            awaitLatch(out);
                            return "done";
                        })
                        .eager();
                awaitLatch(in);
                CountDownLatch protocol = new CountDownLatch(1);
                List<String> user = Collections.synchronizedList(new ArrayList<>());
                on.execute(() -> user.add("user"));
                on.post(protocol::countDown);
                awaitLatch(protocol);
                assertTrue(user.isEmpty());
                out.countDown();
                assertEquals("done", fiber.await());
                on.fetch(Promise::done).await();
                assertEquals(List.of("user"), user);
            }
        }

        @Test
        void what_was_attached_is_closed_only_when_no_fiber_runs() {
            try (LoopThread real = new LoopThread()) {
                Loop on = real.loop();
                List<String> closed = Collections.synchronizedList(new ArrayList<>());
                Completer<String> settles = new Completer<>(on);
                Promise<String> settling =
                        settles.promise().attach(() -> closed.add("settled")).eager();
                Promise<String> canceled = new Completer<String>(on).promise().attach(() -> closed.add("canceled"));
                CountDownLatch in = new CountDownLatch(1);
                CountDownLatch out = new CountDownLatch(1);
                Promise<Integer> fiber = on.fiber(() -> {
                            in.countDown();
                            awaitLatch(out);
                            return closed.size();
                        })
                        .eager();
                awaitLatch(in);
                settles.complete("x");
                on.post(canceled::cancel);
                CountDownLatch both = new CountDownLatch(1);
                on.post(() -> on.post(both::countDown));
                awaitLatch(both);
                out.countDown();
                assertEquals(0, fiber.await());
                assertEquals("x", settling.await());
                on.fetch(Promise::done).await();
                assertEquals(
                        List.of("canceled", "settled"), closed.stream().sorted().toList());
            }
        }

        @Test
        void stopping_cancels_the_fibers_and_waits_until_they_have_unwound() {
            LoopThread real = new LoopThread();
            Loop on = real.loop();
            CountDownLatch waiting = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                int number = i;
                Promise<String> never = new Completer<String>(on).promise();
                on.fiber(() -> {
                            waiting.countDown();
                            try {
                                return never.await();
                            } finally {
                                on.timer().after(Duration.ofMillis(5)).await();
                                log.add("unwound " + number);
                            }
                        })
                        .detach(e -> log.add(e.getMessage()));
            }
            awaitLatch(waiting);
            real.close();
            assertEquals(6, log.size(), log.toString());
            assertEquals(3, log.stream().filter("the loop is stopping"::equals).count());
        }

        @Test
        void a_fiber_started_while_the_loop_stops_does_not_begin() {
            LoopThread real = new LoopThread();
            Loop on = real.loop();
            CountDownLatch waiting = new CountDownLatch(1);
            Promise<String> never = new Completer<String>(on).promise();
            on.fiber(() -> {
                        waiting.countDown();
                        try {
                            return never.await();
                        } finally {
                            on.fiber(() -> log.add("unexpected")).detach(e -> log.add("late: " + e.getMessage()));
                        }
                    })
                    .detach(e -> log.add(e.getMessage()));
            awaitLatch(waiting);
            real.close();
            assertEquals(2, log.size(), log.toString());
            assertTrue(log.contains("late: the loop is stopping"), log.toString());
        }

        @Test
        void an_interrupted_fiber_still_waits_and_keeps_its_flag() {
            try (LoopThread real = new LoopThread()) {
                assertTrue(real.loop()
                        .fiber(() -> {
                            Thread.currentThread().interrupt();
                            real.loop().timer().after(Duration.ofMillis(5)).await();
                            return Thread.currentThread().isInterrupted();
                        })
                        .await());
            }
        }

        @Test
        void the_watchdog_leaves_no_alarm_to_be_counted() {
            try (LoopThread real = new LoopThread()) {
                assertEquals("x", real.loop().fiber(() -> "x").await());
                assertEquals(
                        0,
                        real.loop()
                                .fetch(() -> Promise.of(real.loop().timer().pending()))
                                .await()
                                .intValue());
            }
        }
    }
}

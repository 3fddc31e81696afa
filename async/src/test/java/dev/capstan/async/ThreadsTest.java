package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A real loop on its own thread, used from others. */
final class ThreadsTest {

    @Nested
    final class Posting {
        @Test
        void posts_of_each_sender_run_in_order() throws InterruptedException {
            int senders = 8;
            int posts = 5000;
            int[] next = new int[senders];
            List<String> wrong = new ArrayList<>();
            try (LoopThread real = new LoopThread()) {
                List<Thread> threads = new ArrayList<>();
                for (int s = 0; s < senders; s++) {
                    int sender = s;
                    threads.add(Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < posts; i++) {
                            int number = i;
                            Runnable task = () -> {
                                if (next[sender]++ != number) {
                                    wrong.add(sender + ":" + number);
                                }
                            };
                            real.loop().post(task);
                        }
                    }));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            assertEquals(List.of(), wrong);
            for (int count : next) {
                assertEquals(posts, count);
            }
        }

        @Test
        void a_thousand_posts_from_outside_are_one_turn() throws InterruptedException {
            try (LoopThread real = new LoopThread()) {
                Loop loop = real.loop();
                CountDownLatch held = new CountDownLatch(1);
                CountDownLatch go = new CountDownLatch(1);
                loop.post(() -> {
                    held.countDown();
                    awaitLatch(go);
                });
                held.await();
                int[] turnEnds = new int[1];
                int[] ran = new int[1];
                boolean[] dirty = new boolean[1];
                for (int i = 0; i < 1000; i++) {
                    loop.execute(() -> {
                        ran[0]++;
                        if (!dirty[0]) {
                            dirty[0] = true;
                            loop.atTurnEnd(() -> {
                                dirty[0] = false;
                                turnEnds[0]++;
                            });
                        }
                    });
                }
                go.countDown();
                assertEquals(1000, loop.fetch(() -> Promise.of(ran[0])).await().intValue());
                assertEquals(
                        1, loop.fetch(() -> Promise.of(turnEnds[0])).await().intValue());
            }
        }

        @Test
        void a_task_that_throws_does_not_end_the_loop() {
            try (LoopThread real = new LoopThread()) {
                real.loop().post(() -> {
                    throw new IllegalStateException("on purpose: this test expects a logged error");
                });
                assertEquals("on", real.loop().fetch(() -> Promise.of("on")).await());
            }
        }

        @Test
        void posts_made_before_the_loop_runs_are_kept() {
            Loop loop = new Loop(new ParkPort());
            List<String> log = new ArrayList<>();
            loop.post(() -> log.add("a"));
            loop.stop();
            loop.run();
            assertEquals(List.of("a"), log);
            assertTrue(loop.isStopped());
        }
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

    @Nested
    final class Waiting {
        @Test
        void await_blocks_any_outside_thread() throws InterruptedException {
            try (LoopThread real = new LoopThread()) {
                List<Thread> threads = new ArrayList<>();
                List<String> got = java.util.Collections.synchronizedList(new ArrayList<>());
                for (int i = 0; i < 20; i++) {
                    String text = "t" + i;
                    Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                    threads.add(builder.start(() -> got.add(real.loop()
                            .later(() -> Promise.of(text))
                            .map(x -> x + "!")
                            .await())));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                assertEquals(20, got.size());
            }
        }

        @Test
        void a_completer_settles_from_any_thread() {
            try (LoopThread real = new LoopThread()) {
                Completer<String> completer = new Completer<>(real.loop());
                Promise<String> promise = completer.promise().map(x -> {
                    assertTrue(real.loop().inLoop());
                    return x + "!";
                });
                Thread.ofVirtual().start(() -> completer.complete("x"));
                assertEquals("x!", promise.await());
                Completer<String> failing = new Completer<>(real.loop());
                Promise<String> failed = failing.promise();
                Thread.ofVirtual().start(() -> failing.fail(new IOException("f")));
                assertEquals(
                        "java.io.IOException: f",
                        String.valueOf(assertThrows(CompletionException.class, failed::await)
                                .getCause()));
            }
        }

        @Test
        void an_interrupt_cancels_what_the_thread_waits_for_and_stays_set() throws InterruptedException {
            try (LoopThread real = new LoopThread()) {
                Loop loop = real.loop();
                Completer<String> never = new Completer<>(loop);
                CountDownLatch canceled = new CountDownLatch(1);
                CountDownLatch waiting = new CountDownLatch(1);
                never.onCancel(canceled::countDown);
                Promise<String> promise = loop.pause().then(x -> {
                    waiting.countDown();
                    return never.promise();
                });
                AtomicReference<Throwable> thrown = new AtomicReference<>();
                Thread waiter = Thread.ofPlatform().start(() -> {
                    try {
                        promise.await();
                    } catch (CanceledException e) {
                        thrown.set(Thread.currentThread().isInterrupted() ? e : new AssertionError("flag lost", e));
                    }
                });
                waiting.await();
                waiter.interrupt();
                waiter.join();
                awaitLatch(canceled);
                assertTrue(thrown.get() instanceof CanceledException, String.valueOf(thrown.get()));
            }
        }

        @Test
        void cancelling_from_outside_reaches_the_source_on_the_loop() {
            try (LoopThread real = new LoopThread()) {
                CompletableFuture<Boolean> canceled = new CompletableFuture<>();
                Completer<String> never = new Completer<>(real.loop());
                never.onCancel(() -> canceled.complete(real.loop().inLoop()));
                never.promise().map(x -> x).cancel();
                assertTrue(canceled.join());
            }
        }

        @Test
        void eager_may_be_started_from_outside() {
            try (LoopThread real = new LoopThread()) {
                CountDownLatch ran = new CountDownLatch(1);
                Promise<String> eager = real.loop()
                        .pause()
                        .map(x -> {
                            ran.countDown();
                            return "x";
                        })
                        .eager();
                awaitLatch(ran);
                assertEquals("x", eager.await());
            }
        }

        @Test
        void fetch_brings_a_result_of_another_loop() {
            try (LoopThread a = new LoopThread();
                    LoopThread b = new LoopThread()) {
                Promise<String> fetched = a.loop().pause().map(x -> "started").then(started -> {
                    Completer<String> own = new Completer<>(a.loop());
                    Promise<String> other = b.loop().later(() -> Promise.of("from b"));
                    own.onCancel(() -> {});
                    b.loop().post(() -> {
                        Promise.Cancelable _ = other.listen(b.loop(), (v, e) -> own.complete(String.valueOf(v)));
                    });
                    return own.promise();
                });
                assertEquals("from b", fetched.await());
                Promise<String> broken = a.loop().fetch(() -> {
                    throw new IllegalStateException("f");
                });
                assertThrows(IllegalStateException.class, broken::await);
                Promise<String> error = a.loop().fetch(() -> {
                    throw new AssertionError("f");
                });
                assertThrows(AssertionError.class, error::await);
            }
        }

        @Test
        void offloaded_work_runs_elsewhere_and_is_interrupted_by_cancel() throws InterruptedException {
            try (LoopThread real = new LoopThread()) {
                Loop loop = real.loop();
                assertFalse(loop.offload(loop::inLoop).await());
                CountDownLatch started = new CountDownLatch(1);
                CountDownLatch interrupted = new CountDownLatch(1);
                Promise<Void> blocked = loop.offload(() -> {
                    started.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return Promise.nothing();
                });
                started.await();
                blocked.cancel();
                awaitLatch(interrupted);
            }
        }

        @Test
        void a_loop_is_driven_by_one_thread() {
            try (LoopThread real = new LoopThread()) {
                assertEquals("on", real.loop().fetch(() -> Promise.of("on")).await());
                Loop loop = real.loop();
                assertThrows(IllegalStateException.class, loop::poll);
                Promise<Void> pause = loop.pause();
                assertThrows(IllegalStateException.class, () -> loop.await(pause));
            }
        }

        @Test
        void the_driving_thread_of_await_hears_interrupts_and_stop() {
            Loop loop = new Loop(new ParkPort());
            Completer<String> never = new Completer<>(loop);
            List<String> log = new ArrayList<>();
            never.onCancel(() -> log.add("canceled"));
            Promise<String> promise = never.promise();
            Thread.currentThread().interrupt();
            assertThrows(CanceledException.class, () -> loop.await(promise));
            assertTrue(Thread.interrupted());
            assertEquals(List.of("canceled"), log);

            Promise<String> other = new Completer<String>(loop).promise();
            Thread.ofVirtual().start(loop::stop);
            assertThrows(CanceledException.class, () -> loop.await(other));
        }
    }

    @Nested
    final class Stages {
        @Test
        void a_stage_completes_with_value_or_failure() throws Exception {
            try (LoopThread real = new LoopThread()) {
                Loop loop = real.loop();
                assertEquals(
                        "x",
                        loop.later(() -> Promise.of("x"))
                                .toCompletionStage()
                                .toCompletableFuture()
                                .get());
                CompletableFuture<Object> failed = loop.later(() -> Promise.failed(new IOException("f")))
                        .toCompletionStage()
                        .toCompletableFuture();
                assertEquals(
                        "java.io.IOException: f",
                        String.valueOf(assertThrows(ExecutionException.class, failed::get)
                                .getCause()));
            }
        }

        @Test
        void cancelling_the_future_cancels_the_promise() {
            try (LoopThread real = new LoopThread()) {
                CountDownLatch canceled = new CountDownLatch(1);
                Completer<String> never = new Completer<>(real.loop());
                never.onCancel(canceled::countDown);
                CompletableFuture<String> future =
                        never.promise().toCompletionStage().toCompletableFuture();
                assertTrue(future.cancel(true));
                awaitLatch(canceled);
            }
        }

        @Test
        void dependents_run_as_user_code_and_never_beside_a_fiber() {
            SimLoop sim = new SimLoop();
            List<String> log = new ArrayList<>();
            Completer<String> head = new Completer<>(sim.loop());
            head.promise().toCompletionStage().thenAccept(x -> log.add("stage " + x));
            sim.await(sim.loop().fiber(() -> {
                log.add("fiber in");
                head.complete("x");
                log.add("fiber out");
                return 1;
            }));
            sim.poll();
            assertEquals(List.of("fiber in", "fiber out", "stage x"), log);
        }
    }

    @Nested
    final class Stopping {
        @Test
        void whoever_waits_from_outside_is_told() throws InterruptedException {
            LoopThread real = new LoopThread();
            Loop loop = real.loop();
            CountDownLatch waiting = new CountDownLatch(1);
            Promise<String> never = loop.pause().then(x -> {
                waiting.countDown();
                return new Completer<String>(loop).promise();
            });
            CompletableFuture<String> stage =
                    new Completer<String>(loop).promise().toCompletionStage().toCompletableFuture();
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread waiter = Thread.ofVirtual().start(() -> {
                try {
                    never.await();
                } catch (CanceledException e) {
                    thrown.set(e);
                }
            });
            waiting.await();
            real.close();
            waiter.join();
            assertTrue(thrown.get() instanceof CanceledException);
            assertThrows(CancellationException.class, stage::get);
        }

        @Test
        void a_stopped_loop_refuses_to_wait() {
            LoopThread real = new LoopThread();
            real.close();
            Loop loop = real.loop();
            assertTrue(loop.isStopped());
            assertFalse(real.thread().isAlive());
            Promise<Void> pause = loop.pause();
            assertThrows(CanceledException.class, pause::await);
            CompletableFuture<Void> stage = loop.pause().toCompletionStage().toCompletableFuture();
            assertTrue(stage.isCompletedExceptionally());
            assertThrows(IllegalStateException.class, loop::poll);
            loop.post(() -> {});
            loop.stop();
        }

        @Test
        void endless_work_does_not_keep_a_loop_from_stopping() {
            LoopThread real = new LoopThread();
            Loop loop = real.loop();
            endless(loop).detach(e -> {});
            real.close();
            assertTrue(loop.isStopped());
        }

        private Promise<Void> endless(Loop loop) {
            return loop.pause().then(x -> endless(loop));
        }

        @Test
        void an_interrupt_does_not_end_a_running_loop() {
            try (LoopThread real = new LoopThread()) {
                real.thread().interrupt();
                assertEquals("on", real.loop().fetch(() -> Promise.of("on")).await());
            }
        }
    }
}

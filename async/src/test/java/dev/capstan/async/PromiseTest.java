package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class PromiseTest {
    private final SimLoop sim = new SimLoop();
    private final Loop loop = sim.loop();
    private final List<String> log = new ArrayList<>();

    private Completer<String> source(String name) {
        Completer<String> completer = new Completer<>(loop);
        completer.onCancel(() -> log.add(name + " canceled"));
        return completer;
    }

    private static void ignore(Promise<?> unused) {}

    private static void ignore(Promise.Cancelable unused) {}

    @Nested
    final class Chains {
        @Test
        void then_continues_with_the_inner_promise() {
            assertEquals("23", sim.await(Promise.of("2").then(x -> Promise.of(x + 3))));
        }

        @Test
        void map_continues_with_the_value() {
            assertEquals("2!", sim.await(Promise.of(2).map(x -> x + "!")));
        }

        @Test
        void a_chain_of_plain_transforms_is_pulled_by_one_event() {
            Completer<Integer> head = new Completer<>(loop);
            Promise<Integer> chain = head.promise();
            for (int i = 0; i < 100; i++) {
                chain = chain.map(x -> x + 1);
            }
            head.complete(0);
            assertEquals(100, sim.await(chain));
        }

        @Test
        void a_failure_goes_past_value_functions() {
            IOException cause = new IOException("no");
            Promise<Integer> chain = Promise.<Integer>failed(cause)
                    .map(x -> {
                        log.add("ran");
                        return x;
                    })
                    .then(Promise::of);
            CompletionException thrown = assertThrows(CompletionException.class, () -> sim.await(chain));
            assertSame(cause, thrown.getCause());
            assertTrue(log.isEmpty());
        }

        @Test
        void an_unchecked_failure_is_thrown_as_it_is() {
            RuntimeException cause = new IllegalArgumentException("no");
            Promise<Integer> failed = Promise.failed(cause);
            assertSame(cause, assertThrows(IllegalArgumentException.class, () -> sim.await(failed)));
            Promise<Integer> broken = Promise.failed(new AssertionError("no"));
            assertThrows(AssertionError.class, () -> sim.await(broken));
        }

        @Test
        void what_a_function_throws_fails_the_promise() {
            Promise<Integer> chain = Promise.of(1).map(x -> {
                throw new IOException("thrown");
            });
            assertEquals(
                    "thrown", sim.await(chain.map(x -> "").recover(e -> Promise.of(String.valueOf(e.getMessage())))));
        }

        @Test
        void handle_takes_the_one_or_the_other() {
            Promise<String> value = Promise.of(1).handle(x -> Promise.of("v" + x), e -> Promise.of("f"));
            Promise<String> failure = Promise.<Integer>failed(new IOException("x"))
                    .handle(x -> Promise.of("v"), e -> Promise.of("f" + e.getMessage()));
            assertEquals("v1", sim.await(value));
            assertEquals("fx", sim.await(failure));
        }

        @Test
        void recover_lets_a_value_pass() {
            assertEquals("a", sim.await(Promise.of("a").recover(e -> Promise.of("b"))));
        }

        @Test
        void a_function_that_returns_null_instead_of_a_promise_fails_with_advice() {
            Promise<Object> chain = Promise.of(1).then(x -> returnsNothing());
            NullPointerException thrown = assertThrows(NullPointerException.class, () -> sim.await(chain));
            assertTrue(String.valueOf(thrown.getMessage()).contains("Promise.done()"));
        }

        private Promise<Object> returnsNothing() {
            return Promise.cast(null);
        }

        @Test
        void a_value_may_be_nothing() {
            Promise<Void> done = Promise.done();
            assertNull(sim.await(done));
            assertEquals("x", sim.await(Promise.done().map(nothing -> "x")));
        }

        @Test
        void an_endless_loop_of_then_needs_constant_stack() {
            assertEquals(200_000, sim.await(countTo(200_000, 0)));
        }

        private Promise<Integer> countTo(int end, int at) {
            return at == end ? Promise.of(at) : loop.pause().then(ignored -> countTo(end, at + 1));
        }

        @Test
        void an_endless_loop_of_ready_promises_needs_constant_stack() {
            assertEquals(200_000, sim.await(countReady(200_000, 0)));
        }

        private Promise<Integer> countReady(int end, int at) {
            return Promise.of(at).then(x -> x == end ? Promise.of(x) : countReady(end, x + 1));
        }

        @Test
        void an_endless_loop_can_be_cancelled_late() {
            Completer<String> tail = source("tail");
            Promise.Cancelable running = countThen(1000, tail.promise()).listen(loop, (v, e) -> log.add("settled"));
            sim.poll();
            running.cancel();
            assertEquals(List.of("tail canceled"), log);
        }

        private Promise<String> countThen(int left, Promise<String> end) {
            return left == 0 ? end : loop.pause().then(ignored -> countThen(left - 1, end));
        }
    }

    @Nested
    final class Consumption {
        @Test
        void using_a_promise_twice_throws() {
            Promise<Integer> promise = Promise.of(1);
            ignore(promise.map(x -> x));
            assertTrue(promise.isConsumed());
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> promise.map(x -> x));
            assertTrue(String.valueOf(thrown.getMessage()).contains("fork()"));
            assertThrows(IllegalStateException.class, promise::fork);
            assertThrows(IllegalStateException.class, promise::await);
            assertThrows(IllegalStateException.class, promise::toCompletionStage);
            assertThrows(IllegalStateException.class, () -> promise.detach(e -> {}));
            assertThrows(IllegalStateException.class, () -> Promise.all(List.of(promise)));
        }

        @Test
        void cancelling_a_consumed_promise_does_nothing() {
            Completer<String> head = source("head");
            Promise<String> promise = head.promise();
            Promise<String> next = promise.map(x -> x);
            promise.cancel();
            assertTrue(log.isEmpty());
            next.cancel();
            next.cancel();
            assertEquals(List.of("head canceled"), log);
        }

        @Test
        void a_chain_that_nobody_consumes_does_not_run() {
            ignore(Promise.of(1).map(x -> log.add("ran")));
            sim.poll();
            assertTrue(log.isEmpty());
        }

        @Test
        void eager_runs_a_chain_that_nobody_waits_for() {
            Promise<Boolean> eager = loop.pause().map(x -> log.add("ran")).eager();
            sim.poll();
            assertEquals(List.of("ran"), log);
            assertTrue(sim.await(eager));
            assertEquals(List.of("ran"), log);
        }

        @Test
        void poll_tells_whether_a_promise_has_settled_and_leaves_it_usable() {
            Completer<Integer> head = new Completer<>(loop);
            Promise<Integer> promise = head.promise().map(x -> x + 1);
            assertFalse(sim.poll(promise));
            assertFalse(sim.poll(promise));
            head.complete(1);
            assertTrue(sim.poll(promise));
            assertEquals(2, sim.await(promise));
        }

        @Test
        void detach_runs_the_chain_and_tells_of_failure() {
            loop.pause().map(x -> log.add("ran")).detach(e -> log.add("unexpected"));
            loop.pause()
                    .map(x -> {
                        throw new IOException("told");
                    })
                    .detach(e -> log.add(String.valueOf(e.getMessage())));
            sim.poll();
            assertEquals(List.of("ran", "told"), log);
        }

        @Test
        void listen_tells_value_or_failure() {
            ignore(Promise.of("v").listen(loop, (v, e) -> log.add(v + "," + e)));
            ignore(Promise.<String>failed(new CanceledException("f"))
                    .listen(loop, (v, e) -> log.add(v + "," + (e == null ? null : e.getMessage()))));
            assertTrue(log.isEmpty());
            sim.poll();
            assertEquals(List.of("v,null", "null,f"), log);
        }

        @Test
        void a_promise_made_of_constants_can_be_awaited_on_any_thread() {
            assertEquals(2, Promise.of(1).map(x -> x + 1).await());
            assertEquals(3, Promise.of(3).await());
        }

        @Test
        void only_a_promise_made_from_a_value_is_done_without_a_turn() {
            assertTrue(Promise.of(1).isDone());
            assertTrue(Promise.done().isDone());
            assertFalse(Promise.failed(new IOException("f")).isDone());
            assertFalse(Promise.of(1).map(x -> x).isDone());
            Completer<String> head = source("head");
            Promise<String> promise = head.promise();
            head.complete("x");
            assertFalse(promise.isDone());
            promise.cancel();
        }

        @Test
        void a_promise_made_of_constants_cannot_be_detached_where_no_loop_is() throws Exception {
            Promise<Integer> promise = Promise.of(1).map(x -> x);
            List<Throwable> thrown = new ArrayList<>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    promise.detach(thrown::add);
                } catch (IllegalStateException e) {
                    thrown.add(e);
                }
            });
            thread.join();
            assertTrue(String.valueOf(thrown.getFirst().getMessage()).contains("loop.pause()"));
        }
    }

    @Nested
    final class Joins {
        @Test
        void all_gives_the_values_in_order() {
            Completer<String> first = source("first");
            Completer<String> second = source("second");
            Promise<List<String>> all = Promise.all(List.of(first.promise(), second.promise(), Promise.of("c")));
            second.complete("b");
            first.complete("a");
            assertEquals(List.of("a", "b", "c"), sim.await(all));
        }

        @Test
        void all_of_nothing_is_ready() {
            assertEquals(List.of(), sim.await(Promise.all(List.<Promise<String>>of())));
        }

        @Test
        void all_fails_with_the_first_failure_and_cancels_the_others() {
            Completer<String> first = source("first");
            Completer<String> second = source("second");
            Completer<String> third = source("third");
            Promise<List<String>> all = Promise.all(List.of(first.promise(), second.promise(), third.promise()));
            Promise<String> text = all.map(List::toString).recover(e -> Promise.of(String.valueOf(e.getMessage())));
            first.complete("a");
            second.fail(new IOException("broke"));
            assertEquals("broke", sim.await(text));
            assertEquals(List.of("third canceled"), log);
        }

        @Test
        void race_takes_the_first_and_cancels_the_others() {
            Completer<String> slow = source("slow");
            Completer<String> fast = source("fast");
            Promise<String> race = Promise.race(List.of(slow.promise(), fast.promise()));
            fast.complete("f");
            assertEquals("f", sim.await(race));
            assertEquals(List.of("slow canceled"), log);
        }

        @Test
        void race_takes_a_failure_too() {
            Completer<String> slow = source("slow");
            Completer<String> fast = source("fast");
            Promise<String> race = Promise.race(List.of(slow.promise(), fast.promise()));
            fast.fail(new IllegalStateException("f"));
            assertThrows(IllegalStateException.class, () -> sim.await(race));
            assertEquals(List.of("slow canceled"), log);
        }

        @Test
        void of_two_ready_promises_the_race_is_won_by_the_first_given() {
            assertEquals("a", sim.await(Promise.race(List.of(Promise.of("a"), Promise.of("b")))));
        }

        @Test
        void a_race_of_nobody_is_refused() {
            assertThrows(IllegalArgumentException.class, () -> Promise.race(List.<Promise<String>>of()));
        }

        @Test
        void cancelling_reaches_the_others_also_when_one_source_throws() {
            Completer<String> first = new Completer<>(loop);
            first.onCancel(() -> {
                throw new IllegalStateException("thrown");
            });
            Completer<String> second = source("second");
            Promise<List<String>> all = Promise.all(List.of(first.promise(), second.promise()));
            assertThrows(IllegalStateException.class, all::cancel);
            assertEquals(List.of("second canceled"), log);
        }

        @Test
        void a_part_of_another_loop_fails_the_join() {
            Completer<String> foreign = new Completer<>(new SimLoop().loop());
            Promise<List<String>> all = Promise.all(List.of(source("own").promise(), foreign.promise()));
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> sim.await(all));
            assertTrue(String.valueOf(thrown.getMessage()).contains("another loop"));
            assertEquals(List.of("own canceled"), log);
        }
    }

    @Nested
    final class Attachments {
        @Test
        void closes_when_the_value_is_taken_before_later_functions_run() {
            Promise<Boolean> chain =
                    Promise.of(1).attach(() -> log.add("closed")).map(x -> log.add("later"));
            sim.await(chain);
            assertEquals(List.of("closed", "later"), log);
        }

        @Test
        void closes_after_a_failure() {
            Promise<Integer> chain =
                    Promise.<Integer>failed(new IllegalStateException("f")).attach(() -> log.add("closed"));
            assertThrows(IllegalStateException.class, () -> sim.await(chain));
            assertEquals(List.of("closed"), log);
        }

        @Test
        void closes_after_the_source_was_cancelled() {
            source("head").promise().attach(() -> log.add("closed")).cancel();
            assertEquals(List.of("head canceled", "closed"), log);
        }

        @Test
        void a_failing_close_fails_the_promise_or_is_suppressed() {
            AutoCloseable bad = () -> {
                throw new IOException("close");
            };
            Promise<Integer> value = Promise.of(1).attach(bad);
            Throwable thrown = assertThrows(CompletionException.class, () -> sim.await(value));
            assertEquals("java.io.IOException: close", String.valueOf(thrown.getCause()));
            IllegalStateException cause = new IllegalStateException("f");
            Promise<Integer> failed = Promise.<Integer>failed(cause).attach(bad);
            assertThrows(IllegalStateException.class, () -> sim.await(failed));
            assertEquals(1, cause.getSuppressed().length);
        }

        @Test
        void an_error_in_close_does_not_lose_the_consumer() {
            Promise<Integer> value = Promise.of(1).attach(() -> {
                throw new AssertionError("close");
            });
            assertThrows(AssertionError.class, () -> sim.await(value));
        }
    }

    @Nested
    final class Forks {
        @Test
        void branches_share_the_result_and_the_source_runs_once() {
            AtomicInteger runs = new AtomicInteger();
            Fork<Integer> fork = loop.pause().map(x -> runs.incrementAndGet()).fork();
            Promise<Integer> a = fork.branch();
            Promise<Integer> b = fork.branch();
            fork.close();
            assertEquals(1, sim.await(a));
            assertEquals(1, sim.await(b));
            assertEquals(1, runs.get());
        }

        @Test
        void branches_continue_in_the_order_in_which_they_were_consumed() {
            Completer<String> head = source("head");
            Fork<String> fork = head.promise().fork();
            Promise<String> a = fork.branch();
            Promise<String> b = fork.branch();
            ignore(b.listen(loop, (v, e) -> log.add("b")));
            ignore(a.listen(loop, (v, e) -> log.add("a")));
            sim.poll();
            head.complete("x");
            sim.poll();
            assertEquals(List.of("b", "a"), log);
        }

        @Test
        void a_late_branch_gets_the_result() {
            Fork<Integer> fork = Promise.of(7).fork();
            assertEquals(7, sim.await(fork.branch()));
            assertTrue(fork.isSettled());
            assertEquals(7, sim.await(fork.branch()));
        }

        @Test
        void branches_share_a_failure() {
            Fork<Integer> fork =
                    Promise.<Integer>failed(new IllegalStateException("f")).fork();
            assertThrows(IllegalStateException.class, () -> sim.await(fork.branch()));
            assertThrows(IllegalStateException.class, () -> sim.await(fork.branch()));
        }

        @Test
        void the_source_is_cancelled_when_the_fork_is_closed_and_the_last_branch_given_up() {
            Fork<String> fork = source("head").promise().fork();
            Promise<String> a = fork.branch();
            Promise.Cancelable b = fork.branch().listen(loop, (v, e) -> log.add("settled"));
            sim.poll();
            a.cancel();
            fork.close();
            assertTrue(log.isEmpty());
            b.cancel();
            assertEquals(List.of("head canceled"), log);
        }

        @Test
        void closing_a_fork_without_branches_cancels_the_source() {
            Fork<String> fork = source("head").promise().fork();
            fork.close();
            fork.close();
            assertEquals(List.of("head canceled"), log);
            assertThrows(IllegalStateException.class, fork::branch);
        }

        @Test
        void an_open_fork_keeps_its_source() {
            Completer<String> head = source("head");
            Fork<String> fork = head.promise().fork();
            fork.branch().cancel();
            assertTrue(log.isEmpty());
            head.complete("x");
            assertEquals("x", sim.await(fork.branch()));
        }

        @Test
        void cancelling_many_branches_is_cheap() {
            Fork<String> fork = source("head").promise().fork();
            List<Promise.Cancelable> branches = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                branches.add(fork.branch().listen(loop, (v, e) -> {}));
            }
            branches.forEach(Promise.Cancelable::cancel);
            fork.close();
            assertEquals(List.of("head canceled"), log);
        }
    }

    @Nested
    final class Completers {
        @Test
        void settles_once() {
            Completer<String> head = source("head");
            Promise<String> promise = head.promise();
            assertTrue(head.isPending());
            head.complete("first");
            head.complete("second");
            head.fail(new IOException("third"));
            assertFalse(head.isPending());
            assertEquals("first", sim.await(promise));
        }

        @Test
        void the_promise_can_be_taken_once() {
            Completer<String> head = source("head");
            ignore(head.promise());
            assertThrows(IllegalStateException.class, head::promise);
        }

        @Test
        void settling_after_cancellation_is_ignored() {
            Completer<String> head = source("head");
            head.promise().cancel();
            head.complete("late");
            sim.poll();
            assertEquals(List.of("head canceled"), log);
        }

        @Test
        void a_settled_source_does_not_hear_of_cancellation() {
            Completer<String> head = source("head");
            Promise<String> promise = head.promise();
            head.complete("x");
            promise.cancel();
            assertTrue(log.isEmpty());
        }

        @Test
        void all_cancel_actions_run_and_one_added_late_runs_at_once() {
            Completer<String> head = source("head");
            head.onCancel(() -> log.add("more"));
            head.promise().cancel();
            head.onCancel(() -> log.add("late"));
            assertEquals(List.of("more", "head canceled", "late"), log);
        }

        @Test
        void follow_settles_as_the_other_and_passes_cancellation_on() {
            Completer<String> outer = new Completer<>(loop);
            outer.follow(Promise.of("x"));
            assertEquals("x", sim.await(outer.promise()));

            Completer<String> failing = new Completer<>(loop);
            failing.follow(Promise.failed(new IllegalStateException("f")));
            Promise<String> failed = failing.promise();
            assertThrows(IllegalStateException.class, () -> sim.await(failed));

            Completer<String> canceled = new Completer<>(loop);
            canceled.follow(source("inner").promise());
            canceled.promise().cancel();
            assertEquals(List.of("inner canceled"), log);

            Completer<String> early = new Completer<>(loop);
            early.promise().cancel();
            early.follow(source("late").promise());
            assertEquals(List.of("inner canceled", "late canceled"), log);
        }
    }
}

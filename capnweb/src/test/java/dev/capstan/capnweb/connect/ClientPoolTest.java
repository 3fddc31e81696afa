package dev.capstan.capnweb.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several connections to one target, in simulated time. */
class ClientPoolTest {
    private static final PoolSettings ONE_EACH = PoolSettings.DEFAULT
            .withClient(Scene.SETTINGS)
            .withConnections(0, 3)
            .withCallsEach(1);

    private final Scene scene = new Scene();

    private ClientPool pool(PoolSettings settings) {
        return new ClientPool(scene.loop, scene::connect, settings, new Random(1));
    }

    private void end(ClientPool pool, Stub... stubs) {
        for (Stub each : stubs) {
            each.close();
        }
        pool.close();
        scene.assertNothingIsLeft();
    }

    private List<Promise<Object>> later(Stub api, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Scene.value(api.call("later", "later " + i)))
                .toList();
    }

    /** How many calls the server works on, for each connection. */
    private List<Integer> load() {
        return scene.servers.stream()
                .map(WebPeer::tables)
                .filter(tables -> tables.imports() > 0)
                .map(tables -> tables.exports() - 1)
                .toList();
    }

    @Test
    void it_grows_with_the_calls_up_to_its_size_and_then_calls_wait_for_a_turn() {
        ClientPool pool = pool(ONE_EACH);
        Stub api = pool.main();
        scene.sim.poll();
        assertEquals(0, pool.size());
        List<Promise<Object>> calls = later(api, 5);
        scene.sim.poll();
        assertEquals(List.of(1, 1, 1), load());
        assertEquals(3, pool.size());
        assertEquals(2, pool.waiting());
        assertEquals(List.of("later 0", "later 1", "later 2"), List.copyOf(scene.effects.keySet()));
        scene.unanswered.get(1).complete("1");
        assertEquals("1", scene.sim.await(calls.get(1)));
        scene.sim.poll();
        assertEquals(1, pool.waiting());
        assertTrue(scene.effects.containsKey("later 3"));
        scene.unanswered.forEach(each -> each.complete("x"));
        scene.sim.poll();
        scene.unanswered.forEach(each -> each.complete("x"));
        assertEquals(
                List.of("x", "x", "x", "x"),
                scene.sim.await(Promise.all(List.of(calls.get(0), calls.get(2), calls.get(3), calls.get(4)))));
        assertTrue(scene.effects.values().stream().allMatch(times -> times == 1));
        end(pool, api);
    }

    @Test
    void a_call_takes_the_connection_with_the_fewest_outstanding() {
        ClientPool pool = pool(ONE_EACH.withConnections(3, 3).withCallsEach(100));
        Stub api = pool.main();
        scene.sim.poll();
        assertEquals(3, pool.size());
        List<Promise<Object>> calls = later(api, 7);
        scene.sim.poll();
        assertEquals(List.of(3, 2, 2), load());
        // The first and the fourth call are on the first connection.
        scene.unanswered.get(0).complete("a");
        scene.unanswered.get(3).complete("d");
        assertEquals(List.of("a", "d"), scene.sim.await(Promise.all(List.of(calls.get(0), calls.get(3)))));
        assertEquals(List.of(1, 2, 2), load());
        Promise<Object> next = Scene.value(api.call("later", "next"));
        assertFalse(scene.sim.poll(next));
        assertEquals(List.of(2, 2, 2), load());
        next.cancel();
        scene.sim.poll();
        assertEquals(List.of(1, 2, 2), load());
        calls.forEach(Promise::cancel);
        end(pool, api);
    }

    @Test
    void when_it_is_exhausted_a_call_too_many_or_that_waits_too_long_is_overloaded() {
        ClientPool pool = pool(ONE_EACH.withConnections(0, 1)
                .withClient(Scene.SETTINGS.withWaiting(
                        WaitLimits.DEFAULT.withCalls(2).withTime(Duration.ofSeconds(1)))));
        Stub api = pool.main();
        scene.sim.advance(Duration.ofMillis(10));
        List<Promise<Object>> calls = later(api, 2);
        scene.sim.poll();
        assertEquals(1, pool.waiting());
        Promise<Object> third = Scene.value(api.call("later", "third"));
        Failure refused = scene.failure(Scene.value(api.call("later", "fourth")));
        assertEquals(Failure.Kind.OVERLOADED, refused.kind());
        assertTrue(refused.reason().contains("WaitLimits.calls"), refused.reason());
        scene.sim.advance(Duration.ofMillis(999));
        assertEquals(2, pool.waiting());
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(0, pool.waiting());
        Failure late = scene.failure(calls.get(1));
        assertEquals(
                "OVERLOADED no connection was free within PT1S; the call was not sent",
                late.kind() + " " + late.reason());
        assertEquals(Failure.Kind.OVERLOADED, scene.failure(third).kind());
        assertEquals(List.of("later 0"), List.copyOf(scene.effects.keySet()));
        calls.getFirst().cancel();
        end(pool, api);
    }

    @Test
    void connections_that_nobody_uses_are_closed_and_those_that_somebody_holds_are_not() {
        ClientPool pool = pool(ONE_EACH.withConnections(1, 3).withIdle(Duration.ofSeconds(30)));
        Stub api = pool.main();
        List<Promise<Object>> calls = later(api, 3);
        scene.sim.poll();
        assertEquals(3, pool.size());
        Stub lease = pool.lease();
        assertEquals(1L, scene.await(lease.call("effect", "held")));
        scene.unanswered.forEach(each -> each.complete("x"));
        scene.sim.await(Promise.all(calls));
        Stub held = api.call("authenticate", "ann");
        assertEquals("ann", scene.await(held.call("whoami")));
        scene.sim.advance(Duration.ofSeconds(29));
        assertEquals(3, pool.size());
        scene.sim.advance(Duration.ofSeconds(31));
        assertTrue(pool.size() <= 2, () -> "" + pool.size());
        assertEquals("ann", scene.await(held.call("whoami")));
        assertEquals(2L, scene.await(lease.call("effect", "held")));
        lease.close();
        held.close();
        scene.sim.advance(Duration.ofMinutes(2));
        assertEquals(1, pool.size());
        assertEquals(1, scene.network.openStreams().size() / 2);
        end(pool, api);
    }

    @Test
    void a_broken_connection_is_replaced_after_the_delay_and_what_was_on_it_fails() {
        ClientPool pool = pool(ONE_EACH.withConnections(2, 2));
        Stub api = pool.main();
        scene.sim.poll();
        List<Promise<Object>> calls = later(api, 2);
        scene.sim.poll();
        scene.cut();
        scene.sim.poll();
        assertEquals(1, pool.size());
        assertEquals(Failure.Kind.DISCONNECTED, scene.failure(calls.get(1)).kind());
        scene.sim.advance(Duration.ofMillis(99));
        assertEquals(1, pool.size());
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(2, pool.size());
        assertEquals(1L, scene.await(api.call("effect", "on the new one")));
        assertFalse(scene.sim.poll(calls.get(0)));
        calls.get(0).cancel();
        end(pool, api);
    }

    @Test
    void without_a_server_attempts_follow_the_delays_and_calls_are_told_why() {
        scene.reachable = false;
        ClientPool pool = pool(ONE_EACH.withClient(Scene.SETTINGS.withBackoff(Scene.BACKOFF.withAttempts(2))));
        Stub api = pool.main();
        Failure why = scene.failure(Scene.value(api.call("effect", "1")));
        assertEquals("DISCONNECTED nobody listens", why.kind() + " " + why.reason());
        assertEquals(List.of(0L, 100L, 300L), scene.attempts);
        scene.reachable = true;
        assertEquals(1L, scene.await(api.call("effect", "2")));
        end(pool, api);
    }

    @Test
    void calls_stay_where_their_capabilities_are() {
        ClientPool pool = pool(ONE_EACH.withConnections(3, 3).withCallsEach(100));
        Stub api = pool.main();
        scene.sim.poll();
        Stub session = api.call("authenticate", "ann");
        int lines = scene.fromClient.size();
        for (int i = 0; i < 4; i++) {
            // Another one each time, but for the argument.
            scene.await(api.call("isSession", session));
        }
        List<String> sent = scene.sentSince(lines);
        assertTrue(
                sent.stream().noneMatch(line -> line.contains("\"export\"") || line.contains("\"promise\"")),
                () -> sent.toString());
        assertEquals("ann", scene.await(session.call("whoami")));
        session.close();
        end(pool, api);
    }

    @Test
    void a_lease_is_one_connection_and_ends_with_it() {
        ClientPool pool = pool(ONE_EACH.withConnections(0, 3));
        Stub lease = pool.lease();
        List<Promise<Object>> calls = later(lease, 4);
        scene.sim.poll();
        assertEquals(List.of(4), load());
        assertEquals(List.of("later 0", "later 1", "later 2", "later 3"), List.copyOf(scene.effects.keySet()));
        scene.cut();
        for (Promise<Object> call : calls) {
            assertEquals(Failure.Kind.DISCONNECTED, scene.failure(call).kind());
        }
        assertEquals(
                Failure.Kind.DISCONNECTED,
                scene.failure(Scene.value(lease.call("effect", "x"))).kind());
        end(pool, lease);
    }

    @Test
    void draining_takes_no_more_calls_and_lets_finish_those_in_flight() {
        ClientPool pool = pool(ONE_EACH.withConnections(0, 2));
        Stub api = pool.main();
        List<Promise<Object>> calls = new ArrayList<>(later(api, 3));
        scene.sim.poll();
        Promise<Integer> drained = pool.drain(Duration.ofSeconds(10)).eager();
        Failure refused = scene.failure(Scene.value(api.call("effect", "late")));
        assertEquals(
                "DISCONNECTED the pool is drained: it takes no more calls", refused.kind() + " " + refused.reason());
        assertEquals(refused.reason(), scene.failure(calls.get(2)).reason(), "it waited and was not sent");
        scene.unanswered.getFirst().complete("in time");
        assertEquals("in time", scene.sim.await(calls.get(0)));
        assertFalse(scene.sim.poll(drained));
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(1, scene.sim.await(drained));
        assertEquals(Failure.Kind.DISCONNECTED, scene.failure(calls.get(1)).kind());
        assertEquals(0, pool.size());
        assertFalse(scene.effects.containsKey("late"));
        end(pool, api);
    }

    @Test
    void random_cuts_of_a_pool_let_no_effect_happen_twice() {
        Random random = new Random(5);
        scene.network.latency(Duration.ofMillis(1), Duration.ofMillis(20));
        ClientPool pool = pool(ONE_EACH.withConnections(1, 3)
                .withCallsEach(2)
                .withIdle(Duration.ofMillis(200))
                .withClient(Scene.SETTINGS
                        .withBackoff(Scene.BACKOFF
                                .withDelays(Duration.ofMillis(10), Duration.ofMillis(100))
                                .withSteady(Duration.ofMillis(50)))
                        .withWaiting(new WaitLimits(10, 10_000, Duration.ofMillis(60)))));
        Stub api = pool.main();
        int[] done = {0, 0};
        for (int i = 0; i < 3_000; i++) {
            String name = "call " + i;
            if (random.nextInt(3) == 0) {
                scene.sim.advance(Duration.ofMillis(random.nextInt(40)));
            } else if (random.nextInt(8) == 0) {
                var open = scene.network.openStreams();
                if (!open.isEmpty()) {
                    open.get(random.nextInt(open.size())).disconnect(new java.io.IOException("cut"));
                }
            } else {
                Scene.value(api.call("effect", name)).listen(scene.loop, (value, failure) -> {
                    done[failure == null ? 0 : 1]++;
                    if (failure == null) {
                        assertEquals(1, scene.effects.get(name));
                    } else if (Failure.of(failure).kind() == Failure.Kind.OVERLOADED) {
                        assertFalse(scene.effects.containsKey(name), name);
                    }
                });
            }
        }
        scene.sim.advance(Duration.ofSeconds(5));
        assertTrue(scene.effects.values().stream().allMatch(times -> times == 1));
        assertTrue(done[0] > 200 && done[1] > 50, () -> done[0] + " done, " + done[1] + " failed");
        assertEquals(1, pool.size(), "idle ones are closed");
        end(pool, api);
    }
}

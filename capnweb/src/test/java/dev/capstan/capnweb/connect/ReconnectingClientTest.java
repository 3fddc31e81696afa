package dev.capstan.capnweb.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** One connection at a time, and stubs that heal, in simulated time. */
class ReconnectingClientTest {
    private final Scene scene = new Scene();

    private ReconnectingClient client(ClientSettings settings) {
        return new ReconnectingClient(scene.loop, scene::connect, settings, new Random(1));
    }

    private void end(ReconnectingClient client) {
        client.close();
        scene.assertNothingIsLeft();
    }

    private static List<String> states(ReconnectingClient client) {
        List<String> heard = new ArrayList<>();
        AutoCloseable ignored = client.listen(state -> heard.add(
                switch (state) {
                    case ConnectionState.Connecting(int attempt) -> "connecting " + attempt;
                    case ConnectionState.Ready() -> "ready";
                    case ConnectionState.Waiting(Duration delay, Failure cause) ->
                        "waiting " + delay.toMillis() + ": " + cause.reason();
                    case ConnectionState.Closed(Failure cause) -> "closed: " + cause.reason();
                }));
        assertTrue(ignored != null);
        return heard;
    }

    @Test
    void attempts_follow_the_delays_exactly() {
        scene.reachable = false;
        ReconnectingClient client = client(Scene.SETTINGS);
        List<String> heard = states(client);
        scene.sim.advance(Duration.ofMillis(7_200));
        assertEquals(List.of(0L, 100L, 300L, 700L, 1500L, 3100L, 5100L, 7100L), scene.attempts);
        assertEquals(
                List.of("connecting 1", "waiting 100: nobody listens", "connecting 2", "waiting 200: nobody listens"),
                heard.subList(0, 4));
        end(client);
        assertEquals("closed: the client was closed", heard.getLast());
    }

    @Test
    void delays_begin_anew_after_a_connection_that_lasted_and_not_after_one_that_did_not() {
        ReconnectingClient client = client(Scene.SETTINGS);
        List<String> heard = states(client);
        scene.sim.advance(Duration.ofMillis(10));
        scene.cut();
        scene.sim.advance(Duration.ofMillis(110));
        scene.cut();
        scene.sim.advance(Duration.ofMillis(200));
        assertEquals(List.of(0L, 110L, 320L), scene.attempts);
        scene.sim.advance(Duration.ofSeconds(5));
        scene.cut();
        scene.sim.advance(Duration.ofMillis(110));
        assertEquals(List.of(0L, 110L, 320L, 5420L), scene.attempts);
        assertEquals(
                List.of(
                        "connecting 1",
                        "ready",
                        "waiting 100: cut",
                        "connecting 2",
                        "ready",
                        "waiting 200: cut",
                        "connecting 3",
                        "ready",
                        "waiting 100: cut",
                        "connecting 2",
                        "ready"),
                heard);
        end(client);
    }

    @Test
    void calls_wait_for_the_connection_and_are_sent_in_their_order() {
        scene.reachable = false;
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        List<Promise<Object>> answers = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            answers.add(Scene.value(api.call("effect", name)));
        }
        scene.sim.advance(Duration.ofMillis(50));
        assertEquals(3, client.waiting());
        scene.reachable = true;
        assertEquals(List.of(1L, 1L, 1L), scene.sim.await(Promise.all(answers)));
        assertEquals(List.of("a", "b", "c"), List.copyOf(scene.effects.keySet()));
        assertEquals(0, client.waiting());
        scene.assertIdle();
        api.close();
        end(client);
    }

    @Test
    void what_is_pipelined_on_a_call_that_waits_travels_with_it() {
        scene.reachable = false;
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        Stub session = api.call("authenticate", "ann");
        Promise<Object> name = Scene.value(session.call("whoami"));
        session.close();
        scene.sim.advance(Duration.ofMillis(50));
        scene.reachable = true;
        assertEquals("ann", scene.sim.await(name));
        assertEquals(List.of(1, 1), List.of(scene.clients.size(), scene.servers.size()));
        scene.assertIdle();
        api.close();
        end(client);
    }

    @Test
    void a_call_in_flight_fails_as_disconnected_and_is_not_repeated() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        Promise<Object> answer = Scene.value(api.call("later", "once"));
        assertFalse(scene.sim.poll(answer));
        scene.cut();
        Failure failure = scene.failure(answer);
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertEquals("cut", failure.reason());
        assertEquals(1L, scene.await(api.call("effect", "after")));
        assertEquals(1, scene.effects.get("once"));
        scene.unanswered.clear();
        scene.assertIdle();
        api.close();
        end(client);
    }

    @Test
    void places_heal_and_so_do_stubs_that_a_recipe_makes() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        Stub users = api.get("users");
        Stub session = client.healing(main -> main.call("authenticate", "bob"));
        for (int i = 0; i < 3; i++) {
            assertEquals("user 7", scene.await(users.call("find", 7L)));
            assertEquals(3L, scene.sim.await(users.get("count").value()));
            assertEquals("bob", scene.await(session.call("whoami")));
            assertEquals("bob", scene.await(session.call("whoami")));
            scene.cut();
            scene.sim.poll();
        }
        assertEquals(3, scene.log.size(), "once on each connection: " + scene.log);
        assertEquals("user 7", scene.await(users.call("find", 7L)));
        assertEquals(3, scene.log.size(), "not where nobody needs it: " + scene.log);
        scene.assertIdle();
        session.close();
        api.close();
        end(client);
    }

    @Test
    void a_recipe_that_failed_runs_again_for_the_next_call() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub session = client.healing(main -> main.call("authenticate", "eve"));
        scene.letsIn = false;
        assertEquals(
                "not you", scene.failure(Scene.value(session.call("whoami"))).reason());
        assertEquals(
                "not you", scene.failure(Scene.value(session.call("whoami"))).reason());
        scene.letsIn = true;
        assertEquals("eve", scene.await(session.call("whoami")));
        assertEquals("eve", scene.await(session.call("whoami")));
        assertEquals(3, scene.log.size());
        session.close();
        scene.assertIdle();
        Stub broken = client.healing(main -> {
            throw new IllegalArgumentException("no recipe");
        });
        assertEquals("no recipe", scene.failure(Scene.value(broken.call("x"))).reason());
        broken.close();
        scene.assertIdle();
        end(client);
    }

    @Test
    void more_calls_than_may_wait_are_refused_and_were_not_sent() {
        scene.reachable = false;
        ReconnectingClient client = client(Scene.SETTINGS.withWaiting(WaitLimits.DEFAULT.withCalls(2)));
        Stub api = client.main();
        Promise<Object> first = Scene.value(api.call("effect", "1"));
        Promise<Object> second = Scene.value(api.call("effect", "2"));
        Failure refused = scene.failure(Scene.value(api.call("effect", "3")));
        assertEquals(Failure.Kind.OVERLOADED, refused.kind());
        assertTrue(refused.reason().contains("WaitLimits.calls"), refused.reason());
        // One that is given up makes room.
        second.cancel();
        scene.sim.poll();
        assertEquals(1, client.waiting());
        Promise<Object> fourth = Scene.value(api.call("effect", "4"));
        scene.reachable = true;
        assertEquals(List.of(1L, 1L), scene.sim.await(Promise.all(List.of(first, fourth))));
        assertEquals(List.of("1", "4"), List.copyOf(scene.effects.keySet()));
        scene.assertIdle();
        api.close();
        end(client);
    }

    @Test
    void arguments_that_wait_are_limited_in_bytes() {
        scene.reachable = false;
        ReconnectingClient client = client(Scene.SETTINGS.withWaiting(WaitLimits.DEFAULT.withBytes(2_000)));
        Stub api = client.main();
        Promise<Object> fits = Scene.value(api.call("echo", "x".repeat(1_900)));
        Failure refused = scene.failure(Scene.value(api.call("echo", "x".repeat(100))));
        assertEquals(Failure.Kind.OVERLOADED, refused.kind());
        assertTrue(refused.reason().contains("WaitLimits.bytes"), refused.reason());
        scene.reachable = true;
        assertEquals(1_900, ((String) scene.sim.await(fits)).length());
        assertEquals(100, ((String) scene.await(api.call("echo", "x".repeat(100)))).length());
        api.close();
        end(client);
    }

    @Test
    void a_call_waits_so_long_and_no_longer() {
        scene.reachable = false;
        ReconnectingClient client =
                client(Scene.SETTINGS.withWaiting(WaitLimits.DEFAULT.withTime(Duration.ofSeconds(1))));
        Stub api = client.main();
        Promise<Object> early = Scene.value(api.call("effect", "early"));
        scene.sim.advance(Duration.ofMillis(800));
        Promise<Object> later = Scene.value(api.call("effect", "later"));
        scene.sim.advance(Duration.ofMillis(199));
        assertFalse(scene.sim.poll(early));
        scene.sim.advance(Duration.ofMillis(1));
        assertTrue(scene.sim.poll(early));
        assertFalse(scene.sim.poll(later));
        Failure late = scene.failure(early);
        assertEquals(Failure.Kind.OVERLOADED, late.kind());
        assertEquals("no connection was free within PT1S; the call was not sent: nobody listens", late.reason());
        scene.reachable = true;
        assertEquals(1L, scene.sim.await(later));
        assertFalse(scene.effects.containsKey("early"));
        api.close();
        end(client);
    }

    @Test
    void when_no_attempt_is_left_the_client_is_closed_and_says_why() {
        scene.reachable = false;
        ReconnectingClient client = client(Scene.SETTINGS.withBackoff(Scene.BACKOFF.withAttempts(2)));
        Stub api = client.main();
        Promise<Object> waiting = Scene.value(api.call("effect", "1"));
        Failure why = scene.failure(waiting);
        assertEquals("DISCONNECTED nobody listens", why.kind() + " " + why.reason());
        assertEquals(List.of(0L, 100L, 300L), scene.attempts);
        assertTrue(client.state() instanceof ConnectionState.Closed);
        assertEquals(
                "nobody listens",
                scene.failure(Scene.value(api.call("effect", "2"))).reason());
        api.close();
        end(client);
    }

    @Test
    void an_attempt_that_takes_too_long_is_given_up() {
        List<Completer<WebPeer>> begun = new ArrayList<>();
        int[] given = {0};
        ReconnectingClient client = new ReconnectingClient(
                scene.loop,
                () -> {
                    Completer<WebPeer> attempt = new Completer<>(scene.loop);
                    attempt.onCancel(() -> given[0]++);
                    begun.add(attempt);
                    return attempt.promise();
                },
                Scene.SETTINGS.withConnectTime(Duration.ofSeconds(3)),
                new Random(1));
        scene.sim.advance(Duration.ofMillis(3_099));
        assertEquals(1, begun.size());
        assertEquals(1, given[0]);
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(2, begun.size());
        end(client);
        assertEquals(2, given[0]);
    }

    @Test
    void closing_fails_what_is_in_flight_and_what_waits() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        Promise<Object> flying = Scene.value(api.call("later", "1"));
        assertFalse(scene.sim.poll(flying));
        client.close();
        Failure cut = scene.failure(flying);
        assertEquals("DISCONNECTED the client was closed", cut.kind() + " " + cut.reason());
        Failure after = scene.failure(Scene.value(api.call("effect", "2")));
        assertEquals("DISCONNECTED the client was closed", after.kind() + " " + after.reason());
        api.close();
        end(client);

        scene.reachable = false;
        ReconnectingClient other = client(Scene.SETTINGS);
        Stub main = other.main();
        Promise<Object> waiting = Scene.value(main.call("effect", "3"));
        assertFalse(scene.sim.poll(waiting));
        other.close();
        assertEquals("the client was closed", scene.failure(waiting).reason());
        assertFalse(scene.effects.containsKey("3"));
        main.close();
        end(other);
    }

    @Test
    void an_object_that_heals_is_passed_to_its_own_peer_as_the_peers_own() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        Stub session = client.healing(main -> main.call("authenticate", "dan"));
        assertEquals("dan", scene.await(session.call("whoami")));
        int before = scene.fromClient.size();
        scene.await(api.call("isSession", session));
        assertTrue(
                scene.sentSince(before).getFirst().contains("[\"import\","),
                () -> scene.sentSince(before).toString());
        session.close();
        scene.assertIdle();
        api.close();
        end(client);
    }

    @Test
    void a_map_over_an_object_that_heals_takes_one_round_trip() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        for (int i = 0; i < 2; i++) {
            Stub list = api.call("list");
            Stub mapped = list.map(each -> api.call("echo", each));
            list.close();
            assertEquals(List.of(1L, 2L, 3L), scene.await(mapped));
            scene.assertIdle();
            scene.cut();
            scene.sim.advance(Duration.ofSeconds(1));
        }
        api.close();
        end(client);
    }

    @Test
    void callbacks_live_as_long_as_their_connection() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        Function<List<Object>, Object> callback = args -> "got " + args.getFirst();
        assertEquals("got 5", scene.await(api.call("callMe", callback, 5L)));
        scene.cut();
        scene.sim.poll();
        assertEquals("got 6", scene.await(api.call("callMe", callback, 6L)));
        scene.assertIdle();
        api.close();
        end(client);
    }

    @Test
    void idempotent_calls_are_repeated_so_often_and_others_are_not() {
        ReconnectingClient client = client(Scene.SETTINGS);
        Stub api = client.main();
        Stub repeating = Idempotent.repeating(api, 2, "later");
        Promise<Object> answer = Scene.value(repeating.call("later", "r"));
        for (int i = 0; i < 2; i++) {
            scene.sim.advance(Duration.ofSeconds(3));
            assertEquals(i + 1, scene.effects.get("r"));
            scene.cut();
        }
        scene.sim.advance(Duration.ofSeconds(3));
        assertFalse(scene.sim.poll(answer));
        scene.unanswered.getLast().complete("at last");
        assertEquals("at last", scene.sim.await(answer));
        assertEquals(3, scene.effects.get("r"));

        Promise<Object> unlucky = Scene.value(repeating.call("later", "u"));
        for (int i = 0; i < 3; i++) {
            scene.sim.advance(Duration.ofSeconds(3));
            scene.cut();
        }
        assertEquals(Failure.Kind.DISCONNECTED, scene.failure(unlucky).kind());
        assertEquals(3, scene.effects.get("u"));

        scene.sim.advance(Duration.ofSeconds(3));
        Promise<Object> refused = Scene.value(repeating.call("fail"));
        assertEquals("as asked", scene.failure(refused).reason());
        Stub dropped = repeating.call("later", "d");
        scene.sim.poll();
        dropped.close();
        scene.cut();
        scene.sim.advance(Duration.ofSeconds(3));
        assertEquals(1, scene.effects.get("d"));
        scene.assertIdle();
        repeating.close();
        api.close();
        end(client);
    }

    @Test
    void a_peer_that_says_nothing_is_found_within_interval_and_timeout_and_replaced() {
        ReconnectingClient client =
                client(Scene.SETTINGS.withHealth(Health.every(Duration.ofSeconds(10), Duration.ofSeconds(2))));
        List<String> heard = states(client);
        Stub api = client.main();
        scene.sim.advance(Duration.ofSeconds(35));
        assertEquals(List.of("connecting 1", "ready"), heard, "three probes were answered");
        assertEquals(
                3,
                scene.fromClient.stream()
                        .filter(line -> line.contains("$alive"))
                        .count());
        scene.assertIdle();

        scene.wires.getLast().incoming().block();
        Promise<Object> flying = Scene.value(api.call("echo", 1L));
        scene.sim.advance(Duration.ofMillis(6_999));
        assertFalse(scene.sim.poll(flying));
        scene.sim.advance(Duration.ofMillis(1));
        Failure failure = scene.failure(flying);
        assertEquals(
                "DISCONNECTED the peer has not answered a probe within PT2S: it is gone, or hangs",
                failure.kind() + " " + failure.reason());
        scene.sim.advance(Duration.ofMillis(100));
        assertEquals("ready", heard.getLast());
        assertEquals(2L, scene.await(api.call("echo", 2L)));
        scene.wires.getFirst().incoming().unblock();
        api.close();
        end(client);
    }

    @Test
    void a_probe_that_is_refused_is_answered() {
        ReconnectingClient client = client(Scene.SETTINGS.withHealth(
                new Health(Health.Probe.calling("fail", 1L), Duration.ofSeconds(1), Duration.ofSeconds(1))));
        scene.sim.advance(Duration.ofSeconds(10));
        assertTrue(client.state() instanceof ConnectionState.Ready);
        assertEquals(1, scene.attempts.size());
        end(client);
    }
}

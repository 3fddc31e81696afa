package dev.capstan.capnweb.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.EarlyPeer;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which calls are made on a session that is not confirmed, in simulated time. */
class EarlyCallsTest {
    private final Scene scene = new Scene();
    /** What confirms each session, or says that it was not taken. */
    private final List<Completer<Void>> confirmations = new ArrayList<>();

    private final ReconnectingClient client = new ReconnectingClient(
            scene.loop,
            Connector.early(() -> scene.connect().map(peer -> {
                Completer<Void> confirmation = new Completer<>(scene.loop);
                confirmations.add(confirmation);
                return new EarlyPeer(peer, confirmation.promise());
            })),
            Scene.SETTINGS,
            new Random(1));

    @AfterEach
    void leavesNothingBehind() {
        client.close();
        scene.sim.poll();
        scene.assertNothingIsLeft();
    }

    private Stub marked(String... methods) {
        try (Stub main = client.main()) {
            return Idempotent.repeating(main, 3, methods);
        }
    }

    private void confirm() {
        confirmations.getLast().complete(Promise.nothing());
        scene.sim.poll();
    }

    private void settle() {
        scene.sim.poll();
        scene.sim.advance(Duration.ofMillis(50));
    }

    @Test
    void marked_calls_leave_before_the_session_is_confirmed_and_no_others() {
        try (Stub main = client.main();
                Stub safe = marked("effect")) {
            Promise<Object> other = Scene.value(main.call("effect", "order")).eager();
            Promise<Object> first = Scene.value(safe.call("effect", "stock")).eager();
            settle();
            Promise<Object> second = Scene.value(safe.call("effect", "stock")).eager();
            Promise<Object> third = Scene.value(main.call("effect", "order")).eager();
            settle();
            assertEquals(Map.of("stock", 2), scene.effects);
            assertEquals(2, client.waiting());
            assertTrue(client.peer().isEmpty());
            assertEquals(new ConnectionState.Connecting(1), client.state());
            confirm();
            assertEquals(List.of(1, 2, 1, 2), List.of(number(first), number(second), number(other), number(third)));
            assertEquals(Map.of("stock", 2, "order", 2), scene.effects);
        }
        scene.assertIdle();
    }

    private int number(Promise<Object> promise) {
        return ((Number) scene.sim.await(promise)).intValue();
    }

    @Test
    void on_one_reference_no_call_overtakes_another() {
        try (Stub safe = marked("effect")) {
            Promise<Object> waits = Scene.value(safe.call("echo", "order")).eager();
            Promise<Object> behind = Scene.value(safe.call("effect", "stock")).eager();
            settle();
            Promise<Object> later = Scene.value(safe.call("effect", "stock")).eager();
            settle();
            assertEquals(Map.of(), scene.effects);
            assertEquals(List.of(), scene.fromClient);
            confirm();
            scene.sim.await(Promise.all(List.of(waits, behind, later)));
            assertTrue(scene.fromClient.getFirst().contains("echo"), scene.fromClient.getFirst());
        }
        scene.assertIdle();
    }

    @Test
    void places_in_the_main_object_are_asked_early_and_what_a_recipe_makes_is_not() {
        try (Stub main = client.main();
                Stub session = client.healing(root -> root.call("authenticate", "ann"));
                Stub safe = Idempotent.repeating(session, 3, "whoami");
                Stub users = main.get("users");
                Stub finding = Idempotent.repeating(users, 3, "find")) {
            Promise<Object> name = Scene.value(safe.call("whoami")).eager();
            Promise<Object> found = Scene.value(finding.call("find", 7L)).eager();
            settle();
            assertEquals(1, client.waiting());
            assertEquals(List.of(), scene.log);
            assertTrue(scene.fromClient.getFirst().contains("find"), scene.fromClient.getFirst());
            confirm();
            assertEquals("user 7", scene.sim.await(found));
            assertEquals("ann", scene.sim.await(name));
        }
    }

    @Test
    void arguments_that_can_be_called_or_read_wait() {
        Function<List<Object>, Object> ten = args -> 10L;
        try (Stub safe = marked("callMe", "echo")) {
            Promise<Object> called = Scene.value(safe.call("callMe", ten, 1L)).eager();
            settle();
            assertEquals(List.of(), scene.fromClient);
            confirm();
            assertEquals(10L, scene.sim.await(called));
        }
        scene.assertIdle();
    }

    @Test
    void what_is_called_on_an_early_result_waits_for_the_result() {
        try (Stub safe = marked("authenticate");
                Stub session = safe.call("authenticate", "ann")) {
            Promise<Object> name = Scene.value(session.call("whoami")).eager();
            scene.sim.poll();
            List<String> early = scene.sentSince(0);
            assertTrue(early.getFirst().contains("authenticate"), early::toString);
            // Not on the result that is to come; and nobody has a result before the handshake, which the simulation has
            // not.
            assertTrue(early.stream().noneMatch(line -> line.contains("[\"pipeline\",1,")), early::toString);
            confirm();
            assertEquals("ann", scene.sim.await(name));
        }
    }

    /** A call with hints that the program has chosen itself. */
    private static Answer hinted(Cap target, Hints hints, String name, Object argument) {
        Request request = target.request(new Method.Member(Path.Names.of(name), false), WebFormat.INSTANCE, 0, hints);
        WebPayload.of(request.params()).set(List.of(argument));
        return request.send();
    }

    @Test
    void a_call_that_may_be_repeated_waits_if_something_may_be_called_on_its_result() {
        try (Stub main = client.main();
                Answer session = hinted(main.cap(), Hints.NONE.asRepeatable(), "authenticate", "ann");
                Cap inside = session.pipeline().cap(Path.Names.NONE);
                Answer other = hinted(inside, Hints.NONE, "whoami", "now")) {
            settle();
            assertEquals(List.of(), scene.fromClient);
            confirm();
            try (Payload name = scene.sim.await(other.results())) {
                assertEquals("ann", WebPayload.of(name).value());
            }
        }
        scene.assertIdle();
    }

    @Test
    void a_call_that_may_be_repeated_and_on_whose_result_nothing_is_called_leaves_early() {
        try (Stub main = client.main()) {
            Answer stock = hinted(main.cap(), Hints.NO_PIPELINING.asRepeatable(), "effect", "stock");
            Answer order = hinted(main.cap(), Hints.NO_PIPELINING, "effect", "order");
            stock.pipeline().close();
            order.pipeline().close();
            Promise<Payload> first = stock.results().eager();
            Promise<Payload> second = order.results().eager();
            settle();
            assertEquals(Map.of("stock", 1), scene.effects);
            confirm();
            scene.sim.await(first).close();
            scene.sim.await(second).close();
        }
        scene.assertIdle();
    }

    @Test
    void a_session_that_is_not_taken_is_made_again_and_marked_calls_with_it() {
        try (Stub main = client.main();
                Stub safe = marked("effect")) {
            Promise<Object> first = Scene.value(safe.call("effect", "stock")).eager();
            Promise<Object> other = Scene.value(main.call("effect", "order")).eager();
            scene.sim.poll();
            scene.cut();
            confirmations.getLast().fail(new IOException("not taken"));
            settle();
            assertFalse(scene.effects.containsKey("order"));
            scene.sim.advance(Duration.ofMillis(100));
            assertEquals(2, confirmations.size());
            confirm();
            scene.sim.await(first);
            assertEquals(1, number(other));
        }
        scene.assertIdle();
    }

    @Test
    void a_session_that_nobody_confirms_is_given_up() {
        try (Stub safe = marked("effect")) {
            Promise<Object> first = Scene.value(safe.call("later", "x")).eager();
            scene.sim.poll();
            scene.sim.advance(Scene.SETTINGS.connectTime());
            scene.sim.advance(Duration.ofMillis(100));
            assertEquals(2, confirmations.size());
            assertEquals(Failure.Kind.OVERLOADED, scene.failure(first).kind());
            confirm();
            assertTrue(client.peer().isPresent());
        }
    }

    @Test
    void a_client_that_is_closed_before_the_session_is_confirmed_leaves_nothing() {
        try (Stub safe = marked("later")) {
            Promise<Object> first = Scene.value(safe.call("later", "x")).eager();
            settle();
            assertEquals(1, scene.unanswered.size());
            client.close();
            assertEquals(Failure.Kind.DISCONNECTED, scene.failure(first).kind());
            scene.unanswered.getFirst().complete("too late");
            scene.sim.poll();
        }
    }

    @Test
    void a_pool_waits_until_sessions_are_confirmed() {
        try (ClientPool pool = new ClientPool(
                        scene.loop,
                        Connector.early(() -> scene.connect().map(peer -> {
                            Completer<Void> confirmation = new Completer<>(scene.loop);
                            confirmations.add(confirmation);
                            return new EarlyPeer(peer, confirmation.promise());
                        })),
                        PoolSettings.DEFAULT.withConnections(1, 1).withClient(Scene.SETTINGS),
                        new Random(2));
                Stub main = pool.main();
                Stub safe = Idempotent.repeating(main, 1, "effect")) {
            Promise<Object> first = Scene.value(safe.call("effect", "stock")).eager();
            settle();
            assertEquals(Map.of(), scene.effects);
            confirmations.forEach(each -> each.complete(Promise.nothing()));
            assertEquals(1, number(first));
        }
    }
}

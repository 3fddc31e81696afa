package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that goes away lets finish what is in flight. */
class DrainTest {
    private final List<Completer<Object>> unanswered = new ArrayList<>();
    private final List<Object> effects = new ArrayList<>();
    private final WebScene scene = new WebScene();

    DrainTest() {
        scene.serving(visitor -> Promise.of(WebTarget.empty()
                .method("later", args -> {
                    Completer<Object> answer = new Completer<>(scene.loop);
                    unanswered.add(answer);
                    return answer.promise();
                })
                .method("effect", args -> effects.add(String.valueOf(args.getFirst())))
                .on(scene.loop)));
    }

    @AfterEach
    void leavesNoSessionAndNoAlarm() {
        scene.sim.poll();
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(0, scene.server.open());
        assertEquals(0, scene.loop.timer().pending());
    }

    private static Promise<Object> value(Stub result) {
        try (result) {
            return result.value();
        }
    }

    private Failure failure(Promise<?> promise) {
        return assertThrows(Failure.class, () -> scene.sim.await(promise));
    }

    @Test
    void calls_in_flight_are_answered_and_then_the_socket_is_closed_as_going_away() {
        WebPeer peer = scene.sim.await(scene.client().open(WebScene.SOCKET));
        WebScene.Raw raw = scene.new Raw();
        try (Stub api = Stub.of(scene.loop, peer.main())) {
            Promise<Object> flying = value(api.call("later"));
            assertFalse(scene.sim.poll(flying));
            Promise<Integer> drained = scene.server.drain(Duration.ofSeconds(10));
            scene.sim.poll();
            assertEquals(
                    1001, raw.socket.closed() == null ? 0 : raw.socket.closed().code(), "it was quiet");
            RuntimeException refused = assertThrows(
                    RuntimeException.class, () -> scene.sim.await(scene.client().open(WebScene.SOCKET)));
            assertTrue(String.valueOf(refused.getMessage()).contains("503"), refused::toString);
            assertEquals(true, scene.sim.await(value(api.call("effect", "served"))));
            assertFalse(scene.sim.poll(drained));
            unanswered.getFirst().complete("done");
            assertEquals("done", scene.sim.await(flying));
            assertEquals(0, scene.sim.await(drained));
            scene.sim.await(peer.onDisconnect());
            assertEquals(
                    Failure.Kind.DISCONNECTED,
                    failure(value(api.call("effect", "late"))).kind());
        }
        assertEquals(List.of("served"), effects);
    }

    @Test
    void a_peer_that_is_never_quiet_hears_it_in_the_second_half_and_is_cut_at_the_end() {
        WebPeer peer = scene.sim.await(scene.client().open(WebScene.SOCKET));
        try (Stub api = Stub.of(scene.loop, peer.main())) {
            Promise<Object> never = value(api.call("later"));
            assertFalse(scene.sim.poll(never));
            Promise<Integer> drained = scene.server.drain(Duration.ofSeconds(10));
            scene.sim.advance(Duration.ofMillis(4_999));
            assertEquals(true, scene.sim.await(value(api.call("effect", "first half"))));
            scene.sim.advance(Duration.ofMillis(1));
            Failure refused = failure(value(api.call("effect", "second half")));
            assertTrue(refused.reason().contains("has not begun this call"), refused.reason());
            scene.sim.advance(Duration.ofMillis(4_999));
            assertFalse(scene.sim.poll(never));
            scene.sim.advance(Duration.ofMillis(1));
            assertEquals(1, scene.sim.await(drained));
            Failure cut = failure(never);
            assertEquals(Failure.Kind.DISCONNECTED, cut.kind());
            assertTrue(cut.reason().contains("not done within PT10S"), cut.reason());
        }
        assertEquals(List.of("first half"), effects);
        assertEquals(1, unanswered.size());
    }

    @Test
    void a_batch_is_answered_or_cut() {
        String call = "[\"push\",[\"pipeline\",0,[\"later\"],[]]]\n[\"pull\",1]";
        Promise<HttpResponse> first = batch(call).eager();
        Promise<HttpResponse> second = batch(call).eager();
        scene.sim.poll();
        Promise<Integer> drained = scene.server.drain(Duration.ofSeconds(10));
        unanswered.getFirst().complete("done");
        assertTrue(WebScene.text(scene.sim.await(first)).contains("done"));
        assertEquals(503, scene.sim.await(batch(call)).status());
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(1, scene.sim.await(drained));
        assertEquals(503, scene.sim.await(second).status());
    }

    @Test
    void a_server_that_closes_answers_its_batches() {
        Promise<HttpResponse> waiting = batch("[\"push\",[\"pipeline\",0,[\"later\"],[]]]\n[\"pull\",1]")
                .eager();
        scene.sim.poll();
        scene.server.close();
        assertEquals(503, scene.sim.await(waiting).status());
        assertEquals(0, scene.server.open());
    }

    private Promise<HttpResponse> batch(String body) {
        return scene.http.post(
                WebScene.BATCH,
                dev.capstan.net.http.Headers.of(),
                body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void a_server_without_sessions_is_drained_at_once() {
        assertEquals(0, scene.sim.await(scene.server.drain(Duration.ofSeconds(10))));
    }
}

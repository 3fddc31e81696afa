package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.il.Budget;
import dev.capstan.capnweb.il.Expr;
import dev.capstan.capnweb.il.Program;
import dev.capstan.capnweb.il.Programs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Programs in batches and over WebSockets: they are ordinary calls. */
class ProgramsOverWiresTest {
    private static final String PROGRAM =
            "[[\"for\",\"x\",[[\"call\",[[\"capture\",0]],\"list\",3]],[[\"call\",[[\"capture\",0]],\"square\",[[\"var\",\"x\"]]]]]]";

    private final WebScene scene = new WebScene();

    ProgramsOverWiresTest() {
        scene.serving(visitor -> Promise.of(
                Programs.answeredBy(scene.loop, new GoldenApi(scene.loop).main().cap(), Budget.DEFAULT)));
    }

    @AfterEach
    void leavesNoSessionAndNoAlarm() {
        scene.sim.poll();
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(0, scene.server.open());
        assertEquals(0, scene.loop.timer().pending());
    }

    private static Program squares(Stub api) {
        return Program.of(p -> {
            Expr four = p.use(api).call("square", p.use(api).call("square", 2).dividedBy(2));
            return Map.of(
                    "four",
                    four,
                    "all",
                    p.each(p.use(api).call("list", 3), x -> p.use(api).call("square", x)));
        });
    }

    @Test
    void a_batch_carries_a_program() {
        WebPeer peer = scene.client().batch(WebScene.BATCH);
        try (Stub api = Stub.of(scene.loop, peer.main());
                Stub result = squares(api).on(api)) {
            assertEquals(Map.of("four", 4L, "all", List.of(1L, 4L, 9L)), scene.sim.await(result.value()));
        }
        scene.sim.await(peer.onDisconnect());
    }

    @Test
    void so_does_one_that_was_written_by_hand() {
        assertEquals(
                "[\"resolve\",1,[[1,4,9]]]",
                WebScene.text(scene.post(
                        "[\"push\",[\"pipeline\",0,[\"$run\"],[" + PROGRAM + ",[[[\"import\",0]]]]]]\n[\"pull\",1]")));
    }

    @Test
    void a_program_that_calls_the_client_of_a_batch_fails() {
        WebPeer peer = scene.client().batch(WebScene.BATCH);
        Function<Object, Object> function = any -> any;
        try (Stub api = Stub.of(scene.loop, peer.main());
                Stub own = Stub.of(scene.loop, WebTarget.of(function).on(scene.loop));
                Stub result = Program.of(p -> p.use(own).apply(1)).on(api)) {
            Failure failure = assertThrows(Failure.class, () -> scene.sim.await(result.value()));
            assertEquals(
                    "This call came in an HTTP batch, whose client cannot answer; use a WebSocket for calls that go back.",
                    failure.reason());
        }
        scene.sim.await(peer.onDisconnect());
    }

    @Test
    void a_websocket_carries_a_program_and_its_callbacks() {
        WebPeer peer = scene.client().connect(WebScene.SOCKET);
        Function<List<Object>, Object> tenfold = args -> (Long) args.getFirst() * 10;
        try (Stub api = Stub.of(scene.loop, peer.main());
                Stub own = Stub.of(scene.loop, WebTarget.of(tenfold).on(scene.loop));
                Stub result = Program.of(p -> p.each(
                                p.use(api).call("list", 3), x -> p.use(own).apply(x)))
                        .on(api)) {
            assertEquals(List.of(10L, 20L, 30L), scene.sim.await(result.value()));
        }
        scene.sim.poll();
        assertEquals(new WebPeer.Tables(0, 1, 0), peer.tables());
        assertEquals(List.of(new WebPeer.Tables(0, 1, 1)), scene.server.tables());
        peer.close();
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.testkit.Parity;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions over WebSockets, client and server. */
class WebSocketSessionTest {
    private static final WebPeer.Tables NOTHING_IN_USE = new WebPeer.Tables(0, 1, 1);
    private static final WebPeer.Tables WITHOUT_OWN_MAIN = new WebPeer.Tables(0, 1, 0);

    private WebScene scene = new WebScene();

    @AfterEach
    void leavesNoSessionAndNoAlarm() {
        scene.server.close();
        scene.sim.poll();
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(0, scene.server.open());
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    @Parity("CW-I135")
    void calls_callbacks_and_pipelines_go_both_ways_and_leave_nothing_in_the_tables() {
        WebPeer peer = scene.client().connect(WebScene.SOCKET);
        Cap main = peer.main();
        assertEquals("144", scene.sim.await(WebScene.call(main, "square", 12L)));
        Cap function = new Scripted(scene.loop)
                .function(args -> Scripted.value((Long) args.getFirst() * 10))
                .cap();
        assertEquals("{got=50}", scene.sim.await(WebScene.call(main, "callMe", function, 5L)));
        try (Answer counter = WebScene.send(main, "makeCounter", 4L);
                Cap inside = counter.pipeline().cap(Path.Names.NONE)) {
            assertEquals("6", scene.sim.await(WebScene.call(inside, "increment", 2L)));
        }
        main.close();
        scene.sim.poll();
        assertEquals(WITHOUT_OWN_MAIN, peer.tables());
        assertEquals(List.of(NOTHING_IN_USE), scene.server.tables());
        peer.close();
    }

    @Test
    @Parity("PY-112")
    void calls_made_before_the_connection_is_there_wait_for_it() {
        WebPeer peer = scene.client().connect(WebScene.SOCKET);
        try (Cap main = peer.main()) {
            Promise<String> first = WebScene.call(main, "square", 3L);
            Promise<String> second = WebScene.call(main, "square", 4L);
            assertEquals(List.of("9", "16"), scene.sim.await(Promise.all(List.of(first, second))));
        }
        peer.close();
    }

    @Test
    void a_connection_that_cannot_be_had_fails_the_calls_that_wait_for_it() {
        WebPeer peer = scene.client().connect(URI.create("ws://nobody/"));
        try (Cap main = peer.main()) {
            assertEquals("nobody listens", scene.failure(WebScene.call(main, "square", 3L)));
        }
        scene.sim.await(peer.onDisconnect());
    }

    @Test
    @Parity({"PY-380", "PY-402"})
    void an_address_of_another_kind_is_refused_at_once() {
        for (String wrong :
                List.of("http://server/", "ftp://server/rpc", "ws:server", "ws://user:secret@server/", "server")) {
            assertThrows(IllegalArgumentException.class, () -> scene.client().connect(URI.create(wrong)), wrong);
        }
        assertThrows(IllegalArgumentException.class, () -> scene.client().batch(WebScene.SOCKET));
    }

    @Test
    void a_session_that_its_owner_ends_closes_the_socket_in_the_words_of_typescript() {
        WebScene.Raw raw = scene.new Raw();
        scene.server.close();
        scene.sim.poll();
        assertEquals(
                List.of("failed: Peer closed WebSocket: 3000 RPC session was shut down by disposing the main stub"),
                raw.heard);
    }

    @Test
    void what_is_no_message_is_answered_with_an_abort_and_code_3000() {
        WebScene.Raw raw = scene.new Raw();
        raw.say("[\"nope\"]");
        scene.sim.poll();
        assertEquals(
                List.of(
                        "[\"abort\",[\"error\",\"Error\",\"bad RPC message: [\\\"nope\\\"]\"]]",
                        "failed: Peer closed WebSocket: 3000 bad RPC message: [\"nope\"]"),
                raw.heard);
    }

    @Test
    @Parity("CW-I187")
    void a_reason_that_is_too_long_for_a_close_frame_is_cut_between_two_code_points() {
        WebScene.Raw raw = scene.new Raw();
        raw.say("[\"abort\",[\"error\",\"Error\",\"" + "\u00e9".repeat(100) + "\"]]");
        scene.sim.poll();
        assertEquals(List.of("failed: Peer closed WebSocket: 3000 " + "\u00e9".repeat(61)), raw.heard);
    }

    @Test
    @Parity("PY-256")
    void how_the_server_closes_is_told_to_calls_that_wait() {
        List<Promise<Cap>> doors = new ArrayList<>();
        scene.serving(visitor -> {
            doors.add(Promise.of(new Scripted(scene.loop)
                    .on("wait", args -> new Completer<Scripted.Answered>(scene.loop).promise())
                    .cap()));
            return doors.getFirst();
        });
        WebPeer peer = scene.client().connect(WebScene.SOCKET);
        try (Cap main = peer.main()) {
            Promise<String> waiting = WebScene.call(main, "wait").eager();
            scene.sim.poll();
            scene.server.close();
            assertEquals(
                    "Peer closed WebSocket: 3000 RPC session was shut down by disposing the main stub",
                    scene.failure(waiting));
        }
    }

    @Test
    void answers_of_one_turn_leave_in_one_write() {
        WebPeer peer = scene.client().connect(WebScene.SOCKET);
        try (Cap main = peer.main()) {
            assertEquals("1", scene.sim.await(WebScene.call(main, "square", 1L)));
            scene.sim.poll();
            scene.writesOfServer.clear();
            List<Promise<String>> calls = new ArrayList<>();
            for (long i = 0; i < 300; i++) {
                calls.add(WebScene.call(main, "square", i));
            }
            assertEquals(300, scene.sim.await(Promise.all(calls)).size());
            assertEquals(1, scene.writesOfServer.size(), scene.writesOfServer.toString());
        }
        peer.close();
    }

    @Test
    void the_door_sees_cookies_headers_and_origin_and_its_refusal_is_told() {
        List<String> seen = new ArrayList<>();
        scene.serving(
                visitor -> {
                    seen.add(visitor.cookie("session").orElse("none") + " "
                            + visitor.header("X-Key").orElse("none") + " "
                            + visitor.origin().orElse("none") + " " + visitor.batch());
                    throw Failure.failed("who are you?");
                },
                "https://app.example");
        WebScene.Raw raw = scene.new Raw("cookie", "a=b; session=s1", "x-key", "k", "origin", "https://APP.example");
        assertEquals(List.of("s1 k https://APP.example false"), seen);
        assertEquals(
                List.of(
                        "[\"abort\",[\"error\",\"Error\",\"who are you?\"]]",
                        "failed: Peer closed WebSocket: 3000 who are you?"),
                raw.heard);
    }

    @Test
    void a_door_that_opens_later_loses_nothing_that_was_said_before() {
        Completer<Cap> later = new Completer<>(scene.loop);
        Promise<Cap> promise = later.promise();
        scene.serving(visitor -> promise);
        WebPeer peer = scene.client().connect(WebScene.SOCKET);
        try (Cap main = peer.main()) {
            Promise<String> call = WebScene.call(main, "square", 5L).eager();
            scene.sim.poll();
            later.complete(new GoldenApi(scene.loop).main().cap());
            assertEquals("25", scene.sim.await(call));
        }
        peer.close();
    }

    @Test
    void a_door_that_fails_without_saying_why_tells_nothing_of_it() {
        scene.serving(visitor -> {
            throw new IllegalStateException("password of the database is wrong");
        });
        WebScene.Raw raw = scene.new Raw();
        assertTrue(raw.heard.getLast().startsWith("failed: Peer closed WebSocket: "), raw.heard.toString());
        assertTrue(raw.heard.stream().noneMatch(line -> line.contains("password")), raw.heard.toString());
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for callers however they have come: each call in a batch of its own, or all over one WebSocket. */
final class ServedCallsTest {
    private final WebScene scene = new WebScene();
    private long count;

    enum By {
        BATCH,
        SOCKET
    }

    @AfterEach
    void leavesNoSession() {
        scene.server.close();
        scene.sim.poll();
        scene.sim.advance(java.time.Duration.ofSeconds(10));
        assertEquals(0, scene.server.open());
        assertEquals(0, scene.loop.timer().pending());
    }

    private WebPeer connect(By by) {
        return by == By.BATCH
                ? scene.client().batch(WebScene.BATCH)
                : scene.client().connect(WebScene.SOCKET);
    }

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private WebTarget calculator() {
        return WebTarget.empty()
                .method("add", args -> number(args.get(0)) + number(args.get(1)))
                .method("echo", args -> args.getFirst())
                .method("divide", args -> {
                    if (number(args.get(1)) == 0) {
                        throw JsError.of("bad_request", "cannot divide by zero").failure();
                    }
                    return number(args.get(0)) / number(args.get(1));
                });
    }

    private WebTarget counter() {
        return WebTarget.empty()
                .method("add", args -> count += number(args.getFirst()))
                .method("reset", args -> count = 0)
                .property("value", () -> count);
    }

    private void serving(WebTarget main) {
        scene.serving(visitor -> Promise.of(main.on(scene.loop)));
    }

    /** Calls through a peer of its own. */
    private Object once(By by, String name, @Nullable Object... args) {
        WebPeer peer = connect(by);
        try (Stub main = Stub.of(scene.loop, peer.main());
                Stub call = main.call(name, args)) {
            return scene.sim.await(call.value());
        } finally {
            peer.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"PY-117", "PY-121", "PY-382", "PY-404", "PY-408", "PY-375", "PY-377", "PY-381", "PY-386", "PY-390"})
    void calls_follow_one_another_and_go_at_a_time(By by) {
        serving(calculator());
        assertEquals(30L, once(by, "add", 10, 20));
        assertEquals(35L, once(by, "add", 50, -15));
        List<WebPeer> peers = IntStream.range(0, 10).mapToObj(i -> connect(by)).toList();
        List<Promise<Object>> values = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            try (Stub main = Stub.of(scene.loop, peers.get(i % 10).main());
                    Stub call = main.call("add", i, i + 1)) {
                values.add(call.value());
            }
        }
        List<Object> sums = scene.sim.await(Promise.all(values));
        assertEquals(
                IntStream.range(0, 100).mapToObj(i -> (Object) (2L * i + 1)).toList(), sums);
        peers.forEach(WebPeer::close);
        try (Stub dead = Stub.of(scene.loop, peers.getFirst().main());
                Stub call = dead.call("add", 1, 1)) {
            assertThrows(Failure.class, () -> scene.sim.await(call.value()));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"PY-122", "PY-135", "PY-340", "PY-342", "PY-344"})
    void several_objects_are_reached_through_the_main_one_and_keep_their_state(By by) {
        Cap counter = counter().on(scene.loop);
        serving(WebTarget.empty()
                .property("calculator", this::calculator)
                .property("counter", () -> Stub.of(scene.loop, counter.share())));
        for (int round = 0; round < 2; round++) {
            WebPeer peer = connect(by);
            try (Stub main = Stub.of(scene.loop, peer.main());
                    Stub sum = main.get("calculator").call("add", 1, 2);
                    Stub one = main.get("counter").call("add", 5);
                    Stub two = main.get("counter").call("add", -2);
                    Stub none = main.get("nobody").call("add", 1)) {
                Promise<Object> failed = none.value();
                assertEquals(
                        List.of(3L, 5L + 3L * round, 3L + 3L * round),
                        scene.sim.await(Promise.all(List.of(sum.value(), one.value(), two.value()))));
                assertEquals(
                        "Cannot read properties of undefined (reading 'add')",
                        assertThrows(Failure.class, () -> scene.sim.await(failed))
                                .reason());
            }
            peer.close();
        }
        assertEquals(6, count);
        counter.close();
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"PY-120", "PY-125"})
    void a_result_may_be_next_to_nothing_and_an_error_is_no_result(By by) {
        serving(calculator());
        assertEquals(0L, once(by, "add", 0, 0));
        for (Object little : Arrays.asList(0L, false, "", List.of(), Map.of(), JsValue.UNDEFINED)) {
            assertEquals(little, once(by, "echo", little));
        }
        Failure failure = assertThrows(Failure.class, () -> once(by, "divide", 10, 0));
        assertEquals(JsError.of("bad_request", "cannot divide by zero"), JsError.of(failure));
        assertEquals(5L, once(by, "divide", 10, 2));
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"PY-123", "PY-130", "PY-131", "PY-257", "PY-383", "PY-384", "PY-385", "PY-389", "PY-399", "PY-401"})
    void a_peer_is_closed_as_often_as_you_like_and_its_client_makes_another(By by) {
        serving(calculator());
        WebClient client = scene.client();
        for (int i = 0; i < 2; i++) {
            WebPeer peer = by == By.BATCH ? client.batch(WebScene.BATCH) : client.connect(WebScene.SOCKET);
            try (Stub main = Stub.of(scene.loop, peer.main());
                    Stub call = main.call("add", 10, 20)) {
                assertEquals(30L, scene.sim.await(call.value()));
            }
            peer.close();
            peer.close();
        }
        scene.sim.poll();
        scene.writesOfServer.clear();
        // One that has called nothing, and may never have had a connection.
        WebPeer unused = connect(by);
        unused.close();
        unused.close();
        WebPeer idle = connect(by);
        scene.sim.poll();
        idle.close();
        idle.close();
        scene.sim.poll();
        assertEquals(new WebPeer.Tables(0, 0, 0), unused.tables());
        assertEquals(new WebPeer.Tables(0, 0, 0), idle.tables());
        assertTrue(by == By.SOCKET || scene.writesOfServer.isEmpty(), "a batch without calls is not sent");
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"PY-124", "PY-387", "PY-388", "PY-392", "PY-393", "PY-403"})
    void without_a_server_calls_fail_and_closing_does_no_harm(By by) {
        WebPeer peer = by == By.BATCH
                ? scene.client().batch(URI.create("http://nobody/rpc"))
                : scene.client().connect(URI.create("ws://nobody/rpc"));
        try (Stub main = Stub.of(scene.loop, peer.main());
                Stub call = main.call("add", 1, 2)) {
            Failure failure =
                    assertInstanceOf(Failure.class, assertThrows(Failure.class, () -> scene.sim.await(call.value())));
            assertEquals("nobody listens", failure.reason());
            try (Stub later = main.call("add", 1, 2)) {
                assertThrows(Failure.class, () -> scene.sim.await(later.value()));
            }
        }
        peer.close();
        peer.close();
        assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
    }
}

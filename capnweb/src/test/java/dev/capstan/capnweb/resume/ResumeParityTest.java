package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.resume.ResumeScene.Notice;
import dev.capstan.testkit.Parity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the port to Python holds of sessions that are restored from a token. */
class ResumeParityTest {
    private final ResumeScene scene = new ResumeScene(1, ResumeLimits.DEFAULT);

    ResumeParityTest() {
        scene.main = () -> WebTarget.empty()
                .method("counter", args -> {
                    long[] count = {(Long) Objects.requireNonNull(args.getFirst())};
                    return WebTarget.empty()
                            .method("increment", none -> ++count[0])
                            .property("value", () -> count[0]);
                })
                .on(scene.loop);
    }

    @AfterEach
    void nothing_is_left() {
        scene.close();
    }

    private Object await(Stub stub) {
        try (stub) {
            return scene.sim.await(stub.value());
        }
    }

    private Stub counter(Stub main, long start) {
        return assertInstanceOf(Stub.class, await(main.call("counter", start)));
    }

    @Test
    @Parity({"PY-277", "PY-284", "PY-289", "PY-290"})
    @DisplayName("resume integration: session restoration with several capabilities and their state")
    void objects_of_a_session_and_their_state_are_there_after_a_cut() {
        WebPeer client = scene.client(null);
        try (Stub main = Stub.of(scene.loop, client.main())) {
            List<Stub> counters =
                    IntStream.range(0, 3).mapToObj(i -> counter(main, 10L * i)).toList();
            counters.forEach(counter -> await(counter.call("increment")));
            for (Notice who : Notice.values()) {
                scene.cut(who);
                List<Object> values = new ArrayList<>();
                counters.forEach(counter -> values.add(await(counter.get("value"))));
                assertEquals(List.of(1L, 11L, 21L), values);
            }
            counters.forEach(Stub::close);
        }
        scene.settle();
        assertEquals(1, scene.serverPeers.getLast().tables().exports());
        client.close();
    }

    @Test
    @Parity({"PY-275", "PY-276", "PY-278", "PY-282", "PY-285"})
    @DisplayName("resume token manager: create, validate and invalidate token")
    void the_token_of_a_session_is_good_until_that_is_closed() {
        WebPeer client = scene.client(null);
        try (Stub main = Stub.of(scene.loop, client.main())) {
            counter(main, 1).close();
            scene.cut(Notice.BOTH);
            counter(main, 2).close();
        }
        assertEquals(2, scene.connections());
        // The server forgets the session while the client is away; what the client then shows is of no use.
        scene.reachable = false;
        scene.cut(Notice.BOTH);
        scene.settle();
        assertEquals(1, scene.server.suspended());
        scene.serverPeers.getLast().close();
        scene.sim.poll();
        assertEquals(0, scene.server.sessions());
        scene.reachable = true;
        assertEquals(Refusal.UNKNOWN, refusal(client));
    }

    @Test
    @Parity({"PY-279", "PY-286"})
    @DisplayName("resume token manager: cleanup expired")
    void all_sessions_whose_time_is_over_are_forgotten() {
        List<WebPeer> clients = List.of(scene.client(null), scene.client(null));
        for (WebPeer client : clients) {
            try (Stub main = Stub.of(scene.loop, client.main())) {
                counter(main, 1).close();
            }
        }
        scene.reachable = false;
        scene.cutAll();
        scene.sim.poll();
        assertEquals(2, scene.server.suspended());
        scene.sim.advance(ResumeLimits.DEFAULT.grace().plus(Duration.ofSeconds(1)));
        assertEquals(0, scene.server.sessions());
        assertEquals(0, scene.server.keptBytes());
        scene.reachable = true;
        clients.forEach(client -> assertEquals(Refusal.UNKNOWN, refusal(client)));
    }

    private Refusal refusal(WebPeer client) {
        try (Stub main = Stub.of(scene.loop, client.main());
                Stub call = main.call("counter", 1)) {
            Failure failure = assertThrows(Failure.class, () -> scene.sim.await(call.value()));
            return assertInstanceOf(Refused.class, failure.getCause()).refusal();
        }
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.SessionWatch;
import dev.capstan.testkit.Recorder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What an observer is told of sessions. */
class ObservedTest {
    private final SimLoop sim = new SimLoop();
    private final Recorder asking = new Recorder();
    private final Recorder asked = new Recorder();

    private TwoPeers peers(Recorder client, Recorder server) {
        TwoPeers peers = new TwoPeers(sim, Options.DEFAULT.withObserver(client), Options.DEFAULT.withObserver(server));
        peers.main
                .on(
                        "add",
                        arguments -> Scripted.value(
                                ((Number) arguments.get(0)).longValue() + ((Number) arguments.get(1)).longValue()))
                .on("fail", arguments -> {
                    throw Failure.failed("on purpose");
                })
                .on("node", arguments -> Scripted.value(peers.main.cap()))
                .get("size", () -> 7L);
        return peers;
    }

    private TwoPeers peers() {
        return peers(asking, asked);
    }

    @Test
    void a_call_is_told_on_both_sides_with_its_end() {
        try (TwoPeers peers = peers()) {
            assertEquals(3L, peers.value(TwoPeers.call(peers.api, "add", 1L, 2L)));
            peers.settle();
            assertEquals(List.of("session capnweb", "outgoing 1 add()", "outgoing 1 ok"), asking.lines());
            assertEquals(List.of("session capnweb", "incoming 1 add()", "incoming 1 ok"), asked.lines());
        }
    }

    @Test
    void a_failure_is_told_to_both_sides() {
        try (TwoPeers peers = peers()) {
            peers.failure(TwoPeers.call(peers.api, "fail"));
            assertEquals("outgoing 1 failed: on purpose", asking.lines().getLast());
            assertEquals("incoming 1 failed: on purpose", asked.lines().getLast());
        }
    }

    @Test
    void a_pipelined_call_names_the_one_that_it_goes_ahead_of_and_that_ends_without_a_message() {
        try (TwoPeers peers = peers();
                Cap node = TwoPeers.object(TwoPeers.call(peers.api, "node"))) {
            assertEquals(3L, peers.value(TwoPeers.call(node, "add", 1L, 2L)));
            peers.settle();
            assertTrue(asked.lines().contains("incoming 2 on 1 add()"), () -> "" + asked.lines());
            assertTrue(asked.lines().contains("incoming 1 ok, no message"), () -> "" + asked.lines());
            assertTrue(asking.lines().contains("outgoing 2 on 1 add()"), () -> "" + asking.lines());
        }
        assertTrue(asking.lines().contains("outgoing 1 ok, no message"), () -> "" + asking.lines());
    }

    @Test
    void a_failure_that_nobody_asks_about_is_told_all_the_same() {
        try (TwoPeers peers = peers()) {
            TwoPeers.object(TwoPeers.call(peers.api, "fail")).close();
            peers.settle();
            assertEquals(
                    "incoming 1 failed: on purpose, no message", asked.lines().getLast());
            assertEquals("outgoing 1 ok, no message", asking.lines().getLast());
        }
    }

    @Test
    void what_is_read_is_told_as_such_and_not_what_lies_in_arguments() {
        try (TwoPeers peers = peers()) {
            assertEquals(7L, peers.value(TwoPeers.read(peers.api, "size")));
            try (Cap size = TwoPeers.object(TwoPeers.read(peers.api, "size"))) {
                assertEquals(8L, peers.value(TwoPeers.call(peers.api, "add", new PromisedValue(size.share()), 1L)));
            }
            peers.settle();
            assertEquals(
                    List.of("incoming 1 size", "incoming 2 size", "incoming 3 add()"),
                    asked.lines().stream()
                            .filter(line -> line.matches("incoming \\d+ \\w+(\\(\\))?") && !line.endsWith(" ok"))
                            .toList());
        }
    }

    @Test
    void a_call_that_is_given_up_while_it_is_waited_for_is_cancelled_on_both_sides() {
        try (TwoPeers peers = peers()) {
            Completer<Scripted.Answered> never = new Completer<>(sim.loop());
            peers.main.on("wait", arguments -> never.promise());
            Answer answer = TwoPeers.call(peers.api, "wait");
            var waiting = TwoPeers.results(answer).listen(sim.loop(), (value, failure) -> {});
            peers.settle();
            waiting.cancel();
            peers.settle();
            assertEquals("outgoing 1 cancelled", asking.lines().getLast());
            assertEquals("incoming 1 cancelled", asked.lines().getLast());
            never.complete(new Scripted.Answered(null));
            peers.settle();
        }
    }

    @Test
    void a_session_that_is_cut_ends_its_calls_before_it_is_over() {
        try (TwoPeers peers = peers()) {
            Completer<Scripted.Answered> never = new Completer<>(sim.loop());
            peers.main.on("wait", arguments -> never.promise());
            var waiting = TwoPeers.results(TwoPeers.call(peers.api, "wait"));
            waiting.listen(sim.loop(), (value, failure) -> {});
            peers.settle();
            peers.cut();
            peers.settle();
            assertEquals("over: DISCONNECTED", asking.lines().getLast());
            assertEquals("over: DISCONNECTED", asked.lines().getLast());
            assertTrue(asked.lines().contains("incoming 1 cancelled"), () -> "" + asked.lines());
            never.complete(new Scripted.Answered(null));
            peers.settle();
        }
    }

    @Test
    void what_makes_no_sense_has_failed() {
        try (TwoPeers peers = peers()) {
            sim.poll();
            say(peers, "[\"push\",[\"pipeline\",-99,[\"x\"],[]]]");
            assertTrue(
                    asked.lines().getLast().startsWith("incoming 1 failed: no such entry on exports table"),
                    () -> "" + asked.lines());
            say(peers, "[\"release\",1,1]");
            peers.settle();
        }
    }

    @Test
    void what_is_held_is_listed_with_the_oldest_first() {
        try (TwoPeers peers = peers()) {
            peers.settle();
            Scripted later = peers.counted("later");
            peers.main.on("later", arguments -> Scripted.value(later.cap()));
            Object given = peers.value(TwoPeers.call(peers.api, "later"));
            ObservedSession server = asked.sessions().getFirst();
            List<ObservedSession.Held> exports = server.exports(10);
            assertEquals(
                    List.of(0L, -1L),
                    exports.stream().map(ObservedSession.Held::id).toList());
            assertEquals(Scripted.class.getName(), exports.getLast().what());
            assertEquals(
                    Duration.ofSeconds(1),
                    exports.getFirst().age().minus(exports.getLast().age()));
            assertEquals(2, server.counts().exports());
            assertEquals(0, server.counts().answers());
            ObservedSession client = asking.sessions().getFirst();
            assertEquals(2, client.imports(10).size());
            assertEquals(client.counts().sentBytes(), server.counts().receivedBytes());
            ((Cap) Objects.requireNonNull(given)).close();
            peers.settle();
            assertEquals(1, server.exports(10).size());
        }
    }

    @Test
    void a_text_travels_with_a_call_to_who_looks_for_it_and_harms_nobody_else() {
        try (TwoPeers peers = peers(new Recorder("00-ab-cd-01"), asked)) {
            assertEquals(3L, peers.value(TwoPeers.call(peers.api, "add", 1L, 2L)));
            assertTrue(
                    peers.fromClient.contains(
                            "[\"push\",[\"pipeline\",0,[\"add\"],[1,2]],{\"traceparent\":\"00-ab-cd-01\"}]"),
                    () -> "" + peers.fromClient);
            assertEquals("incoming 1 add() with 00-ab-cd-01", asked.lines().get(1));
            peers.settle();
        }
        try (TwoPeers peers =
                new TwoPeers(sim, Options.DEFAULT.withObserver(new Recorder("00-ab-cd-01")), Options.DEFAULT)) {
            peers.main.on("one", arguments -> Scripted.value(1L));
            assertEquals(1L, peers.value(TwoPeers.call(peers.api, "one")));
            peers.settle();
        }
    }

    @Test
    void with_nobody_watching_nothing_is_made() {
        try (TwoPeers peers = new TwoPeers()) {
            assertNull(((Session) peers.client()).observed);
        }
        try (TwoPeers peers =
                new TwoPeers(sim, Options.DEFAULT.withObserver(session -> SessionWatch.NONE), Options.DEFAULT)) {
            assertNull(((Session) peers.client()).observed);
        }
    }

    /** The server hears this, whatever the client has said. */
    private static void say(TwoPeers peers, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        ((Session) peers.server()).received(bytes, 0, bytes.length, false);
    }
}

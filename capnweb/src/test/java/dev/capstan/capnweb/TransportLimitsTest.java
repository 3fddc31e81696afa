package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.testkit.Parity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each limit of what carries a session: one below, at it, and one above. */
class TransportLimitsTest {
    private static final String SQUARE = "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]\n[\"pull\",1]";

    private static WebScene scene(UnaryOperator<Limits.Transport> change) {
        return new WebScene(Limits.DEFAULT.withTransport(change.apply(Limits.Transport.DEFAULT)));
    }

    @Test
    void sessions() {
        for (int sessions = 1; sessions <= 3; sessions++) {
            WebScene scene = scene(limits -> limits.withSessions(2));
            List<String> outcomes = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                WebPeer peer = scene.client().connect(WebScene.SOCKET);
                try (Cap main = peer.main()) {
                    outcomes.add(scene.failure(WebScene.call(main, "square", 2L)));
                }
            }
            String last = sessions <= 2
                    ? "no failure but 4"
                    : "ws://server:80/rpc did not open a WebSocket but answered with"
                            + " status 503: the server has 2 sessions already, which is its limit";
            assertEquals(last, outcomes.getLast());
            assertEquals(sessions < 2 ? 200 : 503, scene.post(SQUARE).status());
            scene.server.close();
            scene.sim.poll();
            assertEquals(0, scene.server.open());
        }
    }

    @Test
    void bytes_of_a_batch() {
        int length = SQUARE.length();
        for (int limit = length - 1; limit <= length + 1; limit++) {
            int most = limit;
            WebScene scene = scene(limits -> limits.withBatchBytes(most));
            assertEquals(limit < length ? 413 : 200, scene.post(SQUARE).status());
            WebPeer peer = scene.client().batch(WebScene.BATCH);
            try (Cap main = peer.main()) {
                String outcome = scene.failure(WebScene.call(main, "square", 2L));
                assertEquals(
                        limit < length
                                ? "This batch has " + length + " bytes, and " + limit
                                        + " is the limit (Limits.transport): send it in parts."
                                : "no failure but 4",
                        outcome);
            }
        }
    }

    @Test
    void bytes_of_the_answer_to_a_batch() {
        String bundle = "[\"push\",[\"pipeline\",0,[\"getBundle\"],[]]]\n[\"pull\",1]";
        String answer = WebScene.text(new WebScene().post(bundle));
        assertTrue(answer.length() > bundle.length(), answer);
        for (int limit = answer.length() - 1; limit <= answer.length() + 1; limit++) {
            int most = limit;
            WebScene scene = scene(limits -> limits.withBatchBytes(most));
            assertEquals(limit < answer.length() ? 500 : 200, scene.post(bundle).status(), "limit " + limit);
            scene.sim.poll();
            assertEquals(0, scene.server.open());
        }
    }

    @Test
    void messages_of_a_batch() {
        for (int messages = 1; messages <= 3; messages++) {
            WebScene scene = scene(limits -> limits.withBatchMessages(2));
            String batch = String.join(
                    "\n", java.util.Collections.nCopies(messages, "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]"));
            assertEquals(messages <= 2 ? 200 : 413, scene.post(batch).status());
        }
    }

    @Test
    void time_of_a_batch() {
        for (int offset = -1; offset <= 1; offset++) {
            WebScene scene = scene(limits -> limits.withBatchTime(Duration.ofMillis(100)));
            String slow = "[\"push\",[\"pipeline\",0,[\"slow\"],[" + (100 + offset) + "]]]\n[\"pull\",1]";
            String answer = WebScene.text(scene.post(slow));
            assertEquals(offset < 0, answer.equals("[\"resolve\",1,\"slow done\"]"), answer);
        }
    }

    @Test
    @Parity({"PY-127", "PY-379"})
    void a_server_that_never_answers_a_batch_is_given_up() {
        WebScene scene = new WebScene(
                Limits.DEFAULT.withTransport(Limits.Transport.DEFAULT.withBatchTime(Duration.ofMillis(100))));
        BatchRequest request = new BatchRequest(
                scene.loop,
                scene.limits.transport(),
                body -> scene.loop.timer().after(Duration.ofHours(1)).map(done -> body));
        Session peer = new Session(scene.loop, request, null, Options.DEFAULT.withLimits(scene.limits));
        peer.start();
        try (Cap main = peer.main()) {
            assertEquals("nothing came within PT0.1S", scene.failure(WebScene.call(main, "square", 2L)));
        }
        assertEquals(Duration.ofMillis(100), scene.sim.now());
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    void what_a_batch_is_answered_with() {
        List<String> made = new ArrayList<>();
        String push = "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]";
        for (int results = 1; results <= 3; results++) {
            made.add(push);
            made.add("[\"pull\"," + results + "]");
            WebScene scene = new WebScene();
            byte[] answer = scene.post(String.join("\n", made)).body();
            Limits limits = Limits.DEFAULT.withTransport(Limits.Transport.DEFAULT.withBatchMessages(2));
            BatchRequest request = new BatchRequest(scene.loop, limits.transport(), body -> Promise.of(answer));
            Session peer = new Session(scene.loop, request, null, Options.DEFAULT.withLimits(limits));
            peer.start();
            try (Cap main = peer.main()) {
                List<Promise<String>> calls = new ArrayList<>();
                for (int i = 0; i < results; i++) {
                    calls.add(WebScene.call(main, "square", 2L).eager());
                }
                assertEquals(
                        results <= 2
                                ? "no failure but 4"
                                : "The answer to this batch has more than 2 messages, which is the limit (Limits.transport): ask for less at a time.",
                        scene.failure(calls.getLast()));
            }
        }
    }

    @Test
    void messages_of_a_second() {
        for (int messages = 3; messages <= 5; messages++) {
            WebScene scene = scene(limits -> limits.withMessagesPerSecond(4));
            WebScene.Raw raw = scene.new Raw();
            for (int i = 0; i < messages; i++) {
                raw.say("[\"push\",[\"pipeline\",0,[\"square\"],[2]]]");
            }
            scene.sim.poll();
            assertEquals(
                    1 + Math.min(4, messages), scene.server.tables().getFirst().exports());
            scene.sim.advance(Duration.ofSeconds(1));
            assertEquals(1 + messages, scene.server.tables().getFirst().exports(), "held back, not lost");
            for (int i = 0; i < messages; i++) {
                raw.say("[\"release\"," + (i + 1) + ",1]");
            }
            scene.sim.advance(Duration.ofSeconds(3));
            assertEquals(1, scene.server.tables().getFirst().exports());
            scene.server.close();
            scene.sim.advance(Duration.ofSeconds(10));
            assertEquals(0, scene.loop.timer().pending());
        }
    }

    @Test
    void time_in_which_nothing_is_said() {
        WebScene scene = scene(limits -> limits.withIdleTime(Duration.ofMinutes(10)));
        WebScene.Raw raw = scene.new Raw();
        for (int i = 0; i < 3; i++) {
            scene.sim.advance(Duration.ofMinutes(10).minusMillis(1));
            assertEquals(1, scene.server.open());
            raw.say("[\"push\",[\"pipeline\",0,[\"square\"],[2]]]");
            scene.sim.poll();
        }
        scene.sim.advance(Duration.ofMinutes(10).minusMillis(1));
        assertEquals(1, scene.server.open());
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(0, scene.server.open());
        assertEquals(
                "[\"abort\",[\"error\",\"Error\",\"nothing was said in this session for PT10M\",null,{\"kind\":\"disconnected\"}]]",
                raw.heard.getFirst());
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    void a_word_in_time_keeps_a_session_and_one_at_the_end_of_its_time_or_later_does_not() {
        for (int offset = -1; offset <= 1; offset++) {
            WebScene scene = scene(limits -> limits.withIdleTime(Duration.ofMinutes(10)));
            WebScene.Raw raw = scene.new Raw();
            scene.sim.advance(Duration.ofMinutes(10).plusNanos(offset));
            assertEquals(offset < 0 ? 1 : 0, scene.server.open(), "offset " + offset);
            raw.say("[\"push\",[\"pipeline\",0,[\"square\"],[2]]]");
            scene.sim.advance(Duration.ofMinutes(10).minusNanos(1));
            assertEquals(offset < 0 ? 1 : 0, scene.server.open(), "offset " + offset);
            scene.sim.advance(Duration.ofNanos(1));
            assertEquals(0, scene.server.open());
            scene.sim.advance(Duration.ofSeconds(10));
            assertEquals(0, scene.loop.timer().pending());
        }
    }

    @Test
    void a_peer_is_asked_for_a_sign_of_life_and_given_up_each_at_its_time() {
        for (int offset = -1; offset <= 1; offset++) {
            // One that answers within the time is kept, one that has read nothing by then is not.
            for (int answers = -1; answers <= 1; answers++) {
                WebScene scene = scene(limits -> limits.withSilence(Duration.ofSeconds(30)));
                WebScene.Raw gone = scene.new Raw();
                gone.socket.pause();
                int before = scene.writesOfServer.size();
                scene.sim.advance(Duration.ofSeconds(30).plusNanos(offset));
                assertEquals(offset < 0 ? 0 : 1, scene.writesOfServer.size() - before, "asked, offset " + offset);
                scene.sim.advance(Duration.ofSeconds(30).plusNanos(answers - offset));
                assertEquals(answers < 0 ? 1 : 0, scene.server.open(), "offset " + answers);
                gone.socket.resume();
                scene.sim.advance(Duration.ofSeconds(10));
                assertEquals(answers < 0 ? 1 : 0, scene.server.open(), "offset " + answers);
                scene.server.close();
                scene.sim.advance(Duration.ofSeconds(10));
                assertEquals(0, scene.loop.timer().pending());
            }
        }
    }

    @Test
    void time_in_which_a_peer_gives_no_sign_of_life() {
        WebScene scene = scene(limits -> limits.withSilence(Duration.ofSeconds(30)));
        WebScene.Raw quiet = scene.new Raw();
        WebScene.Raw gone = scene.new Raw();
        // It reads nothing any more, and so answers no ping.
        gone.socket.pause();
        scene.sim.advance(Duration.ofSeconds(60).minusMillis(1));
        assertEquals(2, scene.server.open());
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(1, scene.server.open());
        scene.sim.advance(Duration.ofMinutes(5));
        assertEquals(1, scene.server.open());
        assertEquals(List.of(), quiet.heard);
    }

    @Test
    void time_for_a_main_object() {
        WebScene scene = scene(limits -> limits.withBatchTime(Duration.ofSeconds(2)));
        scene.serving(visitor -> scene.loop.timer().after(Duration.ofHours(1)).map(done -> {
            throw new AssertionError("too late");
        }));
        WebScene.Raw raw = scene.new Raw();
        scene.sim.advance(Duration.ofMillis(1999));
        assertEquals(List.of(), raw.heard);
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(1, raw.heard.size());
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(0, scene.server.open());
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    void limits_are_positive() {
        Limits.Transport limits = Limits.Transport.DEFAULT;
        List<Runnable> wrong = List.of(
                () -> limits.withSessions(0),
                () -> limits.withBatchBytes(0),
                () -> limits.withBatchMessages(0),
                () -> limits.withMessagesPerSecond(0),
                () -> limits.withBatchTime(Duration.ZERO),
                () -> limits.withIdleTime(Duration.ofSeconds(-1)),
                () -> limits.withSilence(Duration.ZERO));
        for (Runnable each : wrong) {
            assertThrows(IllegalArgumentException.class, each::run);
        }
    }

    @Test
    void each_limit_can_be_set_by_itself() {
        Limits limits = Limits.DEFAULT
                .withMessageBytes(1)
                .withDepth(2)
                .withBigIntDigits(3)
                .withNames(4)
                .withElements(5)
                .withValues(6)
                .withCalls(7)
                .withImports(8)
                .withExports(9)
                .withQueuedBytes(10)
                .withStreams(new Limits.Streams(10, 11, 12, 13))
                .withMaps(new Limits.Maps(14, 15, 16, 17))
                .withStubStacks(true);
        assertEquals(
                new Limits(
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        9,
                        10,
                        new Limits.Streams(10, 11, 12, 13),
                        new Limits.Maps(14, 15, 16, 17),
                        Limits.Transport.DEFAULT,
                        true),
                limits);
        Limits.Transport transport = Limits.Transport.DEFAULT
                .withSessions(1)
                .withBatchBytes(2)
                .withBatchMessages(3)
                .withBatchTime(Duration.ofSeconds(4))
                .withMessagesPerSecond(5)
                .withIdleTime(Duration.ofSeconds(6))
                .withSilence(Duration.ofSeconds(7));
        assertEquals(
                new Limits.Transport(1, 2, 3, Duration.ofSeconds(4), 5, Duration.ofSeconds(6), Duration.ofSeconds(7)),
                transport);
    }
}

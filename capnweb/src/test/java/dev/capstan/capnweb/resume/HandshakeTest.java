package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.resume.ResumeScene.Notice;
import dev.capstan.testkit.Parity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections begin, and what is refused: tokens, counts, and words that make no sense. A stranger's connection never harms a session. */
class HandshakeTest {
    private ResumeScene scene = scene(ResumeLimits.DEFAULT);
    private final List<Object> noted = new ArrayList<>();
    private int released;

    private ResumeScene scene(ResumeLimits limits) {
        ResumeScene made = new ResumeScene(1, limits);
        made.main = () -> new LocalCap(made.loop, new Target() {
            private final WebTarget methods = WebTarget.empty()
                    .method("note", args -> {
                        noted.add(args.getFirst());
                        return args.getFirst();
                    })
                    .method("call", args -> ((Stub) Objects.requireNonNull(args.getFirst())).apply(1));

            @Override
            public Promise<Void> handle(Context context) throws Exception {
                return methods.handle(context);
            }

            @Override
            public void released() {
                released++;
            }
        });
        return made;
    }

    /** Says by hand what no client of ours would. */
    private final class Raw implements MessageStream.Receiver {
        final Wire wire = scene.wire();
        final List<String> heard = new ArrayList<>();

        Raw(String... lines) {
            wire.start(this);
            for (String line : lines) {
                say(line);
            }
        }

        void say(String line) {
            wire.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            scene.sim.poll();
        }

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void ended() {
            heard.add("ended");
        }

        @Override
        public void failed(Throwable cause) {
            heard.add("failed");
        }

        /** The answer to the first word, without what chance decides. */
        String answer() {
            return heard.isEmpty() ? "nothing" : word(heard.getFirst());
        }
    }

    private static String word(String line) {
        return line.startsWith("{\"refused\":\"")
                ? line.substring(12, line.indexOf('"', 12))
                : line.substring(0, Math.min(9, line.length()));
    }

    private static String resume(String token, long received) {
        return "{\"resume\":\"" + token + "\",\"received\":" + received + "}";
    }

    /** A session of a client that makes a call, so that both sides have something to count. */
    private WebPeer session() {
        WebPeer client = scene.client(null);
        assertEquals(1L, call(client, 1L));
        scene.settle();
        return client;
    }

    private Object call(WebPeer client, long number) {
        try (Stub main = Stub.of(scene.loop, client.main());
                Stub call = main.call("note", number)) {
            return scene.sim.await(call.value());
        }
    }

    private Failure failure(WebPeer client) {
        return assertThrows(Failure.class, () -> call(client, 99));
    }

    private static Refusal refusal(Failure failure) {
        return ((Refused) Objects.requireNonNull(failure.getCause())).refusal();
    }

    @Test
    @Parity({"PY-277", "PY-284"})
    void a_session_goes_on_over_another_connection_and_keeps_its_objects() {
        WebPeer client = scene.client(null);
        try (Stub main = Stub.of(scene.loop, client.main())) {
            Function<List<Object>, Object> function = args -> "called";
            Stub call = main.call("call", function);
            scene.cut(Notice.BOTH);
            assertEquals("called", scene.sim.await(call.value().attach(call)));
        }
        assertEquals(2, scene.connections());
        assertEquals(1, scene.server.sessions());
        assertEquals(0, released);
        client.close();
        scene.settle();
        assertEquals(1, released);
        scene.close();
    }

    @Test
    void a_session_that_either_side_closes_is_over_at_once_on_both() {
        WebPeer client = session();
        client.close();
        scene.sim.poll();
        assertEquals(0, scene.server.sessions());
        WebPeer other = session();
        scene.serverPeers.getLast().close();
        scene.sim.poll();
        scene.sim.await(other.onDisconnect());
        assertEquals(0, scene.server.sessions());
        assertEquals(2, scene.connections());
        scene.close();
    }

    @Test
    @Parity({"PY-276", "PY-279"})
    void a_cut_session_waits_for_the_grace_period_and_then_gives_back_what_it_holds() {
        WebPeer client = session();
        scene.reachable = false;
        scene.cut(Notice.BOTH);
        scene.sim.poll();
        assertEquals(1, scene.server.suspended());
        scene.sim.advance(Duration.ofSeconds(29));
        assertEquals(0, released);
        assertEquals(1, scene.server.suspended());
        scene.sim.advance(Duration.ofSeconds(2));
        assertEquals(1, released);
        assertEquals(0, scene.server.sessions());
        assertEquals(new WebPeer.Tables(0, 0, 0), scene.serverPeers.getLast().tables());
        scene.reachable = true;
        Failure failure = failure(client);
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertEquals(Refusal.UNKNOWN, refusal(failure));
        scene.close();
    }

    @Test
    void a_client_gives_up_after_its_time_away() {
        WebPeer client = session();
        scene.reachable = false;
        scene.cut(Notice.BOTH);
        Failure failure = failure(client);
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertEquals("the server could not be reached again within PT2M: nobody listens", failure.reason());
        scene.close();
    }

    @Test
    void a_first_connection_that_cannot_be_had_fails_the_session_at_once() {
        scene.reachable = false;
        assertEquals("nobody listens", failure(scene.client(null)).reason());
        assertEquals(Duration.ZERO, scene.sim.now());
        scene.close();
    }

    @Test
    void a_connection_that_still_lives_is_replaced_when_the_client_comes_back() {
        WebPeer client = session();
        scene.cut(Notice.CLIENT);
        assertEquals(2L, call(client, 2));
        assertEquals(1, scene.server.sessions());
        assertEquals(0, scene.server.suspended());
        assertEquals(List.of(1L, 2L), noted);
        client.close();
        scene.close();
    }

    @Test
    void a_connection_that_is_dead_without_a_word_is_found_by_both_sides() {
        WebPeer client = session();
        scene.cut(Notice.SERVER);
        scene.sim.advance(Duration.ofSeconds(40));
        assertEquals(2, scene.connections());
        assertEquals(2L, call(client, 2));
        client.close();
        WebPeer other = session();
        scene.reachable = false;
        scene.cut(Notice.CLIENT);
        scene.sim.advance(Duration.ofSeconds(91));
        assertEquals(1, scene.server.suspended());
        other.close();
        scene.close();
    }

    @Test
    void pings_are_answered_and_keep_a_quiet_session_up() {
        WebPeer client = session();
        scene.sim.advance(Duration.ofMinutes(10));
        assertEquals(1, scene.connections());
        assertTrue(scene.fromServer.stream().anyMatch(line -> line.startsWith("{\"pong\"")));
        client.close();
        scene.close();
    }

    // ---- tokens

    @Test
    void a_token_is_good_once_as_soon_as_the_next_one_has_arrived() {
        WebPeer client = session();
        String first = scene.token();
        scene.cut(Notice.BOTH);
        assertEquals(2L, call(client, 2));
        String second = scene.token();
        scene.settle();
        assertEquals("reused", new Raw(resume(first, 0)).answer());
        assertEquals(3L, call(client, 3));
        assertFalse(first.equals(second));
        assertEquals(1, scene.server.sessions());
        client.close();
        scene.close();
    }

    @Test
    void a_token_whose_successor_was_lost_may_be_shown_again() {
        Raw raw = new Raw("{\"new\":true}");
        String first = scene.token();
        raw.say("{\"confirm\":1}");
        assertEquals("{\"token\":", new Raw(resume(first, 0)).answer());
        // As if that answer had never come.
        Raw third = new Raw(resume(first, 0));
        assertEquals("{\"token\":", third.answer());
        assertEquals(List.of("failed"), raw.heard.subList(1, 2));
        third.say("{\"confirm\":3}");
        assertEquals("reused", new Raw(resume(first, 0)).answer());
        scene.close();
    }

    @Test
    @Parity("PY-273")
    void tokens_that_are_changed_or_made_elsewhere_are_forged() {
        WebPeer client = session();
        String token = scene.token();
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= (byte) (1 << (i % 8));
            assertEquals("forged", new Raw(resume(text(changed), 0)).answer(), "byte " + i);
        }
        for (String wrong :
                List.of("", "x", token + "A", token.substring(4), "*".repeat(token.length()), "A".repeat(3_000))) {
            assertEquals("forged", new Raw(resume(wrong, 0)).answer(), wrong);
        }
        Token own = new Token(new Token.Id(1, 2), 1, Long.MAX_VALUE, Token.ownerOf(new Token.Id(1, 2), ""));
        assertEquals("forged", new Raw(resume(own.signed(TokenKeys.random(new Random(7))), 0)).answer());
        assertEquals(2L, call(client, 2));
        client.close();
        scene.close();
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Test
    @Parity({"PY-281", "PY-283"})
    void a_token_is_of_no_use_to_somebody_else() {
        scene.principal = "alice";
        WebPeer client = session();
        String token = scene.token();
        scene.principal = "bob";
        scene.cut(Notice.BOTH);
        assertEquals(Refusal.FOREIGN, refusal(failure(client)));
        assertEquals("foreign", new Raw(resume(token, 0)).answer());
        assertEquals(1, scene.server.suspended());
        scene.principal = "alice";
        assertEquals("{\"token\":", new Raw(resume(token, 1)).answer());
        scene.close();
    }

    @Test
    @Parity({"PY-272", "PY-280", "PY-287"})
    void a_token_is_good_for_its_time() {
        scene = scene(ResumeLimits.DEFAULT
                .withGrace(Duration.ofMinutes(10), Duration.ofMinutes(10))
                .withTokenTime(Duration.ofSeconds(20)));
        for (int after : new int[] {19_999, 20_000, 20_001}) {
            Raw raw = new Raw("{\"new\":true}", "{\"confirm\":1}");
            String token = scene.token();
            scene.cut(Notice.BOTH);
            scene.sim.poll();
            scene.sim.advance(Duration.ofMillis(after));
            assertEquals(
                    after < 20_000 ? "{\"token\":" : "expired",
                    new Raw(resume(token, 0)).answer(),
                    raw.heard::toString);
        }
        scene.close();
    }

    @Test
    void a_session_that_is_up_gets_new_tokens_in_time() {
        scene = scene(ResumeLimits.DEFAULT.withTokenTime(Duration.ofMinutes(1)));
        WebPeer client = session();
        String first = scene.token();
        scene.sim.advance(Duration.ofMinutes(5));
        scene.cut(Notice.BOTH);
        assertEquals(2L, call(client, 2));
        assertEquals("reused", new Raw(resume(first, 0)).answer());
        client.close();
        scene.close();
    }

    @Test
    void tokens_of_a_key_that_was_rotated_away_are_forged_and_of_one_that_is_kept_good() {
        TokenKeys old = TokenKeys.random(new Random(3));
        TokenKeys next = TokenKeys.random(new Random(4));
        scene.server.rotate(old);
        WebPeer client = session();
        scene.server.rotate(old.rotated(next, 1));
        scene.cut(Notice.BOTH);
        assertEquals(2L, call(client, 2));
        scene.server.rotate(next);
        scene.cut(Notice.BOTH);
        assertEquals(3L, call(client, 3));
        scene.server.rotate(next.rotated(TokenKeys.random(new Random(5)), 0));
        scene.cut(Notice.BOTH);
        assertEquals(Refusal.FORGED, refusal(failure(client)));
        scene.close();
    }

    @Test
    void keys_tell_nothing_of_themselves_and_have_to_be_long() {
        TokenKeys keys = TokenKeys.random(new Random(3));
        assertEquals("1 keys", keys.toString());
        assertThrows(IllegalArgumentException.class, () -> TokenKeys.of(new byte[31]));
        assertThrows(IllegalArgumentException.class, () -> keys.rotated(keys, 8));
        byte[] secret = new byte[32];
        TokenKeys own = TokenKeys.of(secret);
        Arrays.fill(secret, (byte) 1);
        assertEquals(TokenKeys.of(new byte[32]), own);
    }

    // ---- words that make no sense

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"push\",1]",
                "x",
                "{",
                "{}",
                "{\"new\":{}}",
                "{\"new\":true,\"new\":true}",
                "{\"new\":true}{}",
                "{\"old\":1}",
                "{\"ack\":0}",
                "{\"confirm\":1}",
                "{\"close\":\"\"}",
                "{\"token\":\"a\",\"generation\":1}",
                "{\"resume\":1,\"received\":0}",
                "{\"resume\":\"a\"}",
                "{\"resume\":\"a\",\"received\":-1}",
                "{\"resume\":\"a\",\"received\":1.5}",
                "{\"resume\":\"a\",\"received\":99999999999999999999}",
                "{\"resume\":\"a\",\"received\":9007199254740992}",
                "{\"resume\":\"a\",\"received\":\"0\"}",
            })
    void a_first_word_that_makes_no_sense_is_refused_and_costs_nothing(String line) {
        Raw raw = new Raw(line);
        assertEquals("protocol", raw.answer(), raw.heard::toString);
        assertEquals("ended", raw.heard.get(1));
        assertEquals(0, scene.server.sessions());
        scene.close();
    }

    @Test
    void an_empty_message_is_no_first_word_either() {
        assertEquals("protocol", new Raw("").answer());
        scene.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ack\":1}",
                "{\"ack\":-1}",
                "{\"confirm\":2}",
                "{\"new\":true}",
                "{\"resume\":\"a\",\"received\":0}",
                "{\"token\":\"a\",\"generation\":1}",
                "{\"token\":\"a\",\"generation\":1,\"received\":0,\"grace\":1}",
                "{\"whatever\":[]}",
                "{\"ping\":null}",
                "{\"ack\":",
            })
    void what_makes_no_sense_later_ends_the_session_and_releases_what_it_held(String line) {
        Raw raw = new Raw("{\"new\":true}", "{\"confirm\":1}");
        assertEquals(1, scene.server.sessions());
        raw.say(line);
        assertEquals("protocol", word(raw.heard.get(1)));
        assertEquals(0, scene.server.sessions());
        assertEquals(1, released);
        scene.close();
    }

    @Test
    void acknowledgements_do_not_go_backwards() {
        Raw raw = new Raw(
                "{\"new\":true}", "{\"confirm\":1}", "[\"push\",[\"pipeline\",0,[\"note\"],[7]]]", "[\"pull\",1]");
        assertEquals("[\"resolve\",1,7]", raw.heard.get(1));
        raw.say("{\"ack\":1}");
        assertEquals(0, scene.server.keptBytes());
        raw.say("{\"ack\":1}");
        assertEquals(1, scene.server.sessions());
        raw.say("{\"ack\":0}");
        assertEquals(0, scene.server.sessions());
        scene.close();
    }

    @Test
    void a_count_that_cannot_be_is_refused_and_ends_the_session() {
        for (long count : new long[] {0, 1, 2}) {
            Raw raw = new Raw(
                    "{\"new\":true}", "{\"confirm\":1}", "[\"push\",[\"pipeline\",0,[\"note\"],[7]]]", "[\"pull\",1]");
            raw.say("{\"ack\":1}");
            // One message has come and was acknowledged: it is not kept, and there are no two.
            Raw next = new Raw(resume(scene.token(), count));
            assertEquals(count == 1 ? "{\"token\":" : "lost", next.answer());
            assertEquals(count == 1 ? 1 : 0, scene.server.sessions());
            assertEquals("failed", raw.heard.getLast());
            next.say("{\"close\":\"\"}");
        }
        assertEquals(3, released);
        scene.close();
    }

    @Test
    void what_was_not_acknowledged_is_sent_again_and_nothing_else() {
        Raw raw = new Raw("{\"new\":true}", "{\"confirm\":1}");
        for (int i = 1; i <= 3; i++) {
            raw.say("[\"push\",[\"pipeline\",0,[\"note\"],[" + i + "]]]");
            raw.say("[\"pull\"," + i + "]");
        }
        raw.say("{\"ack\":1}");
        Raw next = new Raw(resume(scene.token(), 2));
        assertTrue(next.heard.getFirst().contains("\"received\":6,"), next.heard::toString);
        assertEquals(List.of("[\"resolve\",3,3]"), next.heard.subList(1, next.heard.size()));
        next.say("{\"close\":\"\"}");
        scene.close();
    }

    @Test
    void a_server_that_makes_no_sense_ends_the_session_of_its_client() {
        for (String line : List.of(
                "[\"push\",1]",
                "{\"ack\":0}",
                "{\"token\":\"a\",\"generation\":1}",
                "{\"token\":\"a\",\"generation\":1,\"received\":9,\"grace\":1}",
                "{\"new\":true}")) {
            scene.network.host("liar").onAccept(stream -> {
                stream.start(new Raw("{\"new\":true}"));
                stream.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            });
            MessageStream stream = ResumableClient.open(
                    scene.loop,
                    () -> Promise.of(scene.network.host("victim").connectAnew("liar")),
                    Reconnection.of(new Random(1)));
            WebPeer client = WebPeer.over(scene.loop, stream, null);
            Failure failure = failure(client);
            assertTrue(failure.getCause() instanceof Refused, () -> line + " " + failure);
            assertEquals(Refusal.PROTOCOL, refusal(failure), line);
        }
        scene.close();
    }

    @Test
    void a_server_that_refuses_with_a_new_word_is_understood_as_far_as_it_can_be() {
        scene.network.host("newer").onAccept(stream -> {
            stream.start(new Raw("{\"new\":true}"));
            stream.send(
                    ByteBuffer.wrap("{\"refused\":\"tired\",\"reason\":\"later\"}".getBytes(StandardCharsets.UTF_8)));
        });
        MessageStream stream = ResumableClient.open(
                scene.loop,
                () -> Promise.of(scene.network.host("client").connectAnew("newer")),
                Reconnection.of(new Random(1)));
        WebPeer client = WebPeer.over(scene.loop, stream, null);
        assertEquals(
                "the server does not go on with the session (tired): later",
                failure(client).reason());
        scene.close();
    }

    @Test
    void strangers_are_refused_by_a_server_that_is_closed() {
        scene.server.close();
        assertEquals("full", new Raw("{\"new\":true}").answer());
        scene.close();
    }

    @Test
    void objects_of_the_server_are_released_once_however_often_it_was_cut() {
        WebPeer client = session();
        for (long i = 2; i < 20; i++) {
            scene.cut(List.of(Notice.values()).get((int) i % 3));
            assertEquals(i, call(client, i));
        }
        Cap main = client.main();
        main.close();
        client.close();
        scene.sim.poll();
        assertEquals(1, released);
        assertEquals(19, noted.size());
        scene.close();
    }
}

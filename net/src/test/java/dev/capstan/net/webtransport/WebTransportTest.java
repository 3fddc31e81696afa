package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.net.Descriptors;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A client and a server of ours, over UDP on loopback. */
class WebTransportTest {
    private static final int MEGABYTE = 1 << 20;

    private final Sessions sessions = new Sessions(
            Transport.AUTO,
            Sessions.LIMITS,
            routes -> routes.on("/below/*", WebTransportTest::greet).on("/throws", session -> {
                throw new IllegalStateException("enough");
            }));

    private static void greet(WebTransportSession session) {
        MessageStream messages = session.messages();
        Lines.of(messages);
        WebTransportRequest request = session.request();
        Lines.send(
                messages,
                request.path(),
                String.valueOf(request.query()),
                String.valueOf(request.origin()),
                String.valueOf(request.headers().first("x-who")));
        messages.end();
    }

    @AfterEach
    void leavesNothingBehind() {
        sessions.close();
        assertEquals(0, sessions.loop().timer().pending());
    }

    /** Both ends of one session, as messages that are being read. */
    private final class Talk {
        final WebTransportSession client;
        final MessageStream clientStream;
        final MessageStream serverStream;
        final Lines atClient;
        final Lines atServer;

        Talk() {
            Sessions.Pair pair = sessions.pair();
            client = pair.client();
            clientStream = pair.client().messages();
            serverStream = pair.server().messages();
            atClient = Lines.of(clientStream);
            atServer = Lines.of(serverStream);
        }
    }

    private void until(java.util.function.BooleanSupplier condition) {
        sessions.until(condition);
    }

    @Test
    void several_looks_at_the_messages_add_up_the_last_one_nearest_to_the_wire() {
        List<String> looked = new ArrayList<>();
        try (Sessions looking = new Sessions(
                Transport.AUTO,
                Sessions.LIMITS,
                routes -> routes.shown(messages -> {
                            looked.add("first");
                            return messages;
                        })
                        .shown(messages -> {
                            looked.add("second");
                            return messages;
                        }))) {
            Lines.of(looking.pair().server().messages());
        }
        assertEquals(List.of("second", "first"), looked);
    }

    @Nested
    class Messages {
        @Test
        @Parity("PY-428")
        void each_line_is_one_message() {
            Talk talk = new Talk();
            Lines.send(talk.clientStream, "[1]", "", "{\"é\":\"😀\"}");
            talk.clientStream.send(
                    ByteBuffer.wrap("xxab".getBytes(StandardCharsets.UTF_8), 2, 2),
                    ByteBuffer.wrap(new byte[0]),
                    ByteBuffer.wrap("cd".getBytes(StandardCharsets.UTF_8)));
            until(() -> talk.atServer.count() == 4);
            assertEquals(List.of("[1]", "", "{\"é\":\"😀\"}", "abcd"), talk.atServer.texts());
        }

        @Test
        void many_messages_keep_their_order_both_ways() {
            Talk talk = new Talk();
            talk.atServer.onLine = () -> talk.serverStream.send(ByteBuffer.wrap(talk.atServer.received.getLast()));
            List<String> sent =
                    IntStream.range(0, 20_000).mapToObj(i -> "message " + i).toList();
            Lines.send(talk.clientStream, sent.toArray(new String[0]));
            until(() -> talk.atClient.count() == sent.size());
            assertEquals(sent, talk.atClient.texts());
        }

        @Test
        void messages_of_a_megabyte_arrive_whole_among_small_ones() {
            Talk talk = new Talk();
            Random random = new Random(1);
            byte[][] sent = new byte[12][];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = new byte[i % 3 == 0 ? MEGABYTE + i : 1 + random.nextInt(100)];
                Arrays.fill(sent[i], (byte) ('a' + i));
                talk.clientStream.send(ByteBuffer.wrap(sent[i]));
                talk.serverStream.send(ByteBuffer.wrap(sent[i]));
            }
            until(() -> talk.atServer.count() == sent.length && talk.atClient.count() == sent.length);
            for (int i = 0; i < sent.length; i++) {
                assertArrayEquals(sent[i], talk.atServer.received.get(i));
                assertArrayEquals(sent[i], talk.atClient.received.get(i));
            }
        }

        @Test
        void a_message_with_a_line_feed_is_refused_and_the_stream_stays_usable() {
            Talk talk = new Talk();
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> Lines.send(talk.clientStream, "one\ntwo"));
            assertTrue(String.valueOf(refused.getMessage()).contains("line feed"));
            Lines.send(talk.clientStream, "three");
            until(() -> talk.atServer.count() == 1);
            assertEquals(List.of("three"), talk.atServer.texts());
        }

        @Test
        void a_line_may_be_as_long_as_the_limit_and_no_longer() {
            for (int length : new int[] {Sessions.LIMITS.lineBytes() - 1, Sessions.LIMITS.lineBytes()}) {
                Talk talk = new Talk();
                talk.clientStream.send(ByteBuffer.wrap(filled(length)));
                until(() -> talk.atServer.count() == 1);
                assertEquals(length, talk.atServer.received.getFirst().length);
            }
            Talk talk = new Talk();
            talk.clientStream.send(ByteBuffer.wrap(filled(Sessions.LIMITS.lineBytes() + 1)));
            until(() -> talk.atServer.isOver() && talk.atClient.isOver());
            assertTrue(talk.atServer.failureText().contains("more than 4194304 bytes"), talk.atServer.failureText());
            assertEquals(0, talk.atServer.count());
        }

        @Test
        void an_endless_line_is_refused_before_it_ends() {
            Talk talk = new Talk();
            for (int i = 0; i < 5; i++) {
                Lines.send(talk.clientStream, "kept");
            }
            until(() -> talk.atServer.count() == 5);
            Sessions.Pair pair = sessions.pair();
            Lines atServer = Lines.of(pair.server().messages());
            byte[] piece = filled(MEGABYTE);
            for (int i = 0; i < 6; i++) {
                pair.client().bytes().write(piece, 0, piece.length);
                break;
            }
            var bytes = pair.client().stream();
            for (int i = 0; i < 5; i++) {
                bytes.write(piece, 0, piece.length);
            }
            until(atServer::isOver);
            assertTrue(atServer.failureText().contains("line of more than"), atServer.failureText());
            Lines.send(talk.clientStream, "and others go on");
            until(() -> talk.atServer.count() == 6);
        }

        private static byte[] filled(int length) {
            byte[] bytes = new byte[length];
            Arrays.fill(bytes, (byte) 'x');
            return bytes;
        }
    }

    @Nested
    class BackPressure {
        @Test
        void a_paused_reader_holds_the_writer_back() {
            Talk talk = new Talk();
            talk.serverStream.pause();
            sessions.polls();
            byte[] line = new byte[MEGABYTE];
            Arrays.fill(line, (byte) 'x');
            for (int i = 0; i < 40; i++) {
                talk.clientStream.send(ByteBuffer.wrap(line));
            }
            Promise<Void> drained = talk.clientStream.drained();
            sessions.polls();
            assertTrue(talk.clientStream.queuedBytes() > 8L * MEGABYTE);
            assertFalse(sessions.loop().poll(drained));
            assertEquals(0, talk.atServer.count());
            talk.serverStream.resume();
            sessions.loop().await(drained);
            assertEquals(0, talk.clientStream.queuedBytes());
            until(() -> talk.atServer.count() == 40);
        }

        @Test
        void a_receiver_that_pauses_at_each_message_gets_each_in_its_turn() {
            Talk talk = new Talk();
            talk.atServer.onLine = talk.serverStream::pause;
            List<String> sent = IntStream.range(0, 300).mapToObj(i -> "m" + i).toList();
            Lines.send(talk.clientStream, sent.toArray(new String[0]));
            talk.clientStream.end();
            for (int i = 1; i <= sent.size(); i++) {
                int count = i;
                until(() -> talk.atServer.count() == count);
                sessions.loop().poll();
                assertEquals(count, talk.atServer.count());
                assertFalse(talk.atServer.ended);
                talk.serverStream.resume();
            }
            until(() -> talk.atServer.ended);
            assertEquals(sent, talk.atServer.texts());
        }
    }

    @Nested
    class TheEnd {
        @Test
        void each_side_ends_its_half() {
            Talk talk = new Talk();
            Lines.send(talk.clientStream, "last");
            talk.clientStream.end();
            until(() -> talk.atServer.ended);
            Lines.send(talk.serverStream, "more", "and more");
            sessions.polls();
            assertFalse(talk.atClient.isOver());
            talk.serverStream.end();
            until(() -> talk.atClient.ended);
            assertEquals(List.of("last"), talk.atServer.texts());
            assertEquals(List.of("more", "and more"), talk.atClient.texts());
            until(() -> sessions.server.connections() == 0);
        }

        @Test
        void the_server_may_end_first() {
            Talk talk = new Talk();
            talk.serverStream.end();
            until(() -> talk.atClient.ended);
            Lines.send(talk.clientStream, "last");
            talk.clientStream.end();
            until(() -> talk.atServer.ended);
            assertEquals(List.of("last"), talk.atServer.texts());
            until(() -> sessions.server.connections() == 0);
        }

        @Test
        void an_abort_tells_its_code_and_reason() {
            Talk talk = new Talk();
            talk.clientStream.abort(new WebTransportClosed(4001, "enough é"));
            until(talk.atServer::isOver);
            assertEquals("4001 enough é", talk.atServer.closed());
            Talk other = new Talk();
            other.serverStream.abort(new WebTransportClosed(-1, ""));
            until(other.atClient::isOver);
            assertEquals("-1 ", other.atClient.closed());
            assertEquals(-1, closeOf(other.client).code());
            until(() -> sessions.server.connections() == 0);
        }

        private static WebTransportClosed closeOf(WebTransportSession session) {
            return java.util.Objects.requireNonNull(session.closed());
        }

        @Test
        void what_an_abort_is_about_is_none_of_the_peers_business() {
            Talk talk = new Talk();
            IOException cause = new IOException("the password is wrong");
            talk.serverStream.abort(cause);
            until(() -> talk.atClient.isOver() && talk.atServer.isOver());
            assertEquals(cause, talk.atServer.failure);
            assertEquals("1 ", talk.atClient.closed());
        }

        @Test
        void an_end_in_the_middle_of_a_message_is_a_failure() {
            Sessions.Pair pair = sessions.pair();
            Lines atServer = Lines.of(pair.server().messages());
            byte[] bytes = "whole\nhal".getBytes(StandardCharsets.UTF_8);
            var stream = pair.client().bytes();
            stream.write(bytes, 0, bytes.length);
            stream.end();
            until(atServer::isOver);
            assertEquals(List.of("whole"), atServer.texts());
            assertTrue(atServer.failureText().contains("in the middle of a message, after 3 bytes"));
        }

        @Test
        void a_server_whose_loop_closes_is_missed() {
            try (NetLoop other = NetLoop.onThisThread(Transport.AUTO)) {
                WebTransportSession client = other.loop().await(connectWith(other));
                Lines atClient = Lines.of(client.messages());
                until(() -> !sessions.accepted.isEmpty());
                sessions.close();
                while (!atClient.isOver()) {
                    other.loop().await(other.loop().timer().after(Duration.ofMillis(1)));
                }
                assertTrue(atClient.failure instanceof IOException);
            }
        }

        @Test
        void a_client_whose_loop_closes_is_missed() {
            Lines atServer;
            try (NetLoop other = NetLoop.onThisThread(Transport.AUTO)) {
                other.loop().await(connectWith(other));
                until(() -> !sessions.accepted.isEmpty());
                atServer = Lines.of(sessions.accepted.getFirst().messages());
                sessions.polls();
            }
            until(atServer::isOver);
            assertTrue(atServer.failure instanceof IOException);
            until(() -> sessions.server.connections() == 0);
        }

        /** Two loops on one thread: ours goes on while the other waits. */
        private Promise<WebTransportSession> connectWith(NetLoop other) {
            Promise<WebTransportSession> connecting = WebTransportClient.connect(
                            other, sessions.url("/"), sessions.trust(), Headers.of(), sessions.limits)
                    .eager();
            while (!other.loop().poll(connecting)) {
                sessions.loop().poll();
            }
            return connecting;
        }

        @Test
        void a_server_that_closes_leaves_its_sessions_alone() {
            Talk talk = new Talk();
            sessions.server.close();
            Lines.send(talk.clientStream, "still there");
            until(() -> talk.atServer.count() == 1);
            talk.clientStream.end();
            talk.serverStream.end();
            until(() -> talk.atClient.ended && sessions.server.connections() == 0);
        }

        @Test
        void the_stream_of_a_session_is_taken_once() {
            Talk talk = new Talk();
            assertThrows(IllegalStateException.class, talk.client::bytes);
        }
    }

    @Nested
    class Requests {
        private Lines read(WebTransportSession session) {
            MessageStream messages = session.messages();
            Lines lines = Lines.of(messages);
            messages.end();
            until(lines::isOver);
            return lines;
        }

        @Test
        @Parity({"PY-429", "PY-430"})
        void the_handler_sees_path_query_origin_and_headers() {
            WebTransportSession session =
                    sessions.connect("/below/a%20b?x=1&y", "origin", "https://127.0.0.1:8443", "X-Who", "me");
            assertEquals(
                    List.of("/below/a%20b", "x=1&y", "https://127.0.0.1:8443", "me"),
                    read(session).texts());
        }

        @Test
        void a_program_needs_no_origin() {
            assertEquals(
                    List.of("/below/", "null", "null", "null"),
                    read(sessions.connect("/below/")).texts());
        }

        @Test
        void pages_of_other_hosts_are_refused() {
            for (String origin :
                    List.of("https://evil.example", "https://127.0.0.1.evil.example", "null", "127.0.0.1")) {
                String failure = sessions.failure("/below/", sessions.trust(), "origin", origin);
                assertTrue(failure.contains("status 403"), failure);
            }
        }

        @Test
        void another_rule_decides_about_origins() {
            Sessions strict = new Sessions(
                    Transport.AUTO,
                    Sessions.LIMITS,
                    routes -> routes.origins(request -> "https://good.example".equals(request.origin())));
            try {
                strict.connect("/", "origin", "https://good.example");
                String failure = strict.failure("/", strict.trust(), "origin", "https://127.0.0.1");
                assertTrue(failure.contains("status 403"), failure);
            } finally {
                strict.close();
            }
        }

        @Test
        void a_path_that_leads_nowhere_is_told() {
            String failure = sessions.failure("/elsewhere", sessions.trust());
            assertTrue(failure.contains("status 404: nothing is at this path"), failure);
        }

        @Test
        void a_handler_that_throws_aborts_the_session() {
            Lines lines = Lines.of(sessions.connect("/throws").messages());
            until(lines::isOver);
            assertEquals("1 ", lines.closed());
        }

        @Test
        @LongRun
        void only_so_many_sessions_are_taken() {
            Sessions.Pair[] pairs = new Sessions.Pair[2];
            Sessions few = new Sessions(Transport.AUTO, withSessions(2));
            try {
                pairs[0] = few.pair();
                pairs[1] = few.pair();
                String failure = few.failure("/", few.trust());
                assertTrue(failure.startsWith("cannot open a WebTransport session"), failure);
                pairs[0].client().bytes().abort(new IOException("no more"));
                few.until(() -> few.server.connections() == 1);
                few.pair();
            } finally {
                few.close();
            }
        }

        private static Limits.WebTransport withSessions(int count) {
            Limits.WebTransport base = Sessions.LIMITS;
            return new Limits.WebTransport(
                    count,
                    base.lineBytes(),
                    base.headBytes(),
                    base.windowBytes(),
                    base.streams(),
                    base.openTimeout(),
                    base.idleTimeout(),
                    Duration.ofSeconds(5),
                    base.closeTimeout());
        }

        @Test
        @Parity("PY-426")
        void nobody_there_is_told_in_time() {
            Limits.WebTransport base = Sessions.LIMITS;
            Limits.WebTransport hasty = new Limits.WebTransport(
                    1,
                    1,
                    1024,
                    1024,
                    4,
                    base.openTimeout(),
                    base.idleTimeout(),
                    Duration.ofMillis(300),
                    base.closeTimeout());
            int port = sessions.server.address().getPort();
            sessions.server.close();
            sessions.polls();
            Promise<String> failure = WebTransportClient.connect(
                            sessions.net,
                            URI.create("https://127.0.0.1:" + port + "/"),
                            ServerTrust.system(),
                            Headers.of(),
                            hasty)
                    .handle(session -> Promise.of("a session"), e -> Promise.of(Sessions.text(e)));
            String text = sessions.loop().await(failure);
            assertTrue(text.contains("cannot open a WebTransport session with https://127.0.0.1:" + port), text);
        }

        @Test
        @Parity("PY-420")
        void a_cancelled_attempt_leaves_nothing() {
            for (int turns = 0; turns < 8; turns++) {
                Set<String> before = Descriptors.open();
                Promise<WebTransportSession> connecting = WebTransportClient.connect(
                                sessions.net, sessions.url("/"), sessions.trust(), Headers.of(), sessions.limits)
                        .eager();
                for (int i = 0; i <= turns; i++) {
                    sessions.loop().poll();
                }
                if (sessions.loop().poll(connecting)) {
                    sessions.loop().await(connecting).abort(new IOException("not cancelled in time"));
                } else {
                    connecting.cancel();
                }
                until(() -> Descriptors.open().equals(before));
            }
        }

        @Test
        @Parity("PY-419")
        void a_url_of_another_kind_is_refused_at_once() {
            for (String url : List.of("http://127.0.0.1/", "https:///x", "https://h/#fragment", "wt://h/")) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> WebTransportClient.connect(sessions.net, URI.create(url), sessions.trust()),
                        url);
            }
        }
    }
}

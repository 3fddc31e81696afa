package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import dev.capstan.testkit.ByteReceiver;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client in simulated time, before a server that says what a test wants. */
final class HttpClientTest {
    private static final Limits.Http LIMITS = new Limits.Http(
            3,
            1000,
            1000,
            1000,
            10_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5));
    private static final URI API = URI.create("http://server.example:8080/api?x=1");
    private static final URI SOCKET = URI.create("ws://server.example/socket");

    private final SimLoop sim = new SimLoop();
    private final PipeNetwork network = new PipeNetwork(sim.loop());
    private final HttpClient client = new HttpClient(sim.loop(), network, new Random(1), LIMITS);
    private final List<RawPeer> servers = new ArrayList<>();

    private @Nullable Object result;

    HttpClientTest() {
        network.serve(stream -> servers.add(new RawPeer(stream)));
    }

    private RawPeer server() {
        return servers.getFirst();
    }

    private Promise.Cancelable keep(Promise<?> promise) {
        Promise.Cancelable keeping =
                promise.listen(sim.loop(), (value, failure) -> result = failure != null ? failure : value);
        sim.poll();
        return keeping;
    }

    private Promise.Cancelable post(String body) {
        return keep(client.post(API, Headers.of("x-token", "t"), body.getBytes(StandardCharsets.UTF_8)));
    }

    private void answer(String text) {
        server().say(text);
        sim.poll();
    }

    private HttpResponse response() {
        return (HttpResponse) assertIs(HttpResponse.class);
    }

    private Object assertIs(Class<?> type) {
        Object got = result;
        if (!type.isInstance(got)) {
            throw new AssertionError(
                    "no " + type.getSimpleName() + " but " + got, got instanceof Throwable e ? e : null);
        }
        return got;
    }

    private void assertFails(String text) {
        assertTrue(assertIs(IOException.class).toString().contains(text), String.valueOf(result));
    }

    @AfterEach
    void leavesNothingBehind() {
        if (result instanceof WebSocket socket) {
            socket.abort(new IOException("the test is over"));
        }
        sim.poll();
        sim.advance(Duration.ofSeconds(70));
        assertEquals(0, sim.loop().timer().pending());
        servers.forEach(server -> assertTrue(server.isOver(), server.heard()));
    }

    /** Answers that are read as they come. */
    @Nested
    class Reading {
        private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

        private final ByteReceiver body = new ByteReceiver();

        private HttpAnswer opened(HttpClient by, String said) {
            result = null;
            keep(by.open("POST", API, Headers.of(), new byte[0]));
            servers.getLast().say(said);
            sim.poll();
            return (HttpAnswer) assertIs(HttpAnswer.class);
        }

        private void says(String text) {
            servers.getLast().say(text);
            sim.poll();
        }

        private String got() {
            return new String(body.bytes(), StandardCharsets.US_ASCII);
        }

        @Test
        void each_piece_is_told_when_it_comes() {
            HttpAnswer answer = opened(client, HEAD);
            assertEquals(200, answer.status());
            answer.start(body);
            says("3\r\none\r\n");
            assertEquals("one", got());
            says("3\r\ntwo\r\n");
            assertEquals("onetwo", got());
            says("0\r\n\r\n");
            assertTrue(body.isEnded());
        }

        @Test
        void nothing_is_told_before_the_reader_is_there() {
            HttpAnswer answer = opened(client, HEAD + "3\r\none\r\n0\r\n\r\n");
            sim.advance(Duration.ofSeconds(100));
            answer.start(body);
            sim.poll();
            assertEquals("one", got());
            assertTrue(body.isEnded());
        }

        @Test
        void a_reader_that_pauses_holds_the_rest_back() {
            HttpAnswer answer = opened(client, HEAD);
            body.onDelivery(answer::pause);
            answer.start(body);
            says("3\r\none\r\n3\r\ntwo\r\n");
            says("5\r\nthree\r\n0\r\n\r\n");
            assertEquals("one", got());
            sim.advance(Duration.ofSeconds(100)); // No time runs while nobody wants more.
            answer.resume();
            sim.poll();
            assertEquals("onetwo", got());
            body.onDelivery(() -> {});
            answer.resume();
            sim.poll();
            assertEquals("onetwothree", got());
            assertTrue(body.isEnded());
        }

        @Test
        void a_reader_that_pauses_just_after_it_resumed_is_paused() {
            HttpAnswer answer = opened(client, HEAD + "3\r\none\r\n0\r\n\r\n");
            answer.start(body);
            answer.pause();
            sim.poll();
            assertEquals("", got());
            answer.resume();
            answer.pause();
            sim.poll();
            assertEquals("", got());
            answer.resume();
            answer.pause();
            answer.resume();
            sim.poll();
            assertEquals("one", got());
            assertTrue(body.isEnded());
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void what_came_before_the_end_is_told_also_if_the_stream_ends_while_nobody_reads(boolean onePieceATime) {
            network.neverPauses();
            HttpAnswer answer = opened(client, HEAD + "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n4\r\nfour\r\n0\r\n\r\n");
            server().stream().end();
            sim.poll();
            if (onePieceATime) {
                body.onDelivery(() -> {
                    answer.pause();
                    answer.resume();
                });
            }
            answer.start(body);
            sim.poll();
            assertEquals("onetwothreefour", got());
            assertTrue(body.isEnded());
            assertTrue(server().isOver());
        }

        @Test
        void its_body_has_no_limit() {
            HttpAnswer answer = opened(client, HEAD);
            answer.start(body);
            for (int i = 0; i < 5; i++) {
                says("1f4\r\n" + "x".repeat(500) + "\r\n");
            }
            says("0\r\n\r\n");
            assertEquals(2500, body.bytes().length);
            assertTrue(body.isEnded());
        }

        @Test
        void a_body_may_end_with_its_connection_also_while_the_reader_pauses() {
            HttpAnswer answer = opened(client, "HTTP/1.1 200 OK\r\n\r\n");
            body.onDelivery(answer::pause);
            answer.start(body);
            says("one");
            server().stream().end();
            sim.poll();
            assertEquals("one", got());
            assertFalse(body.isOver());
            answer.resume();
            sim.poll();
            assertTrue(body.isEnded());
        }

        @Test
        void a_connection_that_ends_inside_it_is_an_error() {
            HttpAnswer answer = opened(client, HEAD + "3\r\none\r\n");
            answer.start(body);
            server().stream().end();
            sim.poll();
            assertEquals("one", got());
            assertFalse(body.isEnded());
            assertTrue(body.isOver());
        }

        @Test
        void a_server_that_stops_within_it_is_given_up() {
            HttpAnswer answer = opened(client, HEAD);
            answer.start(body);
            says("3\r\none\r\n");
            sim.advance(Duration.ofSeconds(59));
            says("3\r\ntwo\r\n");
            sim.advance(Duration.ofSeconds(59));
            assertFalse(body.isOver());
            sim.advance(Duration.ofSeconds(2));
            assertTrue(body.isOver());
            assertFalse(body.isEnded());
        }

        @Test
        void closing_it_closes_the_connection_and_nothing_more_is_told() {
            HttpAnswer answer = opened(client, HEAD);
            answer.start(body);
            answer.close();
            says("3\r\none\r\n");
            assertEquals("", got());
            assertFalse(body.isOver());
            assertTrue(server().isOver());
        }

        @Test
        void one_that_nobody_takes_is_closed() {
            keep(client.open("POST", API, Headers.of(), new byte[0])).cancel();
            sim.poll();
            assertTrue(server().isOver());
        }

        @Test
        void its_connection_is_kept_for_the_next_request() {
            HttpClient keeping = client.keepAlive(Duration.ofSeconds(2));
            for (int i = 0; i < 2; i++) {
                ByteReceiver each = new ByteReceiver();
                HttpAnswer answer = opened(keeping, HEAD + "3\r\none\r\n0\r\n\r\n");
                each.onDelivery(answer::pause);
                answer.start(each);
                sim.poll();
                answer.resume();
                sim.poll();
                assertTrue(each.isEnded());
            }
            assertEquals(1, servers.size());
        }
    }

    @Nested
    class KeptConnections {
        private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
        private final HttpClient keeping = client.keepAlive(Duration.ofSeconds(2));

        private RawPeer last() {
            return servers.getLast();
        }

        private void ask(String body) {
            result = null;
            keep(keeping.post(API, Headers.of(), body.getBytes(StandardCharsets.UTF_8)));
        }

        private void answerLast(String text) {
            last().say(text);
            sim.poll();
        }

        @Test
        void the_next_request_goes_over_the_same_connection() {
            for (int i = 0; i < 3; i++) {
                ask("ask" + i);
                assertTrue(last().heard().endsWith("\r\n\r\nask" + i), last().heard());
                answerLast(ANSWER + "a" + i);
                assertArrayEquals(new byte[] {'a', (byte) ('0' + i)}, response().body());
            }
            assertEquals(1, servers.size());
            assertFalse(last().heard().contains("connection"), last().heard());
            assertFalse(last().isEnded());
        }

        @Test
        void requests_at_a_time_have_connections_of_their_own() {
            ask("one");
            ask("two");
            assertEquals(2, servers.size());
            servers.forEach(each -> each.say(ANSWER + "ok"));
            sim.poll();
            ask("three");
            ask("four");
            assertEquals(2, servers.size());
            servers.forEach(each -> each.say(ANSWER + "ok"));
            sim.poll();
        }

        @Test
        void one_that_waits_too_long_is_closed() {
            ask("one");
            answerLast(ANSWER + "ok");
            sim.advance(Duration.ofMillis(1_999));
            assertFalse(last().isEnded());
            sim.advance(Duration.ofMillis(1));
            assertTrue(last().isEnded());
            ask("two");
            assertEquals(2, servers.size());
            answerLast(ANSWER + "ok");
            assertEquals(200, response().status());
        }

        @Test
        void one_that_the_server_closes_is_not_used_again() {
            ask("one");
            answerLast(ANSWER + "ok");
            last().stream().end();
            sim.poll();
            ask("two");
            assertEquals(2, servers.size());
            answerLast(ANSWER + "ok");
            assertEquals(200, response().status());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
                })
        void an_answer_that_does_not_allow_it_ends_the_connection(String answer) {
            ask("one");
            answerLast(answer);
            assertEquals(200, response().status());
            assertTrue(last().isEnded());
        }

        @Test
        void what_comes_unasked_ends_the_connection() {
            ask("one");
            answerLast(ANSWER + "ok");
            answerLast("HTTP/1.1 408 Request Timeout\r\n\r\n");
            assertTrue(last().isEnded());
            ask("two");
            assertEquals(2, servers.size());
            answerLast(ANSWER + "ok");
            assertEquals(200, response().status());
        }

        @Test
        void one_that_breaks_is_forgotten() {
            ask("one");
            answerLast(ANSWER + "ok");
            last().stream().abort(new IOException("gone"));
            sim.poll();
            ask("two");
            answerLast(ANSWER + "ok");
            assertEquals(200, response().status());
            assertEquals(2, servers.size());
        }

        @Test
        void a_request_that_is_given_up_takes_its_connection_with_it() {
            Promise.Cancelable asked = keep(keeping.post(API, Headers.of(), new byte[1]));
            asked.cancel();
            sim.poll();
            ask("two");
            assertEquals(2, servers.size());
            answerLast(ANSWER + "ok");
            assertEquals(200, response().status());
        }
    }

    @Nested
    class Posts {
        @Test
        void a_post_is_sent_whole() {
            post("hello");
            assertEquals(
                    "POST /api?x=1 HTTP/1.1\r\nx-token: t\r\nhost: server.example:8080\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello",
                    server().heard());
            assertEquals(new Address.Tcp("server.example", 8080), network.connectedTo);
        }

        @Test
        void a_server_that_answers_early_and_never_reads_the_rest_is_given_up() {
            network.serve(stream -> {
                servers.add(new RawPeer(stream));
                stream.pause();
            });
            post("x".repeat(200_000));
            answer("HTTP/1.1 413 Too Long\r\nContent-Length: 0\r\n\r\n");
            server().stream().end();
            sim.poll();
            assertEquals(413, response().status());
            assertFalse(server().isOver());
        }

        @Test
        void the_answer_has_status_headers_and_body() {
            post("");
            answer("HTTP/1.1 404 Nothing Here\r\nX: 1\r\nx: 2\r\nContent-Length: 2\r\n\r\nno");
            assertEquals(404, response().status());
            assertEquals(List.of("1", "2"), response().headers().all("x"));
            assertArrayEquals(new byte[] {'n', 'o'}, response().body());
            assertTrue(server().isEnded());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                    "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
                    "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                })
        void an_answer_may_be_framed_in_every_way(String text) {
            post("");
            for (int i = 0; i < text.length(); i++) {
                answer(text.substring(i, i + 1));
            }
            assertEquals("hello", new String(response().body(), StandardCharsets.UTF_8));
            assertEquals(200, response().status());
        }

        @Test
        void an_answer_without_length_ends_with_the_connection() {
            post("");
            answer("HTTP/1.1 200 OK\r\n\r\nhel");
            answer("lo");
            assertEquals(null, result);
            server().stream().end();
            sim.poll();
            assertEquals("hello", new String(response().body(), StandardCharsets.UTF_8));
        }

        @Test
        void an_answer_without_content_is_complete_at_once() {
            post("");
            answer("HTTP/1.1 204 No Content\r\n\r\n");
            assertEquals(204, response().status());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "HTTP/1.1 200 OK\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n",
                })
        void an_answer_that_ends_early_fails(String text) {
            post("");
            answer(text);
            server().stream().end();
            sim.poll();
            assertIs(IOException.class);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SSH-2.0-OpenSSH\r\n\r\n",
                    "HTTP/1.1 2xx OK\r\n\r\n",
                    "HTTP/1.1 99 Odd\r\n\r\n",
                    "HTTP/1.1 600 Odd\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                })
        void an_answer_that_is_none_fails(String text) {
            post("");
            answer(text);
            assertIs(IOException.class);
        }

        @ParameterizedTest
        @CsvSource({"1000, true", "1001, false"})
        void the_body_of_an_answer_is_limited(int length, boolean passes) {
            post("");
            answer("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(length));
            server().stream().end();
            sim.poll();
            if (passes) {
                assertEquals(length, response().body().length);
            } else {
                assertFails("longer than 1000 bytes");
            }
        }

        @Test
        void the_head_of_an_answer_is_limited() {
            post("");
            answer("HTTP/1.1 200 OK\r\nX: " + "x".repeat(1001));
            assertIs(IOException.class);
        }

        @Test
        void a_server_that_does_not_answer_is_given_up() {
            post("");
            sim.advance(Duration.ofMillis(59_900));
            assertEquals(null, result);
            sim.advance(Duration.ofMillis(200));
            assertFails("http://server.example:8080/api has not answered within PT1M");
        }

        @Test
        void cancelling_gives_the_request_up() {
            post("").cancel();
            sim.poll();
            assertTrue(server().isOver());
        }

        @Test
        void a_server_that_is_not_there_is_an_error() {
            network.serve(stream -> stream.abort(new IOException("refused")));
            post("");
            assertIs(IOException.class);
        }

        @Test
        void https_needs_a_network_for_it() {
            URI secure = URI.create("https://server.example/");
            keep(client.post(secure, Headers.of(), new byte[0]));
            assertFails("needs TLS");
            keep(client.secure(network).post(secure, Headers.of(), new byte[0]));
            assertEquals(new Address.Tcp("server.example", 443), network.connectedTo);
        }

        @ParameterizedTest
        @ValueSource(strings = {"ftp://h/", "h:80", "/path", "http:///path", "http://user:pw@host/", "ws://h/"})
        void an_address_of_another_kind_is_refused(String address) {
            assertThrows(
                    IllegalArgumentException.class, () -> client.post(URI.create(address), Headers.of(), new byte[0]));
        }

        @Test
        void a_header_cannot_smuggle_another() {
            assertThrows(IllegalArgumentException.class, () -> Headers.of("x", "a\r\ny: b"));
            assertThrows(IllegalArgumentException.class, () -> Headers.of("x: a\r\ny", "b"));
        }
    }

    @Nested
    class WebSockets {
        private void open(String... subprotocols) {
            keep(client.webSocket(SOCKET, Headers.of(), subprotocols));
        }

        private String acceptLine() {
            int at = server().heard().indexOf("sec-websocket-key: ") + "sec-websocket-key: ".length();
            String key = server().heard().substring(at, server().heard().indexOf("\r\n", at));
            return "Sec-WebSocket-Accept: " + Upgrade.accept(key) + "\r\n";
        }

        private String switching() {
            return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + acceptLine();
        }

        @Test
        void a_socket_opens_and_masks_what_it_sends() {
            open("a", "b");
            assertTrue(server().heard().startsWith("GET /socket HTTP/1.1\r\n"));
            assertTrue(server().heard().contains("sec-websocket-protocol: a, b\r\n"));
            assertFalse(server().heard().contains("extensions"));
            int head = server().bytes().length;
            answer(switching() + "Sec-WebSocket-Protocol: b\r\n\r\n");
            WebSocket socket = (WebSocket) assertIs(WebSocket.class);
            assertEquals("b", socket.subprotocol());
            socket.send(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            sim.poll();
            byte[] sent = server().bytes();
            assertEquals(head + 11, sent.length);
            assertEquals((byte) 0x85, sent[head + 1]);
            for (int i = 0; i < 5; i++) {
                assertEquals("hello".charAt(i), (char) (sent[head + 6 + i] ^ sent[head + 2 + (i & 3)]));
            }
        }

        @Test
        void a_message_in_the_packet_of_the_answer_is_not_lost() {
            open();
            answer(switching() + "\r\n\u0081\u0003one");
            WebSocket socket = (WebSocket) assertIs(WebSocket.class);
            answer("\u0081\u0003two");
            Messages messages = new Messages();
            socket.start(messages);
            sim.poll();
            assertEquals(List.of("one", "two"), messages.texts());
        }

        @Test
        void a_server_that_masks_is_refused() {
            open();
            answer(switching() + "\r\n");
            Messages messages = new Messages();
            ((WebSocket) assertIs(WebSocket.class)).start(messages);
            server().say(RawPeer.text("masked"));
            sim.poll();
            assertEquals(1002, messages.failureCode());
        }

        @Test
        void an_answer_of_another_status_fails_with_it() {
            open();
            answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            assertFails("status 403");
        }

        @ParameterizedTest
        @CsvSource({
            "Upgrade: websocket, Upgrade: h2c, another protocol",
            "Connection: Upgrade, Connection: close, another protocol",
            "Sec-WebSocket-Accept: , Sec-WebSocket-Accept: x, does not belong",
            "Upgrade: websocket, 'Upgrade: websocket|Sec-WebSocket-Extensions: permessage-deflate', extension",
            "Upgrade: websocket, 'Upgrade: websocket|Sec-WebSocket-Protocol: c', subprotocol",
        })
        void an_answer_to_something_else_is_refused(String instead, String of, String why) {
            open("a");
            answer(switching().replace(instead, of.replace("|", "\r\n")) + "\r\n");
            assertFails(why);
        }

        @Test
        void cancelling_gives_the_attempt_up() {
            keep(client.webSocket(SOCKET, Headers.of())).cancel();
            sim.poll();
            assertTrue(server().isOver());
        }
    }
}

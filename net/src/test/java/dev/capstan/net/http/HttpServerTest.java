package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server in simulated time, before a client that says what a test wants. */
final class HttpServerTest {
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
    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /socket HTTP/1.1",
            "Host: here",
            "Upgrade: websocket",
            "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "");

    private final SimLoop sim = new SimLoop();
    private final List<HttpRequest> requests = new ArrayList<>();
    private final List<WebSocket> sockets = new ArrayList<>();
    private final List<Messages> messages = new ArrayList<>();
    private Promise<HttpResponse> slow = Promise.of(HttpResponse.text(200, "slow"));
    private final HttpRoutes routes = HttpRoutes.none()
            .on("POST", "/echo", request -> {
                requests.add(request);
                return Promise.of(new HttpResponse(200, Headers.of(), request.body()));
            })
            .on("GET", "/page", request -> {
                requests.add(request);
                return Promise.of(HttpResponse.text(200, "page"));
            })
            .on("GET", "/files/*", request -> Promise.of(HttpResponse.text(200, request.path())))
            .on("POST", "/slow", request -> slow)
            .on("GET", "/throws", request -> {
                throw new IOException("secret");
            })
            .on(
                    "GET",
                    "/illegal",
                    request -> Promise.of(new HttpResponse(200, Headers.of("Content-Length", "3"), new byte[0])))
            .on("GET", "/nothing", request -> Promise.of(new HttpResponse(204, Headers.of(), new byte[0])))
            .on("GET", "/much", request -> Promise.of(new HttpResponse(200, Headers.of(), new byte[200_000])))
            .webSocket(
                    "/socket",
                    (request, socket) -> {
                        Messages heard = new Messages();
                        messages.add(heard);
                        sockets.add(socket);
                        socket.start(heard);
                    },
                    "chat",
                    "chess");
    private final HttpServer server = new HttpServer(sim.loop(), routes, LIMITS);

    private RawPeer connect() {
        BytePipe pipe = new BytePipe(sim.loop());
        RawPeer client = new RawPeer(pipe.left());
        server.accept(pipe.right());
        sim.poll();
        return client;
    }

    private RawPeer ask(String text) {
        RawPeer client = connect();
        client.say(text);
        sim.poll();
        return client;
    }

    private static String post(String body) {
        return "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static void assertStatus(int status, RawPeer client) {
        assertTrue(client.heard().startsWith("HTTP/1.1 " + status + " "), client.heard());
    }

    private static int answers(RawPeer client) {
        return client.heard().split("HTTP/1.1 ", -1).length - 1;
    }

    @AfterEach
    void leavesNothingBehind() {
        sockets.forEach(socket -> socket.abort(new IOException("the test is over")));
        server.close();
        sim.poll();
        sim.advance(Duration.ofMinutes(10));
        assertEquals(0, server.open());
        assertEquals(0, sim.loop().timer().pending());
    }

    @Nested
    class Requests {
        @Test
        void a_body_comes_to_the_handler_of_its_method_and_path() {
            RawPeer client = ask(
                    "POST /echo?a=%20b HTTP/1.1\r\nHost: here\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 5\r\n\r\nhello");
            assertEquals("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", client.heard());
            HttpRequest request = requests.getFirst();
            assertEquals("POST", request.method());
            assertEquals("/echo", request.path());
            assertEquals("a=%20b", request.query());
            assertEquals(List.of("1", "2"), request.headers().all("X-TWO"));
            assertEquals("hello", new String(request.body(), StandardCharsets.UTF_8));
        }

        @Test
        void a_request_may_come_byte_by_byte() {
            RawPeer client = connect();
            String text = post("hello");
            for (int i = 0; i < text.length(); i++) {
                client.say(text.substring(i, i + 1));
                sim.poll();
            }
            assertTrue(client.heard().endsWith("\r\n\r\nhello"));
        }

        @Test
        void chunks_are_one_body_and_trailers_are_ignored() {
            RawPeer client = ask("POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nX-T: 1\r\n\r\n" + post("2"));
            assertEquals(2, answers(client));
            assertTrue(client.heard().contains("\r\n\r\nhello"));
        }

        @Test
        void a_connection_serves_one_request_after_the_other() {
            RawPeer client = ask(post("1"));
            client.say(post("2"));
            sim.poll();
            assertEquals(2, answers(client));
            assertFalse(client.isEnded());
        }

        @Test
        void requests_in_one_packet_are_handled_one_at_a_time_and_in_order() {
            Completer<HttpResponse> first = new Completer<>(sim.loop());
            slow = first.promise();
            RawPeer client =
                    ask("POST /slow HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n" + post("1") + post("2"));
            assertEquals(0, requests.size());
            first.complete(HttpResponse.text(200, "at last"));
            sim.poll();
            assertEquals(2, requests.size());
            assertTrue(client.heard().indexOf("at last") < client.heard().indexOf("\r\n\r\n1"));
            assertTrue(client.heard().endsWith("\r\n\r\n2"));
        }

        @Test
        void ten_thousand_requests_in_one_go_are_all_answered() {
            RawPeer client = ask("GET /page HTTP/1.1\r\nHost: h\r\n\r\n".repeat(10_000));
            assertEquals(10_000, answers(client));
        }

        @Test
        void a_client_that_asks_for_the_end_gets_it_after_the_answer() {
            RawPeer client =
                    ask("POST /echo HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1");
            assertTrue(client.heard().contains("connection: close"));
            assertTrue(client.isEnded());
        }

        @Test
        void an_old_client_is_kept_only_if_it_asks() {
            assertTrue(ask("GET /page HTTP/1.0\r\n\r\n").isEnded());
            RawPeer kept = ask("GET /page HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            assertFalse(kept.isEnded());
            assertTrue(kept.heard().contains("connection: keep-alive"));
        }

        @Test
        void a_client_that_ends_its_side_after_a_request_is_still_answered() {
            RawPeer client = connect();
            client.say(post("1"));
            client.stream().end();
            sim.poll();
            assertStatus(200, client);
            assertTrue(client.isEnded());
            assertEquals(0, server.open());
        }

        @Test
        void head_is_answered_like_get_without_a_body() {
            RawPeer client = ask("HEAD /page HTTP/1.1\r\nHost: here\r\n\r\n");
            assertTrue(client.heard().contains("content-length: 4\r\n"));
            assertTrue(client.heard().endsWith("\r\n\r\n"));
        }

        @Test
        void an_answer_without_content_has_no_length() {
            assertEquals(
                    "HTTP/1.1 204 No Content\r\n\r\n",
                    ask("GET /nothing HTTP/1.1\r\nHost: here\r\n\r\n").heard());
        }

        @Test
        void a_client_that_waits_to_be_asked_for_the_body_is_asked() {
            RawPeer client =
                    ask("POST /echo HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.heard());
            client.say("x");
            sim.poll();
            assertEquals(2, answers(client));
        }

        @Test
        void a_target_with_scheme_and_host_is_a_path() {
            assertStatus(200, ask("GET http://here/page HTTP/1.1\r\nHost: here\r\n\r\n"));
        }

        @Test
        void a_handler_that_fails_is_answered_for_without_detail_and_the_connection_lives_on() {
            RawPeer client = ask("GET /throws HTTP/1.1\r\nHost: here\r\n\r\n" + post("1"));
            assertStatus(500, client);
            assertFalse(client.heard().contains("secret"));
            assertEquals(2, answers(client));
        }

        @Test
        void a_handler_cannot_set_the_length() {
            assertStatus(500, ask("GET /illegal HTTP/1.1\r\nHost: here\r\n\r\n"));
        }

        @Test
        void a_handler_is_cancelled_when_its_client_is_gone() {
            Completer<HttpResponse> never = new Completer<>(sim.loop());
            List<String> cancelled = new ArrayList<>();
            never.onCancel(() -> cancelled.add("yes"));
            slow = never.promise();
            RawPeer client = ask("POST /slow HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n");
            client.stream().abort(new IOException("gone"));
            sim.poll();
            assertEquals(List.of("yes"), cancelled);
            assertEquals(0, server.open());
        }
    }

    @Nested
    class Routes {
        @ParameterizedTest
        @CsvSource({
            "GET, /page, 200", "GET, /pag, 404", "GET, /page/, 404", "GET, /page?x, 200", "GET, /echo, 405",
            "PUT, /echo, 405", "GET, /files/a/b, 200", "GET, /files, 404", "GET, /socket, 426", "GET, /..%2fpage, 404",
            "OPTIONS, *, 404"
        })
        void requests_go_by_method_and_whole_path(String method, String path, int status) {
            assertStatus(status, ask(method + " " + path + " HTTP/1.1\r\nHost: here\r\n\r\n"));
        }

        @Test
        void a_method_that_is_not_there_is_told_which_are() {
            assertTrue(ask("GET /echo HTTP/1.1\r\nHost: here\r\n\r\n").heard().contains("allow: POST\r\n"));
        }

        @ParameterizedTest
        @CsvSource({
            "POST /echo, http://here, 200", "POST /echo, http://evil.example, 403", "POST /echo, null, 403",
            "POST /echo, http://here:81, 403", "GET /page, http://evil.example, 200",
                    "PUT /echo, http://evil.example, 405"
        })
        void unless_told_otherwise_a_page_of_another_host_may_only_read(String what, String origin, int status) {
            assertStatus(
                    status,
                    ask(what + " HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\nOrigin: " + origin + "\r\n\r\n"));
        }

        @ParameterizedTest
        @CsvSource({"http://here, 101", "https://here, 101", "http://evil.example, 403", "null, 403"})
        void a_page_of_another_host_gets_no_web_socket(String origin, int status) {
            assertStatus(status, ask(UPGRADE + "Origin: " + origin + "\r\n\r\n"));
        }
    }

    @Nested
    class Malformed {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GET\r\n\r\n",
                    "GET /page\r\n\r\n",
                    "G@T /page HTTP/1.1\r\nHost: h\r\n\r\n",
                    "GET page HTTP/1.1\r\nHost: h\r\n\r\n",
                    "GET /page HTTP/1.1\r\n\r\n",
                    "GET /page HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                    "GET /page HTTP/1.1\r\nHost : a\r\n\r\n",
                    "GET /page HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
                    "GET /page HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
                    "GET /page HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n",
                    "GET /page HTTP/1.1\nHost: a\n\n",
                    "GET /page HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n1",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n1",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n1",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n1",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n1",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                    "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n",
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n",
                    "GET /page HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n12345678",
                })
        void what_is_no_http_or_could_be_read_in_two_ways_is_answered_with_400_and_the_end(String text) {
            RawPeer client = ask(text + post("smuggled"));
            assertStatus(400, client);
            assertEquals(1, answers(client));
            assertTrue(client.isEnded());
            assertEquals(0, requests.size());
        }

        @ParameterizedTest
        @CsvSource({"HTTP/1.2, 505", "HTTP/2.0, 505", "HTTP/0.9, 505", "HTTX/1.1, 400"})
        void other_versions_are_refused(String version, int status) {
            assertStatus(status, ask("GET /page " + version + "\r\nHost: here\r\n\r\n"));
        }

        @Test
        void other_transfer_codings_are_refused() {
            assertStatus(501, ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"));
        }

        @Test
        void other_expectations_are_refused() {
            assertStatus(417, ask("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nContent-Length: 1\r\n\r\n"));
        }

        @Test
        void bytes_that_are_no_http_at_all_are_answered_too() {
            assertStatus(400, ask("\u0016\u0003\u0001\u0002\r\n\r\n"));
        }
    }

    @Nested
    class Bounds {
        @ParameterizedTest
        @CsvSource({"-1, 200", "0, 200", "1, 414"})
        void the_first_line_is_limited(int more, int status) {
            String line = "GET /page? HTTP/1.1";
            String long1 = line.replace("?", "?" + "x".repeat(1000 - line.length() + more));
            assertStatus(status, ask(long1 + "\r\nHost: here\r\n\r\n"));
        }

        @ParameterizedTest
        @CsvSource({"-1, 200", "0, 200", "1, 431"})
        void the_headers_together_are_limited(int more, int status) {
            String host = "Host: here";
            String other = "X: ";
            int fill = 1000 - host.length() - other.length() + more;
            assertStatus(status, ask("GET /page HTTP/1.1\r\n" + host + "\r\n" + other + "x".repeat(fill) + "\r\n\r\n"));
        }

        @ParameterizedTest
        @CsvSource({"999, 200", "1000, 200", "1001, 413", "99999999999999999999, 400"})
        void an_announced_body_is_limited(String length, int status) {
            RawPeer client = ask(
                    "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(1001));
            assertStatus(status, client);
        }

        @ParameterizedTest
        @CsvSource({"999, 200", "1000, 200", "1001, 413"})
        void a_body_in_chunks_is_limited(int length, int status) {
            assertStatus(
                    status,
                    ask("POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "1\r\nx\r\n".repeat(length) + "0\r\n\r\n"));
        }

        @Test
        void a_body_that_is_too_long_is_not_asked_for() {
            RawPeer client =
                    ask("POST /echo HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
            assertStatus(413, client);
            assertEquals(1, answers(client));
        }

        @Test
        void connections_are_limited() {
            RawPeer one = connect();
            RawPeer two = connect();
            RawPeer three = ask(UPGRADE + "\r\n");
            RawPeer four = connect();
            assertTrue(four.isOver());
            assertFalse(one.isOver() || two.isOver() || three.isOver());
            assertEquals(3, server.open());
            two.stream().abort(new IOException("leaves"));
            sim.poll();
            assertFalse(connect().isOver());
        }

        @Test
        void a_client_that_asks_much_and_reads_nothing_waits() {
            RawPeer client = connect();
            client.stream().pause();
            client.say("GET /much HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1000));
            sim.poll();
            sim.advance(Duration.ofSeconds(50));
            client.stream().resume();
            sim.poll();
            assertEquals(1000, answers(client));
        }

        @Test
        void a_client_that_never_reads_is_cut_off() {
            RawPeer client = connect();
            client.stream().pause();
            client.say("GET /much HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1000));
            sim.poll();
            // What the connection itself takes counts as read at first.
            sim.advance(Duration.ofSeconds(61));
            sim.advance(Duration.ofSeconds(60));
            assertEquals(0, server.open());
        }
    }

    @Nested
    class Time {
        @Test
        void a_client_that_says_nothing_is_gone_after_the_time_for_a_head() {
            RawPeer client = connect();
            sim.advance(Duration.ofMillis(9900));
            assertFalse(client.isEnded());
            sim.advance(Duration.ofMillis(200));
            assertTrue(client.isEnded());
            assertEquals("", client.heard());
        }

        @Test
        void a_head_that_trickles_in_is_answered_with_408() {
            RawPeer client = connect();
            client.say("GET /page HTTP/1.1\r\n");
            for (int i = 0; i < 11; i++) {
                client.say("X: y\r\n");
                sim.advance(Duration.ofSeconds(1));
            }
            assertStatus(408, client);
            assertTrue(client.isEnded());
        }

        @Test
        void a_later_head_has_its_own_time() {
            RawPeer client = ask(post("1"));
            sim.advance(Duration.ofSeconds(50));
            client.say("GET /page HTTP/1.1\r\n");
            sim.advance(Duration.ofMillis(9900));
            assertEquals(1, answers(client));
            sim.advance(Duration.ofMillis(200));
            assertTrue(client.heard().contains("HTTP/1.1 408 "));
        }

        @Test
        void a_body_that_trickles_in_is_answered_with_408() {
            RawPeer client = ask("POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n");
            for (int i = 0; i < 31; i++) {
                client.say("x");
                sim.advance(Duration.ofSeconds(1));
            }
            assertStatus(408, client);
        }

        @Test
        void an_idle_connection_is_closed() {
            RawPeer client = ask(post("1"));
            sim.advance(Duration.ofMillis(59_900));
            assertFalse(client.isEnded());
            sim.advance(Duration.ofMillis(200));
            assertTrue(client.isEnded());
        }

        @Test
        void a_handler_has_all_the_time_it_wants() {
            Completer<HttpResponse> later = new Completer<>(sim.loop());
            slow = later.promise();
            RawPeer client = ask("POST /slow HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n");
            sim.advance(Duration.ofHours(1));
            later.complete(HttpResponse.text(200, "late"));
            sim.poll();
            assertStatus(200, client);
        }

        @Test
        void a_client_that_does_not_close_after_its_last_answer_is_cut_off() {
            RawPeer client = ask("nonsense\r\n\r\n");
            assertEquals(1, server.open());
            client.say("x".repeat(100_000));
            sim.poll();
            assertEquals(0, client.stream().queuedBytes());
            sim.advance(Duration.ofSeconds(6));
            assertEquals(0, server.open());
            assertTrue(client.isOver());
        }
    }

    @Nested
    class LastAnswers {
        private static final String LAST = "GET /much HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

        private RawPeer askAndReadNothing() {
            RawPeer client = connect();
            client.stream().pause();
            client.say(LAST);
            sim.poll();
            return client;
        }

        @Test
        void a_client_that_reads_slowly_gets_all_of_it() {
            RawPeer client = askAndReadNothing();
            client.onDelivery(() -> client.stream().pause());
            int pieces = 0;
            while (!client.isEnded()) {
                // Twice this is less than what it has once all has left.
                sim.advance(Duration.ofMillis(2400));
                assertEquals(1, server.open(), "after " + pieces + " pieces");
                client.stream().resume();
                sim.poll();
                pieces++;
            }
            assertTrue(pieces > 3, pieces + " pieces");
            assertTrue(client.bytes().length > 200_000);
            sim.advance(Duration.ofSeconds(6));
            assertEquals(0, server.open());
        }

        @Test
        void a_client_that_stops_reading_is_cut_off() {
            RawPeer client = askAndReadNothing();
            // What the connection itself takes counts as read at first.
            sim.advance(Duration.ofSeconds(11));
            assertEquals(0, server.open());
            assertTrue(client.isOver());
        }

        @Test
        void a_client_that_has_ended_its_side_and_reads_nothing_is_cut_off() {
            RawPeer client = askAndReadNothing();
            client.stream().end();
            sim.poll();
            assertEquals(1, server.open());
            sim.advance(Duration.ofSeconds(11));
            assertEquals(0, server.open());
        }
    }

    @Nested
    class WebSockets {
        @Test
        void the_sample_of_the_rfc_is_answered_as_there() {
            RawPeer client = ask(UPGRADE + "Sec-WebSocket-Protocol: checkers, chess, chat\r\n\r\n");
            assertStatus(101, client);
            assertTrue(client.heard().contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
            assertTrue(client.heard().contains("sec-websocket-protocol: chess\r\n"));
            assertEquals("chess", sockets.getFirst().subprotocol());
        }

        @Test
        void no_subprotocol_is_chosen_when_none_is_known() {
            RawPeer client = ask(UPGRADE + "Sec-WebSocket-Protocol: checkers\r\n\r\n");
            assertStatus(101, client);
            assertFalse(client.heard().contains("sec-websocket-protocol"));
        }

        @Test
        void compression_is_not_agreed_to() {
            RawPeer client = ask(UPGRADE + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
            assertStatus(101, client);
            assertFalse(client.heard().contains("extensions"));
        }

        @Test
        void frames_in_the_packet_of_the_request_are_not_lost() {
            RawPeer client = connect();
            client.say(post("1") + UPGRADE + "\r\n");
            client.say(RawPeer.text("at once"));
            sim.poll();
            client.say(RawPeer.text("later"));
            sim.poll();
            assertEquals(List.of("at once", "later"), messages.getFirst().texts());
        }

        @ParameterizedTest
        @CsvSource({
            "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 8, 426",
            "'Connection: keep-alive, Upgrade', Connection: close, 400",
            "dGhlIHNhbXBsZSBub25jZQ==, dGhl, 400",
            "dGhlIHNhbXBsZSBub25jZQ==, ????, 400",
            "GET /socket, POST /socket, 426",
            "GET /socket, GET /page, 200",
            "GET /socket, GET /echo, 405",
            "HTTP/1.1, HTTP/1.0, 426",
        })
        void a_bad_request_for_one_is_refused(String instead, String of, int status) {
            RawPeer client = ask(UPGRADE.replace(instead, of) + "\r\n");
            assertStatus(status, client);
            assertEquals(0, sockets.size());
        }

        @Test
        void a_request_for_one_that_has_a_body_is_refused() {
            assertStatus(400, ask(UPGRADE + "Content-Length: 1\r\n\r\nx"));
        }

        @Test
        void closing_the_server_leaves_them_to_their_owners() {
            RawPeer client = ask(UPGRADE + "\r\n");
            server.close();
            client.say(RawPeer.text("still here"));
            sim.poll();
            assertEquals(List.of("still here"), messages.getFirst().texts());
        }
    }

    @Nested
    class Closing {
        @Test
        void idle_connections_end_and_new_ones_are_refused() {
            RawPeer client = ask(post("1"));
            server.close();
            sim.poll();
            assertTrue(client.isEnded());
            assertTrue(connect().isOver());
        }

        @Test
        void a_request_that_is_being_handled_is_answered() {
            Completer<HttpResponse> later = new Completer<>(sim.loop());
            slow = later.promise();
            RawPeer client = ask("POST /slow HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n");
            server.close();
            sim.poll();
            assertFalse(client.isEnded());
            later.complete(HttpResponse.text(200, "done"));
            sim.poll();
            assertTrue(client.heard().endsWith("done"));
            assertTrue(client.isEnded());
        }
    }
}

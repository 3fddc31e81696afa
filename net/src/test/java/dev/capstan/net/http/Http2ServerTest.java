package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.net.http.Http2Scene.Told;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 in simulated time, before a client that says what a test wants. */
final class Http2ServerTest {
    private static final int INITIAL_WINDOW = 4;
    private static final int PROTOCOL_ERROR = 1;
    private static final int CANCEL = 8;
    private static final int INTERNAL = 2;

    private final Http2Scene scene = new Http2Scene();

    private void poll() {
        scene.sim.poll();
    }

    @AfterEach
    void leavesNothingBehind() {
        scene.leavesNothingBehind();
    }

    @Nested
    class Requests {
        private final RawHttp2 client = scene.connect();

        @Test
        void a_body_comes_to_the_handler_of_its_method_and_path() {
            client.request(1, "POST", "/echo?a=%20b", false, "x-two", "1", "x-two", "2");
            client.data(1, false, "hel");
            client.data(1, true, "lo");
            poll();
            assertEquals("200", client.status(1));
            assertEquals("hello", client.text(1));
            assertTrue(client.ended(1));
            HttpRequest request = scene.requests.getFirst();
            assertEquals("a=%20b", request.query());
            assertEquals(List.of("1", "2"), request.headers().all("X-TWO"));
            assertEquals("here", request.headers().first("host"));
        }

        @Test
        void everything_may_come_byte_by_byte() {
            RawHttp2 slow = scene.silent();
            byte[] all = RawHttp2.PREFACE.getBytes(StandardCharsets.US_ASCII);
            byte[] settings = RawHttp2.bytes(RawHttp2.SETTINGS, 0, 0, new byte[0]);
            byte[] request = RawHttp2.bytes(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                    1,
                    slow.block(1, ":method", "GET", ":scheme", "http", ":path", "/page", ":authority", "here"));
            for (byte[] part : List.of(all, settings, request)) {
                for (byte each : part) {
                    slow.say(new byte[] {each});
                    poll();
                }
            }
            assertEquals("page", slow.text(1));
        }

        @Test
        void streams_are_answered_as_they_are_ready_and_not_in_their_order() {
            Completer<HttpResponse> later = new Completer<>(scene.sim.loop());
            scene.slow = later.promise();
            client.request(1, "GET", "/slow", true);
            client.request(3, "GET", "/page", true);
            poll();
            assertEquals("", client.status(1));
            assertEquals("page", client.text(3));
            later.complete(HttpResponse.text(200, "at last"));
            poll();
            assertEquals("at last", client.text(1));
        }

        @Test
        void a_head_has_no_body_and_the_length_of_one() {
            client.request(1, "HEAD", "/page", true);
            poll();
            assertEquals("200", client.status(1));
            assertEquals("4", client.heads(1).getFirst().get("content-length").toString());
            assertEquals("", client.text(1));
            assertTrue(client.ended(1));
        }

        @Test
        void what_is_not_there_is_404_another_method_405_and_a_failing_handler_500_without_its_text() {
            client.request(1, "GET", "/none", true);
            client.request(3, "GET", "/echo", true);
            client.request(5, "GET", "/throws", true);
            poll();
            assertEquals("404", client.status(1));
            assertEquals("405", client.status(3));
            assertEquals("500", client.status(5));
            assertFalse(client.text(5).contains("secret"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"/unfit", "/bad-route", "/bad-receiver"})
        void what_throws_breaks_its_own_exchange_and_no_other(String path) {
            client.request(1, "POST", "/stream", false);
            client.request(3, "POST", path, false);
            client.data(3, false, "x");
            poll();
            assertEquals(INTERNAL, client.resetCode(3));
            assertFalse(client.isToldToGo());
            client.data(1, false, "x");
            poll();
            assertEquals("x", scene.last().text());
        }

        @Test
        void a_receiver_that_throws_is_told_once_that_its_exchange_has_failed() {
            client.request(1, "POST", "/bad-receiver", false);
            client.data(1, false, "x");
            client.data(1, false, "y");
            poll();
            client.reset(1);
            poll();
            assertEquals(1, scene.brokenReceivers);
        }

        @Test
        void a_client_that_gives_up_cancels_the_handler() {
            Completer<HttpResponse> never = new Completer<>(scene.sim.loop());
            never.onCancel(() -> scene.canceled++);
            scene.slow = never.promise();
            client.request(1, "GET", "/slow", true);
            poll();
            client.reset(1);
            poll();
            assertEquals(1, scene.canceled);
            assertFalse(client.isToldToGo());
        }

        @Test
        void trailers_of_a_request_end_it() {
            client.request(1, "POST", "/stream", false);
            client.data(1, false, "x");
            client.headers(1, true, "x-checksum", "1");
            poll();
            assertEquals(1, scene.last().ends);
            assertEquals("x", scene.last().text());
        }
    }

    @Nested
    class Malformed {
        private final RawHttp2 client = scene.connect();

        private void isRefused(String... fields) {
            client.headers(1, true, fields);
            client.request(3, "GET", "/page", true);
            poll();
            assertEquals(PROTOCOL_ERROR, client.resetCode(1));
            assertEquals("", client.status(1));
            assertEquals("page", client.text(3));
        }

        @Test
        void a_request_without_a_method() {
            isRefused(":scheme", "http", ":path", "/page", ":authority", "here");
        }

        @Test
        void a_request_without_a_scheme() {
            isRefused(":method", "GET", ":path", "/page", ":authority", "here");
        }

        @Test
        void a_request_without_a_path() {
            isRefused(":method", "GET", ":scheme", "http", ":authority", "here");
        }

        @Test
        void a_request_with_two_authorities() {
            isRefused(":method", "GET", ":scheme", "http", ":path", "/page", ":authority", "here", "host", "elsewhere");
        }

        @Test
        void a_request_with_two_hosts() {
            isRefused(":method", "GET", ":scheme", "http", ":path", "/page", "host", "here", "host", "here");
        }

        @ParameterizedTest
        @ValueSource(strings = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"})
        void a_field_that_belongs_to_a_connection(String name) {
            isRefused(":method", "GET", ":scheme", "http", ":path", "/page", ":authority", "here", name, "gzip");
        }

        @Test
        void a_body_that_is_longer_than_its_content_length() {
            client.request(1, "POST", "/stream", false, "content-length", "1");
            client.data(1, false, "xx");
            poll();
            assertEquals(PROTOCOL_ERROR, client.resetCode(1));
            assertEquals("", scene.last().text());
            assertEquals(1, scene.last().failures.size());
        }

        @Test
        void a_body_that_is_shorter_than_its_content_length() {
            client.request(1, "POST", "/stream", false, "content-length", "3");
            client.data(1, true, "xx");
            poll();
            assertEquals(PROTOCOL_ERROR, client.resetCode(1));
            assertEquals(0, scene.last().ends);
        }

        @Test
        void a_request_that_has_a_length_and_no_body() {
            isRefused(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/echo",
                    ":authority",
                    "here",
                    "content-length",
                    "1");
        }
    }

    @Nested
    class Windows {
        @Test
        void a_paused_receiver_gets_no_more_than_its_window_and_the_rest_when_it_resumes() {
            RawHttp2 client = scene.connect();
            client.request(1, "POST", "/stream", false);
            poll();
            Told told = scene.last();
            told.exchange.pause();
            client.data(1, false, new byte[2000]);
            poll();
            assertEquals(0, told.body.size());
            assertEquals(List.of(), client.frames(RawHttp2.WINDOW_UPDATE, 1));
            told.exchange.resume();
            poll();
            assertEquals(2000, told.body.size());
            assertEquals(
                    2000, client.frames(RawHttp2.WINDOW_UPDATE, 1).getFirst().number(0));
        }

        @Test
        void single_bytes_that_are_held_arrive_whole_and_in_order() {
            RawHttp2 client = scene.connect();
            client.request(1, "POST", "/stream", false);
            poll();
            scene.last().exchange.pause();
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 1500; i++) {
                char next = (char) ('a' + i % 26);
                all.append(next);
                client.data(1, false, String.valueOf(next));
            }
            client.data(1, true, "");
            poll();
            scene.last().exchange.resume();
            poll();
            assertEquals(all.toString(), scene.last().text());
            assertEquals(1, scene.last().ends);
        }

        @Test
        void a_client_whose_window_is_full_gets_no_more_and_its_writer_is_told_to_wait() {
            RawHttp2 client = scene.connect(INITIAL_WINDOW, 1000);
            client.request(1, "POST", "/stream", true);
            poll();
            Told told = scene.last();
            told.exchange.answer(200, Headers.of());
            scene.write(told, 40_000);
            assertEquals(1000, client.body(1).length);
            assertEquals(39_000, told.exchange.queuedBytes());
            assertFalse(told.exchange.isReady());
            client.window(1, 39_000);
            poll();
            assertEquals(40_000, client.body(1).length);
            assertEquals(0, told.exchange.queuedBytes());
            assertEquals(1, told.readies);
            assertTrue(told.exchange.isReady());
        }

        @Test
        void a_client_that_does_not_read_holds_its_writers_and_its_own_requests() {
            RawHttp2 client = scene.connect(INITIAL_WINDOW, 1 << 20);
            client.window(0, 1 << 20);
            client.request(1, "POST", "/stream", false);
            poll();
            client.stream().pause();
            Told told = scene.last();
            told.exchange.answer(200, Headers.of());
            int written = 0;
            while (told.exchange.isReady() && written < 1 << 20) {
                scene.write(told, 5000);
                written += 5000;
            }
            assertTrue(written < 200_000, "the writer was never told to wait");
            client.data(1, false, "x");
            poll();
            assertEquals("", told.text());
            client.stream().resume();
            poll();
            assertEquals("x", told.text());
            assertEquals(written, client.body(1).length);
            assertTrue(told.readies >= 1);
        }

        @Test
        void a_client_that_takes_nothing_of_a_finished_answer_loses_it_after_the_idle_time() {
            RawHttp2 client = scene.connect(INITIAL_WINDOW, 1000);
            client.request(1, "GET", "/much", true);
            client.request(3, "POST", "/stream", true);
            poll();
            scene.sim.advance(Duration.ofSeconds(59));
            assertEquals(-1, client.resetCode(1));
            scene.sim.advance(Duration.ofSeconds(2));
            assertEquals(CANCEL, client.resetCode(1));
            assertEquals(0, scene.last().failures.size());
        }

        @Test
        void an_answer_has_the_whole_idle_time_though_another_has_waited_before() {
            RawHttp2 client = scene.connect(INITIAL_WINDOW, 0);
            client.request(1, "GET", "/much", true);
            client.request(3, "POST", "/stream", true);
            poll();
            scene.sim.advance(Duration.ofSeconds(59));
            client.request(5, "GET", "/much", true);
            scene.last().exchange.answer(200, Headers.of());
            scene.write(scene.last(), 1000);
            scene.last().exchange.end(Headers.of());
            scene.sim.advance(Duration.ofSeconds(2));
            assertEquals(CANCEL, client.resetCode(1));
            assertEquals(-1, client.resetCode(3));
            assertEquals(-1, client.resetCode(5));
            scene.sim.advance(Duration.ofSeconds(60));
            assertEquals(CANCEL, client.resetCode(3));
            assertEquals(CANCEL, client.resetCode(5));
        }

        @Test
        void a_client_that_reads_slowly_gets_everything() {
            RawHttp2 client = scene.connect(INITIAL_WINDOW, 1000);
            client.window(0, 1 << 20);
            client.request(1, "GET", "/much", true);
            poll();
            for (int i = 0; i < 199; i++) {
                scene.sim.advance(Duration.ofSeconds(40));
                client.window(1, 1000);
                poll();
            }
            assertEquals(200_000, client.body(1).length);
            assertTrue(client.ended(1));
        }

        @Test
        void a_client_that_stops_reading_its_connection_loses_it_after_the_idle_time() {
            RawHttp2 client = scene.connect(INITIAL_WINDOW, 1 << 20);
            client.window(0, 1 << 20);
            client.request(1, "POST", "/stream", false);
            poll();
            client.stream().pause();
            scene.last().exchange.answer(200, Headers.of());
            scene.write(scene.last(), 100_000);
            scene.sim.advance(Duration.ofSeconds(121));
            assertEquals(1, scene.last().failures.size());
            assertEquals(0, scene.server.open());
        }
    }

    @Nested
    class Answers {
        private final RawHttp2 client = scene.connect();

        @Test
        void trailers_come_last() {
            client.request(1, "POST", "/stream", true);
            poll();
            Exchange exchange = scene.last().exchange;
            exchange.answer(200, Headers.of("x-head", "1"));
            exchange.write("body".getBytes(StandardCharsets.UTF_8), 0, 4);
            exchange.end(Headers.of("x-trailer", "2"));
            poll();
            assertEquals("body", client.text(1));
            assertEquals("2", client.heads(1).getLast().get("x-trailer").toString());
            assertTrue(client.frames().getLast().ends());
        }

        @Test
        void an_answer_that_is_only_a_head_is_one_frame() {
            client.request(1, "POST", "/stream", true);
            poll();
            scene.last().exchange.answerOnly(200, Headers.of("x-only", "1"));
            poll();
            assertEquals(
                    1, client.frames().stream().filter(each -> each.id() == 1).count());
            assertTrue(client.ended(1));
        }

        @Test
        void an_early_answer_tells_the_client_to_send_no_more_without_an_error() {
            client.request(1, "POST", "/stream", false);
            poll();
            scene.last().exchange.answerOnly(403, Headers.of());
            poll();
            assertEquals("403", client.status(1));
            assertEquals(0, client.resetCode(1));
            assertEquals(0, scene.last().failures.size() + scene.last().ends);
        }

        @Test
        void what_was_under_way_when_an_early_answer_came_is_no_mistake_of_the_client() {
            client.request(1, "POST", "/stream", false);
            poll();
            scene.last().exchange.answerOnly(403, Headers.of());
            poll();
            for (int i = 0; i < 100; i++) {
                client.data(1, false, new byte[1000]);
                poll();
            }
            client.headers(1, true, "x-trailer", "1");
            client.request(3, "GET", "/page", true);
            poll();
            assertEquals(1, client.frames(RawHttp2.RST_STREAM, 1).size());
            assertEquals(-1, client.error());
            assertEquals("page", client.text(3));
        }

        @Test
        void a_body_over_the_limit_is_413_whether_it_is_announced_or_not() {
            client.request(1, "POST", "/echo", false, "content-length", "1001");
            client.request(3, "POST", "/echo", false);
            client.data(3, false, new byte[1001]);
            client.request(5, "POST", "/echo", false);
            client.data(5, true, new byte[1000]);
            poll();
            assertEquals("413", client.status(1));
            assertEquals("413", client.status(3));
            assertEquals("200", client.status(5));
        }

        @Test
        void a_handler_that_gives_up_resets_its_stream() {
            client.request(1, "POST", "/stream", false);
            poll();
            scene.last().exchange.answer(200, Headers.of());
            scene.last().exchange.abort(Exchange.Reset.CANCEL);
            poll();
            assertEquals(CANCEL, client.resetCode(1));
            assertEquals(0, scene.last().failures.size());
        }

        @Test
        void an_answer_that_breaks_its_own_length_is_not_passed_off_as_whole() {
            client.request(1, "POST", "/stream", true);
            poll();
            scene.last().exchange.answer(200, Headers.of("content-length", "3"));
            scene.last().exchange.write(new byte[2], 0, 2);
            try {
                scene.last().exchange.end(Headers.of());
            } catch (IllegalStateException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("1 bytes shorter"), e.getMessage());
            }
            poll();
            assertEquals(INTERNAL, client.resetCode(1));
        }

        @Test
        void a_reset_is_told_also_when_the_answer_was_queued_to_its_end() {
            RawHttp2 narrow = scene.connect(INITIAL_WINDOW, 10);
            narrow.request(1, "POST", "/stream", true);
            poll();
            Told told = scene.last();
            told.exchange.answer(200, Headers.of());
            scene.write(told, 100);
            told.exchange.end(Headers.of());
            poll();
            narrow.reset(1);
            poll();
            assertEquals(1, told.failures.size());
            assertEquals(0, told.exchange.queuedBytes());
        }
    }

    @Nested
    class Ends {
        @Test
        void a_connection_that_is_cut_is_told_once_to_every_exchange() {
            RawHttp2 client = scene.connect();
            for (int id = 1; id < 10; id += 2) {
                client.request(id, "POST", "/stream", id == 1);
            }
            poll();
            client.stream().abort(new IOException("cut"));
            poll();
            assertEquals(5, scene.exchanges.size());
            scene.exchanges.forEach(each -> assertEquals(1, each.failures.size()));
            assertEquals(0, scene.server.open());
        }

        @Test
        void a_client_that_ends_its_side_has_given_up_everything() {
            RawHttp2 client = scene.connect();
            client.request(1, "POST", "/stream", true);
            poll();
            client.stream().end();
            poll();
            assertEquals(1, scene.last().failures.size());
            assertEquals(0, scene.server.open());
            assertTrue(client.isEnded());
        }

        @Test
        void a_server_that_closes_takes_no_new_streams_and_ends_when_the_last_has_ended() {
            RawHttp2 client = scene.connect();
            client.request(1, "POST", "/stream", false);
            poll();
            scene.server.close();
            poll();
            assertEquals(1, client.frames(RawHttp2.GOAWAY, 0).getFirst().number(0));
            client.request(3, "GET", "/page", true);
            client.data(1, true, "x");
            poll();
            assertEquals("", client.status(3));
            assertEquals("x", scene.last().text());
            assertFalse(client.isEnded());
            scene.last().exchange.answerOnly(200, Headers.of());
            poll();
            assertEquals("200", client.status(1));
            assertTrue(client.isEnded());
        }

        @Test
        void requests_that_cross_the_goaway_are_no_mistake_of_the_client() {
            RawHttp2 client = scene.connect();
            client.request(1, "POST", "/stream", false);
            poll();
            scene.server.close();
            poll();
            for (int id = 3; id < 203; id += 2) {
                client.request(id, "POST", "/echo", false);
                client.data(id, true, "x");
                client.window(id, 1);
                client.reset(id);
            }
            poll();
            assertEquals(-1, client.error());
            scene.last().exchange.answerOnly(200, Headers.of());
            poll();
            assertEquals("200", client.status(1));
        }

        @Test
        void a_frame_that_breaks_the_rules_ends_the_connection_whatever_came_with_it() {
            RawHttp2 client = scene.connect();
            poll();
            byte[] wrong = RawHttp2.bytes(RawHttp2.PING, 0, 0, new byte[7]);
            client.say(Arrays.copyOf(wrong, 5));
            poll();
            client.say(Arrays.copyOfRange(wrong, 5, wrong.length));
            client.ping();
            client.request(1, "GET", "/page", true);
            poll();
            assertEquals(Http2Error.FRAME_SIZE_ERROR.code(), client.error());
            assertTrue(client.isEnded());
            assertEquals("", client.text(1));
        }

        @Test
        void a_connection_without_a_request_ends_after_the_idle_time() {
            RawHttp2 client = scene.connect();
            client.request(1, "GET", "/page", true);
            poll();
            scene.sim.advance(Duration.ofSeconds(59));
            assertFalse(client.isToldToGo());
            scene.sim.advance(Duration.ofSeconds(2));
            assertTrue(client.isToldToGo());
            assertTrue(client.isEnded());
        }

        @Test
        void a_connection_with_a_request_under_way_is_not_idle() {
            RawHttp2 client = scene.connect();
            client.request(1, "POST", "/stream", false);
            poll();
            scene.sim.advance(Duration.ofHours(1));
            assertFalse(client.isToldToGo());
        }

        @Test
        void a_client_that_never_asks_ends_with_the_time_for_a_head() {
            RawHttp2 client = scene.connect();
            scene.sim.advance(Duration.ofSeconds(11));
            assertTrue(client.isEnded());
        }

        @Test
        void a_client_that_does_not_close_its_side_is_cut() {
            RawHttp2 client = scene.connect();
            scene.server.close();
            poll();
            assertTrue(client.isEnded());
            scene.sim.advance(Duration.ofSeconds(6));
            assertTrue(client.isOver());
            assertEquals(0, scene.sim.loop().timer().pending());
        }

        @Test
        void nothing_waits_for_a_client_that_has_closed_its_side() {
            RawHttp2 client = scene.connect();
            scene.server.close();
            poll();
            client.stream().end();
            poll();
            assertEquals(0, scene.sim.loop().timer().pending());
        }
    }

    @Nested
    class WebSockets {
        private final RawHttp2 client = scene.connect();

        private void open(int id, String... more) {
            String[] fields = new String[12 + more.length];
            String[] head = {
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "http",
                ":path",
                "/socket",
                ":authority",
                "here",
                "sec-websocket-version",
                "13"
            };
            System.arraycopy(head, 0, fields, 0, head.length);
            System.arraycopy(more, 0, fields, head.length, more.length);
            client.headers(id, false, fields);
            poll();
        }

        @Test
        void a_stream_becomes_a_websocket() {
            open(1, "sec-websocket-protocol", "chess, chat");
            assertEquals("200", client.status(1));
            assertEquals(
                    "chess",
                    client.heads(1).getFirst().get("sec-websocket-protocol").toString());
            client.data(1, false, RawPeer.text("hello"));
            poll();
            assertEquals(List.of("hello"), scene.messages.getFirst().texts());
            scene.sockets.getFirst().send(java.nio.ByteBuffer.wrap("back".getBytes(StandardCharsets.UTF_8)));
            poll();
            assertTrue(client.text(1).endsWith("back"));
        }

        @Test
        void a_client_that_says_goodbye_is_answered_and_the_stream_ends() {
            open(1);
            client.data(1, true, RawPeer.close(1000, ""));
            poll();
            assertTrue(scene.messages.getFirst().isOver());
            assertTrue(client.ended(1) || client.resetCode(1) >= 0);
            assertFalse(client.isToldToGo());
        }

        @Test
        void a_reset_is_the_end_of_the_websocket() {
            open(1);
            client.reset(1);
            poll();
            assertTrue(scene.messages.getFirst().isOver());
            assertEquals(1, scene.server.open());
        }

        @Test
        void many_share_a_connection_and_all_hear_when_it_is_cut() {
            for (int id = 1; id < 12; id += 2) {
                open(id);
            }
            client.stream().abort(new IOException("cut"));
            poll();
            assertEquals(6, scene.messages.size());
            assertTrue(scene.messages.stream().allMatch(Messages::isOver));
            assertEquals(0, scene.server.open());
        }

        @Test
        void a_version_that_is_not_spoken_and_another_protocol_are_refused() {
            client.headers(
                    1,
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "http",
                    ":path",
                    "/socket",
                    ":authority",
                    "here",
                    "sec-websocket-version",
                    "8");
            client.headers(
                    3,
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "other",
                    ":scheme",
                    "http",
                    ":path",
                    "/socket",
                    ":authority",
                    "here");
            poll();
            assertEquals("426", client.status(1));
            assertEquals("501", client.status(3));
        }

        @Test
        void nobody_hears_that_all_has_left_when_the_stream_is_given_up() {
            RawHttp2 narrow = scene.connect(INITIAL_WINDOW, 0);
            narrow.headers(
                    1,
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "http",
                    ":path",
                    "/socket",
                    ":authority",
                    "here",
                    "sec-websocket-version",
                    "13");
            poll();
            WebSocket socket = scene.sockets.getLast();
            socket.send(java.nio.ByteBuffer.wrap(new byte[10]));
            poll();
            boolean[] left = new boolean[2];
            socket.drained().listen(scene.sim.loop(), (done, failure) -> left[failure == null ? 0 : 1] = true);
            narrow.reset(1);
            poll();
            assertFalse(left[0]);
            assertTrue(left[1]);
        }
    }
}

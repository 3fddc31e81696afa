package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of HTTP and WebSocket to the byte and to the nanosecond, on a simulated clock: one below, at and one above. */
final class HttpLimitsTest {
    private static final Limits.Http LIMITS = new Limits.Http(
            3,
            1000,
            1000,
            1000,
            10_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(40),
            Duration.ofSeconds(5));
    private static final URI API = URI.create("http://server.example/api");

    private final SimLoop sim = new SimLoop();
    private final List<String> handled = new ArrayList<>();
    private byte[] answer = {};
    private final HttpServer server = new HttpServer(
            sim.loop(),
            HttpRoutes.none()
                    .on("POST", "/", request -> {
                        handled.add(new String(request.body(), StandardCharsets.UTF_8));
                        return Promise.of(new HttpResponse(200, Headers.of(), answer));
                    })
                    .on("GET", "/", request -> {
                        handled.add("page");
                        return Promise.of(new HttpResponse(200, Headers.of(), answer));
                    }),
            LIMITS);
    private final List<RawPeer> servers = new ArrayList<>();
    private @Nullable Object result;

    private RawPeer connect() {
        BytePipe pipe = new BytePipe(sim.loop());
        RawPeer client = new RawPeer(pipe.left());
        server.accept(pipe.right());
        sim.poll();
        return client;
    }

    private void say(RawPeer client, String text) {
        client.say(text);
        sim.poll();
    }

    private void advance(Duration time, long offset) {
        sim.advance(time.plusNanos(offset));
    }

    @AfterEach
    void leavesNothingBehind() {
        server.close();
        sim.poll();
        sim.advance(Duration.ofMinutes(10));
        assertEquals(0, server.open());
        assertEquals(0, sim.loop().timer().pending());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_for_the_first_head(long offset) {
        RawPeer client = connect();
        advance(LIMITS.headTimeout(), offset);
        say(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals(offset < 0 ? 1 : 0, handled.size());
        assertEquals(offset >= 0, client.isEnded());
        assertEquals(offset < 0, client.heard().startsWith("HTTP/1.1 200 "));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_from_the_first_byte_of_a_later_head_to_its_end(long offset) {
        RawPeer client = connect();
        say(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        sim.advance(Duration.ofSeconds(50));
        say(client, "G");
        advance(LIMITS.headTimeout(), offset);
        say(client, "ET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals(offset < 0 ? 2 : 1, handled.size());
        assertEquals(offset >= 0, client.heard().contains("HTTP/1.1 408 "));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_from_the_end_of_a_head_to_that_of_its_body(long offset) {
        RawPeer client = connect();
        say(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
        advance(LIMITS.requestTimeout(), offset);
        say(client, "b");
        assertEquals(offset < 0 ? List.of("ab") : List.of(), handled);
        assertEquals(offset >= 0, client.heard().contains("HTTP/1.1 408 "));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_between_two_requests(long offset) {
        RawPeer client = connect();
        say(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        advance(LIMITS.idleTimeout(), offset);
        say(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals(offset < 0 ? 2 : 1, handled.size());
        assertEquals(offset >= 0, client.isEnded());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_to_close_after_the_last_answer(long offset) {
        RawPeer client = connect();
        say(client, "nonsense\r\n\r\n");
        assertTrue(client.isEnded());
        advance(LIMITS.closeTimeout(), offset);
        assertEquals(offset < 0 ? 1 : 0, server.open());
        client.stream().end();
        sim.poll();
        assertEquals(0, server.open());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_to_answer_the_close_of_a_websocket(long offset) {
        BytePipe pipe = new BytePipe(sim.loop());
        RawPeer peer = new RawPeer(pipe.left());
        WebSocket socket = new WebSocket(sim.loop(), pipe.right(), LIMITS, null, "");
        boolean[] over = new boolean[1];
        socket.onOver(() -> over[0] = true);
        pipe.right().start(socket.input());
        Messages messages = new Messages();
        socket.start(messages);
        socket.end();
        sim.poll();
        advance(LIMITS.closeTimeout(), offset);
        assertEquals(offset >= 0, over[0]);
        peer.say(RawPeer.close(1000, ""));
        peer.stream().end();
        sim.poll();
        assertTrue(over[0]);
        assertEquals(offset >= 0, messages.failure != null);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void bytes_of_answers_that_wait_before_the_next_request_is_handled(int more) {
        RawPeer reader = connect();
        say(reader, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        int head = reader.bytes().length - 1;
        RawPeer client = connect();
        client.stream().pause();
        // What is under way does not wait any more, and nothing else can be.
        answer = answerOf(dev.capstan.async.Limits.DEFAULT.pipeBytes(), head);
        say(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nfill");
        answer = answerOf((int) LIMITS.queuedAnswerBytes() + more, head);
        say(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nfirst");
        say(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecond");
        List<String> all = List.of("page", "fill", "first", "second");
        assertEquals(more <= 0 ? all : all.subList(0, 3), handled);
        client.stream().resume();
        sim.poll();
        assertEquals(all, handled);
        assertFalse(client.isOver());
    }

    /** The body of an answer of so many bytes, if its head has {@code head} and the digits of its length. */
    private static byte[] answerOf(int bytes, int head) {
        int digits = String.valueOf(bytes - head).length();
        return new byte[bytes - head - digits];
    }

    // ---- the client

    private RawPeer ask() {
        PipeNetwork network = new PipeNetwork(sim.loop());
        network.serve(stream -> servers.add(new RawPeer(stream)));
        new HttpClient(sim.loop(), network, new Random(1), LIMITS)
                .post(API, Headers.of(), new byte[0])
                .listen(sim.loop(), (value, failure) -> result = failure != null ? failure : value);
        sim.poll();
        return servers.getFirst();
    }

    private void assertAnswered(boolean isAnswered) {
        assertTrue(isAnswered ? result instanceof HttpResponse : result instanceof IOException, String.valueOf(result));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_for_an_answer(long offset) {
        RawPeer peer = ask();
        advance(LIMITS.answerTimeout(), offset);
        say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertAnswered(offset < 0);
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "0, true", "1, false"})
    void headers_of_an_answer_together(int more, boolean passes) {
        String length = "Content-Length: 0";
        String fill = "x".repeat(LIMITS.headBytes() - length.length() - "X: ".length() + more);
        say(ask(), "HTTP/1.1 200 OK\r\n" + length + "\r\nX: " + fill + "\r\n\r\n");
        assertAnswered(passes);
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "0, true", "1, false"})
    void the_first_line_of_an_answer(int more, boolean passes) {
        String line = "HTTP/1.1 200 ";
        say(ask(), line + "x".repeat(LIMITS.headBytes() - line.length() + more) + "\r\nContent-Length: 0\r\n\r\n");
        assertAnswered(passes);
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "0, true", "1, false"})
    void the_body_of_an_answer_that_tells_its_length(int more, boolean passes) {
        int length = LIMITS.bodyBytes() + more;
        say(ask(), "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length));
        assertAnswered(passes);
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "0, true", "1, false"})
    void the_body_of_an_answer_that_ends_with_its_connection(int more, boolean passes) {
        RawPeer peer = ask();
        peer.say("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(LIMITS.bodyBytes() + more));
        peer.stream().end();
        sim.poll();
        assertAnswered(passes);
    }

    @Test
    void one_connection_more_than_allowed_is_closed() {
        List<RawPeer> clients = new ArrayList<>();
        for (int i = 1; i <= LIMITS.connections() + 1; i++) {
            clients.add(connect());
            assertEquals(i > LIMITS.connections(), clients.getLast().isOver(), "connection " + i);
        }
    }
}

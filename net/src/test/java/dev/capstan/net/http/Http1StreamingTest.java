package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Limits;
import dev.capstan.async.SimLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges over HTTP/1.1 whose clients go away, stop reading or stop sending, in simulated time. */
final class Http1StreamingTest {
    private static final String WITHOUT_BODY = "POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    private static final String WITH_BODY = "POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n";

    private final SimLoop sim = new SimLoop();
    private final List<Http2Scene.Told> exchanges = new ArrayList<>();
    private final HttpServer server = new HttpServer(
            sim.loop(),
            HttpRoutes.none()
                    .exchange("POST", "/stream", request -> true, exchange -> {
                        Http2Scene.Told told = new Http2Scene.Told(exchange);
                        exchanges.add(told);
                        exchange.start(told);
                    })
                    .exchange(
                            "POST",
                            "/later",
                            request -> true,
                            exchange -> exchanges.add(new Http2Scene.Told(exchange))),
            Http2Scene.LIMITS);
    private ByteStream servers = new BytePipe(sim.loop()).right();

    private RawPeer ask(String text) {
        BytePipe pipe = new BytePipe(sim.loop());
        servers = pipe.right();
        RawPeer client = new RawPeer(pipe.left());
        server.accept(servers);
        client.say(text);
        sim.poll();
        return client;
    }

    private Http2Scene.Told last() {
        return exchanges.getLast();
    }

    private void answer(int length) {
        last().exchange.answer(200, Headers.of());
        write(length);
    }

    private void write(int length) {
        last().exchange.write(new byte[length], 0, length);
        sim.poll();
    }

    private void pass(Duration time) {
        sim.advance(time);
    }

    @AfterEach
    void leavesNothingBehind() {
        exchanges.forEach(each -> each.exchange.abort(Exchange.Reset.CANCEL));
        server.close();
        sim.poll();
        pass(Duration.ofMinutes(10));
        assertEquals(0, server.open());
        assertEquals(0, sim.loop().timer().pending());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_client_that_ends_its_side_has_given_up_what_is_being_answered(boolean begun) {
        RawPeer client = ask(WITHOUT_BODY);
        if (begun) {
            answer(10);
        }
        client.stream().end();
        sim.poll();
        assertEquals(1, last().failures.size());
        assertEquals(0, server.open());
        assertTrue(client.isOver());
    }

    @Test
    void a_client_that_has_sent_the_beginning_of_another_request_is_missed_too() {
        RawPeer client = ask(WITHOUT_BODY);
        client.say("POST /stream");
        sim.poll();
        client.stream().end();
        sim.poll();
        assertEquals(1, last().failures.size());
        assertEquals(0, server.open());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_is_to_end_does_so_when_its_answer_has_left(boolean endedByClient) {
        RawPeer client = ask(WITHOUT_BODY);
        client.stream().pause();
        answer(200_000);
        last().exchange.end(Headers.of());
        if (endedByClient) {
            client.stream().end();
        } else {
            server.close();
        }
        sim.poll();
        assertFalse(client.isOver());
        client.stream().resume();
        sim.poll();
        assertTrue(client.isEnded());
        assertTrue(client.heard().endsWith("0\r\n\r\n"));
        client.stream().end();
        sim.poll();
        assertEquals(0, server.open());
    }

    @Test
    void a_handler_is_told_to_go_on_though_the_answer_before_its_own_has_not_left_yet() {
        RawPeer client = ask(WITHOUT_BODY);
        client.stream().pause();
        client.onDelivery(() -> client.stream().pause());
        answer(2 * Limits.DEFAULT.pipeBytes() + 5_000);
        assertFalse(last().exchange.isReady());
        client.say(WITHOUT_BODY);
        client.stream().resume();
        sim.poll();
        assertTrue(servers.queuedBytes() > 0);
        last().exchange.end(Headers.of());
        sim.poll();
        assertEquals(2, exchanges.size());
        answer(50_000);
        assertFalse(last().exchange.isReady());
        assertEquals(0, last().readies);
        client.onDelivery(() -> {});
        client.stream().resume();
        sim.poll();
        assertEquals(1, last().readies);
    }

    @Test
    void what_comes_ahead_of_its_turn_waits_and_is_answered_then() {
        RawPeer client = ask(WITHOUT_BODY);
        client.say(WITHOUT_BODY.substring(0, 20));
        sim.poll();
        client.say(WITHOUT_BODY.substring(20));
        sim.poll();
        assertEquals(1, exchanges.size());
        last().exchange.answerOnly(200, Headers.of());
        sim.poll();
        assertEquals(2, exchanges.size());
        last().exchange.answerOnly(201, Headers.of());
        sim.poll();
        assertTrue(client.heard().contains("HTTP/1.1 200 "));
        assertTrue(client.heard().contains("HTTP/1.1 201 "));
        assertFalse(client.isEnded());
    }

    @Test
    void no_more_than_a_head_is_taken_ahead_of_its_turn() {
        RawPeer client = ask(WITHOUT_BODY);
        for (int i = 0; i < 1000; i++) {
            client.say("x".repeat(1000));
            sim.poll();
        }
        // What the connection itself holds is the system's.
        assertTrue(client.stream().queuedBytes() > 900_000, client.stream().queuedBytes() + " bytes");
    }

    @Test
    void a_client_that_reads_nothing_of_its_answer_is_cut_off_though_the_handler_goes_on() {
        RawPeer client = ask(WITHOUT_BODY);
        client.stream().pause();
        answer(200_000);
        pass(Http2Scene.LIMITS.idleTimeout().multipliedBy(2));
        assertEquals(1, last().failures.size());
        assertEquals(0, server.open());
        assertTrue(client.isOver());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_without_anything_read_of_an_answer(long offset) {
        RawPeer client = ask(WITHOUT_BODY);
        client.stream().pause();
        answer(200_000);
        pass(Http2Scene.LIMITS.idleTimeout());
        pass(Http2Scene.LIMITS.idleTimeout().plusNanos(offset));
        assertEquals(offset < 0 ? 0 : 1, last().failures.size());
    }

    @Test
    void a_client_has_the_whole_time_for_what_is_written_late() {
        RawPeer other = ask(WITHOUT_BODY);
        last().exchange.answer(200, Headers.of("content-length", "1000000"));
        sim.poll();
        int head = other.bytes().length;
        other.stream().pause();
        write(500_000);
        int underWay = (int) (500_000 - servers.queuedBytes());

        RawPeer client = ask(WITHOUT_BODY);
        client.stream().pause();
        last().exchange.answer(200, Headers.of("content-length", "1000000"));
        write(underWay - head);
        assertEquals(0, servers.queuedBytes());
        pass(Http2Scene.LIMITS.idleTimeout().multipliedBy(2).minusSeconds(1));
        write(1);
        assertEquals(1, servers.queuedBytes());
        pass(Duration.ofSeconds(30));
        assertEquals(0, last().failures.size());
    }

    @Test
    void a_client_that_reads_slowly_gets_all_of_it() {
        RawPeer client = ask(WITHOUT_BODY);
        client.stream().pause();
        client.onDelivery(() -> client.stream().pause());
        answer(500_000);
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofSeconds(55));
            client.stream().resume();
            sim.poll();
        }
        assertEquals(0, last().failures.size());
        assertTrue(client.bytes().length > 500_000, client.bytes().length + " bytes");
    }

    @Test
    void a_handler_has_all_the_time_it_wants() {
        RawPeer client = ask(WITHOUT_BODY);
        answer(10);
        pass(Duration.ofHours(1));
        write(10);
        last().exchange.end(Headers.of());
        sim.poll();
        assertEquals(0, last().failures.size());
        assertTrue(client.heard().endsWith("0\r\n\r\n"));
        assertFalse(client.isEnded());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_without_anything_sent_of_a_request(long offset) {
        RawPeer client = ask(WITH_BODY);
        pass(Http2Scene.LIMITS.idleTimeout().plusNanos(offset));
        assertEquals(offset < 0 ? 0 : 1, last().failures.size());
        assertEquals(offset >= 0, client.heard().startsWith("HTTP/1.1 408 "));
        assertEquals(offset >= 0, client.isEnded());
    }

    @Test
    void a_request_that_is_silent_after_its_answer_has_begun_is_cut_off() {
        RawPeer client = ask(WITH_BODY);
        answer(10);
        pass(Http2Scene.LIMITS.idleTimeout().multipliedBy(2));
        assertEquals(1, last().failures.size());
        assertTrue(client.isOver());
        assertEquals(0, server.open());
    }

    @Test
    void a_request_that_comes_slowly_is_taken() {
        RawPeer client = ask(WITH_BODY);
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofSeconds(59));
            client.say("x");
            sim.poll();
        }
        assertEquals(0, last().failures.size());
        assertEquals(1, last().ends);
        assertEquals(100, last().text().length());
    }

    @Test
    void a_request_that_its_handler_holds_back_is_not_silent() {
        RawPeer client = ask(WITH_BODY);
        last().exchange.pause();
        client.say("x".repeat(100));
        pass(Duration.ofHours(1));
        assertEquals(0, last().failures.size());
        last().exchange.resume();
        sim.poll();
        assertEquals(1, last().ends);
    }

    @Test
    void a_body_that_nobody_has_asked_for_yet_is_held_back() {
        RawPeer client = ask("POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
        for (int i = 0; i < 1000; i++) {
            client.say("x".repeat(1000));
            sim.poll();
        }
        assertTrue(client.stream().queuedBytes() > 900_000, client.stream().queuedBytes() + " bytes");
        last().exchange.start(last());
        sim.poll();
        assertEquals(1_000_000, last().text().length());
        assertEquals(1, last().ends);
    }
}

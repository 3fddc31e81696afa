package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.net.Limits;
import dev.capstan.testkit.Parity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a connection of HTTP/2 lasts, in simulated time. */
class Http2LifeTest {
    private static final int INITIAL_WINDOW = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int CALM = 0xb;

    private final Http2Scene scene = new Http2Scene(Http2Scene.LIMITS_2.withLife(new Limits.Life(
            3, Duration.ofSeconds(100), Duration.ofSeconds(7), Duration.ofSeconds(1000), Duration.ofSeconds(50))));

    @AfterEach
    void nothingIsLeft() {
        scene.leavesNothingBehind();
    }

    /** A client with a request that goes on for ever. */
    private RawHttp2 streaming() {
        RawHttp2 client = scene.connect();
        client.request(1, "POST", "/stream", false);
        scene.sim.poll();
        return client;
    }

    private void pass(int seconds) {
        scene.sim.advance(Duration.ofSeconds(seconds));
    }

    @Test
    @Parity("GRPC-X1.3")
    void a_client_that_pings_too_often_is_told_in_words_of_grpc() {
        RawHttp2 client = streaming();
        for (int i = 0; i < 3; i++) {
            client.ping();
        }
        scene.sim.poll();
        assertFalse(client.isEnded());
        client.ping();
        scene.sim.poll();
        assertEquals(CALM, client.error());
        byte[] goodbye = client.frames(GO_AWAY, 0).getLast().payload();
        assertEquals("too_many_pings", new String(goodbye, 8, goodbye.length - 8, StandardCharsets.US_ASCII));
    }

    @Test
    @Parity("GRPC-X1.3")
    void a_client_may_ping_after_each_piece_of_an_answer_to_measure_how_fast_it_comes() {
        RawHttp2 client = streaming();
        scene.last().exchange.answer(200, Headers.of());
        for (int i = 0; i < 20; i++) {
            scene.last().exchange.write(new byte[] {1}, 0, 1);
            scene.sim.poll();
            client.ping();
            scene.sim.poll();
        }
        assertFalse(client.isEnded());
        for (int i = 0; i < 3; i++) {
            client.ping();
        }
        scene.sim.poll();
        assertFalse(client.isEnded());
        client.ping();
        scene.sim.poll();
        assertEquals(CALM, client.error());
    }

    @Test
    @Parity("GRPC-X1.3")
    void pings_that_are_far_apart_are_welcome() {
        RawHttp2 client = streaming();
        for (int i = 0; i < 10; i++) {
            client.ping();
            pass(31);
        }
        assertFalse(client.isEnded());
    }

    @Test
    @Parity("GRPC-X1.2")
    void a_silent_client_is_pinged_and_lost_if_it_does_not_answer() {
        RawHttp2 client = streaming();
        // What it has said last counts for the first time.
        pass(199);
        assertEquals(List.of(), client.frames(PING, 0));
        pass(2);
        assertEquals(1, client.frames(PING, 0).size());
        assertEquals(0, scene.last().failures.size());
        pass(7);
        assertEquals(1, scene.last().failures.size());
        assertEquals(0, scene.server.open());
        assertTrue(client.isOver());
    }

    @Test
    @Parity("GRPC-X1.2")
    void a_silent_client_that_answers_stays() {
        RawHttp2 client = streaming();
        pass(201);
        client.frame(PING, RawHttp2.ACK, 0, client.frames(PING, 0).getFirst().payload());
        pass(20);
        assertEquals(0, scene.last().failures.size());
        assertFalse(client.isOver());
    }

    @Test
    @Parity("GRPC-X1.2")
    void a_client_that_cannot_be_heard_since_it_reads_slowly_is_not_taken_for_gone() {
        RawHttp2 client = scene.connect(INITIAL_WINDOW, 1 << 20);
        client.window(0, 1 << 20);
        client.request(1, "POST", "/stream", false);
        scene.sim.poll();
        client.stream().pause();
        client.onDelivery(() -> client.stream().pause());
        scene.last().exchange.answer(200, Headers.of());
        scene.write(scene.last(), 1_000_000);
        for (int i = 0; i < 14; i++) {
            pass(50);
            assertEquals(0, scene.last().failures.size(), "after " + i + " pieces");
            client.stream().resume();
            scene.sim.poll();
        }
        // All that there was has left, and now it is the client's turn again.
        client.onDelivery(() -> {});
        client.stream().resume();
        scene.sim.poll();
        pass(208);
        assertEquals(1, scene.last().failures.size());
    }

    @Test
    @Parity("GRPC-G10.5")
    void an_old_connection_takes_no_more_requests_and_ends_with_the_last() {
        RawHttp2 client = streaming();
        for (int i = 0; i < 9; i++) {
            pass(99);
            client.data(1, false, "x");
        }
        assertFalse(client.isToldToGo());
        pass(110);
        assertTrue(client.isToldToGo());
        assertEquals(0, scene.last().failures.size());
        client.data(1, true, "last");
        scene.sim.poll();
        scene.last().exchange.answer(200, Headers.of());
        scene.last().exchange.end(Headers.of());
        scene.sim.poll();
        assertEquals("200", client.status(1));
        assertEquals("xxxxxxxxxlast", scene.last().text());
        assertTrue(client.isEnded());
    }

    @Test
    @Parity("GRPC-G10.5")
    void an_old_connection_is_cut_when_its_grace_is_over() {
        RawHttp2 client = streaming();
        for (int i = 0; i < 10; i++) {
            pass(99);
            client.data(1, false, "x");
        }
        pass(11);
        assertTrue(client.isToldToGo());
        assertFalse(client.isEnded());
        pass(50);
        assertTrue(client.isEnded());
        assertEquals(1, scene.last().failures.size());
    }
}

package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.net.Limits;
import dev.capstan.testkit.Parity;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ObjIntConsumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may do to a server of HTTP/2 and how often: each limit at its edge, named by the attack that it stops. */
final class Http2LimitsTest {
    private static final int REFUSED = 7;
    private static final int CALM = 11;
    private static final int MAX_HEADER_LIST_SIZE = 6;
    private static final int RESETS = Http2Scene.LIMITS_2.resets();
    private static final int STREAMS = Http2Scene.LIMITS_2.streams();
    private static final int STREAM_CLOSED = 5;

    private final Http2Scene scene = new Http2Scene();

    private void poll() {
        scene.sim.poll();
    }

    @AfterEach
    void leavesNothingBehind() {
        scene.leavesNothingBehind();
    }

    /** Still served, on a stream that was not used. */
    private void isServed(RawHttp2 client) {
        client.request(99_999, "GET", "/page", true);
        poll();
        assertEquals(-1, client.error());
        assertEquals("page", client.text(99_999));
    }

    private void isCut(RawHttp2 client) {
        poll();
        assertEquals(CALM, client.error());
        assertTrue(client.isEnded());
    }

    private void atTheEdge(int limit, ObjIntConsumer<RawHttp2> attack) {
        for (int times = limit - 1; times <= limit + 1; times++) {
            RawHttp2 client = scene.connect();
            for (int i = 0; i < times; i++) {
                attack.accept(client, i);
                poll();
            }
            if (times <= limit) {
                isServed(client);
                client.stream().end();
                poll();
            } else {
                isCut(client);
            }
        }
    }

    // ---- streams that are begun and given up

    @Test
    void rapid_reset_cve_2023_44487() {
        atTheEdge(RESETS, (client, i) -> {
            client.request(2 * i + 1, "GET", "/held", true);
            client.reset(2 * i + 1);
        });
        assertEquals(scene.begun, scene.canceled);
    }

    @Test
    void made_you_reset_cve_2025_55163_by_empty_window_updates() {
        atTheEdge(RESETS, (client, i) -> {
            client.request(2 * i + 1, "GET", "/held", true);
            client.window(2 * i + 1, 0);
        });
        assertEquals(scene.begun, scene.canceled);
    }

    @Test
    void made_you_reset_cve_2025_55163_by_data_after_the_end() {
        atTheEdge(RESETS, (client, i) -> {
            client.request(2 * i + 1, "GET", "/held", true);
            client.data(2 * i + 1, false, "x");
        });
        assertEquals(scene.begun, scene.canceled);
    }

    @Test
    void made_you_reset_by_windows_that_overflow() {
        atTheEdge(RESETS, (client, i) -> {
            client.request(2 * i + 1, "GET", "/held", true);
            client.window(2 * i + 1, Integer.MAX_VALUE);
        });
    }

    @Test
    void made_you_reset_by_bodies_that_break_their_length() {
        atTheEdge(RESETS, (client, i) -> {
            client.request(2 * i + 1, "POST", "/stream", false, "content-length", "1");
            client.data(2 * i + 1, true, "xx");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100})
    void answers_that_the_client_has_no_room_for_cve_2026_50560(int size) {
        RawHttp2 client = scene.connect(MAX_HEADER_LIST_SIZE, size);
        for (int i = 0; i < 3 * RESETS; i++) {
            client.request(2 * i + 1, "GET", "/page", true);
            poll();
        }
        long given = client.frames().stream()
                .filter(each -> each.type() == RawHttp2.RST_STREAM)
                .count();
        assertTrue(given <= RESETS, given + " answers were made and given up");
    }

    @Test
    void resets_are_counted_anew_when_their_time_is_over() {
        RawHttp2 client = scene.connect();
        for (int i = 0; i < 3 * RESETS; i++) {
            client.request(2 * i + 1, "GET", "/held", true);
            client.reset(2 * i + 1);
            scene.sim.advance(Duration.ofSeconds(2));
        }
        isServed(client);
    }

    @Test
    void a_frame_that_was_under_way_when_its_client_gave_up_is_not_counted_again() {
        RawHttp2 client = scene.connect();
        for (int i = 0; i < RESETS; i++) {
            int id = 2 * i + 1;
            client.request(id, "GET", "/held", false);
            client.reset(id);
            client.data(id, true, "late");
            poll();
            assertEquals(STREAM_CLOSED, client.resetCode(id));
        }
        isServed(client);
    }

    @Test
    void ten_thousand_streams_in_one_go_leave_few_handlers_alive() {
        RawHttp2 client = scene.connect();
        for (int i = 0; i < 10_000; i++) {
            client.request(2 * i + 1, "GET", "/held", true);
            client.reset(2 * i + 1);
        }
        isCut(client);
        assertTrue(scene.mostAlive <= RESETS + STREAMS, scene.mostAlive + " at a time");
        assertEquals(scene.begun, scene.canceled);
    }

    // ---- streams at a time

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streams_at_a_time_whether_our_settings_are_acknowledged_or_not(boolean acknowledged) {
        RawHttp2 client = acknowledged ? scene.connect() : scene.silent();
        if (!acknowledged) {
            client.hello();
        }
        for (int i = 0; i <= STREAMS; i++) {
            client.request(2 * i + 1, "GET", "/held", true);
        }
        poll();
        assertEquals(STREAMS, scene.begun);
        assertEquals(-1, client.resetCode(2 * STREAMS - 1));
        assertEquals(REFUSED, client.resetCode(2 * STREAMS + 1));
        client.reset(1);
        isServed(client);
        client.stream().end();
        poll();
    }

    // ---- frames that say nothing

    enum Idle {
        PING,
        PING_ACK,
        SETTINGS,
        PRIORITY,
        EMPTY_DATA,
        PADDING,
        UNKNOWN;

        void send(RawHttp2 client, int i) {
            if (i == 0) {
                client.request(1, "POST", "/stream", false);
            }
            switch (this) {
                case PING -> client.ping();
                case PING_ACK -> client.frame(RawHttp2.PING, RawHttp2.ACK, 0, new byte[8]);
                case SETTINGS -> client.settings();
                case PRIORITY -> client.frame(RawHttp2.PRIORITY, 0, 1, new byte[5]);
                case EMPTY_DATA -> client.data(1, false, new byte[0]);
                case PADDING -> client.frame(RawHttp2.DATA, 8, 1, new byte[] {3, 0, 0, 0});
                case UNKNOWN -> client.frame(0x42, 0, 1, new byte[3]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_flood_of(Idle kind) {
        // Two have come with the greeting: settings, and the acknowledgement of ours.
        atTheEdge(Http2Scene.LIMITS_2.controlFrames() - 2, (client, i) -> kind.send(client, i));
    }

    // ---- lists of headers

    @Test
    @Parity("GRPC-C3.4")
    void continuations_without_end_cve_2024_27316() {
        int limit = Http2Scene.LIMITS_2.continuations();
        for (int times = limit - 1; times <= limit + 1; times++) {
            RawHttp2 client = scene.connect();
            byte[] block = client.block(
                    1, ":method", "GET", ":scheme", "http", ":path", "/page", ":authority", "here", "x-more", "xxxxx");
            client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, new byte[0]);
            for (int i = 1; i <= times; i++) {
                byte[] part = i < times ? new byte[] {block[i - 1]} : Arrays.copyOfRange(block, i - 1, block.length);
                client.frame(RawHttp2.CONTINUATION, i < times ? 0 : RawHttp2.END_HEADERS, 1, part);
            }
            poll();
            assertEquals(times <= limit ? "page" : "", client.text(1));
            assertEquals(times <= limit ? -1 : CALM, client.error());
            client.stream().end();
            poll();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 1000, 1001})
    @Parity("GRPC-C3.3")
    void lists_of_headers(int size) {
        RawHttp2 client = scene.connect();
        // Each field costs 32 bytes beside its name and value (RFC 9113 section 6.5.2).
        int others = 42 + 43 + 42 + 46 + 33;
        client.request(1, "GET", "/page", true, "x", "x".repeat(size - others));
        poll();
        assertEquals(size <= 1000 ? "200" : "431", client.status(1));
        isServed(client);
    }

    @Test
    void a_small_block_that_unfolds_into_a_large_list() {
        RawHttp2 client = scene.connect();
        String[] fields = new String[2 * 1000];
        for (int i = 0; i < fields.length; i += 2) {
            fields[i] = "x-large";
            fields[i + 1] = "x".repeat(500);
        }
        client.request(1, "GET", "/page", true, fields);
        poll();
        assertEquals(List.of(), scene.requests);
        assertTrue(client.error() > 0
                || client.resetCode(1) >= 0
                || client.status(1).equals("431"));
    }

    // ---- times

    @Test
    void a_head_that_trickles_in() {
        RawHttp2 client = scene.connect();
        client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, new byte[0]);
        poll();
        scene.sim.advance(Duration.ofSeconds(11));
        assertTrue(client.isEnded());
    }

    @Test
    void a_body_that_trickles_in() {
        RawHttp2 client = scene.connect();
        client.request(1, "POST", "/echo", false);
        poll();
        for (int i = 0; i < 31; i++) {
            client.data(1, false, "x");
            scene.sim.advance(Duration.ofSeconds(1));
        }
        assertEquals("408", client.status(1));
    }

    // ---- what is the same as over HTTP/1.1

    @Test
    void connections_at_a_time() {
        List<RawHttp2> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(scene.connect());
        }
        assertTrue(scene.connect().isOver());
        clients.getFirst().stream().end();
        poll();
        isServed(scene.connect());
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 1000, 1001})
    void messages_of_a_websocket(int length) {
        RawHttp2 client = scene.connect();
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
                "13");
        client.data(1, false, RawPeer.text("x".repeat(length)));
        poll();
        assertEquals(length <= 1000 ? 1 : 0, scene.messages.getFirst().received.size());
        assertEquals(length > 1000, scene.messages.getFirst().isOver());
        isServed(client);
    }

    @Test
    void a_client_that_asks_and_does_not_read_is_not_read_from() {
        Http2Scene wide = new Http2Scene(
                new Limits.Http2(3000, 2000, 8 << 20, 20, 50, 4, Duration.ofSeconds(30), Limits.Life.DEFAULT));
        RawHttp2 client = wide.connect();
        client.window(0, 1 << 30);
        client.stream().pause();
        int asked = 3000;
        for (int i = 0; i < asked; i++) {
            client.request(2 * i + 1, "POST", "/echo", false);
            client.data(2 * i + 1, true, new byte[900]);
            wide.sim.poll();
        }
        assertTrue(wide.requests.size() < 1500, wide.requests.size() + " were answered into nowhere");
        client.stream().resume();
        wide.sim.poll();
        assertEquals(asked, wide.requests.size());
        assertEquals(900, client.body(2 * asked - 1).length);
        wide.leavesNothingBehind();
    }

    @Test
    void a_client_that_goes_on_after_our_goodbye_writes_nothing_into_our_log() {
        List<String> lines = new ArrayList<>();
        Handler tap = new Handler() {
            @Override
            public void publish(LogRecord record) {
                lines.add(record.getMessage().toLowerCase(Locale.ROOT));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.netty.handler.codec.http2");
        logger.addHandler(tap);
        try {
            InternalLoggerFactory.getInstance("io.netty.handler.codec.http2.Probe")
                    .info("the tap runs");
            assertEquals(List.of("the tap runs"), lines);
            RawHttp2 client = scene.connect();
            client.request(1, "POST", "/stream", false);
            client.request(3, "POST", "/stream", false);
            poll();
            scene.last().exchange.abort(Exchange.Reset.CANCEL);
            scene.server.close();
            poll();
            for (int id = 3; id < 1000; id += 2) {
                client.request(id, "POST", "/echo", false);
                client.data(id, false, "x".getBytes(StandardCharsets.US_ASCII));
            }
            poll();
            assertEquals(List.of("the tap runs"), lines);
            assertFalse(client.isEnded());
        } finally {
            logger.removeHandler(tap);
        }
    }
}

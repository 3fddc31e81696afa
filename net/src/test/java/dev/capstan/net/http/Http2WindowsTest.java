package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.net.Limits;
import dev.capstan.net.http.Http2Scene.Told;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Windows at their edges, of a stream and of the connection, and what a client hears that breaks them (RFC 9113 sections 5.2 and 6.9). */
final class Http2WindowsTest {
    private static final int INITIAL_WINDOW = 4;
    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int PADDED = 8;
    private static final int LARGEST = Integer.MAX_VALUE;
    private static final int STREAM_WINDOW = Http2Scene.LIMITS_2.windowBytes();
    private static final int CONNECTION_WINDOW = Http2Scene.LIMITS_2.connectionWindowBytes();

    private final Http2Scene scene = new Http2Scene();
    private final RawHttp2 client = scene.connect();

    @AfterEach
    void leavesNothingBehind() {
        scene.leavesNothingBehind();
    }

    private void poll() {
        scene.sim.poll();
    }

    /** A request whose body nobody takes yet. */
    private Told paused(int id) {
        client.request(id, "POST", "/stream", false);
        poll();
        scene.last().exchange.pause();
        return scene.last();
    }

    private void isServed(int id) {
        client.request(id, "GET", "/page", true);
        poll();
        assertEquals("page", client.text(id));
        assertFalse(client.isToldToGo());
    }

    private void isCut(int code) {
        poll();
        assertEquals(code, client.error());
        assertTrue(client.isEnded());
    }

    /** What our side has given back of the connection's window. */
    private int givenBack() {
        return client.frames(RawHttp2.WINDOW_UPDATE, 0).stream()
                .mapToInt(each -> each.number(0))
                .sum();
    }

    @Nested
    class Of_the_server {
        @Test
        void one_byte_more_than_the_window_of_a_stream_breaks_that_stream_alone() {
            Told told = paused(1);
            Told other = paused(3);
            client.data(3, false, new byte[STREAM_WINDOW]);
            client.data(1, false, new byte[STREAM_WINDOW + 1]);
            poll();
            assertEquals(FLOW_CONTROL_ERROR, client.resetCode(1));
            assertEquals(1, told.failures.size());
            isServed(5);
            other.exchange.resume();
            poll();
            assertEquals(STREAM_WINDOW, other.body.size());
        }

        @Test
        void a_window_that_is_used_up_lets_an_empty_frame_pass_and_no_single_byte() {
            Told told = paused(1);
            client.data(1, false, new byte[STREAM_WINDOW]);
            client.data(1, false, new byte[0]);
            poll();
            assertEquals(-1, client.resetCode(1));
            client.data(1, false, "x");
            poll();
            assertEquals(FLOW_CONTROL_ERROR, client.resetCode(1));
            assertEquals(1, told.failures.size());
            isServed(3);
        }

        @Test
        void a_window_that_is_used_up_lets_the_end_pass() {
            Told told = paused(1);
            client.data(1, false, new byte[STREAM_WINDOW]);
            client.data(1, true, new byte[0]);
            poll();
            told.exchange.resume();
            poll();
            assertEquals(STREAM_WINDOW, told.body.size());
            assertEquals(1, told.ends);
        }

        @Test
        void padding_counts() {
            paused(1);
            client.data(1, false, new byte[STREAM_WINDOW - 3]);
            client.frame(RawHttp2.DATA, PADDED, 1, new byte[] {2, 0, 0});
            poll();
            assertEquals(-1, client.resetCode(1));
            client.frame(RawHttp2.DATA, PADDED, 1, new byte[] {0});
            poll();
            assertEquals(FLOW_CONTROL_ERROR, client.resetCode(1));
        }

        @Test
        void what_broke_the_window_of_a_stream_is_given_back_to_the_connection_once() {
            int sent = 0;
            for (int times = 0; times < Http2Scene.LIMITS_2.resets(); times++) {
                int id = 2 * times + 1;
                paused(id);
                client.data(id, false, new byte[STREAM_WINDOW + 1]);
                poll();
                sent += STREAM_WINDOW + 1;
                assertEquals(FLOW_CONTROL_ERROR, client.resetCode(id));
                assertTrue(givenBack() <= sent, "more was given back than was sent");
                assertTrue(
                        sent - givenBack() <= CONNECTION_WINDOW / 2 + STREAM_WINDOW,
                        "less was given back than was sent");
            }
            assertFalse(client.isToldToGo());
        }

        @Test
        void one_byte_more_than_the_window_of_the_connection_breaks_the_connection() {
            Http2Scene wide = new Http2Scene(new Limits.Http2(
                    10, CONNECTION_WINDOW, CONNECTION_WINDOW, 20, 50, 4, Duration.ofSeconds(30), Limits.Life.DEFAULT));
            RawHttp2 greedy = wide.connect();
            for (int id = 1; id <= 3; id += 2) {
                greedy.request(id, "POST", "/stream", false);
                wide.sim.poll();
                wide.last().exchange.pause();
            }
            for (int left = CONNECTION_WINDOW; left > 0; left -= 10_000) {
                greedy.data(1, false, new byte[Math.min(left, 10_000)]);
            }
            wide.sim.poll();
            greedy.data(3, false, new byte[0]);
            wide.sim.poll();
            assertFalse(greedy.isToldToGo());
            greedy.data(3, false, "x");
            wide.sim.poll();
            assertEquals(FLOW_CONTROL_ERROR, greedy.error());
            assertTrue(greedy.isEnded());
            wide.exchanges.forEach(each -> assertEquals(1, each.failures.size()));
            wide.leavesNothingBehind();
        }

        @Test
        void a_client_that_has_not_acknowledged_our_settings_may_use_the_window_that_it_knows() {
            RawHttp2 early = scene.silent();
            early.hello();
            early.request(1, "POST", "/stream", false);
            poll();
            Told told = scene.last();
            told.exchange.pause();
            early.data(1, false, new byte[STREAM_WINDOW + 500]);
            early.frame(RawHttp2.SETTINGS, RawHttp2.ACK, 0, new byte[0]);
            poll();
            // Less than nothing is left now.
            early.data(1, false, new byte[0]);
            poll();
            assertEquals(-1, early.resetCode(1));
            early.data(1, false, "x");
            poll();
            assertEquals(FLOW_CONTROL_ERROR, early.resetCode(1));
            assertFalse(early.isToldToGo());
        }
    }

    @Nested
    class Of_the_client {
        @Test
        void a_window_of_nothing_lets_the_head_and_an_empty_body_pass_and_holds_one_byte() {
            client.settings(INITIAL_WINDOW, 0);
            client.request(1, "GET", "/page", true);
            client.request(3, "HEAD", "/page", true);
            poll();
            assertEquals("200", client.status(1));
            assertEquals("", client.text(1));
            assertTrue(client.ended(3));
            client.window(1, 1);
            poll();
            assertEquals("p", client.text(1));
            assertFalse(client.ended(1));
            client.window(1, 3);
            poll();
            assertEquals("page", client.text(1));
            assertTrue(client.ended(1));
        }

        @Test
        void settings_open_and_close_the_windows_of_streams_that_are_there() {
            client.settings(INITIAL_WINDOW, 1);
            client.request(1, "GET", "/page", true);
            poll();
            assertEquals("p", client.text(1));
            // One byte was sent of what may be none: the window is -1.
            client.settings(INITIAL_WINDOW, 0);
            client.window(1, 1);
            poll();
            assertEquals("p", client.text(1));
            client.settings(INITIAL_WINDOW, 3);
            poll();
            assertEquals("page", client.text(1));
        }

        @Test
        void the_window_of_the_connection_holds_all_streams_when_it_is_used_up() {
            client.settings(INITIAL_WINDOW, 1 << 20);
            client.request(1, "GET", "/much", true);
            client.request(3, "GET", "/page", true);
            poll();
            assertEquals(65_535, client.body(1).length + client.body(3).length);
            client.window(0, 1 << 20);
            poll();
            assertEquals(200_000, client.body(1).length);
            assertEquals("page", client.text(3));
        }

        @Test
        void a_window_update_of_nothing_breaks_its_stream() {
            paused(1);
            client.window(1, 0);
            poll();
            assertEquals(PROTOCOL_ERROR, client.resetCode(1));
            isServed(3);
        }

        @Test
        void a_window_update_of_nothing_for_the_connection_breaks_the_connection() {
            paused(1);
            client.window(0, 0);
            isCut(PROTOCOL_ERROR);
        }

        @Test
        void the_window_of_a_stream_may_be_as_large_as_can_be_and_no_larger() {
            Told told = paused(1);
            client.window(1, LARGEST - 65_535);
            poll();
            assertEquals(-1, client.resetCode(1));
            client.window(1, 1);
            poll();
            assertEquals(FLOW_CONTROL_ERROR, client.resetCode(1));
            assertEquals(1, told.failures.size());
            isServed(3);
        }

        @Test
        void the_window_of_the_connection_may_be_as_large_as_can_be_and_no_larger() {
            client.window(0, LARGEST - 65_535);
            isServed(1);
            // The answer has used four bytes.
            client.window(0, 4);
            isServed(3);
            client.window(0, 5);
            isCut(FLOW_CONTROL_ERROR);
        }

        @Test
        void settings_that_make_the_window_of_a_stream_too_large_break_the_connection() {
            paused(1);
            client.window(1, 1);
            client.settings(INITIAL_WINDOW, LARGEST - 1);
            poll();
            assertEquals(List.of(), client.frames(RawHttp2.RST_STREAM, 1));
            client.settings(INITIAL_WINDOW, LARGEST);
            isCut(FLOW_CONTROL_ERROR);
        }

        @Test
        void settings_with_a_window_that_no_stream_may_have_break_the_connection() {
            client.settings(INITIAL_WINDOW, Integer.MIN_VALUE);
            isCut(FLOW_CONTROL_ERROR);
        }
    }
}

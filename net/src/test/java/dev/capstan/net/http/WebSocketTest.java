package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's side of a WebSocket in simulated time, before a peer that says what a test wants. */
final class WebSocketTest {
    private static final Limits.Http DEFAULT = Limits.Http.DEFAULT;
    private static final Limits.Http SMALL = new Limits.Http(
            10,
            1 << 10,
            1 << 10,
            1000,
            1 << 10,
            DEFAULT.headTimeout(),
            DEFAULT.requestTimeout(),
            DEFAULT.idleTimeout(),
            DEFAULT.answerTimeout(),
            Duration.ofSeconds(5));

    private static final int MUCH = 1 << 20;

    private final SimLoop sim = new SimLoop();
    private final BytePipe pipe = new BytePipe(sim.loop());
    private final RawPeer peer = new RawPeer(pipe.left());
    private final WebSocket socket = new WebSocket(sim.loop(), pipe.right(), SMALL, null, "");
    private final Messages messages = new Messages();
    private boolean over;

    WebSocketTest() {
        socket.onOver(() -> over = true);
        pipe.right().start(socket.input());
    }

    private void begin() {
        socket.start(messages);
        sim.poll();
    }

    private void peerSays(byte[]... frames) {
        for (byte[] frame : frames) {
            peer.say(frame);
        }
        sim.poll();
    }

    /** What a connection costs is given back when it is over, however it went; and each of these ends is bounded in time. */
    @AfterEach
    void leavesNothingBehind() {
        socket.abort(new IOException("the test is over"));
        sim.poll();
        sim.advance(Duration.ofSeconds(6));
        assertTrue(over);
        assertEquals(0, socket.heldBytes());
        assertEquals(0, sim.loop().timer().pending());
        assertTrue(messages.isOver() || messages.received.isEmpty());
    }

    @Test
    @Parity({"PY-394", "PY-395"})
    void a_text_frame_is_a_message() {
        begin();
        peerSays(RawPeer.text("one"), RawPeer.text(""), RawPeer.text("dré 💡"));
        assertEquals(List.of("one", "", "dré 💡"), messages.texts());
    }

    @Test
    @Parity("PY-394")
    void what_is_sent_is_an_unmasked_text_frame() {
        begin();
        socket.send(
                ByteBuffer.wrap("he".getBytes(StandardCharsets.UTF_8)),
                ByteBuffer.wrap("llo".getBytes(StandardCharsets.UTF_8)));
        sim.poll();
        assertArrayEquals(RawPeer.frame(0x81, "hello".getBytes(StandardCharsets.UTF_8), false), peer.bytes());
    }

    @Test
    @Parity({"PY-405", "PY-407"})
    void a_message_may_be_empty_both_ways() {
        begin();
        socket.send(ByteBuffer.allocate(0));
        sim.poll();
        assertArrayEquals(RawPeer.frame(0x81, new byte[0], false), peer.bytes());
        peerSays(RawPeer.text(""), RawPeer.text("x"), RawPeer.text(""));
        assertEquals(List.of("", "x", ""), messages.texts());
    }

    @Test
    @Parity("PY-406")
    void an_empty_binary_message_is_refused_too() {
        begin();
        peerSays(RawPeer.frame(0x82, new byte[0], true), RawPeer.text("after"));
        assertEquals(List.of(), messages.texts());
        assertEquals(1003, messages.failureCode());
        assertClosedWith(1003);
    }

    @Test
    void sent_bytes_are_copied_before_send_returns() {
        begin();
        byte[] content = "hello".getBytes(StandardCharsets.UTF_8);
        ByteBuffer piece = ByteBuffer.wrap(content);
        socket.send(piece);
        Arrays.fill(content, (byte) 0);
        sim.poll();
        assertTrue(peer.heard().endsWith("hello"));
    }

    @Test
    void frames_that_arrive_byte_by_byte_are_messages() {
        begin();
        for (byte each : RawPeer.text("slowly, but surely")) {
            peerSays(new byte[] {each});
        }
        assertEquals(List.of("slowly, but surely"), messages.texts());
    }

    @Test
    void fragments_are_joined_also_with_a_ping_between_them() {
        begin();
        peerSays(
                RawPeer.frame(0x01, "ab".getBytes(StandardCharsets.UTF_8), true),
                RawPeer.frame(0x00, new byte[0], true),
                RawPeer.frame(0x89, "!".getBytes(StandardCharsets.UTF_8), true),
                RawPeer.frame(0x00, "cd".getBytes(StandardCharsets.UTF_8), true),
                RawPeer.frame(0x80, "ef".getBytes(StandardCharsets.UTF_8), true),
                RawPeer.text("next"));
        assertEquals(List.of("abcdef", "next"), messages.texts());
        assertArrayEquals(RawPeer.frame(0x8a, "!".getBytes(StandardCharsets.UTF_8), false), peer.bytes());
    }

    @Test
    void a_character_may_be_split_between_fragments() {
        begin();
        byte[] bulb = "💡".getBytes(StandardCharsets.UTF_8);
        peerSays(
                RawPeer.frame(0x01, Arrays.copyOfRange(bulb, 0, 1), true),
                RawPeer.frame(0x80, Arrays.copyOfRange(bulb, 1, 4), true));
        assertEquals(List.of("💡"), messages.texts());
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 1000})
    void messages_up_to_the_limit_pass(int length) {
        begin();
        peerSays(RawPeer.text("x".repeat(length)));
        assertEquals(length, messages.last().length);
    }

    @Test
    void a_message_over_the_limit_fails_before_it_has_come() {
        begin();
        byte[] frame = RawPeer.text("x".repeat(1001));
        peerSays(Arrays.copyOf(frame, 8));
        assertEquals(1009, messages.failureCode());
        assertEquals("a message is longer than 1000 bytes; the WebSocket is closed", messages.failureText());
        assertClosedWith(1009);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void fragments_count_together(int over) {
        begin();
        peerSays(RawPeer.frame(0x01, new byte[600], true), RawPeer.frame(0x80, new byte[400 + over], true));
        assertEquals(over * 1009, messages.failureCode());
        assertEquals(1 - over, messages.received.size());
    }

    @Test
    void a_binary_message_fails_the_receiver_and_closes_with_1003() {
        begin();
        peerSays(RawPeer.text("before"), RawPeer.frame(0x82, new byte[3], true), RawPeer.text("after"));
        assertEquals(List.of("before"), messages.texts());
        assertEquals(1003, messages.failureCode());
        assertClosedWith(1003);
    }

    @Test
    void messages_are_binary_both_ways_if_the_owner_says_so() {
        socket.binary();
        begin();
        byte[] bytes = {(byte) 0xff, 0, (byte) 0xfe};
        peerSays(
                RawPeer.frame(0x02, new byte[] {(byte) 0xff}, true),
                RawPeer.frame(0x80, new byte[] {0, (byte) 0xfe}, true));
        assertArrayEquals(bytes, messages.received.getFirst());
        socket.send(ByteBuffer.wrap(bytes));
        sim.poll();
        assertArrayEquals(RawPeer.frame(0x82, bytes, false), peer.bytes());
    }

    @Test
    void a_text_is_refused_where_messages_are_binary() {
        socket.binary();
        begin();
        peerSays(RawPeer.text("x"));
        assertEquals(1003, messages.failureCode());
        assertClosedWith(1003);
    }

    @Test
    void the_owner_may_say_a_last_word_about_a_binary_message_and_close_with_a_code_of_its_own() {
        begin();
        messages.onFailure = () -> {
            socket.send(ByteBuffer.wrap("[\"abort\"]".getBytes(StandardCharsets.UTF_8)));
            socket.close(3000, "no binary here");
        };
        peerSays(RawPeer.frame(0x82, new byte[3], true));
        assertTrue(peer.heard().contains("[\"abort\"]"));
        assertClosedWith(3000);
        assertTrue(peer.heard().endsWith("no binary here"));
    }

    @Test
    void an_abort_in_the_failure_has_the_code_that_the_owner_gives_to_causes() {
        begin();
        socket.onAbort(cause -> new WebSocketClosed(3000, String.valueOf(cause.getMessage())));
        messages.onFailure = () -> socket.abort(new IOException("why"));
        peerSays(RawPeer.frame(0x82, new byte[3], true));
        assertClosedWith(3000);
        assertTrue(peer.heard().endsWith("why"));
    }

    @Test
    void text_that_is_not_utf_8_closes_with_1007() {
        begin();
        peerSays(RawPeer.frame(0x81, new byte[] {'a', (byte) 0xff}, true));
        assertEquals("a text message is not UTF-8 at byte 1; the WebSocket is closed", messages.failureText());
        assertClosedWith(1007);
    }

    @ParameterizedTest
    @Parity("PY-398")
    @ValueSource(ints = {0xc1, 0x83, 0x8b, 0x80, 0x09, 0x08})
    void a_frame_against_the_protocol_closes_with_1002(int firstByte) {
        begin();
        peerSays(RawPeer.frame(firstByte, new byte[2], true));
        assertEquals(1002, messages.failureCode());
        assertClosedWith(1002);
    }

    @Test
    void a_client_that_does_not_mask_is_refused() {
        begin();
        peerSays(RawPeer.frame(0x81, new byte[2], false));
        assertClosedWith(1002);
    }

    @Test
    void a_ping_longer_than_125_bytes_is_refused() {
        begin();
        peerSays(RawPeer.frame(0x89, new byte[126], true));
        assertClosedWith(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 0xffff})
    void a_close_code_that_must_not_be_sent_is_a_violation(int code) {
        begin();
        peerSays(RawPeer.close(code, ""));
        assertEquals(1002, messages.failureCode());
        assertClosedWith(1002);
    }

    @ParameterizedTest
    @Parity("PY-396")
    @ValueSource(ints = {1000, 1001})
    void a_normal_close_ends_the_receiver_and_is_answered(int code) {
        begin();
        peerSays(RawPeer.text("last"), RawPeer.close(code, "bye"), RawPeer.text("too late"));
        assertEquals(List.of("last"), messages.texts());
        assertTrue(messages.ended);
        WebSocketClosed closed = socket.closed();
        assertNotNull(closed);
        assertEquals(code, closed.code());
        assertEquals("bye", closed.reason());
        assertClosedWith(code);
        assertTrue(peer.isEnded());
    }

    @ParameterizedTest
    @Parity("PY-396")
    @ValueSource(ints = {1002, 1003, 1007, 1011, 1014, 3000, 4999})
    void another_code_fails_the_receiver_with_code_and_reason(int code) {
        begin();
        peerSays(RawPeer.close(code, "for a reason"));
        assertEquals(code, messages.failureCode());
        assertEquals("Peer closed WebSocket: " + code + " for a reason", messages.failureText());
        assertClosedWith(code);
    }

    @Test
    void a_close_without_a_code_is_a_normal_end() {
        begin();
        peerSays(RawPeer.frame(0x88, new byte[0], true));
        assertTrue(messages.ended);
        WebSocketClosed closed = socket.closed();
        assertNotNull(closed);
        assertEquals(1005, closed.code());
        assertArrayEquals(RawPeer.frame(0x88, new byte[0], false), peer.bytes());
    }

    @Test
    void a_connection_that_ends_without_a_close_fails_with_1006() {
        begin();
        peerSays(RawPeer.text("one"));
        peer.stream().end();
        sim.poll();
        assertEquals(1006, messages.failureCode());
        assertTrue(over);
    }

    @Test
    @Parity("PY-397")
    void a_connection_that_breaks_fails_with_its_cause() {
        begin();
        peer.stream().abort(new IOException("cut"));
        sim.poll();
        assertNotNull(messages.failure);
        assertNull(socket.closed());
        assertTrue(over);
    }

    @Test
    @Parity("PY-400")
    void end_sends_what_is_queued_then_1000_and_still_delivers_until_the_peer_closes() {
        begin();
        socket.send(ByteBuffer.wrap(new byte[] {'a'}));
        socket.end();
        socket.send(ByteBuffer.wrap(new byte[] {'b'}));
        peerSays(RawPeer.text("crossing"), RawPeer.close(1000, ""));
        assertEquals(List.of("crossing"), messages.texts());
        assertTrue(messages.ended);
        assertArrayEquals(new byte[] {(byte) 0x81, 1, 'a', (byte) 0x88, 2, 3, (byte) 0xe8}, peer.bytes());
        peer.stream().end();
        sim.poll();
        assertTrue(over);
    }

    @Test
    void a_peer_that_does_not_answer_a_close_is_cut_off_after_the_time_for_it() {
        begin();
        socket.end();
        sim.poll();
        sim.advance(Duration.ofMillis(4900));
        assertFalse(over);
        sim.advance(Duration.ofMillis(200));
        assertTrue(over);
        assertNotNull(messages.failure);
    }

    @Test
    void an_abort_is_heard_in_a_turn_of_its_own_and_tells_the_peer_no_detail() {
        begin();
        IOException cause = new IOException("secret");
        socket.abort(cause);
        assertFalse(messages.isOver());
        sim.poll();
        assertEquals(cause, messages.failure);
        assertClosedWith(1011);
        assertFalse(peer.heard().contains("secret"));
        peerSays(RawPeer.text("not delivered"), RawPeer.close(1011, ""));
        assertEquals(List.of(), messages.texts());
        peer.stream().end();
        sim.poll();
        assertTrue(over);
    }

    @Test
    void a_reason_is_cut_to_123_bytes_between_two_code_points() {
        begin();
        socket.close(3000, "x".repeat(122) + "é");
        sim.poll();
        assertEquals("x".repeat(122), new String(peer.bytes(), 4, peer.bytes().length - 4, StandardCharsets.UTF_8));
    }

    @Test
    void a_code_that_must_not_be_sent_is_refused() {
        for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
            assertThrows(IllegalArgumentException.class, () -> socket.close(code, ""));
        }
    }

    @Test
    void messages_that_come_before_the_start_wait_for_it() {
        peerSays(RawPeer.text("early"));
        begin();
        assertEquals(List.of("early"), messages.texts());
    }

    @Test
    void a_paused_stream_delivers_nothing_not_even_the_end_until_it_is_resumed() {
        begin();
        messages.onMessage = socket::pause;
        peerSays(RawPeer.text("one"), RawPeer.text("two"), RawPeer.close(1000, ""));
        assertEquals(List.of("one"), messages.texts());
        socket.resume();
        assertEquals(List.of("one"), messages.texts());
        sim.poll();
        assertEquals(List.of("one", "two"), messages.texts());
        assertFalse(messages.ended);
        messages.onMessage = () -> {};
        socket.resume();
        sim.poll();
        assertTrue(messages.ended);
    }

    @Test
    void a_paused_stream_holds_the_peer_back() {
        begin();
        socket.pause();
        for (int i = 0; i < 10_000; i++) {
            peer.say(RawPeer.text("x".repeat(100)));
        }
        sim.poll();
        assertTrue(peer.stream().queuedBytes() > 500_000, peer.stream().queuedBytes() + " queued");
        socket.resume();
        sim.poll();
        assertEquals(10_000, messages.received.size());
    }

    @Test
    void an_abort_does_not_wait_for_a_paused_receiver() {
        begin();
        socket.pause();
        socket.abort(new IOException("now"));
        sim.poll();
        assertEquals("now", messages.failureText());
    }

    @Test
    void what_a_receiver_throws_aborts() {
        begin();
        messages.onMessage = () -> {
            throw new IllegalStateException("a bug");
        };
        peerSays(RawPeer.text("one"), RawPeer.text("two"));
        assertEquals("a bug", messages.failureText());
        assertEquals(1, messages.received.size());
        assertClosedWith(1011);
    }

    @Test
    void ten_thousand_pings_of_a_peer_that_does_not_read_queue_one_pong() {
        begin();
        peer.stream().pause();
        socket.send(ByteBuffer.wrap(new byte[900_000]));
        sim.poll();
        long before = socket.queuedBytes();
        assertTrue(before > 0);
        for (int i = 0; i < 10_000; i++) {
            peer.say(RawPeer.frame(0x89, new byte[] {(byte) i, (byte) (i >> 8)}, true));
        }
        sim.poll();
        assertEquals(before + 4, socket.queuedBytes());
        peer.stream().resume();
        sim.poll();
        byte[] heard = peer.bytes();
        assertArrayEquals(
                new byte[] {(byte) 0x8a, 2, (byte) 9999, (byte) (9999 >> 8)},
                Arrays.copyOfRange(heard, heard.length - 4, heard.length));
        assertEquals(900_010 + 8, heard.length);
    }

    @Test
    void keep_alive_pings_a_silent_peer_and_gives_it_up_when_it_stays_silent() {
        begin();
        socket.keepAlive(Duration.ofSeconds(20), Duration.ofSeconds(10));
        sim.advance(Duration.ofSeconds(19));
        peerSays(RawPeer.text("not silent"));
        sim.advance(Duration.ofSeconds(19));
        assertEquals("", peer.heard());
        sim.advance(Duration.ofSeconds(2));
        assertArrayEquals(RawPeer.frame(0x89, new byte[0], false), peer.bytes());
        peerSays(RawPeer.frame(0x8a, new byte[0], true));
        sim.advance(Duration.ofSeconds(35));
        assertFalse(messages.isOver());
        sim.advance(Duration.ofSeconds(30));
        assertEquals(
                "the peer of the WebSocket has not answered a ping within PT10S: it is gone, or the network to it is",
                messages.failureText());
    }

    @Test
    void keep_alive_says_nothing_about_a_peer_that_we_do_not_read() {
        begin();
        socket.keepAlive(Duration.ofSeconds(20), Duration.ofSeconds(10));
        socket.pause();
        sim.advance(Duration.ofMinutes(10));
        assertFalse(messages.isOver());
    }

    /** Takes one piece and waits again. */
    private void peerReadsAPiece() {
        peer.onDelivery(() -> peer.stream().pause());
        peer.stream().resume();
        sim.poll();
    }

    private void sendMuch() {
        peer.stream().pause();
        socket.send(ByteBuffer.wrap(new byte[MUCH]));
        sim.poll();
        assertTrue(socket.queuedBytes() > 0);
    }

    @Test
    void a_peer_that_never_reads_is_given_up_after_a_close() {
        begin();
        sendMuch();
        socket.end();
        sim.advance(Duration.ofMillis(4900));
        assertFalse(over);
        sim.advance(Duration.ofMillis(200));
        assertTrue(over);
        assertNotNull(messages.failure);
    }

    @Test
    void a_peer_that_reads_slowly_gets_all_before_it_must_answer_a_close() {
        begin();
        sendMuch();
        socket.close(3000, "bye");
        while (socket.queuedBytes() > 0) {
            sim.advance(Duration.ofMillis(4900));
            assertFalse(over);
            peerReadsAPiece();
        }
        peer.onDelivery(() -> {});
        peer.stream().resume();
        sim.poll();
        assertClosedWith(3000);
        sim.advance(Duration.ofMillis(4900));
        assertFalse(over);
        sim.advance(Duration.ofMillis(200));
        assertTrue(over);
    }

    @Test
    void an_abort_does_not_wait_for_a_peer_that_reads_slowly() {
        begin();
        sendMuch();
        socket.abort(new IOException("enough"));
        sim.advance(Duration.ofSeconds(4));
        assertFalse(over);
        peerReadsAPiece();
        sim.advance(Duration.ofMillis(1100));
        assertTrue(over);
    }

    @Test
    void a_peer_that_ends_and_never_reads_is_given_up() {
        begin();
        sendMuch();
        peer.stream().end();
        sim.poll();
        assertEquals(1006, messages.failureCode());
        assertFalse(over);
        sim.advance(Duration.ofMillis(5100));
        assertTrue(over);
    }

    @Test
    void keep_alive_gives_up_a_peer_that_reads_nothing_while_we_are_paused_for_it() {
        begin();
        socket.keepAlive(Duration.ofSeconds(20), Duration.ofSeconds(10));
        sendMuch();
        socket.pause();
        sim.advance(Duration.ofSeconds(29));
        assertFalse(messages.isOver());
        sim.advance(Duration.ofSeconds(2));
        assertTrue(messages.failureText().endsWith(" bytes that are queued for it within PT10S: it is gone, or stuck"));
    }

    @Test
    void keep_alive_leaves_a_peer_alone_that_reads_slowly_while_we_are_paused_for_it() {
        begin();
        socket.keepAlive(Duration.ofSeconds(20), Duration.ofSeconds(10));
        sendMuch();
        socket.pause();
        for (int i = 0; i < 10; i++) {
            sim.advance(Duration.ofSeconds(9));
            peerReadsAPiece();
            // The queue need not become shorter.
            socket.send(ByteBuffer.wrap(new byte[100_000]));
            assertFalse(messages.isOver());
        }
        peer.onDelivery(() -> {});
        peer.stream().resume();
        sim.advance(Duration.ofMinutes(10));
        assertFalse(messages.isOver());
    }

    private void assertClosedWith(int code) {
        String mark = new String(new char[] {(char) (code >> 8), (char) (code & 0xff)});
        int at = peer.heard().lastIndexOf('\u0088');
        assertTrue(at >= 0, "no close frame: " + Arrays.toString(peer.bytes()));
        assertEquals(mark, peer.heard().substring(at + 2, at + 4));
    }
}

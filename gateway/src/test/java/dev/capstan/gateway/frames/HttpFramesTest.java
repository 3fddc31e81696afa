package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.rpc.protocol.Message;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** HTTP/1.1 and WebSockets, taken apart. */
class HttpFramesTest {
    private static final String UPGRADE =
            "GET /api HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";

    private final Heard heard = new Heard();

    private static byte[] frame(int first, byte[] payload, boolean masked) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        int mask = masked ? 0x80 : 0;
        if (payload.length < 126) {
            out.write(mask | payload.length);
        } else {
            out.write(mask | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        }
        byte[] key = {1, 2, 3, 4};
        if (masked) {
            out.writeBytes(key);
        }
        for (int i = 0; i < payload.length; i++) {
            out.write(masked ? payload[i] ^ key[i % 4] : payload[i]);
        }
        return out.toByteArray();
    }

    private static byte[] text(String text, boolean masked) {
        return frame(0x81, text.getBytes(StandardCharsets.UTF_8), masked);
    }

    private void upgrade() {
        heard.client(UPGRADE).server(SWITCHED + "\r\n");
        heard.frames.clear();
    }

    @Test
    void a_batch_is_told_with_its_request_and_answer() {
        String calls = "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]\n[\"pull\",1]";
        heard.client(
                        "POST /rpc?token=s3cret&a=b HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer s3cret\r\nContent-Length: "
                                + calls.length() + "\r\n\r\n" + calls)
                .server(
                        "HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n[\"resolve\",1,4]\n\r\n0\r\n\r\n");
        assertEquals(
                List.of(
                        "-> http request 1 POST /rpc?token=<redacted>&a=b host: h; authorization: <redacted>; content-length: "
                                + calls.length(),
                        "-> capnweb push 1 on main: square (2)",
                        "-> capnweb pull 1 square",
                        "<- http response 1 = 200 set-cookie: <redacted>; transfer-encoding: chunked",
                        "<- capnweb resolve 1 square 4"),
                heard.lines());
    }

    @Test
    void a_chunk_that_is_longer_than_it_says_is_told_at_once_and_nothing_of_it_is_kept() {
        heard.client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nXY");
        assertEquals(1, heard.lines().size(), () -> heard.lines().toString());
        for (int i = 0; i < 3; i++) {
            heard.client("Z".repeat(1_000));
        }
        assertEquals(2, heard.lines().size(), () -> heard.lines().toString());
        assertTrue(heard.lines().getLast().contains("a chunk is longer than it says"), heard.lines()::toString);
    }

    @Test
    void the_end_of_a_line_is_found_however_it_comes() {
        String calls = "[\"push\",[\"pipeline\",0,[\"a\"],[]]]\n[\"pull\",1]\n[\"pull\",2]\n";
        heard.client("POST / HTTP/1.1\r\nContent-Length: " + calls.length() + "\r\n\r\n");
        calls.chars().forEach(c -> heard.client(String.valueOf((char) c)));
        assertEquals(
                List.of("request", "push", "pull", "pull"),
                heard.frames.stream().map(Frame::kind).toList());
    }

    @Test
    void each_batch_counts_its_promises_from_the_beginning() {
        String call = "[\"push\",[\"pipeline\",0,[\"a\"],[]]]";
        String request = "POST / HTTP/1.1\r\nContent-Length: " + call.length() + "\r\n\r\n" + call;
        heard.client(request + request);
        assertEquals(
                List.of("1", "1"),
                heard.frames.stream()
                        .filter(frame -> frame.kind().equals("push"))
                        .map(Frame::id)
                        .toList());
    }

    @Test
    void bodies_that_are_something_else_are_told_by_their_size() {
        heard.client("PUT /x HTTP/1.1\r\nContent-Length: 20\r\n\r\nhello hello hello he")
                .server("HTTP/1.1 200 OK\r\n\r\n<html>until the end</html>");
        heard.decoder.ended(0, Direction.TO_CLIENT, "");
        assertEquals(
                List.of(
                        "-> http request 1 PUT /x content-length: 20",
                        "-> http body 1",
                        "<- http response 1 = 200",
                        "<- http body 1",
                        "<- connection end"),
                heard.lines());
        assertEquals(26, heard.frames.get(3).bytes());
    }

    @Test
    void an_answer_to_HEAD_has_no_body() {
        heard.client("HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
                .server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
        assertEquals(
                List.of("<- http response 1 = 200 content-length: 5", "<- http response 2 = 404 content-length: 0"),
                heard.lines().subList(2, 4));
    }

    @Test
    void a_WebSocket_carries_messages_of_Cap_n_Web() {
        upgrade();
        heard.client(text("[\"push\",[\"pipeline\",0,[\"hello\"],[]]]", true)).server(text("[\"resolve\",1,5]", false));
        assertEquals(List.of("-> capnweb push 1 on main: hello ()", "<- capnweb resolve 1 hello 5"), heard.lines());
    }

    @Test
    void a_WebSocket_with_binary_messages_carries_Cap_n_Proto() {
        upgrade();
        MessageBuilder message = new MessageBuilder();
        message.initRoot(Message.TYPE).initBootstrap().setQuestionId(3);
        heard.client(frame(0x82, message.toByteArray(), true));
        assertEquals(List.of("-> capnp bootstrap 3"), heard.lines());
    }

    @Test
    void messages_in_fragments_with_a_ping_between_are_joined() {
        upgrade();
        heard.server(frame(0x01, Heard.ascii("[\"pull\""), false))
                .server(frame(0x89, Heard.ascii("x"), false))
                .server(frame(0x80, Heard.ascii(",7]"), false));
        assertEquals(List.of("<- websocket ping", "<- capnweb pull 7"), heard.lines());
        assertEquals(Frame.Standing.CONTROL, heard.frames.getFirst().standing());
    }

    @Test
    void what_the_client_sends_before_the_answer_is_decoded_after_it() {
        heard.client(UPGRADE).client(text("[\"pull\",1]", true)).server(SWITCHED + "\r\n");
        assertEquals("-> capnweb pull 1", heard.lines().getLast());
    }

    @Test
    void a_request_after_a_refused_upgrade_is_a_request() {
        heard.client(UPGRADE)
                .server("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                .client("GET /next HTTP/1.1\r\n\r\n");
        assertEquals("-> http request 2 GET /next", heard.lines().getLast());
    }

    @Test
    void a_close_tells_its_code_and_reason() {
        upgrade();
        heard.client(frame(0x88, Heard.ascii("\u000b\u00b8bye"), true));
        assertEquals(List.of("-> websocket close = 3000 bye"), heard.lines());
    }

    @Test
    void compressed_messages_are_read_with_what_was_compressed_before() {
        heard.client(UPGRADE).server(SWITCHED + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        heard.frames.clear();
        try (Compressor compressor = new Compressor()) {
            heard.client(frame(0xc1, compressor.compressed("[\"push\",[\"pipeline\",0,[\"hello\"],[]]]"), true))
                    .client(frame(0xc1, compressor.compressed("[\"push\",[\"pipeline\",0,[\"hello\"],[]]]"), true));
        }
        assertEquals(
                List.of("-> capnweb push 1 on main: hello ()", "-> capnweb push 2 on main: hello ()"), heard.lines());
    }

    /** A sender of compressed messages. */
    private static final class Compressor implements AutoCloseable {
        private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

        byte[] compressed(String text) {
            deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
            byte[] room = new byte[1000];
            int size = deflater.deflate(room, 0, room.length, Deflater.SYNC_FLUSH);
            // Without the four bytes at the end, as RFC 7692 wants it.
            return java.util.Arrays.copyOf(room, size - 4);
        }

        @Override
        public void close() {
            deflater.end();
        }
    }

    @Test
    void a_compressed_message_that_becomes_too_long_is_not_unpacked() {
        Heard small = new Heard(Decoding.plain().with(Limits.DEFAULT.withMessageBytes(500)));
        small.client(UPGRADE).server(SWITCHED + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        try (Compressor compressor = new Compressor()) {
            small.client(frame(0xc1, compressor.compressed("x".repeat(100_000)), true));
        }
        assertTrue(
                small.lines().contains("-> websocket message longer than the 500 bytes that are decoded"),
                small.lines()::toString);
        assertTrue(small.isBroken());
    }

    @Test
    void a_long_message_is_told_by_its_size_and_the_next_is_decoded() {
        Heard small = new Heard(Decoding.plain().with(Limits.DEFAULT.withMessageBytes(500)));
        small.client(UPGRADE).server(SWITCHED + "\r\n");
        small.frames.clear();
        small.client(text("x".repeat(1000), true)).client(text("[\"pull\",1]", true));
        assertEquals(
                List.of("-> websocket message longer than the 500 bytes that are decoded", "-> capnweb pull 1"),
                small.lines());
        assertEquals(1000, small.frames.getFirst().bytes());
    }

    @Test
    void a_head_without_end_is_given_up() {
        heard.client("GET / HTTP/1.1\r\n" + "x: y\r\n".repeat(20_000));
        assertEquals(
                List.of(
                        "-> http undecoded what follows is not decoded: a head is longer than the 65536 bytes that are decoded"),
                heard.lines());
    }

    @Test
    void all_may_arrive_byte_by_byte() {
        String calls = "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]\n[\"pull\",1]";
        String request = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(calls.length())
                + "\r\n" + calls + "\r\n0\r\n\r\n" + UPGRADE;
        Heard whole = new Heard().client(request);
        for (byte each : Heard.ascii(request)) {
            heard.client(new byte[] {each});
        }
        assertEquals(whole.frames, heard.frames);
        assertEquals(4, heard.frames.size());
    }

    @Test
    void TLS_is_told_as_what_it_is() {
        heard.client(new byte[] {0x16, 3, 1, 0, 5});
        assertEquals(List.of("-> bytes data TLS, which only its two ends can read"), heard.lines());
    }
}

package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What unpacks the messages of a WebSocket holds memory that the collector does not see, and goes with the WebSocket, however that ends. */
class InflatersTest {
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final List<Frame> frames = new ArrayList<>();
    private final Http2Decoder decoder = new Http2Decoder(Decoding.plain(), new Out(1, frames::add));
    private final DefaultHttp2HeadersEncoder client = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersEncoder server = new DefaultHttp2HeadersEncoder();

    InflatersTest() {
        decoder.take(Direction.TO_SERVER, PREFACE, 0, PREFACE.length);
    }

    private void frame(Direction direction, int type, int flags, int stream, byte[] payload) {
        byte[] bytes = ByteBufUtil.getBytes(Unpooled.buffer()
                .writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload));
        decoder.take(direction, bytes, 0, bytes.length);
    }

    private static byte[] block(DefaultHttp2HeadersEncoder encoder, int stream, Http2Headers headers) throws Exception {
        ByteBuf out = Unpooled.buffer();
        encoder.encodeHeaders(stream, headers, out);
        return ByteBufUtil.getBytes(out);
    }

    private Http2Stream socket(int id) throws Exception {
        Http2Headers asked = new DefaultHttp2Headers()
                .method("CONNECT")
                .scheme("http")
                .path("/")
                .authority("localhost")
                .set(":protocol", "websocket");
        frame(Direction.TO_SERVER, HEADERS, END_HEADERS, id, block(client, id, asked));
        Http2Headers answered = new DefaultHttp2Headers()
                .status("200")
                .set("sec-websocket-extensions", "permessage-deflate");
        frame(Direction.TO_CLIENT, HEADERS, END_HEADERS, id, block(server, id, answered));
        Http2Stream stream = Objects.requireNonNull(decoder.stream(id));
        assertEquals(2, stream.inflaters());
        return stream;
    }

    @Test
    void they_go_when_both_sides_have_ended() throws Exception {
        Http2Stream stream = socket(1);
        frame(Direction.TO_SERVER, 0, END_STREAM, 1, new byte[0]);
        assertEquals(1, stream.inflaters());
        frame(Direction.TO_CLIENT, 0, END_STREAM, 1, new byte[0]);
        assertEquals(0, stream.inflaters());
    }

    @Test
    void they_go_when_the_stream_is_reset() throws Exception {
        Http2Stream stream = socket(1);
        Http2Stream other = socket(3);
        frame(Direction.TO_CLIENT, RESET, 0, 1, new byte[4]);
        assertEquals(0, stream.inflaters());
        assertEquals(2, other.inflaters());
    }

    @Test
    void they_go_when_the_stream_is_forgotten_for_others() throws Exception {
        Http2Stream first = socket(1);
        int id = 1;
        while (decoder.stream(1) != null) {
            id += 2;
            socket(id);
        }
        assertTrue(id > 1);
        assertEquals(0, first.inflaters());
    }

    @Test
    void they_go_when_a_direction_cannot_be_decoded_any_more() throws Exception {
        Http2Stream stream = socket(1);
        byte[] nonsense = {(byte) 0x8f, 0};
        frame(Direction.TO_CLIENT, 0, 0, 1, nonsense);
        assertEquals(1, stream.inflaters());
    }

    @Test
    void they_go_when_the_connection_is_cut() throws Exception {
        Http2Stream stream = socket(1);
        decoder.ended(Direction.TO_CLIENT);
        decoder.close();
        assertEquals(0, stream.inflaters());
    }
}

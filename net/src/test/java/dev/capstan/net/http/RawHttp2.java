package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.testkit.ByteReceiver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A client of HTTP/2 that sends frames as a test wants them, legal or not, and keeps those that come. */
final class RawHttp2 {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /** A frame that has come. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are looked at, not compared
    record Frame(int type, int flags, int id, byte[] payload) {
        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }
    }

    private final ByteStream stream;
    private final ByteReceiver receiver = new ByteReceiver();
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final List<Frame> frames = new ArrayList<>();
    private final List<Map.Entry<Integer, Http2Headers>> heads = new ArrayList<>();
    private int parsed;

    RawHttp2(ByteStream stream) {
        this.stream = stream;
        stream.start(receiver);
    }

    ByteStream stream() {
        return stream;
    }

    /** Runs {@code action} inside each delivery. */
    void onDelivery(Runnable action) {
        receiver.onDelivery(action);
    }

    // ---- what it says

    void say(byte[] bytes) {
        stream.write(bytes, 0, bytes.length);
    }

    /** The preface and settings: ids and values in turn. */
    void hello(int... settings) {
        say(PREFACE.getBytes(StandardCharsets.US_ASCII));
        settings(settings);
    }

    void settings(int... settings) {
        ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        frame(SETTINGS, 0, 0, payload.array());
    }

    void frame(int type, int flags, int id, byte[] payload) {
        say(bytes(type, flags, id, payload));
    }

    static byte[] bytes(int type, int flags, int id, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(id)
                .put(payload)
                .array();
    }

    /** Fields as a block: names and values in turn. */
    byte[] block(int id, String... fields) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(id, headers, block);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    void headers(int id, boolean end, String... fields) {
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), id, block(id, fields));
    }

    void request(int id, String method, String path, boolean end, String... more) {
        List<String> fields =
                new ArrayList<>(List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "here"));
        fields.addAll(List.of(more));
        headers(id, end, fields.toArray(String[]::new));
    }

    void data(int id, boolean end, byte[] bytes) {
        frame(DATA, end ? END_STREAM : 0, id, bytes);
    }

    void data(int id, boolean end, String text) {
        data(id, end, text.getBytes(StandardCharsets.UTF_8));
    }

    void reset(int id) {
        frame(RST_STREAM, 0, id, new byte[] {0, 0, 0, 8});
    }

    void window(int id, int more) {
        frame(WINDOW_UPDATE, 0, id, ByteBuffer.allocate(4).putInt(more).array());
    }

    void ping() {
        frame(PING, 0, 0, new byte[8]);
    }

    // ---- what it has heard

    /** All frames that have come. */
    List<Frame> frames() {
        byte[] bytes = receiver.bytes();
        while (bytes.length - parsed >= 9) {
            ByteBuffer head = ByteBuffer.wrap(bytes, parsed, 9);
            int length = ((head.get() & 0xff) << 16) | (head.getShort() & 0xffff);
            if (bytes.length - parsed - 9 < length) {
                break;
            }
            byte[] payload = new byte[length];
            System.arraycopy(bytes, parsed + 9, payload, 0, length);
            Frame frame = new Frame(head.get(), head.get(), head.getInt(), payload);
            frames.add(frame);
            parsed += 9 + length;
            if (frame.type() == HEADERS) {
                try {
                    heads.add(
                            Map.entry(frame.id(), decoder.decodeHeaders(frame.id(), Unpooled.wrappedBuffer(payload))));
                } catch (Http2Exception e) {
                    throw new AssertionError(e);
                }
            }
        }
        return frames;
    }

    List<Frame> frames(int type, int id) {
        return frames().stream()
                .filter(frame -> frame.type() == type && frame.id() == id)
                .toList();
    }

    /** The lists of headers of a stream: the answer's head, and perhaps its trailers. */
    List<Http2Headers> heads(int id) {
        List<Frame> all = frames();
        assert !all.isEmpty();
        return heads.stream()
                .filter(each -> each.getKey() == id)
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The status of an answer; empty if there is none. */
    String status(int id) {
        List<Http2Headers> its = heads(id);
        return its.isEmpty() ? "" : its.getFirst().status().toString();
    }

    byte[] body(int id) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        frames(DATA, id).forEach(frame -> body.writeBytes(frame.payload()));
        return body.toByteArray();
    }

    String text(int id) {
        return new String(body(id), StandardCharsets.UTF_8);
    }

    boolean ended(int id) {
        return frames().stream().anyMatch(frame -> frame.id() == id && frame.ends());
    }

    /** The code that a stream was reset with; -1 if it was not. */
    int resetCode(int id) {
        List<Frame> its = frames(RST_STREAM, id);
        return its.isEmpty() ? -1 : its.getFirst().number(0);
    }

    /** The code of the first GOAWAY that has an error; -1 if there is none. */
    int error() {
        return frames(GOAWAY, 0).stream()
                .map(frame -> frame.number(4))
                .filter(code -> code != 0)
                .findFirst()
                .orElse(-1);
    }

    boolean isToldToGo() {
        return !frames(GOAWAY, 0).isEmpty();
    }

    boolean isEnded() {
        return receiver.isEnded();
    }

    boolean isOver() {
        return receiver.isOver();
    }
}

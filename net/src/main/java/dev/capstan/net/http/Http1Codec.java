package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.net.Limits;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests and answers of HTTP/1.1 as bytes, on a server's side of a connection. The decoder makes one message at a time, when it is asked for: a client that sends ten thousand requests in
 * one packet holds one packet of our memory.
 */
final class Http1Codec implements Codec.Owner {
    private final RequestHead.Decoder decoder;
    private final Codec codec;
    private final Runnable onMalformed;
    private final ArrayDeque<Object> decoded = new ArrayDeque<>(2);
    private final Body ahead = new Body(Integer.MAX_VALUE);

    /** Writes to {@code stream}; {@code onMalformed} is told of input that means nothing from here on. */
    Http1Codec(ByteStream stream, Limits.Http limits, Runnable onMalformed) {
        this.decoder = new RequestHead.Decoder(limits);
        this.codec = new Codec(stream, this, List.of(decoder, new HttpResponseEncoder()));
        this.onMalformed = onMalformed;
    }

    // ---- requests

    /** Takes bytes that have come; see {@link #next}. */
    void decode(byte[] array, int offset, int length) {
        codec.decode(array, offset, length);
    }

    /** Keeps bytes that have come before their turn; how many there are now. */
    int keep(byte[] array, int offset, int length) {
        boolean kept = ahead.add(array, offset, length);
        assert kept;
        return ahead.length();
    }

    /** It is the turn of what was kept. */
    void decodeKept() {
        byte[] kept = ahead.take();
        if (kept.length > 0) {
            codec.decode(kept, 0, kept.length);
        }
    }

    /** The next message, which whoever gets it releases; null if more has to come first. */
    @Nullable
    Object next() {
        if (decoded.isEmpty() && decoder.hasMore()) {
            codec.decodeMore();
        }
        return decoded.poll();
    }

    /** Whether the beginning of a message is here. */
    boolean hasBegun() {
        return decoder.hasMore();
    }

    /** Takes the bytes that were not decoded. */
    byte[] rest() {
        return decoder.rest();
    }

    /** Forgets messages that nobody wants. */
    void drop() {
        decoded.forEach(Codec::release);
        decoded.clear();
    }

    @Override
    public void decoded(Object message) {
        decoded.add(message);
    }

    @Override
    public void malformed(Throwable cause) {
        onMalformed.run();
    }

    // ---- answers

    /** Sends a message, or a part of one, and releases it. */
    void encode(Object message) {
        codec.encode(message);
    }

    /** Sends the answer to what is no request, or the beginning of one: the last. */
    void refuse(HttpResponse answer) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        for (Map.Entry<String, String> field : answer.headers().fields()) {
            response.headers().add(field.getKey(), field.getValue());
        }
        response.headers().set("content-length", answer.body().length).set("connection", "close");
        codec.encode(response);
    }

    /** Sends the answer after which the connection is a WebSocket. */
    void upgrade(HttpRequest request, String subprotocol) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        String key = request.headers().first("sec-websocket-key");
        response.headers()
                .set("upgrade", "websocket")
                .set("connection", "Upgrade")
                .set("sec-websocket-accept", Upgrade.accept(key == null ? "" : key));
        if (!subprotocol.isEmpty()) {
            response.headers().set("sec-websocket-protocol", subprotocol);
        }
        codec.encode(response);
    }

    /** Bytes that were given to the stream. */
    long encodedBytes() {
        return codec.encodedBytes();
    }

    /** Gives back what it holds. Not from within {@link #decode} and {@link #next}. */
    void close() {
        codec.close();
    }
}

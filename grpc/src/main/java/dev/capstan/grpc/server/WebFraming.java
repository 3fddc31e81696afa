package dev.capstan.grpc.server;

import dev.capstan.grpc.Base64Pieces;
import dev.capstan.grpc.MessageReader;
import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * gRPC-Web, for clients that see no trailers: they are the last frame of the body. As text, all of it is Base64, in pieces that may each end with padding.
 */
final class WebFraming implements Framing {
    private static final int TRAILERS = 0x80;

    private final String contentType;
    private final boolean text;

    private final Base64Pieces pieces = new Base64Pieces();

    WebFraming(String contentType, boolean text) {
        this.contentType = contentType;
        this.text = text;
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public void decode(byte[] array, int offset, int length, MessageReader to) {
        if (!text) {
            to.add(array, offset, length);
            return;
        }
        pieces.decode(array, offset, length, to);
    }

    @Override
    public boolean isWhole() {
        return pieces.isWhole();
    }

    @Override
    public byte[] frame(byte[] message) {
        return text ? Base64.getEncoder().encode(message) : message;
    }

    @Override
    public void end(Exchange exchange, boolean headSent, Headers fields) {
        if (!headSent) {
            exchange.answerOnly(200, fields);
            return;
        }
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> field : fields.fields()) {
            lines.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
        }
        byte[] block = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] frame = new byte[5 + block.length];
        frame[0] = (byte) TRAILERS;
        frame[1] = (byte) (block.length >> 24);
        frame[2] = (byte) (block.length >> 16);
        frame[3] = (byte) (block.length >> 8);
        frame[4] = (byte) block.length;
        System.arraycopy(block, 0, frame, 5, block.length);
        byte[] sent = frame(frame);
        exchange.write(sent, 0, sent.length);
        exchange.end(Headers.of());
    }
}

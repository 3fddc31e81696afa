package dev.capstan.grpc.server;

import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.Headers;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * gRPC-Web, for clients that see no trailers: they are the last frame of the body. As text, all of it is Base64, in pieces that may each end with padding.
 */
final class WebFraming implements Framing {
    private static final int TRAILERS = 0x80;

    private final String contentType;
    private final boolean text;

    /** Signs of Base64 that are no whole group yet. */
    private final byte[] group = new byte[4];

    private int grouped;

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
        byte[] signs = new byte[grouped + length];
        System.arraycopy(group, 0, signs, 0, grouped);
        System.arraycopy(array, offset, signs, grouped, length);
        int whole = signs.length / 4 * 4;
        grouped = signs.length - whole;
        System.arraycopy(signs, whole, group, 0, grouped);
        int from = 0;
        while (from < whole) {
            int padding = padded(signs, from, whole);
            byte[] bytes = decoded(Arrays.copyOfRange(signs, from, padding));
            to.add(bytes, 0, bytes.length);
            from = padding;
        }
    }

    /** The end of the first group from {@code from} on that is padded, or {@code to}. */
    private static int padded(byte[] signs, int from, int to) {
        for (int end = from + 4; end <= to; end += 4) {
            if (signs[end - 1] == '=') {
                return end;
            }
        }
        return to;
    }

    private static byte[] decoded(byte[] signs) {
        try {
            return Base64.getDecoder().decode(signs);
        } catch (IllegalArgumentException e) {
            throw Status.INTERNAL
                    .withDescription("the body of a request that says it is text is not Base64")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    @Override
    public boolean isWhole() {
        return grouped == 0;
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

package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.testkit.ByteReceiver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A peer that writes bytes as a test wants them, HTTP or not, and keeps what comes. */
final class RawPeer {
    private final ByteStream stream;
    private final ByteReceiver receiver = new ByteReceiver();

    RawPeer(ByteStream stream) {
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

    void say(String text) {
        say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void say(byte[] bytes) {
        stream.write(bytes, 0, bytes.length);
    }

    /** All that has come, a character for each byte. */
    String heard() {
        return new String(receiver.bytes(), StandardCharsets.ISO_8859_1);
    }

    byte[] bytes() {
        return receiver.bytes();
    }

    boolean isEnded() {
        return receiver.isEnded();
    }

    boolean isOver() {
        return receiver.isOver();
    }

    /** A frame as RFC 6455 section 5.2 has it; masked with a fixed mask if {@code masked}. */
    static byte[] frame(int firstByte, byte[] payload, boolean masked) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int mark = masked ? 0x80 : 0;
        frame.write(firstByte);
        if (payload.length < 126) {
            frame.write(mark | payload.length);
        } else if (payload.length < 1 << 16) {
            frame.write(mark | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(mark | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        byte[] mask = {1, 2, 3, 4};
        if (masked) {
            frame.writeBytes(mask);
        }
        for (int i = 0; i < payload.length; i++) {
            frame.write(masked ? payload[i] ^ mask[i & 3] : payload[i]);
        }
        return frame.toByteArray();
    }

    static byte[] text(String text) {
        return frame(0x81, text.getBytes(StandardCharsets.UTF_8), true);
    }

    static byte[] close(int code, String reason) {
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + words.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(words, 0, payload, 2, words.length);
        return frame(0x88, payload, true);
    }
}

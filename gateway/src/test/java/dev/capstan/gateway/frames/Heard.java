package dev.capstan.gateway.frames;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a decoder of one connection makes of bytes. */
final class Heard {
    final List<Frame> frames = new ArrayList<>();
    final FrameDecoder decoder;

    Heard(Decoding decoding) {
        decoder = new FrameDecoder(decoding, 1, frames::add);
    }

    Heard() {
        this(Decoding.plain());
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    Heard client(byte[] bytes) {
        decoder.received(0, Direction.TO_SERVER, bytes, 0, bytes.length);
        return this;
    }

    Heard client(String text) {
        return client(ascii(text));
    }

    Heard server(byte[] bytes) {
        decoder.received(0, Direction.TO_CLIENT, bytes, 0, bytes.length);
        return this;
    }

    Heard server(String text) {
        return server(ascii(text));
    }

    /** The frames as lines, without time, session and size. */
    List<String> lines() {
        return frames.stream().map(Heard::line).toList();
    }

    static String line(Frame frame) {
        return FrameLine.what(frame) + (frame.text().isEmpty() ? "" : " " + frame.text());
    }

    boolean isBroken() {
        return frames.stream().anyMatch(frame -> frame.standing() == Frame.Standing.BROKEN);
    }
}

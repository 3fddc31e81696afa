package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads of a new connection what tells HTTP/2 from HTTP/1.1: the preface, with which every client of HTTP/2 begins (RFC 9113 section 3.4). A byte that differs decides.
 */
final class FirstBytes implements ByteStream.Receiver {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /** Told one of these, once. */
    interface Choice {
        /** Not HTTP/2; {@code read} is all that has come so far. */
        void http1(byte[] read);

        /** HTTP/2; {@code read} is all that has come so far. */
        void http2(byte[] read);

        /** The client has ended its side before anything could be told. */
        void ended();

        /** The connection broke before anything could be told. */
        void failed();
    }

    private final byte[] preface = PREFACE.getBytes(StandardCharsets.US_ASCII);
    private final Choice choice;
    private byte[] first = {};

    FirstBytes(Choice choice) {
        this.choice = choice;
    }

    /** All that has come so far, for whoever takes over without being told to. */
    byte[] take() {
        return first;
    }

    @Override
    public void received(byte[] array, int offset, int length) {
        int before = first.length;
        first = Arrays.copyOf(first, before + length);
        System.arraycopy(array, offset, first, before, length);
        int compared = Math.min(first.length, preface.length);
        if (!Arrays.equals(first, 0, compared, preface, 0, compared)) {
            choice.http1(first);
        } else if (compared == preface.length) {
            choice.http2(first);
        }
    }

    @Override
    public void ended() {
        choice.ended();
    }

    @Override
    public void failed(Throwable cause) {
        choice.failed();
    }
}

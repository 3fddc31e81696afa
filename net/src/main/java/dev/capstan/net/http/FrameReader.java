package dev.capstan.net.http;

import java.util.Arrays;

/**
 * Takes the bytes of a WebSocket apart into frames (RFC 6455, section 5.2), and checks what can be checked of one frame alone and of the order of frames. Memory is
 * taken for what has come of a frame, not for what it announces.
 */
final class FrameReader {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int MOST_HEADER_BYTES = 14;
    private static final int MOST_CONTROL_BYTES = 125;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int TOO_BIG = 1009;
    /** What is taken for a frame of which little has come. */
    private static final int FIRST_BYTES = 1 << 12;

    /** Told of each frame, in order. It may {@linkplain FrameReader#stop stop} the reader meanwhile. */
    interface Sink {
        /** A whole frame; {@code payload} is given away. */
        void frame(int opcode, boolean last, byte[] payload);

        /** What came is no frame; {@code code} is what the protocol has for it. Nothing more will come. */
        void malformed(int code, String text);
    }

    private final boolean masked;
    private final int mostBytes;
    private final Sink sink;

    private final byte[] header = new byte[MOST_HEADER_BYTES];
    private int headerLength;
    private boolean inPayload;
    private int opcode;
    private boolean last;
    private int mask;
    private int expected;
    private byte[] payload = {};
    private int length;

    /** A message has begun whose last frame is still to come. */
    private boolean inFragments;

    private boolean stopped;

    /** {@code masked} tells whether the peer's frames have to be, as those of clients. */
    FrameReader(boolean masked, int mostBytes, Sink sink) {
        this.masked = masked;
        this.mostBytes = mostBytes;
        this.sink = sink;
    }

    /** Bytes of a frame that is not whole. */
    int heldBytes() {
        return inPayload ? length : 0;
    }

    /** Nothing is read any more, and what is held is forgotten. */
    void stop() {
        stopped = true;
        inPayload = false;
        payload = new byte[0];
    }

    /** The array is lent. */
    void received(byte[] array, int offset, int count) {
        int at = offset;
        int end = offset + count;
        while (!stopped && (at < end || (inPayload && length == expected))) {
            if (!inPayload) {
                header[headerLength++] = array[at++];
                if (headerLength == headerBytes()) {
                    headerLength = 0;
                    begin();
                }
            } else {
                int more = Math.min(end - at, expected - length);
                take(array, at, more);
                at += more;
                if (length == expected) {
                    finish();
                }
            }
        }
    }

    /** How long the header is, as far as that can be told. */
    private int headerBytes() {
        if (headerLength < 2) {
            return 2;
        }
        int size = header[1] & 0x7f;
        return 2 + (size == 127 ? Long.BYTES : size == 126 ? Short.BYTES : 0) + (header[1] < 0 ? Integer.BYTES : 0);
    }

    private void begin() {
        opcode = header[0] & 0x0f;
        last = header[0] < 0;
        boolean control = opcode >= CLOSE;
        int size = header[1] & 0x7f;
        long announced = size < 126 ? size : size == 126 ? number(2, Short.BYTES) : number(2, Long.BYTES);
        String wrong = null;
        if ((header[0] & 0x70) != 0) {
            wrong = "bits are set that stand for extensions, of which none was agreed on";
        } else if (opcode > PONG || (opcode > BINARY && !control)) {
            wrong = "opcode " + opcode + " does not exist";
        } else if (header[1] < 0 != masked) {
            wrong = masked ? "frames of a client are masked" : "frames of a server are not masked";
        } else if (control && (!last || size > MOST_CONTROL_BYTES)) {
            wrong = "a control frame is whole and has at most " + MOST_CONTROL_BYTES + " bytes";
        } else if ((size == 126 && announced < 126) || (size == 127 && announced >= 0 && announced <= 0xffff)) {
            wrong = "a length is written in the shortest form";
        } else if (announced < 0) {
            wrong = "a length is not negative";
        } else if (!control && inFragments != (opcode == CONTINUATION)) {
            wrong = inFragments
                    ? "a message begins inside of another"
                    : "a message is continued of which the beginning is missing";
        }
        if (wrong != null) {
            refuse(PROTOCOL_ERROR, "a malformed frame came: " + wrong);
        } else if (announced > mostBytes) {
            refuse(TOO_BIG, "a message is longer than " + mostBytes + " bytes");
        } else {
            expected = (int) announced;
            mask = masked ? Integer.reverseBytes((int) number(headerBytesBeforeMask(size), Integer.BYTES)) : 0;
            inPayload = true;
        }
    }

    private static int headerBytesBeforeMask(int size) {
        return 2 + (size == 127 ? Long.BYTES : size == 126 ? Short.BYTES : 0);
    }

    private long number(int from, int bytes) {
        long number = 0;
        for (int i = from; i < from + bytes; i++) {
            number = number << Byte.SIZE | header[i] & 0xff;
        }
        return number;
    }

    private void refuse(int code, String text) {
        stop();
        sink.malformed(code, text);
    }

    private void take(byte[] array, int from, int more) {
        if (payload.length - length < more) {
            long room = Math.max(FIRST_BYTES, 2L * (length + more));
            payload = Arrays.copyOf(payload, (int) Math.min(room, expected));
        }
        Masking.apply(mask, length, array, from, payload, length, more);
        length += more;
    }

    private void finish() {
        byte[] whole = payload;
        payload = new byte[0];
        length = 0;
        inPayload = false;
        if (opcode < CLOSE) {
            inFragments = !last;
        }
        sink.frame(opcode, last, whole);
    }
}

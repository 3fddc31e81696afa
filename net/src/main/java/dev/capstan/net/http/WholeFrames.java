package dev.capstan.net.http;

import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.Arrays;

/**
 * Cuts what comes over a connection of HTTP/2 where frames end, so that whoever decodes it has no reason to keep a piece: what is whole is lent as it lies, and only a frame that comes in
 * several pieces is copied.
 *
 * <p>Copied is also what a decoder may keep when it refuses it: the preface, the first frame, and a frame longer than {@code largest} with everything after it, which is given in the pieces
 * that it comes in. Of one thread.
 */
final class WholeFrames {
    /** Decodes what it is given. */
    interface Decoder {
        /** Whole frames; nothing of the array may be kept. */
        void lent(byte[] array, int offset, int length);

        /** All of an array, which nobody else has. */
        void given(byte[] array);
    }

    private static final int HEAD_BYTES = Http2CodecUtil.FRAME_HEADER_LENGTH;
    private static final byte[] NOTHING = {};

    private final int largest;
    private final Decoder decoder;

    /** Bytes of the preface that are still to come. */
    private int preface;

    /** A frame that has begun: its first bytes, in an array as long as its head, or as the whole of it once the head is there. */
    private byte[] begun = NOTHING;

    private int has;
    /** Whether no frame was whole yet. */
    private boolean first = true;

    private boolean tooLong;

    /** Of a connection that begins with {@code preface} bytes, before frames of at most {@code largest} bytes without their head. */
    WholeFrames(int preface, int largest, Decoder decoder) {
        this.preface = preface;
        this.largest = largest;
        this.decoder = decoder;
    }

    /** Takes bytes, which are lent. */
    void add(byte[] array, int offset, int length) {
        int end = offset + length;
        int at = offset;
        if (preface > 0) {
            int count = Math.min(preface, length);
            preface -= count;
            give(array, at, at + count);
            at += count;
        }
        if (first && at < end && has == 0 && !tooLong) {
            at = begin(array, at, end);
        }
        at = finish(array, at, end);
        int whole = at;
        while (!tooLong && end - whole >= HEAD_BYTES) {
            int size = frame(array, whole);
            if (tooLong || size > end - whole) {
                break;
            }
            whole += size;
        }
        if (whole > at) {
            decoder.lent(array, at, whole - at);
        }
        if (tooLong) {
            give(array, whole, end);
        } else if (whole < end) {
            finish(array, begin(array, whole, end), end);
        }
    }

    private void give(byte[] array, int from, int to) {
        if (from < to) {
            decoder.given(Arrays.copyOfRange(array, from, to));
        }
    }

    /** Room for a frame of which all is there by {@code end} or only some; where the bytes go on. */
    private int begin(byte[] array, int from, int end) {
        int count = Math.min(HEAD_BYTES, end - from);
        begun = new byte[HEAD_BYTES];
        System.arraycopy(array, from, begun, 0, count);
        has = count;
        return from + count;
    }

    /** Goes on with what has begun; where the rest of the bytes is. */
    private int finish(byte[] array, int offset, int end) {
        int at = offset;
        while (has > 0) {
            if (has == begun.length) {
                int size = frame(begun, 0);
                if (size == has || tooLong) {
                    byte[] frame = begun;
                    begun = NOTHING;
                    has = 0;
                    first = false;
                    decoder.given(frame);
                    break;
                }
                begun = Arrays.copyOf(begun, size);
            }
            int count = Math.min(begun.length - has, end - at);
            if (count == 0) {
                break;
            }
            System.arraycopy(array, at, begun, has, count);
            has += count;
            at += count;
        }
        return at;
    }

    /** How long the frame is that begins there, head included; notices one that is too long. */
    private int frame(byte[] array, int at) {
        int payload = (array[at] & 0xff) << 16 | (array[at + 1] & 0xff) << 8 | (array[at + 2] & 0xff);
        tooLong |= payload > largest;
        return HEAD_BYTES + payload;
    }
}

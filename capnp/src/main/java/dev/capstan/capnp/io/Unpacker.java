package dev.capstan.capnp.io;

import java.util.Arrays;

/** Unpacks words from packed bytes that arrive in pieces cut anywhere, into room that may end anywhere. */
final class Unpacker {
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;

    private static final int BETWEEN_WORDS = 8;

    private int written;
    private int tag;
    /** The byte of the word that comes next; {@link #BETWEEN_WORDS} if a tag comes next. */
    private int next = BETWEEN_WORDS;

    /** A count of further words comes next. */
    private boolean countIsNext;

    private int zerosLeft;
    private int rawLeft;

    /** The bytes of a word that a tag names, all bits set. */
    private static long bytesOf(int tag) {
        return Long.expand(tag, LOW_BITS) * 0xff;
    }

    /** Where in the room the last {@link #unpack} stopped. */
    int written() {
        return written;
    }

    /** Whether bytes can still be written without any more input. */
    boolean hasMore() {
        return zerosLeft > 0 || (next < BETWEEN_WORDS && (tag >>> next) == 0);
    }

    /** Whether the packed bytes may end here. */
    boolean isBetweenWords() {
        return next == BETWEEN_WORDS && !countIsNext && zerosLeft == 0 && rawLeft == 0;
    }

    /** Unpacks until the input or the room is used up, and returns how far it came in the input. */
    int unpack(byte[] in, int from, int inEnd, byte[] out, int to, int outEnd) {
        int at = from;
        int put = to;
        while (true) {
            if (zerosLeft > 0) {
                int bytes = Math.min(zerosLeft, outEnd - put);
                Arrays.fill(out, put, put + bytes, (byte) 0);
                put += bytes;
                zerosLeft -= bytes;
                if (zerosLeft > 0) {
                    break;
                }
            }
            if (rawLeft > 0) {
                int bytes = Math.min(rawLeft, Math.min(outEnd - put, inEnd - at));
                System.arraycopy(in, at, out, put, bytes);
                at += bytes;
                put += bytes;
                rawLeft -= bytes;
                if (rawLeft > 0) {
                    break;
                }
            }
            if (countIsNext) {
                if (at == inEnd) {
                    break;
                }
                int bytes = 8 * (in[at++] & 0xff);
                countIsNext = false;
                if (tag == 0) {
                    zerosLeft = bytes;
                } else {
                    rawLeft = bytes;
                }
                continue;
            }
            if (next == BETWEEN_WORDS) {
                if (at == inEnd || put == outEnd) {
                    break;
                }
                tag = in[at++] & 0xff;
                if (inEnd - at >= 8 && outEnd - put >= 8) {
                    Packer.LONG.set(out, put, Long.expand((long) Packer.LONG.get(in, at), bytesOf(tag)));
                    at += Integer.bitCount(tag);
                    put += 8;
                    countIsNext = tag == 0 || tag == 0xff;
                    continue;
                }
                next = 0;
            }
            while (next < BETWEEN_WORDS && put < outEnd) {
                if ((tag >>> next & 1) == 0) {
                    out[put++] = 0;
                } else if (at < inEnd) {
                    out[put++] = in[at++];
                } else {
                    break;
                }
                next++;
            }
            if (next < BETWEEN_WORDS) {
                break;
            }
            countIsNext = tag == 0 || tag == 0xff;
        }
        written = put;
        return at;
    }
}

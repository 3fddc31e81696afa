package dev.capstan.capnp.io;

import java.util.Arrays;

/** Unpacks words from packed bytes that arrive in pieces cut anywhere, into room that may end anywhere. */
final class Unpacker {
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;

    private static final int BETWEEN_WORDS = 8;

    /** A tag, eight bytes and a count. */
    private static final int MOST_FOR_A_WORD = 10;

    /** Bytes up to which a loop is faster than a call. */
    private static final int LONGEST_LOOP = 64;

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
            if (next == BETWEEN_WORDS && !countIsNext && zerosLeft == 0 && rawLeft == 0) {
                // Whole words, as long as nothing can run out: without a look at where the last piece stopped.
                while (inEnd - at >= MOST_FOR_A_WORD && outEnd - put >= 8) {
                    int bits = in[at] & 0xff;
                    Packer.LONG.set(out, put, Long.expand((long) Packer.LONG.get(in, at + 1), bytesOf(bits)));
                    at += 1 + Integer.bitCount(bits);
                    put += 8;
                    if (bits == 0) {
                        int bytes = 8 * (in[at++] & 0xff);
                        if (bytes > outEnd - put) {
                            zerosLeft = bytes;
                            break;
                        }
                        zero(out, put, bytes);
                        put += bytes;
                    } else if (bits == 0xff) {
                        int bytes = 8 * (in[at++] & 0xff);
                        if (bytes > outEnd - put || bytes > inEnd - at) {
                            rawLeft = bytes;
                            break;
                        }
                        copy(in, at, out, put, bytes);
                        at += bytes;
                        put += bytes;
                    }
                }
            }
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

    private static void copy(byte[] in, int from, byte[] out, int to, int bytes) {
        if (bytes > LONGEST_LOOP) {
            System.arraycopy(in, from, out, to, bytes);
            return;
        }
        for (int i = 0; i < bytes; i += 8) {
            Packer.LONG.set(out, to + i, (long) Packer.LONG.get(in, from + i));
        }
    }

    private static void zero(byte[] out, int from, int bytes) {
        if (bytes > LONGEST_LOOP) {
            Arrays.fill(out, from, from + bytes, (byte) 0);
            return;
        }
        for (int at = from; at < from + bytes; at += 8) {
            Packer.LONG.set(out, at, 0L);
        }
    }
}

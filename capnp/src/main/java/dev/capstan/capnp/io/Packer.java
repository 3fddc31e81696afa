package dev.capstan.capnp.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Packs words into an array that grows. The bytes are the same as those of the C++ implementation, given the same pieces. */
final class Packer {
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long ALL_BUT_HIGH = 0x7f7f_7f7f_7f7f_7f7fL;
    private static final int MOST_IN_A_RUN = 255;
    /** A tag, eight bytes and a count. */
    private static final int MOST_FOR_A_WORD = 10;

    private byte[] out = new byte[256];
    private int size;

    /** What was packed; the first {@link #size} bytes count. */
    byte[] bytes() {
        return out;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** Appends whole words. */
    void pack(byte[] in, int offset, int length) {
        if (length % 8 != 0) {
            throw new IllegalArgumentException(
                    "only whole words can be packed, and " + length + " bytes are none: write multiples of 8 bytes");
        }
        int at = offset;
        int end = offset + length;
        byte[] to = out;
        int put = size;
        while (at < end) {
            // Stored eight bytes at a time, so that there must be room for more than is used.
            if (to.length - put < MOST_FOR_A_WORD + 8) {
                to = room(put, MOST_FOR_A_WORD + 8);
            }
            long word = (long) LONG.get(in, at);
            at += 8;
            long filled = filled(word);
            int tag = tag(filled);
            to[put] = (byte) tag;
            LONG.set(to, put + 1, Long.compress(word, (filled << 8) - filled));
            put += 1 + Long.bitCount(filled);
            if (tag == 0) {
                int from = at;
                at = zeros(in, from, end);
                to[put++] = (byte) ((at - from) >>> 3);
            } else if (tag == 0xff) {
                int from = at;
                at = raw(in, from, end);
                int bytes = at - from;
                if (to.length - put <= bytes) {
                    to = room(put, 1 + bytes);
                }
                to[put] = (byte) (bytes >>> 3);
                System.arraycopy(in, from, to, put + 1, bytes);
                put += 1 + bytes;
            }
        }
        size = put;
    }

    /** The lowest bit of each byte that is not zero. */
    private static long filled(long word) {
        return ((((word & ALL_BUT_HIGH) + ALL_BUT_HIGH) | word) >>> 7) & LOW_BITS;
    }

    private static int tag(long filled) {
        return (int) ((filled * 0x0102_0408_1020_4080L) >>> 56);
    }

    /** Where a run of zero words ends. */
    private static int zeros(byte[] in, int from, int end) {
        int last = (int) Math.min(end, from + 8L * MOST_IN_A_RUN);
        int at = from;
        while (at < last && (long) LONG.get(in, at) == 0) {
            at += 8;
        }
        return at;
    }

    /** Where a run of words ends that would not shrink: each has at most one zero byte. */
    private static int raw(byte[] in, int from, int end) {
        int last = (int) Math.min(end, from + 8L * MOST_IN_A_RUN);
        int at = from;
        while (at < last) {
            long word = (long) LONG.get(in, at);
            // Not zero if there is a zero byte: quickly seen, and text has none.
            long gaps = (word - LOW_BITS) & ~word & ~ALL_BUT_HIGH;
            if (gaps != 0 && Long.bitCount(filled(word)) < 7) {
                break;
            }
            at += 8;
        }
        return at;
    }

    /** The bytes, the first {@code used} of which count, with room for more. */
    private byte[] room(int used, int more) {
        if (used + more > out.length) {
            out = Arrays.copyOf(out, Math.max(Math.addExact(used, more), (int)
                    Math.min(2L * out.length, Integer.MAX_VALUE - 16)));
        }
        return out;
    }
}

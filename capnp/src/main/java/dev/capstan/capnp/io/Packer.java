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
    /** A tag, eight bytes, a count and a run. */
    private static final int MOST_AT_ONCE = 10 + 8 * MOST_IN_A_RUN;

    /** Bytes that are still in the nearest cache when they are passed on. */
    private static final int ENOUGH = 4096;

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
        int end = offset + length;
        for (int at = offset; at < end; ) {
            at = packSome(in, at, end);
        }
    }

    /**
     * Appends whole words from {@code from} to {@code end} until about {@link #ENOUGH} bytes have been added, and returns how far it came. Where it stops makes no
     * difference to the packed bytes.
     */
    int packSome(byte[] in, int from, int end) {
        if ((end - from) % 8 != 0) {
            throw new IllegalArgumentException("only whole words can be packed, and " + (end - from)
                    + " bytes are none: write multiples of 8 bytes");
        }
        // With room for all that is added, the loop need not look at it: ten bytes at most for eight, and stored eight
        // at a time.
        byte[] to = room((int) Math.min(ENOUGH + 2L * MOST_AT_ONCE, (end - from) / 8 * 10L + 16));
        int put = size;
        int enough = put + ENOUGH;
        int at = from;
        while (at < end && put < enough) {
            long word = (long) LONG.get(in, at);
            at += 8;
            long filled = filled(word);
            int tag = tag(filled);
            to[put] = (byte) tag;
            LONG.set(to, put + 1, Long.compress(word, (filled << 8) - filled));
            put += 1 + Long.bitCount(filled);
            if (tag == 0) {
                int run = zeros(in, at, end);
                to[put++] = (byte) ((run - at) >>> 3);
                at = run;
            } else if (tag == 0xff) {
                int bytes = raw(in, at, end, to, put + 1);
                to[put] = (byte) (bytes >>> 3);
                put += 1 + bytes;
                at += bytes;
            }
        }
        size = put;
        return at;
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

    /** Copies a run of words that would not shrink, as each has at most one zero byte, and returns how many bytes it has. */
    private static int raw(byte[] in, int from, int end, byte[] to, int put) {
        int most = Math.min(end - from, 8 * MOST_IN_A_RUN);
        int bytes = 0;
        while (bytes < most) {
            long word = (long) LONG.get(in, from + bytes);
            // Not zero if there is a zero byte: quickly seen, and text has none.
            long gaps = (word - LOW_BITS) & ~word & ~ALL_BUT_HIGH;
            if (gaps != 0 && Long.bitCount(filled(word)) < 7) {
                break;
            }
            LONG.set(to, put + bytes, word);
            bytes += 8;
        }
        return bytes;
    }

    /** The bytes, with room for {@code more}. */
    private byte[] room(int more) {
        if (more > out.length - size) {
            out = Arrays.copyOf(out, Math.max(Math.addExact(size, more), (int)
                    Math.min(2L * out.length, Integer.MAX_VALUE - 16)));
        }
        return out;
    }
}

package dev.capstan.capnweb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds where a string of JSON stops to be characters that stand for themselves, eight bytes at a time. */
final class AsciiScan {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = ONES << 7;

    private AsciiScan() {}

    /** Whether a byte is ASCII that needs no escape in a string. */
    static boolean isPlain(byte c) {
        return c >= ' ' && c != '"' && c != '\\';
    }

    /** Where the first quote is; {@code to} if there is none. */
    static int quote(byte[] text, int from, int to) {
        int at = from;
        while (at <= to - 2 * Long.BYTES) {
            long first = ((long) LONGS.get(text, at) ^ '"' * ONES) - ONES;
            long second = ((long) LONGS.get(text, at + Long.BYTES) ^ '"' * ONES) - ONES;
            // Beyond ASCII there are false alarms, which the loop below is for.
            if (((first | second) & HIGH_BITS) != 0) {
                break;
            }
            at += 2 * Long.BYTES;
        }
        while (at < to && text[at] != '"') {
            at++;
        }
        return at;
    }

    /** Where the first byte is that is no such character; {@code to} if all are. */
    static int plainEnd(byte[] text, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES) {
            long eight = (long) LONGS.get(text, at);
            // What is subtracted borrows from the next byte only behind one that is marked already.
            long marked = (eight | eight - ' ' * ONES | (eight ^ '"' * ONES) - ONES | (eight ^ '\\' * ONES) - ONES)
                    & HIGH_BITS;
            if (marked != 0) {
                return at + Long.numberOfTrailingZeros(marked) / Byte.SIZE;
            }
            at += Long.BYTES;
        }
        while (at < to && isPlain(text[at])) {
            at++;
        }
        return at;
    }
}

package dev.capstan.net.webtransport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds line feeds, eight bytes at a time: each byte of a message is looked at on its way out and on its way in, and one by one that would cost as much
 * as copying it. In a word from which eight line feeds are taken by exclusive or, the byte of a line feed is zero, and a zero is what borrows in a
 * subtraction of ones.
 */
final class LineFeeds {
    static final byte LINE_FEED = '\n';

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;

    private LineFeeds() {}

    /** Where the first one is from {@code start} on, before {@code end}; -1 if there is none. */
    static int next(byte[] array, int start, int end) {
        int at = start;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long word = (long) WORD.get(array, at) ^ ONES * LINE_FEED;
            long zeros = (word - ONES) & ~word & TOPS;
            if (zeros != 0) {
                // Borrows reach upwards only, so the lowest mark is always right.
                return at + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
            }
        }
        for (; at < end; at++) {
            if (array[at] == LINE_FEED) {
                return at;
            }
        }
        return -1;
    }
}

package dev.capstan.gateway.frames;

import java.util.Arrays;

/** Bytes of one direction that have come and were not decoded yet. What is too large to be decoded is skipped, however it arrives. */
final class Buffer {
    private static final byte[] EMPTY = {};

    private byte[] array = EMPTY;
    private int from;
    private int to;
    private long skipping;

    void add(byte[] source, int offset, int length) {
        int skipped = (int) Math.min(skipping, length);
        skipping -= skipped;
        int size = length - skipped;
        if (size == 0) {
            return;
        }
        if (array.length - to < size) {
            int kept = to - from;
            byte[] room = array.length >= kept + size ? array : new byte[Math.max(2 * kept, kept + size)];
            System.arraycopy(array, from, room, 0, kept);
            array = room;
            from = 0;
            to = kept;
        }
        System.arraycopy(source, offset + skipped, array, to, size);
        to += size;
    }

    int size() {
        return to - from;
    }

    /** An unsigned byte. */
    int at(int index) {
        return array[from + index] & 0xff;
    }

    /** A number in network order. */
    long number(int index, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << Byte.SIZE | at(index + i);
        }
        return value;
    }

    byte[] array() {
        return array;
    }

    int offset() {
        return from;
    }

    /** Where a byte stands, from an index on; -1 if it has not come. */
    int indexOf(int wanted, int start) {
        for (int i = start; i < size(); i++) {
            if (at(i) == wanted) {
                return i;
            }
        }
        return -1;
    }

    byte[] copy(int index, int length) {
        return Arrays.copyOfRange(array, from + index, from + index + length);
    }

    byte[] take(int length) {
        byte[] taken = copy(0, length);
        drop(length);
        return taken;
    }

    /** Forgets the next bytes, also those that have not come yet. */
    void drop(long length) {
        int here = (int) Math.min(length, size());
        from += here;
        skipping += length - here;
        if (from == to) {
            from = 0;
            to = 0;
            // What one large message needed is not kept for the next small ones.
            array = array.length > 1 << 16 ? EMPTY : array;
        }
    }

    void clear() {
        drop(size());
    }
}

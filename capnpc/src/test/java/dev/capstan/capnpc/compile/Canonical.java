package dev.capstan.capnpc.compile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The canonical form of a message: one segment, what a pointer points to right behind what is there already, sections without zeros at
 * their ends. Two messages say the same if and only if their canonical forms are equal. Needs no schema. Checks nothing: it is for
 * messages of compilers, and written for these tests alone, so that no code under test takes part in the comparison.
 */
final class Canonical {
    private final long[][] segments;
    private long[] out = new long[1 << 12];
    private int size;

    private Canonical(long[][] segments) {
        this.segments = segments;
    }

    /** Of a stream frame, with only the first {@code rootPointers} pointers of its root. */
    static byte[] of(byte[] frame, int rootPointers) {
        ByteBuffer in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        int count = in.getInt() + 1;
        int[] sizes = new int[count];
        for (int i = 0; i < count; i++) {
            sizes[i] = in.getInt();
        }
        in.position((4 + 4 * count + 7) / 8 * 8);
        long[][] segments = new long[count][];
        for (int i = 0; i < count; i++) {
            segments[i] = new long[sizes[i]];
            for (int j = 0; j < sizes[i]; j++) {
                segments[i][j] = in.getLong();
            }
        }
        return new Canonical(segments).copy(rootPointers);
    }

    private byte[] copy(int rootPointers) {
        Place root = follow(0, 0);
        allocate(1);
        struct(root, 0, dataWords(root.pointer), Math.min(rootPointers, pointers(root.pointer)));
        ByteBuffer bytes = ByteBuffer.allocate(8 * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            bytes.putLong(out[i]);
        }
        return bytes.array();
    }

    /** Where a pointer leads, and the pointer that describes what is there. */
    private record Place(int segment, int word, long pointer) {}

    private long word(int segment, int word) {
        return segments[segment][word];
    }

    private Place follow(int segment, int word) {
        long pointer = word(segment, word);
        if ((pointer & 3) != 2) {
            return new Place(segment, word + 1 + ((int) pointer >> 2), pointer);
        }
        int padSegment = (int) (pointer >>> 32);
        int pad = (int) pointer >>> 3;
        if ((pointer & 4) == 0) {
            return follow(padSegment, pad);
        }
        long far = word(padSegment, pad);
        return new Place((int) (far >>> 32), (int) far >>> 3, word(padSegment, pad + 1));
    }

    private static int dataWords(long pointer) {
        return (int) (pointer >>> 32) & 0xffff;
    }

    private static int pointers(long pointer) {
        return (int) (pointer >>> 48);
    }

    private int allocate(int words) {
        int at = size;
        size += words;
        if (size > out.length) {
            out = Arrays.copyOf(out, Math.max(size, 2 * out.length));
        }
        return at;
    }

    private void pointer(int from, int target, long rest) {
        out[from] = (((long) (target - from - 1) << 2) & 0xffff_ffffL) | rest;
    }

    private void copy(int segment, int word, int to) {
        if (word(segment, word) == 0) {
            return;
        }
        Place place = follow(segment, word);
        switch ((int) place.pointer & 3) {
            case 0 -> struct(place, to, dataWords(place.pointer), pointers(place.pointer));
            case 1 -> list(place, to);
            default -> throw new IllegalStateException("a compiler writes no capabilities");
        }
    }

    private void struct(Place place, int to, int dataWords, int pointers) {
        int data = usedData(place, place.word, dataWords);
        int used = usedPointers(place, place.word + dataWords, pointers);
        if (data + used == 0) {
            out[to] = 0xffff_fffcL;
            return;
        }
        int at = allocate(data + used);
        pointer(to, at, ((long) data << 32) | ((long) used << 48));
        body(place, place.word, dataWords, at, data, used);
    }

    private void body(Place place, int from, int dataWords, int at, int data, int used) {
        System.arraycopy(segments[place.segment], from, out, at, data);
        for (int i = 0; i < used; i++) {
            copy(place.segment, from + dataWords + i, at + data + i);
        }
    }

    private int usedData(Place place, int from, int words) {
        int used = words;
        while (used > 0 && word(place.segment, from + used - 1) == 0) {
            used--;
        }
        return used;
    }

    private int usedPointers(Place place, int from, int pointers) {
        return usedData(place, from, pointers);
    }

    private void list(Place place, int to) {
        int kind = (int) (place.pointer >>> 32) & 7;
        int count = (int) (place.pointer >>> 35);
        if (kind == 7) {
            structs(place, to);
            return;
        }
        int bits = new int[] {0, 1, 8, 16, 32, 64, 64}[kind];
        int words = (int) (((long) count * bits + 63) / 64);
        int at = allocate(words);
        pointer(to, at, 1 | ((long) kind << 32) | ((long) count << 35));
        if (kind == 6) {
            for (int i = 0; i < count; i++) {
                copy(place.segment, place.word + i, at + i);
            }
            return;
        }
        System.arraycopy(segments[place.segment], place.word, out, at, words);
    }

    private void structs(Place place, int to) {
        long tag = word(place.segment, place.word);
        int count = (int) tag >>> 2;
        int dataWords = dataWords(tag);
        int step = dataWords + pointers(tag);
        int data = 0;
        int used = 0;
        for (int i = 0; i < count; i++) {
            int from = place.word + 1 + i * step;
            data = Math.max(data, usedData(place, from, dataWords));
            used = Math.max(used, usedPointers(place, from + dataWords, pointers(tag)));
        }
        int at = allocate(1 + count * (data + used));
        pointer(to, at, 1 | (7L << 32) | (((long) count * (data + used)) << 35));
        out[at] = ((long) count << 2) | ((long) data << 32) | ((long) used << 48);
        for (int i = 0; i < count; i++) {
            body(place, place.word + 1 + i * step, dataWords, at + 1 + i * (data + used), data, used);
        }
    }
}

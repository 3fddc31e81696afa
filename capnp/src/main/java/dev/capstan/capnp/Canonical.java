package dev.capstan.capnp;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The canonical form of a message: one segment, objects in preorder, without gaps, and without the zero words and null pointers at the ends of structs that
 * readers would add again. Two messages whose content is equal have equal canonical forms. Source: capnproto.org/encoding.html#canonicalization.
 */
final class Canonical {
    private static final int LARGEST_WORDS = (Integer.MAX_VALUE - 16) / 8;

    private final HeapSegment out;

    private Canonical(HeapSegment out) {
        this.out = out;
    }

    /** The words of the only segment, its root pointer first. */
    static byte[] of(AnyPointer.Reader root) {
        Canonical canonical = withRoom(root.segment.arena, root::targetSizeWords);
        canonical.pointer(canonical.out.start, root.segment, root.at, Target.walk(root.depthLeft));
        return canonical.bytes();
    }

    static byte[] of(StructReader root) {
        Canonical canonical = withRoom(root.segment.arena, root::totalSizeWords);
        canonical.struct(
                canonical.out.start,
                root.segment,
                root.data,
                root.dataBits,
                root.pointerCount,
                Target.walk(root.depthLeft()));
        return canonical.bytes();
    }

    /** Room for the root pointer and the content, whose size is taken here; that walk is free, since the next one costs the same. */
    private static Canonical withRoom(Arena source, LongSupplier size) {
        long before = source.wordsLeft();
        long words = 1 + size.getAsLong();
        source.refund(before - source.wordsLeft());
        if (words > LARGEST_WORDS) {
            throw MessageException.inFrame(
                    "The canonical form has " + words + " words, and one array holds at most " + LARGEST_WORDS
                            + "; take the forms of its parts, or compare messages with contentEquals()",
                    -1);
        }
        return new Canonical(new HeapSegment(new ReaderArena(), 0, new byte[8 * (int) words], 0, 8));
    }

    private byte[] bytes() {
        return Arrays.copyOf(out.array, (int) out.end);
    }

    /** Room that was counted before, so that it is there. */
    private long take(long at, long words, long pointer) {
        return Allocation.near(out, at, words, pointer);
    }

    private void pointer(long at, Segment source, long from, int depthLeft) {
        long pointer = source.getLong(from);
        if (pointer == 0) {
            return;
        }
        Target target = Target.resolve(source, from, pointer);
        switch (Pointer.kind(target.pointer)) {
            case Pointer.STRUCT -> {
                if (depthLeft <= 0) {
                    throw Target.tooDeep(source, from);
                }
                target.segment.visit(target.position, Pointer.structWords(target.pointer), "a struct pointer");
                struct(
                        at,
                        target.segment,
                        target.position,
                        64 * Pointer.dataWords(target.pointer),
                        Pointer.pointerCount(target.pointer),
                        depthLeft - 1);
            }
            case Pointer.LIST -> {
                if (depthLeft <= 0) {
                    throw Target.tooDeep(source, from);
                }
                list(at, Lists.decode(target.segment, target.position, target.pointer, depthLeft - 1));
            }
            default ->
                throw MessageException.at(
                        source, from, "A message with a capability has no canonical form: take the capabilities out");
        }
    }

    private void struct(long at, Segment source, long data, int dataBits, int pointerCount, int depthLeft) {
        int dataWords = usedWords(source, data, dataBits);
        int pointers = usedPointers(source, data + (dataBits >>> 3), pointerCount);
        if (dataWords + pointers == 0) {
            out.putLong(at, Pointer.EMPTY_STRUCT);
            return;
        }
        long to = take(at, dataWords + pointers, Pointer.struct(0, dataWords, pointers));
        source.copyTo(data, out, to, Math.min(8L * dataWords, dataBits >>> 3));
        pointers(to + 8L * dataWords, source, data + (dataBits >>> 3), pointers, depthLeft);
    }

    static int usedWords(Segment source, long data, int dataBits) {
        int words = dataBits >>> 6;
        if ((dataBits & 63) != 0) {
            // An element of a list of primitives that is read as a struct.
            for (long at = data + 8L * words; at < data + (dataBits >>> 3); at++) {
                if (source.getByte(at) != 0) {
                    return words + 1;
                }
            }
        }
        while (words > 0 && source.getLong(data + 8L * (words - 1)) == 0) {
            words--;
        }
        return words;
    }

    static int usedPointers(Segment source, long first, int count) {
        int used = count;
        while (used > 0 && source.getLong(first + 8L * (used - 1)) == 0) {
            used--;
        }
        return used;
    }

    private void pointers(long at, Segment source, long from, int count, int depthLeft) {
        for (int i = 0; i < count; i++) {
            pointer(at + 8L * i, source, from + 8L * i, depthLeft);
        }
    }

    private void list(long at, Elements list) {
        if (list.size == ElementSize.COMPOSITE) {
            structs(at, list);
            return;
        }
        long bits = (long) list.count * list.stepBits;
        long to = take(at, (bits + 63) >>> 6, Pointer.list(0, list.size, list.count));
        if (list.size == ElementSize.POINTER) {
            pointers(to, list.segment, list.start, list.count, list.depthLeft);
            return;
        }
        list.segment.copyTo(list.start, out, to, bits >>> 3);
        int rest = (int) bits & 7;
        if (rest != 0) {
            int last = list.segment.getByte(list.start + (bits >>> 3)) & ((1 << rest) - 1);
            out.putByte(to + (bits >>> 3), (byte) last);
        }
    }

    private void structs(long at, Elements list) {
        int dataWords = 0;
        int pointers = 0;
        for (int i = 0; i < list.count && (dataWords << 6 < list.dataBits || pointers < list.pointerCount); i++) {
            long each = list.position(i);
            dataWords = Math.max(dataWords, usedWords(list.segment, each, list.dataBits));
            pointers = Math.max(pointers, usedPointers(list.segment, each + (list.dataBits >>> 3), list.pointerCount));
        }
        int step = dataWords + pointers;
        long to = take(at, 1 + (long) step * list.count, Pointer.list(0, ElementSize.COMPOSITE, step * list.count));
        out.putLong(to, Pointer.struct(list.count, dataWords, pointers));
        if (step == 0) {
            return;
        }
        to += 8;
        for (int i = 0; i < list.count; i++) {
            long each = list.position(i);
            list.segment.copyTo(each, out, to, 8L * dataWords);
            pointers(to + 8L * dataWords, list.segment, each + (list.dataBits >>> 3), pointers, list.depthLeft);
            to += 8L * step;
        }
    }
}

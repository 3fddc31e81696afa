package dev.capstan.capnp;

/**
 * Zeroing what is no longer pointed to: it must not leak into what is sent, and zeroes pack well. The memory is not used
 * again. Works on messages that this program builds, whose pointers are known to be sound.
 */
final class Zeroing {
    private Zeroing() {}

    /** Makes the pointer at {@code at} null and zeroes all that it led to; capabilities in there are closed. */
    static void pointer(Segment segment, long at) {
        long pointer = segment.getLong(at);
        if (pointer != 0) {
            segment.putLong(at, 0);
            target(segment, at, pointer);
        }
    }

    /** Zeroes all that {@code pointer} led to when it was at {@code at}. */
    static void target(Segment segment, long at, long pointer) {
        switch (Pointer.kind(pointer)) {
            case Pointer.OTHER -> segment.arena.capTable().drop(Pointer.capIndex(pointer));
            case Pointer.FAR -> {
                Target target = Target.follow(segment, at, pointer);
                pads(segment, pointer);
                object(target.segment, target.position, target.pointer);
            }
            default -> object(segment, Pointer.target(at, pointer), pointer);
        }
    }

    /** Makes the pointer at {@code at} null and zeroes its landing pads, but leaves the object. */
    static void pointerOnly(Segment segment, long at) {
        long pointer = segment.getLong(at);
        segment.putLong(at, 0);
        if (Pointer.kind(pointer) == Pointer.FAR) {
            pads(segment, pointer);
        }
    }

    private static void pads(Segment segment, long far) {
        Segment padSegment = segment.arena.segment(Pointer.farSegment(far));
        if (padSegment != null) {
            padSegment.zero(padSegment.start + Pointer.padOffset(far), Pointer.isDoubleFar(far) ? 16 : 8);
        }
    }

    private static void object(Segment segment, long position, long pointer) {
        switch (Pointer.kind(pointer)) {
            case Pointer.STRUCT -> {
                pointers(segment, position + 8L * Pointer.dataWords(pointer), Pointer.pointerCount(pointer));
                segment.zero(position, 8L * Pointer.structWords(pointer));
            }
            case Pointer.LIST -> list(segment, position, pointer);
            default -> throw Target.unknownKind(segment, position);
        }
    }

    private static void list(Segment segment, long position, long pointer) {
        Elements elements = Lists.decode(segment, position, pointer, Integer.MAX_VALUE);
        if (elements.pointerCount > 0) {
            for (int i = 0; i < elements.count; i++) {
                pointers(segment, elements.position(i) + (elements.dataBits >>> 3), elements.pointerCount);
            }
        }
        listOnly(new Target(segment, position, pointer));
    }

    private static void pointers(Segment segment, long first, int count) {
        for (int i = 0; i < count; i++) {
            pointer(segment, first + 8L * i);
        }
    }

    /** Zeroes the memory of a list, but nothing that its elements point to. */
    static void listOnly(Target list) {
        int size = Pointer.elementSize(list.pointer);
        long count = Pointer.elementCount(list.pointer);
        long bytes = size == ElementSize.COMPOSITE
                ? 8 + 8 * count
                : (count * (ElementSize.dataBits(size) + 64 * ElementSize.pointers(size)) + 63) >>> 6 << 3;
        list.segment.zero(list.position, bytes);
    }
}

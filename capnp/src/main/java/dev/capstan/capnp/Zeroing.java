package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

/**
 * Zeroing what is no longer pointed to: it must not leak into what is sent, and zeroes pack well. The memory is not used
 * again. Works on messages that this program builds, whose pointers are known to be sound, but may nest as deep as they like: what
 * lies deeper than {@link #DEEPEST} is put off, so that the stack does not grow with the message. A circle ends where it began, at a
 * pointer that is null by then.
 */
final class Zeroing {
    /** What {@code pointer} led to when it was at {@code at} has yet to be zeroed, and then what {@code next} says. */
    private record Later(
            Segment segment,
            long at,
            long pointer,
            @Nullable Later next) {}

    /** Small, since clearing happens wherever something is set, also deep in the stack of others; putting off costs little. */
    private static final int DEEPEST = 100;

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
        Later later = target(segment, at, pointer, DEEPEST, null);
        while (later != null) {
            later = target(later.segment, later.at, later.pointer, DEEPEST, later.next);
        }
    }

    /** Zeroes it and answers what was put off, {@code later} included. */
    private static @Nullable Later target(
            Segment segment, long at, long pointer, int depthLeft, @Nullable Later later) {
        if (depthLeft == 0) {
            return new Later(segment, at, pointer, later);
        }
        switch (Pointer.kind(pointer)) {
            case Pointer.OTHER -> segment.arena.capTable().drop(Pointer.capIndex(pointer));
            case Pointer.FAR -> {
                Target target = Target.follow(segment, at, pointer);
                pads(segment, pointer);
                return object(target.segment, target.position, target.pointer, depthLeft - 1, later);
            }
            default -> {
                return object(segment, Pointer.target(at, pointer), pointer, depthLeft - 1, later);
            }
        }
        return later;
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

    private static @Nullable Later object(
            Segment segment, long position, long pointer, int depthLeft, @Nullable Later later) {
        return switch (Pointer.kind(pointer)) {
            case Pointer.STRUCT -> {
                Later more = pointers(
                        segment,
                        position + 8L * Pointer.dataWords(pointer),
                        Pointer.pointerCount(pointer),
                        depthLeft,
                        later);
                segment.zero(position, 8L * Pointer.structWords(pointer));
                yield more;
            }
            case Pointer.LIST -> list(segment, position, pointer, depthLeft, later);
            default -> throw Target.unknownKind(segment, position);
        };
    }

    private static @Nullable Later list(
            Segment segment, long position, long pointer, int depthLeft, @Nullable Later later) {
        Elements elements = Lists.decode(segment, position, pointer, Integer.MAX_VALUE);
        Later more = later;
        if (elements.pointerCount > 0) {
            for (int i = 0; i < elements.count; i++) {
                long first = elements.position(i) + (elements.dataBits >>> 3);
                more = pointers(segment, first, elements.pointerCount, depthLeft, more);
            }
        }
        listOnly(new Target(segment, position, pointer));
        return more;
    }

    private static @Nullable Later pointers(
            Segment segment, long first, int count, int depthLeft, @Nullable Later later) {
        Later more = later;
        for (int i = 0; i < count; i++) {
            long at = first + 8L * i;
            long pointer = segment.getLong(at);
            if (pointer != 0) {
                segment.putLong(at, 0);
                more = target(segment, at, pointer, depthLeft, more);
            }
        }
        return more;
    }

    /** Zeroes the memory of a list, but nothing that its elements point to. */
    static void listOnly(Target list) {
        list.segment.zero(list.position, 8 * listWords(list.pointer));
    }

    /** Words of a list, its tag included, but nothing that its elements point to. */
    static long listWords(long pointer) {
        int size = Pointer.elementSize(pointer);
        long count = Pointer.elementCount(pointer);
        return size == ElementSize.COMPOSITE
                ? 1 + count
                : (count * (ElementSize.dataBits(size) + 64 * ElementSize.pointers(size)) + 63) >>> 6;
    }
}

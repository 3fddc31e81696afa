package dev.capstan.capnp;

/** Placing a new object and pointing to it: beside the pointer when its segment has room, behind a far pointer when not. */
final class Allocation {
    private Allocation() {}

    /**
     * Allocates in the segment of the pointer at {@code at}, which is null, and sets that to {@code pointer} with the
     * right offset. Answers the position, or -1 when the segment is full and {@link #far} has to do it.
     */
    static long near(Segment segment, long at, long words, long pointer) {
        long position = segment.allocate(8 * words);
        if (position >= 0) {
            segment.putLong(at, Pointer.withOffset(pointer, offsetWords(at, position)));
            if (words == 0) {
                segment.holdsEmpty();
            }
        }
        return position;
    }

    /** Allocates in another segment, the landing pad in front of the object. */
    static Target far(Segment segment, long at, long words, long pointer) {
        Segment other = segment.arena.withRoom(8 + 8 * words);
        long pad = other.allocate(8 + 8 * words);
        if (words == 0) {
            other.holdsEmpty();
        }
        other.putLong(pad, Pointer.withOffset(pointer, 0));
        segment.putLong(at, Pointer.far(false, pad - other.start, other.id));
        return new Target(other, pad + 8, pointer);
    }

    /** One or the other. */
    static Target place(Segment segment, long at, long words, long pointer) {
        long position = near(segment, at, words, pointer);
        return position >= 0 ? new Target(segment, position, pointer) : far(segment, at, words, pointer);
    }

    /**
     * Makes the null pointer at {@code at} point to what the pointer at {@code from}, in the same message, points to. The
     * caller zeroes the latter.
     */
    static void transfer(Segment segment, long at, Segment source, long from) {
        long pointer = source.getLong(from);
        int kind = Pointer.kind(pointer);
        if (pointer == 0 || kind == Pointer.FAR || kind == Pointer.OTHER) {
            segment.putLong(at, pointer);
            return;
        }
        if (kind == Pointer.STRUCT && Pointer.structWords(pointer) == 0) {
            segment.putLong(at, Pointer.EMPTY_STRUCT);
            return;
        }
        pointTo(segment, at, new Target(source, Pointer.target(from, pointer), pointer));
    }

    /** Makes the null pointer at {@code at} point to an object of the same message. */
    static void pointTo(Segment segment, long at, Target object) {
        Segment source = object.segment;
        long position = object.position;
        long pointer = object.pointer;
        if (segment == source) {
            segment.putLong(at, Pointer.withOffset(pointer, offsetWords(at, position)));
            return;
        }
        long pad = source.allocate(8);
        if (pad >= 0) {
            source.putLong(pad, Pointer.withOffset(pointer, offsetWords(pad, position)));
            segment.putLong(at, Pointer.far(false, pad - source.start, source.id));
            return;
        }
        // No room beside the object even for a landing pad: that goes elsewhere, and says where the object is.
        Segment other = segment.arena.withRoom(16);
        pad = other.allocate(16);
        other.putLong(pad, Pointer.far(false, position - source.start, source.id));
        other.putLong(pad + 8, Pointer.withOffset(pointer, 0));
        segment.putLong(at, Pointer.far(true, pad - other.start, other.id));
    }

    private static int offsetWords(long at, long position) {
        return (int) ((position - at - 8) >> 3);
    }
}

package dev.capstan.capnp;

/** Following pointers to lists, and what list may be read as what. */
final class Lists {
    /** Most elements that a list pointer can count (29 bits). */
    static final int MAX_COUNT = (1 << 29) - 1;

    private Lists() {}

    static Elements read(int expected, Segment segment, long at, int depthLeft) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return Elements.none(Math.max(expected, ElementSize.VOID));
        }
        if (depthLeft <= 0) {
            throw Target.beyondLimit(segment, at);
        }
        Segment holder = segment;
        long position;
        if (Pointer.kind(pointer) == Pointer.FAR) {
            Target target = Target.follow(segment, at, pointer);
            holder = target.segment;
            position = target.position;
            pointer = target.pointer;
        } else {
            position = Pointer.target(at, pointer);
        }
        requireList(segment, at, pointer);
        Elements elements = decode(holder, position, pointer, depthLeft - 1);
        require(expected, elements, segment, at);
        return elements;
    }

    static void requireList(Segment segment, long at, long pointer) {
        if (Pointer.kind(pointer) != Pointer.LIST) {
            throw Target.mismatch(segment, at, "a non-list pointer", "a list");
        }
    }

    /** The list at {@code position} that {@code pointer} describes, whatever its elements are. */
    static Elements decode(Segment segment, long position, long pointer, int depthLeft) {
        int size = Pointer.elementSize(pointer);
        int count = Pointer.elementCount(pointer);
        long first = position;
        int dataBits;
        int pointers;
        if (size == ElementSize.COMPOSITE) {
            long tag = tag(segment, position, count);
            first += 8;
            count = Pointer.tagCount(tag);
            dataBits = 64 * Pointer.dataWords(tag);
            pointers = Pointer.pointerCount(tag);
        } else {
            dataBits = ElementSize.dataBits(size);
            pointers = ElementSize.pointers(size);
            segment.visit(position, ((long) count * (dataBits + 64 * pointers) + 63) >>> 6, "a list pointer");
        }
        if (dataBits + pointers == 0) {
            // Its length costs the sender nothing, so it must not cost the reader anything either.
            segment.arena.charge(segment, position, count);
        }
        return new Elements(segment, first, count, size, dataBits, pointers, depthLeft);
    }

    /** The word in front of a composite list, after checking that the list fits {@code words}. */
    private static long tag(Segment segment, long position, int words) {
        segment.visit(position, 1L + words, "a list pointer");
        long tag = segment.getLong(position);
        if (Pointer.kind(tag) != Pointer.STRUCT) {
            throw MessageException.at(segment, position, "The elements of a composite list must be structs");
        }
        int count = Pointer.tagCount(tag);
        int elementWords = Pointer.structWords(tag);
        if ((long) count * elementWords > words) {
            throw MessageException.at(segment, position, "The elements of a composite list overrun its word count");
        }
        return tag;
    }

    /**
     * Throws unless {@code elements} can be read as a list of {@code expected}. A list of structs can be read as one of
     * its structs' first field and the other way round, as a field of struct type may have been appended to either;
     * lists of bits are the exception. A list of larger primitives can be read as one of smaller ones.
     */
    static void require(int expected, Elements elements, Segment segment, long at) {
        boolean fits;
        if (expected == ElementSize.ANY) {
            fits = true;
        } else if (elements.size == expected || expected == ElementSize.COMPOSITE) {
            fits = elements.size != ElementSize.BIT || expected == ElementSize.BIT;
        } else if (elements.size == ElementSize.BIT) {
            fits = false;
        } else if (elements.size == ElementSize.COMPOSITE && expected == ElementSize.BIT) {
            fits = false;
        } else {
            fits = ElementSize.dataBits(expected) <= elements.dataBits
                    && ElementSize.pointers(expected) <= elements.pointerCount;
        }
        if (!fits) {
            throw Target.mismatch(
                    segment,
                    at,
                    "a list of " + ElementSize.name(elements.size),
                    "one of " + ElementSize.name(expected));
        }
    }
}

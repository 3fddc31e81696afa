package dev.capstan.capnp;

/**
 * What a far pointer leads to, once its landing pad is resolved: where the object is and a pointer word that describes it,
 * whose own offset means nothing any more.
 */
final class Target {
    /**
     * How many pointers deep walks over everything behind a pointer go at most, whatever the limit of the message: deeper than people nest things, and so little that
     * a stack of 512 KiB, half the usual size, lasts, even for code that is not compiled yet.
     */
    static final int DEEPEST = 400;

    final Segment segment;
    final long position;
    final long pointer;

    Target(Segment segment, long position, long pointer) {
        this.segment = segment;
        this.position = position;
        this.pointer = pointer;
    }

    /** Follows the far pointer at {@code at}. A chain is at most two long by definition, so nothing can loop here. */
    static Target follow(Segment segment, long at, long far) {
        Segment padSegment = segment.arena.segment(Pointer.farSegment(far));
        if (padSegment == null) {
            throw MessageException.at(segment, at, "Message contains a far pointer to an unknown segment");
        }
        long pad = padSegment.start + Pointer.padOffset(far);
        boolean isDouble = Pointer.isDoubleFar(far);
        padSegment.visit(pad, isDouble ? 2 : 1, "a far pointer");
        long landing = padSegment.getLong(pad);
        Segment content = padSegment;
        long position;
        long pointer = landing;
        if (isDouble) {
            content = contentSegment(segment, padSegment, pad, landing);
            position = content.start + Pointer.padOffset(landing);
            pointer = padSegment.getLong(pad + 8);
            if (Pointer.kind(pointer) == Pointer.FAR) {
                throw MessageException.at(
                        padSegment, pad + 8, "The tag of a double-far pointer must not be a far pointer");
            }
        } else {
            position = Pointer.target(pad, landing);
            if (Pointer.kind(landing) == Pointer.FAR) {
                throw MessageException.at(padSegment, pad, "Message contains a far pointer to a far pointer");
            }
        }
        return new Target(content, position, pointer);
    }

    private static Segment contentSegment(Segment segment, Segment padSegment, long pad, long landing) {
        if (Pointer.kind(landing) != Pointer.FAR || Pointer.isDoubleFar(landing)) {
            throw MessageException.at(padSegment, pad, "The landing pad of a double-far pointer must be a far pointer");
        }
        Segment content = segment.arena.segment(Pointer.farSegment(landing));
        if (content == null) {
            throw MessageException.at(padSegment, pad, "Message contains a double-far pointer to an unknown segment");
        }
        return content;
    }

    /** The same for any pointer that is not null. */
    static Target resolve(Segment segment, long at, long pointer) {
        return Pointer.kind(pointer) == Pointer.FAR
                ? follow(segment, at, pointer)
                : new Target(segment, Pointer.target(at, pointer), pointer);
    }

    static AnyPointer.Kind kind(Segment segment, long at) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return AnyPointer.Kind.NULL;
        }
        long resolved = Pointer.kind(pointer) == Pointer.FAR ? follow(segment, at, pointer).pointer : pointer;
        return switch (Pointer.kind(resolved)) {
            case Pointer.STRUCT -> AnyPointer.Kind.STRUCT;
            case Pointer.LIST -> AnyPointer.Kind.LIST;
            default -> {
                if (Pointer.isCapability(resolved)) {
                    yield AnyPointer.Kind.CAPABILITY;
                }
                throw unknownKind(segment, at);
            }
        };
    }

    /** How deep a walk over everything behind a pointer may go, which reading one by one may follow {@code depthLeft} deep. */
    static int walk(int depthLeft) {
        return Math.min(depthLeft, DEEPEST);
    }

    /** For walks that {@link #walk} limits. */
    static MessageException tooDeep(Segment segment, long at) {
        if (segment.arena.nesting() < DEEPEST) {
            return beyondLimit(segment, at);
        }
        return MessageException.at(
                segment,
                at,
                "Message nests too deep to be read, copied or compared as a whole, which ends after " + DEEPEST
                        + " levels, or contains cycles; its parts can be read one by one");
    }

    static MessageException beyondLimit(Segment segment, long at) {
        return MessageException.at(
                segment,
                at,
                "Message is too deeply nested or contains cycles; if it is legitimate, raise Limits.nesting");
    }

    static MessageException unknownKind(Segment segment, long at) {
        return MessageException.at(segment, at, "Message contains a pointer of an unknown type");
    }

    static MessageException mismatch(Segment segment, long at, String found, String expected) {
        return MessageException.at(
                segment, at, "Schema mismatch: message contains " + found + " where " + expected + " was expected");
    }
}

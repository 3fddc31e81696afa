package dev.capstan.capnp;

/** The words of a message that are pointers: taking them apart and putting them together. */
final class Pointer {
    static final int STRUCT = 0;
    static final int LIST = 1;
    static final int FAR = 2;
    static final int OTHER = 3;

    /** A struct without content points at its own pointer, so that it is not taken for null. */
    static final long EMPTY_STRUCT = struct(-1, 0, 0);

    private Pointer() {}

    static int kind(long pointer) {
        return (int) pointer & 3;
    }

    /** Where a struct or list pointer at {@code at} points to. */
    static long target(long at, long pointer) {
        return at + 8 + ((int) pointer >> 2) * 8L;
    }

    static int dataWords(long pointer) {
        return (int) (pointer >>> 32) & 0xffff;
    }

    static int pointerCount(long pointer) {
        return (int) (pointer >>> 48);
    }

    /** Words of a struct, or of an element of a composite list. */
    static int structWords(long pointer) {
        return dataWords(pointer) + pointerCount(pointer);
    }

    static int elementSize(long pointer) {
        return (int) (pointer >>> 32) & 7;
    }

    /** Elements of a list; for a composite list the words of all elements, its tag left out. */
    static int elementCount(long pointer) {
        return (int) (pointer >>> 35);
    }

    /** Elements of a composite list, from its tag. */
    static int tagCount(long tag) {
        return (int) tag >>> 2;
    }

    static boolean isDoubleFar(long pointer) {
        return (pointer & 4) != 0;
    }

    /** Where in its segment the landing pad of a far pointer begins, in bytes. */
    static long padOffset(long pointer) {
        return ((int) pointer >>> 3) * 8L;
    }

    static int farSegment(long pointer) {
        return (int) (pointer >>> 32);
    }

    static boolean isCapability(long pointer) {
        return (int) pointer == OTHER;
    }

    static int capIndex(long pointer) {
        return (int) (pointer >>> 32);
    }

    static long struct(int offsetWords, int dataWords, int pointerCount) {
        return low(offsetWords, STRUCT) | ((long) dataWords << 32) | ((long) pointerCount << 48);
    }

    static long list(int offsetWords, int elementSize, int elementCount) {
        return low(offsetWords, LIST) | ((long) elementSize << 32) | ((long) elementCount << 35);
    }

    static long far(boolean isDouble, long padOffset, int segmentId) {
        return (padOffset & 0xffff_fff8L) | (isDouble ? 4 : 0) | FAR | ((long) segmentId << 32);
    }

    static long capability(int index) {
        return ((long) index << 32) | OTHER;
    }

    /** {@code pointer} with its offset replaced, for pointing to the same kind of thing from another place. */
    static long withOffset(long pointer, int offsetWords) {
        return (pointer & 0xffff_ffff_0000_0000L) | low(offsetWords, kind(pointer));
    }

    private static long low(int offsetWords, int kind) {
        return ((offsetWords << 2) | kind) & 0xffff_ffffL;
    }
}

package dev.capstan.capnp;

/** How the elements of a list are encoded: the three bits in its pointer. */
final class ElementSize {
    /** No encoding: what an unknown list type expects. */
    static final int ANY = -1;

    static final int VOID = 0;
    static final int BIT = 1;
    static final int BYTE = 2;
    static final int TWO_BYTES = 3;
    static final int FOUR_BYTES = 4;
    static final int EIGHT_BYTES = 5;
    static final int POINTER = 6;
    static final int COMPOSITE = 7;

    private ElementSize() {}

    /** Bits of data in an element; 0 for pointers and for composites, whose tag tells it. */
    static int dataBits(int size) {
        return switch (size) {
            case BIT -> 1;
            case BYTE -> 8;
            case TWO_BYTES -> 16;
            case FOUR_BYTES -> 32;
            case EIGHT_BYTES -> 64;
            default -> 0;
        };
    }

    /** Pointers in an element; 0 for composites, whose tag tells it. */
    static int pointers(int size) {
        return size == POINTER ? 1 : 0;
    }

    /** What such elements are, in the plural. */
    static String name(int size) {
        return switch (size) {
            case VOID -> "voids";
            case BIT -> "bits";
            case BYTE -> "bytes";
            case TWO_BYTES -> "2-byte values";
            case FOUR_BYTES -> "4-byte values";
            case EIGHT_BYTES -> "8-byte values";
            case POINTER -> "pointers";
            default -> "structs";
        };
    }
}

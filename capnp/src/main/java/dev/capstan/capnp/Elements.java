package dev.capstan.capnp;

/**
 * Where the elements of a list are and how they are laid out, whatever type they are read as: elements are {@code
 * stepBits} apart, each a data section of {@code dataBits} followed by {@code pointerCount} pointers.
 *
 * <p>Opaque outside this package; generated code only passes it on.
 */
public final class Elements {
    final Segment segment;
    final long start;
    final int count;
    final int stepBits;
    final int dataBits;
    final int pointerCount;
    /** One of {@link ElementSize}: how the list is encoded, which a copy of it keeps. */
    final int size;

    final int depthLeft;

    Elements(Segment segment, long start, int count, int size, int dataBits, int pointerCount, int depthLeft) {
        this.segment = segment;
        this.start = start;
        this.count = count;
        this.size = size;
        this.dataBits = dataBits;
        this.pointerCount = pointerCount;
        this.stepBits = dataBits + 64 * pointerCount;
        this.depthLeft = depthLeft;
    }

    static Elements none(int size) {
        return new Elements(
                HeapSegment.NULL,
                0,
                0,
                size,
                ElementSize.dataBits(size),
                ElementSize.pointers(size),
                Integer.MAX_VALUE);
    }

    long position(int index) {
        return start + (long) index * (stepBits >>> 3);
    }
}

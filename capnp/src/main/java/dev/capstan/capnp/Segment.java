package dev.capstan.capnp;

import java.nio.ByteBuffer;

/**
 * One segment of a message: memory that is read and written little-endian, in place.
 *
 * <p>Opaque outside this package; generated code only passes it on. The set of forms is closed on purpose: a call site
 * that sees only our own forms stays fast whatever memory users bring along.
 */
public abstract sealed class Segment permits HeapSegment, NativeSegment {
    final Arena arena;
    final int id;
    /** Where the segment begins in its storage. Positions are places in the storage, so that access adds nothing. */
    final long start;
    /** Where the content ends; grows with a segment that is being built. */
    long end;
    /** Where the storage ends; {@link #REFERENCED} if it is not ours to write to. */
    final long capacity;
    /** Whether some object without content, such as an empty list, lies where the segment ended once. */
    private boolean hasEmpty;

    /** The capacity of what is somebody else's, who is not to find anything of ours in it. */
    static final long REFERENCED = -1;

    Segment(Arena arena, int id, long start, long end, long capacity) {
        this.arena = arena;
        this.id = id;
        this.start = start;
        this.end = end;
        this.capacity = capacity;
    }

    /**
     * Makes sure that {@code words} words from {@code at} on lie within the segment, and counts them as visited. Every
     * pointer of a received message goes through here before its target is touched.
     */
    final void visit(long at, long words, String what) {
        if (at < start || words > (end - at) >> 3) {
            throw MessageException.at(this, at, "Message contains " + what + " that points out of bounds");
        }
        arena.charge(this, at, words);
    }

    final boolean isReferenced() {
        return capacity == REFERENCED;
    }

    /** Takes {@code bytes}, a multiple of 8, at the end of what is in use; -1 when there is not enough room. */
    final long allocate(long bytes) {
        long at = end;
        if (bytes > capacity - at) {
            return -1;
        }
        end = at + bytes;
        return at;
    }

    /** Says that an object without content lies where the segment ends now. */
    final void holdsEmpty() {
        hasEmpty = true;
    }

    /**
     * Takes {@code bytes} back from the end, to be used again, unless an object without content may lie among them: it would lie outside of the segment then, where
     * readers refuse it.
     */
    final void giveBack(long bytes) {
        if (!hasEmpty) {
            end -= bytes;
        }
    }

    /** Everything is given back. */
    final void empty(long usedBytes) {
        end = start + usedBytes;
        hasEmpty = false;
    }

    abstract byte getByte(long at);

    abstract short getShort(long at);

    abstract int getInt(long at);

    abstract long getLong(long at);

    abstract void putByte(long at, byte value);

    abstract void putShort(long at, short value);

    abstract void putInt(long at, int value);

    abstract void putLong(long at, long value);

    abstract void zero(long from, long bytes);

    abstract void copyTo(long from, Segment target, long to, long bytes);

    abstract void getBytes(long from, byte[] target, int offset, int length);

    abstract void putBytes(long to, byte[] source, int offset, int length);

    /** Writes the chars of {@code text}, all of which are ASCII, as a byte each. */
    abstract void putAscii(long to, String text);

    /** A view of bytes of this segment, which can be written to. */
    abstract ByteBuffer buffer(long from, int bytes);

    /** UTF-8 as a string. */
    abstract String text(long from, int bytes);
}

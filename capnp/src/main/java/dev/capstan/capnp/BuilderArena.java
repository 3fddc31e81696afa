package dev.capstan.capnp;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a message that is being built, taken from a {@link Storage}. The first one leaves 8 bytes free in front for the header of a frame, so that a
 * message of one segment is sent as it lies.
 */
final class BuilderArena extends Arena {
    /** Bytes in front of the first segment: the header of a frame with one segment. */
    static final int SPARE = 8;

    /** Most bytes that a reset message keeps for its next use. */
    private static final int LARGEST_KEPT_BYTES = 1 << 20;

    private final Storage storage;
    private Segment first;
    private Segment @Nullable [] all;
    private int count = 1;
    /** The one that new objects go to when there is no room beside the pointer to them. */
    private Segment last;

    /**
     * Slots of former orphans. Stands for the content as well: a reset forgets it, so that an orphan which knows the one that was here when it was made can tell
     * whether its object is still there. Null until there is an orphan.
     */
    private @Nullable ArrayDeque<AnyPointer.Builder> slots;

    BuilderArena(Storage storage, long firstBytes) {
        this.storage = storage;
        first = storage.first(this, firstBytes);
        last = first;
    }

    /** A message whose segments are there already; they follow one by one, at least one. */
    BuilderArena() {
        storage = Storage.EXISTING;
        count = 0;
        first = HeapSegment.NULL;
        last = first;
    }

    /** Adds a segment that is there already. New objects go to the last one, as they would have in the builder that made them all. */
    void existing(Segment segment) {
        if (count == 0) {
            first = segment;
            count = 1;
        } else {
            append(segment);
        }
        last = segment;
    }

    AnyPointer.Builder root() {
        return new AnyPointer.Builder(first, first.start);
    }

    int segmentCount() {
        return count;
    }

    @Override
    @Nullable
    Segment segment(int id) {
        return id >= 0 && id < count ? segmentAt(id) : null;
    }

    /** The segment with that id, which exists. */
    Segment segmentAt(int id) {
        return all == null || id == 0 ? first : all[id];
    }

    @Override
    Segment withRoom(long bytes) {
        if (bytes > last.capacity - last.end) {
            last = storage.next(this, count, bytes, ownBytes());
            append(last);
        }
        return last;
    }

    /** A segment of bytes that belong to somebody else, who does not change them; nothing is written to it, nor zeroed. */
    Segment reference(byte[] array, int offset, int bytes) {
        Segment segment = HeapSegment.referenced(this, count, array, offset, offset + bytes);
        append(segment);
        return segment;
    }

    /** A null pointer outside every object, for an orphan; the caller gives it back when it is null again. */
    AnyPointer.Builder takeSlot() {
        AnyPointer.Builder slot = slotsHere().poll();
        if (slot != null) {
            return slot;
        }
        Segment segment = withRoom(8);
        return new AnyPointer.Builder(segment, segment.allocate(8));
    }

    void giveSlot(AnyPointer.Builder slot) {
        slotsHere().push(slot);
    }

    /** What stays the same object until the next reset, and never comes back after it. */
    Object epoch() {
        return slotsHere();
    }

    private ArrayDeque<AnyPointer.Builder> slotsHere() {
        ArrayDeque<AnyPointer.Builder> known = slots;
        if (known == null) {
            known = new ArrayDeque<>(1);
            slots = known;
        }
        return known;
    }

    private long ownBytes() {
        long bytes = 0;
        for (int id = 0; id < count; id++) {
            Segment segment = segmentAt(id);
            bytes += segment.isReferenced() ? 0 : segment.end - segment.start;
        }
        return bytes;
    }

    boolean hasSpare() {
        return storage != Storage.EXISTING;
    }

    private void append(Segment segment) {
        Segment[] segments = all == null ? new Segment[] {first, first, first, first} : all;
        if (count == segments.length) {
            segments = Arrays.copyOf(segments, 2 * count);
        }
        segments[count++] = segment;
        all = segments;
    }

    @Override
    void charge(Segment segment, long position, long words) {
        // What this program builds is not hostile to it.
    }

    @Override
    int nesting() {
        return Integer.MAX_VALUE;
    }

    @Override
    long wordsLeft() {
        return Long.MAX_VALUE;
    }

    @Override
    void refund(long words) {
        // Nothing was charged.
    }

    long sizeWords() {
        long bytes = 0;
        for (int id = 0; id < count; id++) {
            Segment segment = segmentAt(id);
            bytes += segment.end - segment.start;
        }
        return bytes / 8;
    }

    /**
     * Keeps one segment, large enough for what was in all of them: a message that is built over and over in the same
     * memory has one segment, and makes no garbage, from the second time on.
     */
    void reset() {
        closeCaps();
        long wanted = SPARE + 8 * sizeWords();
        if (storage.grows() && wanted > first.capacity && wanted <= LARGEST_KEPT_BYTES) {
            // A new segment rather than the old one's array exchanged: its fields are final, which keeps access fast.
            first = storage.first(this, wanted);
        } else {
            first.zero(first.start, first.end - first.start);
            first.empty(8);
        }
        all = null;
        count = 1;
        last = first;
        slots = null;
    }
}

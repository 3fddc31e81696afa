package dev.capstan.capnp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a message that is being built.
 *
 * <p>Segments never move, since builders hold on to them. When one is full the next is as large as all before it
 * together: the number of segments stays logarithmic and at most half of the memory is unused. The first segment leaves
 * 8 bytes free in front for the header of a frame, so that a message of one segment is sent as it lies.
 */
final class BuilderArena extends Arena {
    /** Bytes in front of the first segment: the header of a frame with one segment. */
    static final int SPARE = 8;

    /** A segment that is larger than this is made only for one object that needs it. */
    private static final int LARGEST_USUAL_BYTES = 64 << 20;

    /** Most bytes that a reset message keeps for its next use. */
    private static final int LARGEST_KEPT_BYTES = 1 << 20;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    private HeapSegment first;
    private HeapSegment @Nullable [] all;
    private int count = 1;

    BuilderArena(int firstSegmentWords) {
        if (firstSegmentWords < 1 || firstSegmentWords > (LARGEST_ARRAY - SPARE) / 8) {
            throw new IllegalArgumentException("A first segment of " + firstSegmentWords
                    + " words is not possible; at least 1 is needed, and it must fit an array.");
        }
        first = firstSegment(SPARE + 8 * firstSegmentWords);
    }

    private HeapSegment firstSegment(int arrayBytes) {
        // The root pointer is the first word.
        return new HeapSegment(this, 0, new byte[arrayBytes], SPARE, SPARE + 8);
    }

    AnyPointer.Builder root() {
        return new AnyPointer.Builder(first, SPARE);
    }

    int segmentCount() {
        return count;
    }

    @Override
    @Nullable
    HeapSegment segment(int id) {
        return id >= 0 && id < count ? segmentAt(id) : null;
    }

    /** The segment with that id, which exists. */
    HeapSegment segmentAt(int id) {
        return all == null || id == 0 ? first : all[id];
    }

    @Override
    HeapSegment withRoom(long bytes) {
        HeapSegment last = segmentAt(count - 1);
        return bytes <= last.array.length - last.end ? last : append(bytes);
    }

    private HeapSegment append(long bytes) {
        if (bytes > LARGEST_ARRAY) {
            throw new IllegalArgumentException("An object of " + bytes
                    + " bytes does not fit a heap segment, which holds at most " + LARGEST_ARRAY + ".");
        }
        long usual = Math.min(8 * sizeWords(), LARGEST_USUAL_BYTES);
        HeapSegment segment = new HeapSegment(this, count, new byte[(int) Math.max(bytes, usual)], 0, 0);
        HeapSegment[] segments = all == null ? new HeapSegment[] {first, first, first, first} : all;
        if (count == segments.length) {
            segments = Arrays.copyOf(segments, 2 * count);
        }
        segments[count++] = segment;
        all = segments;
        return segment;
    }

    @Override
    void charge(Segment segment, long position, long words) {
        // What this program builds is not hostile to it.
    }

    long sizeWords() {
        long bytes = 0;
        for (int id = 0; id < count; id++) {
            HeapSegment segment = segmentAt(id);
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
        if (wanted > first.array.length && wanted <= LARGEST_KEPT_BYTES) {
            // A new segment rather than the old one's array exchanged: its fields are final, which keeps access fast.
            first = firstSegment((int) wanted);
        } else {
            first.zero(SPARE, first.end - SPARE);
            first.end = SPARE + 8;
        }
        all = null;
        count = 1;
    }
}

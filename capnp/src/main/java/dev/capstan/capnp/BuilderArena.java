package dev.capstan.capnp;

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

    BuilderArena(Storage storage, long firstBytes) {
        this.storage = storage;
        first = storage.first(this, firstBytes);
    }

    AnyPointer.Builder root() {
        return new AnyPointer.Builder(first, SPARE);
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
        Segment last = segmentAt(count - 1);
        if (bytes <= last.capacity - last.end) {
            return last;
        }
        Segment next = storage.next(this, count, bytes, 8 * sizeWords());
        append(next);
        return next;
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
            first.zero(SPARE, first.end - SPARE);
            first.end = SPARE + 8;
        }
        all = null;
        count = 1;
    }
}

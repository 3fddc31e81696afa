package dev.capstan.capnp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments of a received message, and what may still be spent on reading it. */
final class ReaderArena extends Arena {
    private static final Limits TRUSTED = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    private @Nullable Segment first;
    private Segment @Nullable [] all;
    private final Limits limits;
    // Plain on purpose: threads that share a message may lose counts, which weakens the limit by their number at most.
    private long wordsLeft;
    /** Known where it serves one message after the other. */
    private AnyPointer.@Nullable Reader root;

    /** Trusted memory: no limits. */
    ReaderArena() {
        this(TRUSTED);
    }

    ReaderArena(Limits limits) {
        this.limits = limits;
        wordsLeft = limits.traversalWords();
    }

    Limits limits() {
        return limits;
    }

    /** Another message takes the place of the one that may have been here; its segments follow. */
    void restart() {
        capTable(null);
        wordsLeft = limits.traversalWords();
    }

    static ReaderArena of(List<byte[]> arrays, Limits limits) {
        if (arrays.size() > limits.segments()) {
            throw MessageException.inFrame("Message has too many segments.", -1);
        }
        ReaderArena arena = new ReaderArena(limits);
        arena.segmentCount(arrays.size());
        for (int id = 0; id < arrays.size(); id++) {
            byte[] array = arrays.get(id);
            if (array.length % 8 != 0) {
                throw MessageException.inFrame("A segment must be a whole number of words (8 bytes).", -1);
            }
            arena.heapSegment(id, array, 0, array.length);
        }
        return arena;
    }

    static ReaderArena trusted(String words) {
        return trusted(words.getBytes(StandardCharsets.ISO_8859_1));
    }

    static ReaderArena trusted(byte[] array) {
        if (array.length == 0 || array.length % 8 != 0) {
            throw new IllegalArgumentException("A constant must be a whole number of words (8 bytes).");
        }
        ReaderArena arena = new ReaderArena();
        arena.segment(0, new HeapSegment(arena, 0, array, 0, array.length));
        return arena;
    }

    /** Makes room for so many segments; they follow one by one. */
    void segmentCount(int count) {
        all = count > 1 ? new Segment[count] : null;
    }

    void segment(int id, Segment segment) {
        if (id == 0) {
            first = segment;
        }
        if (all != null) {
            all[id] = segment;
        }
    }

    /** As {@link #segment}, for one that lies in {@code array} from {@code start} to {@code end}. */
    void heapSegment(int id, byte[] array, int start, int end) {
        if (id == 0 && first instanceof HeapSegment same && same.array == array && same.start == start) {
            // Where messages are read from the same memory over and over.
            same.end = end;
            segment(id, same);
            if (root == null) {
                root = new AnyPointer.Reader(same, start, limits.nesting());
            }
        } else {
            root = id == 0 ? null : root;
            segment(id, new HeapSegment(this, id, array, start, end));
        }
    }

    AnyPointer.Reader root() {
        if (first == null || first.end - first.start < 8) {
            throw new MessageException("Message did not contain a root pointer.", 0, 0);
        }
        return root != null ? root : new AnyPointer.Reader(first, first.start, limits.nesting());
    }

    boolean isCanonical() {
        Segment only = first;
        return only != null && all == null && only.end - only.start >= 8 && CanonicalCheck.of(only, root());
    }

    @Override
    @Nullable
    Segment segment(int id) {
        if (id == 0) {
            return first;
        }
        return all != null && id > 0 && id < all.length ? all[id] : null;
    }

    @Override
    Segment withRoom(long bytes) {
        throw new UnsupportedOperationException("A message that is being read cannot be written to.");
    }

    @Override
    void charge(Segment segment, long position, long words) {
        if (limits != TRUSTED) {
            long left = wordsLeft - words;
            if (left < 0) {
                throw overLimit(segment, position);
            }
            wordsLeft = left;
        }
    }

    @Override
    int nesting() {
        return limits.nesting();
    }

    @Override
    long wordsLeft() {
        return wordsLeft;
    }

    @Override
    void refund(long words) {
        wordsLeft += words;
    }

    private static MessageException overLimit(Segment segment, long position) {
        return MessageException.at(
                segment,
                position,
                "Message exceeds its traversal limit: it is larger than allowed, or its pointers overlap; if it is"
                        + " legitimate, raise Limits.traversalWords");
    }
}

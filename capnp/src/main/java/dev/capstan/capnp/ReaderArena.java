package dev.capstan.capnp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments of a received message, and what may still be spent on reading it. */
final class ReaderArena extends Arena {
    private @Nullable Segment first;
    private Segment @Nullable [] all;
    private final boolean limited;
    private final int nesting;
    // Plain on purpose: threads that share a message may lose counts, which weakens the limit by their number at most.
    private long wordsLeft;

    /** Trusted memory: no limits. */
    ReaderArena() {
        limited = false;
        nesting = Integer.MAX_VALUE;
    }

    ReaderArena(Limits limits) {
        limited = true;
        nesting = limits.nesting();
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
            arena.segment(id, new HeapSegment(arena, id, array, 0, array.length));
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
        if (count > 1) {
            all = new Segment[count];
        }
    }

    void segment(int id, Segment segment) {
        if (id == 0) {
            first = segment;
        }
        if (all != null) {
            all[id] = segment;
        }
    }

    AnyPointer.Reader root() {
        if (first == null || first.end - first.start < 8) {
            throw new MessageException("Message did not contain a root pointer.", 0, 0);
        }
        return new AnyPointer.Reader(first, first.start, nesting);
    }

    boolean isCanonical() {
        Segment only = first;
        return only != null && all == null && only.end - only.start >= 8 && Canonical.is(only, root());
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
        if (limited) {
            long left = wordsLeft - words;
            if (left < 0) {
                throw overLimit(segment, position);
            }
            wordsLeft = left;
        }
    }

    private static MessageException overLimit(Segment segment, long position) {
        return MessageException.at(
                segment,
                position,
                "Message exceeds its traversal limit: it is larger than allowed, or its pointers overlap; if it is"
                        + " legitimate, raise Limits.traversalWords");
    }
}

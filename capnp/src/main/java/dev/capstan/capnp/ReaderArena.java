package dev.capstan.capnp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments of a received message, and what may still be spent on reading it. */
final class ReaderArena extends Arena {
    private static final HeapSegment[] NONE = {};

    private HeapSegment[] segments = NONE;
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
        HeapSegment[] segments = new HeapSegment[arrays.size()];
        for (int id = 0; id < segments.length; id++) {
            byte[] array = arrays.get(id);
            if (array.length % 8 != 0) {
                throw MessageException.inFrame("A segment must be a whole number of words (8 bytes).", -1);
            }
            segments[id] = new HeapSegment(arena, id, array, 0, array.length);
        }
        arena.segments = segments;
        return arena;
    }

    static ReaderArena trusted(String words) {
        byte[] array = words.getBytes(StandardCharsets.ISO_8859_1);
        if (array.length == 0 || array.length % 8 != 0) {
            throw new IllegalArgumentException("A constant must be a whole number of words (8 bytes).");
        }
        ReaderArena arena = new ReaderArena();
        arena.segments = new HeapSegment[] {new HeapSegment(arena, 0, array, 0, array.length)};
        return arena;
    }

    /** Completes an arena whose segments had to know it first. */
    void segments(HeapSegment[] all) {
        segments = all;
    }

    AnyPointer.Reader root() {
        HeapSegment first = segment(0);
        if (first == null || first.end - first.start < 8) {
            throw new MessageException("Message did not contain a root pointer.", 0, 0);
        }
        return new AnyPointer.Reader(first, first.start, nesting);
    }

    @Override
    @Nullable
    HeapSegment segment(int id) {
        return id >= 0 && id < segments.length ? segments[id] : null;
    }

    @Override
    void charge(Segment segment, long position, long words) {
        if (limited) {
            long left = wordsLeft - words;
            if (left < 0) {
                throw MessageException.at(
                        segment,
                        position,
                        "Exceeded message traversal limit: the message is larger than allowed or its pointers overlap;"
                                + " raise Limits.traversalWords if it is legitimate");
            }
            wordsLeft = left;
        }
    }
}

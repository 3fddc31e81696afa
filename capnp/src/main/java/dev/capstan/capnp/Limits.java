package dev.capstan.capnp;

/**
 * What a received message may cost before it is refused. The defaults are those of the C++ implementation, so that two
 * peers agree on what is too large.
 *
 * @param traversalWords words (8 bytes) that may be visited by following pointers, each visit counted anew; also the
 *     largest total size of a framed message. Stops messages whose pointers overlap from costing more than their size.
 *     An element of a list without content counts as one word.
 * @param nesting how many pointers deep a message may be read. Stops cycles from overflowing the stack of recursive
 *     readers. More than 65,535 is no limit. What walks over a whole message by itself (copies,
 *     canonical forms, sizes and comparisons) ends 400 levels below where it begins, whatever this is, so that the stack lasts.
 * @param segments how many segments a framed message may have. Stops a small header from causing a large allocation.
 */
public record Limits(long traversalWords, int nesting, int segments) {
    /** 8 Mi words (64 MiB), 64 levels, 512 segments. */
    public static final Limits DEFAULT = new Limits(8L << 20, 64, 512);

    public Limits {
        if (traversalWords < 1 || nesting < 1 || segments < 1) {
            throw new IllegalArgumentException("Every limit must be at least 1.");
        }
    }

    /** These limits with another traversal limit, in words. */
    public Limits withTraversalWords(long words) {
        return new Limits(words, nesting, segments);
    }

    /** These limits with another nesting limit, in pointers. */
    public Limits withNesting(int levels) {
        return new Limits(traversalWords, levels, segments);
    }

    /** These limits with another segment limit. */
    public Limits withSegments(int count) {
        return new Limits(traversalWords, nesting, count);
    }
}

package dev.capstan.gateway.translate;

/**
 * How large the arguments or the results of one call may be to be translated. A call beyond them fails as {@link dev.capstan.cap.Failure.Kind#OVERLOADED}; nothing else does. Each stops a peer
 * from making a small message large here, which both wires allow: a list of empty structs takes no bytes.
 *
 * @param depth how deep values may nest, at least 1. Stops values from overflowing the stack.
 * @param values of how many values they may be made, each element and each member counting as one, at least 1. Stops a list of nothing from filling memory.
 * @param bytes how many bytes the texts and the data in them may have together, at least 1. Stops pointers to one text from standing for many.
 */
public record Limits(int depth, int values, long bytes) {
    /** 64 levels, 1,000,000 values, 64 MiB. */
    public static final Limits DEFAULT = new Limits(64, 1_000_000, 64L << 20);

    public Limits {
        if (depth < 1 || values < 1 || bytes < 1) {
            throw new IllegalArgumentException("Every limit must be at least 1.");
        }
    }

    /** These limits with another depth. */
    public Limits withDepth(int levels) {
        return new Limits(levels, values, bytes);
    }

    /** These limits with another number of values. */
    public Limits withValues(int most) {
        return new Limits(depth, most, bytes);
    }

    /** These limits with another number of bytes. */
    public Limits withBytes(long most) {
        return new Limits(depth, values, most);
    }
}

package dev.capstan.capnp.text;

/**
 * What a text may cost before it is refused.
 *
 * @param bytes size of the text in UTF-8. Stops it from filling memory while it is taken apart, which takes up to 20 times as much. Of texts that
 *     are written it bounds the UTF-16 units; stops lists without content from standing for large texts.
 * @param nesting how many brackets deep values may lie. Stops brackets from overflowing the stack.
 * @param words size of the message that is built, in words (8 bytes). Stops short texts such as {@code [(),(),()]} from standing for
 *     large structs.
 */
public record Limits(int bytes, int nesting, long words) {
    /** 64 MiB, 64 levels, 8 Mi words (64 MiB): about what a reader takes of a message by default. */
    public static final Limits DEFAULT = new Limits(64 << 20, 64, 8L << 20);

    public Limits {
        if (bytes < 1 || nesting < 1 || words < 1) {
            throw new IllegalArgumentException("Every limit must be at least 1.");
        }
        if (nesting > 512) {
            throw new IllegalArgumentException(
                    "Values cannot nest deeper than 512 levels, as they are read by recursion.");
        }
    }

    /** These limits with another size of the text, in bytes. */
    public Limits withBytes(int count) {
        return new Limits(count, nesting, words);
    }

    /** These limits with another depth. */
    public Limits withNesting(int levels) {
        return new Limits(bytes, levels, words);
    }

    /** These limits with another size of the message, in words. */
    public Limits withWords(long count) {
        return new Limits(bytes, nesting, count);
    }
}

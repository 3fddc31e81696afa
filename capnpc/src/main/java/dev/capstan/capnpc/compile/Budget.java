package dev.capstan.capnpc.compile;

/**
 * What a schema may cost before it is refused. Names for types and constants can be used twice in each other, so that a page of text means
 * billions of types or words; the depth stops the same by nesting.
 */
final class Budget {
    /** How deep one type or value may nest. Readers of the request cannot go deeper either. */
    static final int DEPTH = 256;

    /** Largest type, in types that are written down for it. */
    static final int TYPE = 20_000;

    /** All types of a run together. */
    static final long TYPES = 20_000_000;

    /** All values of a run together, in words: 256 MiB. */
    static final long VALUES = 32L << 20;

    /** How many declarations may wait for one another: constants that are other constants, aliases of aliases. */
    static final int CHAIN = 150;

    private long types = TYPES;
    private long values = VALUES;
    private int chain;

    /** Whether a type of this weight may be used once more. */
    boolean spendType(int weight) {
        types -= weight;
        return types >= 0;
    }

    /** Whether a value of this weight may be used once more. */
    boolean spendValue(long words) {
        values -= words;
        return values >= 0;
    }

    /** One more declaration waits; false when too many do. To be followed by {@link #leave} in any case. */
    boolean enter() {
        return ++chain <= CHAIN;
    }

    void leave() {
        chain--;
    }
}

package dev.capstan.cap;

/**
 * What a caller promises about a call, so that wires can do less.
 *
 * @param noPipelining nothing will be called on the result before it is there
 * @param onlyPipeline the result itself is of no interest, only what is pipelined on it
 */
public record Hints(boolean noPipelining, boolean onlyPipeline) {
    /** No promises. */
    public static final Hints NONE = new Hints(false, false);

    /** Nothing will be called on the result before it is there. */
    public static final Hints NO_PIPELINING = new Hints(true, false);

    /** Only what is pipelined on the result is of interest. */
    public static final Hints ONLY_PIPELINE = new Hints(false, true);
}

package dev.capstan.cap;

/**
 * What a caller promises about a call, so that wires can do less.
 *
 * @param noPipelining nothing will be called on the result before it is there
 * @param onlyPipeline the result itself is of no interest, only what is pipelined on it
 * @param repeatable the call may happen more often than it is made: the second time changes nothing
 * @param expendable nobody waits for the call: while too much waits to be sent, it may fail instead
 */
public record Hints(boolean noPipelining, boolean onlyPipeline, boolean repeatable, boolean expendable) {
    /** No promises. */
    public static final Hints NONE = new Hints(false, false);

    /** Nothing will be called on the result before it is there. */
    public static final Hints NO_PIPELINING = new Hints(true, false);

    /** Only what is pipelined on the result is of interest. */
    public static final Hints ONLY_PIPELINE = new Hints(false, true);

    /** Nobody waits for the call, nor calls anything on its result. */
    public static final Hints EXPENDABLE = new Hints(true, false, false, true);

    /** Hints about pipelining alone. */
    public Hints(boolean noPipelining, boolean onlyPipeline) {
        this(noPipelining, onlyPipeline, false, false);
    }

    /** These, and that the call may happen more often than it is made. */
    public Hints asRepeatable() {
        return new Hints(noPipelining, onlyPipeline, true, expendable);
    }

    /** These, but the result itself is of interest: for whoever makes it into another. */
    public Hints withResults() {
        return onlyPipeline ? new Hints(noPipelining, false, repeatable, expendable) : this;
    }
}

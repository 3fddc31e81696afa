package dev.capstan.capnpc.syntax;

/** What a schema's text may cost before it is refused. */
public final class Limits {
    /**
     * How deep blocks, brackets, lists and dotted names may nest, each counted for itself. Stops hostile text from overflowing the stack
     * of whatever walks the tree.
     */
    public static final int NESTING = 256;

    private Limits() {}
}

package dev.capstan.capnp.text;

/**
 * A text is malformed, does not fit the schema, or exceeds the {@link Limits}. The message says where, what is wrong, and what to do about it:
 * {@code 2:4: A value is missing before ','. ...}
 */
public final class TextException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    TextException(int line, int column, String problem) {
        super(line + ":" + column + ": " + problem);
        this.line = line;
        this.column = column;
    }

    /** The line, from 1. */
    public int line() {
        return line;
    }

    /** The column in characters (code points), from 1. */
    public int column() {
        return column;
    }
}

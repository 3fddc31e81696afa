package dev.capstan.capnp.json;

/**
 * A JSON text is malformed, does not fit the schema or exceeds the {@link Limits}; or a value cannot be written as JSON.
 *
 * <p>The text says where, what is wrong and, where there is something to do about it, what. What was decoded before the fault stays in the
 * builder.
 */
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;
    private final String path;
    private final String fault;

    private JsonException(int line, int column, String path, String fault) {
        super((line < 0 ? "" : "line " + line + ", column " + column + ": ")
                + (path.isEmpty() ? "" : "at " + path + ": ")
                + fault);
        this.line = line;
        this.column = column;
        this.path = path;
        this.fault = fault;
    }

    /** A fault that has no place in a text. */
    static JsonException of(String fault) {
        return new JsonException(-1, -1, "", fault);
    }

    /** A fault at a place as an editor counts it, from 1. */
    static JsonException at(int line, int column, String fault) {
        return new JsonException(line, column, "", fault);
    }

    /** A fault at an offset in a text. */
    static JsonException at(String text, int offset, String fault) {
        int line = 1;
        int lineStart = 0;
        for (int i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
            line++;
            lineStart = i + 1;
        }
        return at(line, offset - lineStart + 1, fault);
    }

    /** The same fault, seen from the struct that holds the member {@code name}. */
    JsonException in(String name) {
        JsonException wider = new JsonException(
                line, column, path.isEmpty() ? name : path.charAt(0) == '[' ? name + path : name + "." + path, fault);
        wider.initCause(getCause());
        return wider;
    }

    /** The same fault, seen from the list that holds it. */
    JsonException in(int index) {
        return in("[" + index + "]");
    }

    /** The line of the text, from 1; -1 if the fault is not in a text. */
    public int line() {
        return line;
    }

    /** The column in UTF-16 units, from 1; -1 if the fault is not in a text. */
    public int column() {
        return column;
    }

    /** The names and indexes that lead to the value, such as {@code rows[2].name}; empty at the root. */
    public String path() {
        return path;
    }
}

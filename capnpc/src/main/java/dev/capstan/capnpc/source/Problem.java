package dev.capstan.capnpc.source;

/**
 * One thing that is wrong with a schema, and where.
 *
 * @param file the path of the file, as it was asked for or imported
 * @param line counted from 1
 * @param column in characters, counted from 1
 * @param text the offending text, shortened and without control characters; empty when nothing is there
 * @param message what is wrong
 * @param hint what to do about it; may be empty
 */
public record Problem(String file, int line, int column, String text, String message, String hint) {
    /** As compilers write it: {@code file:line:column: error: message}, with the text and the hint behind. */
    @Override
    public String toString() {
        String near = text.isEmpty() ? "" : " Near: " + text;
        return file + ":" + line + ":" + column + ": error: " + message + (hint.isEmpty() ? "" : " " + hint) + near;
    }
}

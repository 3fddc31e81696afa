package dev.capstan.capnp.json;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes a text, without any blanks or laid out as C++ does: an array or object goes on one line unless one of its elements takes several or
 * is long. That is known only when the elements have been written, so the blanks between them are put in afterwards.
 */
final class TextSink extends Sink {
    /** The length in bytes from which an element is given a line of its own. */
    private static final int LONG = 50;

    private static final int INDENT = 2;
    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder out;
    private final boolean pretty;
    private final int limit;
    private final List<Level> levels = new ArrayList<>();

    private static final class Level {
        final char close;
        /** Where each element begins, and where the last one ends. */
        final int[] starts;

        final int indent;
        /** Whether something stands in front on the line. */
        final boolean prefixed;

        int count;
        boolean multiline;

        Level(char close, int size, int indent, boolean prefixed, boolean pretty) {
            this.close = close;
            this.starts = pretty ? new int[size + 1] : new int[0];
            this.indent = indent;
            this.prefixed = prefixed;
        }
    }

    TextSink(StringBuilder out, boolean pretty, Limits limits) {
        this.out = out;
        this.pretty = pretty;
        // What is there already is not ours.
        this.limit = (int) Math.min(Integer.MAX_VALUE, (long) out.length() + limits.textLength());
    }

    @Override
    void nothing() {
        element();
        out.append("null");
    }

    @Override
    void bool(boolean value) {
        element();
        out.append(value);
    }

    @Override
    void number(double value) {
        element();
        Numbers.format(value, out);
    }

    @Override
    void integer(long value, boolean unsigned) {
        element();
        out.append(unsigned ? Long.toUnsignedString(value) : Long.toString(value));
    }

    @Override
    void string(String value) {
        element();
        quote(value);
    }

    @Override
    void raw(String text) {
        element();
        out.append(text);
    }

    @Override
    void beginArray(int size) {
        element();
        out.append('[');
        begin(']', size);
    }

    @Override
    void beginObject(int size) {
        element();
        out.append('{');
        begin('}', size);
    }

    @Override
    void beginCall(String function, int size) {
        element();
        out.append(function).append('(');
        begin(')', size);
    }

    private void begin(char close, int size) {
        Level outer = levels.isEmpty() ? null : levels.getLast();
        boolean prefixed = close == ')' || (outer != null && outer.close == '}');
        int indent = outer == null ? 0 : outer.indent + (outer.starts.length > 2 ? 1 : 0);
        levels.add(new Level(close, size, indent, prefixed, pretty));
    }

    /** In an object the name is where the element begins. */
    @Override
    void name(String name) {
        separate(levels.getLast());
        quote(name);
        out.append(pretty ? ": " : ":");
    }

    private void element() {
        Level level = levels.isEmpty() ? null : levels.getLast();
        if (level != null && level.close != '}') {
            separate(level);
        }
        if (out.length() > limit) {
            throw tooLong();
        }
    }

    private JsonException tooLong() {
        return JsonException.of("The text becomes too long (Limits.textLength).");
    }

    private void separate(Level level) {
        if (pretty) {
            level.starts[level.count] = out.length();
        } else if (level.count > 0) {
            out.append(',');
        }
        level.count++;
    }

    @Override
    void end() {
        Level level = levels.removeLast();
        if (pretty) {
            level.starts[level.count] = out.length();
            layOut(level);
        }
        out.append(level.close);
        if (out.length() > limit) {
            throw tooLong();
        }
        if (level.multiline && !levels.isEmpty()) {
            levels.getLast().multiline = true;
        }
    }

    /** Puts commas and blanks between the elements; the elements of {@code level} that take several lines have said so. */
    private void layOut(Level level) {
        if (level.count < 2) {
            return;
        }
        int from = level.starts[0];
        level.multiline |= anyLong(level);
        String indent = level.multiline ? "\n" + " ".repeat((level.indent + 1) * INDENT) : " ";
        String elements = out.substring(from);
        out.setLength(from);
        if (level.multiline) {
            out.append(level.prefixed ? indent : " ");
        }
        for (int i = 0; i < level.count; i++) {
            if (i > 0) {
                out.append(',').append(indent);
            }
            out.append(elements, level.starts[i] - from, level.starts[i + 1] - from);
        }
        if (level.multiline) {
            out.append(' ');
        }
    }

    private boolean anyLong(Level level) {
        for (int i = 0; i < level.count; i++) {
            if (isLong(level.starts[i], level.starts[i + 1])) {
                return true;
            }
        }
        return false;
    }

    private boolean isLong(int from, int to) {
        int bytes = to - from;
        for (int i = from; i < to && bytes <= LONG; i++) {
            char c = out.charAt(i);
            // A surrogate pair is two chars and four bytes.
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes > LONG;
    }

    private void quote(String text) {
        if (text.length() > limit - out.length()) {
            throw tooLong();
        }
        if (Strings.isBroken(text)) {
            throw JsonException.of("Half of a surrogate pair stands alone in \"" + TextTree.excerpt(text)
                    + "\", which is no character and has no form in UTF-8.");
        }
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00").append(HEX.toHexDigits((byte) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}

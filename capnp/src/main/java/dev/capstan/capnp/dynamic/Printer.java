package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values as the schema language writes them, character for character what the C++ implementation's {@code stringify} makes of them.
 *
 * <p>Fields stand in the order of their ordinals, the member of the union that is set among them in its place. Fields behind null pointers are
 * left out, as is the union's first member when it has nothing to tell; all others are there, whatever their value. Enumerants go by name, or
 * by number in parentheses. What has no literal is written as {@code <external capability>} and {@code <opaque pointer>}.
 *
 * <p>Pretty, a list or struct is broken into lines, one for each item, if an item is longer than 24 bytes or has lines itself, or if all
 * fields of a struct together are longer than 64.
 *
 * <p>Lists without content let a message of a few words stand for a text without end, so the text has a limit. It is written in one line first,
 * into one buffer; where lines break is known only when an item ends, so the breaks are put in afterwards.
 */
final class Printer {
    /** Messages that are received nest less deep; only builders may hold more, and the stack does not. */
    static final int NESTING = 512;

    /** Characters of a text, unless the caller says otherwise: as many as the bytes of a message that is read by default. */
    static final int LENGTH = 64 << 20;

    /** Characters that {@code toString} gives: more than fits a line of a log, and little enough to be built for one. */
    static final int SHORT_LENGTH = 1 << 14;

    private static final int INLINE_ITEM_BYTES = 24;
    private static final int INLINE_RECORD_BYTES = 64;

    private final boolean pretty;
    private final int mostChars;
    private final StringBuilder out = new StringBuilder();
    private boolean isFull;
    /** Where lines break, in order: the offset in {@link #out} above, the kind of break and the level below. */
    private long[] breaks = new long[16];

    private int breakCount;

    /** An opening bracket at the beginning of a line: what follows stays in the line. */
    private static final int OPEN = 0;
    /** An opening bracket behind a name. */
    private static final int OPEN_PREFIXED = 1;

    private static final int NEXT = 2;
    private static final int CLOSE = 3;

    private Printer(boolean pretty, int mostChars) {
        this.pretty = pretty;
        this.mostChars = mostChars;
    }

    static String compact(DynamicValue value, int mostChars) {
        Printer printer = new Printer(false, mostChars);
        printer.print(value, Type.Scalar.FLOAT64, 1, false);
        return printer.out.toString();
    }

    static String pretty(DynamicValue value, int mostChars) {
        Printer printer = new Printer(true, mostChars);
        printer.print(value, Type.Scalar.FLOAT64, 1, false);
        return printer.brokenIntoLines();
    }

    /** For {@code toString}, which never fails: a value that cannot be read says why, and a long one is cut. */
    static String describe(DynamicValue value) {
        Printer printer = new Printer(false, SHORT_LENGTH);
        try {
            printer.print(value, Type.Scalar.FLOAT64, 1, false);
            return printer.out.toString();
        } catch (MessageException | SchemaException | IllegalArgumentException e) {
            return printer.isFull ? printer.cut() : "<" + e.getMessage() + ">";
        }
    }

    private String cut() {
        int end = out.length();
        if (Character.isHighSurrogate(out.charAt(end - 1))) {
            end--;
        }
        return out.substring(0, end) + "...";
    }

    /**
     * Appends a value.
     *
     * @param type what is known of it; widths of floats are in it alone
     * @param level how deep it lies, the outermost being 1
     * @param prefixed whether it stands behind the name of a field, not at the beginning of a line
     * @return whether it takes several lines
     */
    private boolean print(DynamicValue value, Type type, int level, boolean prefixed) {
        switch (value) {
            case DynamicValue.Nothing v -> put("void");
            case DynamicValue.Bool(boolean v) -> put(v ? "true" : "false");
            case DynamicValue.Int(long v) -> put(Long.toString(v));
            case DynamicValue.UInt(long v) -> put(Long.toUnsignedString(v));
            case DynamicValue.Real(double v) ->
                put(type == Type.Scalar.FLOAT32 ? FloatText.of((float) v) : FloatText.of(v));
            case DynamicValue.Text(String v) -> quoted(v);
            case DynamicValue.Bytes(Data v) -> quoted(v);
            case DynamicEnum v -> put(v.toString());
            case DynamicValue.Capability v -> put("<external capability>");
            case DynamicValue.Any v -> put("<opaque pointer>");
            case DynamicList.Reader list -> {
                Items items = new Items('[', level, prefixed, Integer.MAX_VALUE);
                for (int i = 0; i < list.size(); i++) {
                    items.begin();
                    items.end(print(list.get(i), list.schema().element(), level + 1, false));
                }
                return items.close(']');
            }
            case DynamicStruct.Reader struct -> {
                Items items = new Items('(', level, prefixed, INLINE_RECORD_BYTES);
                fields(struct, items);
                return items.close(')');
            }
        }
        return false;
    }

    private void fields(DynamicStruct.Reader struct, Items items) {
        Field member = struct.which();
        if (member != null && member.discriminant() == 0 && !struct.has(member)) {
            member = null;
        }
        for (Field field : struct.schema().nonUnionFields()) {
            if (member != null && member.index() < field.index()) {
                field(struct, member, items);
                member = null;
            }
            if (struct.has(field)) {
                field(struct, field, items);
            }
        }
        if (member != null) {
            field(struct, member, items);
        }
    }

    private void field(DynamicStruct.Reader struct, Field field, Items items) {
        items.begin();
        put(field.name());
        put(" = ");
        items.end(print(struct.get(field), field.type(), items.level + 1, true));
    }

    /** What is between two brackets. */
    private final class Items {
        final int level;
        private final int mostBytes;
        /** Breaks from here on are forgotten if all fits in the line. */
        private final int firstBreak = breakCount;

        private boolean isFirst = true;
        private boolean isBroken;
        private int start;
        private long totalBytes;

        Items(char open, int level, boolean prefixed, int mostBytes) {
            requireLevels(level);
            this.level = level;
            this.mostBytes = mostBytes;
            put(open);
            mark(prefixed ? OPEN_PREFIXED : OPEN, level);
        }

        void begin() {
            if (!isFirst) {
                put(',');
                mark(NEXT, level);
                put(' ');
            }
            isFirst = false;
            start = out.length();
        }

        void end(boolean itemIsBroken) {
            if (isBroken || !pretty) {
                return;
            }
            int chars = out.length() - start;
            isBroken = itemIsBroken || chars > INLINE_ITEM_BYTES;
            if (!isBroken) {
                int bytes = out.substring(start).getBytes(StandardCharsets.UTF_8).length;
                totalBytes += bytes;
                isBroken = bytes > INLINE_ITEM_BYTES || totalBytes > mostBytes;
            }
        }

        boolean close(char bracket) {
            if (isBroken) {
                mark(CLOSE, level);
            } else {
                breakCount = firstBreak;
            }
            put(bracket);
            return isBroken;
        }
    }

    private void mark(int kind, int level) {
        if (!pretty) {
            return;
        }
        if (breakCount == breaks.length) {
            breaks = Arrays.copyOf(breaks, 2 * breakCount);
        }
        breaks[breakCount++] = (long) out.length() << 32 | (long) kind << 16 | level;
    }

    private String brokenIntoLines() {
        if (breakCount == 0) {
            return out.toString();
        }
        StringBuilder lines = new StringBuilder(out.length());
        int from = 0;
        for (int i = 0; i < breakCount; i++) {
            int at = (int) (breaks[i] >>> 32);
            int level = (int) breaks[i] & 0xffff;
            lines.append(out, from, at);
            from = at;
            switch ((int) breaks[i] >>> 16) {
                case OPEN, CLOSE -> lines.append(' ');
                case OPEN_PREFIXED -> line(lines, level);
                case NEXT -> {
                    line(lines, level);
                    // In place of the blank.
                    from++;
                }
                default -> throw new AssertionError("no such break");
            }
            if (lines.length() > mostChars) {
                throw full();
            }
        }
        lines.append(out, from, out.length());
        if (lines.length() > mostChars) {
            throw full();
        }
        return lines.toString();
    }

    private static void line(StringBuilder lines, int level) {
        lines.append('\n').repeat("  ", level);
    }

    private void put(char c) {
        if (out.length() >= mostChars) {
            throw full();
        }
        out.append(c);
    }

    private void put(String text) {
        put(text, 0, text.length());
    }

    private void put(String text, int from, int to) {
        int room = mostChars - out.length();
        out.append(text, from, Math.min(to, from + room));
        if (to - from > room) {
            throw full();
        }
    }

    private MessageException full() {
        isFull = true;
        return MessageException.inFrame(
                "The text of the value is longer than the limit of " + mostChars
                        + " characters; raise it if that is right, or print its inner parts on their own",
                -1);
    }

    private static void requireLevels(int level) {
        if (level > NESTING) {
            throw new IllegalArgumentException("The value nests deeper than " + NESTING
                    + " levels, which is more than can be written as text. Print its inner parts on their own.");
        }
    }

    /** In quotes, with C's escapes; characters outside of ASCII stay as they are. */
    private void quoted(String text) {
        put('"');
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            String escape = escape(text.charAt(i), true);
            if (escape != null) {
                put(text, copied, i);
                put(escape);
                copied = i + 1;
            } else if (i - copied > mostChars) {
                break;
            }
        }
        put(text, copied, text.length());
        put('"');
    }

    private void quoted(Data bytes) {
        put('"');
        for (int i = 0; i < bytes.size(); i++) {
            int b = bytes.get(i) & 0xff;
            String escape = escape(b, false);
            if (escape != null) {
                put(escape);
            } else {
                put((char) b);
            }
        }
        put('"');
    }

    private static @Nullable String escape(int c, boolean isText) {
        return switch (c) {
            case 7 -> "\\a";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case 11 -> "\\v";
            case '\'' -> "\\'";
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            default -> c < ' ' || c == 0x7f || (c > 0x7f && !isText) ? "\\%03o".formatted(c) : null;
        };
    }
}

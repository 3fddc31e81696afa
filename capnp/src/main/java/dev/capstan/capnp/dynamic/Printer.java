package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
 */
final class Printer {
    /** Messages that are received nest less deep; only builders may hold more, and the stack does not. */
    static final int NESTING = 512;

    private static final int INLINE_ITEM_BYTES = 24;
    private static final int INLINE_RECORD_BYTES = 64;

    private final boolean pretty;

    private Printer(boolean pretty) {
        this.pretty = pretty;
    }

    static String compact(DynamicValue value) {
        return new Printer(false).print(value, Type.Scalar.FLOAT64, 1, false);
    }

    static String pretty(DynamicValue value) {
        return new Printer(true).print(value, Type.Scalar.FLOAT64, 1, false);
    }

    /** For {@code toString}, which never fails: a value that cannot be read says why. */
    static String describe(DynamicValue value) {
        try {
            return compact(value);
        } catch (MessageException | SchemaException | IllegalArgumentException e) {
            return "<" + e.getMessage() + ">";
        }
    }

    /**
     * @param type what is known of it; widths of floats are in it alone
     * @param level how deep it lies, the outermost being 1
     * @param prefixed whether it stands behind the name of a field, not at the beginning of a line
     */
    private String print(DynamicValue value, Type type, int level, boolean prefixed) {
        return switch (value) {
            case DynamicValue.Nothing v -> "void";
            case DynamicValue.Bool(boolean v) -> v ? "true" : "false";
            case DynamicValue.Int(long v) -> Long.toString(v);
            case DynamicValue.UInt(long v) -> Long.toUnsignedString(v);
            case DynamicValue.Real(double v) -> type == Type.Scalar.FLOAT32 ? FloatText.of((float) v) : FloatText.of(v);
            case DynamicValue.Text(String v) -> quoted(v.getBytes(StandardCharsets.UTF_8), true);
            case DynamicValue.Bytes v -> quoted(v.value().toByteArray(), false);
            case DynamicEnum v -> v.toString();
            case DynamicValue.Capability v -> "<external capability>";
            case DynamicValue.Any v -> "<opaque pointer>";
            case DynamicList.Reader list -> {
                requireLevels(level);
                List<String> items = new ArrayList<>(Math.min(list.size(), 1024));
                for (int i = 0; i < list.size(); i++) {
                    items.add(print(list.get(i), list.schema().element(), level + 1, false));
                }
                yield "[" + join(items, level, prefixed, Integer.MAX_VALUE) + "]";
            }
            case DynamicStruct.Reader struct -> {
                requireLevels(level);
                yield "(" + join(fields(struct, level + 1), level, prefixed, INLINE_RECORD_BYTES) + ")";
            }
        };
    }

    private List<String> fields(DynamicStruct.Reader struct, int level) {
        List<String> items = new ArrayList<>();
        Field member = struct.which();
        if (member != null && member.discriminant() == 0 && !struct.has(member)) {
            member = null;
        }
        for (Field field : struct.schema().nonUnionFields()) {
            if (member != null && member.index() < field.index()) {
                items.add(field(struct, member, level));
                member = null;
            }
            if (struct.has(field)) {
                items.add(field(struct, field, level));
            }
        }
        if (member != null) {
            items.add(field(struct, member, level));
        }
        return items;
    }

    private String field(DynamicStruct.Reader struct, Field field, int level) {
        return field.name() + " = " + print(struct.get(field), field.type(), level, true);
    }

    private String join(List<String> items, int level, boolean prefixed, int mostBytes) {
        if (!pretty || fitsInLine(items, mostBytes)) {
            return String.join(", ", items);
        }
        String line = "\n" + "  ".repeat(level);
        return (prefixed ? line : " ") + String.join("," + line, items) + " ";
    }

    private static boolean fitsInLine(List<String> items, int mostBytes) {
        long total = 0;
        for (String item : items) {
            if (item.length() > INLINE_ITEM_BYTES || item.indexOf('\n') >= 0) {
                return false;
            }
            int bytes = item.getBytes(StandardCharsets.UTF_8).length;
            total += bytes;
            if (bytes > INLINE_ITEM_BYTES || total > mostBytes) {
                return false;
            }
        }
        return true;
    }

    private static void requireLevels(int level) {
        if (level > NESTING) {
            throw new IllegalArgumentException("The value nests deeper than " + NESTING
                    + " levels, which is more than can be written as text. Print its inner parts on their own.");
        }
    }

    /** In quotes, with C's escapes; bytes outside of ASCII stay as they are in text. */
    static String quoted(byte[] bytes, boolean isText) {
        StringBuilder out = new StringBuilder(bytes.length + 2);
        out.append('"');
        int copied = 0;
        for (int i = 0; i < bytes.length; i++) {
            String escape = escape(bytes[i] & 0xff, isText);
            if (escape != null) {
                out.append(new String(bytes, copied, i - copied, StandardCharsets.UTF_8))
                        .append(escape);
                copied = i + 1;
            }
        }
        return out.append(new String(bytes, copied, bytes.length - copied, StandardCharsets.UTF_8))
                .append('"')
                .toString();
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

package dev.capstan.gateway.options;

import dev.capstan.gateway.frames.Text;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as they are typed: JSON, in which names need no quotes, strings may have single ones, and a bare word is a {@link Name}. What is read is null, Boolean, BigDecimal, String, List, Map or Name.
 */
public final class Literal {
    /** What may be typed, and what a server's answer is read back from, nests no deeper. */
    private static final int DEPTH = 1_000;

    private final String text;
    private int at;

    private Literal(String text) {
        this.text = text;
    }

    /** A word without quotes: a variable, or a number that JSON does not have. */
    public record Name(String text) {}

    /** The one value in {@code text}. */
    public static @Nullable Object parse(String text) throws InputException {
        Literal literal = new Literal(text);
        Object value = literal.value(0);
        literal.skip();
        if (literal.at < text.length()) {
            throw literal.wrong("expected nothing more");
        }
        return value;
    }

    /** Values with commas between; none if there is nothing. */
    public static List<@Nullable Object> parseAll(String text) throws InputException {
        Literal literal = new Literal(text);
        literal.skip();
        return literal.at == text.length() ? List.of() : literal.values(0, '\0');
    }

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        skip();
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private @Nullable Object value(int depth) throws InputException {
        if (depth > DEPTH) {
            throw wrong("this nests more than " + DEPTH + " deep");
        }
        char c = peek();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> {
                at++;
                yield values(depth + 1, ']');
            }
            case '"', '\'' -> string(c);
            default ->
                isDigit(c) || (c == '-' && at + 1 < text.length() && isDigit(text.charAt(at + 1))) ? number() : word();
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** @param end what closes them; zero for the end of the text */
    private List<@Nullable Object> values(int depth, char end) throws InputException {
        List<@Nullable Object> values = new ArrayList<>();
        if (peek() == end && end != '\0') {
            at++;
            return values;
        }
        while (true) {
            values.add(value(depth));
            char next = peek();
            if (next == end && (end != '\0' || at == text.length())) {
                at = Math.min(at + 1, text.length());
                return values;
            }
            expect(',', next);
        }
    }

    private Map<String, @Nullable Object> object(int depth) throws InputException {
        at++;
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (peek() == '}') {
            at++;
            return members;
        }
        while (true) {
            char c = peek();
            String name = c == '"' || c == '\'' ? string(c) : rawWord();
            expect(':', peek());
            if (members.containsKey(name)) {
                throw wrong("'" + name + "' is there twice");
            }
            members.put(name, value(depth + 1));
            char next = peek();
            if (next == '}') {
                at++;
                return members;
            }
            expect(',', next);
        }
    }

    private void expect(char wanted, char found) throws InputException {
        if (wanted != found) {
            throw wrong("expected '" + wanted + "'");
        }
        at++;
    }

    private @Nullable Object word() throws InputException {
        String word = rawWord();
        return switch (word) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> new Name(word);
        };
    }

    private String rawWord() throws InputException {
        int from = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_$-".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (from == at) {
            throw wrong("expected a value");
        }
        return text.substring(from, at);
    }

    private BigDecimal number() throws InputException {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return new BigDecimal(text.substring(from, at));
        } catch (NumberFormatException e) {
            at = from;
            throw wrong("expected a number");
        }
    }

    private String string(char quote) throws InputException {
        StringBuilder read = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                return read.toString();
            }
            read.append(c == '\\' ? escaped() : c);
        }
        throw wrong("expected the end of the string, " + quote);
    }

    private char escaped() throws InputException {
        char c = at < text.length() ? text.charAt(at++) : '\0';
        return switch (c) {
            case '"', '\'', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                try {
                    char unit = (char) HexFormat.fromHexDigits(text, at, at + 4);
                    at += 4;
                    yield unit;
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw wrong("expected four digits of hex");
                }
            }
            default -> throw wrong("expected one of \" \\ / b f n r t u behind the backslash");
        };
    }

    private InputException wrong(String what) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            boolean isEnd = text.charAt(i) == '\n';
            line += isEnd ? 1 : 0;
            column = isEnd ? 1 : column + 1;
        }
        return new InputException("line " + line + ", column " + column + ": " + what + ".");
    }

    // ---- writing

    /** JSON of a value that was read, or of a tree of the same types, which may have any numbers. A name becomes a string. */
    public static String json(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case Boolean truth -> out.append(truth);
            case Number number -> out.append(number);
            case Name(String name) -> out.append(Text.json(name));
            case List<?> list -> {
                String between = "[";
                for (Object each : list) {
                    out.append(between);
                    write(each, out);
                    between = ",";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> {
                String between = "{";
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    out.append(between);
                    out.append(Text.json(String.valueOf(each.getKey())));
                    out.append(':');
                    write(each.getValue(), out);
                    between = ",";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            default -> out.append(Text.json(value.toString()));
        }
    }
}

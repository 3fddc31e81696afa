package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the JSON text of one message after the other into a {@link Tree}. What is wrong with the text is a {@link WebException} that knows the byte.
 *
 * <p>One pass over the bytes, which are only read and not kept. A parser of our own because most messages are shorter than what a general one sets up for each: that it is
 * faster is measured in {@code bench}. Whether the text is UTF-8 is looked at where it matters, in strings; elsewhere JSON is ASCII.
 *
 * <p>Belongs to one peer: it remembers short names, which are the peer's choice and take no room of others.
 */
final class Json {
    /** JavaScript needs at most 25 characters for a number; whoever sends more means harm. */
    private static final int NUMBER_CHARACTERS = 1_000;

    private static final String BYTES = "bytes";

    private final Limits limits;
    private final KnownNames names = new KnownNames();
    private final byte[] none = {};
    private byte[] text = none;
    private int from;
    private int at;
    private int to;
    private int values;

    Json(Limits limits) {
        this.limits = limits;
    }

    /** The tree of a message that belongs to no session. */
    static @Nullable Object parse(byte[] utf8, int offset, int length, Limits limits) {
        return new Json(limits).parse(utf8, offset, length);
    }

    /** The tree of a message. */
    @Nullable
    Object parse(byte[] utf8, int offset, int length) {
        if (length > limits.messageBytes()) {
            throw WebException.at(
                    limits.messageBytes(),
                    "the message has " + length + " bytes, more than the limit of " + limits.messageBytes()
                            + " of the side that reads it (Limits.messageBytes): send it in parts, or as a stream");
        }
        text = utf8;
        from = offset;
        at = offset;
        to = offset + length;
        values = 0;
        try {
            Object tree = value(limits.brackets());
            if (skipBlanks() < to) {
                throw fault("something follows the message");
            }
            return tree;
        } finally {
            text = none;
        }
    }

    private int skipBlanks() {
        while (at < to && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r')) {
            at++;
        }
        return at;
    }

    /** The next character that is no blank, at which {@code at} stands then. */
    private byte next() {
        if (skipBlanks() == to) {
            throw fault("the message ends too early");
        }
        return text[at];
    }

    private @Nullable Object value(int nesting) {
        if (++values > limits.values()) {
            throw fault("the message holds more values than the limit of " + limits.values());
        }
        return switch (next()) {
            case '"' -> string();
            case '[' -> array(nesting);
            case '{' -> object(nesting);
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int nesting) {
        checkNesting(nesting);
        at++;
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (next() == '}') {
            at++;
            return members;
        }
        while (true) {
            if (next() != '"') {
                throw fault("this is not JSON: the name of a member is missing");
            }
            String name = name();
            if (next() != ':') {
                throw fault("this is not JSON: a colon is missing");
            }
            at++;
            members.put(name, value(nesting - 1));
            if (members.size() > limits.names()) {
                throw fault("an object has more members than the limit of " + limits.names());
            }
            if (isOver('}')) {
                return members;
            }
        }
    }

    private List<@Nullable Object> array(int nesting) {
        checkNesting(nesting);
        at++;
        List<@Nullable Object> elements = new ArrayList<>(4);
        if (next() == ']') {
            at++;
            return elements;
        }
        boolean bytes = false;
        do {
            if (elements.size() >= limits.elements()) {
                throw fault("an array has more elements than the limit of " + limits.elements());
            }
            if (elements.isEmpty() && text[at] == '"') {
                values++;
                String tag = name();
                elements.add(tag);
                bytes = tag.equals(BYTES);
            } else {
                elements.add(bytes && next() == '"' ? base64() : value(nesting - 1));
                bytes = false;
            }
        } while (!isOver(']'));
        return elements;
    }

    /** Behind a part of something in brackets: whether that was the last one. */
    private boolean isOver(char bracket) {
        byte c = next();
        if (c != ',' && c != bracket) {
            throw fault("this is not JSON: a comma or bracket is missing");
        }
        at++;
        return c == bracket;
    }

    private void checkNesting(int nesting) {
        if (nesting == 0) {
            throw fault("brackets nest deeper than " + limits.brackets() + ", the most that a depth of "
                    + limits.depth() + " takes");
        }
    }

    private @Nullable Object word(String word, @Nullable Object meaning) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i == to || text[at + i] != word.charAt(i)) {
                throw fault("this is not JSON: a value is missing");
            }
        }
        at += word.length();
        return meaning;
    }

    // ---- numbers

    private Object number() {
        int first = text[at] == '-' ? at + 1 : at;
        int end = digits(first);
        if (end - first > 1 && text[first] == '0') {
            throw fault("this is not JSON: a number begins with a zero");
        }
        boolean integer = true;
        if (end < to && text[end] == '.') {
            integer = false;
            end = digits(end + 1);
        }
        if (end < to && (text[end] == 'e' || text[end] == 'E')) {
            integer = false;
            boolean signed = end + 1 < to && (text[end + 1] == '+' || text[end + 1] == '-');
            end = digits(signed ? end + 2 : end + 1);
        }
        if (end - first > NUMBER_CHARACTERS) {
            throw fault("a number has more than " + NUMBER_CHARACTERS + " characters");
        }
        Object number = integer ? JsNumber.integer(text, at, end) : (Object) JsNumber.decimal(text, at, end);
        at = end;
        return number;
    }

    /** Where the digits end that begin here. */
    private int digits(int begin) {
        int end = begin;
        while (end < to && text[end] >= '0' && text[end] <= '9') {
            end++;
        }
        if (end == begin) {
            throw fault("this is not JSON: a value is missing");
        }
        return end;
    }

    // ---- strings

    /** A name, most of which are short and come again and again. */
    private String name() {
        int begin = at + 1;
        int most = Math.min(to, begin + KnownNames.MOST_BYTES);
        int hash = 0;
        int end = begin;
        while (end < most && text[end] != '"' && AsciiScan.isPlain(text[end])) {
            hash = 31 * hash + text[end++];
        }
        if (end < to && text[end] == '"') {
            at = end + 1;
            return names.of(text, begin, end, hash);
        }
        return string();
    }

    private String string() {
        int begin = at + 1;
        int end = AsciiScan.plainEnd(text, begin, to);
        if (end < to && text[end] == '"') {
            at = end + 1;
            return new String(text, begin, end - begin, ISO_8859_1);
        }
        return string(begin, end);
    }

    /** A string that is not plain from {@code end} on. */
    private String string(int begin, int end) {
        StringBuilder out = new StringBuilder();
        int kept = begin;
        int i = end;
        while (i < to) {
            byte c = text[i];
            if (c == '"') {
                at = i + 1;
                return out.append(utf8(kept, i)).toString();
            } else if (c == '\\') {
                out.append(utf8(kept, i));
                i = escape(i, out);
                kept = i;
            } else if (c < 0) {
                int length = Utf8.length(text, i, to);
                if (length == 0) {
                    throw WebException.at(i - from, "the text is not UTF-8");
                }
                i += length;
            } else if (c < ' ') {
                throw WebException.at(i - from, "this is not JSON: a control character is not escaped");
            } else {
                i = AsciiScan.plainEnd(text, i, to);
            }
        }
        at = to;
        throw fault("the message ends too early");
    }

    private String utf8(int begin, int end) {
        return begin == end ? "" : new String(text, begin, end - begin, UTF_8);
    }

    /** Where what begins with a backslash ends. */
    private int escape(int begin, StringBuilder out) {
        byte letter = begin + 1 < to ? text[begin + 1] : 0;
        char meaning = switch (letter) {
            case '"', '\\', '/' -> (char) letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) hex(begin + 2);
            default -> throw WebException.at(begin + 1 - from, "this is not JSON: an unknown escape");
        };
        out.append(meaning);
        return begin + (letter == 'u' ? 6 : 2);
    }

    private int hex(int begin) {
        int value = 0;
        for (int i = begin; i < begin + 4; i++) {
            int digit = i < to && text[i] >= 0 ? Character.digit(text[i], 16) : -1;
            if (digit < 0) {
                throw WebException.at(Math.min(i, to) - from, "this is not JSON: an escape without four digits");
            }
            value = (value << 4) | digit;
        }
        return value;
    }

    /** The bytes, or the string if that is spelled in another way than we would. */
    private Object base64() {
        values++;
        int begin = at + 1;
        int end = AsciiScan.quote(text, begin, to);
        byte[] bytes = end < to ? Base64Text.canonical(text, begin, end) : null;
        if (bytes == null) {
            return string();
        }
        at = end + 1;
        return bytes;
    }

    private WebException fault(String what) {
        return WebException.at(at - from, what);
    }
}

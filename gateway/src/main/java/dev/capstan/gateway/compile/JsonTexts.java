package dev.capstan.gateway.compile;

import dev.capstan.capnp.json.JsonException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * JSON texts in UTF-8, one after the other, with any space between them: each ends with the brace that closes it, or with the input. Whether it is JSON is for the codec to say.
 */
final class JsonTexts {
    private final byte[] utf8;
    /** Where the text that was handed out last begins and ends. */
    private int start;

    private int end;
    /** Lines before {@link #start}, and where the line begins that it lies in. */
    private int lines;

    private int lineStart;

    JsonTexts(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** The next text; null if nothing is left but space. */
    byte @Nullable [] next() {
        int from = end;
        while (from < utf8.length && isSpace(utf8[from])) {
            from++;
        }
        if (from == utf8.length) {
            return null;
        }
        for (int at = start; at < from; at++) {
            if (utf8[at] == '\n') {
                lines++;
                lineStart = at + 1;
            }
        }
        start = from;
        end = endOfText(from);
        return Arrays.copyOfRange(utf8, start, end);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private int endOfText(int from) {
        int depth = 0;
        boolean isQuoted = false;
        for (int at = from; at < utf8.length; at++) {
            byte b = utf8[at];
            if (isQuoted) {
                if (b == '\\') {
                    at++;
                } else if (b == '"') {
                    isQuoted = false;
                }
            } else if (b == '"') {
                isQuoted = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
                if (depth <= 0) {
                    return at + 1;
                }
            }
        }
        return utf8.length;
    }

    /** What is wrong with the text that was handed out last, with its place in all of them. */
    String located(JsonException e) {
        String message = String.valueOf(e.getMessage());
        String place = place(e.line(), e.column());
        if (e.line() < 1 || !message.startsWith(place)) {
            return message;
        }
        int before = new String(utf8, lineStart, start - lineStart, StandardCharsets.UTF_8).length();
        return place(lines + e.line(), e.line() == 1 ? before + e.column() : e.column())
                + message.substring(place.length());
    }

    private static String place(int line, int column) {
        return "line " + line + ", column " + column + ": ";
    }
}

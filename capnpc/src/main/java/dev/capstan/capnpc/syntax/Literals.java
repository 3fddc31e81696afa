package dev.capstan.capnpc.syntax;

import dev.capstan.capnp.Data;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Reads tokens other than bracketed lists: words, numbers, text, operators. */
final class Literals {
    private final Source source;
    private final Problems problems;
    private int at;

    Literals(Source source, Problems problems) {
        this.source = source;
        this.problems = problems;
    }

    /** Where the last token ended. */
    int end() {
        return at;
    }

    /** The token that begins at {@code start}; null after a problem with it. {@link #end} is past {@code start} in any case. */
    @Nullable
    Token token(int start) {
        at = start;
        int c = source.at(start);
        if (Characters.isLetter(c)) {
            return word();
        }
        if (Characters.isDigit(c)) {
            return c == '0' && source.at(at + 1) == 'x' && source.at(at + 2) == '"' ? binary() : number();
        }
        if (c == '"') {
            return quoted();
        }
        if (c == '`') {
            return line();
        }
        if (Characters.isOperator(c)) {
            while (Characters.isOperator(source.at(at))) {
                at++;
            }
            return new Token.Operator(source.ascii(start, at), start, at);
        }
        return garbage();
    }

    private Token word() {
        int start = at;
        while (Characters.isLetter(source.at(at)) || Characters.isDigit(source.at(at))) {
            at++;
        }
        return new Token.Word(source.ascii(start, at).intern(), start, at);
    }

    /** All that cannot begin a token is skipped as one. */
    private @Nullable Token garbage() {
        int start = at;
        boolean isText = true;
        while (isGarbage(source.at(at))) {
            isText &= source.at(at) != 0 && source.at(at) < 0xf8;
            at++;
        }
        problems.add(
                source,
                start,
                at,
                isText ? "No schema has such a character here." : "This is not UTF-8 text.",
                isText ? "Names and numbers are ASCII; comments begin with '#'." : "Schemas are text files in UTF-8.");
        return null;
    }

    private static boolean isGarbage(int c) {
        return c >= 0
                && !Characters.isSpace(c)
                && !Characters.isLetter(c)
                && !Characters.isDigit(c)
                && !Characters.isOperator(c)
                && "\"`#;,()[]{}".indexOf(c) < 0;
    }

    private Token number() {
        int start = at;
        boolean hex = source.at(at) == '0' && source.at(at + 1) == 'x';
        boolean whole = true;
        at += hex ? 2 : 0;
        while (true) {
            int c = source.at(at);
            if (Characters.isDigit(c) || (hex && Characters.hex(c) >= 0)) {
                at++;
            } else if (!hex && (c == 'e' || c == 'E')) {
                whole = false;
                int sign = source.at(at + 1);
                at += sign == '+' || sign == '-' ? 2 : 1;
            } else if (!hex && c == '.') {
                whole = false;
                at++;
            } else if (c == '_') {
                return malformed(start, "This is not a number.", "Write its digits without '_' between them.");
            } else if (Characters.isLetter(c) || c == '.') {
                return malformed(start, "This is not a number.", "Put a space behind the number.");
            } else {
                break;
            }
        }
        String text = source.ascii(start, at);
        if (!whole) {
            try {
                return new Token.Fraction(Double.parseDouble(text), start, at);
            } catch (NumberFormatException e) {
                return malformed(start, "This is not a number.", "Write fractions like 1.5 or 1.5e-3.");
            }
        }
        if (hex && text.length() == 2) {
            return malformed(start, "This is not a number.", "Put hexadecimal digits behind 0x, like 0x1f.");
        }
        int radix = hex ? 16 : text.charAt(0) == '0' ? 8 : 10;
        try {
            String digits = hex ? text.substring(2) : text;
            return new Token.Whole(Long.parseUnsignedLong(digits, radix), start, at);
        } catch (NumberFormatException e) {
            return malformed(
                    start,
                    "This is not a number of 64 bits.",
                    radix == 8
                            ? "A leading 0 means that the number is octal."
                            : "The largest is 18446744073709551615.");
        }
    }

    private Token malformed(int start, String message, String hint) {
        while (Characters.isLetter(source.at(at))
                || Characters.isDigit(source.at(at))
                || source.at(at) == '.'
                || source.at(at) == '_') {
            at++;
        }
        problems.add(source, start, at, message, hint);
        return new Token.Malformed(start, at);
    }

    private @Nullable Token binary() {
        int start = at;
        at += 3;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int high = -1;
        while (source.at(at) != '"') {
            int digit = Characters.hex(source.at(at));
            if (digit >= 0) {
                if (high >= 0) {
                    bytes.write(high << 4 | digit);
                }
                high = high >= 0 ? -1 : digit;
            } else if (!Characters.isSpace(source.at(at)) || high >= 0) {
                problems.add(
                        source, start, at + 1, "Data is written as pairs of hexadecimal digits.", "Like 0x\"00 7f\".");
                skipQuote();
                return null;
            }
            at++;
        }
        if (high >= 0) {
            problems.add(source, start, at + 1, "A hexadecimal digit is missing.", "Two digits make a byte.");
        }
        at++;
        return new Token.Binary(Data.of(bytes.toByteArray()), start, at);
    }

    private void skipQuote() {
        while (source.at(at) != '"' && source.at(at) != '\n' && source.at(at) != -1) {
            at++;
        }
        at += source.at(at) == '"' ? 1 : 0;
    }

    /** Text from a backquote to the end of the line. */
    private Token line() {
        int start = at++;
        while (source.at(at) != '\n' && source.at(at) != '\r' && source.at(at) != -1) {
            at++;
        }
        byte[] bytes = source.copy(start + 1, at + 1);
        bytes[bytes.length - 1] = '\n';
        return new Token.Quoted(Data.of(bytes), start, at);
    }

    private @Nullable Token quoted() {
        int start = at++;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            int c = source.at(at);
            switch (c) {
                case -1, '\n' -> {
                    problems.add(source, start, at, "The text is not closed.", "Put '\"' behind it, in the same line.");
                    return null;
                }
                case '"' -> {
                    at++;
                    return new Token.Quoted(Data.of(bytes.toByteArray()), start, at);
                }
                case '\\' -> escape(bytes);
                default -> {
                    bytes.write(c);
                    at++;
                }
            }
        }
    }

    private void escape(ByteArrayOutputStream bytes) {
        int start = at;
        int c = source.at(at + 1);
        at += 2;
        switch (c) {
            case 'a' -> bytes.write(7);
            case 'b' -> bytes.write('\b');
            case 'f' -> bytes.write('\f');
            case 'n' -> bytes.write('\n');
            case 'r' -> bytes.write('\r');
            case 't' -> bytes.write('\t');
            case 'v' -> bytes.write(11);
            case '\'', '"', '\\', '?' -> bytes.write(c);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int value = c - '0';
                for (int i = 0; i < 2 && source.at(at) >= '0' && source.at(at) <= '7'; i++) {
                    value = value << 3 | (source.at(at++) - '0');
                }
                bytes.write(value);
            }
            case 'x' -> {
                int high = Characters.hex(source.at(at));
                int low = high < 0 ? -1 : Characters.hex(source.at(at + 1));
                if (low < 0) {
                    problems.add(source, start, at, "Two hexadecimal digits belong here.", "Like \\x0a.");
                } else {
                    bytes.write(high << 4 | low);
                    at += 2;
                }
            }
            default -> {
                at = start + 1;
                problems.add(source, start, start + 2, "There is no such escape.", "Write a backslash as \\\\.");
            }
        }
    }
}

package dev.capstan.capnp.text;

import dev.capstan.capnp.Data;
import java.io.ByteArrayOutputStream;

/** Reads words, numbers, text and data, as the schema language writes them. */
final class Literals {
    private final Source source;
    private int at;

    Literals(Source source) {
        this.source = source;
    }

    /** Where the last literal ended. */
    int end() {
        return at;
    }

    static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static int hex(int c) {
        return c < 0 || c > 'f' ? -1 : Character.digit(c, 16);
    }

    /** Behind spaces, comments and byte order marks. */
    int skipSpace(int from) {
        int offset = from;
        while (true) {
            int c = source.at(offset);
            if (c == '#') {
                while (source.at(offset) != '\n' && source.at(offset) != -1) {
                    offset++;
                }
            } else if (isSpace(c)) {
                offset++;
            } else if (c == 0xef && source.at(offset + 1) == 0xbb && source.at(offset + 2) == 0xbf) {
                offset += 3;
            } else {
                return offset;
            }
        }
    }

    String word(int start) {
        at = start;
        while (isLetter(source.at(at)) || isDigit(source.at(at))) {
            at++;
        }
        return source.ascii(start, at);
    }

    /** A number or hexadecimal data. */
    Expression digits(int start) {
        return source.at(start) == '0' && source.at(start + 1) == 'x' && source.at(start + 2) == '"'
                ? binary(start)
                : number(start, start, false);
    }

    /** The number at {@code digits}, with its sign at {@code start}. */
    Expression number(int start, int digits, boolean isNegative) {
        boolean isHex = source.at(digits) == '0' && source.at(digits + 1) == 'x';
        boolean isWhole = true;
        at = isHex ? digits + 2 : digits;
        while (true) {
            int c = source.at(at);
            if (isDigit(c) || (isHex && hex(c) >= 0)) {
                at++;
            } else if (!isHex && (c == 'e' || c == 'E')) {
                isWhole = false;
                int sign = source.at(at + 1);
                at += sign == '+' || sign == '-' ? 2 : 1;
            } else if (!isHex && c == '.') {
                isWhole = false;
                at++;
            } else if (isLetter(c)) {
                throw source.problem(start, "This is not a number. Put text in quotes.");
            } else {
                break;
            }
        }
        return isWhole ? whole(start, digits, isNegative, isHex) : fraction(start, digits, isNegative);
    }

    private Expression fraction(int start, int digits, boolean isNegative) {
        try {
            double value = Double.parseDouble(source.ascii(digits, at));
            return new Expression.Fraction(isNegative ? -value : value, start);
        } catch (NumberFormatException e) {
            throw source.problem(start, "This is not a number. Write fractions like 1.5 or 1.5e-3.");
        }
    }

    private Expression whole(int start, int digits, boolean isNegative, boolean isHex) {
        int radix = isHex ? 16 : source.at(digits) == '0' ? 8 : 10;
        try {
            long magnitude = Long.parseUnsignedLong(source.ascii(isHex ? digits + 2 : digits, at), radix);
            return new Expression.Whole(isNegative, magnitude, start);
        } catch (NumberFormatException e) {
            throw source.problem(
                    start,
                    radix == 8
                            ? "This is not a number. A leading 0 means that it is octal."
                            : "This is not a number of 64 bits. The largest is 18446744073709551615; floats may be larger if they have a"
                                    + " point or an exponent, like 1e30.");
        }
    }

    private Expression binary(int start) {
        at = start + 3;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int high = -1;
        while (source.at(at) != '"') {
            int digit = hex(source.at(at));
            if (digit >= 0) {
                if (high >= 0) {
                    bytes.write(high << 4 | digit);
                }
                high = high >= 0 ? -1 : digit;
            } else if (!isSpace(source.at(at)) || high >= 0) {
                throw source.problem(at, "Data is written as pairs of hexadecimal digits. Like 0x\"00 7f\".");
            }
            at++;
        }
        if (high >= 0) {
            throw source.problem(at, "A hexadecimal digit is missing. Two of them make a byte.");
        }
        at++;
        return new Expression.Binary(Data.of(bytes.toByteArray()), start);
    }

    /** Pieces of text that follow one another are one. */
    Expression text(int start) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int end = start;
        int next = start;
        while (source.at(next) == '"' || source.at(next) == '`') {
            at = next + 1;
            if (source.at(next) == '"') {
                quoted(next, bytes);
            } else {
                line(bytes);
            }
            end = at;
            next = skipSpace(at);
        }
        at = end;
        return new Expression.Quoted(Data.of(bytes.toByteArray()), start);
    }

    /** From a backquote to the end of the line, which counts as {@code \n}. */
    private void line(ByteArrayOutputStream bytes) {
        while (source.at(at) != '\n' && source.at(at) != '\r' && source.at(at) != -1) {
            bytes.write(source.at(at++));
        }
        bytes.write('\n');
    }

    private void quoted(int start, ByteArrayOutputStream bytes) {
        while (true) {
            int c = source.at(at);
            switch (c) {
                case -1, '\n' ->
                    throw source.problem(start, "The text is not closed. Put '\"' behind it, in the same line.");
                case '"' -> {
                    at++;
                    return;
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
                int high = hex(source.at(at));
                int low = high < 0 ? -1 : hex(source.at(at + 1));
                if (low < 0) {
                    throw source.problem(at - 2, "Two hexadecimal digits belong here. Like \\x0a.");
                }
                bytes.write(high << 4 | low);
                at += 2;
            }
            default -> throw source.problem(at - 2, "There is no such escape. Write a backslash as \\\\.");
        }
    }
}

package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values without values in them that JSON has no form for, from expressions and back to what expressions hold. */
final class Scalars {
    /** Of ECMAScript, "Time Values and Time Range". */
    private static final double LAST_MILLISECOND = 8.64e15;

    private static final long LAST_SECOND = 8_640_000_000_000L;
    private static final int NANOS_OF_MILLI = 1_000_000;

    private Scalars() {}

    static Object value(String tag, List<?> list, Limits limits) {
        Object operand = list.size() < 2 ? null : list.get(1);
        return switch (tag) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            case "undefined" -> {
                if (list.size() != 1) {
                    throw Decoder.bad(list, "undefined stands alone");
                }
                yield JsValue.UNDEFINED;
            }
            case "bigint" -> {
                String text = Tree.text(operand);
                if (text == null) {
                    throw Decoder.bad(list, "a bigint is written as text");
                }
                yield bigInt(text, limits);
            }
            case "date" -> {
                if (list.size() < 2 || !(operand == null || operand instanceof Number)) {
                    throw Decoder.bad(list, "a date is a number of milliseconds, or null");
                }
                yield date(operand);
            }
            default -> bytes(list, operand);
        };
    }

    /** Of ECMAScript, StringToBigInt: blanks around it, nothing at all, other bases. */
    private static BigInteger bigInt(String text, Limits limits) {
        boolean signed = text.startsWith("-") || text.startsWith("+");
        if (text.length() - (signed ? 1 : 0) > limits.bigIntDigits()) {
            throw WebException.of(
                    "a bigint of " + text.length() + " characters has more than the limit of " + limits.bigIntDigits());
        }
        String digits = text.strip();
        if (digits.isEmpty()) {
            return BigInteger.ZERO;
        }
        int radix = digits.length() < 3 || digits.charAt(0) != '0'
                ? 10
                : switch (digits.charAt(1)) {
                    case 'x', 'X' -> 16;
                    case 'o', 'O' -> 8;
                    case 'b', 'B' -> 2;
                    default -> 10;
                };
        boolean sign = radix == 10 && (digits.charAt(0) == '-' || digits.charAt(0) == '+');
        String magnitude = radix == 10 ? digits.substring(sign ? 1 : 0) : digits.substring(2);
        if (magnitude.isEmpty() || !magnitude.chars().allMatch(c -> c < 0x80 && Character.digit(c, radix) >= 0)) {
            throw WebException.of("\"" + Tree.excerpt(text) + "\" is no bigint");
        }
        BigInteger n = new BigInteger(magnitude, radix);
        return digits.charAt(0) == '-' ? n.negate() : n;
    }

    private static Object date(@Nullable Object milliseconds) {
        return switch (milliseconds) {
            case Long n when Math.abs((double) n) <= LAST_MILLISECOND -> Instant.ofEpochMilli(n);
            case Double n when Math.abs(n) <= LAST_MILLISECOND -> instant(n);
            case null, default -> JsValue.INVALID_DATE;
        };
    }

    private static Instant instant(double milliseconds) {
        long whole = (long) Math.floor(milliseconds);
        // The shortest digits that stand for the number, so that microseconds come back as they were.
        BigDecimal rest = BigDecimal.valueOf(milliseconds).subtract(BigDecimal.valueOf(whole));
        return Instant.ofEpochMilli(whole)
                .plusNanos(rest.movePointRight(6)
                        .setScale(0, RoundingMode.HALF_EVEN)
                        .longValue());
    }

    /** Writes milliseconds since 1970, with a fraction if there is one. */
    static void write(Instant date, JsonWriter out) {
        if (Math.abs(date.getEpochSecond()) > LAST_SECOND
                || (Math.abs(date.getEpochSecond()) == LAST_SECOND && date.getNano() != 0)) {
            throw WebException.of(date + " is beyond the dates of JavaScript, which end 100,000,000 days from 1970");
        }
        long whole = date.getEpochSecond() * 1_000 + date.getNano() / NANOS_OF_MILLI;
        int rest = date.getNano() % NANOS_OF_MILLI;
        if (rest == 0) {
            out.number(whole);
        } else {
            out.number(
                    BigDecimal.valueOf(whole).add(BigDecimal.valueOf(rest, 6)).doubleValue());
        }
    }

    private static Object bytes(List<?> list, @Nullable Object operand) {
        byte[] bytes = switch (operand) {
            case byte[] decoded -> decoded;
            case String text -> Base64Text.decode(text);
            case null, default -> throw Decoder.bad(list, "bytes are written as base64");
        };
        if (list.size() == 2) {
            return bytes;
        }
        if (!(list.get(2) instanceof String marker)) {
            throw Decoder.bad(list, "the kind of bytes is a name");
        }
        if (marker.equals("Uint8Array")) {
            return bytes;
        }
        TypedBytes.Kind kind = TypedBytes.Kind.of(marker);
        if (kind == null) {
            throw WebException.of("unknown kind of bytes: " + Tree.excerpt(marker));
        }
        if (bytes.length % kind.elementBytes() != 0) {
            throw WebException.of(String.format(
                    Locale.ROOT,
                    "%d bytes are no %s, which takes a multiple of %d",
                    bytes.length,
                    marker,
                    kind.elementBytes()));
        }
        return new TypedBytes(kind, bytes);
    }

    /** A finite number as JavaScript turns it into text. */
    static String text(Number n) {
        byte[] out = new byte[JsNumber.MOST_CHARACTERS];
        double value = n.doubleValue();
        if (Double.isInfinite(value)) {
            return value < 0 ? "-Infinity" : "Infinity";
        }
        int length = n instanceof Long integer ? JsNumber.write(integer, out, 0) : JsNumber.write(value, out, 0);
        return new String(out, 0, length, ISO_8859_1);
    }
}

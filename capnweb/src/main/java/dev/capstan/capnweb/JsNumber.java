package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigInteger;

/**
 * Numbers as JavaScript's {@code Number.prototype.toString} spells them (ECMAScript, Number::toString): the fewest digits that stand for the
 * very value, and an exponent from 1e21 up and below 1e-6.
 *
 * <p>{@link Double#toString} finds the digits: since Java 19 it yields the fewest, and of those the nearest. It differs in one
 * point only: it never takes fewer than two.
 */
final class JsNumber {
    /** {@code -1.7976931348623157e+308} has 24, zeros in front or behind make it 25 and one for the sign. */
    static final int MOST_CHARACTERS = 32;

    private static final double EXACT_INTEGERS = 1L << 53;
    /** All decimals with so many digits differ as doubles, so one that stands for the value is the shortest. */
    private static final long FIFTEEN_DIGITS = 1_000_000_000_000_000L;

    private static final long MILLION = 1_000_000;
    /** Where doubles are so far apart that two digits may be one too many. */
    private static final double FEW_DIGITS = 1e-320;

    /** All integers of so many characters are longs. */
    private static final int LONG_DIGITS = 18;
    /** All integers of so many digits, and powers of ten of so many, are doubles. */
    private static final int EXACT_DIGITS = 15;

    private JsNumber() {}

    /** The number that digits stand for, which may have a sign: a long, or a double if it is too large for that. */
    static Object integer(byte[] text, int from, int to) {
        boolean negative = text[from] == '-';
        if (to - from > LONG_DIGITS) {
            String digits = new String(text, from, to - from, ISO_8859_1);
            BigInteger exact = to - from > LONG_DIGITS + 2 ? null : new BigInteger(digits);
            return exact != null && exact.bitLength() < Long.SIZE
                    ? (Object) exact.longValue()
                    : (Object) Double.parseDouble(digits);
        }
        long n = 0;
        for (int i = negative ? from + 1 : from; i < to; i++) {
            n = 10 * n + (text[i] - '0');
        }
        return negative ? -n : n;
    }

    /** The number that is written with a point or an exponent. */
    static double decimal(byte[] text, int from, int to) {
        boolean negative = text[from] == '-';
        long digits = 0;
        double divisor = 0;
        for (int i = negative ? from + 1 : from; i < to; i++) {
            if (text[i] == '.') {
                divisor = 1;
            } else if (text[i] > '9' || to - from > EXACT_DIGITS) {
                return Double.parseDouble(new String(text, from, to - from, ISO_8859_1));
            } else {
                digits = 10 * digits + (text[i] - '0');
                divisor *= 10;
            }
        }
        // Both are exact, so their quotient is the nearest there is.
        return (negative ? -(double) digits : digits) / divisor;
    }

    /** Writes an integer at {@code at}; returns where it ends. */
    static int write(long n, byte[] out, int at) {
        if (n == Long.MIN_VALUE) {
            return ascii("-9223372036854775808", out, at);
        }
        int from = at;
        long rest = n;
        if (n < 0) {
            out[from++] = '-';
            rest = -n;
        }
        return digits(rest, count(rest), out, from);
    }

    /** Writes a finite number at {@code at}; returns where it ends. Negative zero is 0, as in {@code JSON.stringify}. */
    static int write(double n, byte[] out, int at) {
        if (n == Math.rint(n) && Math.abs(n) <= EXACT_INTEGERS) {
            return write((long) n, out, at);
        }
        int from = at;
        if (n < 0) {
            out[from++] = '-';
        }
        double magnitude = Math.abs(n);
        long millionths =
                magnitude < FIFTEEN_DIGITS / MILLION && magnitude >= 1e-6 ? Math.round(magnitude * MILLION) : 0;
        if (millionths != 0 && (double) millionths / MILLION == magnitude) {
            return decimal(millionths, out, from);
        }
        return shortest(magnitude, out, from);
    }

    /** A number of millionths that is no integer. */
    private static int decimal(long millionths, byte[] out, int at) {
        long whole = millionths / MILLION;
        int fraction = (int) (millionths % MILLION);
        int places = 6;
        while (fraction % 10 == 0) {
            fraction /= 10;
            places--;
        }
        int to = digits(whole, count(whole), out, at);
        out[to++] = '.';
        return digits(fraction, places, out, to);
    }

    private static int shortest(double magnitude, byte[] out, int at) {
        String java = Double.toString(magnitude);
        long digits = 0;
        int exponent = 0;
        boolean behindPoint = false;
        for (int i = 0; i < java.length(); i++) {
            char c = java.charAt(i);
            if (c == 'E') {
                exponent += Integer.parseInt(java, i + 1, java.length(), 10);
                break;
            } else if (c == '.') {
                behindPoint = true;
            } else {
                digits = 10 * digits + (c - '0');
                exponent -= behindPoint ? 1 : 0;
            }
        }
        if (magnitude < FEW_DIGITS && digits >= 10) {
            long fewer = (digits + 5) / 10;
            if (Double.parseDouble(fewer + "e" + (exponent + 1)) == magnitude) {
                digits = fewer;
                exponent++;
            }
        }
        while (digits % 10 == 0) {
            digits /= 10;
            exponent++;
        }
        return layOut(digits, exponent, out, at);
    }

    /** {@code digits} times ten to the power of {@code exponent}; the names are those of the specification. */
    private static int layOut(long digits, int exponent, byte[] out, int at) {
        int k = count(digits);
        int n = k + exponent;
        if (k <= n && n <= 21) {
            return zeros(n - k, out, digits(digits, k, out, at));
        }
        if (0 < n && n <= 21) {
            digits(digits, k, out, at);
            return point(n, k, out, at);
        }
        if (-6 < n && n <= 0) {
            out[at] = '0';
            out[at + 1] = '.';
            return digits(digits, k, out, zeros(-n, out, at + 2));
        }
        int to = digits(digits, k, out, at);
        if (k > 1) {
            to = point(1, k, out, at);
        }
        out[to++] = 'e';
        out[to++] = (byte) (n > 0 ? '+' : '-');
        int power = Math.abs(n - 1);
        return digits(power, count(power), out, to);
    }

    /** Puts a point behind the first {@code places} of {@code count} digits. */
    private static int point(int places, int count, byte[] out, int at) {
        System.arraycopy(out, at + places, out, at + places + 1, count - places);
        out[at + places] = '.';
        return at + count + 1;
    }

    private static int zeros(int count, byte[] out, int at) {
        for (int i = at; i < at + count; i++) {
            out[i] = '0';
        }
        return at + count;
    }

    private static int count(long n) {
        int count = 1;
        for (long rest = n; rest >= 10; rest /= 10) {
            count++;
        }
        return count;
    }

    /** The last {@code count} digits of {@code n}. */
    private static int digits(long n, int count, byte[] out, int at) {
        long rest = n;
        for (int i = at + count - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + count;
    }

    private static int ascii(String text, byte[] out, int at) {
        for (int i = 0; i < text.length(); i++) {
            out[at + i] = (byte) text.charAt(i);
        }
        return at + text.length();
    }
}

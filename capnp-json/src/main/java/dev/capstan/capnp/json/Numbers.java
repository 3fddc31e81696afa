package dev.capstan.capnp.json;

import dev.capstan.capnp.dynamic.Type.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as JSON spells them. What is wrong with one is an {@link IllegalArgumentException}; whoever knows where it stands adds that.
 *
 * <p>Floats are written as C++ does: with 15 digits if those stand for the very value, else with 17.
 */
final class Numbers {
    /** Of 2 to the power of 64. */
    private static final int MOST_DIGITS = 20;

    private static final MathContext SHORT = new MathContext(15, RoundingMode.HALF_EVEN);
    private static final MathContext EXACT = new MathContext(17, RoundingMode.HALF_EVEN);
    /** All integers up to here are floats, and short enough to be written without exponent. */
    private static final double PLAIN = 1e15;

    private static final List<Double> POWERS_OF_TEN =
            List.of(1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15);

    private Numbers() {}

    /** A finite number. */
    static void format(double value, StringBuilder out) {
        if (value == Math.rint(value) && Math.abs(value) < PLAIN && (value != 0 || 1 / value > 0)) {
            out.append((long) value);
            return;
        }
        if (value == 0) {
            out.append("-0");
            return;
        }
        BigDecimal whole = new BigDecimal(value);
        BigDecimal rounded = whole.round(SHORT);
        int precision = 15;
        if (rounded.doubleValue() != value) {
            rounded = whole.round(EXACT);
            precision = 17;
        }
        rounded = rounded.stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < precision) {
            out.append(rounded.toPlainString());
            return;
        }
        String digits = rounded.unscaledValue().abs().toString();
        if (value < 0) {
            out.append('-');
        }
        out.append(digits.charAt(0));
        if (digits.length() > 1) {
            out.append('.').append(digits, 1, digits.length());
        }
        // C's printf writes two digits at least; C++ leaves out the plus alone.
        out.append(exponent < 0 && exponent > -10 ? "e-0" : "e")
                .append(exponent < 0 && exponent > -10 ? -exponent : exponent);
    }

    /** The bits of an integer of {@code type}, spelled as JSON spells numbers: {@code 1e3} is one, {@code 1.5} is none. */
    static long integer(Tree.Digits digits, Scalar type) {
        CharSequence text = digits.text;
        boolean negative = text.charAt(digits.from) == '-';
        long n = 0;
        for (int i = negative ? digits.from + 1 : digits.from; i < digits.to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return exact(digits.toString(), type);
            }
            if (Long.compareUnsigned(n, Long.divideUnsigned(-1L - digit, 10)) > 0) {
                // An exponent below 0 can make it fit.
                if (isWhole(text, i, digits.to)) {
                    throw outOfRange(TextTree.excerpt(digits.toString()), type);
                }
                return exact(digits.toString(), type);
            }
            n = 10 * n + digit;
        }
        return fit(n, negative, digits, type);
    }

    private static boolean isWhole(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static long fit(long magnitude, boolean negative, Object spelled, Scalar type) {
        long max = isUnsigned(type) ? -1L >>> (64 - bits(type)) : (1L << (bits(type) - 1)) - (negative ? 0 : 1);
        if (isUnsigned(type) && negative) {
            max = 0;
        }
        if (Long.compareUnsigned(magnitude, max) > 0) {
            throw outOfRange(TextTree.excerpt(spelled.toString()), type);
        }
        return negative ? -magnitude : magnitude;
    }

    /** Of a number with point or exponent. Exact: a float has fewer digits than 64 bits can hold. */
    private static long exact(String spelled, Scalar type) {
        BigDecimal n;
        try {
            n = new BigDecimal(spelled);
        } catch (NumberFormatException e) {
            // The grammar was checked, so the exponent is beyond all bounds.
            double rounded = Double.parseDouble(spelled);
            boolean isZero =
                    spelled.chars().takeWhile(c -> c != 'e' && c != 'E').noneMatch(c -> c >= '1' && c <= '9');
            if (isZero) {
                return 0;
            }
            throw Double.isInfinite(rounded)
                    ? outOfRange(TextTree.excerpt(spelled), type)
                    : noInteger(spelled, type, e);
        }
        if (n.signum() == 0) {
            return 0;
        }
        // Looked at before anything is multiplied out: exponents make short texts stand for any number of digits.
        long digitsBeforePoint = (long) n.precision() - n.scale();
        if (digitsBeforePoint > MOST_DIGITS) {
            throw outOfRange(TextTree.excerpt(spelled), type);
        }
        if (digitsBeforePoint < 1 || n.stripTrailingZeros().scale() > 0) {
            throw noInteger(spelled, type, null);
        }
        BigInteger magnitude = n.abs().toBigIntegerExact();
        if (magnitude.bitLength() > 64) {
            throw outOfRange(TextTree.excerpt(spelled), type);
        }
        return fit(magnitude.longValue(), n.signum() < 0, spelled, type);
    }

    private static IllegalArgumentException noInteger(String spelled, Scalar type, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                TextTree.excerpt(spelled) + " is not an integer, as " + type + " needs.", cause);
    }

    /** The bits of an integer that is written as a string, as 64 bits usually are: digits with or without a sign. */
    static long integer(String text, Scalar type) {
        Tree.Digits digits = new Tree.Digits();
        digits.text = text;
        digits.to = text.length();
        int first = text.startsWith("-") ? 1 : 0;
        boolean good = text.length() > first;
        for (int i = first; i < text.length(); i++) {
            good &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        if (!good) {
            throw new IllegalArgumentException("\"" + TextTree.excerpt(text) + "\" is not an integer, as " + type
                    + " needs: digits, and '-' in front if need be.");
        }
        return integer(digits, type);
    }

    /**
     * A number as JSON spells it; too large a one is infinite.
     *
     * <p>Up to 15 digits, with or without a point, are an integer that a float holds exactly, over a power of ten that it holds, too: so
     * their quotient is the float that is nearest. Most numbers are such, and need no string of their own.
     */
    static double real(Tree.Digits digits) {
        CharSequence text = digits.text;
        boolean negative = text.charAt(digits.from) == '-';
        int first = negative ? digits.from + 1 : digits.from;
        int point = digits.to;
        long n = 0;
        boolean plain = digits.to - first <= 16;
        for (int at = first; plain && at < digits.to; at++) {
            int digit = text.charAt(at) - '0';
            if (digit >= 0 && digit <= 9) {
                n = 10 * n + digit;
            } else if (digit == '.' - '0') {
                point = at;
            } else {
                plain = false;
            }
        }
        if (!plain || n >= PLAIN) {
            return Double.parseDouble(digits.toString());
        }
        double value = point == digits.to ? n : n / POWERS_OF_TEN.get(digits.to - point - 1);
        return negative ? -value : value;
    }

    /** A float that is written as a string: NaN, Infinity, inf (in any case), or a number. */
    static double real(String text, Scalar type) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> Double.NaN;
            case "inf", "infinity", "+inf", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> finite(text, type);
        };
    }

    private static double finite(String text, Scalar type) {
        // Java's own grammar knows more: blanks around it, "1f", hexadecimal digits.
        boolean good = !text.isEmpty();
        for (int i = 0; i < text.length(); i++) {
            good &= "0123456789+-.eE".indexOf(text.charAt(i)) >= 0;
        }
        try {
            if (good) {
                return Double.parseDouble(text);
            }
        } catch (NumberFormatException e) {
            throw notANumber(text, type, e);
        }
        throw notANumber(text, type, null);
    }

    private static IllegalArgumentException notANumber(String text, Scalar type, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "\"" + TextTree.excerpt(text) + "\" is not a number, as " + type
                        + " needs: a number, \"NaN\", \"Infinity\" or \"-Infinity\".",
                cause);
    }

    static boolean isUnsigned(Scalar type) {
        return switch (type) {
            case UINT8, UINT16, UINT32, UINT64 -> true;
            default -> false;
        };
    }

    static int bits(Scalar type) {
        return switch (type) {
            case VOID, TEXT, DATA -> 0;
            case BOOL -> 1;
            case INT8, UINT8 -> 8;
            case INT16, UINT16 -> 16;
            case INT32, UINT32, FLOAT32 -> 32;
            case INT64, UINT64, FLOAT64 -> 64;
        };
    }

    private static IllegalArgumentException outOfRange(String n, Scalar type) {
        String range;
        if (isUnsigned(type)) {
            range = "0 to " + Long.toUnsignedString(-1L >>> (64 - bits(type)));
        } else {
            long max = Long.MAX_VALUE >>> (64 - bits(type));
            range = ~max + " to " + max;
        }
        return new IllegalArgumentException(n + " does not fit " + type + ", which is " + range + ".");
    }
}

package dev.capstan.capnweb.il;

import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is done with two values. Numbers are those of JavaScript, IEEE doubles; bigints are apart from them. Nothing is converted: a value of another kind fails the program.
 */
enum Operator {
    PLUS("+"),
    MINUS("-"),
    TIMES("*"),
    DIVIDED_BY("/"),
    REMAINDER("%"),
    EQUAL("=="),
    UNEQUAL("!="),
    LESS("<"),
    AT_MOST("<="),
    MORE(">"),
    AT_LEAST(">=");

    private static final double WHOLE_LONGS = 0x1p63;

    private final String tag;

    Operator(String tag) {
        this.tag = tag;
    }

    /** As programs write it. */
    String tag() {
        return tag;
    }

    /** The operator that programs write so; null if none. */
    static @Nullable Operator of(String tag) {
        for (Operator each : values()) {
            if (each.tag.equals(tag)) {
                return each;
            }
        }
        return null;
    }

    @Nullable
    Object apply(@Nullable Object a, @Nullable Object b, Spending spending) {
        return switch (this) {
            case EQUAL -> equal(a, b, spending);
            case UNEQUAL -> !equal(a, b, spending);
            case LESS, AT_MOST, MORE, AT_LEAST -> ordered(a, b, spending);
            case PLUS, MINUS, TIMES, DIVIDED_BY, REMAINDER -> calculated(a, b, spending);
        };
    }

    // ---- arithmetic

    private Object calculated(@Nullable Object a, @Nullable Object b, Spending spending) {
        if (isNumber(a) && isNumber(b)) {
            return number(calculated(toDouble(a), toDouble(b)));
        }
        if (a instanceof BigInteger m && b instanceof BigInteger n) {
            return calculated(m, n, spending);
        }
        if (this == PLUS && a instanceof String text && b instanceof String more) {
            spending.bytes(Spending.VALUE_BYTES + (long) text.length() + more.length());
            return text + more;
        }
        throw unfit(this == PLUS ? "two numbers, two bigints or two texts" : "two numbers or two bigints", a, b);
    }

    private double calculated(double a, double b) {
        return switch (this) {
            case PLUS -> a + b;
            case MINUS -> a - b;
            case TIMES -> a * b;
            case DIVIDED_BY -> a / b;
            case REMAINDER -> a % b;
            default -> throw new AssertionError(this);
        };
    }

    private BigInteger calculated(BigInteger a, BigInteger b, Spending spending) {
        int longer = Math.max(a.bitLength(), b.bitLength());
        spending.bits(this == TIMES ? (long) a.bitLength() + b.bitLength() - 1 : longer);
        if (this == TIMES || this == DIVIDED_BY || this == REMAINDER) {
            spending.product(a, b);
        }
        if ((this == DIVIDED_BY || this == REMAINDER) && b.signum() == 0) {
            throw Wrong.type("a bigint is divided by 0n");
        }
        BigInteger result = switch (this) {
            case PLUS -> a.add(b);
            case MINUS -> a.subtract(b);
            case TIMES -> a.multiply(b);
            case DIVIDED_BY -> a.divide(b);
            case REMAINDER -> a.remainder(b);
            default -> throw new AssertionError(this);
        };
        spending.digits(result);
        return result;
    }

    static Object negated(@Nullable Object value, Spending spending) {
        if (isNumber(value)) {
            return number(-toDouble(value));
        }
        if (value instanceof BigInteger n) {
            spending.bits(n.bitLength());
            spending.digits(n);
            return n.negate();
        }
        throw Wrong.type("'neg' needs a number or a bigint, not " + kind(value));
    }

    private static boolean isNumber(@Nullable Object value) {
        return value instanceof Long || value instanceof Double;
    }

    private static double toDouble(@Nullable Object number) {
        return number instanceof Number n ? n.doubleValue() : Double.NaN;
    }

    /** A number as it would arrive in a message. */
    private static Object number(double value) {
        boolean isWhole = value == Math.rint(value) && Math.abs(value) < WHOLE_LONGS;
        boolean isNegativeZero = value == 0 && 1 / value < 0;
        return isWhole && !isNegativeZero ? (Object) (long) value : (Object) value;
    }

    // ---- comparison

    private static boolean equal(@Nullable Object a, @Nullable Object b, Spending spending) {
        if (isNothing(a) || isNothing(b)) {
            return a == b;
        }
        if (!isComparable(a) || !isComparable(b)) {
            throw Wrong.type("neither lists and records nor objects are compared, nor is "
                    + kind(isComparable(a) ? b : a) + ": compare what is in them");
        }
        if (isNumber(a) && isNumber(b)) {
            return toDouble(a) == toDouble(b);
        }
        if (a instanceof String text && b instanceof String other) {
            spending.characters(Math.min(text.length(), other.length()));
        }
        return a != null && a.equals(b);
    }

    private static boolean isNothing(@Nullable Object value) {
        return value == null || value == JsValue.UNDEFINED;
    }

    private static boolean isComparable(@Nullable Object value) {
        return isNumber(value)
                || value instanceof String
                || value instanceof Boolean
                || value instanceof BigInteger
                || value instanceof Instant
                || value instanceof JsValue;
    }

    private boolean ordered(@Nullable Object a, @Nullable Object b, Spending spending) {
        if (isNumber(a) && isNumber(b)) {
            double m = toDouble(a);
            double n = toDouble(b);
            return switch (this) {
                case LESS -> m < n;
                case AT_MOST -> m <= n;
                case MORE -> m > n;
                default -> m >= n;
            };
        }
        int order;
        if (a instanceof String m && b instanceof String n) {
            spending.characters(Math.min(m.length(), n.length()));
            order = m.compareTo(n);
        } else if (a instanceof BigInteger m && b instanceof BigInteger n) {
            order = m.compareTo(n);
        } else if (a instanceof Instant m && b instanceof Instant n) {
            order = m.compareTo(n);
        } else {
            throw unfit("two numbers, two bigints, two texts or two dates", a, b);
        }
        return switch (this) {
            case LESS -> order < 0;
            case AT_MOST -> order <= 0;
            case MORE -> order > 0;
            default -> order >= 0;
        };
    }

    // ---- what values are

    private Wrong unfit(String wanted, @Nullable Object a, @Nullable Object b) {
        return Wrong.type("'" + tag + "' needs " + wanted + ", not " + kind(a) + " and " + kind(b));
    }

    /** What a value is called in errors. */
    static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Boolean truth -> "a boolean";
            case Long n -> "a number";
            case Double n -> "a number";
            case String text -> "a text";
            case BigInteger n -> "a bigint";
            case Instant date -> "a date";
            case List<?> list -> "a list";
            case Map<?, ?> map -> "a record";
            case Stub stub -> "an object";
            case JsValue one when one == JsValue.UNDEFINED -> "undefined";
            case JsValue one -> "a date";
            case byte[] content -> "bytes";
            default -> "a " + value.getClass().getSimpleName();
        };
    }
}

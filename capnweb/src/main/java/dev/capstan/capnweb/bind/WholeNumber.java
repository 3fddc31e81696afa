package dev.capstan.capnweb.bind;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Integers, exactly or not at all: JavaScript's numbers tell all integers apart only up to 2<sup>53</sup> - 1, so that a larger {@code long} is refused both ways.
 *
 * @param least inclusive
 * @param most inclusive
 * @param box the value as its own type
 */
record WholeNumber(long least, long most, LongFunction<Object> box) implements Shape {
    /** {@code Number.MAX_SAFE_INTEGER}. */
    private static final long MOST_EXACT = (1L << 53) - 1;

    /** The shape of {@code type}; null if it is no integer. */
    static @Nullable Shape of(Class<?> type) {
        return switch (type.getName()) {
            case "byte", "java.lang.Byte" -> new WholeNumber(Byte.MIN_VALUE, Byte.MAX_VALUE, n -> (byte) n);
            case "short", "java.lang.Short" -> new WholeNumber(Short.MIN_VALUE, Short.MAX_VALUE, n -> (short) n);
            case "int", "java.lang.Integer" -> new WholeNumber(Integer.MIN_VALUE, Integer.MAX_VALUE, n -> (int) n);
            case "long", "java.lang.Long" -> new WholeNumber(-MOST_EXACT, MOST_EXACT, n -> n);
            default -> null;
        };
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        long n = ((Number) value).longValue();
        if (n < least || n > most) {
            throw Mismatch.because(n + " is no number that JavaScript tells from its neighbours: declare a BigInteger");
        }
        return n;
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        long n = switch (tree) {
            case Long exact -> exact;
            case Double number when number == Math.rint(number) && Math.abs(number) <= MOST_EXACT -> number.longValue();
            case null, default -> throw expected(tree);
        };
        if (n < least || n > most) {
            throw expected(tree);
        }
        return box.apply(n);
    }

    private Mismatch expected(@Nullable Object tree) {
        return Mismatch.expected("an integer from " + least + " to " + most, tree);
    }

    @Override
    public String typescript(TypeScript out) {
        return "number";
    }
}

package dev.capstan.capnp.dynamic;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Floats as C's {@code printf("%g")} writes them, without the plus of exponents: with 15 digits (6 for Float32) if those are enough to read
 * the same number again, else with 17 (8). It is what the C++ implementation writes, except that it stops there: one Float32 in three or so needs a
 * ninth digit, without which it is read as its neighbour.
 */
final class FloatText {
    private FloatText() {}

    static String of(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return special(value);
        }
        String few = general(value, 15);
        return Double.parseDouble(few) == value ? few : general(value, 17);
    }

    static String of(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value)) {
            return special(value);
        }
        // C's strtof reports subnormal numbers as out of range, upon which C++ takes more digits.
        for (int digits = Math.abs(value) < Float.MIN_NORMAL && value != 0 ? 8 : 6; digits < 9; digits += 2) {
            String few = general(value, digits);
            if (Float.parseFloat(few) == value) {
                return few;
            }
        }
        return general(value, 9);
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
    }

    private static String general(double value, int digits) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal rounded = new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            return rounded.toPlainString();
        }
        String mantissa = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        String power = Integer.toString(Math.abs(exponent));
        return mantissa + (exponent < 0 ? "e-" : "e") + (power.length() < 2 ? "0" : "") + power;
    }
}

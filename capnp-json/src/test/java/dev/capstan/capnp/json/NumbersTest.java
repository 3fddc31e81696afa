package dev.capstan.capnp.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.dynamic.Type.Scalar;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumbersTest {
    private static double read(String text) {
        Tree.Digits digits = new Tree.Digits();
        digits.text = "[" + text + "]";
        digits.from = 1;
        digits.to = 1 + text.length();
        return Numbers.real(digits);
    }

    private static String written(double value) {
        StringBuilder text = new StringBuilder();
        Numbers.format(value, text);
        return text.toString();
    }

    @Test
    void numbers_are_read_as_java_reads_them() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            String whole = Long.toString(random.nextLong() >> random.nextInt(64));
            String text = switch (random.nextInt(4)) {
                case 0 -> whole;
                case 1 -> whole + "." + random.nextInt(1_000_000);
                case 2 -> random.nextInt(10) + ".0000" + Math.abs(random.nextLong() >> random.nextInt(64));
                default -> whole + "e" + (random.nextInt(60) - 30);
            };
            assertEquals(Double.parseDouble(text), read(text), text);
        }
        assertEquals(-0.0, read("-0"));
        assertEquals(-0.0, read("-0.0"));
    }

    private static long integer(String text, Scalar type) {
        Tree.Digits digits = new Tree.Digits();
        digits.text = "[" + text + "]";
        digits.from = 1;
        digits.to = 1 + text.length();
        return Numbers.integer(digits, type);
    }

    @Test
    void integers_with_point_or_exponent_lose_no_digits() {
        assertEquals(9007199254740993L, integer("9007199254740993.0", Scalar.INT64));
        assertEquals(9007199254740993L, integer("9007199254740993e0", Scalar.INT64));
        assertEquals(-9007199254740993L, integer("-90071992547409930E-1", Scalar.INT64));
        assertEquals(Long.MAX_VALUE, integer("9.223372036854775807e18", Scalar.INT64));
        assertEquals(Long.MIN_VALUE, integer("-9.223372036854775808e18", Scalar.INT64));
        assertEquals(-1, integer("1.8446744073709551615e19", Scalar.UINT64));
        assertEquals(1000, integer("1e3", Scalar.INT16));
        assertEquals(0, integer("-0.0", Scalar.UINT8));
        assertEquals(0, integer("0e99999999999", Scalar.UINT8));
        assertEquals(0, integer("0.0e-999999999", Scalar.UINT8));
    }

    @Test
    void integers_may_have_more_digits_before_the_exponent_than_64_bits_hold() {
        assertEquals(100_000_000_000_000_000L, integer("10000000000000000000000e-5", Scalar.INT64));
        assertEquals(-100_000_000_000_000_000L, integer("-10000000000000000000000E-5", Scalar.INT64));
        assertEquals(123, integer("123" + "0".repeat(500) + ".0e-500", Scalar.INT8));
        for (String fraction : List.of(
                "123456789012345678901234567890e-20", "99999999999999999999999.5e-10", "123456789012345678901e-1")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> integer(fraction, Scalar.INT64), fraction);
            assertTrue(String.valueOf(e.getMessage()).startsWith(fraction + " is not an integer"), e.getMessage());
        }
        for (String large : List.of("18446744073709551616", "10000000000000000000000", "-10000000000000000000000.0")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> integer(large, Scalar.UINT64), large);
            assertTrue(String.valueOf(e.getMessage()).startsWith(large + " does not fit"), e.getMessage());
        }
    }

    @Test
    void integers_with_point_or_exponent_are_refused_unless_they_fit() {
        for (String large : List.of(
                "9.223372036854775808e18",
                "-9.223372036854775809e18",
                "1.8446744073709551616e19",
                "1e999999999",
                "-1e2147483647",
                "1e99999999999")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> integer(large, Scalar.INT64), large);
            assertTrue(String.valueOf(e.getMessage()).startsWith(large + " does not fit"), e.getMessage());
        }
        for (String fraction :
                List.of("1.5", "9007199254740993.1", "1e-1", "1e-400", "1e-999999999", "1e-99999999999")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> integer(fraction, Scalar.INT64), fraction);
            assertTrue(String.valueOf(e.getMessage()).startsWith(fraction + " is not an integer"), e.getMessage());
        }
    }

    @Test
    void written_numbers_are_read_back_as_the_same() {
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (!Double.isNaN(value) && !Double.isInfinite(value)) {
                assertEquals(value, read(written(value)));
            }
            double small = random.nextInt(1_000_000) / 1000.0;
            assertEquals(small, read(written(small)));
        }
    }

    @Test
    void numbers_look_as_in_cpp() {
        assertEquals("0", written(0));
        assertEquals("-0", written(-0.0));
        assertEquals("-5.5", written(-5.5));
        assertEquals("0.1", written(0.1));
        assertEquals("0.10000000149011612", written(0.1f));
        assertEquals("123456789012345", written(123456789012345.0));
        assertEquals("1e15", written(1e15));
        assertEquals("1e-07", written(1e-7));
        assertEquals("0.0001", written(0.0001));
        assertEquals("1.0000000000000003e-05", written(Math.nextUp(1e-5)));
        assertEquals("-1.23e47", written(-1.23e47));
        assertEquals("9.9999999338158125e36", written(1e37f));
    }
}

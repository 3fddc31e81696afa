package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The table was written by Node 20: the bits of a double, and what {@code JSON.stringify} makes of it. */
class JsNumberTest {
    private static final int RANDOM = Integer.getInteger("capstan.web.numbers", 100_000);
    private static final long SEED = Long.getLong("capstan.web.seed", 20261121);

    private final JsonWriter out = new JsonWriter(64);

    private String text(double n) {
        out.clear();
        return out.number(n).toString();
    }

    @Test
    void numbers_are_spelled_as_node_spells_them() throws IOException {
        List<String> lines;
        try (InputStream table = Objects.requireNonNull(JsNumberTest.class.getResourceAsStream("numbers.txt"))) {
            lines = new String(table.readAllBytes(), UTF_8).lines().toList();
        }
        assertTrue(lines.size() > 3_000);
        for (String line : lines) {
            int blank = line.indexOf(' ');
            double n = Double.longBitsToDouble(Long.parseUnsignedLong(line, 0, blank, 16));
            assertEquals(line.substring(blank + 1), text(n), () -> "the number " + n);
        }
    }

    @Test
    void random_numbers_are_read_as_they_were_written() {
        Random random = new Random(SEED);
        for (int i = 0; i < RANDOM; i++) {
            double n = switch (i % 4) {
                case 0 -> random.nextInt() / 1000.0;
                case 1 -> random.nextDouble();
                case 2 -> random.nextLong() * 1e-6;
                default -> Double.longBitsToDouble(random.nextLong());
            };
            if (Double.isFinite(n) && n != 0) {
                byte[] text = text(n).getBytes(UTF_8);
                Object read = Objects.requireNonNull(Json.parse(text, 0, text.length, Limits.DEFAULT));
                assertEquals(n, ((Number) read).doubleValue(), () -> "-Dcapstan.web.seed=" + SEED);
            }
        }
    }

    @Test
    void random_numbers_take_no_more_digits_than_the_shortest_decimal() {
        Random random = new Random(SEED);
        for (int i = 0; i < RANDOM; i++) {
            double n = i % 2 == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextInt() / 10_000.0;
            if (Double.isFinite(n)) {
                assertTrue(digits(text(n)) <= digits(Double.toString(n)), () -> "the number " + n);
            }
        }
    }

    private static int digits(String text) {
        int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
        String mantissa = exponent < 0 ? text : text.substring(0, exponent);
        String digits = mantissa.replaceAll("[-.]", "").replaceFirst("^0+", "").replaceFirst("0+$", "");
        return digits.length();
    }

    @Test
    void longs_are_written_with_all_their_digits() {
        for (long n : new long[] {0, 9, 10, -1, -10, 99, 100, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE}) {
            out.clear();
            assertEquals(Long.toString(n), out.number(n).toString());
        }
    }
}

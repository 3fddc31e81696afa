package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random records go to a service and come back as they were. */
class RandomRecordsTest {
    private static final long SEED = 20_261_121;
    private static final int RECORDS = 2_000;

    enum Color {
        RED,
        @Named("green!")
        GREEN,
        BLUE
    }

    sealed interface Shape2 permits Dot, Line, Many {}

    record Dot(int x, int y) implements Shape2 {}

    record Line(Dot from, Optional<Dot> to) implements Shape2 {}

    record Many(List<Shape2> parts) implements Shape2 {}

    record Value(
            boolean flag,
            byte small,
            short medium,
            int normal,
            Long large,
            double precise,
            char letter,
            String text,
            BigInteger big,
            Instant time,
            @Nullable String maybe,
            List<@Nullable Integer> numbers,
            Set<Color> colors,
            Map<String, Optional<Double>> named,
            Map<Color, List<String>> byColor,
            Optional<Value> inner,
            Shape2 shape,
            List<List<Shape2>> shapes) {}

    @Remote
    interface Echo {
        Value echo(Value value);
    }

    private final Random random = new Random(SEED);

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append((char) (random.nextInt(4) == 0 ? random.nextInt(0x10000) : ' ' + random.nextInt(95)));
        }
        return text.toString();
    }

    private <T> List<T> list(int most, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private double number() {
        return one(List.of(
                random.nextDouble(),
                random.nextGaussian() * 1e200,
                (double) random.nextInt(),
                0.0,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                Double.MIN_VALUE));
    }

    private Shape2 shape(int depth) {
        return switch (random.nextInt(depth > 3 ? 2 : 3)) {
            case 0 -> dot();
            case 1 -> new Line(dot(), random.nextBoolean() ? Optional.of(dot()) : Optional.empty());
            default -> new Many(list(3, () -> shape(depth + 1)));
        };
    }

    private Dot dot() {
        return new Dot(random.nextInt(), one(List.of(Integer.MIN_VALUE, 0, Integer.MAX_VALUE)));
    }

    private Value value(int depth) {
        Map<String, Optional<Double>> named = new LinkedHashMap<>();
        list(
                3,
                () -> named.put(
                        "n" + random.nextInt(100), random.nextBoolean() ? Optional.of(number()) : Optional.empty()));
        Map<Color, List<String>> byColor = new LinkedHashMap<>();
        list(3, () -> byColor.put(one(List.of(Color.values())), list(2, this::text)));
        return new Value(
                random.nextBoolean(),
                (byte) random.nextInt(),
                (short) random.nextInt(),
                random.nextInt(),
                random.nextLong(-(1L << 53) + 1, 1L << 53),
                number(),
                (char) random.nextInt(0x10000),
                text(),
                new BigInteger(random.nextInt(200), random).negate(),
                Instant.ofEpochMilli(random.nextLong(-1L << 52, 1L << 52)),
                random.nextBoolean() ? text() : null,
                numbers(),
                new LinkedHashSet<>(list(4, () -> one(List.of(Color.values())))),
                named,
                byColor,
                depth < 3 && random.nextBoolean() ? Optional.of(value(depth + 1)) : Optional.empty(),
                shape(0),
                list(2, () -> list(2, () -> shape(0))));
    }

    private List<@Nullable Integer> numbers() {
        List<@Nullable Integer> numbers = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            numbers.add(random.nextInt(4) == 0 ? null : random.nextInt());
        }
        return numbers;
    }

    @Test
    void records_come_back_as_they_were() {
        Pair pair = new Pair();
        Echo echo = pair.connect(Echo.class, pair.server.serve(pair.sim.loop(), (Echo) value -> value));
        for (int i = 0; i < RECORDS; i++) {
            Value value = value(0);
            assertEquals(value, echo.echo(value), "record " + i + " of seed " + SEED);
        }
        Remotes.close(echo);
        pair.assertNothingIsLeft();
        pair.close();
    }
}

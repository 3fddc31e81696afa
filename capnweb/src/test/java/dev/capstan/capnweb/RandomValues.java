package dev.capstan.capnweb;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random values of every type that TypeScript gives back as it got them. */
final class RandomValues {
    private static final List<String> TEXTS =
            List.of("bytes", "export", "AQID", "AA", "", "date", "undefined", "remap", "import", "then");
    private static final List<TypedBytes.Kind> KINDS = List.of(TypedBytes.Kind.values());
    private static final List<String> CLASSES =
            List.of("Error", "TypeError", "RangeError", "SyntaxError", "EvalError", "URIError", "ReferenceError");

    private final Random random;

    RandomValues(long seed) {
        random = new Random(seed);
    }

    @Nullable
    Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 22 : 14)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            // JavaScript has 53 bits for them.
            case 2 -> random.nextLong() >> (11 + random.nextInt(53));
            case 3 -> number();
            case 4, 5 -> text();
            case 6 -> random.nextBoolean() ? JsValue.UNDEFINED : JsValue.INVALID_DATE;
            case 7 -> new BigInteger(random.nextInt(300), random).negate();
            case 8 -> Instant.ofEpochMilli(random.nextLong() % 8_640_000_000_000_000L);
            case 9, 10 -> bytes(random.nextInt(20));
            case 11 -> new TypedBytes(KINDS.get(random.nextInt(KINDS.size())), bytes(8 * random.nextInt(4)));
            case 12 -> new Url("https://h" + random.nextInt(100) + ".test/" + random.nextInt());
            case 13 -> Headers.of("a" + random.nextInt(9), "v" + random.nextInt(), "b", "");
            case 14, 15 -> error();
            case 16, 17, 18 -> map(depth);
            default -> list(depth);
        };
    }

    private double number() {
        return switch (random.nextInt(8)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3, 4 -> random.nextInt() / 8.0 + 0.0625;
            default -> {
                double any = Double.longBitsToDouble(random.nextLong());
                yield any == 0 || Double.isNaN(any) ? 0.5 : any;
            }
        };
    }

    private String text() {
        if (random.nextBoolean()) {
            return TEXTS.get(random.nextInt(TEXTS.size()));
        }
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
            text.append((char) (random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0x10000)));
        }
        return text.toString();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private JsError error() {
        Map<String, Object> props = new LinkedHashMap<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            props.put("p" + random.nextInt(100), text());
        }
        return new JsError(CLASSES.get(random.nextInt(CLASSES.size())), text(), null, props);
    }

    private Map<String, @Nullable Object> map(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int n = random.nextInt(5); n > 0; n--) {
            // Halves of pairs are refused in names.
            map.put(text().replaceAll("[\\ud800-\\udfff]", ""), value(depth - 1));
        }
        return map;
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int n = random.nextInt(5); n > 0; n--) {
            list.add(value(depth - 1));
        }
        return list;
    }

    /** Arrays have no equality of their own, and JavaScript has one kind of numbers and sorts the members whose names are numbers. */
    static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> "bytes " + Arrays.toString(bytes);
            case Long n -> n.doubleValue();
            case List<?> list -> {
                List<@Nullable Object> elements = new ArrayList<>();
                list.forEach(element -> elements.add(comparable(element)));
                yield elements;
            }
            case Map<?, ?> map -> {
                Map<@Nullable Object, @Nullable Object> members = new LinkedHashMap<>();
                map.forEach((name, member) -> members.put(name, comparable(member)));
                yield members;
            }
            case null, default -> value;
        };
    }
}

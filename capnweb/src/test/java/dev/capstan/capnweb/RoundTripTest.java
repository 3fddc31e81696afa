package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.testkit.Parity;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random values come back as they were. */
class RoundTripTest {
    private static final int TREES = Integer.getInteger("capstan.web.trees", 10_000);
    private static final long SEED = Long.getLong("capstan.web.seed", 20261121);

    private static final List<TypedBytes.Kind> KINDS = List.of(TypedBytes.Kind.values());

    private final FakeSession session = new FakeSession();

    @Test
    @Parity({
        "CW-I005", "PY-140", "PY-141", "PY-142", "PY-143", "PY-144", "PY-145", "PY-146", "PY-161", "PY-162", "PY-165",
        "PY-202", "PY-203", "PY-204", "PY-205", "PY-206", "PY-207", "PY-208", "PY-209", "PY-210", "PY-211", "PY-221",
        "PY-222", "PY-223", "PY-246", "PY-247", "PY-248", "PY-250", "PY-251", "PY-252", "PY-253", "PY-254", "PY-292",
        "PY-293", "PY-294", "PY-295", "PY-296", "PY-297", "PY-298", "PY-299", "PY-300", "PY-301", "PY-313", "PY-314",
        "PY-315"
    })
    void random_values_come_back_as_they_were() {
        for (int i = 0; i < TREES; i++) {
            long seed = SEED + i;
            Object value = value(new Random(seed), 6);
            try {
                String json = session.encode(value);
                Object back = session.decode(json);
                assertEquals(comparable(value), comparable(back));
                assertEquals(json, session.encode(back));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dcapstan.web.seed=" + seed, e);
            }
        }
    }

    private @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 24 : 18)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 -> number(random);
            case 4, 5 -> text(random);
            case 6 -> random.nextBoolean() ? JsValue.UNDEFINED : JsValue.INVALID_DATE;
            case 7 -> new BigInteger(random.nextInt(300), random).negate();
            case 8 -> Instant.ofEpochMilli(random.nextLong() % 8_640_000_000_000_000L);
            case 9, 10 -> bytes(random, random.nextInt(20));
            case 11 -> new TypedBytes(KINDS.get(random.nextInt(KINDS.size())), bytes(random, 8 * random.nextInt(4)));
            case 12 -> new Url("https://h" + random.nextInt(100) + "/" + random.nextInt());
            case 13 -> Headers.of("a" + random.nextInt(9), "v" + random.nextInt(), "b", "");
            case 14 -> session.cap(-1 - random.nextInt(5));
            case 15 -> new FakeSession.Later("promise", -1 - random.nextInt(5));
            case 16 -> session.readable(random.nextInt(5));
            case 17 -> session.writable(-random.nextInt(5));
            case 18 -> WebResponse.of(200 + random.nextInt(3), random.nextBoolean() ? text(random) : null);
            case 19 ->
                new JsError(text(random), text(random), random.nextBoolean() ? text(random) : null, plainMap(random));
            case 20, 21 -> map(random, depth);
            default -> list(random, depth);
        };
    }

    private static double number(Random random) {
        double n = random.nextBoolean() ? random.nextInt() / 8.0 + 0.0625 : Double.longBitsToDouble(random.nextLong());
        return n == 0 ? 0.5 : n;
    }

    private static String text(Random random) {
        List<String> tags = List.of("bytes", "export", "AQID", "AA", "", "date", "undefined", "remap", "import");
        if (random.nextBoolean()) {
            return tags.get(random.nextInt(tags.size()));
        }
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
            text.append((char) (random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0x10000)));
        }
        return text.toString();
    }

    /** No halves of pairs: they have a test of their own. */
    private static String name(Random random) {
        return text(random).replaceAll("[\\ud800-\\udfff]", "");
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Map<String, Object> plainMap(Random random) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            map.put("p" + random.nextInt(100), text(random));
        }
        return map;
    }

    private Map<String, @Nullable Object> map(Random random, int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int n = random.nextInt(5); n > 0; n--) {
            map.put(name(random), value(random, depth - 1));
        }
        return map;
    }

    private List<@Nullable Object> list(Random random, int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int n = random.nextInt(5); n > 0; n--) {
            list.add(value(random, depth - 1));
        }
        return list;
    }

    /**
     * Arrays have no equality of their own, and a double without fraction comes back as a long, as JavaScript has one kind only: beyond 2^53
     * as the long that its shortest digits spell, which is the same double.
     */
    private static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> "bytes " + Arrays.toString(bytes);
            case Long n -> n.doubleValue();
            case List<?> list -> {
                List<@Nullable Object> elements = new ArrayList<>();
                list.forEach(element -> elements.add(comparable(element)));
                yield elements;
            }
            case Map<?, ?> map -> {
                List<@Nullable Object> members = new ArrayList<>();
                map.forEach((name, member) -> members.add(Arrays.asList(name, comparable(member))));
                yield members;
            }
            case null, default -> value;
        };
    }
}

package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random programs do what {@link Model} says, and random nonsense is refused. */
class RandomProgramsTest {
    private static final int PROGRAMS = Integer.getInteger("capstan.il.programs", 3_000);
    private static final List<String> OPERATORS = List.of("+", "-", "*", "/", "%");
    private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=");

    private enum Kind {
        NUMBER,
        TRUTH,
        TEXT,
        LIST,
        RECORD,
        COUNTER
    }

    /** Writes programs whose operands mostly fit. */
    private static final class Author {
        private final Random random;
        private final List<Map.Entry<String, Kind>> names = new ArrayList<>();
        private int loops;

        Author(long seed) {
            random = new Random(seed);
        }

        private static List<@Nullable Object> op(@Nullable Object... parts) {
            return new ArrayList<>(Arrays.asList(parts));
        }

        private <T> T one(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private boolean once(int in) {
            return random.nextInt(in) == 0;
        }

        @Nullable
        Object any(int depth) {
            return code(Kind.values()[random.nextInt(Kind.values().length - 1)], depth);
        }

        @Nullable
        Object code(Kind kind, int depth) {
            List<String> known = names.stream()
                    .filter(each -> each.getValue() == kind)
                    .map(Map.Entry::getKey)
                    .toList();
            if (!known.isEmpty() && once(3)) {
                return op("var", one(known));
            }
            if (depth <= 0) {
                return leaf(kind);
            }
            if (once(200)) {
                return one(List.of(op("fail", "enough"), op("call", op("capture", 0L), "missing")));
            }
            if (once(150)) {
                return any(depth - 1);
            }
            return switch (random.nextInt(10)) {
                case 0 -> op("if", code(Kind.TRUTH, depth - 1), code(kind, depth - 1), code(kind, depth - 1));
                case 1 -> let(kind, depth);
                case 2 -> op("call", op("capture", 0L), one(List.of("echo", "soon")), code(kind, depth - 1));
                case 3 -> op("get", op("list", any(depth - 2), code(kind, depth - 1)), 1L);
                case 4 -> op("get", Map.of("m", nonNull(code(kind, depth - 1))), "m");
                case 5 -> op("do", any(depth - 2), code(kind, depth - 1));
                default -> own(kind, depth);
            };
        }

        private static Object nonNull(@Nullable Object code) {
            return code == null ? op("literal", code) : code;
        }

        private @Nullable Object leaf(Kind kind) {
            return switch (kind) {
                case NUMBER -> once(4) ? (Object) (random.nextInt(40) / 8.0) : (Object) (long) (random.nextInt(20) - 5);
                case TRUTH -> random.nextBoolean();
                case TEXT -> one(List.of("", "a", "b", "ab", "\u00e9"));
                case LIST -> op("list", 1L, 2L);
                case RECORD -> new LinkedHashMap<>(Map.of("n", 1L));
                case COUNTER -> op("call", op("capture", 0L), "count");
            };
        }

        private Object let(Kind kind, int depth) {
            int before = names.size();
            List<@Nullable Object> pairs = op();
            for (int i = random.nextInt(3); i >= 0; i--) {
                Kind of = Kind.values()[random.nextInt(Kind.values().length)];
                String name = "n" + random.nextInt(6);
                pairs.add(op(name, code(of, depth - 2)));
                names.removeIf(each -> each.getKey().equals(name) && names.indexOf(each) >= before);
                names.add(Map.entry(name, of));
            }
            // A name that was known with another kind is hidden.
            List<Map.Entry<String, Kind>> hidden = new ArrayList<>();
            for (Map.Entry<String, Kind> outer : names.subList(0, before)) {
                if (names.subList(before, names.size()).stream()
                        .anyMatch(inner -> inner.getKey().equals(outer.getKey()))) {
                    hidden.add(outer);
                }
            }
            List<Map.Entry<String, Kind>> all = new ArrayList<>(names);
            names.subList(0, before).removeAll(hidden);
            Object body = code(kind, depth - 1);
            names.clear();
            names.addAll(all.subList(0, before));
            return op("let", pairs, body);
        }

        private Object own(Kind kind, int depth) {
            return switch (kind) {
                case NUMBER ->
                    switch (random.nextInt(4)) {
                        case 0 -> op("neg", code(Kind.NUMBER, depth - 1));
                        case 1 -> op("size", code(one(List.of(Kind.LIST, Kind.TEXT, Kind.RECORD)), depth - 1));
                        case 2 -> counted(depth);
                        default -> op(one(OPERATORS), code(Kind.NUMBER, depth - 1), code(Kind.NUMBER, depth - 1));
                    };
                case TRUTH ->
                    switch (random.nextInt(4)) {
                        case 0 -> op("not", code(Kind.TRUTH, depth - 1));
                        case 1 -> op("and", code(Kind.TRUTH, depth - 1), code(Kind.TRUTH, depth - 1));
                        case 2 -> op("or", code(Kind.TRUTH, depth - 1), code(Kind.TRUTH, depth - 1));
                        default -> {
                            Kind of = random.nextBoolean() ? Kind.NUMBER : Kind.TEXT;
                            yield op(one(COMPARISONS), code(of, depth - 1), code(of, depth - 1));
                        }
                    };
                case TEXT -> op("+", code(Kind.TEXT, depth - 1), code(Kind.TEXT, depth - 1));
                case LIST ->
                    loops < 4 ? loop(depth) : op("concat", code(Kind.LIST, depth - 1), code(Kind.LIST, depth - 1));
                case RECORD -> {
                    Map<String, @Nullable Object> record = new LinkedHashMap<>();
                    for (int i = random.nextInt(3); i >= 0; i--) {
                        record.put("m" + i, any(depth - 1));
                    }
                    yield record;
                }
                case COUNTER -> op("call", op("capture", 0L), "count");
            };
        }

        private Object counted(int depth) {
            return random.nextBoolean()
                    ? op("call", code(Kind.COUNTER, depth - 1), "increment")
                    : op("get", code(Kind.COUNTER, depth - 1), "value");
        }

        private Object loop(int depth) {
            loops++;
            String name = "l" + loops;
            Object of = code(Kind.LIST, depth - 2);
            int before = names.size();
            Object code;
            if (random.nextBoolean()) {
                // The elements may be of any kind: nothing is done with them but to pass them on.
                code = once(2)
                        ? op("for", name, of, op("list", op("var", name), any(depth - 2)))
                        : op("for", name, of, op("var", name), code(Kind.TRUTH, depth - 2));
            } else {
                names.add(Map.entry(name, Kind.NUMBER));
                code = op(
                        "while",
                        op(op(name, 0L), op("a" + loops, op("list"))),
                        op("<", op("var", name), (long) random.nextInt(5)),
                        op(
                                "list",
                                op("+", op("var", name), 1L),
                                op("concat", op("var", "a" + loops), op("list", any(depth - 2)))),
                        op("var", "a" + loops));
            }
            names.subList(before, names.size()).clear();
            loops--;
            return code;
        }
    }

    private static @Nullable Object plain(@Nullable Object tree) {
        return Trees.replaced(tree, leaf -> leaf instanceof Number n ? (Object) (n.doubleValue() + 0.0) : leaf);
    }

    @Test
    void random_programs_do_what_the_model_says() {
        int failures = 0;
        Random delays = new Random(1);
        try (Scene scene = new Scene(Budget.DEFAULT.withSteps(1_000_000).withCalls(100_000))) {
            scene.delays = delays;
            for (int seed = 0; seed < PROGRAMS; seed++) {
                Object code = new Author(seed).any(6);
                Object expected;
                boolean fails = false;
                try {
                    expected = Model.run(code);
                } catch (Model.Fails e) {
                    expected = null;
                    fails = true;
                    failures++;
                }
                try (Stub result = scene.api.call(Programs.RUN, code, List.of(scene.api))) {
                    Object actual = scene.sim.await(result.value());
                    assertTrue(!fails, () -> "it should fail: " + code);
                    assertEquals(plain(expected), plain(actual), code + " of seed " + seed);
                } catch (Failure e) {
                    assertTrue(fails, () -> e.reason() + ": " + code);
                }
            }
        }
        assertTrue(failures > PROGRAMS / 100 && failures < PROGRAMS / 2, failures + " of " + PROGRAMS + " fail");
    }

    @Test
    void random_changes_of_programs_are_run_or_refused() {
        int refused = 0;
        try (Scene scene = new Scene(Budget.DEFAULT.withSteps(5_000).withBytes(1 << 20))) {
            for (int seed = 0; seed < PROGRAMS; seed++) {
                Random random = new Random(seed);
                Object code = changed(new Author(seed).any(4), random);
                try (Stub result = scene.api.call(Programs.RUN, code, List.of(scene.api))) {
                    closed(scene.sim.await(result.value()));
                } catch (Failure e) {
                    refused++;
                    assertTrue(
                            e.reason().startsWith("program")
                                    || e.reason().equals("enough")
                                    || e.reason().equals("a whole number is needed")
                                    || e.reason().endsWith("is not a function.")
                                    || e.reason().startsWith("Cannot read properties of"),
                            () -> e.reason() + ": " + code);
                }
            }
        }
        assertTrue(refused > PROGRAMS / 3 && refused < PROGRAMS, refused + " of " + PROGRAMS);
    }

    private static void closed(@Nullable Object tree) {
        List<AutoCloseable> owned = new ArrayList<>();
        Trees.owned(tree, owned);
        Trees.close(owned);
    }

    private static final List<Object> PIECES = List.of(
            "call",
            "let",
            "x",
            -1L,
            0L,
            1e300,
            true,
            List.of(),
            List.of("var", "x"),
            List.of("capture", 1L),
            Map.of(),
            List.of(List.of("x", 1L)),
            List.of("while", List.of(), true, List.of("list"), 1L),
            List.of("var", "n1"),
            "$run",
            List.of("capture", 0L));

    private static @Nullable Object changed(@Nullable Object code, Random random) {
        if (random.nextInt(25) == 0) {
            return PIECES.get(random.nextInt(PIECES.size()));
        }
        if (code instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            for (Object each : list) {
                copy.add(changed(each, random));
            }
            if (random.nextInt(25) == 0 && !copy.isEmpty()) {
                copy.remove(random.nextInt(copy.size()));
            }
            if (random.nextInt(25) == 0) {
                copy.add(random.nextInt(copy.size() + 1), PIECES.get(random.nextInt(PIECES.size())));
            }
            return copy;
        }
        if (code instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, member) -> copy.put(name, changed(member, random)));
            return copy;
        }
        return code;
    }
}

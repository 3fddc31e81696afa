package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each limit one below, at and above what a program needs. */
class BudgetTest {
    private static List<@Nullable Object> op(@Nullable Object... parts) {
        return new ArrayList<>(Arrays.asList(parts));
    }

    private static List<@Nullable Object> list(int size, Object element) {
        List<@Nullable Object> list = op("list");
        list.addAll(Collections.nCopies(size, element));
        return list;
    }

    private static List<@Nullable Object> square(Object of) {
        return op("call", op("capture", 0L), "square", of);
    }

    private static Object nested(int depth) {
        Object code = 1L;
        for (int i = 1; i < depth; i++) {
            code = op("neg", code);
        }
        return code;
    }

    private static Object nestedLiteral(int depth) {
        Object value = 1L;
        for (int i = 0; i < depth; i++) {
            value = op(value);
        }
        return op("literal", value);
    }

    /** Rounds of two loops, one in the other. */
    private static Object rounds(int count) {
        Object inner = op("for", "y", list(count / 2 - 1, 1L), 1L);
        return op(
                "do",
                op("for", "x", list(2, 1L), inner),
                op("while", op(op("i", 0L)), op("<", op("var", "i"), (long) (count % 2)), list(1, 1L), 1L));
    }

    /** Values of 16 bytes each: those of the list, itself, and both again as the result. */
    private static Object bytes(int count) {
        return op("literal", "x".repeat(count));
    }

    private static BigInteger digits(int count) {
        return BigInteger.TEN.pow(count - 1);
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                limit("expressions", Budget::withExpressions, 20, n -> list(n - 1, 1L)),
                limit("nesting", Budget::withNesting, 12, BudgetTest::nested),
                limit("nesting", Budget::withNesting, 12, n -> nestedLiteral(n)),
                limit("steps", Budget::withSteps, 50, n -> list(n - 1, true)),
                limit("rounds", Budget::withRounds, 20, BudgetTest::rounds),
                limit("calls", Budget::withCalls, 10, n -> list(n, square(2L))),
                limit("calls", Budget::withCalls, 10, n -> list(n, op("get", op("capture", 0L), "version"))),
                limit("bytes", (budget, most) -> budget.withBytes(2L * (16 + most)), 100, BudgetTest::bytes),
                limit("digits", Budget::withDigits, 30, n -> op("+", digits(n), BigInteger.ONE)),
                limit("digits", Budget::withDigits, 31, n -> op("*", digits(15), digits(n - 14))),
                limit("digits", Budget::withDigits, 30, n -> op("neg", digits(n))));
    }

    private static Arguments limit(
            String name, BiFunction<Budget, Integer, Budget> set, int most, IntFunction<Object> program) {
        return Arguments.of(name, set.apply(Budget.DEFAULT, most), most, program);
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource
    void limits(String name, Budget budget, int most, IntFunction<Object> program) {
        try (Scene scene = new Scene(budget)) {
            scene.run(program.apply(most - 1));
            scene.run(program.apply(most));
            Failure failure = scene.failure(program.apply(most + 1));
            assertEquals(Failure.Kind.OVERLOADED, failure.kind(), failure.reason());
            assertTrue(failure.reason().endsWith("(Budget." + name + ")"), failure.reason());
            scene.run(program.apply(most));
        }
    }

    @Test
    void calls_beyond_the_outstanding_ones_wait_for_one_of_those() {
        for (int most : List.of(1, 2, 3)) {
            try (Scene scene = new Scene(Budget.DEFAULT.withOutstanding(most));
                    Stub result = scene.api.call(
                            Programs.RUN,
                            op("for", "x", list(5, 1L), op("call", op("capture", 0L), "later", op("var", "x"))),
                            List.of(scene.api))) {
                scene.sim.poll();
                int begun = most;
                for (int ended = 0; ended < 5; ended++) {
                    assertEquals(Math.min(begun, 5), scene.pending.size());
                    scene.pending.get(ended).complete("done");
                    scene.sim.poll();
                    begun++;
                }
                assertEquals(Collections.nCopies(5, "done"), scene.sim.await(result.value()));
            }
        }
    }

    @Test
    void programs_beyond_those_that_run_are_refused_until_one_has_ended() {
        try (Scene scene = new Scene(Budget.DEFAULT.withPrograms(2))) {
            Object waits = op("call", op("capture", 0L), "later");
            List<Stub> running = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                running.add(scene.api.call(Programs.RUN, waits, List.of(scene.api)));
            }
            scene.sim.poll();
            Failure failure = scene.failure(1L);
            assertEquals(Failure.Kind.OVERLOADED, failure.kind());
            assertEquals(
                    "2 programs run here already, which is the limit (Budget.programs): wait for one to end",
                    failure.reason());
            scene.pending.getFirst().complete(1L);
            scene.sim.poll();
            assertEquals(3L, scene.run(3L));
            running.forEach(Stub::close);
            scene.sim.poll();
            for (int i = 0; i < 2; i++) {
                running.set(i, scene.api.call(Programs.RUN, waits, List.of(scene.api)));
            }
            scene.sim.poll();
            assertEquals(4, scene.pending.size());
            scene.failure(1L);
            running.forEach(Stub::close);
        }
    }

    @Test
    void what_counts_is_what_a_value_becomes_when_it_is_passed_on_and_not_what_holds_it() {
        // Each list holds the one before it twice: 24 lists are 16 million values.
        Object doubling = op(
                "while",
                op(op("i", 0L), op("l", op("list"))),
                op("<", op("var", "i"), 24L),
                op("list", op("+", op("var", "i"), 1L), op("list", op("var", "l"), op("var", "l"))),
                op("call", op("capture", 0L), "echo", op("var", "l")));
        // The same with results that are not there yet.
        Object echoed = op(
                "while",
                op(op("i", 0L), op("l", op("list"))),
                op("<", op("var", "i"), 24L),
                op(
                        "list",
                        op("+", op("var", "i"), 1L),
                        op("call", op("capture", 0L), "echo", op("list", op("var", "l"), op("var", "l")))),
                op("var", "l"));
        Object text = op(
                "while",
                op(op("i", 0L), op("t", "x")),
                op("<", op("var", "i"), 30L),
                op("list", op("+", op("var", "i"), 1L), op("+", op("var", "t"), op("var", "t"))),
                1L);
        Object bigint = op(
                "while",
                op(op("i", 0L), op("n", BigInteger.TEN)),
                op("<", op("var", "i"), 30L),
                op("list", op("+", op("var", "i"), 1L), op("*", op("var", "n"), op("var", "n"))),
                1L);
        try (Scene scene = new Scene()) {
            for (Object program : List.of(doubling, echoed, text)) {
                assertEquals("(Budget.bytes)", last(scene.failure(program).reason()));
            }
            assertEquals("(Budget.digits)", last(scene.failure(bigint).reason()));
        }
    }

    private static String last(String reason) {
        return reason.substring(reason.lastIndexOf(' ') + 1);
    }

    @Test
    void limits_are_positive_and_nesting_has_a_bound_of_its_own() {
        assertThrows(IllegalArgumentException.class, () -> Budget.DEFAULT.withSteps(0));
        assertThrows(IllegalArgumentException.class, () -> Budget.DEFAULT.withBytes(0));
        assertThrows(IllegalArgumentException.class, () -> Budget.DEFAULT.withNesting(251));
        assertEquals(250, Budget.DEFAULT.withNesting(250).nesting());
    }
}

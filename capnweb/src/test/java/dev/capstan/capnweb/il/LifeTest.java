package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How programs end, and what they leave: nothing. {@link Scene#close} looks at the tables and at the objects of the server. */
class LifeTest {
    private static List<@Nullable Object> op(@Nullable Object... parts) {
        return new ArrayList<>(Arrays.asList(parts));
    }

    private static List<@Nullable Object> call(String name, @Nullable Object... arguments) {
        List<@Nullable Object> call = op("call", op("capture", 0L), name);
        call.addAll(Arrays.asList(arguments));
        return call;
    }

    /** Makes objects, passes them around, and then ends in a way of its own. */
    private static Object busy(Object end) {
        return op(
                "let",
                op(op("all", call("counters", 5L)), op("user", call("authenticate", "t"))),
                op(
                        "do",
                        call("echo", op("list", op("var", "user"), op("var", "user"))),
                        op("for", "c", op("var", "all"), op("call", op("var", "c"), "increment")),
                        op("get", op("call", op("get", op("var", "all"), 1L), "increment"), "x"),
                        end));
    }

    @Test
    void objects_that_a_program_saw_are_released_when_it_ends_and_those_in_its_result_later() {
        try (Scene scene = new Scene()) {
            assertEquals(1L, scene.run(busy(1L)));
            scene.assertNothingLeft();
            Object result = scene.run(busy(op("get", op("var", "all"), 2L)));
            scene.settle();
            assertEquals(2, scene.alive);
            ((Stub) result).close();
            scene.assertNothingLeft();
            Map<?, ?> both = (Map<?, ?>) scene.run(busy(Map.of("a", op("var", "user"), "b", op("var", "user"))));
            scene.settle();
            assertEquals(2, scene.alive);
            for (Object each : both.values()) {
                Stub user = (Stub) each;
                assertEquals("t!", scene.await(user.call("id")));
                user.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fail", "type", "call", "steps", "bytes", "wrong"})
    void so_they_are_when_it_fails(String how) {
        Object end = switch (how) {
            case "fail" -> op("fail", "enough");
            case "type" -> op("+", 1L, "a");
            case "call" -> call("broken");
            case "steps" -> op("while", op(), true, op("list"), 1L);
            case "bytes" -> op("call", op("capture", 0L), "list", 1_000_000L);
            default -> op("nonsense");
        };
        try (Scene scene = new Scene(Budget.DEFAULT.withBytes(1 << 20))) {
            scene.failure(busy(end));
            scene.assertNothingLeft();
            scene.failure(op("do", busy(call("later")), end));
            scene.assertNothingLeft();
        }
    }

    @Test
    void so_they_are_when_the_result_is_given_up() {
        try (Scene scene = new Scene()) {
            Stub result = scene.api.call(Programs.RUN, busy(call("later")), List.of(scene.api));
            scene.sim.poll();
            assertEquals(1, scene.pending.size());
            assertEquals(7, scene.alive);
            result.close();
            scene.assertNothingLeft();
            scene.pending.getFirst().complete("late");
            scene.assertNothingLeft();
            Stub endless = scene.api.call(Programs.RUN, op("while", op(), true, op("list"), 1L), List.of());
            endless.close();
            scene.assertNothingLeft();
        }
    }

    @Test
    void so_they_are_when_the_client_is_gone() {
        Scene scene = new Scene();
        Function<List<Object>, Object> never = args -> new dev.capstan.async.Completer<>(scene.sim.loop()).promise();
        Stub own = Stub.of(scene.sim.loop(), WebTarget.of(never).on(scene.sim.loop()));
        Stub result = scene.api.call(
                Programs.RUN, busy(op("call", op("capture", 1L), op(), op("var", "user"))), List.of(scene.api, own));
        scene.sim.poll();
        assertEquals(7, scene.alive);
        scene.cut();
        assertThrows(Failure.class, () -> scene.sim.await(result.value()));
        own.close();
        result.close();
        scene.settle();
        assertEquals(0, scene.alive);
        scene.close();
    }

    @Test
    void a_call_that_nobody_needs_is_waited_for_and_fails_the_program() {
        try (Scene scene = new Scene();
                Stub result = scene.api.call(Programs.RUN, op("do", call("later"), 5L), List.of(scene.api))) {
            Promise<Object> value = result.value();
            assertFalse(scene.sim.poll(value));
            scene.pending.getFirst().complete("done");
            assertEquals(5L, scene.sim.await(value));
            assertEquals(
                    "broken on purpose",
                    scene.failure(op("do", call("broken"), 5L)).reason());
        }
    }

    @Test
    void a_program_gives_way_to_others() {
        try (Scene scene = new Scene()) {
            List<String> order = new ArrayList<>();
            Object counting = op(
                    "while",
                    op(op("i", 0L)),
                    op("<", op("var", "i"), 5_000L),
                    op("list", op("+", op("var", "i"), 1L)),
                    op("var", "i"));
            try (Stub program = scene.api.call(Programs.RUN, counting);
                    Stub call = scene.api.call("square", 3)) {
                Promise<Void> first = program.value().map(value -> {
                    order.add("program " + value);
                    return Promise.nothing();
                });
                Promise<Void> second = call.value().map(value -> {
                    order.add("call " + value);
                    return Promise.nothing();
                });
                scene.sim.await(Promise.all(List.of(first, second)));
            }
            assertEquals(List.of("call 9", "program 5000"), order);
        }
    }

    @Test
    void long_chains_of_what_is_not_there_need_no_deep_stack() {
        try (Scene scene = new Scene(Budget.DEFAULT.withOutstanding(10_000).withCalls(10_000))) {
            Object chained = op(
                    "while",
                    op(op("i", 0L), op("v", call("later"))),
                    op("<", op("var", "i"), 4_000L),
                    op(
                            "list",
                            op("+", op("var", "i"), 1L),
                            op("get", op("list", op("get", op("list", op("var", "v")), 0L)), 0L)),
                    call("echo", op("var", "v")));
            try (Stub result = scene.api.call(Programs.RUN, chained, List.of(scene.api))) {
                scene.sim.poll();
                scene.pending.getFirst().complete("there");
                assertEquals("there", scene.sim.await(result.value()));
            }
            Object calls = op(
                    "while",
                    op(op("i", 0L), op("v", call("later"))),
                    op("<", op("var", "i"), 4_000L),
                    op("list", op("+", op("var", "i"), 1L), op("get", call("echo", op("list", op("var", "v"))), 0L)),
                    op("var", "v"));
            try (Stub result = scene.api.call(Programs.RUN, calls, List.of(scene.api))) {
                scene.sim.poll();
                scene.pending.getLast().complete("there, too");
                assertEquals("there, too", scene.sim.await(result.value()));
            }
        }
    }

    @Test
    void a_program_cannot_run_programs_by_whatever_way() {
        Object inner = op("literal", 1L);
        List<Object> programs = List.of(
                call(Programs.RUN, inner),
                op("call", op("get", op("capture", 0L), Programs.RUN), op(), inner),
                op("call", call("echo", op("capture", 0L)), Programs.RUN, inner),
                op("call", call("echo", op("list", op("capture", 0L))), op(0L, Programs.RUN), inner),
                call(Programs.RUN, call("echo", inner)),
                op("call", op("get", call("echo", op("list", op("capture", 0L))), 0L), Programs.RUN, inner),
                op(
                        "let",
                        op(op("e", call("echo", op("capture", 0L)))),
                        op(
                                "do",
                                op("get", op("var", "e"), "version"),
                                op("call", op("var", "e"), Programs.RUN, inner))));
        try (Scene scene = new Scene()) {
            for (Object program : programs) {
                String reason = scene.failure(program).reason();
                assertEquals(
                        program.equals(programs.get(1))
                                ? "undefined is not a function"
                                : "a program cannot run programs: put all of it into one",
                        reason.replaceFirst("^program: ", ""),
                        program.toString());
            }
            try (Stub run = scene.api.get(Programs.RUN).dup()) {
                Object program = op("call", op("capture", 0L), op(), inner);
                try (Stub result = scene.api.call(Programs.RUN, program, List.of(run))) {
                    assertThrows(Failure.class, () -> scene.sim.await(result.value()));
                }
            }
        }
    }

    @Test
    void streams_of_events_arrive_in_order_though_results_come_late() {
        try (Scene scene = new Scene()) {
            Object program = op(
                    "let",
                    op(op("c", call("counter", 0L)), op("l", call("later"))),
                    op(
                            "list",
                            op("call", op("var", "c"), "increment"),
                            op("for", "x", op("list", 1L, 2L), op("call", op("var", "c"), "increment", op("var", "x"))),
                            op("call", op("var", "c"), "increment", op("var", "l")),
                            op("call", op("var", "c"), "increment")));
            try (Stub result = scene.api.call(Programs.RUN, program, List.of(scene.api))) {
                scene.sim.poll();
                scene.pending.getFirst().complete(100L);
                // The one whose argument was not there comes last, as with any call.
                assertEquals(List.of(1L, List.of(2L, 4L), 105L, 5L), scene.sim.await(result.value()));
            }
        }
    }

    @Test
    void arguments_that_are_no_program_are_refused() {
        try (Scene scene = new Scene()) {
            for (List<Object> arguments : List.of(
                    List.<Object>of(),
                    List.<Object>of(1L, 2L),
                    List.<Object>of(1L, List.of(), 3L),
                    List.<Object>of(1L, Map.of()))) {
                try (Stub result = scene.api.call(Programs.RUN, arguments.toArray())) {
                    assertEquals(
                            "$run takes a program and a list of what it captures",
                            assertThrows(Failure.class, () -> scene.sim.await(result.value()))
                                    .reason());
                }
            }
            assertEquals(Collections.emptyList(), scene.await(scene.api.call("list", 0L)));
        }
    }
}

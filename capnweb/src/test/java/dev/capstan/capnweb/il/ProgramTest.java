package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebTarget;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Programs that are written in Java, and run by a peer. */
class ProgramTest {
    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() {
        scene.close();
    }

    private long pushes() {
        return scene.sent.stream().filter(line -> line.startsWith("[\"push\"")).count();
    }

    @Test
    void three_dependent_calls_and_a_loop_of_a_hundred_take_one_round_trip_and_come_home() {
        scene.sent.clear();
        scene.answered.clear();
        Program program = Program.of(p -> {
            Expr api = p.use(scene.api);
            Expr id = api.call("authenticate", "t").call("id");
            Expr name = api.call("name", id);
            return Map.of("name", name, "squares", p.each(api.call("list", 100), n -> api.call("square", n)));
        });
        assertEquals(
                Map.of(
                        "name",
                        "name of t!",
                        "squares",
                        LongStream.rangeClosed(1, 100).map(n -> n * n).boxed().toList()),
                scene.run(program));
        scene.settle();
        assertEquals(1, pushes());
        assertEquals(3, scene.sent.size(), "push, pull and release");
        assertTrue(
                scene.sent.get(1).startsWith("[\"pull\"") && scene.sent.get(2).startsWith("[\"release\""));
        assertEquals(1, scene.answered.size(), scene.answered.toString());
        assertTrue(scene.answered.getFirst().startsWith("[\"resolve\""));
        assertEquals(104, scene.done.size());
    }

    @Test
    void the_result_of_a_program_pipelines() {
        Program program = Program.of(p -> Map.of("user", p.use(scene.api).call("authenticate", "t")));
        scene.answered.clear();
        try (Stub result = program.on(scene.api);
                Stub id = result.get("user").call("id")) {
            assertEquals("t!", scene.sim.await(id.value()));
        }
        assertEquals(1, scene.answered.size());
    }

    @Test
    void an_operation_is_done_once_however_often_its_value_is_used() {
        Program program = Program.of(p -> {
            Expr counter = p.use(scene.api).call("counter", 10);
            Expr first = counter.call("increment");
            return List.of(first, first, first.plus(first), counter.call("increment"));
        });
        assertEquals(List.of(11L, 11L, 22L, 12L), scene.run(program));
    }

    @Test
    void calls_are_made_in_the_order_in_which_they_were_written() {
        Program program = Program.of(p -> {
            Expr counter = p.use(scene.api).call("counter", 0);
            counter.call("increment", 5);
            Expr value = counter.get("value");
            counter.call("increment", 5);
            return List.of(value, counter.get("value"));
        });
        assertEquals(List.of(5L, 10L), scene.run(program));
    }

    @Test
    void choices_do_only_what_was_chosen() {
        Program program = Program.of(p -> {
            Expr api = p.use(scene.api);
            Expr four = api.call("square", 2);
            return p.when(
                    four.moreThan(3),
                    () -> p.when(
                            four.is(4).and(() -> four.isNot("4")), () -> api.call("name", four), () -> p.fail("no")),
                    () -> api.call("broken"));
        });
        assertEquals("name of 4", scene.run(program));
    }

    @Test
    void lists_are_filtered_and_joined() {
        Program program = Program.of(p -> {
            Expr numbers = p.use(scene.api).call("list", 6);
            Expr even = p.each(numbers, n -> n, n -> n.remainder(2).is(0));
            Expr odd =
                    p.each(numbers, n -> n.times(10), n -> n.remainder(2).is(0).not());
            return p.concat(even, odd, List.of("end"));
        });
        assertEquals(List.of(2L, 4L, 6L, 10L, 30L, 50L, "end"), scene.run(program));
    }

    @Test
    void a_bounded_loop_carries_a_state() {
        Program program = Program.of(p -> {
            Expr last = p.repeat(
                    Map.of("i", 0, "sum", 0, "step", 3),
                    s -> s.get("sum").lessThan(100),
                    s -> Map.of(
                            "i", s.get("i").plus(1),
                            "sum",
                                    p.use(scene.api)
                                            .call(
                                                    "add",
                                                    s.get("sum"),
                                                    s.get("i").times(s.get("step")))));
            return List.of(last.get("i"), last.get("sum"), last.get("step"));
        });
        assertEquals(List.of(9L, 108L, 3L), scene.run(program));
    }

    @Test
    void functions_of_the_client_are_called_back_and_results_of_it_passed_on_to_it_do_not_wait() {
        Function<List<Object>, Object> tenfold = args -> Scene.number(args.getFirst()) * 10;
        try (Stub own = Stub.of(scene.sim.loop(), WebTarget.of(tenfold).on(scene.sim.loop()))) {
            scene.answered.clear();
            Program program =
                    Program.of(p -> p.use(own).apply(p.use(own).apply(p.use(own).apply(7))));
            assertEquals(7000L, scene.run(program));
            List<String> pushed = scene.answered.stream()
                    .filter(line -> line.startsWith("[\"push\""))
                    .toList();
            assertEquals(3, pushed.size());
            // All three leave before the first is answered.
            assertEquals(
                    pushed,
                    scene.answered.stream()
                            .filter(line -> !line.startsWith("[\"pull\""))
                            .limit(3)
                            .toList());
            Program alone = Program.of(p -> p.use(scene.api).call("twice", own));
            assertEquals(100L, scene.run(alone));
        }
    }

    @Test
    void captures_are_values_and_promises_too() {
        try (Stub four = scene.api.call("square", 2)) {
            Program program = Program.of(
                    p -> List.of(p.use(List.of(1, 2)).get(1), p.value(four).plus(1), p.use(four)));
            assertEquals(2, program.captures().size());
            assertEquals(List.of(2L, 5L, 4L), scene.run(program));
        }
    }

    @Test
    void nothing_of_a_program_is_left_and_values_of_all_kinds_go_through() {
        assertEquals(
                List.of(List.of(), Map.of(), "x", 1.5),
                scene.run(Program.of(p -> List.of(List.of(), Map.of(), "x", 1.5f))));
        assertEquals(null, scene.run(Program.of(p -> null)));
        assertEquals(3L, scene.run(Program.of(p -> (short) 3)));
        assertEquals(7L, scene.run(Program.of(p -> p.use(scene.api).get("version"))));
        assertEquals(
                "y",
                scene.run(Program.of(p -> p.use(scene.api).get("deep").get("er").get(p.value(1)))));
    }

    @Test
    void expressions_are_of_use_only_where_their_value_exists() {
        Expr[] leaked = new Expr[1];
        Program.of(p -> leaked[0] = p.value(1));
        assertThrows(IllegalStateException.class, () -> leaked[0].plus(1));
        assertThrows(IllegalStateException.class, () -> Program.of(p -> leaked[0]));
        assertThrows(
                IllegalStateException.class,
                () -> Program.of(p -> {
                    p.each(List.of(1), n -> leaked[0] = n);
                    return leaked[0];
                }));
        assertThrows(
                IllegalStateException.class,
                () -> Program.of(p -> {
                    p.when(true, () -> leaked[0] = p.use(scene.api).call("list", 1), () -> null);
                    return leaked[0].size();
                }));
    }

    @Test
    void what_cannot_be_sent_is_refused_when_it_is_written() {
        Function<Object, Object> function = any -> any;
        Supplier<Object> supplier = () -> 1;
        assertThrows(
                IllegalArgumentException.class,
                () -> Program.of(p -> p.use(scene.api).call("echo", function)));
        assertThrows(IllegalArgumentException.class, () -> Program.of(p -> List.of(supplier)));
        assertThrows(
                IllegalArgumentException.class,
                () -> Program.of(p -> p.repeat(Map.of("i", 0), s -> s.get("i").lessThan(1), s -> Map.of("j", 1))));
    }

    @Test
    void a_server_that_has_not_opted_in_has_no_such_method() {
        Stub plain = Stub.of(scene.sim.loop(), WebTarget.empty().on(scene.sim.loop()));
        try (plain;
                Stub result = Program.of(p -> 1).on(plain)) {
            Throwable failure = assertThrows(dev.capstan.cap.Failure.class, () -> scene.sim.await(result.value()));
            assertEquals("'$run' is not a function.", failure.getMessage());
        }
    }
}

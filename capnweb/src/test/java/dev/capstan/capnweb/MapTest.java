package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Target;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps over a session: recorded at one end, run at the other. */
class MapTest {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<String> sent = new ArrayList<>();
    private final List<String> answered = new ArrayList<>();
    private final List<WebPeer> peers = new ArrayList<>();
    private final List<Object> logged = new ArrayList<>();
    private final List<Completer<Object>> pending = new ArrayList<>();
    private int released;
    private int additions;
    private Stub api = connect("server", main().on(sim.loop()), Limits.DEFAULT);

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private static List<Object> upTo(long n) {
        return new ArrayList<>(LongStream.rangeClosed(1, n).boxed().toList());
    }

    private WebTarget counter(long start) {
        long[] count = {start};
        return WebTarget.empty()
                .method("increment", args -> count[0] += args.isEmpty() ? 1 : number(args.getFirst()))
                .property("value", () -> count[0]);
    }

    private WebTarget main() {
        return WebTarget.empty()
                .method("square", args -> number(args.getFirst()) * number(args.getFirst()))
                .method("add", args -> {
                    additions++;
                    return number(args.get(0)) + number(args.get(1));
                })
                .method("echo", args -> args.getFirst())
                .method("list", args -> upTo(number(args.getFirst())))
                .method("least", args -> Math.min(number(args.get(0)), number(args.get(1))))
                .method("next", args -> (number(args.getFirst()) + 1) % 5)
                .method("odd", args -> {
                    if (number(args.getFirst()) % 2 == 0) {
                        throw Failure.failed(args.getFirst() + " is even");
                    }
                    return args.getFirst();
                })
                .method("log", args -> {
                    logged.add(Objects.requireNonNull(args.getFirst()));
                    return JsValue.UNDEFINED;
                })
                .method(
                        "counters",
                        args -> upTo(number(args.getFirst())).stream()
                                .map(n -> counter(10))
                                .toList())
                .method("later", args -> {
                    Completer<Object> completer = new Completer<>(sim.loop());
                    pending.add(completer);
                    return completer.promise();
                })
                .property("numbers", () -> List.of(1L, 2L, 3L));
    }

    /** A session to {@code target}, of which it becomes the owner. */
    private Stub connect(String name, Cap target, Limits limits) {
        network.host(name)
                .onAccept(stream ->
                        peers.add(WebPeer.over(sim.loop(), stream, target, Options.DEFAULT.withLimits(limits))));
        network.host("client to " + name).onSend(frame -> sent.add(new String(frame, StandardCharsets.UTF_8)));
        network.host(name).onSend(frame -> answered.add(new String(frame, StandardCharsets.UTF_8)));
        WebPeer peer =
                WebPeer.over(sim.loop(), network.host("client to " + name).connect(name), null);
        peers.add(peer);
        return Stub.of(sim.loop(), peer.main());
    }

    private void limited(Limits.Maps maps) {
        api.close();
        api = connect("limited", main().on(sim.loop()), Limits.DEFAULT.withMaps(maps));
    }

    private Object await(Stub stub) {
        try (stub) {
            return sim.await(stub.value());
        }
    }

    private String fault(Stub stub) {
        return assertThrows(Failure.class, () -> await(stub)).reason();
    }

    private Object map(Object value, Function<Stub, @Nullable Object> each) {
        try (Stub echoed = api.call("echo", value)) {
            return await(echoed.map(each));
        }
    }

    @AfterEach
    void nothing_is_left() {
        api.close();
        sim.advance(Duration.ofSeconds(1));
        for (WebPeer peer : peers) {
            WebPeer.Tables tables = peer.tables();
            assertEquals(0, tables.calls(), tables.toString());
            assertTrue(tables.imports() <= 1, tables.toString());
            assertTrue(tables.exports() <= 1, tables.toString());
        }
    }

    // ---- what a map is

    @Test
    @Parity("CW-I084")
    void a_list_is_mapped_element_for_element_in_one_round_trip() {
        network.latency(Duration.ofMillis(10), Duration.ofMillis(10));
        try (Stub list = api.call("list", 3)) {
            assertEquals(List.of(1L, 4L, 9L), await(list.map(x -> api.call("square", x))));
        }
        assertEquals(Duration.ofMillis(20), sim.now());
        assertEquals(List.of("[\"resolve\",2,[[1,4,9]]]"), answered);
    }

    @Test
    @Parity("CW-I083")
    void null_and_undefined_are_left_as_they_are_and_anything_else_is_mapped_once() {
        Function<Stub, @Nullable Object> pair = x -> List.of(x, x);
        assertEquals(JsValue.UNDEFINED, map(JsValue.UNDEFINED, pair));
        assertEquals(List.of("a", "a"), map("a", pair));
        assertEquals(List.of(Map.of("a", 1L), Map.of("a", 1L)), map(Map.of("a", 1L), pair));
        assertEquals(List.of(), map(List.of(), pair));
        Object[] got = {"none"};
        try (Stub echoed = api.call("echo", (Object) null);
                Stub mapped = echoed.map(pair)) {
            mapped.value().listen(sim.loop(), (value, failure) -> got[0] = String.valueOf(value));
            sim.poll();
        }
        assertEquals("null", got[0]);
    }

    @Test
    void what_the_function_returns_may_be_any_tree() {
        assertEquals(
                List.of(
                        Map.of("x", 1L, "list", List.of(1L, "a", List.of(true)), "sum", 3L),
                        Map.of("x", 2L, "list", List.of(2L, "a", List.of(true)), "sum", 4L)),
                map(
                        List.of(Map.of("n", 1), Map.of("n", 2)),
                        x -> Map.of(
                                "x", x.get("n"),
                                "list", List.of(x.get("n"), "a", List.of(true)),
                                "sum", api.call("add", x.get("n"), 2))));
        assertEquals(List.of(7L, 7L), map(List.of(1, 2), x -> 7));
    }

    @Test
    @Parity("CW-I085")
    void maps_nest_and_capture_what_is_around_them() {
        try (Stub list = api.call("list", 3)) {
            assertEquals(
                    List.of(List.of(2L), List.of(3L, 4L), List.of(4L, 5L, 6L)),
                    await(list.map(x -> api.call("list", x).map(y -> api.call("add", x, y)))));
        }
        assertEquals(
                List.of(List.of(List.of(11L, 12L), List.of(12L, 13L))),
                map(
                        List.of(List.of(1, 2)),
                        row -> row.map(x -> row.map(y -> api.call("add", api.call("add", x, y), 9)))));
    }

    @Test
    void a_property_is_mapped_and_what_is_called_in_elements() {
        assertEquals(List.of(1L, 4L, 9L), await(api.get("numbers").map(x -> api.call("square", x))));
        try (Stub counters = api.call("counters", 3)) {
            assertEquals(List.of(11L, 11L, 11L), await(counters.map(c -> c.call("increment"))));
            assertEquals(List.of(11L, 11L, 11L), await(counters.map(c -> c.get("value"))));
            assertEquals(
                    List.of(22L, 22L, 22L), await(counters.map(c -> api.call("add", c.get("value"), c.get("value")))));
        }
    }

    @Test
    void objects_in_results_can_be_called() {
        try (Stub list = api.call("counters", 2);
                Stub mapped = list.map(c -> Map.of("it", c, "n", c.get("value")))) {
            try (Stub next = mapped.get(1).get("it").call("increment", 5)) {
                assertEquals(15L, sim.await(next.value()));
            }
            List<?> all = assertInstanceOf(List.class, sim.await(mapped.value()));
            for (Object each : all) {
                Map<?, ?> one = assertInstanceOf(Map.class, each);
                assertEquals(10L, one.get("n"));
                assertInstanceOf(Stub.class, one.get("it")).close();
            }
        }
    }

    @Test
    void calls_are_done_though_nobody_uses_what_they_return() {
        try (Stub list = api.call("list", 3)) {
            assertEquals(List.of(1L, 2L, 3L), await(list.map(x -> {
                Stub ignored = api.call("log", x);
                return x;
            })));
        }
        assertEquals(List.of(1L, 2L, 3L), logged);
    }

    @Test
    void a_failure_in_one_element_fails_what_waits_for_all_and_leaves_the_others_usable() {
        try (Stub list = api.call("list", 3);
                Stub odd = list.map(x -> api.call("odd", x));
                Stub third = api.call("square", odd.get(2))) {
            assertEquals(9L, sim.await(third.value()));
            assertEquals(
                    "2 is even",
                    assertThrows(Failure.class, () -> sim.await(odd.value())).reason());
        }
    }

    @Test
    void a_result_that_is_not_there_yet_is_mapped_when_it_comes() {
        try (Stub later = api.call("later");
                Stub mapped = later.map(x -> api.call("square", x))) {
            Promise<Object> value = mapped.value();
            sim.poll();
            pending.getFirst().complete(List.of(2L, 3L));
            assertEquals(List.of(4L, 9L), sim.await(value));
        }
    }

    @Test
    void a_call_inside_that_takes_time_is_told_when_it_ends() {
        try (Stub list = api.call("list", 2);
                Stub mapped = list.map(x -> Map.of("x", x, "later", api.call("later")))) {
            Promise<Object> value = mapped.value();
            sim.poll();
            pending.get(1).complete("b");
            sim.poll();
            pending.get(0).complete("a");
            assertEquals(List.of(Map.of("x", 1L, "later", "a"), Map.of("x", 2L, "later", "b")), sim.await(value));
        }
    }

    private Stub releasing() {
        return Stub.of(sim.loop(), new LocalCap(sim.loop(), new Target() {
            @Override
            public Promise<Void> handle(Context context) {
                return Promise.done();
            }

            @Override
            public void released() {
                released++;
            }
        }));
    }

    @Test
    void a_map_that_is_given_up_gives_back_what_it_captured() {
        Stub captured = releasing();
        Stub later = api.call("later");
        Stub mapped = later.map(x -> captured.call("anything", x));
        captured.close();
        sim.poll();
        assertEquals(0, released);
        mapped.close();
        sim.poll();
        assertEquals(1, released);
        pending.getFirst().complete("late");
        later.close();
    }

    @Test
    @Parity({"CW-I053", "CW-I054"})
    void objects_of_this_process_are_mapped_the_same_way() {
        try (Stub local = Stub.of(sim.loop(), main().on(sim.loop()));
                Stub list = local.call("list", 3)) {
            assertEquals(List.of(1L, 4L, 9L), await(list.map(x -> local.call("square", x))));
            assertEquals(List.of(1L, 2L, 3L), await(local.get("numbers").map(x -> x)));
            assertEquals(
                    List.of(List.of(1L), List.of(1L, 4L), List.of(1L, 4L, 9L)),
                    await(list.map(x -> local.call("list", x).map(y -> api.call("square", y)))));
        }
        QueuedCap queue = new QueuedCap(sim.loop());
        try (Stub unknown = Stub.of(sim.loop(), queue);
                Stub mapped = unknown.call("list", 2).map(x -> unknown.call("square", x))) {
            Promise<Object> value = mapped.value();
            sim.poll();
            queue.resolve(main().on(sim.loop()));
            assertEquals(List.of(1L, 4L), sim.await(value));
        }
    }

    @Test
    @Parity("CW-I052")
    void nothing_is_mapped_where_there_is_nothing_in_this_process() {
        try (Stub local = Stub.of(sim.loop(), main().on(sim.loop()));
                Stub none = local.call("echo", JsValue.UNDEFINED);
                Stub nothing = local.call("echo", (Object) null);
                Stub mapped = nothing.map(x -> local.call("log", x))) {
            assertEquals(JsValue.UNDEFINED, await(none.map(x -> local.call("log", x))));
            Object[] got = {"none"};
            mapped.value().listen(sim.loop(), (value, failure) -> got[0] = String.valueOf(value));
            sim.poll();
            assertEquals("null", got[0]);
            assertEquals(List.of(), logged);
        }
    }

    @Test
    @Parity({"CW-I109", "CW-I122"})
    void what_a_map_over_something_broken_has_captured_is_given_back() {
        Stub captured = releasing();
        try (Stub broken = Stub.of(sim.loop(), new BrokenCap(Failure.failed("long gone")));
                Stub mapped = broken.map(x -> captured.call("anything", x));
                Stub failed = api.call("odd", 2);
                Stub far = failed.map(x -> captured.call("anything", x));
                Stub list = api.call("list", 2)) {
            captured.close();
            assertEquals("long gone", fault(mapped.dup()));
            assertEquals("2 is even", fault(far.dup()));
            sim.poll();
            assertEquals(1, released);
            list.map(x -> x).close();
        }
    }

    @Test
    void another_thread_records_and_the_loop_sends() throws InterruptedException {
        List<Promise<Object>> values = new ArrayList<>();
        Thread other = new Thread(() -> {
            try (Stub list = api.call("list", 3);
                    Stub mapped = list.map(x -> api.call("square", x))) {
                values.add(mapped.value());
            }
        });
        other.start();
        other.join();
        assertEquals(List.of(1L, 4L, 9L), sim.await(values.getFirst()));
    }

    // ---- through a process between

    private static WebTarget between(Stub server) {
        return WebTarget.empty()
                .method("list", args -> server.call("list", args.getFirst()))
                .method("far", args -> server.dup())
                .property("near", () -> List.of(1L, 2L));
    }

    @Test
    void what_lives_at_another_peer_is_mapped_there() {
        Stub relay = connect("relay", between(api.dup()).on(sim.loop()), Limits.DEFAULT);
        Function<List<Object>, Object> tenfold = args -> number(args.getFirst()) * 10;
        try (Stub far = relay.call("far");
                Stub list = far.call("list", 2);
                Stub own = Stub.of(sim.loop(), WebTarget.of(tenfold).on(sim.loop()))) {
            sent.clear();
            assertEquals(List.of(1L, 4L), await(list.map(x -> far.call("square", x))));
            assertEquals(2, sent.stream().filter(line -> line.contains("remap")).count(), sent::toString);
            assertEquals(List.of(1L, 4L), await(relay.get("near").map(x -> far.call("square", x))));
            assertEquals(List.of(10L, 20L), await(list.map(x -> own.apply(x))));
            assertEquals(List.of(10L, 20L), await(relay.get("near").map(x -> own.apply(x))));
            assertEquals(
                    List.of(List.of(10L), List.of(10L, 20L)),
                    await(list.map(x -> far.call("list", x).map(y -> own.apply(y)))));
            assertEquals(
                    List.of(List.of(10L), List.of(10L, 20L)),
                    await(relay.get("near").map(x -> far.call("list", x).map(y -> own.apply(y)))));
        }
        sim.poll();
        relay.close();
    }

    // ---- what cannot be recorded

    @Test
    void nothing_can_be_waited_for_made_or_taken_out() {
        Function<List<Object>, Object> callback = args -> 1L;
        Stub[] escaped = new Stub[1];
        try (Stub list = api.call("list", 2)) {
            assertThrows(IllegalStateException.class, () -> list.map(x -> x.value()));
            assertThrows(
                    IllegalStateException.class,
                    () -> list.map(x -> list.value().await()));
            assertThrows(IllegalArgumentException.class, () -> list.map(x -> Promise.of(1L)));
            String made = assertThrows(WebException.class, () -> list.map(x -> api.call("log", callback)))
                    .getMessage();
            assertEquals(
                    "A function cannot be made inside of the function of a map, which runs elsewhere: make a Stub of it before, and use that inside.",
                    made);
            assertThrows(WebException.class, () -> list.map(x -> callback));
            assertThrows(WebException.class, () -> list.map(x -> main()));
            try (Stub mapped = list.map(x -> {
                escaped[0] = x;
                return x;
            })) {
                assertThrows(IllegalStateException.class, () -> escaped[0].call("x"));
                assertThrows(IllegalStateException.class, () -> escaped[0].value());
                assertThrows(WebException.class, () -> api.call("echo", escaped[0]));
                assertThrows(IllegalStateException.class, () -> list.map(y -> escaped[0]));
                assertEquals(List.of(1L, 2L), sim.await(mapped.value()));
            }
            assertThrows(ArithmeticException.class, () -> list.map(x -> 1 / released));
        }
    }

    @Test
    void a_program_has_so_many_instructions_and_no_more() {
        int most = Limits.Maps.DEFAULT.instructions();
        try (Stub list = api.call("list", 1)) {
            assertEquals(List.of(1L), await(list.map(x -> calls(x, most - 1))));
            assertThrows(Failure.class, () -> list.map(x -> calls(x, most)));
        }
    }

    private Object calls(Stub element, int count) {
        Stub last = element;
        for (int i = 0; i < count; i++) {
            last = api.call("echo", last);
        }
        return last;
    }

    // ---- limits

    private static final Limits.Maps MANY = Limits.Maps.DEFAULT;

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void elements_of_one_map_are_limited(int count) {
        limited(new Limits.Maps(5, MANY.instructions(), MANY.depth(), MANY.values()));
        try (Stub list = api.call("list", count);
                Stub mapped = list.map(x -> api.call("log", x))) {
            if (count <= 5) {
                assertEquals(
                        count,
                        assertInstanceOf(List.class, sim.await(mapped.value())).size());
            } else {
                assertTrue(fault(mapped.dup()).contains("Limits.Maps.elements"));
                assertEquals(List.of(), logged);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void instructions_are_limited(int count) {
        limited(new Limits.Maps(MANY.elements(), 3, MANY.depth(), MANY.values()));
        try (Stub list = api.call("list", 1);
                Stub mapped = list.map(x -> calls(x, count - 1))) {
            if (count <= 3) {
                assertEquals(List.of(1L), sim.await(mapped.value()));
            } else {
                assertTrue(fault(mapped.dup()).contains("Limits.Maps.instructions"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void depth_is_limited(int depth) {
        limited(new Limits.Maps(MANY.elements(), MANY.instructions(), 3, MANY.values()));
        try (Stub list = api.call("list", 1);
                Stub mapped = list.map(x -> nested(x, depth - 1))) {
            if (depth <= 3) {
                assertEquals("[1]", String.valueOf(sim.await(mapped.value())));
            } else {
                assertTrue(fault(mapped.dup()).contains("Limits.Maps.depth"));
            }
        }
    }

    private static Stub nested(Stub x, int depth) {
        return depth == 0 ? x : x.map(y -> nested(y, depth - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void the_values_of_all_maps_of_a_message_are_limited_together(int more) {
        // Of each outer element: itself, the call (7 values) and the nested map (14, and one capture), and the result
        // (3). Of each inner one: itself and the result (3).
        int perOuter = 1 + 7 + 14 + 1 + 3;
        int needed = 3 * perOuter + (1 + 2 + 3) * (1 + 3);
        limited(new Limits.Maps(MANY.elements(), MANY.instructions(), MANY.depth(), needed + more));
        try (Stub list = api.call("list", 3);
                Stub mapped = list.map(x -> api.call("list", x).map(y -> x))) {
            if (more >= 0) {
                assertEquals("[[1], [2, 2], [3, 3, 3]]", String.valueOf(sim.await(mapped.value())));
            } else {
                assertTrue(fault(mapped.dup()).contains("Limits.Maps.values"));
            }
        }
    }

    @Test
    void a_product_of_three_hundred_in_three_hundred_is_refused_before_it_costs_much() {
        try (Stub list = api.call("list", 300);
                Stub mapped = list.map(x -> api.call("list", 300).map(y -> api.call("add", x, y)))) {
            assertTrue(fault(mapped.dup()).contains("Limits.Maps.values"));
        }
        assertTrue(additions > 1_000, () -> "additions: " + additions);
        assertTrue(additions < Limits.Maps.DEFAULT.values() / 10, () -> "additions: " + additions);
    }

    // ---- random programs

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void random_programs_make_what_java_makes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            long program = random.nextLong();
            List<Object> subject = new ArrayList<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                subject.add((long) random.nextInt(5));
            }
            List<Object> expected = new ArrayList<>();
            for (Object element : subject) {
                expected.add(new Plain(new Random(program)).body(List.of(element), 3));
            }
            Object got = map(subject, x -> new Recorded(new Random(program)).body(List.of(x), 3));
            assertEquals(String.valueOf(expected), String.valueOf(got), "seed " + seed + ", program " + program);
        }
    }

    /** One program, as a choice after the other; evaluated in two ways. */
    private abstract static class Program {
        final Random random;

        Program(Random random) {
            this.random = random;
        }

        abstract Object call(String method, Object... arguments);

        abstract Object map(Object list, Function<Object, Object> each);

        /** Makes a value out of the variables in scope. */
        Object body(List<Object> scope, int depth) {
            List<Object> variables = new ArrayList<>(scope);
            for (int n = random.nextInt(3); n > 0; n--) {
                variables.add(step(variables));
            }
            Object any = variables.get(random.nextInt(variables.size()));
            return switch (random.nextInt(depth > 0 ? 5 : 2)) {
                case 0 -> any;
                case 1 -> List.of(any, "text", List.of(variables.getLast()));
                case 2 -> Map.of("one", any);
                default -> {
                    long inner = random.nextLong();
                    Object list = call("list", any);
                    yield map(list, y -> {
                        List<Object> more = new ArrayList<>(variables);
                        more.add(y);
                        return again(inner).body(more, depth - 1);
                    });
                }
            };
        }

        abstract Program again(long seed);

        private Object step(List<Object> variables) {
            Object a = variables.get(random.nextInt(variables.size()));
            Object b = variables.get(random.nextInt(variables.size()));
            return random.nextBoolean() ? call("least", a, b) : call("next", a);
        }
    }

    private static final class Plain extends Program {
        Plain(Random random) {
            super(random);
        }

        @Override
        Program again(long seed) {
            return new Plain(new Random(seed));
        }

        @Override
        Object call(String method, Object... arguments) {
            long first = (Long) arguments[0];
            return switch (method) {
                case "least" -> Math.min(first, (Long) arguments[1]);
                case "next" -> (first + 1) % 5;
                default -> upTo(first);
            };
        }

        @Override
        Object map(Object list, Function<Object, Object> each) {
            return ((List<?>) list).stream().map(each).toList();
        }
    }

    private final class Recorded extends Program {
        Recorded(Random random) {
            super(random);
        }

        @Override
        Program again(long seed) {
            return new Recorded(new Random(seed));
        }

        @Override
        Object call(String method, Object... arguments) {
            return api.call(method, arguments);
        }

        @Override
        Object map(Object list, Function<Object, Object> each) {
            return ((Stub) list).map(each::apply);
        }
    }
}

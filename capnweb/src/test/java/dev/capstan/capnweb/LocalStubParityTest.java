package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Stubs of objects and values of this process, as the tests of the TypeScript implementation have them. */
final class LocalStubParityTest {
    private final SimLoop sim = new SimLoop();
    private final List<String> released = new ArrayList<>();

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private static WebTarget target() {
        return WebTarget.empty().method("square", args -> number(args.getFirst()) * number(args.getFirst()));
    }

    private Stub counted(String name) {
        return Stub.of(
                sim.loop(),
                new Scripted(sim.loop()).onReleased(() -> released.add(name)).cap());
    }

    /** Closes the stub, which is the result of a call or a place. */
    private Object value(Stub stub) {
        try (stub) {
            return sim.await(stub.value());
        }
    }

    private String error(Stub stub) {
        Promise<Object> value = stub.value();
        Failure failure = assertThrows(Failure.class, () -> sim.await(value));
        stub.close();
        return assertInstanceOf(JsError.class, Errors.value(failure)).name() + ": " + failure.reason();
    }

    @Test
    @Parity({"CW-I039", "PY-137", "PY-349"})
    @DisplayName("index.test.ts: supports wrapping an RpcTarget")
    void an_object_is_called() {
        try (Stub stub = Stub.holding(sim.loop(), target())) {
            assertEquals(9L, value(stub.call("square", 3)));
        }
    }

    @Test
    @Parity({"CW-I040", "CW-I041", "PY-057", "PY-266", "PY-267", "PY-356"})
    @DisplayName("index.test.ts: supports wrapping a function, also an async one")
    void a_function_is_called() {
        Function<List<Object>, Object> plus = args -> number(args.getFirst()) + 5;
        Function<List<Object>, Object> later =
                args -> sim.loop().timer().after(Duration.ofMillis(1)).map(done -> number(args.getFirst()) + 5);
        try (Stub stub = Stub.holding(sim.loop(), plus);
                Stub async = Stub.holding(sim.loop(), later)) {
            assertEquals(8L, value(stub.apply(3)));
            assertEquals(8L, value(async.apply(3)));
        }
    }

    @Test
    @Parity("CW-I042")
    @DisplayName("index.test.ts: supports wrapping an arbitrary object")
    void members_of_a_value_are_read() {
        try (Stub stub = Stub.holding(sim.loop(), Map.of("abc", "hello"))) {
            assertEquals("hello", value(stub.get("abc")));
            assertEquals(Map.of("abc", "hello"), sim.await(stub.value()));
        }
    }

    @Test
    @Parity({"CW-I043", "CW-I044", "CW-I045", "CW-I046"})
    @DisplayName(
            "index.test.ts: supports wrapping an object with nested stubs, RpcTargets, functions and async functions")
    void what_lies_in_a_value_is_called_by_its_path() {
        Function<List<Object>, Object> square = args -> number(args.getFirst()) * number(args.getFirst());
        Function<List<Object>, Object> later =
                args -> sim.loop().timer().after(Duration.ofMillis(1)).map(done -> number(args.getFirst()) * 2);
        Stub inner = Stub.holding(sim.loop(), target());
        try (Stub outer = Stub.holding(
                sim.loop(), Map.of("stub", inner, "target", target(), "square", square, "later", later, "value", 42))) {
            assertEquals(42L, value(outer.get("value")));
            assertEquals(16L, value(outer.get("stub").call("square", 4)));
            assertEquals(16L, value(outer.get("target").call("square", 4)));
            assertEquals(16L, value(outer.call("square", 4)));
            assertEquals(8L, value(outer.call("later", 4)));
        }
    }

    @Test
    @Parity({"CW-I047", "CW-I048", "PY-062"})
    @DisplayName("index.test.ts: supports wrapping an RpcTarget with nested stubs and RpcTargets behind getters")
    void what_a_property_gives_is_called_by_its_path() {
        WebTarget outer = WebTarget.empty()
                .method("getValue", args -> 42L)
                .property("innerStub", () -> Stub.holding(sim.loop(), target()))
                .property("innerTarget", LocalStubParityTest::target);
        try (Stub stub = Stub.holding(sim.loop(), outer)) {
            assertEquals(42L, value(stub.call("getValue")));
            assertEquals(9L, value(stub.get("innerStub").call("square", 3)));
            assertEquals(9L, value(stub.get("innerTarget").call("square", 3)));
        }
    }

    @Test
    @Parity({"CW-I049", "PY-061", "PY-063"})
    @DisplayName("index.test.ts: returns undefined when accessing nonexistent properties")
    void what_is_missing_is_undefined_and_has_nothing_inside() {
        for (Object each : List.of(Map.of("foo", "bar"), List.of(1, 2, 3), target())) {
            try (Stub stub = Stub.holding(sim.loop(), each)) {
                assertEquals(JsValue.UNDEFINED, value(stub.get("nonexistent")));
                assertEquals(
                        "TypeError", error(stub.get("nonexistent").get("foo")).split(":", 2)[0]);
            }
        }
    }

    @Test
    @Parity({"CW-I055", "PY-350", "PY-360"})
    @DisplayName("index.test.ts: overrides toString() to at least specify the type")
    void texts_of_stubs_say_what_they_are() {
        try (Stub stub = counted("object");
                Stub call = stub.call("square", 3);
                Stub held = Stub.holding(sim.loop(), List.of())) {
            assertEquals("stub of ", stub.toString().substring(0, 8));
            assertEquals("stub of result of a call", call.toString());
            assertEquals(
                    "stub of value of this process at a[0]",
                    held.get("a").get(0).toString());
        }
    }

    @Test
    @Parity({"CW-I056", "PY-187", "PY-188", "PY-189", "PY-263", "PY-268", "PY-269"})
    @DisplayName("index.test.ts: disposes nested stubs and RpcTargets when wrapping an object")
    void closing_a_value_closes_what_is_in_it() {
        Scripted object = new Scripted(sim.loop()).onReleased(() -> released.add("target"));
        Stub outer = Stub.holding(sim.loop(), Map.of("stub", counted("stub"), "target", object, "value", 42));
        sim.poll();
        assertEquals(List.of(), released);
        outer.close();
        sim.poll();
        assertEquals(List.of("stub", "target"), released.stream().sorted().toList());
    }

    @Test
    @Parity("CW-I057")
    @DisplayName("index.test.ts: only calls the RpcTarget's disposer when it holds nested stubs")
    void closing_an_object_does_not_close_what_it_keeps() {
        Stub inner = counted("inner");
        Scripted outer = new Scripted(sim.loop())
                .get("innerStub", () -> inner.cap().share())
                .onReleased(() -> released.add("outer"));
        Stub.of(sim.loop(), outer.cap()).close();
        sim.poll();
        assertEquals(List.of("outer"), released);
        inner.close();
        sim.poll();
        assertEquals(List.of("outer", "inner"), released);
    }

    @Test
    @Parity({"CW-I058", "CW-I059"})
    @DisplayName("index.test.ts: only disposes the RpcTarget when all dups are disposed, each of which counts once")
    void an_object_is_released_with_the_last_duplicate() {
        Stub original = counted("object");
        Stub one = original.dup();
        Stub two = original.dup();
        one.close();
        one.close();
        original.close();
        sim.poll();
        assertEquals(List.of(), released);
        two.close();
        two.close();
        sim.poll();
        assertEquals(List.of("object"), released);
    }

    @Test
    @Parity({"PY-058", "PY-059"})
    @DisplayName("a function that throws, at once or later, fails its call alone")
    void what_a_function_throws_fails_its_call() {
        Function<List<Object>, Object> now = args -> {
            throw Failure.failed("at once");
        };
        Function<List<Object>, Object> later =
                args -> sim.loop().timer().after(Duration.ofMillis(1)).map(done -> {
                    throw JsError.of("RangeError", "later").failure();
                });
        try (Stub stub = Stub.holding(sim.loop(), Map.of("now", now, "later", later, "value", 42))) {
            assertEquals("Error: at once", error(stub.call("now")));
            assertEquals("RangeError: later", error(stub.call("later", 1)));
            assertEquals("Error: at once", error(stub.get("now").apply()));
            assertEquals(42L, value(stub.get("value")));
        }
    }

    @Test
    @Parity("PY-357")
    @DisplayName("a function may have no arguments")
    void a_function_is_called_without_arguments() {
        Function<List<Object>, Object> count = args -> (long) args.size();
        try (Stub stub = Stub.holding(sim.loop(), count)) {
            assertEquals(0L, value(stub.apply()));
            assertEquals(2L, value(stub.apply(5, null)));
        }
    }

    @Test
    @Parity({"PY-060", "PY-064", "PY-066", "PY-067"})
    @DisplayName("what is no function: a value, an object itself, and methods that it has not")
    void what_is_no_function_is_not_called() {
        try (Stub plain = Stub.holding(sim.loop(), Map.of("not", "callable"));
                Stub object = Stub.holding(sim.loop(), target())) {
            assertEquals("TypeError: '' is not a function.", error(plain.apply()));
            assertEquals("TypeError: 'not' is not a function.", error(plain.call("not")));
            assertEquals("TypeError: '' is not a function.", error(object.apply()));
            assertEquals("TypeError: 'nonexistent' is not a function.", error(object.call("nonexistent", 1)));
            assertEquals(9L, value(object.call("square", 3)));
        }
    }

    @Test
    @Parity("PY-069")
    @DisplayName("a getter that throws fails whoever reads it or goes through it")
    void a_property_that_fails_fails_what_reads_it() {
        WebTarget broken = target().property("broken", () -> {
            throw JsError.of("RangeError", "no such level").failure();
        });
        try (Stub stub = Stub.holding(sim.loop(), broken)) {
            assertEquals("RangeError: no such level", error(stub.get("broken")));
            assertEquals("RangeError: no such level", error(stub.get("broken").get("deeper")));
            assertEquals("RangeError: no such level", error(stub.get("broken").call("method", 1)));
        }
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.cap.Cap;
import dev.capstan.testkit.Parity;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose the arguments and results of calls are: arguments stay the caller's and are copied, results are handed over. */
final class PayloadTest {
    private final TwoPeers two = new TwoPeers();
    private final List<Object> seen = new ArrayList<>();
    private WebTarget answers = WebTarget.empty().method("note", args -> {
        seen.add(Objects.requireNonNull(args.getFirst()));
        return args.size();
    });

    @AfterEach
    void nothing_is_left() {
        two.close();
    }

    private Stub counted(String name) {
        return Stub.of(
                two.loop(),
                two.counted(name).on("name", args -> Scripted.value(name)).cap());
    }

    private Object await(Stub stub) {
        try (stub) {
            return two.sim.await(stub.value());
        }
    }

    /** The object as it is here, and as a peer sees it. */
    private List<Stub> hereAndThere() {
        two.main.get("object", () -> answers.on(two.loop()));
        try (Stub api = Stub.of(two.loop(), two.api.share())) {
            return List.of(Stub.holding(two.loop(), answers), assertInstanceOf(Stub.class, await(api.get("object"))));
        }
    }

    private static Stub stub(@Nullable Object value) {
        return assertInstanceOf(Stub.class, value);
    }

    @Test
    @Parity({"PY-174", "PY-180", "PY-236", "PY-239", "PY-311"})
    void arguments_are_copied_when_the_call_is_made() {
        for (Stub object : hereAndThere()) {
            List<Object> users = new ArrayList<>(List.of(new LinkedHashMap<>(Map.of("id", 1L, "name", "Ann"))));
            Map<String, Object> argument = new LinkedHashMap<>(Map.of("users", users, "total", 1L));
            Stub call = object.call("note", argument);
            users.add("more");
            ((Map<?, ?>) users.getFirst()).clear();
            argument.clear();
            assertEquals(1L, await(call));
            assertEquals(Map.of("users", List.of(Map.of("id", 1L, "name", "Ann")), "total", 1L), seen.removeLast());
            assertEquals(List.of(Map.of(), "more"), users);
            object.close();
        }
    }

    @Test
    @Parity({"PY-170", "PY-177", "PY-178", "PY-234"})
    void stubs_and_results_that_are_passed_stay_the_callers() {
        answers = answers.method("call", args -> stub(args.getFirst()).call("name"))
                .method("same", args -> args.getFirst());
        for (Stub object : hereAndThere()) {
            try (Stub mine = counted("mine");
                    Stub result = object.call("same", 7)) {
                for (int i = 0; i < 2; i++) {
                    assertEquals("mine", await(object.call("call", mine)));
                    assertEquals(1L, await(object.call("note", Map.of("promise", result))));
                    assertEquals(Map.of("promise", 7L), seen.removeLast());
                }
                assertEquals("mine", await(mine.call("name")));
                assertEquals(7L, two.sim.await(result.value()));
                two.settle();
                assertEquals(List.of(), two.released);
            }
            two.settle();
            assertEquals("mine", two.released.removeLast());
            object.close();
        }
    }

    @Test
    @Parity({"PY-171", "PY-175", "PY-183", "PY-235", "PY-238"})
    void stubs_in_a_result_are_handed_over() {
        List<Stub> given = new ArrayList<>();
        answers = answers.method("give", args -> {
            given.add(counted("given"));
            return Map.of(
                    "stub", given.getLast(), "again", List.of(given.getLast().dup()));
        });
        for (Stub object : hereAndThere()) {
            Map<?, ?> result = assertInstanceOf(Map.class, await(object.call("give")));
            assertThrows(IllegalStateException.class, () -> given.getLast().call("name"));
            Stub one = stub(result.get("stub"));
            Stub other = stub(assertInstanceOf(List.class, result.get("again")).getFirst());
            one.close();
            two.settle();
            assertEquals(List.of(), two.released);
            assertEquals("given", await(other.call("name")));
            other.close();
            two.settle();
            assertEquals("given", two.released.removeLast());
            object.close();
        }
    }

    @Test
    @Parity({"PY-184", "PY-185", "PY-186", "PY-324", "PY-334"})
    void promises_anywhere_in_a_result_are_waited_for() {
        List<Completer<Object>> later = new ArrayList<>();
        answers = answers.method("give", args -> {
            later.add(new Completer<>(two.loop()));
            later.add(new Completer<>(two.loop()));
            return Map.of(
                    "level",
                    Map.of(
                            "promise", later.get(later.size() - 2).promise(),
                            "list", List.of(counted("beside"), later.getLast().promise())));
        });
        for (Stub object : hereAndThere()) {
            Stub call = object.call("give");
            var value = call.value();
            two.settle();
            assertEquals(false, two.sim.poll(value));
            later.getFirst().complete("first");
            later.getLast().complete(List.of("second"));
            Map<?, ?> level = assertInstanceOf(
                    Map.class, assertInstanceOf(Map.class, two.sim.await(value)).get("level"));
            call.close();
            later.clear();
            assertEquals("first", level.get("promise"));
            List<?> list = assertInstanceOf(List.class, level.get("list"));
            assertEquals(List.of("second"), list.get(1));
            stub(list.getFirst()).close();
            two.settle();
            assertEquals("beside", two.released.removeLast());
            object.close();
        }
    }

    @Test
    @Parity({"PY-172", "PY-173", "PY-176", "PY-233", "PY-237", "PY-310", "PY-312"})
    void what_a_payload_holds_is_its_own_and_is_not_copied() {
        List<Object> plain = List.of(1L, Map.of("data", "test"));
        WebPayload payload = WebPayload.holding(plain);
        assertSame(plain, payload.value());
        assertSame(plain, Values.share(payload.value()));
        assertSame(plain, payload.take());
        assertThrows(IllegalStateException.class, payload::value);

        Map<String, Object> held = Map.of("object", two.counted("held").cap());
        WebPayload owner = WebPayload.holding(held);
        assertSame(held, owner.value());
        WebPayload again = owner.share();
        // The objects are counted; what holds them is not copied for that.
        Map<?, ?> shared = assertInstanceOf(Map.class, Values.share(owner.value()));
        owner.close();
        again.close();
        assertThrows(IllegalStateException.class, again::close);
        two.settle();
        assertEquals(List.of(), two.released);
        assertInstanceOf(Cap.class, shared.get("object")).close();
        two.settle();
        assertEquals(List.of("held"), two.released);
    }

    private static long bytesOf(Object value) {
        WebPayload payload = WebPayload.holding(List.of(value));
        try (payload) {
            return payload.bytes();
        }
    }

    @Test
    void whatever_can_be_long_counts_with_its_length() {
        String text = "x".repeat(1000);
        List<Object> long1000 = List.of(
                text,
                new byte[1000],
                new TypedBytes(TypedBytes.Kind.INT8, new byte[1000]),
                new Blob("", new byte[1000]),
                new Blob(text, new byte[0]),
                BigInteger.ONE.shiftLeft(8000),
                new Url("https://host/" + text),
                Headers.of("name", text),
                Headers.of(text, "value"),
                JsError.of(text, ""),
                JsError.of("Error", text),
                JsError.of("Error", "").withStack(text),
                new JsError("Error", "", null, Map.of("cause", text)),
                new JsError("Error", "", null, Map.of(text, 1L)),
                WebRequest.get(new Url("https://host/" + text), Headers.NONE),
                WebRequest.get(new Url("https://host/"), Headers.of("name", text)),
                new WebRequest(new Url("https://host/"), text, Headers.NONE, null, Map.of()),
                new WebRequest(new Url("https://host/"), "PUT", Headers.NONE, text, Map.of()),
                new WebRequest(new Url("https://host/"), "GET", Headers.NONE, null, Map.of("cf", text)),
                WebResponse.of(200, text),
                new WebResponse(200, text, Headers.NONE, null, Map.of()),
                new WebResponse(200, "", Headers.of("name", text), null, Map.of()),
                new WebResponse(200, "", Headers.NONE, null, Map.of("cf", text)));
        for (Object each : long1000) {
            long bytes = bytesOf(each);
            assertTrue(bytes >= 1000 && bytes < 1400, bytes + " of " + each.getClass());
        }
    }
}

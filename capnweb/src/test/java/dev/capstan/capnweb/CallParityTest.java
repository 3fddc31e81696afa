package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static dev.capstan.capnweb.TwoPeers.call;
import static dev.capstan.capnweb.TwoPeers.object;
import static dev.capstan.capnweb.TwoPeers.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Calls between two sessions, as the tests of the TypeScript implementation have them. Each ends with empty tables on both sides. */
final class CallParityTest {
    private final TwoPeers two = new TwoPeers();

    @AfterEach
    void nothing_is_left() {
        two.close();
    }

    private static Promise<Scripted.Answered> fail(JsError error) {
        return Promise.failed(Errors.failure(error));
    }

    @Test
    @Parity({"CW-I060", "CW-L013", "PX-054", "PX-055", "PY-116", "PY-228"})
    @DisplayName("index.test.ts: basic call with result")
    void a_call_has_a_result() {
        two.main.on("square", args -> value((Long) args.getFirst() * (Long) args.getFirst()));
        assertEquals(9L, two.value(call(two.api, "square", 3L)));
        assertEquals(
                List.of("[\"push\",[\"pipeline\",0,[\"square\"],[3]]]", "[\"pull\",1]", "[\"release\",1,1]"),
                two.fromClient);
        assertEquals(List.of("[\"resolve\",1,9]"), two.fromServer);
    }

    @Test
    @Parity({"CW-I061", "PX-143", "PX-144", "PX-145", "PX-146", "PY-118", "PY-154"})
    @DisplayName("index.test.ts: thrown error reaches the caller with class and message")
    void an_error_arrives_with_its_class_and_message() {
        two.main.on("fail", args -> fail(JsError.of("RangeError", "test error")));
        JsError error = two.error(call(two.api, "fail"));
        assertEquals("RangeError: test error", error.name() + ": " + error.message());
    }

    @Test
    @Parity({
        "CW-I062", "CW-I063", "CW-I064", "PY-103", "PY-104", "PY-105", "PY-106", "PY-107", "PY-156", "PY-158", "PY-308"
    })
    @DisplayName("index.test.ts: properties, cause and heavy values of an error reach the caller")
    void an_error_arrives_with_its_properties() {
        byte[] bytes = new byte[10_000];
        bytes[9_999] = 7;
        JsError cause = new JsError("TypeError", "why", null, Map.of("depth", 2L));
        two.main.on(
                "fail",
                args -> fail(new JsError(
                        "Error",
                        "coded",
                        null,
                        Map.of("code", 42L, "cause", cause, "bytes", bytes, "at", List.of(Instant.EPOCH, Map.of())))));
        JsError error = two.error(call(two.api, "fail"));
        assertEquals(42L, error.props().get("code"));
        assertEquals(cause, error.props().get("cause"));
        assertEquals(List.of(Instant.EPOCH, Map.of()), error.props().get("at"));
        assertArrayEquals(bytes, (byte[]) error.props().get("bytes"));
    }

    @Test
    @Parity({"CW-I065", "CW-I066"})
    @DisplayName(
            "index.test.ts: a stub in an error is dropped, alone or in a half-encoded property, and leaks no entry")
    void an_error_that_holds_objects_arrives_without_them() {
        two.main.on(
                "get",
                args -> value(new JsError(
                        "Error",
                        "m",
                        null,
                        Map.of(
                                "stub",
                                two.counted("stub").cap(),
                                "half",
                                List.of(1L, two.counted("half").cap()),
                                "code",
                                5L))));
        assertEquals(new JsError("Error", "m", null, Map.of("code", 5L)), two.value(call(two.api, "get")));
        two.assertNothingLeft();
        assertEquals(List.of("half", "stub"), two.released.stream().sorted().toList());
        assertEquals(List.of("[\"resolve\",1,[\"error\",\"Error\",\"m\",null,{\"code\":5}]]"), two.fromServer);
    }

    @Test
    @Parity({"CW-I068", "CW-I113", "CW-I114"})
    @DisplayName("index.test.ts: an argument that cannot be encoded fails the call locally and frees the others")
    void an_argument_that_cannot_be_sent_fails_the_call_here() {
        Answer answer = call(two.api, "square", two.counted("argument").cap(), Optional.of(1));
        JsError error = two.error(answer);
        assertTrue(error.message().contains("java.util.Optional"), error.message());
        two.settle();
        assertEquals(List.of("argument"), two.released);
        Promise<Void> streaming = TwoPeers.request(
                        two.api, "square", two.counted("chunk").cap(), Optional.of(1))
                .sendStreaming();
        Failure failure = assertThrows(Failure.class, () -> two.sim.await(streaming));
        assertTrue(failure.reason().contains("java.util.Optional"), failure.reason());
        two.settle();
        assertEquals(List.of("argument", "chunk"), two.released);
        assertEquals(List.of(), two.fromClient);
    }

    @Test
    @Parity("CW-I069")
    @DisplayName("index.test.ts: a result that cannot be encoded rejects the call")
    void a_result_that_cannot_be_sent_fails_the_call() {
        two.main.on("get", args -> value(List.of(two.counted("beside").cap(), Optional.empty())));
        JsError error = two.error(call(two.api, "get"));
        assertEquals("TypeError", error.name());
        assertTrue(error.message().contains("java.util.Optional"), error.message());
        two.settle();
        assertEquals(List.of("beside"), two.released);
    }

    @Test
    @Parity("CW-I077")
    @DisplayName("index.test.ts: a promise as an argument is replaced by its resolution")
    void a_promise_among_the_arguments_is_replaced() {
        two.main.on("square", args -> value((Long) args.getFirst() * (Long) args.getFirst()));
        PromisedValue nine = new PromisedValue(object(call(two.api, "square", 3L)));
        assertEquals(81L, two.value(call(two.api, "square", nine)));
        assertEquals("[\"push\",[\"pipeline\",0,[\"square\"],[[\"pipeline\",1]]]]", two.fromClient.get(1));
        assertTrue(two.fromClient.stream().noneMatch("[\"pull\",1]"::equals));
    }

    @Test
    @Parity({"CW-I073", "CW-I078", "CW-I095"})
    @DisplayName("index.test.ts: methods of a result that is not there yet, in the order of the calls")
    void calls_go_ahead_to_a_result() {
        long[] count = {0};
        two.main.on(
                "makeCounter",
                args -> value(new Scripted(two.loop())
                        .on("increment", by -> {
                            count[0] = count[0] * 10 + (Long) by.getFirst();
                            return value(count[0]);
                        })
                        .cap()));
        try (Cap counter = object(call(two.api, "makeCounter"))) {
            List<Answer> answers = IntStream.range(1, 6)
                    .mapToObj(i -> call(counter, "increment", (long) i))
                    .toList();
            assertEquals(0, two.fromServer.size());
            assertEquals(
                    List.of(1L, 12L, 123L, 1234L, 12345L),
                    answers.stream().map(two::value).toList());
        }
    }

    @Test
    @Parity("CW-I079")
    @DisplayName("index.test.ts: a method that returns another promise resolves through")
    void a_result_that_is_a_promise_is_waited_for() {
        two.main
                .on("square", args -> value((Long) args.getFirst() * (Long) args.getFirst()))
                .on("callSquare", args -> {
                    Cap self = (Cap) Objects.requireNonNull(args.getFirst());
                    return value(new PromisedValue(object(call(self, "square", args.get(1)))));
                });
        try (Cap own = two.main.cap()) {
            // The object is handed to the client and comes back to its owner.
            two.main.on("self", args -> value(own.share()));
            try (Cap self = object(call(two.api, "self"))) {
                assertEquals(16L, two.value(call(two.api, "callSquare", self.share(), 4L)));
            }
        }
    }

    @Test
    @Parity({"CW-I080", "CW-I082"})
    @DisplayName("index.test.ts: a failed call fails what is pipelined on it with the same error")
    void what_is_called_on_a_failed_call_fails_alike() {
        two.main.on("fail", args -> fail(JsError.of("RangeError", "pipelined error")));
        try (Cap failing = object(call(two.api, "fail"))) {
            JsError error = two.error(call(failing, "a.b", 1L));
            assertEquals("RangeError: pipelined error", error.name() + ": " + error.message());
            assertEquals("RangeError", two.error(read(failing, "c")).name());
        }
    }

    @Test
    @Parity("CW-I081")
    @DisplayName("index.test.ts: a failed promise in the arguments fails the call")
    void a_failed_argument_fails_the_call() {
        List<String> called = new ArrayList<>();
        two.main
                .on("fail", args -> fail(JsError.of("RangeError", "argument error")))
                .on("take", args -> {
                    called.add("take");
                    return value(null);
                });
        PromisedValue failed = new PromisedValue(object(call(two.api, "fail")));
        assertEquals(
                "argument error",
                two.error(call(two.api, "take", Map.of("deep", List.of(failed))))
                        .message());
        assertEquals(List.of(), called);
    }

    @Test
    void a_call_whose_result_is_given_up_at_once_still_happens() {
        List<Object> called = new ArrayList<>();
        two.main.on("fire", args -> {
            called.add(args.getFirst());
            return value(two.counted("result").cap());
        });
        call(two.api, "fire", 1L).close();
        object(call(two.api, "fire", 2L)).close();
        two.settle();
        assertEquals(List.of(1L, 2L), called);
        assertEquals(List.of("result", "result"), two.released);
        assertEquals(List.of(), two.fromServer);
    }

    @Test
    void a_call_of_what_a_call_returns_still_happens_when_both_are_given_up_at_once() {
        List<Object> called = new ArrayList<>();
        two.main.on(
                "make",
                args -> value(two.counted("made")
                        .on("hit", more -> {
                            called.add("hit");
                            return value(JsValue.UNDEFINED);
                        })
                        .cap()));
        Cap made = object(call(two.api, "make"));
        call(made, "hit").close();
        made.close();
        two.settle();
        assertEquals(List.of("hit"), called);
        assertEquals(List.of("made"), two.released);
    }

    @Test
    @Parity({"CW-I094", "PX-404"})
    @DisplayName("index.test.ts: calls on one stub are delivered in the order made")
    void calls_arrive_in_their_order() {
        List<Object> order = new ArrayList<>();
        two.main.on("note", args -> {
            order.add(args.getFirst());
            return value(JsValue.UNDEFINED);
        });
        List<Answer> answers = IntStream.range(0, 50)
                .mapToObj(i -> call(two.api, "note", (long) i))
                .toList();
        answers.reversed().forEach(answer -> assertEquals(JsValue.UNDEFINED, two.value(answer)));
        assertEquals(IntStream.range(0, 50).mapToObj(i -> (Object) (long) i).toList(), order);
    }

    @Test
    @Parity("CW-I049")
    @DisplayName("index.test.ts: a missing property reads as undefined, deeper fails")
    void a_property_that_is_not_there_is_undefined() {
        two.main.get("prop", () -> Map.of("deep", Map.of("er", 7L)));
        assertEquals(7L, two.value(read(two.api, "prop.deep.er")));
        assertEquals(JsValue.UNDEFINED, two.value(read(two.api, "missing")));
        assertEquals(JsValue.UNDEFINED, two.value(read(two.api, "prop.missing")));
        JsError error = two.error(read(two.api, "prop.missing.deeper"));
        assertEquals("TypeError", error.name());
        assertEquals("Cannot read properties of undefined (reading 'deeper')", error.message());
        assertEquals("TypeError", two.error(call(two.api, "prop.deep")).name());
    }

    @Test
    @Parity({"CW-I096", "CW-I061"})
    @DisplayName("index.test.ts: the stack is hidden")
    void a_stack_stays_here() {
        two.main.on("fail", args -> {
            throw new IllegalStateException("a secret of the server");
        });
        JsError error = two.error(call(two.api, "fail"));
        assertNull(error.stack());
        assertTrue(
                two.fromServer.getFirst().startsWith("[\"reject\",1,[\"error\",\"Error\",\""),
                two.fromServer.getFirst());
        assertTrue(!two.fromServer.getFirst().contains("CallParityTest"), two.fromServer.getFirst());
    }

    @Test
    @Parity("CW-I072")
    @DisplayName("index.test.ts: functions pass as callbacks, and may take their time")
    void callbacks_may_take_their_time() {
        two.main.on(
                "callMe",
                args -> TwoPeers.results(call((Cap) Objects.requireNonNull(args.getFirst()), "", args.get(1)))
                        .convert(payload ->
                                new Scripted.Answered(WebPayload.of(payload).take())));
        Scripted callback = two.counted("callback")
                .function(args -> two.loop()
                        .timer()
                        .after(Duration.ofMillis(20))
                        .map(done -> new Scripted.Answered((Long) args.getFirst() + 1)));
        assertEquals(6L, two.value(call(two.api, "callMe", callback.cap(), 5L)));
        two.settle();
        assertEquals(List.of("callback"), two.released);
    }

    @Test
    @Parity({"PY-179", "PY-227"})
    void a_value_of_every_kind_goes_there_and_back() {
        two.main.on("echo", args -> value(Values.share(args.getFirst())));
        Map<String, Object> all = Map.of(
                "undefined",
                JsValue.UNDEFINED,
                "nan",
                Double.NaN,
                "date",
                Instant.ofEpochMilli(5),
                "url",
                new Url("http://x.test/"),
                "list",
                List.of(List.of(), Map.of(), List.of(List.of(1L))),
                "bytes",
                new TypedBytes(TypedBytes.Kind.FLOAT64, new byte[16]));
        assertEquals(all, assertInstanceOf(Map.class, two.value(call(two.api, "echo", all))));
    }
}

package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static dev.capstan.capnweb.TwoPeers.call;
import static dev.capstan.capnweb.TwoPeers.object;
import static dev.capstan.capnweb.TwoPeers.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Request;
import dev.capstan.testkit.Parity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who keeps what for how long, as the tests of the TypeScript implementation have it. Each ends with empty tables on both sides. */
final class ReferenceParityTest {
    private final TwoPeers two = new TwoPeers();

    @AfterEach
    void nothing_is_left() {
        two.close();
    }

    private static Cap first(List<?> arguments) {
        return (Cap) Objects.requireNonNull(arguments.getFirst());
    }

    /** A call of something that the peer has passed, as the result of a method. */
    private static Promise<Scripted.Answered> forward(Cap cap, String path, @Nullable Object... arguments) {
        return TwoPeers.results(call(cap, path, arguments))
                .convert(payload -> new Scripted.Answered(WebPayload.of(payload).take()));
    }

    private Scripted counter(String name) {
        long[] count = {0};
        return two.counted(name).on("increment", by -> {
            count[0] += (Long) by.getFirst();
            return value(count[0]);
        });
    }

    @Test
    @Parity("CW-I074")
    @DisplayName("index.test.ts: a stub sent back to its owner is the original object")
    void an_object_that_goes_round_is_itself_again() {
        try (Cap original = new LocalCap(two.loop(), counter("counter"))) {
            List<Boolean> same = new ArrayList<>();
            two.main.on("make", args -> value(original.share())).on("check", args -> {
                same.add(first(args).leadsTo(original));
                return forward(first(args), "increment", 3L);
            });
            try (Cap counter = object(call(two.api, "make"))) {
                // Once while the result is not here yet, and once when it is.
                assertEquals(3L, two.value(call(two.api, "check", counter.share())));
                assertEquals(6L, two.value(call(counter, "increment", 3L)));
                assertEquals(9L, two.value(call(two.api, "check", counter.share())));
            }
            try (Cap counter = (Cap) Objects.requireNonNull(two.value(call(two.api, "make")))) {
                assertEquals(12L, two.value(call(two.api, "check", counter.share())));
            }
            assertEquals(List.of(true, true, true), same);
        }
        two.settle();
        assertEquals(List.of("counter"), two.released);
    }

    @Test
    @Parity({
        "CW-I086", "CW-I090", "PY-071", "PY-072", "PY-073", "PY-074", "PY-075", "PY-264", "PY-265", "PY-076", "PY-337"
    })
    @DisplayName("index.test.ts: the remote disposer runs when the last duplicate is disposed")
    void an_object_lives_until_the_last_reference_to_it_is_closed() {
        two.main.on("make", args -> value(counter("counter").cap()));
        Cap counter = (Cap) Objects.requireNonNull(two.value(call(two.api, "make")));
        Cap another = counter.share();
        counter.close();
        two.settle();
        assertEquals(List.of(), two.released);
        assertEquals(1L, two.value(call(another, "increment", 1L)));
        another.close();
        two.settle();
        assertEquals(List.of("counter"), two.released);
    }

    @Test
    @Parity("CW-I087")
    @DisplayName("index.test.ts: the same target twice in a result")
    void an_object_that_is_in_a_result_twice_has_two_names() {
        Cap counter = counter("counter").cap();
        two.main.on("make", args -> value(List.of(counter.share(), counter)));
        try (WebPayload both = WebPayload.holding(two.value(call(two.api, "make")))) {
            assertEquals("[\"resolve\",1,[[[\"export\",-1],[\"export\",-2]]]]", two.fromServer.getFirst());
            assertTrue(both.value() instanceof List<?> list && list.size() == 2);
            assertEquals(List.of(), two.released);
        }
        two.settle();
        assertEquals(List.of("counter"), two.released);
    }

    @Test
    @Parity("CW-I088")
    @DisplayName("index.test.ts: a target passed as an argument is disposed when the call has ended")
    void an_argument_is_released_when_the_call_has_ended() {
        two.main.on("use", args -> forward(first(args), "increment", 5L));
        assertEquals(5L, two.value(call(two.api, "use", counter("argument").cap())));
        two.settle();
        assertEquals(List.of("argument"), two.released);
    }

    @Test
    @Parity({"CW-I091", "PY-079", "PY-080", "PY-229", "PY-335"})
    @DisplayName("index.test.ts: one release for an object, however often it was shared")
    void one_release_is_sent() {
        two.main.on("make", args -> value(counter("counter").cap()));
        Cap counter = (Cap) Objects.requireNonNull(two.value(call(two.api, "make")));
        Cap another = counter.share();
        counter.close();
        another.close();
        two.settle();
        assertEquals(
                1, two.fromClient.stream().filter("[\"release\",-1,1]"::equals).count(), two.fromClient::toString);
        assertThrows(IllegalStateException.class, another::close);
    }

    @Test
    @Parity({"CW-I092", "PX-058", "PX-059", "PX-110", "PX-111", "PX-112"})
    @DisplayName("index.test.ts: disconnect disposes every exported target")
    void a_cut_releases_everything_on_both_sides() {
        two.main.on("make", args -> value(counter("of the server").cap())).on("keep", args -> {
            Cap kept = first(args).share();
            return two.loop()
                    .timer()
                    .after(Duration.ofHours(1))
                    .<Scripted.Answered>then(done -> {
                        throw Failure.failed("nobody waits so long");
                    })
                    .attach(kept);
        });
        Cap counter = (Cap) Objects.requireNonNull(two.value(call(two.api, "make")));
        Answer waiting = call(two.api, "keep", counter("of the client").cap());
        two.settle();
        assertEquals(List.of(), two.released);
        two.cut();
        assertEquals(Failure.Kind.DISCONNECTED, two.failure(waiting).kind());
        two.settle();
        assertEquals(
                List.of("of the client", "of the server"),
                two.released.stream().sorted().toList());
        assertEquals(
                Failure.Kind.DISCONNECTED,
                two.failure(call(counter, "increment", 1L)).kind());
        counter.close();
    }

    @Test
    @Parity({"CW-I093", "PX-405"})
    @DisplayName("index.test.ts: disposing the main stub ends the session, later calls fail")
    void after_the_end_of_the_session_calls_fail() {
        two.main.on("square", args -> value(4L));
        assertEquals(4L, two.value(call(two.api, "square")));
        two.client().close();
        assertEquals(
                Failure.Kind.DISCONNECTED, two.failure(call(two.api, "square")).kind());
        two.cut();
    }

    @Test
    @Parity({"CW-I102", "CW-I186"})
    @DisplayName("index.test.ts: broken references are told, with the reason that the peer gave")
    void broken_references_are_told() {
        List<String> told = new ArrayList<>();
        two.main
                .on("make", args -> value(counter("counter").cap()))
                .on("fail", args -> Promise.failed(Errors.failure(JsError.of("RangeError", "no counter"))));
        Cap counter = object(call(two.api, "make"));
        Cap failing = object(call(two.api, "fail"));
        for (Cap each : List.of(counter, failing)) {
            Objects.requireNonNull(each.resolution())
                    .<Cap>handle(
                            cap -> {
                                told.add("there");
                                return Promise.of(cap);
                            },
                            e -> {
                                told.add(e.getMessage());
                                return Promise.failed(e);
                            })
                    .listen(two.loop(), (cap, failure) -> {
                        if (cap != null) {
                            cap.close();
                        }
                    });
        }
        two.settle();
        assertEquals(List.of("there", "no counter"), told);
        two.server().onDisconnect().listen(two.loop(), (done, failure) -> told.add("over"));
        two.cut();
        two.settle();
        assertEquals("over", told.getLast());
        Promise<Cap> broken = counter.settled();
        Failure failure = assertThrows(Failure.class, () -> two.sim.await(broken));
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        counter.close();
        failing.close();
    }

    @Test
    @Parity("CW-I105")
    @DisplayName("index.test.ts: a call issued before the stub was disposed is still delivered")
    void a_call_outlives_the_reference_that_it_was_made_on() {
        two.main.on("make", args -> value(counter("counter").cap()));
        Cap counter = object(call(two.api, "make"));
        Answer call = call(counter, "increment", 2L);
        counter.close();
        assertEquals(2L, two.value(call));
    }

    @Test
    @Parity({"CW-I103", "CW-I104"})
    @DisplayName("index.test.ts: arguments of a call on a promise that is rejected are disposed")
    void arguments_for_what_never_comes_are_released() {
        two.main.on(
                "fail",
                args -> two.loop().timer().after(Duration.ofMillis(5)).then(done -> {
                    throw Failure.failed("late");
                }));
        try (Cap failing = object(call(two.api, "fail"))) {
            Answer answer = call(failing, "use", counter("argument").cap());
            Promise<Void> streaming =
                    TwoPeers.request(failing, "use", counter("chunk").cap()).sendStreaming();
            assertEquals("late", two.error(answer).message());
            two.sim.await(streaming);
        }
        two.settle();
        assertEquals(
                List.of("argument", "chunk"), two.released.stream().sorted().toList());
    }

    @Test
    @Parity({"CW-I106", "CW-I107", "CW-I108"})
    @DisplayName("index.test.ts: arguments are disposed when the destination is broken or the path is wrong")
    void arguments_for_what_is_broken_are_released() {
        two.cut();
        assertEquals(
                Failure.Kind.DISCONNECTED,
                two.failure(call(two.api, "use", counter("argument").cap())).kind());
        Request streaming = TwoPeers.request(two.api, "use", counter("chunk").cap());
        Promise<Void> sent = streaming.sendStreaming();
        assertThrows(Failure.class, () -> two.sim.await(sent));
        try (Cap plain = WebPayload.holding(Map.of("a", 1L)).cap(TwoPeers.path("a"))) {
            assertEquals(
                    "TypeError",
                    two.error(call(plain, "b", counter("at a wrong path").cap()))
                            .name());
        }
        assertEquals(
                List.of("argument", "at a wrong path", "chunk"),
                two.released.stream().sorted().toList());
    }

    @Test
    @Parity({"CW-I110", "CW-I111"})
    @DisplayName("index.test.ts: arguments of a method that throws at once are disposed once")
    void arguments_of_a_method_that_throws_are_released_once() {
        two.main.on("fail", args -> {
            throw Failure.failed("at once");
        });
        assertEquals(
                "at once",
                two.error(call(two.api, "fail", counter("argument").cap())).message());
        Promise<Void> streaming =
                TwoPeers.request(two.api, "fail", counter("chunk").cap()).sendStreaming();
        two.sim.await(streaming);
        two.settle();
        assertEquals(List.of("argument", "chunk"), two.released);
    }

    @Test
    @Parity({"CW-I075", "CW-I076", "PX-010", "PY-003"})
    @DisplayName(
            "index.test.ts: three parties; a middle server forwards calls, results, pipelined calls and brokenness")
    void an_object_of_one_session_works_through_another() {
        try (TwoPeers far = new TwoPeers(two.sim, Limits.DEFAULT, Limits.DEFAULT)) {
            far.main
                    .on(
                            "make",
                            args -> value(far.counted("of the far server")
                                    .on("increment", by -> value(by.getFirst()))
                                    .cap()))
                    .on("callMe", args -> forward(first(args), "", args.get(1)))
                    .on("fail", args -> Promise.failed(Errors.failure(JsError.of("RangeError", "far"))));
            two.main.on("through", args -> value(far.api.share()));
            Scripted callback = two.counted("of the client").function(args -> value((Long) args.getFirst() + 1));
            try (Cap through = object(call(two.api, "through"));
                    Cap counter = object(call(through, "make"))) {
                assertEquals(2L, two.value(call(counter, "increment", 2L)));
                assertEquals(8L, two.value(call(through, "callMe", callback.cap(), 7L)));
                // The same by a reference to the far server that was waited for.
                Cap known = (Cap) Objects.requireNonNull(two.value(call(two.api, "through")));
                JsError error = two.error(call(known, "fail"));
                assertEquals("RangeError: far", error.name() + ": " + error.message());
                far.cut();
                two.settle();
                assertEquals(
                        Failure.Kind.DISCONNECTED,
                        two.failure(call(known, "fail")).kind());
                assertEquals(
                        Failure.Kind.DISCONNECTED,
                        two.failure(call(counter, "increment", 1L)).kind());
                known.close();
            }
            two.settle();
            assertEquals(List.of("of the client"), two.released);
            assertEquals(List.of("of the far server"), far.released);
        }
    }

    @Test
    @Parity({"OWN-01", "PX-002", "PY-322", "PY-321"})
    @DisplayName("own probe: an object is introduced under a fresh id each time")
    void an_object_that_the_peer_knows_is_introduced_anew() {
        try (Cap counter = counter("counter").cap()) {
            two.main.on("make", args -> value(counter.share()));
            Object one = two.value(call(two.api, "make"));
            Object other = two.value(call(two.api, "make"));
            assertEquals(List.of("[\"resolve\",1,[\"export\",-1]]", "[\"resolve\",2,[\"export\",-2]]"), two.fromServer);
            Values.close(Values.owned(List.of(Objects.requireNonNull(one), Objects.requireNonNull(other))));
        }
    }

    @Test
    @Parity({"OWN-02", "PY-159"})
    @DisplayName("own probe: a result that is an object of the caller")
    void a_result_may_be_an_object_of_the_caller() {
        two.main.on("same", args -> value(first(args).share()));
        try (Cap own = counter("own").cap();
                Cap back = (Cap) Objects.requireNonNull(two.value(call(two.api, "same", own.share())))) {
            assertTrue(back.leadsTo(own));
            assertEquals("[\"resolve\",1,[\"import\",-1]]", two.fromServer.getFirst());
            assertEquals(3L, two.value(call(back, "increment", 3L)));
        }
    }

    @Test
    @Parity("OWN-10")
    @DisplayName("own probe: a late resolve of a released call is disposed")
    void what_comes_for_a_call_that_nobody_wants_is_given_back() {
        two.main.on(
                "make",
                args -> two.loop()
                        .timer()
                        .after(Duration.ofMillis(20))
                        .map(done -> new Scripted.Answered(counter("late").cap())));
        Answer answer = call(two.api, "make");
        Promise.Cancelable waiting = TwoPeers.results(answer).listen(two.loop(), (value, failure) -> {});
        two.sim.poll();
        waiting.cancel();
        two.settle();
        assertEquals("[\"release\",1,1]", two.fromClient.getLast());
        assertEquals(List.of("late"), two.released);
    }

    @Test
    @Parity("PY-077")
    @DisplayName("reads of a property of an object")
    void properties_that_are_objects_can_be_called() {
        two.main.get("prop", () -> Map.of("counter", counter("inner").cap()));
        assertEquals(4L, two.value(call(two.api, "prop.counter.increment", 4L)));
        try (Cap counter = (Cap) Objects.requireNonNull(two.value(read(two.api, "prop.counter")))) {
            assertEquals(5L, two.value(call(counter, "increment", 5L)));
        }
        two.settle();
        assertEquals(List.of("inner", "inner"), two.released);
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dynamic stubs, over a session, to objects of this process and to what is not known yet. */
class StubTest {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<String> sent = new ArrayList<>();
    private final List<String> answered = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final List<WebPeer> peers = new ArrayList<>();
    private @Nullable Stub kept;
    private final Stub api = connect(null);

    private WebTarget counter(long start) {
        long[] count = {start};
        return WebTarget.empty()
                .method("increment", args -> count[0] += args.isEmpty() ? 1 : number(args.getFirst()))
                .property("value", () -> count[0]);
    }

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private static Stub stub(@Nullable Object value) {
        return assertInstanceOf(Stub.class, value);
    }

    private WebTarget main() {
        return WebTarget.empty()
                .method("square", args -> number(args.getFirst()) * number(args.getFirst()))
                .method("add", args -> number(args.get(0)) + number(args.get(1)))
                .method("echo", args -> args.getFirst())
                .method("makeCounter", args -> counter(number(args.getFirst())))
                .method("log", args -> log.add(String.valueOf(args.getFirst())))
                .method("fail", args -> {
                    throw Failure.failed("as asked");
                })
                .method("callMe", args -> stub(args.get(0)).apply(args.get(1)))
                .method("keep", args -> {
                    kept = stub(args.getFirst()).dup();
                    return JsValue.UNDEFINED;
                })
                .method("never", args -> new Completer<Object>(sim.loop()).promise())
                .property("prop", () -> Map.of("deep", Map.of("er", 7L), "counter", counter(3)));
    }

    private Stub connect(@Nullable Leftovers leftovers) {
        network.host("server").onAccept(stream -> peers.add(WebPeer.over(sim.loop(), stream, main().on(sim.loop()))));
        network.host("client").onSend(frame -> sent.add(new String(frame, StandardCharsets.UTF_8)));
        network.host("server").onSend(frame -> answered.add(new String(frame, StandardCharsets.UTF_8)));
        WebPeer peer = WebPeer.over(sim.loop(), network.host("client").connectAnew("server"), null);
        peers.add(peer);
        return Stub.of(sim.loop(), peer.main(), leftovers);
    }

    private Object await(Stub stub) {
        return sim.await(stub.value());
    }

    @AfterEach
    void nothing_is_left() {
        if (kept != null) {
            kept.close();
        }
        api.close();
        sim.advance(Duration.ofSeconds(1));
        for (WebPeer peer : peers) {
            WebPeer.Tables tables = peer.tables();
            assertEquals(0, tables.calls());
            assertTrue(tables.imports() <= 1, tables.toString());
            assertTrue(tables.exports() <= 1, tables.toString());
        }
    }

    @Test
    @Parity({"PY-194", "PY-198", "PY-199", "PY-200", "PY-201", "PY-373", "PY-374", "PY-345"})
    void three_dependent_calls_take_one_round_trip() {
        network.latency(Duration.ofMillis(10), Duration.ofMillis(10));
        try (Stub counter = api.call("makeCounter", 4);
                Stub next = counter.call("increment", 2);
                Stub sum = api.call("add", next, counter.get("value"))) {
            assertEquals(12L, await(sum));
        }
        assertEquals(Duration.ofMillis(20), sim.now());
        assertEquals(
                List.of(
                        "[\"push\",[\"pipeline\",0,[\"makeCounter\"],[4]]]",
                        "[\"push\",[\"pipeline\",1,[\"increment\"],[2]]]",
                        "[\"push\",[\"pipeline\",0,[\"add\"],[[\"pipeline\",2],[\"pipeline\",1,[\"value\"]]]]]",
                        "[\"pull\",3]"),
                sent.subList(0, 4));
        assertEquals(List.of("[\"resolve\",3,12]"), answered);
    }

    @Test
    void what_nobody_waits_for_is_not_asked_for_and_is_released_when_it_is_closed() {
        Stub counter = api.call("makeCounter", 1);
        Stub one = counter.call("increment");
        sim.poll();
        assertEquals(2, sent.size());
        assertEquals(List.of(), answered);
        counter.close();
        one.close();
        sim.poll();
        assertEquals(
                List.of("[\"release\",1,1]", "[\"release\",2,1]"),
                sent.subList(2, 4).stream().sorted().toList());
    }

    @Test
    @Parity({"PY-139", "PY-353", "PY-354", "PY-363", "PY-364", "PY-346"})
    void a_property_is_read_by_its_path() {
        assertEquals(7L, await(api.get("prop").get("deep").get("er")));
        assertEquals("[\"push\",[\"pipeline\",0,[\"prop\",\"deep\",\"er\"]]]", sent.getFirst());
        assertEquals(JsValue.UNDEFINED, await(api.get("nope")));
        try (Stub more = api.get("prop").get("counter").call("increment", 5)) {
            assertEquals(8L, await(more));
        }
    }

    @Test
    void an_element_is_reached_by_its_index() {
        try (Stub list = api.call("echo", List.of(List.of(1, 2), "x"))) {
            assertEquals(2L, await(list.get(0).get(1)));
            assertEquals(List.of(List.of(1L, 2L), "x"), await(list));
            assertEquals("x", await(list.get(1)));
        }
    }

    @Test
    @Parity({"PY-196", "PY-197", "PY-369", "PY-370", "PY-347"})
    void a_result_is_pulled_once_and_given_to_all_who_ask() {
        try (Stub square = api.call("square", 3)) {
            Promise<Object> first = square.value();
            Promise<Object> second = square.value();
            assertEquals(9L, sim.await(first));
            assertEquals(9L, sim.await(second));
            assertEquals(9L, await(square));
        }
        assertEquals(
                List.of("[\"push\",[\"pipeline\",0,[\"square\"],[3]]]", "[\"pull\",1]", "[\"release\",1,1]"), sent);
    }

    @Test
    void null_is_a_value() {
        try (Stub nothing = api.call("echo", (Object) null)) {
            Object[] got = {"none"};
            nothing.value().listen(sim.loop(), (value, failure) -> got[0] = String.valueOf(value));
            sim.poll();
            assertEquals("null", got[0]);
        }
    }

    @Test
    void a_value_that_is_waited_for_comes_though_the_stub_is_closed() {
        Promise<Object> value;
        try (Stub square = api.call("square", 3)) {
            value = square.value();
        }
        assertEquals(9L, sim.await(value));
    }

    @Test
    void closing_a_result_and_giving_up_its_value_gives_up_the_call() {
        Stub never = api.call("never");
        Promise<Object> value = never.value();
        sim.poll();
        never.close();
        assertEquals(2, sent.size());
        value.cancel();
        sim.poll();
        assertEquals("[\"release\",1,1]", sent.getLast());
    }

    @Test
    void a_function_can_be_called_by_the_peer() {
        Function<List<Object>, Object> tenfold = args -> number(args.getFirst()) * 10;
        try (Stub got = api.call("callMe", tenfold, 5)) {
            assertEquals(50L, await(got));
        }
    }

    @Test
    @Parity({"PY-078", "PY-167"})
    void objects_in_results_are_stubs_that_the_receiver_closes() {
        try (Stub counter = api.call("makeCounter", 1);
                Stub here = stub(await(counter));
                Stub two = here.call("increment")) {
            assertEquals(2L, await(two));
            try (Stub echoed = api.call("echo", Map.of("c", here))) {
                Map<?, ?> back = assertInstanceOf(Map.class, await(echoed));
                try (Stub same = stub(back.get("c"));
                        Stub three = same.call("increment")) {
                    assertEquals(3L, await(three));
                }
            }
        }
    }

    @Test
    void an_object_that_was_passed_is_the_callees_until_the_call_ends_unless_it_keeps_it() {
        long[] calls = {0};
        Function<List<Object>, Object> count = args -> ++calls[0];
        try (Stub done = api.call("keep", count)) {
            assertEquals(JsValue.UNDEFINED, await(done));
        }
        try (Stub one = Objects.requireNonNull(kept).apply()) {
            assertEquals(1L, await(one));
        }
        assertFalse(sent.contains("[\"release\",-1,1]"));
    }

    @Test
    @Parity({"PY-195", "PY-371", "PY-332"})
    void a_failure_reaches_those_who_ask_and_what_was_called_on_it() {
        try (Stub failed = api.call("fail");
                Stub further = failed.call("anything")) {
            assertEquals(
                    "as asked", assertThrows(Failure.class, () -> await(failed)).reason());
            assertEquals(
                    "as asked",
                    assertThrows(Failure.class, () -> await(further)).reason());
            assertEquals(
                    "as asked", assertThrows(Failure.class, () -> await(failed)).reason());
        }
    }

    @Test
    @Parity("PY-182")
    void what_cannot_be_sent_fails_the_call() {
        try (Stub failed = api.call("echo", Thread.State.NEW)) {
            assertThrows(Failure.class, () -> await(failed));
        }
        List<Object> loop = new ArrayList<>();
        loop.add(loop);
        assertThrows(WebException.class, () -> api.call("echo", loop));
    }

    /** Java has no tuples; arrays and lists of any length are what they could be. */
    @Test
    @Parity("PX-402")
    void arrays_and_lists_that_look_like_something_else_on_the_wire_arrive_as_they_are() {
        List<Object> pair = List.of("date", "x");
        for (Object given : List.of(new Object[] {"date", "x"}, new String[] {"date", "x"}, pair)) {
            try (Stub echoed = api.call("echo", given)) {
                assertEquals(pair, await(echoed));
            }
        }
        String call = "[\"push\",[\"pipeline\",0,[\"echo\"],[[[\"date\",\"x\"]]]]]";
        assertEquals(3, sent.stream().filter(call::equals).count(), sent.toString());
    }

    @Test
    void calls_of_another_thread_keep_their_order() throws InterruptedException {
        List<Promise<Object>> values = new ArrayList<>();
        Thread other = new Thread(() -> {
            for (int i = 0; i < 50; i++) {
                try (Stub call = api.call("log", i)) {
                    values.add(call.value());
                }
            }
            try (Stub counter = api.call("makeCounter", 5);
                    Stub next = counter.call("increment", counter.get("value"))) {
                values.add(next.value());
            }
        });
        other.start();
        other.join();
        try (Stub last = api.call("log", "last")) {
            sim.poll();
            assertEquals(10L, sim.await(values.getLast()));
            await(last);
        }
        assertEquals(51, log.size());
        assertEquals(
                java.util.stream.IntStream.range(0, 50)
                        .mapToObj(Integer::toString)
                        .toList(),
                log.stream().filter(line -> !line.equals("last")).toList());
    }

    @Test
    @Parity({"PY-258", "PY-259", "PY-260", "PY-261", "PY-351", "PY-352", "PY-361", "PY-362", "PY-336"})
    void a_duplicate_is_closed_by_itself() {
        Stub counter = api.call("makeCounter", 1);
        Stub place = counter.get("value").dup();
        Stub again = counter.dup();
        counter.close();
        counter.close();
        assertThrows(IllegalStateException.class, () -> counter.call("increment"));
        assertEquals(1L, await(place));
        try (Stub two = again.call("increment")) {
            assertEquals(2L, await(two));
        }
        again.close();
        // A place has nothing of its own, a duplicate of one has.
        assertEquals(2L, await(place));
        place.get("x").close();
        assertEquals(2L, await(place));
        place.close();
        assertThrows(IllegalStateException.class, place::value);
    }

    @Test
    void breaking_is_told() {
        List<String> told = new ArrayList<>();
        Stub other = connect(null);
        Stub result = other.call("never");
        Stub closed = other.dup();
        for (Stub stub : List.of(other, result, closed)) {
            stub.onBroken().listen(sim.loop(), (done, failure) -> told.add(failure == null ? "closed" : "broken"));
        }
        sim.poll();
        assertEquals(List.of(), told);
        closed.close();
        peers.getLast().close();
        sim.poll();
        assertEquals(3, told.size());
        other.close();
        result.close();
    }

    @Test
    void it_works_on_what_is_not_known_yet_and_on_objects_of_this_process() {
        QueuedCap later = new QueuedCap(sim.loop());
        try (Stub queued = Stub.of(sim.loop(), later);
                Stub four = queued.call("square", 2);
                Stub sum =
                        queued.call("add", four, queued.call("makeCounter", 1).get("value"))) {
            Promise<Object> value = sum.value();
            sim.poll();
            later.resolve(main().on(sim.loop()));
            assertEquals(5L, sim.await(value));
        }
        assertEquals(List.of(), sent);
    }

    @Test
    void a_blocking_object_waits_in_its_body() {
        WebTarget waits = WebTarget.empty()
                .method(
                        "twice",
                        args -> number(stub(args.getFirst()).apply(1).value().await()) * 2)
                .property("later", () -> Map.of("x", 1L))
                .blocking();
        Function<List<Object>, Object> six = args -> 6L;
        try (Stub object = Stub.of(sim.loop(), waits.on(sim.loop()));
                Stub twelve = object.call("twice", six)) {
            assertEquals(12L, await(twelve));
            assertEquals(1L, await(object.get("later").get("x")));
        }
    }

    @Test
    void what_a_program_forgets_is_released_and_not_cancelled() {
        Cleaner cleaner = Cleaner.create();
        Stub watched = connect(new Leftovers(cleaner, Limits.DEFAULT.withStubStacks(true)));
        WebPeer peer = peers.getLast();
        forget(watched);
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (peer.tables().calls() > 0 || peer.tables().imports() > 1) {
            System.gc();
            sim.poll();
            assertTrue(System.nanoTime() < end, () -> "never released: " + peer.tables());
        }
        assertEquals(List.of("forgotten"), log);
        assertTrue(sent.contains("[\"pull\",1]"), "what runs is not cancelled");
        watched.close();
    }

    /** In a frame of its own, so that nothing of it is left on the stack. */
    private void forget(Stub watched) {
        Stub result = watched.call("log", "forgotten");
        Stub counter = stub(await(watched.call("makeCounter", 1)));
        assertFalse(result.equals(counter));
        sim.poll();
    }
}

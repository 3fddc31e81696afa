package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Stubs of what this process will know later, as the tests of the TypeScript implementation have them ("constructing RpcPromise from a promise"). Each ends
 * with empty tables on both sides.
 */
final class HeldStubParityTest {
    private final TwoPeers two = new TwoPeers();
    private final Completer<Object> later = new Completer<>(two.loop());
    private final Stub api = Stub.of(two.loop(), two.api.share());
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void the_server_can_count() {
        two.main
                .on("makeCounter", args -> value(counter((Long) args.getFirst()).cap()))
                .on("square", args -> value((Long) args.getFirst() * (Long) args.getFirst()));
    }

    @AfterEach
    void nothing_is_left() {
        api.close();
        two.close();
    }

    private Scripted counter(long start) {
        long[] count = {start};
        return two.counted("counter " + start)
                .on("increment", by -> value(count[0] += by.isEmpty() ? 1 : (Long) by.getFirst()))
                .get("value", () -> count[0]);
    }

    private Object await(Stub stub) {
        try (stub) {
            return two.sim.await(stub.value());
        }
    }

    private String failure(Promise<?> promise) {
        return assertThrows(Failure.class, () -> two.sim.await(promise)).reason();
    }

    private long pulls() {
        return two.fromClient.stream()
                .filter(line -> line.startsWith("[\"pull\""))
                .count();
    }

    private void tellWhenBroken(Stub stub) {
        stub.onBroken()
                .listen(
                        two.loop(),
                        (done, cause) ->
                                told.add(cause == null ? "closed" : Objects.requireNonNull(cause.getMessage())));
    }

    @Test
    @Parity("CW-I115")
    @DisplayName("index.test.ts: pipelines through a pending promise without pulling the resolution")
    void calls_go_through_what_is_pending_and_only_the_last_result_is_pulled() {
        try (Stub stub = Stub.holding(two.loop(), later.promise());
                Stub counter = stub.call("makeCounter", 1);
                Stub three = counter.call("increment", 2)) {
            Promise<Object> value = three.value();
            two.settle();
            assertEquals(List.of(), two.fromClient);
            later.complete(api.dup());
            assertEquals(3L, two.sim.await(value));
        }
        assertTrue(two.fromClient.getFirst().startsWith("[\"push\""), two.fromClient::toString);
        assertEquals(1, pulls());
    }

    @Test
    @Parity({"CW-I116", "PY-081", "PY-366", "PY-367"})
    @DisplayName("index.test.ts: queues calls made before resolution and delivers them in order")
    void calls_wait_in_order() {
        List<Object> calls = new ArrayList<>();
        Scripted recorder = new Scripted(two.loop()).on("record", args -> {
            calls.add(args.getFirst());
            return value(args.getFirst());
        });
        try (Stub stub = Stub.holding(two.loop(), later.promise())) {
            List<Stub> results = List.of(stub.call("record", 1), stub.call("record", 2), stub.call("record", 3));
            List<Promise<Object>> values = results.stream().map(Stub::value).toList();
            two.settle();
            assertEquals(List.of(), calls);
            later.complete(recorder);
            assertEquals(List.of(1L, 2L, 3L), two.sim.await(Promise.all(values)));
            assertEquals(List.of(1L, 2L, 3L), calls);
            results.forEach(Stub::close);
        }
    }

    @Test
    @Parity("CW-I117")
    @DisplayName("index.test.ts: accepts a promise for a target, a remote stub, or a plain value")
    void what_comes_may_be_an_object_here_or_there_or_a_value() {
        try (Stub target = Stub.holding(two.loop(), Promise.of(counter(1)));
                Stub remote = Stub.holding(two.loop(), Promise.of(api.dup()));
                Stub plain = Stub.holding(two.loop(), Promise.of(Map.of("foo", 123)))) {
            assertEquals(2L, await(target.call("increment")));
            assertEquals(9L, await(remote.call("square", 3)));
            assertEquals(123L, await(plain.get("foo")));
        }
    }

    @Test
    @Parity({"CW-I118", "PY-083", "PY-372", "PY-359"})
    @DisplayName("index.test.ts: awaiting the RpcPromise yields the resolution")
    void waiting_gives_what_came() {
        try (Stub plain = Stub.holding(two.loop(), Promise.of(Map.of("foo", 123)));
                Stub remote = Stub.holding(two.loop(), Promise.of(api.dup()))) {
            assertEquals(Map.of("foo", 123L), await(plain.dup()));
            try (Stub resolved = assertInstanceOf(Stub.class, await(remote.dup()))) {
                assertEquals(16L, await(resolved.call("square", 4)));
            }
        }
    }

    @Test
    @Parity({"CW-I119", "PY-052", "PY-053", "PY-054"})
    @DisplayName("index.test.ts: reports rejection to queued calls, await, and onRpcBroken")
    void a_failure_is_told_to_all_who_ask() {
        try (Stub stub = Stub.holding(two.loop(), Promise.failed(Failure.failed("nope")));
                Stub call = stub.call("increment")) {
            tellWhenBroken(stub);
            assertEquals("nope", failure(call.value()));
            assertEquals("nope", failure(stub.value()));
            assertEquals(List.of("nope"), told);
        }
    }

    @Test
    @Parity({"CW-I120", "CW-I121", "CW-I122"})
    @DisplayName("index.test.ts: does not report an unhandled rejection for an unused promise, call or map() result")
    void a_failure_that_nobody_asks_for_is_reported_nowhere() {
        Stub stub = Stub.holding(two.loop(), Promise.failed(Failure.failed("ignored")));
        stub.call("increment").close();
        stub.map(element -> element).close();
        two.settle();
        stub.close();
        two.settle();
        assertEquals(List.of(), two.fromClient);
    }

    @Test
    @Parity({"CW-I123", "PY-084"})
    @DisplayName("index.test.ts: disposes the eventual target when disposed before resolution")
    void what_comes_after_the_stub_was_closed_is_not_kept() {
        Completer<Object> gone = new Completer<>(two.loop());
        gone.onCancel(() -> told.add("nobody waits"));
        Stub.holding(two.loop(), gone.promise()).close();
        // A call that waits keeps the promise; what it brings is closed after the call.
        Stub stub = Stub.holding(two.loop(), later.promise());
        Stub call = stub.call("increment", 4);
        Promise<Object> value = call.value();
        call.close();
        stub.close();
        two.settle();
        assertEquals(List.of("nobody waits"), told);
        later.complete(Stub.of(two.loop(), counter(1).cap()));
        assertEquals(5L, two.sim.await(value));
        two.settle();
        assertEquals(List.of("counter 1"), two.released);
    }

    @Test
    @Parity("CW-I124")
    @DisplayName("index.test.ts: delivers a call initiated before disposal")
    void a_call_outlives_its_stub() {
        Stub stub = Stub.holding(two.loop(), Promise.of(counter(1)));
        two.settle();
        Stub call = stub.call("increment", 2);
        stub.close();
        assertEquals(List.of(), two.released);
        assertEquals(3L, await(call));
        two.settle();
        assertEquals(List.of("counter 1"), two.released);
    }

    @Test
    @Parity("CW-I125")
    @DisplayName("index.test.ts: keeps an adopted RpcPromise lazy")
    void an_adopted_result_is_not_pulled() {
        try (Stub counter = Stub.holding(two.loop(), api.call("makeCounter", 1))) {
            assertEquals(3L, await(counter.call("increment", 2)));
        }
        assertEquals(1, pulls());
    }

    @Test
    @Parity("CW-I126")
    @DisplayName("index.test.ts: transmits nothing when constructed from a remote property promise")
    void an_adopted_place_is_not_read() {
        try (Stub counter = api.call("makeCounter", 5)) {
            two.settle();
            int before = two.fromClient.size();
            Stub source = counter.get("value");
            try (Stub wrapped = Stub.holding(two.loop(), source)) {
                two.settle();
                assertEquals(before, two.fromClient.size());
                assertEquals(5L, await(wrapped.dup()));
            }
            assertEquals(5L, await(source));
        }
    }

    @Test
    @Parity("CW-I127")
    @DisplayName("index.test.ts: does not invoke a local getter when constructed from a property promise")
    void an_adopted_place_of_this_process_is_not_read() {
        int[] reads = {0};
        WebTarget gettable = WebTarget.empty().property("prop", () -> {
            reads[0]++;
            return 42L;
        });
        try (Stub stub = Stub.holding(two.loop(), gettable)) {
            Stub source = stub.get("prop");
            try (Stub wrapped = Stub.holding(two.loop(), source)) {
                two.settle();
                assertEquals(0, reads[0]);
                assertEquals(42L, await(wrapped.dup()));
            }
            assertEquals(42L, await(source));
        }
    }

    @Test
    @Parity("CW-I128")
    @DisplayName("index.test.ts: consumes the source when adopting an existing RpcPromise")
    void an_adopted_stub_cannot_be_used_any_more() {
        Stub source = api.call("makeCounter", 1);
        try (Stub wrapper = Stub.holding(two.loop(), source)) {
            assertThrows(IllegalStateException.class, () -> source.call("increment", 1));
            source.close();
            assertEquals(3L, await(wrapper.call("increment", 2)));
        }
    }

    @Test
    @Parity("CW-I129")
    @DisplayName("index.test.ts: stays lazy when a deferred promise is resolved with dup()")
    void a_promise_that_brings_a_result_does_not_pull_it() {
        try (Stub counter = api.call("makeCounter", 1);
                Stub stub = Stub.holding(two.loop(), later.promise());
                Stub three = stub.call("increment", 2)) {
            Promise<Object> value = three.value();
            later.complete(counter.dup());
            assertEquals(3L, two.sim.await(value));
        }
        assertEquals(1, pulls());
    }

    @Test
    @Parity("CW-I130")
    @DisplayName("index.test.ts: preserves brokenness of a bare stub it was constructed from")
    void an_adopted_stub_breaks_as_it_would_have() {
        Stub stub = Stub.holding(two.loop(), api.dup());
        tellWhenBroken(stub);
        two.settle();
        assertEquals(List.of(), told);
        two.cut();
        two.settle();
        assertEquals(List.of("cut"), told);
        stub.close();
    }

    @Test
    @Parity("CW-I131")
    @DisplayName("index.test.ts: keeps disposal idempotent when constructed from a bare stub")
    void an_adopted_object_is_released_once() {
        Stub inner = Stub.of(two.loop(), counter(1).cap());
        Stub outer = Stub.holding(two.loop(), inner);
        inner.close();
        two.settle();
        assertEquals(List.of(), two.released);
        outer.close();
        outer.close();
        two.settle();
        assertEquals(List.of("counter 1"), two.released);
    }

    @Test
    @Parity({"CW-I132", "PY-070"})
    @DisplayName("index.test.ts: resolves when awaited after construction from a bare local stub")
    void an_adopted_object_is_there_when_it_is_waited_for() {
        try (Stub stub = Stub.holding(two.loop(), Stub.of(two.loop(), counter(1).cap()))) {
            assertEquals(3L, await(stub.call("increment", 2)));
            try (Stub resolved = assertInstanceOf(Stub.class, await(stub.dup()))) {
                assertEquals(6L, await(resolved.call("increment", 3)));
            }
        }
    }

    @Test
    @Parity("CW-I067")
    @DisplayName("index.test.ts: supports .then(), .catch(), and .finally() on RPC promises")
    void what_is_waited_for_can_be_followed_recovered_and_ended() {
        two.main.on("throwError", args -> {
            throw Errors.failure(JsError.of("RangeError", "test error"));
        });
        Promise<Long> doubled = followed(api.call("square", 3)).map(value -> 2 * (Long) Objects.requireNonNull(value));
        assertEquals(18L, two.sim.await(doubled));
        Promise<Object> caught =
                followed(api.call("throwError")).recover(cause -> Promise.of("caught " + cause.getMessage()));
        assertEquals("caught test error", two.sim.await(caught));
        assertEquals(16L, two.sim.await(followed(api.call("square", 4)).attach(() -> told.add("after a value"))));
        assertEquals("test error", failure(followed(api.call("throwError")).attach(() -> told.add("after a failure"))));
        assertEquals(List.of("after a value", "after a failure"), told);
    }

    private static Promise<Object> followed(Stub call) {
        return call.value().attach(call);
    }

    @Test
    @Parity("CW-I089")
    @DisplayName(
            "index.test.ts: what has a dup() is duplicated when it is passed as an argument, and stays the caller's")
    void a_stub_that_is_passed_stays_the_callers() {
        two.main.on("use", args -> {
            told.add("called");
            return value(42L);
        });
        try (Stub mine = Stub.of(two.loop(), counter(1).cap())) {
            assertEquals(42L, await(api.call("use", mine)));
            assertEquals(42L, await(api.call("use", mine)));
            two.settle();
            assertEquals(List.of(), two.released);
            // Each time the peer got a reference of its own, and gave it back.
            assertEquals(
                    List.of("[\"release\",-1,1]", "[\"release\",-2,1]"),
                    two.fromServer.stream()
                            .filter(line -> line.contains("release"))
                            .toList());
            assertEquals(2L, await(mine.call("increment")));
        }
        // A target that is passed itself is an object of each call.
        Scripted target = counter(7);
        await(api.call("use", target));
        await(api.call("use", target));
        two.settle();
        assertEquals(List.of("counter 1", "counter 7", "counter 7"), two.released);
    }

    @Test
    @Parity({"PY-082", "PY-328"})
    @DisplayName("a place in a pending promise is there when the promise is")
    void a_place_of_what_is_pending_is_there_when_it_comes() {
        try (Stub stub = Stub.holding(two.loop(), later.promise())) {
            Promise<Object> deep = stub.get("property").get("deep").value();
            Promise<Object> missing = stub.get("missing").value();
            two.settle();
            assertFalse(two.sim.poll(deep));
            later.complete(Map.of("property", Map.of("deep", 7)));
            assertEquals(7L, two.sim.await(deep));
            assertEquals(JsValue.UNDEFINED, two.sim.await(missing));
        }
    }

    @Test
    @Parity({"PY-087", "PY-329"})
    @DisplayName("duplicates of a pending promise share it")
    void duplicates_of_what_is_pending_get_the_same() {
        int[] closed = {0};
        Stub one = Stub.holding(two.loop(), later.promise());
        Stub other = one.dup();
        Promise<Object> first = one.value();
        one.close();
        two.settle();
        later.complete(counter(1).onReleased(() -> closed[0]++));
        try (Stub here = assertInstanceOf(Stub.class, two.sim.await(first));
                Stub same = assertInstanceOf(Stub.class, await(other.dup()))) {
            assertEquals(2L, await(here.call("increment")));
            assertEquals(3L, await(same.call("increment")));
        }
        two.settle();
        assertEquals(0, closed[0]);
        assertEquals(4L, await(other.call("increment")));
        other.close();
        two.settle();
        assertEquals(1, closed[0]);
    }

    @Test
    @Parity({"PY-085", "PY-086"})
    @DisplayName("closing the stub of a promise that has come, or that was given up")
    void what_has_come_is_closed_with_its_stub_and_what_was_given_up_is_not_there() {
        Stub come = Stub.holding(two.loop(), later.promise());
        later.complete(counter(1));
        two.settle();
        assertEquals(List.of(), two.released);
        come.close();
        come.close();
        two.settle();
        assertEquals(List.of("counter 1"), two.released);
        Completer<Object> given = new Completer<>(two.loop());
        given.onCancel(() -> told.add("given up"));
        Stub never = Stub.holding(two.loop(), given.promise());
        never.close();
        two.settle();
        assertEquals(List.of("given up"), told);
        given.complete(Stub.of(two.loop(), counter(2).cap()));
        never.close();
        two.settle();
        assertEquals(List.of("given up"), told);
    }

    @Test
    @Parity({"PY-055", "PY-056", "PY-262"})
    @DisplayName("a stub of a rejected promise is duplicated and closed like any other")
    void a_broken_stub_is_duplicated_and_closed_like_any_other() {
        Stub broken = Stub.holding(two.loop(), Promise.failed(Failure.failed("nope")));
        Stub again = broken.dup();
        broken.close();
        broken.close();
        assertEquals("nope", failure(again.value()));
        try (Stub call = again.get("property").call("method", 1)) {
            assertEquals("nope", failure(call.value()));
        }
        again.close();
        assertEquals(List.of(), two.fromClient);
    }
}

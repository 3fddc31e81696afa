package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Streams of calls. */
abstract class StreamCases {
    private static final int PUT = 0;
    private static final int FINISH = 1;
    private final Scene scene;
    /** What the calls that run wait for. */
    private final Queue<Completer<Void>> running = new ConcurrentLinkedQueue<>();

    StreamCases(Scene scene) {
        this.scene = scene;
    }

    /** Adds numbers up; each call waits until {@link #finishOne}. */
    private TestObject adding() {
        AtomicLong total = new AtomicLong();
        return scene.object()
                .onStream(PUT, turn -> {
                    Completer<Void> gate = scene.gate();
                    running.add(gate);
                    long number = turn.number();
                    return gate.promise().then(x -> {
                        total.addAndGet(number);
                        return Promise.done();
                    });
                })
                .on(FINISH, turn -> turn.reply(total.get()));
    }

    private void finishOne() {
        scene.until("a call that runs", () -> !running.isEmpty());
        Scene.open(running.remove());
    }

    /** C29, T10. */
    @Test
    void calls_of_a_stream_run_one_at_a_time_and_in_order() {
        TestObject object = adding();
        Stub stub = scene.reach(object);
        for (int i = 0; i < 5; i++) {
            stub.stream(PUT, i);
        }
        for (int i = 0; i < 5; i++) {
            int begun = i + 1;
            scene.until("call " + i, () -> object.calls() == begun);
            scene.turns();
            assertEquals(begun, object.calls());
            assertEquals(1, running.size());
            finishOne();
        }
        assertEquals(LongStream.range(0, 5).boxed().toList(), object.seen());
    }

    /** C29. */
    @Test
    void an_ordinary_call_waits_for_the_stream_before_it() {
        TestObject object = adding();
        Stub stub = scene.reach(object);
        stub.stream(PUT, 123);
        stub.stream(PUT, 456);
        Outcome<Result> total = stub.call(FINISH).watch();
        stub.stream(PUT, 1000);
        scene.until("the first call", () -> object.calls() == 1);
        scene.turns();
        assertFalse(total.isSettled());
        finishOne();
        scene.until("the second call", () -> object.calls() == 2);
        scene.turns();
        assertFalse(total.isSettled());
        finishOne();
        assertEquals(579, total.get().number());
        finishOne();
        assertEquals(1579, stub.call(FINISH).number());
    }

    /** C31. */
    @Test
    void a_call_of_a_stream_that_fails_fails_all_later_calls() {
        Completer<Void> gate = scene.gate();
        TestObject object = scene.object()
                .onStream(
                        PUT,
                        turn -> gate.promise().then(x -> {
                            throw Failure.overloaded("full");
                        }))
                .on(FINISH, turn -> turn.reply(0));
        Stub stub = scene.reach(object);
        stub.stream(PUT, 1);
        stub.stream(PUT, 2);
        Outcome<Result> plain = stub.call(FINISH).watch();
        scene.until("the first call", () -> object.calls() == 1);
        Scene.open(gate);
        assertTrue(plain.failure().reason().endsWith("full"), plain.failure().reason());
        assertEquals(Failure.Kind.OVERLOADED, plain.failure().kind());
        assertEquals(Failure.Kind.OVERLOADED, stub.call(FINISH).failure().kind());
        scene.until("the sender of the stream to be told", () -> {
            Outcome<Void> more = stub.stream(PUT, 3);
            scene.turns();
            return more.hasFailed() && more.failure().reason().endsWith("full");
        });
        assertEquals(List.of(1L), object.seen());
    }

    /** C31: a failure at once. */
    @Test
    void a_stream_that_throws_at_once_is_over_too() {
        TestObject object = scene.object()
                .onStream(PUT, turn -> {
                    throw Failure.failed("at once");
                })
                .counting(FINISH);
        Stub stub = scene.reach(object);
        stub.stream(PUT, 1);
        assertTrue(stub.call(FINISH).failure().reason().endsWith("at once"));
        assertEquals(1, object.calls());
    }

    /** C31: failures of ordinary calls end no stream. */
    @Test
    void an_ordinary_call_that_fails_does_not_end_a_stream() {
        AtomicLong total = new AtomicLong();
        TestObject object = scene.object()
                .onStream(PUT, turn -> {
                    total.addAndGet(turn.number());
                    return Promise.done();
                })
                .on(FINISH, turn -> turn.reply(total.get()))
                .on(2, turn -> {
                    throw Failure.failed("only this");
                });
        Stub stub = scene.reach(object);
        stub.stream(PUT, 1);
        Reply failing = stub.call(2);
        stub.stream(PUT, 2);
        assertEquals(Failure.Kind.FAILED, failing.failure().kind());
        assertEquals(3, stub.call(FINISH).number());
    }

    /** T15. */
    @Test
    void closing_the_reference_does_not_stop_a_stream() {
        TestObject object = adding();
        Stub stub = scene.reach(object);
        stub.stream(PUT, 123);
        stub.stream(PUT, 456);
        Outcome<Result> total = stub.call(FINISH).watch();
        stub.close();
        scene.turns();
        finishOne();
        scene.turns();
        finishOne();
        assertEquals(579, total.get().number());
    }

    /** T10: the promise of a streaming call asks for more; what is asked for arrives. */
    @Test
    void a_long_stream_goes_through_with_each_send_waiting_for_its_turn() {
        AtomicLong total = new AtomicLong();
        TestObject object = scene.object()
                .onStream(PUT, turn -> {
                    total.addAndGet(turn.number());
                    return Promise.done();
                })
                .on(FINISH, turn -> turn.reply(total.get()));
        Stub stub = scene.reach(object);
        for (int i = 1; i <= 300; i++) {
            Outcome<Void> more = stub.stream(PUT, i);
            scene.until("more to be wanted", more::isSettled);
            assertFalse(more.hasFailed());
        }
        assertEquals(300 * 301 / 2, stub.call(FINISH).number());
    }

    /** C29: the queue of waiting calls may be long. */
    @Test
    void thousands_of_calls_may_wait_behind_one() {
        int many = scene.way.mostCalls() - 1;
        Completer<Void> gate = scene.gate();
        var opened = gate.promise().fork();
        AtomicLong total = new AtomicLong();
        TestObject object = scene.object()
                .onStream(PUT, turn -> {
                    total.addAndGet(turn.number());
                    return total.get() == 1 ? opened.branch() : Promise.done();
                })
                .on(FINISH, turn -> turn.reply(total.get()));
        Stub stub = scene.reach(object);
        for (int i = 0; i < many; i++) {
            stub.stream(PUT, 1);
        }
        Outcome<Result> finish = stub.call(FINISH).watch();
        scene.until("the first call", () -> object.calls() == 1);
        scene.turns();
        assertFalse(finish.isSettled());
        assertEquals(1, object.calls());
        Scene.open(gate);
        assertEquals(many, finish.get().number());
    }

    /** T11. */
    @Test
    void a_stream_may_begin_before_its_target_is_known() {
        TestObject object = adding();
        Stub stub = scene.reach(object);
        QueuedCap hand = scene.unknown();
        Stub promise = scene.stub(scene.way.loop(), hand.share());
        Outcome<Void> first = promise.stream(PUT, 1);
        scene.turns();
        assertFalse(first.isSettled());
        scene.inTurn(() -> {
            hand.resolve(stub.cap().share());
            hand.close();
        });
        promise.stream(PUT, 2);
        Outcome<Result> total = promise.call(FINISH).watch();
        List<Long> expected = new ArrayList<>(List.of(1L, 2L));
        finishOne();
        first.get();
        finishOne();
        assertEquals(3, total.get().number());
        expected.add(0L);
        assertEquals(expected, object.seen());
    }
}

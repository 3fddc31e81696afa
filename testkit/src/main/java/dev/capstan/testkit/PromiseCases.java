package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** References to something that is known later. */
abstract class PromiseCases {
    private final Scene scene;

    PromiseCases(Scene scene) {
        this.scene = scene;
    }

    /** A promise, and the hand that resolves it. */
    private final class Unknown {
        private final QueuedCap hand = scene.unknown();
        private final Stub stub;

        Unknown() {
            stub = scene.stub(scene.way.loop(), hand.share());
        }

        void resolve(Stub target) {
            Cap cap = target.cap().share();
            scene.inTurn(() -> {
                hand.resolve(cap);
                hand.close();
            });
        }

        void reject(Failure failure) {
            scene.inTurn(() -> {
                hand.fail(failure);
                hand.close();
            });
        }
    }

    private TestObject caller() {
        return scene.object()
                .on(0, turn -> turn.cap(0).call(0).then(result -> turn.reply(result.number())))
                .counting(2);
    }

    /** R11. */
    @Test
    void a_promise_may_be_passed_and_called_before_it_is_known() {
        TestObject mine = scene.object().counting(0);
        Stub stub = scene.reach(caller());
        Unknown unknown = new Unknown();
        Outcome<Result> called = stub.call(0, 0, unknown.stub).watch();
        assertEquals(0, stub.call(2).number());
        scene.turns();
        assertFalse(called.isSettled());
        unknown.resolve(scene.mine(mine));
        assertEquals(0, called.get().number());
        assertEquals(1, mine.calls());
    }

    /** R11 (callFooWhenResolved). */
    @Test
    void the_callee_may_wait_until_a_promise_is_known() {
        TestObject mine = scene.object().counting(0);
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            Stub cap = turn.cap(0);
            Completer<Void> done = new Completer<>(turn.loop());
            Scene.run(
                    turn.loop(),
                    () -> done.follow(cap.cap()
                            .settled()
                            .convert(target -> scene.stub(turn.loop(), target))
                            .then(target -> target.call(0).then(result -> turn.reply(result.number() + 10)))));
            return done.promise();
        }));
        Unknown unknown = new Unknown();
        Outcome<Result> called = stub.call(0, 0, unknown.stub).watch();
        scene.turns();
        assertFalse(called.isSettled());
        unknown.resolve(scene.mine(mine));
        assertEquals(10, called.get().number());
    }

    /** R22. */
    @Test
    void a_promise_that_is_rejected_fails_the_calls_that_wait_for_it() {
        Stub stub = scene.reach(caller());
        Unknown unknown = new Unknown();
        Outcome<Result> called = stub.call(0, 0, unknown.stub).watch();
        for (int i = 0; i < 5; i++) {
            scene.turns();
        }
        assertFalse(called.isSettled());
        unknown.reject(Failure.disconnected("never mind"));
        assertEquals(Failure.Kind.DISCONNECTED, called.failure().kind());
        assertTrue(called.failure().reason().endsWith("never mind"));
        assertEquals(0, stub.call(2).number());
    }

    /** R11, rule 1: the caller's own calls over its own promise. */
    @Test
    void calls_keep_their_order_when_a_promise_becomes_the_object() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        Unknown unknown = new Unknown();
        List<Reply> calls = new ArrayList<>();
        calls.add(unknown.stub.call(0, 0));
        scene.turns();
        calls.add(unknown.stub.call(0, 1));
        assertEquals(0, object.calls());
        unknown.resolve(stub);
        calls.add(unknown.stub.call(0, 2));
        scene.turns();
        calls.add(unknown.stub.call(0, 3));
        for (int i = 0; i < 4; i++) {
            assertEquals(i, calls.get(i).number());
        }
        assertEquals(List.of(0L, 1L, 2L, 3L), object.seen());
    }

    /** T13. */
    @Test
    void a_request_takes_its_place_when_it_is_sent_also_if_the_promise_became_known_since() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        Unknown unknown = new Unknown();
        Prepared built = unknown.stub.prepare(0, 100);
        Reply first = unknown.stub.call(0, 0);
        unknown.resolve(stub);
        Reply second = unknown.stub.call(0, 1);
        Reply third = built.send();
        Reply fourth = unknown.stub.call(0, 2);
        assertEquals(0, first.number());
        assertEquals(1, second.number());
        assertEquals(2, third.number());
        assertEquals(3, fourth.number());
        assertEquals(List.of(0L, 1L, 100L, 2L), object.seen());
    }

    /** R11: a promise of a promise. */
    @Test
    void a_promise_may_become_another_promise() {
        TestObject object = scene.object().counting(0);
        Unknown first = new Unknown();
        Unknown second = new Unknown();
        Reply one = first.stub.call(0, 0);
        first.resolve(second.stub);
        Reply two = first.stub.call(0, 1);
        scene.turns();
        Reply three = second.stub.call(0, 2);
        second.resolve(scene.reach(object));
        Reply four = first.stub.call(0, 3);
        assertEquals(0, one.number());
        assertEquals(1, two.number());
        assertEquals(2, three.number());
        assertEquals(3, four.number());
    }

    /** C23, rule 3: once settled, always the same target. */
    @Test
    void settling_gives_the_last_target_and_always_the_same() {
        TestObject mine = scene.object().counting(0);
        Unknown first = new Unknown();
        Unknown second = new Unknown();
        Outcome<Stub> settled = first.stub.settled();
        first.resolve(second.stub);
        scene.turns();
        assertFalse(settled.isSettled());
        Stub own = scene.mine(mine);
        second.resolve(own);
        assertSame(own.cap(), settled.get().cap().innermost());
        assertSame(own.cap(), first.stub.settled().get().cap().innermost());
        assertSame(own.cap(), first.stub.cap().innermost());
    }

    /** C23, C25. */
    @Test
    void settling_fails_if_the_promise_is_rejected() {
        Unknown unknown = new Unknown();
        Outcome<Stub> early = unknown.stub.settled();
        unknown.reject(Failure.overloaded("no"));
        assertEquals(Failure.Kind.OVERLOADED, early.failure().kind());
        assertEquals(Failure.Kind.OVERLOADED, unknown.stub.settled().failure().kind());
    }

    /** C23: whoever waits for a reference to settle needs no other hold on it. */
    @Test
    void waiting_for_a_reference_to_settle_keeps_it() {
        Completer<Cap> source = new Completer<>(scene.way.loop());
        Stub stub = scene.stub(scene.way.loop(), QueuedCap.of(scene.way.loop(), source.promise()));
        Outcome<Stub> settled = stub.settled();
        scene.turns();
        stub.close();
        scene.turns();
        source.complete(scene.reach(scene.object().counting(0)).cap().share());
        assertEquals(0, settled.get().call(0).number());
    }

    /** R16: a pipelined reference settles after its result, and then the calls made before it have gone ahead. */
    @Test
    void a_pipelined_reference_settles_too() {
        Completer<Void> gate = scene.gate();
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(scene.object()
                .on(
                        0,
                        turn -> gate.promise().then(x -> {
                            try (Stub given = scene.theirs(inner)) {
                                return turn.reply(0, given);
                            }
                        })));
        Stub early = stub.call(0).cap(0);
        Reply first = early.call(0);
        Outcome<Stub> settled = early.settled();
        scene.turns();
        assertFalse(settled.isSettled());
        Scene.open(gate);
        assertEquals(1, settled.get().call(0).number());
        assertEquals(0, first.number());
    }

    /** R22: nobody is interested any more. */
    @Test
    void a_promise_that_nobody_uses_cancels_what_it_waits_for() {
        AtomicBoolean canceled = new AtomicBoolean();
        Completer<Cap> source = new Completer<>(scene.way.loop());
        source.onCancel(() -> canceled.set(true));
        Stub stub = scene.stub(scene.way.loop(), QueuedCap.of(scene.way.loop(), source.promise()));
        Reply pending = stub.call(0);
        stub.close();
        scene.turns();
        assertFalse(canceled.get(), "a call waits for it");
        pending.close();
        scene.until("cancellation", canceled::get);
    }

    /** R20: a failed promise of a capability is a broken capability. */
    @Test
    void a_failed_promise_is_a_broken_reference() {
        Stub stub = scene.stub(
                scene.way.loop(), QueuedCap.of(scene.way.loop(), Promise.failed(Failure.unimplemented("nothing"))));
        assertEquals(Failure.Kind.UNIMPLEMENTED, stub.call(0).failure().kind());
        assertEquals(Failure.Kind.UNIMPLEMENTED, stub.settled().failure().kind());
    }
}

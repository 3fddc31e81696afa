package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.cap.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Calls whose result is that of another call. */
abstract class TailCases {
    private final Scene scene;

    TailCases(Scene scene) {
        this.scene = scene;
    }

    /** Method 0 lets the capability that it is given answer, with a number one higher. */
    private TestObject tailCaller() {
        return scene.object().on(0, turn -> {
            try (Stub callee = turn.cap(0)) {
                return turn.context()
                        .tailCall(callee.prepare(0, turn.number() + 1).raw());
            }
        });
    }

    /** Method 0 returns its number, the text "callee" and {@code inner}. */
    private TestObject callee(TestObject inner) {
        return scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(inner)) {
                return turn.reply(turn.number(), "callee", given);
            }
        });
    }

    /** Both on the callee's side. */
    private Stub calleeOverThere(Stub host) {
        return host.call(1).get().cap(0);
    }

    private TestObject host(TestObject callee) {
        return tailCaller().on(1, turn -> {
            try (Stub given = scene.theirs(callee)) {
                return turn.reply(0, given);
            }
        });
    }

    /** R07, C07. */
    @Test
    void the_result_of_a_tail_call_is_the_callees() {
        TestObject inner = scene.object().counting(0);
        TestObject callee = callee(inner);
        TestObject caller = host(callee);
        Stub stub = scene.reach(caller);
        Reply reply = stub.call(0, 455, calleeOverThere(stub));
        Stub early = reply.cap(0);
        Reply first = early.call(0);
        Result result = reply.get();
        assertEquals(456, result.number());
        assertEquals("callee", result.text());
        Reply second = early.call(0);
        assertEquals(0, first.number());
        assertEquals(1, second.number());
        assertEquals(2, result.cap(0).call(0).number());
        assertEquals(1, callee.calls());
    }

    /** R07: the callee is the caller's own object, so that the result needs no journey. */
    @Test
    void a_tail_call_may_go_back_to_where_the_call_came_from() {
        TestObject inner = scene.object().counting(0);
        TestObject callee = scene.object().on(0, turn -> {
            try (Stub given = scene.mine(inner)) {
                return turn.reply(turn.number(), "mine", given);
            }
        });
        Stub stub = scene.reach(tailCaller());
        Reply reply = stub.call(0, 1, scene.mine(callee));
        Stub early = reply.cap(0);
        List<Reply> calls = new ArrayList<>();
        calls.add(early.call(0));
        Result result = reply.get();
        calls.add(early.call(0));
        assertEquals(2, result.number());
        assertEquals("mine", result.text());
        assertEquals(0, calls.get(0).number());
        assertEquals(1, calls.get(1).number());
        assertEquals(2, result.cap(0).call(0).number());
        assertEquals(1, callee.calls());
    }

    /** R07: tails of tails. */
    @Test
    void tail_calls_can_be_chained() {
        TestObject inner = scene.object();
        TestObject last = callee(inner);
        TestObject middle = scene.object().on(0, turn -> {
            try (Stub next = scene.theirs(last)) {
                return turn.context()
                        .tailCall(next.prepare(0, turn.number() + 1).raw());
            }
        });
        TestObject caller = host(middle);
        Stub stub = scene.reach(caller);
        assertEquals(3, stub.call(0, 1, calleeOverThere(stub)).number());
    }

    /** R26 through a tail. */
    @Test
    void a_tail_call_that_fails_fails_the_call() {
        Stub stub = scene.reach(tailCaller());
        TestObject mine = scene.object().on(0, turn -> {
            throw Failure.overloaded("not now");
        });
        Reply reply = stub.call(0, 0, scene.mine(mine));
        Outcome<Result> pipelined = reply.cap(0).call(0).watch();
        assertEquals(Failure.Kind.OVERLOADED, reply.failure().kind());
        assertTrue(
                pipelined.failure().reason().endsWith("not now"),
                pipelined.failure().reason());
    }

    private TestObject waiting(AtomicBoolean canceled) {
        return scene.object().on(0, turn -> {
            turn.context().allowCancellation();
            Completer<Void> never = scene.gateOn(turn.loop());
            never.onCancel(() -> canceled.set(true));
            return never.promise();
        });
    }

    /** R08. */
    @Test
    void cancelling_reaches_the_callee_of_a_tail_call() {
        AtomicBoolean canceled = new AtomicBoolean();
        TestObject callee = waiting(canceled);
        Stub stub = scene.reach(host(callee));
        Reply reply = stub.call(0, 0, calleeOverThere(stub));
        scene.until("the tail call", () -> callee.calls() == 1);
        scene.turns();
        assertFalse(canceled.get());
        reply.close();
        scene.until("cancellation", canceled::get);
        assertEquals(1, callee.calls());
    }

    /** R08, the callee being the caller's own object. */
    @Test
    void cancelling_reaches_an_own_callee_of_a_tail_call() {
        AtomicBoolean canceled = new AtomicBoolean();
        TestObject callee = waiting(canceled);
        Stub stub = scene.reach(tailCaller());
        Reply reply = stub.call(0, 0, scene.mine(callee));
        scene.until("the tail call", () -> callee.calls() == 1);
        scene.turns();
        assertFalse(canceled.get());
        reply.close();
        scene.until("cancellation", canceled::get);
    }

    /** R09. */
    @Test
    void a_tail_call_that_begins_while_its_call_is_cancelled_leaves_nothing_behind() {
        for (int turns = 0; turns < 4; turns++) {
            AtomicBoolean canceled = new AtomicBoolean();
            TestObject callee = waiting(canceled);
            Completer<Void> gate = scene.gate();
            TestObject caller = scene.object()
                    .on(0, turn -> {
                        Stub target = turn.cap(0);
                        Completer<Void> done = new Completer<>(turn.loop());
                        Scene.run(
                                turn.loop(),
                                () -> done.follow(gate.promise()
                                        .then(x -> turn.context()
                                                .tailCall(target.prepare(0, 0).raw()))));
                        return done.promise();
                    })
                    .on(1, turn -> {
                        try (Stub given = scene.theirs(callee)) {
                            return turn.reply(0, given);
                        }
                    });
            Stub stub = scene.reach(caller);
            Reply reply = stub.call(0, 0, calleeOverThere(stub));
            scene.until("the call", () -> caller.calls() == 2);
            Scene.open(gate);
            for (int i = 0; i < turns; i++) {
                scene.turns();
            }
            reply.close();
            for (int i = 0; i < 5; i++) {
                scene.turns();
            }
            scene.until("cancellation, if the tail call has begun", () -> canceled.get() == callee.calls() > 0);
        }
    }

    /** House rule: a call has either results of its own or those of its tail. */
    @Test
    void a_tail_call_after_results_were_built_fails_the_call() {
        TestObject callee = scene.object().counting(0);
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            turn.reply(1);
            try (Stub target = scene.theirs(callee)) {
                return turn.context().tailCall(target.prepare(0, 0).raw());
            }
        }));
        Failure failure = stub.call(0).failure();
        assertTrue(failure.reason().contains("before tailCall"), failure.reason());
        assertEquals(0, callee.calls());
    }
}

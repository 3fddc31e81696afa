package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is inside a result that is not there yet. */
abstract class PipelineCases {
    private final Scene scene;

    PipelineCases(Scene scene) {
        this.scene = scene;
    }

    /** An object whose method 0 hands {@code inner} out when {@code gate} is open. */
    private TestObject giving(TestObject inner, Promise<Void> gate) {
        return scene.object()
                .on(
                        0,
                        turn -> gate.then(x -> {
                            try (Stub given = scene.theirs(inner)) {
                                return turn.reply(9, given);
                            }
                        }));
    }

    private TestObject giving(TestObject inner) {
        return giving(inner, Promise.done());
    }

    /** R02, C04. */
    @Test
    void a_call_on_a_result_that_is_not_there_yet_is_done_when_it_is() {
        Completer<Void> gate = scene.gate();
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(giving(inner, gate.promise()));
        Reply reply = stub.call(0);
        Stub early = reply.cap(0);
        Reply first = early.call(0);
        Reply second = early.call(0);
        Outcome<Result> outcome = first.watch();
        scene.turns();
        assertFalse(outcome.isSettled());
        Scene.open(gate);
        assertEquals(0, outcome.get().number());
        assertEquals(1, second.number());
        assertEquals(9, reply.number());
    }

    /** R02: chains. */
    @Test
    void a_chain_of_calls_needs_none_of_the_results_between() {
        TestObject inner = scene.object().on(0, turn -> turn.reply(turn.number()));
        TestObject two = giving(inner);
        TestObject one = scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(two)) {
                return turn.reply(0, given, given);
            }
        });
        Stub stub = scene.reach(one);
        assertEquals(5, stub.call(0).cap(1).call(0).cap(0).call(0, 5).number());
    }

    /** R02: dropping the original promise does not cancel pipelined calls. */
    @Test
    void pipelined_calls_go_on_when_the_results_are_given_up() {
        Completer<Void> gate = scene.gate();
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(giving(inner, gate.promise()));
        Reply reply = stub.call(0);
        Stub early = reply.cap(0);
        Reply pipelined = early.call(0);
        reply.close();
        scene.turns();
        Scene.open(gate);
        assertEquals(0, pipelined.number());
        assertEquals(1, early.call(0).number());
    }

    /** R03. */
    @Test
    void a_call_may_be_made_for_its_pipeline_alone() {
        TestObject inner = scene.object().counting(0);
        TestObject outer = giving(inner);
        Stub stub = scene.reach(outer);
        Reply reply = stub.prepare(0, 0).sendForPipeline();
        Stub early = reply.cap(0);
        Reply first = early.call(0);
        reply.close();
        assertEquals(0, first.number());
        assertEquals(1, early.call(0).number());
        assertEquals(1, outer.calls());
    }

    /** R03: with a failure. */
    @Test
    void pipelined_calls_of_a_call_that_failed_fail_though_nobody_asked_for_its_result() {
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            throw Failure.failed("no result");
        }));
        Reply reply = stub.prepare(0, 0).sendForPipeline();
        Reply pipelined = reply.cap(0).call(0);
        assertTrue(pipelined.failure().reason().endsWith("no result"));
    }

    /** R04, C06. */
    @Test
    void a_pipeline_may_be_published_before_the_call_returns() {
        Completer<Void> gate = scene.gate();
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(inner)) {
                turn.setPipeline(given);
                return gate.promise().then(x -> turn.reply(3));
            }
        }));
        Reply reply = stub.call(0);
        Stub early = reply.cap(0);
        Outcome<Result> outcome = reply.watch();
        assertEquals(0, early.call(0).number());
        assertEquals(1, reply.cap(0).call(0).number());
        scene.turns();
        assertFalse(outcome.isSettled());
        Scene.open(gate);
        assertEquals(3, outcome.get().number());
    }

    /** C05. */
    @Test
    void a_pipeline_outlives_the_results() {
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(giving(inner));
        Reply reply = stub.call(0);
        assertEquals(9, reply.number());
        Stub late = reply.cap(0);
        assertEquals(0, late.call(0).number());
        reply.close();
        assertEquals(1, late.call(0).number());
        late.close();
        scene.until("release", inner::isReleased);
    }

    /** R20. */
    @Test
    void pipelined_calls_of_a_call_that_fails_fail_as_it_does() {
        Completer<Void> gate = scene.gate();
        Stub stub = scene.reach(scene.object()
                .on(
                        0,
                        turn -> gate.promise().then(x -> {
                            throw Failure.overloaded("too much");
                        })));
        Reply reply = stub.call(0);
        Stub early = reply.cap(0);
        Outcome<Result> first = early.call(0).watch();
        Outcome<Result> deeper = early.call(0).cap(1).call(0).watch();
        scene.turns();
        Scene.open(gate);
        for (Failure failure : List.of(
                first.failure(),
                deeper.failure(),
                reply.failure(),
                early.call(0).failure())) {
            assertEquals(Failure.Kind.OVERLOADED, failure.kind());
            assertTrue(failure.reason().endsWith("too much"), failure.reason());
        }
    }

    /** L03, R21. */
    @Test
    void a_path_that_leads_to_no_capability_fails_its_calls() {
        TestObject inner = scene.object();
        Stub stub = scene.reach(giving(inner));
        Reply reply = stub.call(0);
        Outcome<Result> before = reply.cap(3).call(0).watch();
        assertEquals(9, reply.number());
        assertEquals(Failure.Kind.FAILED, before.failure().kind());
        assertEquals(Failure.Kind.FAILED, reply.cap(3).call(0).failure().kind());
    }

    /** R07; rule 1. */
    @Test
    void one_pipelined_reference_keeps_its_order_across_the_result() {
        Completer<Void> gate = scene.gate();
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(giving(inner, gate.promise()));
        Reply reply = stub.call(0);
        Stub early = reply.cap(0);
        List<Reply> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(early.call(0, i));
        }
        Scene.open(gate);
        reply.watch();
        for (int i = 3; i < 20; i++) {
            calls.add(early.call(0, i));
            if (i % 3 == 0) {
                scene.turns();
            }
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(i, calls.get(i).number());
        }
    }

    private TestObject echo() {
        return scene.object().on(0, turn -> {
            try (Stub cap = turn.cap(0)) {
                return turn.reply(0, cap);
            }
        });
    }

    /** R15, T17. */
    @Test
    void calls_through_the_peer_and_calls_after_the_path_got_shorter_arrive_in_order() {
        TestObject mine = scene.object().counting(0);
        Stub stub = scene.reach(echo());
        Reply echoed = stub.call(0, 0, scene.mine(mine));
        Stub back = echoed.cap(0);
        List<Reply> calls = new ArrayList<>();
        calls.add(back.call(0, 0));
        calls.add(back.call(0, 1));
        echoed.get();
        calls.add(back.call(0, 2));
        calls.add(back.call(0, 3));
        scene.turns();
        calls.add(back.call(0, 4));
        calls.add(back.call(0, 5));
        for (int i = 0; i < 6; i++) {
            assertEquals(i, calls.get(i).number());
        }
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), mine.seen());
    }

    /** R15 with a promise of our own that resolves later to an object of ours; T12, T18. */
    @Test
    void a_promise_that_comes_back_keeps_its_order_when_it_resolves() {
        TestObject mine = scene.object().counting(0);
        Stub stub = scene.reach(echo());
        QueuedCap unknown = scene.unknown();
        unknown.share();
        Stub promise = scene.stub(scene.way.loop(), unknown);
        Stub back = stub.call(0, 0, promise).cap(0);
        List<Reply> calls = new ArrayList<>();
        calls.add(back.call(0, 0));
        calls.add(back.call(0, 1));
        scene.turns();
        calls.add(back.call(0, 2));
        Stub own = scene.mine(mine);
        scene.inTurn(() -> {
            unknown.resolve(own.cap().share());
            unknown.close();
        });
        calls.add(back.call(0, 3));
        scene.turns();
        calls.add(back.call(0, 4));
        calls.add(back.call(0, 5));
        for (int i = 0; i < 6; i++) {
            assertEquals(i, calls.get(i).number());
        }
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), mine.seen());
    }

    /** R20. */
    @Test
    void a_promise_that_comes_back_and_is_rejected_fails_all_calls() {
        Stub stub = scene.reach(echo().on(1, turn -> turn.reply(1)));
        QueuedCap unknown = scene.unknown();
        unknown.share();
        Stub promise = scene.stub(scene.way.loop(), unknown);
        Reply echoed = stub.call(0, 0, promise);
        Stub back = echoed.cap(0);
        List<Outcome<Result>> calls = new ArrayList<>();
        calls.add(back.call(0).watch());
        echoed.get();
        calls.add(back.call(0).watch());
        scene.turns();
        calls.add(back.call(0).watch());
        scene.inTurn(() -> {
            unknown.fail(Failure.overloaded("rejected"));
            unknown.close();
        });
        calls.add(back.call(0).watch());
        for (Outcome<Result> call : calls) {
            assertEquals(Failure.Kind.OVERLOADED, call.failure().kind());
        }
        assertEquals(1, stub.call(1).number());
    }

    /** R21. */
    @Test
    void a_null_capability_fails_calls_made_before_and_after() {
        Completer<Void> gate = scene.gate();
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> gate.promise().then(x -> turn.reply(0, scene.stub(turn.loop(), BrokenCap.ofNull()))))
                .on(1, turn -> turn.reply(1)));
        Reply reply = stub.call(0);
        Stub none = reply.cap(0);
        Outcome<Result> before = none.call(0).watch();
        scene.turns();
        Scene.open(gate);
        reply.get();
        Outcome<Result> after = none.call(0).watch();
        assertEquals(Failure.Kind.FAILED, before.failure().kind());
        assertEquals(Failure.Kind.FAILED, after.failure().kind());
        assertEquals(1, stub.call(1).number());
    }

    /** R02: what is pipelined can itself be a parameter. */
    @Test
    void a_pipelined_capability_can_be_passed_on_before_it_is_there() {
        Completer<Void> gate = scene.gate();
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(giving(inner, gate.promise())
                .on(1, turn -> turn.cap(0).call(0).then(result -> turn.reply(result.number() + 100))));
        Stub early = stub.call(0).cap(0);
        Outcome<Result> passed = stub.call(1, 0, early).watch();
        scene.turns();
        assertFalse(passed.isSettled());
        Scene.open(gate);
        assertEquals(100, passed.get().number());
        assertEquals(1, early.call(0).number());
    }
}

package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.async.Completer;
import dev.capstan.cap.QueuedCap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Nobody is interested any more. */
abstract class CancelCases {
    private final Scene scene;

    CancelCases(Scene scene) {
        this.scene = scene;
    }

    /** An object whose method 0 waits for ever and tells when that is cancelled; method 1 counts. */
    private TestObject waiting(AtomicBoolean canceled, boolean allowed) {
        return scene.object()
                .on(0, turn -> {
                    if (allowed) {
                        turn.context().allowCancellation();
                    }
                    Completer<Void> gate = scene.gate();
                    gate.onCancel(() -> canceled.set(true));
                    return gate.promise();
                })
                .counting(1);
    }

    /** R10, C08. */
    @Test
    void a_running_call_that_allows_it_is_cancelled() {
        AtomicBoolean canceled = new AtomicBoolean();
        TestObject object = waiting(canceled, true);
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        scene.until("the call", () -> object.calls() == 1);
        assertFalse(canceled.get());
        reply.close();
        scene.until("cancellation", canceled::get);
        assertEquals(0, stub.call(1).number());
    }

    /** R10, R13. */
    @Test
    void a_cancelled_call_lets_its_parameters_and_results_go() {
        TestObject mine = scene.object();
        TestObject inner = scene.object();
        AtomicReference<Stub> taken = new AtomicReference<>();
        TestObject object = scene.object().on(0, turn -> {
            turn.context().allowCancellation();
            taken.set(turn.cap(0));
            try (Stub given = scene.theirs(inner)) {
                turn.reply(0, taken.get(), given);
            }
            Completer<Void> gate = scene.gate();
            gate.onCancel(() -> taken.get().close());
            return gate.promise();
        });
        Stub stub = scene.reach(object);
        Stub own = scene.mine(mine);
        Reply reply = stub.call(0, 0, own);
        own.close();
        scene.until("the call", () -> object.calls() == 1);
        scene.turns();
        assertFalse(mine.isReleased());
        assertFalse(inner.isReleased());
        reply.close();
        scene.until("release of the parameter", mine::isReleased);
        scene.until("release of the result", inner::isReleased);
    }

    /** T16; rule 5. */
    @Test
    void a_running_call_that_does_not_allow_it_runs_to_its_end() {
        AtomicBoolean canceled = new AtomicBoolean();
        AtomicBoolean finished = new AtomicBoolean();
        Completer<Void> gate = scene.gate();
        gate.onCancel(() -> canceled.set(true));
        TestObject object = scene.object()
                .on(
                        0,
                        turn -> gate.promise().then(x -> {
                            finished.set(true);
                            return turn.reply(0);
                        }));
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        scene.until("the call", () -> object.calls() == 1);
        reply.close();
        scene.turns();
        scene.turns();
        assertFalse(canceled.get());
        Scene.open(gate);
        scene.until("the end of the call", finished::get);
        assertFalse(canceled.get());
    }

    /** Rule 5: allowing is possible at any time. */
    @Test
    void a_call_that_allows_it_later_is_cancelled_then() {
        AtomicBoolean canceled = new AtomicBoolean();
        Completer<Void> gate = scene.gate();
        TestObject object = scene.object()
                .on(
                        0,
                        turn -> gate.promise().then(x -> {
                            turn.context().allowCancellation();
                            Completer<Void> never = scene.gate();
                            never.onCancel(() -> canceled.set(true));
                            return never.promise();
                        }));
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        scene.until("the call", () -> object.calls() == 1);
        reply.close();
        scene.turns();
        assertFalse(canceled.get());
        Scene.open(gate);
        scene.until("cancellation", canceled::get);
    }

    /** T16: a call may look whether it is still wanted. */
    @Test
    void a_call_sees_that_nobody_wants_its_result() {
        Completer<Void> gate = scene.gate();
        AtomicReference<String> sawFirst = new AtomicReference<>("");
        AtomicReference<String> sawLater = new AtomicReference<>("");
        TestObject object = scene.object().on(0, turn -> {
            sawFirst.set("" + turn.context().isCanceled());
            return gate.promise().then(x -> {
                sawLater.set("" + turn.context().isCanceled());
                return turn.reply(0);
            });
        });
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        scene.until("the call", () -> !sawFirst.get().isEmpty());
        reply.close();
        scene.turns();
        Scene.open(gate);
        scene.until("the end of the call", () -> !sawLater.get().isEmpty());
        assertEquals("false", sawFirst.get());
        if (scene.way.loop().equals(scene.way.far())) {
            assertEquals("true", sawLater.get());
        }
    }

    /** R02, T15: interest in what is pipelined is interest in the call. */
    @Test
    void a_call_is_cancelled_when_the_last_capability_of_its_pipeline_is_closed() {
        AtomicBoolean canceled = new AtomicBoolean();
        TestObject object = waiting(canceled, true);
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        Stub first = reply.cap(0);
        Stub second = first.share();
        scene.until("the call", () -> object.calls() == 1);
        reply.close();
        scene.turns();
        assertFalse(canceled.get());
        first.close();
        scene.turns();
        assertFalse(canceled.get());
        second.close();
        scene.until("cancellation", canceled::get);
    }

    /** R02: a call that waits on a pipeline holds it open until it is cancelled too. */
    @Test
    void a_pipelined_call_keeps_the_call_before_it() {
        AtomicBoolean canceled = new AtomicBoolean();
        TestObject object = waiting(canceled, true);
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        Stub early = reply.cap(0);
        Reply pipelined = early.call(0);
        early.close();
        reply.close();
        scene.until("the call", () -> object.calls() == 1);
        scene.turns();
        assertFalse(canceled.get());
        pipelined.close();
        scene.until("cancellation", canceled::get);
    }

    /** C30; rule 5: a call that has not begun is dropped, whatever it would allow. */
    @Test
    void a_call_that_waits_behind_a_stream_is_dropped() {
        Completer<Void> gate = scene.gate();
        TestObject object = scene.object().onStream(0, turn -> gate.promise()).on(1, turn -> turn.reply(turn.number()));
        Stub stub = scene.reach(object);
        stub.stream(0, 100);
        Reply dropped = stub.call(1, 1);
        Outcome<Result> kept = stub.call(1, 2).watch();
        scene.until("the first call", () -> object.calls() == 1);
        scene.turns();
        dropped.close();
        scene.turns();
        scene.turns();
        Scene.open(gate);
        assertEquals(2, kept.get().number());
        assertEquals(List.of(100L, 2L), object.seen());
    }

    /** Rule 5: the same while the target is not known. */
    @Test
    void a_call_on_an_unknown_target_is_dropped() {
        TestObject object = scene.object().on(0, turn -> turn.reply(turn.number()));
        TestObject param = scene.object();
        Stub stub = scene.reach(object);
        QueuedCap hand = scene.unknown();
        Stub promise = scene.stub(scene.way.loop(), hand.share());
        Stub mine = scene.mine(param);
        Reply dropped = promise.call(0, 1, mine);
        mine.close();
        Outcome<Result> kept = promise.call(0, 2).watch();
        scene.turns();
        dropped.close();
        scene.until("release of the parameter", param::isReleased);
        scene.inTurn(() -> {
            hand.resolve(stub.cap().share());
            hand.close();
        });
        assertEquals(2, kept.get().number());
        assertEquals(List.of(2L), object.seen());
    }

    /** R06. */
    @Test
    void cancelling_what_has_returned_does_no_harm() {
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(inner)) {
                return turn.reply(0, given);
            }
        }));
        for (int i = 0; i < 5; i++) {
            Reply reply = stub.call(0);
            Stub early = reply.cap(0);
            for (int turns = 0; turns < i; turns++) {
                scene.turns();
            }
            reply.close();
            assertEquals(i, early.call(0).number());
            early.close();
        }
        scene.turns();
    }

    /** R10: the others go on. */
    @Test
    void cancelling_one_call_leaves_the_others_alone() {
        AtomicInteger canceled = new AtomicInteger();
        Completer<Void> gate = scene.gate();
        var opened = gate.promise().fork();
        TestObject object = scene.object().on(0, turn -> {
            turn.context().allowCancellation();
            Completer<Void> mine = new Completer<>(turn.loop());
            mine.onCancel(canceled::incrementAndGet);
            Scene.run(turn.loop(), () -> mine.follow(opened.branch()));
            return mine.promise().then(x -> turn.reply(turn.number()));
        });
        Stub stub = scene.reach(object);
        List<Reply> replies = new java.util.ArrayList<>();
        for (int i = 0; i < 10; i++) {
            replies.add(stub.call(0, i));
        }
        scene.until("all calls", () -> object.calls() == 10);
        for (int i = 0; i < 10; i += 2) {
            replies.get(i).close();
        }
        scene.until("cancellations", () -> canceled.get() == 5);
        Scene.open(gate);
        for (int i = 1; i < 10; i += 2) {
            assertEquals(i, replies.get(i).number());
        }
        assertEquals(5, canceled.get());
    }
}

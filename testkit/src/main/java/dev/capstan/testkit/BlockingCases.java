package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Handlers that wait where they are; house.md section 4. */
abstract class BlockingCases {
    private final Scene scene;

    BlockingCases(Scene scene) {
        this.scene = scene;
    }

    private TestObject object() {
        return scene.object(Target.Style.BLOCKING);
    }

    /** R02 (getCap calls back) in the blocking style. */
    @Test
    void a_handler_may_wait_for_a_call_of_its_own() {
        TestObject mine = scene.object().on(0, turn -> turn.reply(turn.number() * 3));
        Stub stub = scene.reach(object().on(0, turn -> {
            try (Stub back = turn.cap(0);
                    Result result = back.call(0, turn.number()).await()) {
                return turn.reply(result.number() + 1);
            }
        }));
        assertEquals(22, stub.call(0, 7, scene.mine(mine)).number());
    }

    /** Rule 1. */
    @Test
    void calls_begin_in_the_order_in_which_they_were_sent() {
        List<Long> begun = new CopyOnWriteArrayList<>();
        List<Reply> replies = new ArrayList<>();
        Stub stub = scene.reach(object().on(0, turn -> {
            begun.add(turn.number());
            turn.loop().pause().await();
            return turn.reply(turn.number());
        }));
        for (int i = 0; i < 20; i++) {
            replies.add(stub.call(0, i));
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(i, replies.get(i).number());
            assertEquals(i, begun.get(i));
        }
    }

    /** House section 4: no two pieces of user code at once, so state needs no locks between awaits. */
    @Test
    void between_two_waits_a_handler_is_alone() {
        int[] inside = new int[1];
        AtomicBoolean met = new AtomicBoolean();
        Stub stub = scene.reach(object().on(0, turn -> {
            for (int i = 0; i < 5; i++) {
                if (++inside[0] != 1) {
                    met.set(true);
                }
                Thread.onSpinWait();
                inside[0]--;
                turn.loop().pause().await();
            }
            return turn.reply(turn.number());
        }));
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(stub.call(0, i));
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(i, replies.get(i).number());
        }
        assertFalse(met.get());
    }

    /** R12 (callHeld while held): re-entrance. */
    @Test
    void other_calls_run_while_a_handler_waits() {
        Completer<Void> gate = scene.gate();
        Stub stub = scene.reach(object().on(0, turn -> {
                    gate.promise().await();
                    return turn.reply(1);
                })
                .on(1, turn -> {
                    Scene.open(gate);
                    return turn.reply(2);
                }));
        Outcome<Result> first = stub.call(0).watch();
        scene.turns();
        assertFalse(first.isSettled());
        assertEquals(2, stub.call(1).number());
        assertEquals(1, first.get().number());
    }

    /** R10. */
    @Test
    void a_handler_sees_its_cancellation_where_it_waits_and_may_clean_up() {
        AtomicBoolean began = new AtomicBoolean();
        AtomicReference<String> seen = new AtomicReference<>("");
        Stub stub = scene.reach(object().on(0, turn -> {
            turn.context().allowCancellation();
            began.set(true);
            try {
                scene.gate().promise().await();
                return turn.reply(0);
            } catch (CanceledException e) {
                turn.loop().pause().await();
                seen.set("cancelled and cleaned up");
                throw e;
            }
        }));
        Reply reply = stub.call(0);
        scene.until("the call", began::get);
        reply.close();
        scene.until("the end of the clean-up", () -> !seen.get().isEmpty());
    }

    /** T16. */
    @Test
    void a_handler_that_does_not_allow_it_is_not_disturbed() {
        Completer<Void> gate = scene.gate();
        AtomicReference<String> end = new AtomicReference<>("");
        TestObject object = object().on(0, turn -> {
            try {
                gate.promise().await();
                end.set("finished");
                return turn.reply(0);
            } catch (CanceledException e) {
                end.set("cancelled");
                throw e;
            }
        });
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        scene.until("the call", () -> object.calls() == 1);
        reply.close();
        scene.turns();
        Scene.open(gate);
        scene.until("the end", () -> !end.get().isEmpty());
        assertEquals("finished", end.get());
    }

    /** R26. */
    @Test
    void what_a_handler_throws_after_a_wait_fails_its_call() {
        Stub stub = scene.reach(object().on(0, turn -> {
            turn.loop().pause().await();
            throw Failure.overloaded("after a wait");
        }));
        assertEquals(Failure.Kind.OVERLOADED, stub.call(0).failure().kind());
    }

    /** R26: a failure of a call that the handler waits for goes on to the caller. */
    @Test
    void a_failed_wait_fails_the_call_that_waits() {
        TestObject mine = scene.object().on(0, turn -> {
            throw Failure.disconnected("from below");
        });
        Stub stub = scene.reach(object().on(0, turn -> {
            try (Stub back = turn.cap(0)) {
                return turn.reply(back.call(0).await().number());
            }
        }));
        Failure failure = stub.call(0, 0, scene.mine(mine)).failure();
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertTrue(failure.reason().endsWith("from below"), failure.reason());
    }

    /** R07, R04 in the blocking style. */
    @Test
    void a_handler_may_publish_its_pipeline_and_end_in_a_tail_call() {
        Completer<Void> gate = scene.gate();
        TestObject inner = scene.object().counting(0);
        TestObject callee = scene.object().on(0, turn -> turn.reply(turn.number()));
        TestObject object = object().on(0, turn -> {
                    try (Stub given = scene.theirs(inner)) {
                        turn.setPipeline(given);
                    }
                    gate.promise().await();
                    return turn.reply(1);
                })
                .on(1, turn -> {
                    turn.loop().pause().await();
                    try (Stub next = scene.theirs(callee)) {
                        return turn.context().tailCall(next.prepare(0, 77).raw());
                    }
                });
        Stub stub = scene.reach(object);
        Reply reply = stub.call(0);
        assertEquals(0, reply.cap(0).call(0).number());
        assertFalse(reply.watch().isSettled());
        Scene.open(gate);
        assertEquals(1, reply.number());
        assertEquals(77, stub.call(1).number());
    }

    /** C29 in the blocking style. */
    @Test
    void a_stream_of_blocking_calls_runs_one_at_a_time() {
        int[] running = new int[1];
        List<Long> ended = new CopyOnWriteArrayList<>();
        AtomicBoolean met = new AtomicBoolean();
        Stub stub = scene.reach(object().onStream(0, turn -> {
                    if (++running[0] != 1) {
                        met.set(true);
                    }
                    turn.loop().pause().await();
                    ended.add(turn.number());
                    running[0]--;
                    return Promise.done();
                })
                .on(1, turn -> turn.reply(ended.size())));
        for (int i = 0; i < 10; i++) {
            stub.stream(0, i);
        }
        assertEquals(10, stub.call(1).number());
        assertFalse(met.get());
    }

    /** House section 4: handlers of both styles keep out of each other's way and in order. */
    @Test
    void an_async_object_waits_while_a_blocking_one_runs() {
        List<String> log = new CopyOnWriteArrayList<>();
        TestObject async = scene.object(Target.Style.ASYNC).on(0, turn -> {
            log.add("async");
            return turn.reply(0);
        });
        Stub stub = scene.reach(object().on(0, turn -> {
            Stub other = scene.theirs(async);
            Reply reply = other.call(0);
            for (int i = 0; i < 1000; i++) {
                Thread.onSpinWait();
            }
            log.add("blocking");
            reply.await().close();
            log.add("blocking again");
            return turn.reply(0);
        }));
        stub.call(0).number();
        assertEquals(List.of("blocking", "async", "blocking again"), log);
    }
}

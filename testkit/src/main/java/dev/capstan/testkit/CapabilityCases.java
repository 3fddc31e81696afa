package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Capabilities in parameters and results: who may call what, and how long. */
abstract class CapabilityCases {
    private final Scene scene;

    CapabilityCases(Scene scene) {
        this.scene = scene;
    }

    private TestObject echo() {
        return scene.object().on(0, turn -> {
            try (Stub cap = turn.cap(0)) {
                return turn.reply(0, cap);
            }
        });
    }

    /** R02, R11 (callFoo). */
    @Test
    void an_object_that_is_passed_in_can_be_called_back() {
        TestObject mine = scene.object().on(0, turn -> turn.reply(turn.number() * 2));
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            Stub back = turn.cap(0);
            return back.call(0, turn.number()).then(result -> turn.reply(result.number() + 1));
        }));
        assertEquals(43, stub.call(0, 21, scene.mine(mine)).number());
        assertEquals(1, mine.calls());
    }

    /** R05. */
    @Test
    void an_object_that_is_handed_out_can_be_called_and_is_released_with_its_last_reference() {
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(inner)) {
                return turn.reply(0, given);
            }
        }));
        Reply reply = stub.call(0);
        Result result = reply.get();
        Stub first = result.cap(0);
        Stub second = first.share();
        assertEquals(0, first.call(0).number());
        first.close();
        assertEquals(1, second.call(0).number());
        second.close();
        scene.turns();
        assertFalse(inner.isReleased());
        result.close();
        reply.close();
        scene.until("release", inner::isReleased);
    }

    /** R12 (getHeld). */
    @Test
    void an_own_object_that_comes_back_is_that_object() {
        TestObject mine = scene.object().counting(0);
        Stub stub = scene.reach(echo());
        Stub own = scene.mine(mine);
        Result result = stub.call(0, 0, own).get();
        Stub back = result.cap(0).settled().get();
        assertSame(own.cap(), back.cap().innermost());
        assertEquals(0, own.call(0).number());
        assertEquals(1, back.call(0).number());
    }

    /** R12: the same after the callee has kept it for a while. */
    @Test
    void an_object_that_was_kept_comes_back_as_itself() {
        TestObject mine = scene.object().counting(0);
        AtomicReference<Stub> held = new AtomicReference<>();
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> {
                    held.set(turn.cap(0));
                    return turn.reply(0);
                })
                .on(1, turn -> held.get().call(0).then(result -> turn.reply(result.number())))
                .on(2, turn -> turn.reply(0, held.get())));
        Stub own = scene.mine(mine);
        stub.call(0, 0, own).number();
        assertEquals(0, stub.call(1).number());
        Stub back = stub.call(2).get().cap(0).settled().get();
        assertSame(own.cap(), back.cap().innermost());
        own.close();
        back.close();
        scene.turns();
        assertFalse(mine.isReleased(), "the callee holds it");
        assertEquals(1, stub.call(1).number());
    }

    /** R14, R32. */
    @Test
    void one_object_may_be_passed_many_times() {
        TestObject mine = scene.object().counting(0);
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            Stub first = turn.cap(0);
            Stub second = turn.cap(1);
            return first.call(0).then(a -> second.call(0).then(b -> turn.reply(a.number() * 10 + b.number())));
        }));
        Stub own = scene.mine(mine);
        Reply one = stub.call(0, 0, own, own);
        assertEquals(1, one.number());
        Reply two = stub.call(0, 0, own, own);
        assertEquals(23, two.number());
        own.close();
        scene.turns();
    }

    /** R12, R13. */
    @Test
    void a_parameter_that_is_kept_outlives_its_call_until_it_is_dropped() {
        TestObject mine = scene.object().counting(0);
        AtomicReference<Stub> held = new AtomicReference<>();
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> {
                    held.set(turn.cap(0));
                    return turn.reply(0);
                })
                .on(1, turn -> {
                    held.get().close();
                    return turn.reply(0);
                }));
        Stub own = scene.mine(mine);
        stub.call(0, 0, own).number();
        own.close();
        scene.turns();
        assertFalse(mine.isReleased());
        stub.call(1).number();
        scene.until("release", mine::isReleased);
    }

    /** R14: nothing is held by a call that is over. */
    @Test
    void a_parameter_that_is_not_kept_is_released_when_the_call_ends() {
        Completer<Void> gate = scene.gate();
        TestObject mine = scene.object();
        Stub stub = scene.reach(scene.object().on(0, turn -> gate.promise().then(x -> turn.reply(0))));
        Stub own = scene.mine(mine);
        Reply reply = stub.call(0, 0, own);
        Outcome<Result> outcome = reply.watch();
        own.close();
        scene.turns();
        assertFalse(mine.isReleased());
        Scene.open(gate);
        outcome.get();
        scene.until("release", mine::isReleased);
    }

    /** R01 (baz): releaseParams. */
    @Test
    void parameters_can_be_released_while_the_call_runs() {
        Completer<Void> gate = scene.gate();
        TestObject mine = scene.object();
        AtomicReference<String> thrown = new AtomicReference<>("nothing");
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            turn.context().releaseParams();
            turn.context().releaseParams();
            try {
                turn.context().params();
            } catch (IllegalStateException e) {
                thrown.set(String.valueOf(e.getMessage()));
            }
            return gate.promise().then(x -> turn.reply(1));
        }));
        Stub own = scene.mine(mine);
        Outcome<Result> outcome = stub.call(0, 0, own).watch();
        own.close();
        scene.until("release", mine::isReleased);
        assertFalse(outcome.isSettled());
        assertTrue(thrown.get().contains("released"), thrown.get());
        Scene.open(gate);
        assertEquals(1, outcome.get().number());
    }

    /** R21, C20. */
    @Test
    void a_null_capability_can_be_sent_and_its_calls_fail() {
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> turn.cap(0).call(0).then(result -> turn.reply(result.number())))
                .on(1, turn -> turn.reply(1)));
        Stub none = scene.stub(scene.way.loop(), BrokenCap.ofNull());
        assertEquals(Failure.Kind.FAILED, stub.call(0, 0, none).failure().kind());
        Failure missing = stub.call(0).failure();
        assertTrue(missing.reason().endsWith(scene.way.nothingThere()), missing.reason());
        Stub result = stub.call(1).get().cap(0);
        assertEquals(Failure.Kind.FAILED, result.call(0).failure().kind());
        assertEquals(1, stub.call(1).number());
    }

    /** Wire fact 5: a broken capability is sent as one that fails. */
    @Test
    void a_broken_parameter_fails_with_its_own_reason() {
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> turn.cap(0).call(0).then(result -> turn.reply(result.number())))
                .on(1, turn -> turn.reply(1)));
        Stub broken = scene.stub(scene.way.loop(), new BrokenCap(Failure.overloaded("it is broken")));
        Failure failure = stub.call(0, 0, broken).failure();
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        assertTrue(failure.reason().endsWith("it is broken"), failure.reason());
        assertEquals(1, stub.call(1).number());
    }

    /** Wire fact 5. */
    @Test
    void a_broken_result_fails_with_its_own_reason() {
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            Stub broken = scene.stub(turn.loop(), new BrokenCap(Failure.disconnected("gone")));
            return turn.reply(7, broken);
        }));
        Result result = stub.call(0).get();
        assertEquals(7, result.number());
        Failure failure = result.cap(0).call(0).failure();
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertTrue(failure.reason().endsWith("gone"), failure.reason());
        if (scene.way.tellsBroken()) {
            assertTrue(result.cap(0).settled().failure().reason().endsWith("gone"));
        }
    }

    /** C24. */
    @Test
    void an_object_can_hand_out_itself() {
        AtomicReference<Stub> self = new AtomicReference<>();
        TestObject object = scene.object().counting(0).on(1, turn -> turn.reply(0, self.get()));
        Stub inside = scene.theirs(object);
        self.set(inside);
        Stub stub = scene.reach(scene.object().on(0, turn -> turn.reply(0, inside)));
        Stub outer = stub.call(0).get().cap(0);
        Stub again = outer.call(1).get().cap(0);
        assertEquals(0, outer.call(0).number());
        assertEquals(1, again.call(0).number());
        assertTrue(inside.cap() instanceof LocalCap);
    }

    /** R06. */
    @Test
    void capabilities_in_results_that_nobody_took_are_released() {
        TestObject inner = scene.object();
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(inner)) {
                return turn.reply(0, given);
            }
        }));
        Reply taken = stub.call(0);
        scene.turns();
        taken.close();
        scene.until("release", inner::isReleased);
    }

    /** R06: results that are watched and then closed. */
    @Test
    void capabilities_in_results_are_released_with_them() {
        TestObject inner = scene.object().counting(0);
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(inner)) {
                return turn.reply(0, given);
            }
        }));
        Reply reply = stub.call(0);
        Result result = reply.get();
        reply.close();
        scene.turns();
        assertFalse(inner.isReleased());
        try (Stub cap = result.cap(0)) {
            assertEquals(0, cap.call(0).number());
        }
        result.close();
        scene.until("release", inner::isReleased);
    }
}

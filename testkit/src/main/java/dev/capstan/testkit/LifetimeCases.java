package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Completer;
import dev.capstan.cap.Cap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How long objects live. */
abstract class LifetimeCases {
    private final Scene scene;

    LifetimeCases(Scene scene) {
        this.scene = scene;
    }

    /** R05, T03. */
    @Test
    void an_object_is_released_with_its_last_reference() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        Stub second = stub.share();
        assertEquals(0, stub.call(0).number());
        stub.close();
        scene.turns();
        assertFalse(object.isReleased());
        assertEquals(1, second.call(0).number());
        second.close();
        scene.until("release", object::isReleased);
    }

    /** T16, C24. */
    @Test
    void an_object_outlives_its_references_while_a_call_runs() {
        Completer<Void> gate = scene.gate();
        AtomicBoolean done = new AtomicBoolean();
        TestObject object = scene.object()
                .on(
                        0,
                        turn -> gate.promise().then(x -> {
                            done.set(true);
                            return turn.reply(4);
                        }));
        Stub stub = scene.reach(object);
        Outcome<Result> outcome = stub.call(0).watch();
        stub.close();
        scene.until("the call", () -> object.calls() == 1);
        scene.turns();
        assertFalse(object.isReleased());
        Scene.open(gate);
        assertEquals(4, outcome.get().number());
        scene.until("release", object::isReleased);
    }

    /** R05: a call that was sent needs no reference any more. */
    @Test
    void a_call_is_done_although_its_reference_was_closed_behind_it() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            replies.add(stub.call(0));
        }
        stub.close();
        for (int i = 0; i < 10; i++) {
            assertEquals(i, replies.get(i).number());
        }
        scene.until("release", object::isReleased);
    }

    /** R05: a request holds what it is made for. */
    @Test
    void a_request_holds_its_target() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        Prepared prepared = stub.prepare(0, 0);
        stub.close();
        scene.turns();
        assertFalse(object.isReleased());
        assertEquals(0, prepared.send().number());
        scene.until("release", object::isReleased);
    }

    /** House rule: ownership mistakes are told to whoever makes them. */
    @Test
    void closing_more_often_than_sharing_is_an_error_of_the_closer() {
        TestObject object = scene.object().counting(0);
        Stub other = scene.reach(object);
        assertEquals(0, other.call(0).number());
        Cap mine = scene.mine(scene.object()).cap();
        mine.share().close();
        mine.close();
        assertThrows(IllegalStateException.class, mine::close);
        assertThrows(IllegalStateException.class, mine::share);
        scene.forgetNewest();
        assertEquals(1, other.call(0).number());
    }

    /** R05: many objects at once, in any order. */
    @Test
    void every_one_of_many_objects_is_released() {
        List<TestObject> inner = new CopyOnWriteArrayList<>();
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            TestObject made = scene.object().counting(0);
            inner.add(made);
            try (Stub given = scene.theirs(made)) {
                return turn.reply(0, given);
            }
        }));
        List<Stub> held = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            try (Reply reply = stub.call(0)) {
                Stub early = reply.cap(0);
                if (i % 2 == 0) {
                    assertEquals(0, early.call(0).number());
                }
                held.add(early);
            }
        }
        scene.until("all calls", () -> inner.size() == 50);
        for (int i = 0; i < 50; i++) {
            held.get((i * 7) % 50).close();
        }
        scene.until("release of all", () -> inner.stream().allMatch(TestObject::isReleased));
    }
}

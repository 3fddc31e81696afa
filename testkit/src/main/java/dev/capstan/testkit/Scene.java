package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a case of {@link CapContract} is played with. Remembers all that a case has opened, so that the end of the case can close it and then demand
 * that nothing is left: each object released once, no entry in any table.
 */
final class Scene {
    final CapContract way;
    private final ConcurrentLinkedDeque<AutoCloseable> open = new ConcurrentLinkedDeque<>();
    private final ConcurrentLinkedQueue<TestObject> objects = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Completer<Void>> gates = new ConcurrentLinkedQueue<>();

    Scene(CapContract way) {
        this.way = way;
    }

    // ---- objects and references

    TestObject object() {
        return object(way.style());
    }

    TestObject object(Target.Style style) {
        TestObject object = new TestObject(this, style);
        objects.add(object);
        return object;
    }

    /** A reference on the caller's side to an object on the callee's side. */
    Stub reach(TestObject object) {
        return stub(way.loop(), way.reach(object.serve()));
    }

    /** A reference to an object on the caller's own side. */
    Stub mine(TestObject object) {
        return stub(way.loop(), new LocalCap(way.loop(), object.serve()));
    }

    /** A reference to an object on the callee's side, for its handlers. */
    Stub theirs(TestObject object) {
        return stub(way.far(), new LocalCap(way.far(), object.serve()));
    }

    /** Takes ownership of {@code cap}. */
    Stub stub(Loop loop, Cap cap) {
        Stub stub = new Stub(this, loop, cap);
        open.addFirst(stub);
        return stub;
    }

    Reply reply(Loop loop, Answer answer) {
        Reply reply = new Reply(this, loop, answer);
        open.addFirst(reply);
        return reply;
    }

    Result result(Loop loop, Payload payload) {
        Result result = new Result(this, loop, payload);
        open.addFirst(result);
        return result;
    }

    <T> Outcome<T> watch(Loop loop, Promise<? extends T> promise) {
        return new Outcome<>(this, loop, promise);
    }

    /** The reference that was opened last is closed by the case itself. */
    void forgetNewest() {
        open.removeFirst();
    }

    /** Something that handlers of the callee's side can wait for; opened at the end of the case if not before. */
    Completer<Void> gate() {
        return gateOn(way.far());
    }

    /** The same for objects of either side. */
    Completer<Void> gateOn(Loop loop) {
        Completer<Void> gate = new Completer<>(loop);
        gates.add(gate);
        return gate;
    }

    static void open(Completer<Void> gate) {
        gate.complete(Promise.nothing());
    }

    /** A promise of a capability on the caller's side. */
    QueuedCap unknown() {
        return new QueuedCap(way.loop());
    }

    // ---- time

    /** Runs {@code work} on the loop: now if this is its thread, else soon. */
    static void run(Loop loop, Runnable work) {
        if (loop.inLoop()) {
            work.run();
        } else {
            loop.post(work);
        }
    }

    /** Runs {@code work} inside one turn of the caller's loop and waits until that is done. */
    void inTurn(Runnable work) {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Completer<Boolean> done = new Completer<>(way.loop());
        Outcome<Boolean> outcome = watch(way.loop(), done.promise());
        way.loop().execute(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                thrown.set(e);
            }
            done.complete(true);
        });
        outcome.get();
        Throwable cause = thrown.get();
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause != null) {
            throw new AssertionError("the work in the turn failed", cause);
        }
    }

    /** Lets everything happen that can happen without the test. */
    void turns() {
        way.turns();
    }

    void until(String what, BooleanSupplier condition) {
        for (int round = 0; !condition.getAsBoolean(); round++) {
            if (round == way.patience()) {
                throw new AssertionError("waited in vain for " + what);
            }
            way.turns();
        }
    }

    // ---- the end

    void end() {
        gates.forEach(Scene::open);
        turns();
        // What is closed may let more happen that opens something.
        for (int round = 0; round < 3; round++) {
            closeAll();
            turns();
        }
        closeAll();
        try {
            until("the release of everything", () -> leftovers().isEmpty());
        } catch (AssertionError e) {
            throw new AssertionError("at the end of the case this is left: " + leftovers(), e);
        }
        for (TestObject object : objects) {
            assertEquals(object.served(), object.releases(), "releases of an object");
        }
    }

    private List<String> leftovers() {
        List<String> left = new ArrayList<>(way.leftovers());
        long live = objects.stream().filter(object -> !object.isReleased()).count();
        if (live > 0) {
            left.add(live + " objects");
        }
        return left;
    }

    private void closeAll() {
        for (AutoCloseable each = open.pollFirst(); each != null; each = open.pollFirst()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new AssertionError("closing " + each + " failed", e);
            }
        }
    }
}

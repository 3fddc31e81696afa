package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** References that lead round in a circle are found before anybody follows them. */
class LedBackTest {
    private static final Method SOME = new Method.Ordinal(1, 0);

    private final SimLoop sim = new SimLoop();

    /** A view of another one; fails if it is looked through without end. */
    private final class View extends CountedCap {
        private @Nullable Cap of;
        private int looks;

        View() {
            super(sim.loop());
        }

        @Override
        protected @Nullable Cap behind() {
            assertTrue(++looks < 10_000, "nobody counts the steps");
            return of;
        }

        @Override
        public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
            return Request.of(this, method, fallback, sizeHint, hints);
        }

        @Override
        public Answer call(Call call) {
            call.close();
            return Answer.broken(Failure.unimplemented("a view"));
        }

        @Override
        public @Nullable Cap resolved() {
            return null;
        }

        @Override
        public @Nullable Promise<Cap> resolution() {
            return null;
        }

        @Override
        public Object brand() {
            return this;
        }

        @Override
        protected void released() {}
    }

    @Test
    void a_promise_that_is_resolved_to_views_of_each_other_is_broken() {
        View one = new View();
        View other = new View();
        one.of = other;
        other.of = one;
        try (QueuedCap promise = new QueuedCap(sim.loop())) {
            promise.resolve(one);
            assertInstanceOf(BrokenCap.class, promise.resolved());
        }
        other.close();
    }

    @Test
    void a_shorter_path_that_is_a_view_of_the_object_itself_is_refused() {
        Membrane membrane = new Membrane(sim.loop(), Membrane.Policy.ALL);
        Completer<Cap> path = new Completer<>(sim.loop());
        Target target = new Target() {
            @Override
            public Promise<Void> handle(Context context) {
                return Promise.done();
            }

            @Override
            public Promise<Cap> shortenPath() {
                return path.promise();
            }
        };
        try (Cap object = new LocalCap(sim.loop(), target);
                Cap view = membrane.outward(object.share())) {
            path.complete(view.share());
            sim.poll();
            BrokenCap broken = assertInstanceOf(BrokenCap.class, object.resolved());
            assertTrue(broken.failure().reason().contains("leads back to it"), broken.failure()::reason);
            try (Answer answer =
                    object.request(SOME, PlainFormat.INSTANCE, 0, Hints.NONE).send()) {
                Promise<Payload> results = answer.results();
                sim.await(results).close();
            }
        }
        sim.poll();
        assertEquals(0, membrane.size());
    }
}

package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import dev.capstan.cap.ValueReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What passes a membrane, what does not, and what is left when it is closed. */
@SuppressWarnings("try") // what is only held
class MembraneTest {
    private static final Method ECHO = new Method.Ordinal(1, 0);
    private static final Method SECRET = new Method.Ordinal(1, 1);
    private static final Method CALL = new Method.Ordinal(1, 2);
    private static final Method NEVER = new Method.Ordinal(1, 3);
    private static final Method MANY = new Method.Ordinal(1, 4);

    private final SimLoop sim = new SimLoop();
    private final List<String> seen = new ArrayList<>();
    private final Membrane.Policy policy = new Membrane.Policy() {
        @Override
        public void inward(Cap object, Method method) {
            seen.add("in " + method);
            if (method.equals(SECRET)) {
                throw Failure.failed("not for you");
            }
        }

        @Override
        public void outward(Cap object, Method method) {
            seen.add("out " + method);
        }
    };
    private final Membrane membrane = new Membrane(sim.loop(), policy, new Membrane.Limits(4, 3, 100, 100));
    private int released;
    private int cancelled;

    /** Gives back what it is given, or calls it. */
    private Target object() {
        return new Target() {
            @Override
            public Promise<Void> handle(dev.capstan.cap.Context context) {
                if (context.method().equals(NEVER)) {
                    context.allowCancellation();
                    Completer<Void> never = new Completer<>(sim.loop());
                    never.onCancel(() -> cancelled++);
                    return never.promise();
                }
                if (context.method().equals(MANY)) {
                    List<Cap> many = new ArrayList<>();
                    for (long i = PlainFormat.of(context.params()).number(); i > 0; i--) {
                        many.add(new LocalCap(sim.loop(), object()));
                    }
                    PlainFormat.of(context.results(0)).set(0, "", many);
                    return Promise.done();
                }
                Cap given = context.params().cap(new Path.Pointers(0));
                if (context.method().equals(CALL)) {
                    try (given) {
                        Answer answer = given.request(SECRET, PlainFormat.INSTANCE, 0, Hints.NONE)
                                .send();
                        answer.pipeline().close();
                        return answer.results().convert(results -> {
                            results.close();
                            return Promise.nothing();
                        });
                    }
                }
                PlainFormat.of(context.results(0)).set(7, "", List.of(given));
                return Promise.done();
            }

            @Override
            public void released() {
                released++;
            }
        };
    }

    private Answer send(Cap to, Method method, Cap argument) {
        var request = to.request(method, PlainFormat.INSTANCE, 0, Hints.NONE);
        PlainFormat.of(request.params()).set(1, "", List.of(argument.share()));
        return request.send();
    }

    private Cap echoed(Cap through, Cap argument) {
        try (Answer answer = send(through, ECHO, argument);
                Payload results = sim.await(answer.results())) {
            return results.cap(new Path.Pointers(0));
        }
    }

    @AfterEach
    void nothing_is_left() {
        sim.poll();
        assertEquals(0, membrane.size());
    }

    @Test
    void what_passes_back_is_the_original() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Cap mine = new LocalCap(sim.loop(), object());
                Cap back = echoed(object, mine)) {
            assertSame(mine, back);
        }
        sim.poll();
        assertEquals(2, released);
    }

    @Test
    void what_passes_twice_is_the_same_while_it_is_held() {
        try (Cap object = new LocalCap(sim.loop(), object());
                Cap first = membrane.outward(object.share());
                Cap second = membrane.outward(object.share());
                Cap other = membrane.inward(object.share())) {
            assertSame(first, second);
            assertNotSame(object, first);
            assertNotSame(first, other);
        }
    }

    @Test
    void what_is_inside_gets_no_direct_reference_to_what_is_outside() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Cap mine = new LocalCap(sim.loop(), object());
                Answer answer = send(object, CALL, mine)) {
            sim.await(answer.results()).close();
            assertEquals(List.of("in " + CALL, "out " + SECRET), seen);
        }
    }

    @Test
    void a_call_that_is_not_granted_does_not_pass() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Cap mine = new LocalCap(sim.loop(), object());
                Answer answer = send(object, SECRET, mine)) {
            assertEquals(
                    "not for you",
                    assertThrows(Failure.class, () -> sim.await(answer.results()))
                            .reason());
        }
        sim.poll();
        assertEquals(2, released);
    }

    @Test
    void what_is_in_a_result_that_is_not_there_yet_is_seen_too() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Cap inside = membrane.outward(new LocalCap(sim.loop(), object()));
                Answer answer = send(object, ECHO, inside);
                Cap early = answer.pipeline().cap(new Path.Pointers(0));
                Answer secret = send(early, SECRET, inside)) {
            assertEquals(
                    "not for you",
                    assertThrows(Failure.class, () -> sim.await(secret.results()))
                            .reason());
        }
    }

    @Test
    void revoking_fails_what_is_in_flight_and_everything_after_it() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Cap mine = new LocalCap(sim.loop(), object());
                Answer waiting = send(object, NEVER, mine)) {
            Promise<Payload> results = waiting.results();
            sim.poll();
            membrane.revoke(Failure.disconnected("it is over"));
            membrane.revoke(Failure.failed("again"));
            Failure first = assertThrows(Failure.class, () -> sim.await(results));
            assertEquals("it is over", first.reason());
            assertEquals(Failure.Kind.DISCONNECTED, first.kind());
            try (Answer later = send(object, ECHO, mine)) {
                assertEquals(
                        "it is over",
                        assertThrows(Failure.class, () -> sim.await(later.results()))
                                .reason());
            }
        }
        sim.poll();
        assertTrue(released == 2, released + " objects were released");
    }

    @Test
    void revoking_cancels_what_is_in_flight() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Cap mine = new LocalCap(sim.loop(), object());
                Answer waiting = send(object, NEVER, mine)) {
            sim.poll();
            membrane.revoke(Failure.disconnected("it is over"));
            sim.poll();
            assertEquals(1, cancelled);
            assertEquals(0, membrane.calls());
            Failure failure = assertThrows(Failure.class, () -> sim.await(waiting.results()));
            assertEquals("it is over", failure.reason());
        }
    }

    @Test
    void revoking_fails_a_call_of_a_stream_that_is_in_flight() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()))) {
            var request = object.request(NEVER, PlainFormat.INSTANCE, 0, Hints.NONE);
            Promise<Void> ready = request.sendStreaming();
            sim.poll();
            membrane.revoke(Failure.disconnected("it is over"));
            Failure failure = assertThrows(Failure.class, () -> sim.await(ready));
            assertEquals("it is over", failure.reason());
            assertEquals(1, cancelled);
        }
    }

    @Test
    void what_resolves_after_the_border_was_closed_does_not_pass() {
        QueuedCap promise = new QueuedCap(sim.loop());
        try (Cap through = membrane.outward(promise)) {
            membrane.revoke(Failure.disconnected("it is over"));
            promise.resolve(new LocalCap(sim.loop(), object()));
            assertInstanceOf(BrokenCap.class, through.innermost());
        }
    }

    @Test
    void when_the_first_object_is_let_go_everything_is_over() {
        Cap other = membrane.outward(new LocalCap(sim.loop(), object()));
        Cap first = membrane.entrance(new LocalCap(sim.loop(), object()));
        Cap again = first.share();
        try (other;
                Answer waiting = send(other, NEVER, other)) {
            sim.poll();
            first.close();
            sim.poll();
            assertEquals(0, cancelled);
            again.close();
            sim.poll();
            assertEquals(1, cancelled);
            Failure failure = assertThrows(Failure.class, () -> sim.await(waiting.results()));
            assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        }
    }

    // ---- limits

    private Promise<Payload> many(Cap of, int count) {
        var request = of.request(MANY, PlainFormat.INSTANCE, 0, Hints.NONE);
        PlainFormat.of(request.params()).set(count, "", List.of());
        Answer answer = request.send();
        answer.pipeline().close();
        return answer.results();
    }

    private void assertRefused(Promise<Payload> results, String limit) {
        Failure failure = assertThrows(Failure.class, () -> sim.await(results));
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        assertTrue(failure.reason().contains(limit), failure.reason());
    }

    @Test
    void a_result_with_too_many_objects_is_refused_and_given_back() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()))) {
            assertRefused(many(object, 4), "Membrane.Limits.objects");
            sim.poll();
            assertEquals(4, released);
            assertEquals(1, membrane.size());
            try (Payload three = sim.await(many(object, 3))) {
                assertEquals(4, membrane.size());
                assertRefused(many(object, 1), "Membrane.Limits.objects");
            }
            sim.await(many(object, 1)).close();
        }
    }

    @Test
    void a_result_that_nobody_waits_for_counts_too() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()))) {
            var request = object.request(MANY, PlainFormat.INSTANCE, 0, Hints.NONE);
            PlainFormat.of(request.params()).set(3, "", List.of());
            try (Answer unread = request.send()) {
                sim.poll();
                assertEquals(4, membrane.size());
                assertRefused(many(object, 1), "Membrane.Limits.objects");
            }
        }
    }

    @Test
    void a_call_with_too_many_objects_is_refused_and_does_not_arrive() {
        List<Cap> mine = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            mine.add(new LocalCap(sim.loop(), object()));
        }
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()))) {
            var request = object.request(NEVER, PlainFormat.INSTANCE, 0, Hints.NONE);
            PlainFormat.of(request.params()).set(0, "", mine);
            Answer answer = request.send();
            answer.pipeline().close();
            assertRefused(answer.results(), "Membrane.Limits.objects");
            sim.poll();
            assertEquals(5, released);
            assertEquals(1, membrane.size());
        }
    }

    @Test
    void a_promise_that_turns_out_to_be_one_object_too_many_is_broken() {
        QueuedCap promise = new QueuedCap(sim.loop());
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Cap through = membrane.outward(promise);
                Payload two = sim.await(many(object, 2))) {
            promise.resolve(new LocalCap(sim.loop(), object()));
            assertInstanceOf(BrokenCap.class, through.innermost());
        }
    }

    @Test
    void calls_beyond_the_limit_fail_until_one_was_answered_or_given_up() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Answer first = send(object, NEVER, object);
                Answer second = send(object, NEVER, object)) {
            Answer third = send(object, NEVER, object);
            sim.poll();
            assertEquals(3, membrane.calls());
            assertRefused(many(object, 1), "Membrane.Limits.calls");
            third.close();
            sim.poll();
            sim.await(many(object, 1)).close();
        }
        sim.poll();
        assertEquals(0, membrane.calls());
    }

    /** Its calls end when what they add to {@code running} does, whether or not somebody waits for them. */
    private Target stubborn(List<Completer<Void>> running) {
        return context -> {
            Completer<Void> end = new Completer<>(sim.loop());
            running.add(end);
            return end.promise();
        };
    }

    @Test
    void a_call_that_was_given_up_and_does_not_stop_counts_until_it_has_ended() {
        List<Completer<Void>> running = new ArrayList<>();
        Target stubborn = stubborn(running);
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), stubborn))) {
            for (int i = 0; i < 3; i++) {
                Answer answer = send(object, NEVER, object);
                sim.poll();
                answer.close();
            }
            sim.poll();
            assertEquals(3, membrane.calls());
            assertRefused(many(object, 1), "Membrane.Limits.calls");
            assertEquals(3, running.size());
            running.getFirst().complete(Promise.nothing());
            sim.poll();
            assertEquals(2, membrane.calls());
            Promise<Payload> next = many(object, 1);
            sim.poll();
            running.forEach(each -> each.complete(Promise.nothing()));
            sim.await(next).close();
        }
        assertEquals(0, membrane.calls());
    }

    @Test
    void a_call_of_a_stream_that_was_given_up_and_does_not_stop_counts_until_it_has_ended() {
        List<Completer<Void>> running = new ArrayList<>();
        Target stubborn = stubborn(running);
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), stubborn))) {
            Promise<Void> ready =
                    object.request(NEVER, PlainFormat.INSTANCE, 0, Hints.NONE).sendStreaming();
            sim.poll();
            ready.cancel();
            sim.poll();
            assertEquals(1, membrane.calls());
            running.getFirst().complete(Promise.nothing());
            sim.poll();
            assertEquals(0, membrane.calls());
        }
    }

    @Test
    void a_call_that_was_given_up_passes_on_that_it_has_ended_through_two_borders() {
        Membrane outer = new Membrane(sim.loop(), Membrane.Policy.ALL);
        List<Completer<Void>> running = new ArrayList<>();
        Target stubborn = stubborn(running);
        try (Cap object = outer.outward(membrane.outward(new LocalCap(sim.loop(), stubborn)))) {
            Answer answer = send(object, NEVER, object);
            sim.poll();
            answer.close();
            sim.poll();
            assertEquals(1, membrane.calls());
            assertEquals(1, outer.calls());
            running.getFirst().complete(Promise.nothing());
            sim.poll();
            assertEquals(0, membrane.calls());
            assertEquals(0, outer.calls());
        }
    }

    @Test
    void a_call_that_was_given_up_counts_until_the_tail_that_it_left_has_ended() {
        List<Completer<Void>> running = new ArrayList<>();
        Cap tail = new LocalCap(sim.loop(), context -> {
            Completer<Void> end = new Completer<>(sim.loop());
            running.add(end);
            return end.promise();
        });
        Target front = context -> context.tailCall(tail.request(NEVER, PlainFormat.INSTANCE, 0, Hints.NONE));
        try (tail;
                Cap object = membrane.outward(new LocalCap(sim.loop(), front))) {
            Answer answer = send(object, NEVER, object);
            sim.poll();
            answer.close();
            sim.poll();
            assertEquals(1, running.size());
            assertEquals(1, membrane.calls());
            running.getFirst().complete(Promise.nothing());
            sim.poll();
            assertEquals(0, membrane.calls());
        }
    }

    @Test
    void whoever_asks_for_the_end_of_a_call_hears_it_in_the_order_of_asking() {
        List<String> ended = new ArrayList<>();
        try (Cap object = new LocalCap(sim.loop(), object())) {
            Request request = object.request(MANY, PlainFormat.INSTANCE, 0, Hints.NONE);
            request.onEnd(() -> ended.add("first"));
            request.onEnd(() -> ended.add("second"));
            Answer answer = request.send();
            assertEquals(List.of(), ended);
            sim.poll();
            assertEquals(List.of("first", "second"), ended);
            answer.close();
        }
    }

    @Test
    void a_request_that_is_given_up_unsent_has_no_end() {
        List<String> ended = new ArrayList<>();
        try (Cap object = new LocalCap(sim.loop(), object());
                Request request = object.request(MANY, PlainFormat.INSTANCE, 0, Hints.NONE)) {
            request.onEnd(() -> ended.add("ended"));
        }
        sim.poll();
        assertEquals(List.of(), ended);
    }

    @Test
    void a_call_during_whose_check_the_membrane_is_revoked_does_not_pass() {
        Membrane[] border = new Membrane[1];
        border[0] = new Membrane(sim.loop(), new Membrane.Policy() {
            @Override
            public void inward(Cap object, Method method) {
                border[0].revoke(Failure.disconnected("revoked by the policy"));
            }
        });
        int[] begun = {0};
        Target target = context -> {
            begun[0]++;
            return Promise.done();
        };
        try (Cap object = border[0].outward(new LocalCap(sim.loop(), target));
                Answer answer = object.request(ECHO, PlainFormat.INSTANCE, 0, Hints.NONE)
                        .send()) {
            sim.poll();
            assertEquals(0, begun[0]);
            Promise<Payload> results = answer.results();
            assertEquals(
                    "revoked by the policy",
                    assertThrows(Failure.class, () -> sim.await(results)).reason());
        }
        assertEquals(0, border[0].calls());
    }

    @Test
    void a_call_that_is_given_up_while_the_border_is_closed_is_over_once() {
        List<Answer> others = new ArrayList<>();
        int[] closed = {0};
        Target target = context -> {
            context.allowCancellation();
            Completer<Void> never = new Completer<>(sim.loop());
            never.onCancel(() -> {
                cancelled++;
                others.forEach(Answer::close);
                others.clear();
            });
            return never.promise();
        };
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), target));
                Answer first = send(object, NEVER, object)) {
            Call before = Call.of(NEVER, PlainFormat.INSTANCE.allocate(0), Hints.NONE);
            others.add(object.call(
                    Call.of(NEVER, PlainFormat.INSTANCE.allocate(0), Hints.NONE, before, () -> closed[0]++)));
            before.close();
            sim.poll();
            membrane.revoke(Failure.disconnected("it is over"));
            assertThrows(Failure.class, () -> sim.await(first.results()));
        }
        sim.poll();
        assertEquals(2, cancelled);
        assertEquals(1, closed[0]);
        assertEquals(0, membrane.calls());
    }

    private Answer sendText(Cap to, String text) {
        var request = to.request(NEVER, PlainFormat.INSTANCE, 0, Hints.NONE);
        PlainFormat.of(request.params()).set(1, text, List.of());
        return request.send();
    }

    @Test
    void calls_whose_parameters_take_too_much_together_fail_until_one_was_given_up() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Answer small = sendText(object, "x".repeat(99))) {
            Answer large = sendText(object, "x".repeat(500));
            sim.poll();
            assertEquals(599, membrane.callBytes());
            try (Answer more = sendText(object, "")) {
                assertRefused(more.results(), "Membrane.Limits.bytes");
            }
            large.close();
            sim.poll();
            assertEquals(99, membrane.callBytes());
            sendText(object, "x").close();
            sim.poll();
        }
        sim.poll();
        assertEquals(0, membrane.callBytes());
    }

    @Test
    void what_calls_took_is_not_counted_any_more_when_the_membrane_is_revoked() {
        try (Cap object = membrane.outward(new LocalCap(sim.loop(), object()));
                Answer call = sendText(object, "x".repeat(99))) {
            sim.poll();
            membrane.revoke(Failure.disconnected("gone"));
            assertEquals(0, membrane.callBytes());
            assertThrows(Failure.class, () -> sim.await(call.results()).close());
        }
        sim.poll();
        assertEquals(0, membrane.callBytes());
    }

    // ---- copies

    /** Payloads that hold a value, each part of which can be referred to. Counts. */
    private final class Parts implements Format {
        private int open;
        private int copies;
        private boolean broken;
        private boolean unmeasurable;
        private Runnable copying = () -> {};

        @Override
        public Payload allocate(int sizeHint) {
            open++;
            return new Whole();
        }

        @Override
        public String name() {
            return "parts";
        }

        private final class Whole implements Payload {
            private int references = 1;

            @Override
            public Format format() {
                return Parts.this;
            }

            @Override
            public Cap cap(Path path) {
                return new Part(share());
            }

            @Override
            public void copyTo(Payload empty, UnaryOperator<Cap> passing) {
                if (broken) {
                    throw new IllegalStateException("cannot be copied");
                }
                copying.run();
            }

            @Override
            public long bytes() {
                if (unmeasurable) {
                    throw new IllegalStateException("cannot be measured");
                }
                return 0;
            }

            @Override
            public Payload share() {
                references++;
                return this;
            }

            @Override
            public void close() {
                if (--references == 0) {
                    open--;
                }
            }
        }

        private final class Part extends CountedCap implements ValueReference {
            private final Payload of;

            Part(Payload of) {
                super(sim.loop());
                this.of = of;
            }

            @Override
            public Cap copy(UnaryOperator<Cap> passing) {
                copies++;
                return new Part(of.share());
            }

            @Override
            public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
                return Request.of(this, method, fallback, sizeHint, hints);
            }

            @Override
            public Answer call(Call call) {
                call.close();
                return Answer.broken(Failure.unimplemented("a part"));
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
                return Parts.this;
            }

            @Override
            protected void released() {
                of.close();
            }
        }
    }

    private Answer ask(Cap object, Parts format) {
        return object.request(ECHO, format, 0, Hints.NONE).send();
    }

    private Cap giving(Runnable before) {
        return membrane.outward(new LocalCap(sim.loop(), context -> {
            before.run();
            context.results(0);
            return Promise.done();
        }));
    }

    @Test
    void a_result_that_cannot_be_copied_leaves_nothing() {
        Parts parts = new Parts();
        try (Cap object = giving(() -> parts.broken = true);
                Answer answer = ask(object, parts)) {
            Promise<Payload> results = answer.results();
            assertEquals(
                    "cannot be copied",
                    assertThrows(Failure.class, () -> sim.await(results)).reason());
        }
        sim.poll();
        assertEquals(0, parts.open);
    }

    @Test
    void a_call_whose_parameters_cannot_be_measured_fails_and_leaves_nothing() {
        Parts parts = new Parts();
        parts.unmeasurable = true;
        try (Cap object = giving(() -> {});
                Answer answer = ask(object, parts)) {
            Promise<Payload> results = answer.results();
            assertEquals(
                    "cannot be measured",
                    assertThrows(Failure.class, () -> sim.await(results)).reason());
            Promise<Void> ready = object.request(ECHO, parts, 0, Hints.NONE).sendStreaming();
            assertEquals(
                    "cannot be measured",
                    assertThrows(Failure.class, () -> sim.await(ready)).reason());
        }
        sim.poll();
        assertEquals(0, parts.open);
        assertEquals(0, membrane.calls());
    }

    /** Inside, an object whose calls end the membrane that they have come through. */
    private Cap revoking() {
        return new LocalCap(sim.loop(), context -> {
            membrane.revoke(Failure.disconnected("revoked by the target"));
            return Promise.done();
        });
    }

    @Test
    void a_call_whose_target_revokes_the_membrane_fails_and_leaves_nothing() {
        try (Cap object = membrane.outward(revoking());
                Answer answer = send(object, ECHO, object)) {
            sim.poll();
            Promise<Payload> results = answer.results();
            assertEquals(
                    "revoked by the target",
                    assertThrows(Failure.class, () -> sim.await(results)).reason());
            assertEquals(0, membrane.calls());
        }
    }

    @Test
    void a_call_of_a_stream_whose_target_revokes_the_membrane_fails_and_leaves_nothing() {
        try (Cap object = membrane.outward(revoking())) {
            Promise<Void> ready =
                    object.request(ECHO, PlainFormat.INSTANCE, 0, Hints.NONE).sendStreaming();
            sim.poll();
            assertEquals(
                    "revoked by the target",
                    assertThrows(Failure.class, () -> sim.await(ready)).reason());
            assertEquals(0, membrane.calls());
        }
    }

    @Test
    void a_call_during_whose_copying_the_membrane_is_revoked_does_not_pass() {
        Parts parts = new Parts();
        parts.copying = () -> membrane.revoke(Failure.disconnected("revoked while copying"));
        int[] begun = {0};
        try (Cap object = giving(() -> begun[0]++);
                Answer answer = ask(object, parts)) {
            sim.poll();
            assertEquals(0, begun[0]);
            Promise<Payload> results = answer.results();
            assertEquals(
                    "revoked while copying",
                    assertThrows(Failure.class, () -> sim.await(results)).reason());
        }
        sim.poll();
        assertEquals(0, parts.open);
    }

    @Test
    void reading_in_a_result_that_has_come_copies_nothing() {
        Parts parts = new Parts();
        try (Cap object = giving(() -> {});
                Answer answer = ask(object, parts)) {
            sim.poll();
            for (int i = 0; i < 100; i++) {
                answer.pipeline().cap(Path.ROOT).close();
            }
            assertEquals(0, parts.copies);
        }
        sim.poll();
        assertEquals(0, parts.open);
    }
}

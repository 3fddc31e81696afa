package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What passes a membrane, what does not, and what is left when it is closed. */
class MembraneTest {
    private static final Method ECHO = new Method.Ordinal(1, 0);
    private static final Method SECRET = new Method.Ordinal(1, 1);
    private static final Method CALL = new Method.Ordinal(1, 2);
    private static final Method NEVER = new Method.Ordinal(1, 3);

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
    private final Membrane membrane = new Membrane(sim.loop(), policy);
    private int released;

    /** Gives back what it is given, or calls it. */
    private Target object() {
        return new Target() {
            @Override
            public Promise<Void> handle(dev.capstan.cap.Context context) {
                if (context.method().equals(NEVER)) {
                    context.allowCancellation();
                    return new Completer<Void>(sim.loop()).promise();
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
}

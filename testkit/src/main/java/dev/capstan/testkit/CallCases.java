package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.cap.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Calls, their order and their failures. */
abstract class CallCases {
    private final Scene scene;

    CallCases(Scene scene) {
        this.scene = scene;
    }

    /** R01, C01. */
    @Test
    void a_call_carries_what_it_is_given_and_gives_back_what_it_is_answered() {
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> turn.reply(turn.number() + 1, turn.text().toUpperCase(java.util.Locale.ROOT))));
        try (Result result = stub.call(0, 41, "text").get()) {
            assertEquals(42, result.number());
            assertEquals("TEXT", result.text());
        }
    }

    /** R01, C01: numbers and texts at their edges. */
    @Test
    void every_number_and_every_text_arrives_as_it_is() {
        Stub stub = scene.reach(scene.object().on(0, turn -> turn.reply(turn.number(), turn.text())));
        String large = "grüße, 你好 \uD83D\uDE80 ".repeat(10_000);
        for (String text : List.of("", "x", large)) {
            for (long number : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                try (Result result = stub.call(0, number, text).get()) {
                    assertEquals(number, result.number());
                    assertEquals(text, result.text());
                }
            }
        }
    }

    /** R01, C01; rule 4. */
    @Test
    void a_call_never_begins_inside_the_frame_that_sends_it() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        List<Reply> replies = new ArrayList<>();
        scene.inTurn(() -> {
            replies.add(stub.call(0));
            replies.add(stub.call(0));
            if (scene.way.loop().equals(scene.way.far())) {
                assertEquals(0, object.calls());
            }
        });
        assertEquals(0, replies.get(0).number());
        assertEquals(1, replies.get(1).number());
        assertEquals(2, object.calls());
    }

    /** Rule 1. */
    @Test
    void calls_arrive_in_the_order_in_which_they_were_sent() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            replies.add(stub.call(0, i));
            if (i % 10 == 3) {
                scene.turns();
            }
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(i, replies.get(i).number());
        }
        assertEquals(LongStream.range(0, 100).boxed().toList(), object.seen());
    }

    /** R22, R04. */
    @Test
    void a_call_that_waits_does_not_hold_up_later_ones() {
        Completer<Void> gate = scene.gate();
        TestObject object = scene.object()
                .on(0, turn -> gate.promise().then(x -> turn.reply(1)))
                .on(1, turn -> turn.reply(2));
        Stub stub = scene.reach(object);
        Outcome<Result> waiting = stub.call(0).watch();
        assertEquals(2, stub.call(1).number());
        scene.turns();
        assertFalse(waiting.isSettled());
        Scene.open(gate);
        assertEquals(1, waiting.get().number());
    }

    /** R01: many questions at once. */
    @Test
    void a_thousand_calls_may_be_open_at_once() {
        Completer<Void> gate = scene.gate();
        var opened = gate.promise().fork();
        TestObject object = scene.object().on(0, turn -> opened.branch().then(x -> turn.reply(turn.number())));
        Stub stub = scene.reach(object);
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            replies.add(stub.call(0, i));
        }
        scene.until("all calls", () -> object.calls() == 1000);
        Scene.open(gate);
        for (int i = 0; i < 1000; i++) {
            assertEquals(i, replies.get(i).number());
        }
    }

    /** R01, C01. */
    @Test
    void an_unknown_method_fails_unimplemented_and_harms_nothing_else() {
        Stub stub = scene.reach(scene.object().counting(0));
        Reply before = stub.call(0);
        Reply unknown = stub.call(7);
        Reply after = stub.call(0);
        assertEquals(Failure.Kind.UNIMPLEMENTED, unknown.failure().kind());
        assertEquals(0, before.number());
        assertEquals(1, after.number());
    }

    /** R26. */
    @Test
    void each_kind_of_failure_arrives_with_its_reason() {
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            throw new Failure(Failure.Kind.valueOf(turn.text()), "reason " + turn.text());
        }));
        for (Failure.Kind kind : Failure.Kind.values()) {
            Failure failure = stub.call(0, 0, kind.name()).failure();
            assertEquals(kind, failure.kind());
            assertTrue(failure.reason().endsWith("reason " + kind), failure.reason());
        }
    }

    /** R26: by a promise instead of a throw. */
    @Test
    void a_failure_that_comes_later_arrives_too() {
        Completer<Void> gate = scene.gate();
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            turn.reply(5);
            return gate.promise().then(x -> {
                throw Failure.overloaded("later");
            });
        }));
        Outcome<Result> outcome = stub.call(0).watch();
        scene.turns();
        assertFalse(outcome.isSettled());
        Scene.open(gate);
        assertEquals(Failure.Kind.OVERLOADED, outcome.failure().kind());
    }

    /** R29. */
    @Test
    void the_details_of_a_failure_arrive() {
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            throw Failure.failed("with details")
                    .with(new Failure.Detail(1, new byte[] {'f', 'o', 'o'}))
                    .with(new Failure.Detail(-1, new byte[] {1}));
        }));
        Failure failure = stub.call(0).failure();
        assertArrayEquals(new byte[] {'f', 'o', 'o'}, failure.detail(1).orElseThrow());
        assertArrayEquals(new byte[] {1}, failure.detail(-1).orElseThrow());
    }

    /** R26: what is no Failure. */
    @Test
    void whatever_a_handler_throws_fails_its_own_call() {
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> {
                    throw new IllegalStateException("a bug");
                })
                .on(1, turn -> {
                    throw new StackOverflowError();
                })
                .on(2, turn -> {
                    throw new java.io.IOException("checked");
                })
                .on(3, turn -> turn.reply(3)));
        Failure bug = stub.call(0).failure();
        assertEquals(Failure.Kind.FAILED, bug.kind());
        assertTrue(bug.reason().endsWith("a bug"), bug.reason());
        assertEquals(Failure.Kind.FAILED, stub.call(1).failure().kind());
        assertTrue(stub.call(2).failure().reason().endsWith("checked"));
        assertEquals(3, stub.call(3).number());
    }

    /** House rule: bugs of a handler cost its call, never the loop. */
    @Test
    @SuppressWarnings("NullAway") // the bug
    void a_handler_that_returns_null_fails_its_own_call() {
        Stub stub = scene.reach(scene.object().on(0, turn -> null).on(1, turn -> turn.reply(1)));
        assertEquals(Failure.Kind.FAILED, stub.call(0).failure().kind());
        assertEquals(1, stub.call(1).number());
    }

    /** C01: results that nobody filled are empty. */
    @Test
    void a_call_that_fills_nothing_returns_an_empty_result() {
        Stub stub = scene.reach(scene.object().on(0, turn -> dev.capstan.async.Promise.done()));
        try (Result result = stub.call(0).get()) {
            assertEquals(0, result.number());
            assertEquals("", result.text());
        }
    }

    /** T13: a request is nothing until it is sent. */
    @Test
    void a_request_that_is_given_up_sends_nothing_and_releases_its_capabilities() {
        TestObject object = scene.object().counting(0);
        TestObject param = scene.object();
        Stub stub = scene.reach(object);
        Stub mine = scene.mine(param);
        Prepared prepared = stub.prepare(0, 1, mine);
        mine.close();
        scene.turns();
        assertFalse(param.isReleased());
        prepared.giveUp();
        scene.until("release", param::isReleased);
        assertEquals(0, stub.call(0).number());
        assertEquals(1, object.calls());
    }

    /** House rule 7: one request, one call. */
    @Test
    void a_request_is_sent_once() {
        Stub stub = scene.reach(scene.object().counting(0));
        scene.inTurn(() -> {
            Prepared prepared = stub.prepare(0, 0);
            prepared.send().watch();
            assertThrows(IllegalStateException.class, () -> prepared.raw().send());
            assertThrows(IllegalStateException.class, () -> prepared.raw().sendForPipeline());
        });
        assertEquals(1, stub.call(0).number());
    }
}

package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestTailCallee;
import dev.capstan.capnp.testfixture.TestTailCaller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How long a question is kept. */
class QuestionTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    @Test
    void an_answer_that_the_peer_was_told_about_is_kept_although_nobody_here_waits_for_it() {
        TestMoreStuff.Client stuff = context.moreStuff();
        context.next(stuff);
        context.lane("alice", "bob").block();
        // Bob is given a promise, and will call it because its echo is called.
        QueuedCap promise = context.promise();
        TestCallOrder.Client given = new TestCallOrder.Client(promise.share());
        var first = context.own(stuff.echo(params -> params.setCap(given)));
        var call = context.own(context.own(first.getCap()).getCallSequence(params -> {}));
        // The promise resolves to the result of another call to bob, and alice loses interest in both.
        TestCallOrder.Client order = context.callOrder();
        try (var second = stuff.echo(params -> params.setCap(order));
                TestCallOrder.Client result = second.getCap()) {
            promise.resolve(result.cap().share());
            context.poll();
        }
        given.close();
        promise.close();
        context.poll();
        assertEquals(1, context.count("alice", "bob", Message.Which.RESOLVE));
        context.lane("alice", "bob").unblock();
        assertEquals(0, context.await(call).getN());
    }

    /** Lets its callee answer, whom it tells a text, and counts how often it was told that this has ended. */
    private static final class Tail implements Target {
        private final String text;
        private int ended;

        Tail(String text) {
            this.text = text;
        }

        @Override
        public Promise<Void> handle(Context call) {
            try (TestTailCallee.Client callee = CapnpPayload.of(call.params())
                    .reader()
                    .as(TestTailCaller.FooParams.TYPE)
                    .getCallee()) {
                Request request = callee.cap()
                        .request(
                                new Method.Ordinal(TestTailCallee.INTERFACE_ID, 0),
                                CapnpFormat.INSTANCE,
                                0,
                                Hints.NONE);
                CapnpPayload.of(request.params())
                        .builder()
                        .init(TestTailCallee.FooParams.TYPE)
                        .setT(text);
                request.onEnd(() -> ended++);
                return call.tailCall(request);
            }
        }
    }

    @Test
    void a_tail_call_tells_its_sender_when_its_result_was_taken_over() {
        Tail caller = new Tail("");
        context.vat("carol", builder -> builder.serving(caller));
        TestTailCaller.Client there = context.own(context.alice.bootstrap("carol", TestTailCaller.TYPE));
        Completer<Void> end = new Completer<>(context.sim.loop());
        TestTailCallee.Client callee =
                context.own(TestTailCallee.TYPE.serve(context.sim.loop(), new TestTailCallee.Server() {
                    @Override
                    public Promise<Void> foo(
                            CallContext<TestTailCallee.FooParams.Reader, TestTailCallee.TailResult.Builder> call) {
                        return end.promise();
                    }
                }));
        var answer = context.own(there.foo(params -> params.setCallee(callee)));
        context.lane("alice", "carol").block();
        assertFalse(context.poll(answer));
        assertEquals(0, caller.ended);
        context.lane("alice", "carol").unblock();
        assertFalse(context.poll(answer));
        // The wire tells no more than that: from here on the call is one between the other two.
        assertEquals(1, caller.ended);
        end.complete(Promise.nothing());
        context.await(answer);
        assertEquals(1, caller.ended);
    }

    @Test
    void a_tail_call_that_cannot_be_sent_fails_alone_and_says_why() {
        Tail caller = new Tail("x".repeat(10_000));
        context.vat("carol", builder -> builder.serving(caller).limits(Limits.DEFAULT.withMessageWords(1_000)));
        TestTailCaller.Client there = context.own(context.alice.bootstrap("carol", TestTailCaller.TYPE));
        TestTailCallee.Client callee =
                context.own(TestTailCallee.TYPE.serve(context.sim.loop(), new TestTailCallee.Server() {}));
        for (int i = 1; i <= 2; i++) {
            var answer = context.own(there.foo(params -> params.setCallee(callee)));
            Failure failure = assertThrows(Failure.class, () -> context.await(answer));
            assertTrue(failure.reason().contains("words"), failure::reason);
            assertEquals(i, caller.ended);
        }
    }
}

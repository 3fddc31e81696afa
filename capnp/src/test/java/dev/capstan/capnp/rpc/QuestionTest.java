package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestMoreStuff;
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
}

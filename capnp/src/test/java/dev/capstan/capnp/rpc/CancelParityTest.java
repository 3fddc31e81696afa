package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestTailCallee;
import dev.capstan.capnp.testfixture.TestTailCaller;
import dev.capstan.testkit.Parity;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tail calls and calls that are given up: behaviours that {@code rpc-test.c++} asserts, under its names. */
class CancelParityTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private final Servers servers = context.servers;

    @Test
    @Parity("R06")
    @DisplayName("release capabilities when canceled during return")
    void a_capability_in_a_return_that_crosses_the_finish_is_released() {
        TestMoreStuff.Client client = context.moreStuff();
        context.await(client.cap().settled()).close();
        context.lane("bob", "alice").block();
        var answer = client.getHandle();
        context.poll();
        assertEquals(1, servers.handles);
        answer.close();
        context.poll();
        context.lane("bob", "alice").unblock();
        context.poll();
        assertEquals(0, servers.handles);
    }

    private TestTailCaller.Client tailCaller() {
        return context.own(context.own(context.main().getTestTailCaller()).getCap());
    }

    private TestTailCallee.Client callee(TestTailCallee.Server server) {
        return context.own(TestTailCallee.TYPE.serve(context.sim.loop(), server));
    }

    @Test
    @Parity("R07")
    @DisplayName("tail call")
    void the_result_of_a_tail_call_comes_from_the_callee() {
        TestTailCaller.Client caller = tailCaller();
        Servers.TailCallee mine = servers.new TailCallee();
        TestTailCallee.Client callee = callee(mine);
        var answer = context.own(caller.foo(params -> {
            params.setI(456);
            params.setCallee(callee);
        }));
        Supplier<Long> early = context.sequence(context.own(answer.getC()));
        var response = context.await(answer);
        assertEquals(456, response.getI());
        assertEquals("from TestTailCaller", response.getT());
        Supplier<Long> late = context.sequence(context.own(answer.getC()));
        assertEquals(0, early.get());
        assertEquals(1, late.get());
        assertEquals(2, context.next(context.own(response.getC())));
        assertEquals(1, mine.called);
        assertEquals(1, servers.calls);
        assertTrue(
                context.sent("bob", "alice").stream()
                        .anyMatch(m -> m.isReturn() && m.getReturn().isTakeFromOtherQuestion()),
                "the result did not travel twice");
    }

    /** A callee that never returns and counts how often it was cancelled. */
    private final class Hanging extends Servers.Counted implements TestTailCallee.Server {
        int called;
        int canceled;

        Hanging() {
            servers.super();
        }

        @Override
        public Promise<Void> foo(CallContext<TestTailCallee.FooParams.Reader, TestTailCallee.TailResult.Builder> call) {
            called++;
            Completer<Void> never = new Completer<>(context.sim.loop());
            never.onCancel(() -> canceled++);
            return never.promise();
        }
    }

    @Test
    @Parity("R08")
    @DisplayName("cancel tail call")
    void cancelling_a_call_cancels_its_tail() {
        TestTailCaller.Client caller = tailCaller();
        Hanging hanging = new Hanging();
        TestTailCallee.Client callee = callee(hanging);
        try (var answer = caller.foo(params -> params.setCallee(callee))) {
            assertEquals(0, hanging.called);
            assertFalse(context.poll(answer));
            assertEquals(1, hanging.called);
            assertEquals(0, hanging.canceled);
        }
        context.poll();
        assertEquals(1, hanging.called);
        assertEquals(1, hanging.canceled);
    }

    /** Makes its tail call when the test says so. */
    private final class Racing extends Servers.Counted implements TestTailCaller.Server {
        final Completer<Void> unblock = new Completer<>(context.sim.loop());

        Racing() {
            servers.super();
        }

        @Override
        public Promise<Void> foo(CallContext<TestTailCaller.FooParams.Reader, TestTailCallee.TailResult.Builder> call) {
            return unblock.promise().then(ignored -> Servers.tail(call));
        }
    }

    @Test
    @Parity("R09")
    @DisplayName("tail call cancellation race")
    void a_tail_call_that_begins_in_the_instant_of_its_cancellation_is_cancelled_too() {
        Racing racing = new Racing();
        context.vat("carol", racing);
        TestTailCaller.Client caller = context.alice.bootstrap("carol", TestTailCaller.TYPE);
        Hanging hanging = new Hanging();
        TestTailCallee.Client callee = callee(hanging);
        try (var answer = caller.foo(params -> params.setCallee(callee))) {
            assertFalse(context.poll(answer));
            assertEquals(0, hanging.called);
            // The server goes on and the client gives up, at the same time.
            racing.unblock.complete(Promise.nothing());
        }
        context.poll();
        assertEquals(1, hanging.called);
        assertEquals(1, hanging.canceled);
    }

    @Test
    @Parity("R10")
    @DisplayName("cancellation")
    void cancelling_a_running_call_makes_the_server_drop_its_parameters() {
        TestMoreStuff.Client client = context.moreStuff();
        Servers.Foo object = servers.new Foo();
        boolean[] returned = new boolean[1];
        Promise.Cancelable waiting;
        try (TestInterface.Client cap = TestInterface.TYPE.serve(context.sim.loop(), object)) {
            waiting = client.expectCancel(params -> params.setCap(cap))
                    .map(results -> returned[0] = true)
                    .listen(context.sim.loop(), (value, failure) -> {});
        }
        // No time passes: the call ends by itself after a while, and fails the test then.
        context.poll();
        assertFalse(object.released, "the running call holds the capability");
        waiting.cancel();
        context.poll();
        assertTrue(object.released);
        assertFalse(returned[0]);
    }

    @Test
    @Parity("R13")
    @DisplayName("cancel releases params")
    void cancelling_releases_what_the_parameters_and_the_results_hold() {
        TestMoreStuff.Client client = context.moreStuff();
        Servers.Foo object = servers.new Foo();
        TestInterface.Client cap = TestInterface.TYPE.serve(context.sim.loop(), object);
        try (var answer = client.neverReturn(params -> params.setCap(cap))) {
            cap.close();
            assertEquals(1, context.next(client));
            assertEquals(2, context.next(client));
            assertFalse(object.released);
            assertFalse(context.poll(answer));
        }
        context.poll();
        assertTrue(object.released);
        assertTrue(
                context.sent("bob", "alice").stream()
                        .anyMatch(m -> m.isReturn() && m.getReturn().isCanceled()),
                "the server says that it was cancelled");
        assertEquals(1, context.count("bob", "alice", Message.Which.RELEASE));
    }
}

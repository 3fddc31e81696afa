package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestExtends;
import dev.capstan.capnp.testfixture.TestHandle;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestPipeline;
import dev.capstan.capnp.testfixture.TestTailCallee;
import dev.capstan.capnp.testfixture.TestTailCaller;
import dev.capstan.testkit.Parity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The behaviours that the C++ implementation's {@code rpc-test.c++} asserts, one test for each, under its name. */
class RpcParityTest {
    private TestContext context = new TestContext();

    @AfterEach
    void nothing_is_left() throws Exception {
        context.checkQuiescent();
    }

    private TestMoreStuff.Client moreStuff() {
        return context.own(context.own(context.main().getTestMoreStuff()).getCap());
    }

    private TestCallOrder.Client callOrder() {
        return context.own(TestCallOrder.TYPE.serve(context.sim.loop(), context.servers.new CallOrder()));
    }

    private TestInterface.Client served(TestInterface.Server server) {
        return context.own(TestInterface.TYPE.serve(context.sim.loop(), server));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    @Parity("R01")
    @DisplayName("basics")
    void calls_arrive_and_a_failing_one_leaves_the_connection_usable() {
        TestInterface.Client client = context.main();
        var foo = context.own(client.foo(Servers::fooParams));
        var bar = context.own(client.bar());
        var baz = context.own(client.baz(params -> Servers.fill(params.initS())));
        assertEquals(0, context.servers.calls);
        assertEquals("foo", context.await(foo).getX());
        context.await(baz);
        assertEquals(Failure.Kind.UNIMPLEMENTED, context.failureOf(bar).kind());
        assertEquals(2, context.servers.calls);
    }

    private void checkPipelined(TestInterface.Client cap, Servers.Foo inner, int calls) {
        var foo = context.own(cap.foo(params -> params.setI(321)));
        TestExtends.Client extended =
                context.own(new TestExtends.Client(cap.cap().share()));
        var grault = context.own(extended.grault());
        assertEquals(0, context.servers.calls);
        assertEquals(0, inner.own);
        assertEquals("bar", context.await(foo).getX());
        Servers.check(context.await(grault));
        assertEquals(calls, context.servers.calls);
    }

    @Test
    @Parity("R02")
    @DisplayName("pipelining")
    void calls_on_a_result_that_is_not_there_yet_go_ahead_and_outlive_the_first_promise() {
        TestPipeline.Client client =
                context.own(context.own(context.main().getTestPipeline()).getCap());
        Servers.Foo inner = context.servers.new Foo();
        TestInterface.Client in = served(inner);
        TestInterface.Client cap;
        try (var answer = client.getCap(params -> {
            params.setN(234);
            params.setInCap(in);
        })) {
            cap = context.own(answer.getOutBox().getCap());
        }
        checkPipelined(cap, inner, 3);
        assertEquals(1, inner.own);
    }

    @Test
    @Parity("R03")
    @DisplayName("sendForPipeline()")
    void a_call_made_for_its_pipeline_alone_is_never_returned() {
        TestPipeline.Client client =
                context.own(context.own(context.main().getTestPipeline()).getCap());
        Servers.Foo inner = context.servers.new Foo();
        TestInterface.Client in = served(inner);
        var request = client.getCapRequest();
        request.params().setN(234);
        request.params().setInCap(in);
        TestInterface.Client cap;
        try (var answer = request.sendForPipeline()) {
            cap = context.own(answer.getOutBox().getCap());
        }
        checkPipelined(cap, inner, 3);
        assertEquals(1, inner.own);
        assertTrue(
                context.pipe.right.sent.stream()
                        .map(TestContext::message)
                        .filter(Message.Reader::isReturn)
                        .noneMatch(message -> message.getReturn().getAnswerId() >= 1L << 31),
                "no Return for a pipeline-only question");
    }

    @Test
    @Parity("R04")
    @DisplayName("context.setPipeline")
    void a_server_tells_its_pipeline_without_ever_returning() {
        TestPipeline.Client client =
                context.own(context.own(context.main().getTestPipeline()).getCap());
        var answer = context.own(client.getCapPipelineOnly());
        checkPipelined(context.own(answer.getOutBox().getCap()), context.servers.new Foo(), 3);
        context.servers.live--;
        assertFalse(context.poll(answer));
    }

    @Test
    @Parity("R05")
    @DisplayName("release capability")
    void an_object_lives_until_capability_and_response_are_both_dropped() {
        TestMoreStuff.Client client = moreStuff();
        TestHandle.Client first;
        try (var answer = client.getHandle()) {
            first = context.await(answer).getHandle();
        }
        var second = client.getHandle();
        TestHandle.Client handle = context.await(second).getHandle();
        assertEquals(2, context.servers.handles);
        first.close();
        context.sim.poll();
        assertEquals(1, context.servers.handles);
        handle.close();
        context.sim.poll();
        assertEquals(1, context.servers.handles);
        second.close();
        context.sim.poll();
        assertEquals(0, context.servers.handles);
    }

    @Test
    @Parity("R06")
    @DisplayName("release capabilities when canceled during return")
    void a_capability_in_a_return_that_crosses_the_finish_is_released() {
        TestMoreStuff.Client client = moreStuff();
        context.await(client.cap().settled()).close();
        context.pipe.left.block();
        var answer = client.getHandle();
        context.sim.poll();
        assertEquals(1, context.servers.handles);
        answer.close();
        context.sim.poll();
        context.pipe.left.unblock();
        context.sim.poll();
        assertEquals(0, context.servers.handles);
    }

    @Test
    @Parity("R07")
    @DisplayName("tail call")
    void the_result_of_a_tail_call_comes_from_the_callee() {
        TestTailCaller.Client caller =
                context.own(context.own(context.main().getTestTailCaller()).getCap());
        Servers.TailCallee mine = context.servers.new TailCallee();
        TestTailCallee.Client callee = context.own(TestTailCallee.TYPE.serve(context.sim.loop(), mine));
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
        assertEquals(1, context.servers.calls);
        assertTrue(
                context.pipe.right.sent.stream()
                        .map(TestContext::message)
                        .anyMatch(m -> m.isReturn() && m.getReturn().isTakeFromOtherQuestion()),
                "the result did not travel twice");
    }

    /** A callee that never returns and counts how often it was cancelled. */
    private static final class Hanging implements TestTailCallee.Server {
        private final TestContext context;
        int called;
        int canceled;

        Hanging(TestContext context) {
            this.context = context;
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
        TestTailCaller.Client caller =
                context.own(context.own(context.main().getTestTailCaller()).getCap());
        Hanging hanging = new Hanging(context);
        TestTailCallee.Client callee = context.own(TestTailCallee.TYPE.serve(context.sim.loop(), hanging));
        try (var answer = caller.foo(params -> params.setCallee(callee))) {
            assertEquals(0, hanging.called);
            assertFalse(context.poll(answer));
            assertEquals(1, hanging.called);
            assertEquals(0, hanging.canceled);
        }
        context.sim.poll();
        assertEquals(1, hanging.called);
        assertEquals(1, hanging.canceled);
    }

    @Test
    @Parity("R10")
    @DisplayName("cancellation")
    void cancelling_a_running_call_makes_the_server_drop_its_parameters() {
        TestMoreStuff.Client client = moreStuff();
        TestInterface.Client cap = served(context.servers.new Foo());
        int before = context.servers.live;
        boolean[] returned = new boolean[1];
        var answer = client.expectCancel(params -> params.setCap(cap));
        cap.close();
        Promise<Void> then = answer.map(results -> {
            returned[0] = true;
            return Promise.nothing();
        });
        Promise.Cancelable waiting = then.listen(context.sim.loop(), (value, failure) -> {});
        context.sim.poll();
        assertEquals(
                before + 1,
                context.servers.live,
                "the capability in the parameters lives, and the object that serves the call");
        waiting.cancel();
        context.sim.poll();
        // The object that serves the call stays; the capability in the parameters is gone.
        assertEquals(before, context.servers.live);
        assertFalse(returned[0]);
    }

    @Test
    @Parity("R11")
    @DisplayName("resolve promise")
    void a_promise_in_the_parameters_is_called_before_and_after_it_resolves() {
        TestMoreStuff.Client client = moreStuff();
        Servers.Foo target = context.servers.new Foo();
        QueuedCap promise = new QueuedCap(context.sim.loop());
        TestInterface.Client cap = context.own(new TestInterface.Client(promise));
        var now = context.own(client.callFoo(params -> params.setCap(cap)));
        var later = context.own(client.callFooWhenResolved(params -> params.setCap(cap)));
        assertEquals(2, context.next(client));
        assertEquals(3, context.servers.calls);
        promise.resolve(served(target).cap().share());
        assertEquals("bar", context.await(now).getS());
        assertEquals("bar", context.await(later).getS());
        assertEquals(3, context.servers.calls);
        assertEquals(2, target.own);
    }

    @Test
    @Parity("R12")
    @DisplayName("retain and release")
    void a_held_capability_comes_back_as_the_original_object() {
        TestMoreStuff.Client client = moreStuff();
        Servers.Foo target = context.servers.new Foo();
        try (TestInterface.Client cap = served(target);
                var hold = client.hold(params -> params.setCap(cap))) {
            context.await(hold);
        }
        int before = context.servers.live;
        assertEquals(1, context.next(client));
        try (var called = client.callHeld(params -> {})) {
            assertEquals("bar", context.await(called).getS());
        }
        try (var held = client.getHeld();
                TestInterface.Client copy = context.await(held).getCap()) {
            int sent = context.pipe.left.sent.size();
            try (var foo = copy.foo(Servers::fooParams)) {
                assertEquals("foo", context.await(foo).getX());
            }
            assertEquals(sent, context.pipe.left.sent.size());
            try (var foo = client.callFoo(params -> params.setCap(copy))) {
                assertEquals("bar", context.await(foo).getS());
            }
        }
        assertEquals(5, context.next(client));
        assertEquals(6, context.next(client));
        assertEquals(7, context.next(client));
        assertEquals(before, context.servers.live, "what is held lives on");
        assertEquals(3, target.own);
    }

    @Test
    @Parity("R13")
    @DisplayName("cancel releases params")
    void cancelling_releases_what_the_parameters_and_the_results_hold() {
        TestMoreStuff.Client client = moreStuff();
        TestInterface.Client cap = served(context.servers.new Foo());
        try (var answer = client.neverReturn(params -> params.setCap(cap))) {
            cap.close();
            assertEquals(1, context.next(client));
            assertEquals(2, context.next(client));
            assertEquals(3, context.servers.live, "main object, the one that never returns, and its parameter");
            assertFalse(context.poll(answer));
        }
        context.sim.poll();
        assertEquals(2, context.servers.live);
    }

    @Test
    @Parity("R14")
    @DisplayName("send same cap twice")
    void a_capability_is_sent_again_after_its_export_was_released() {
        TestMoreStuff.Client client = moreStuff();
        Servers.Foo target = context.servers.new Foo();
        TestInterface.Client cap = served(target);
        try (var once = client.callFoo(params -> params.setCap(cap))) {
            assertEquals("bar", context.await(once).getS());
        }
        assertEquals(1, context.next(client));
        assertEquals(0, context.alice.tables().exports());
        var first = context.own(client.callFoo(params -> params.setCap(cap)));
        var second = context.own(client.callFoo(params -> params.setCap(cap)));
        assertEquals(1, context.alice.tables().exports());
        cap.close();
        assertEquals("bar", context.await(first).getS());
        assertEquals("bar", context.await(second).getS());
        assertEquals(3, target.own);
    }

    @Test
    @Parity("R15")
    @DisplayName("embargo")
    void calls_keep_their_order_when_a_reference_turns_out_to_be_local() {
        TestMoreStuff.Client client = moreStuff();
        TestCallOrder.Client cap = callOrder();
        Supplier<Long> early = context.sequence(client);
        var echo = context.own(client.echo(params -> params.setCap(cap)));
        TestCallOrder.Client pipeline = context.own(echo.getCap());
        List<Supplier<Long>> numbers = new ArrayList<>();
        numbers.add(context.sequence(pipeline));
        numbers.add(context.sequence(pipeline));
        assertEquals(0, early.get());
        numbers.add(context.sequence(pipeline));
        context.own(context.await(echo).getCap());
        for (int i = 0; i < 3; i++) {
            numbers.add(context.sequence(pipeline));
        }
        assertNumbered(numbers);
        assertEquals(1, TestContext.count(context.pipe.left.sent, Message.Which.DISEMBARGO));
        assertEquals(1, TestContext.count(context.pipe.right.sent, Message.Which.DISEMBARGO));
    }

    private static void assertNumbered(List<Supplier<Long>> numbers) {
        for (int i = 0; i < numbers.size(); i++) {
            assertEquals(i, numbers.get(i).get());
        }
    }

    /** Its first echo returns a promise that the test resolves; later ones return what they are given. */
    private static final class PromiseEchoer implements TestMoreStuff.Server {
        private TestCallOrder.@Nullable Client kept;
        private @Nullable QueuedCap promise;

        void start(TestContext context) {
            promise = new QueuedCap(context.sim.loop());
        }

        @Override
        public Promise<Void> echo(
                CallContext<TestMoreStuff.EchoParams.Reader, TestMoreStuff.EchoResults.Builder> call) {
            if (kept == null) {
                kept = call.params().getCap();
                call.results().setCap(new TestCallOrder.Client(Objects.requireNonNull(promise)));
            } else {
                try (TestCallOrder.Client cap = call.params().getCap()) {
                    call.results().setCap(cap);
                }
            }
            return Promise.done();
        }

        void fulfill() {
            TestCallOrder.Client target = Objects.requireNonNull(kept);
            Objects.requireNonNull(promise).resolve(target.cap().share());
            Objects.requireNonNull(promise).close();
            target.close();
        }
    }

    @Test
    @Parity("R19")
    @DisplayName("RequireEmbargoWrapper has its intended effect (RECEIVER_HOSTED)")
    void a_promise_that_comes_back_as_our_own_export_is_embargoed() throws Exception {
        context.checkQuiescent();
        PromiseEchoer echoer = new PromiseEchoer();
        context = new TestContext(echoer);
        echoer.start(context);
        TestMoreStuff.Client client = context.own(context.alice.bootstrap(TestMoreStuff.TYPE));
        TestCallOrder.Client cap = callOrder();
        // Bob answers with a promise, which alice imports.
        var first = context.own(client.echo(params -> params.setCap(cap)));
        TestCallOrder.Client promise = context.own(context.await(first).getCap());
        context.sim.poll();
        // Bob's promise turns out to be alice's own object, but alice does not hear of it yet, ...
        context.pipe.left.block();
        echoer.fulfill();
        context.sim.poll();
        // ... and sends the promise back to bob, to get it in an answer.
        var second = context.own(client.echo(params -> params.setCap(promise)));
        TestCallOrder.Client pipeline = context.own(second.getCap());
        Supplier<Long> call0 = context.sequence(pipeline);
        context.sim.poll();
        // The Resolve and the answer arrive; the call itself is still on its way back from bob.
        context.pipe.left.blockAfter(frame -> TestContext.message(frame).isReturn()
                && TestContext.message(frame).getReturn().isResults());
        context.pipe.left.unblockUntil();
        context.sim.poll();
        Supplier<Long> call1 = context.sequence(pipeline);
        context.sim.poll();
        context.pipe.left.unblock();
        assertEquals(0, call0.get());
        assertEquals(1, call1.get());
        assertEquals(2, context.next(pipeline));
        assertEquals(3, context.next(promise));
    }

    @Test
    @Parity("R20")
    @DisplayName("embargo error")
    void calls_on_a_promise_that_fails_all_fail_and_the_connection_survives() {
        TestMoreStuff.Client client = moreStuff();
        QueuedCap promise = new QueuedCap(context.sim.loop());
        TestCallOrder.Client cap = context.own(new TestCallOrder.Client(promise));
        Supplier<Long> early = context.sequence(client);
        var echo = context.own(client.echo(params -> params.setCap(cap)));
        TestCallOrder.Client pipeline = context.own(echo.getCap());
        List<Promise<?>> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calls.add(context.own(pipeline.getCallSequence(params -> {})));
        }
        assertEquals(0, early.get());
        calls.add(context.own(pipeline.getCallSequence(params -> {})));
        TestCallOrder.Client resolved = context.own(context.await(echo).getCap());
        assertFalse(resolved.cap().innermost() instanceof dev.capstan.cap.BrokenCap);
        for (int i = 0; i < 3; i++) {
            calls.add(context.own(pipeline.getCallSequence(params -> {})));
        }
        promise.fail(Failure.failed("foo"));
        for (Promise<?> call : calls) {
            assertTrue(context.failureOf(call).reason().contains("foo"));
        }
        context.next(client);
    }

    @Test
    @Parity("R21")
    @DisplayName("don't embargo null capability")
    void a_null_capability_is_not_embargoed() {
        TestMoreStuff.Client client = moreStuff();
        var answer = context.own(client.getNull());
        TestMoreStuff.Client pipeline = context.own(answer.getNullCap());
        var call0 = context.own(pipeline.getCallSequence(params -> {}));
        context.await(answer);
        var call1 = context.own(pipeline.getCallSequence(params -> {}));
        context.failureOf(call0);
        context.failureOf(call1);
        context.next(client);
        assertEquals(0, TestContext.count(context.pipe.left.sent, Message.Which.DISEMBARGO));
    }

    @Test
    @Parity("R22")
    @DisplayName("call promise that later rejects")
    void a_call_on_a_promise_waits_and_fails_with_it() {
        TestMoreStuff.Client client = moreStuff();
        QueuedCap promise = new QueuedCap(context.sim.loop());
        TestInterface.Client cap = context.own(new TestInterface.Client(promise));
        var call = context.own(client.callFoo(params -> params.setCap(cap)));
        assertFalse(context.poll(call));
        promise.fail(Failure.failed("foo"));
        assertTrue(context.failureOf(call).reason().contains("foo"));
        context.next(client);
    }

    @Test
    @Parity("R23")
    @DisplayName("abort")
    void a_return_for_no_question_ends_the_connection() {
        context.main();
        context.sim.poll();
        OutgoingMessage bogus = new OutgoingMessage(0);
        var ret = bogus.root().initReturn();
        ret.setAnswerId(1234);
        ret.setCanceled();
        bogus.send(context.alice);
        int before = context.pipe.right.sent.size();
        context.sim.poll();
        assertFalse(context.bob.isUp());
        assertEquals(before + 1, context.pipe.right.sent.size());
        assertTrue(TestContext.message(context.pipe.right.sent.getLast()).isAbort());
        assertFalse(context.alice.isUp());
        assertEquals(
                Failure.Kind.DISCONNECTED,
                context.failureOf(context.alice.onDisconnect()).kind());
    }

    @Test
    @Parity("R26")
    @DisplayName("method throws exception")
    void a_failure_arrives_with_its_reason_and_kind() {
        Failure failure = context.failureOf(context.own(moreStuff().throwException()));
        assertEquals("remote exception: test exception", failure.reason());
        assertEquals(Failure.Kind.FAILED, failure.kind());
        assertNull(failure.trace());
    }

    @Test
    @Parity("R27")
    @DisplayName("method throws exception won't redundantly add remote exception prefix")
    void the_prefix_of_a_remote_failure_is_not_repeated() {
        Failure failure = context.failureOf(context.own(moreStuff().throwRemoteException()));
        assertEquals("remote exception: test exception", failure.reason());
        assertNull(failure.trace());
    }

    @Test
    @Parity("R29")
    @DisplayName("method throws exception with detail")
    void details_of_a_failure_survive_the_wire() {
        Failure failure = context.failureOf(context.own(moreStuff().throwExceptionWithDetail()));
        assertEquals("foo", text(failure.detail(1).orElseThrow()));
    }

    @Test
    @Parity("R30")
    @DisplayName("disconnection exception retains details")
    void a_lost_connection_keeps_the_details_of_its_cause() {
        TestMoreStuff.Client client = moreStuff();
        var call = context.own(client.getHandle());
        context.alice.disconnect(
                Failure.failed("cut").with(new Failure.Detail(1, "foo".getBytes(StandardCharsets.UTF_8))));
        Failure failure = context.failureOf(call);
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertArrayEquals(
                "foo".getBytes(StandardCharsets.UTF_8), failure.detail(1).orElseThrow());
    }

    private CapDescriptor.Reader onlyCap(byte[] frame) {
        Message.Reader message = TestContext.message(frame);
        assertTrue(message.isCall());
        var caps = message.getCall().getParams().getCapTable();
        assertEquals(1, caps.size());
        return caps.get(0);
    }

    @Test
    @Parity("R31")
    @DisplayName("when OutgoingRpcMessage::send() throws, we don't leak exports")
    void a_call_that_cannot_be_sent_leaves_no_export_behind() {
        TestMoreStuff.Client client = moreStuff();
        context.await(client.cap().settled()).close();
        List<Long> exported = new ArrayList<>();
        boolean[] fail = {true};
        List<QueuedCap> promises = new ArrayList<>();
        context.pipe.left.onSend = frame -> {
            if (TestContext.message(frame).isCall()) {
                CapDescriptor.Reader cap = onlyCap(frame);
                assertTrue(cap.isSenderPromise());
                exported.add(cap.getSenderPromise());
                if (fail[0]) {
                    throw Failure.failed("intentional");
                }
            }
        };
        for (int i = 0; i < 2; i++) {
            TestInterface.Client promise = context.own(promise(promises));
            var call = context.own(client.callFoo(params -> params.setCap(promise)));
            assertEquals("intentional", context.failureOf(call).reason());
        }
        assertEquals(List.of(0L, 0L), exported);
        fail[0] = false;
        TestInterface.Client promise = context.own(promise(promises));
        try (var call = client.callFoo(params -> params.setCap(promise))) {
            assertFalse(context.poll(call));
        }
        assertEquals(List.of(0L, 0L, 0L), exported);
        QueuedCap other = new QueuedCap(context.sim.loop());
        TestInterface.Client second = context.own(new TestInterface.Client(other));
        var call = context.own(client.callFoo(params -> params.setCap(second)));
        assertFalse(context.poll(call));
        assertEquals(1L, exported.getLast());
        context.pipe.left.onSend = frame -> {};
        other.fail(Failure.failed("enough"));
        context.failureOf(call);
        promises.forEach(cap -> cap.fail(Failure.failed("enough")));
    }

    private TestInterface.Client promise(List<QueuedCap> promises) {
        QueuedCap cap = new QueuedCap(context.sim.loop());
        promises.add(cap);
        return new TestInterface.Client(cap);
    }

    @Test
    @Parity("R32")
    @DisplayName("export the same promise twice")
    void a_capability_has_one_export_id_however_often_it_is_sent() {
        TestMoreStuff.Client client = moreStuff();
        context.await(client.cap().settled()).close();
        QueuedCap first = new QueuedCap(context.sim.loop());
        QueuedCap second = new QueuedCap(context.sim.loop());
        TestInterface.Client promise1 = context.own(new TestInterface.Client(first));
        TestInterface.Client promise2 = context.own(new TestInterface.Client(second));
        TestInterface.Client settled1 = served(context.servers.new Foo());
        TestInterface.Client settled2 = served(context.servers.new Foo());
        List<String> exported = new ArrayList<>();
        context.pipe.left.onSend = frame -> {
            if (TestContext.message(frame).isCall()) {
                CapDescriptor.Reader cap = onlyCap(frame);
                exported.add(
                        cap.isSenderPromise()
                                ? "promise " + cap.getSenderPromise()
                                : "hosted " + cap.getSenderHosted());
            }
        };
        for (TestInterface.Client cap : List.of(promise1, promise1, promise2, settled1, settled1, settled2)) {
            context.own(client.callFoo(params -> params.setCap(cap)));
        }
        assertEquals(List.of("promise 0", "promise 0", "promise 1", "hosted 2", "hosted 2", "hosted 3"), exported);
        context.pipe.left.onSend = frame -> {};
        first.fail(Failure.failed("done"));
        second.fail(Failure.failed("done"));
        assertSame(second, promise2.cap());
    }
}

package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.stream.StreamResult;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestExtends;
import dev.capstan.capnp.testfixture.TestHandle;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestPipeline;
import dev.capstan.capnp.testfixture.TestStreaming;
import dev.capstan.capnp.testfixture.TestTailCallee;
import dev.capstan.capnp.testfixture.TestTailCaller;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The objects of the parity tests, with the semantics of the C++ fixture, and what they count. */
final class Servers {
    private final Loop loop;
    /** Objects that were made and not released. */
    private final List<Counted> live = new ArrayList<>();
    /** Calls to the main object and those that it gives away. */
    int calls;
    /** Handles that are referred to. */
    int handles;

    Servers(Loop loop) {
        this.loop = loop;
    }

    /** Objects that somebody refers to, or that nobody has ever referred to. */
    List<Counted> live() {
        return List.copyOf(live);
    }

    /** Base of all objects: tests look at their end whether any is left. */
    class Counted {
        boolean released;

        Counted() {
            live.add(this);
        }

        public void released() {
            if (released) {
                throw new AssertionError(this + " was released twice");
            }
            released = true;
            live.remove(this);
        }

        @Override
        public String toString() {
            return getClass().getSimpleName();
        }
    }

    /** {@code TestInterface}; counts in {@link #calls} unless it is told to count by itself. */
    class Foo extends Counted implements TestInterface.Server {
        int own;

        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            var params = call.params();
            if (params.getExpectedCallCount() >= 0) {
                assertEquals(params.getExpectedCallCount(), own);
            }
            own++;
            assertEquals(123, params.getI());
            assertTrue(params.getJ());
            call.results().setX("foo");
            return Promise.done();
        }

        @Override
        public Promise<Void> baz(CallContext<TestInterface.BazParams.Reader, TestInterface.BazResults.Builder> call) {
            own++;
            StandardContent.check(call.params().getS());
            call.releaseParams();
            assertThrows(IllegalStateException.class, call::params);
            return Promise.done();
        }
    }

    /** The bootstrap object. */
    final class Main extends Foo {
        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            calls++;
            return super.foo(call);
        }

        @Override
        public Promise<Void> baz(CallContext<TestInterface.BazParams.Reader, TestInterface.BazResults.Builder> call) {
            calls++;
            return super.baz(call);
        }

        @Override
        public Promise<Void> getTestPipeline(
                CallContext<TestInterface.GetTestPipelineParams.Reader, TestInterface.GetTestPipelineResults.Builder>
                        call) {
            call.results().setCap(new Pipelined());
            return Promise.done();
        }

        @Override
        public Promise<Void> getTestTailCallee(
                CallContext<
                                TestInterface.GetTestTailCalleeParams.Reader,
                                TestInterface.GetTestTailCalleeResults.Builder>
                        call) {
            call.results().setCap(new TailCallee());
            return Promise.done();
        }

        @Override
        public Promise<Void> getTestTailCaller(
                CallContext<
                                TestInterface.GetTestTailCallerParams.Reader,
                                TestInterface.GetTestTailCallerResults.Builder>
                        call) {
            call.results().setCap(new TailCaller());
            return Promise.done();
        }

        @Override
        public Promise<Void> getTestMoreStuff(
                CallContext<TestInterface.GetTestMoreStuffParams.Reader, TestInterface.GetTestMoreStuffResults.Builder>
                        call) {
            call.results().setCap(new MoreStuff());
            return Promise.done();
        }
    }

    final class Extends extends Counted implements TestExtends.Server {
        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            calls++;
            assertEquals(321, call.params().getI());
            assertEquals(false, call.params().getJ());
            call.results().setX("bar");
            return Promise.done();
        }

        @Override
        public Promise<Void> grault(CallContext<TestExtends.GraultParams.Reader, TestAllTypes.Builder> call) {
            calls++;
            StandardContent.fill(call.results());
            return Promise.done();
        }
    }

    final class Pipelined extends Counted implements TestPipeline.Server {
        @Override
        public Promise<Void> getCap(
                CallContext<TestPipeline.GetCapParams.Reader, TestPipeline.GetCapResults.Builder> call) {
            calls++;
            assertEquals(234, call.params().getN());
            TestInterface.Client cap = call.params().getInCap();
            call.releaseParams();
            return cap.foo(Servers::fooParams)
                    .<Void>then(foo -> {
                        assertEquals("foo", foo.getX());
                        call.results().setS("bar");
                        call.results().initOutBox().setCap(new Extends());
                        return Promise.done();
                    })
                    .attach(cap);
        }

        @Override
        public Promise<Void> getCapPipelineOnly(
                CallContext<
                                TestPipeline.GetCapPipelineOnlyParams.Reader,
                                TestPipeline.GetCapPipelineOnlyResults.Builder>
                        call) {
            calls++;
            call.allowCancellation();
            call.setPipeline(results -> results.initOutBox().setCap(new Extends()));
            return new Completer<Void>(loop).promise();
        }
    }

    static void fooParams(TestInterface.FooParams.Builder params) {
        params.setI(123);
        params.setJ(true);
    }

    final class CallOrder extends Counted implements TestCallOrder.Server {
        long count;

        @Override
        public Promise<Void> getCallSequence(
                CallContext<TestCallOrder.GetCallSequenceParams.Reader, TestCallOrder.GetCallSequenceResults.Builder>
                        call) {
            call.results().setN(count++);
            return Promise.done();
        }
    }

    final class TailCallee extends Counted implements TestTailCallee.Server {
        int called;

        @Override
        public Promise<Void> foo(CallContext<TestTailCallee.FooParams.Reader, TestTailCallee.TailResult.Builder> call) {
            called++;
            var results = call.results();
            results.setI(call.params().getI());
            results.setT(call.params().getT());
            results.setC(new CallOrder());
            return Promise.done();
        }
    }

    final class TailCaller extends Counted implements TestTailCaller.Server {
        @Override
        public Promise<Void> foo(CallContext<TestTailCaller.FooParams.Reader, TestTailCallee.TailResult.Builder> call) {
            calls++;
            return tail(call);
        }
    }

    static Promise<Void> tail(CallContext<TestTailCaller.FooParams.Reader, TestTailCallee.TailResult.Builder> call) {
        try (TestTailCallee.Client callee = call.params().getCallee()) {
            var request = callee.fooRequest();
            request.params().setI(call.params().getI());
            request.params().setT("from TestTailCaller");
            return call.tailCall(request);
        }
    }

    final class Handle extends Counted implements TestHandle.Server {
        Handle() {
            handles++;
        }

        @Override
        public void released() {
            super.released();
            handles--;
        }
    }

    final class MoreStuff extends Counted implements TestMoreStuff.Server {
        private TestInterface.@Nullable Client held;
        private long sequence;

        @Override
        public void released() {
            super.released();
            if (held != null) {
                held.close();
            }
        }

        @Override
        public Promise<Void> getCallSequence(
                CallContext<TestCallOrder.GetCallSequenceParams.Reader, TestCallOrder.GetCallSequenceResults.Builder>
                        call) {
            call.results().setN(sequence++);
            calls++;
            return Promise.done();
        }

        @Override
        public Promise<Void> callFoo(
                CallContext<TestMoreStuff.CallFooParams.Reader, TestMoreStuff.CallFooResults.Builder> call) {
            sequence++;
            calls++;
            TestInterface.Client cap = call.params().getCap();
            return cap.foo(Servers::fooParams)
                    .<Void>then(foo -> {
                        assertEquals("foo", foo.getX());
                        call.results().setS("bar");
                        return Promise.done();
                    })
                    .attach(cap);
        }

        @Override
        public Promise<Void> callFooWhenResolved(
                CallContext<
                                TestMoreStuff.CallFooWhenResolvedParams.Reader,
                                TestMoreStuff.CallFooWhenResolvedResults.Builder>
                        call) {
            sequence++;
            calls++;
            TestInterface.Client cap = call.params().getCap();
            return cap.cap()
                    .settled()
                    .<Void>then(settled -> {
                        TestInterface.Client target = new TestInterface.Client(settled);
                        return target.foo(Servers::fooParams)
                                .<Void>then(foo -> {
                                    call.results().setS("bar");
                                    return Promise.done();
                                })
                                .attach(target);
                    })
                    .attach(cap);
        }

        @Override
        public Promise<Void> neverReturn(
                CallContext<TestMoreStuff.NeverReturnParams.Reader, TestMoreStuff.NeverReturnResults.Builder> call) {
            sequence++;
            calls++;
            TestInterface.Client cap = call.params().getCap();
            call.results().setCapCopy(cap);
            call.releaseParams();
            return new Completer<Void>(loop).promise().attach(cap);
        }

        @Override
        public Promise<Void> hold(
                CallContext<TestMoreStuff.HoldParams.Reader, TestMoreStuff.HoldResults.Builder> call) {
            sequence++;
            calls++;
            held = call.params().getCap();
            return Promise.done();
        }

        @Override
        public Promise<Void> callHeld(
                CallContext<TestMoreStuff.CallHeldParams.Reader, TestMoreStuff.CallHeldResults.Builder> call) {
            sequence++;
            calls++;
            return held().foo(Servers::fooParams).then(foo -> {
                call.results().setS("bar");
                return Promise.done();
            });
        }

        @Override
        public Promise<Void> getHeld(
                CallContext<TestMoreStuff.GetHeldParams.Reader, TestMoreStuff.GetHeldResults.Builder> call) {
            sequence++;
            calls++;
            call.results().setCap(held());
            return Promise.done();
        }

        private TestInterface.Client held() {
            TestInterface.Client cap = held;
            if (cap == null) {
                throw Failure.failed("nothing is held");
            }
            return cap;
        }

        @Override
        public Promise<Void> echo(
                CallContext<TestMoreStuff.EchoParams.Reader, TestMoreStuff.EchoResults.Builder> call) {
            sequence++;
            calls++;
            try (TestCallOrder.Client cap = call.params().getCap()) {
                call.results().setCap(cap);
            }
            return Promise.done();
        }

        @Override
        public Promise<Void> expectCancel(
                CallContext<TestMoreStuff.ExpectCancelParams.Reader, TestMoreStuff.ExpectCancelResults.Builder> call) {
            sequence++;
            calls++;
            TestInterface.Client cap = call.params().getCap();
            call.releaseParams();
            return turns(100).attach(cap);
        }

        private Promise<Void> turns(int left) {
            if (left == 0) {
                throw new AssertionError("the call should have been cancelled long ago");
            }
            return loop.timer().after(Duration.ofMillis(1)).then(ignored -> turns(left - 1));
        }

        @Override
        public Promise<Void> getHandle(
                CallContext<TestMoreStuff.GetHandleParams.Reader, TestMoreStuff.GetHandleResults.Builder> call) {
            sequence++;
            calls++;
            call.results().setHandle(new Handle());
            return Promise.done();
        }

        @Override
        public Promise<Void> getNull(
                CallContext<TestMoreStuff.GetNullParams.Reader, TestMoreStuff.GetNullResults.Builder> call) {
            sequence++;
            calls++;
            call.results();
            return Promise.done();
        }

        @Override
        public Promise<Void> getEnormousString(
                CallContext<
                                TestMoreStuff.GetEnormousStringParams.Reader,
                                TestMoreStuff.GetEnormousStringResults.Builder>
                        call) {
            call.results().setStr("x".repeat(100_000_000));
            return Promise.done();
        }

        @Override
        public Promise<Void> throwException(
                CallContext<TestMoreStuff.ThrowExceptionParams.Reader, TestMoreStuff.ThrowExceptionResults.Builder>
                        call) {
            throw Failure.failed("test exception");
        }

        @Override
        public Promise<Void> throwRemoteException(
                CallContext<
                                TestMoreStuff.ThrowRemoteExceptionParams.Reader,
                                TestMoreStuff.ThrowRemoteExceptionResults.Builder>
                        call) {
            throw Failure.failed("remote exception: test exception");
        }

        @Override
        public Promise<Void> throwExceptionWithDetail(
                CallContext<
                                TestMoreStuff.ThrowExceptionWithDetailParams.Reader,
                                TestMoreStuff.ThrowExceptionWithDetailResults.Builder>
                        call) {
            throw Failure.failed("test exception").with(new Failure.Detail(1, StandardContent.bytes("foo")));
        }
    }

    /** {@code TestStreaming} whose calls end when the test says so. */
    final class Streaming extends Counted implements TestStreaming.Server {
        long totalI;
        long totalJ;
        int running;
        boolean throwNext;
        final ArrayDeque<Completer<Void>> open = new ArrayDeque<>();

        @Override
        public Promise<Void> doStreamI(CallContext<TestStreaming.DoStreamIParams.Reader, StreamResult.Builder> call) {
            totalI += call.params().getI();
            return step();
        }

        @Override
        public Promise<Void> doStreamJ(CallContext<TestStreaming.DoStreamJParams.Reader, StreamResult.Builder> call) {
            totalJ += call.params().getJ();
            return step();
        }

        private Promise<Void> step() {
            if (throwNext) {
                throw Failure.failed("throw requested");
            }
            running++;
            assertEquals(1, running, "one streaming call at a time");
            Completer<Void> step = new Completer<>(loop);
            open.add(step);
            return step.promise();
        }

        void finishOne() {
            running--;
            open.remove().complete(Promise.nothing());
        }

        @Override
        public Promise<Void> finishStream(
                CallContext<TestStreaming.FinishStreamParams.Reader, TestStreaming.FinishStreamResults.Builder> call) {
            call.results().setTotalI(totalI);
            call.results().setTotalJ(totalJ);
            return Promise.done();
        }
    }
}

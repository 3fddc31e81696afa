package dev.capstan.interop;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.examples.calculator.Function;
import dev.capstan.interop.schema.Callback;
import dev.capstan.interop.schema.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Objects of a client, which a server calls. Their fields are for the loop's thread, but for those that say otherwise. */
final class ClientObjects {
    private ClientObjects() {}

    /** Answers n + 1 and remembers in which order it was called. */
    static final class Recorder implements Callback.Server {
        final List<Long> calls = new ArrayList<>();

        @Override
        public Promise<Void> call(CallContext<Callback.CallParams.Reader, Callback.CallResults.Builder> context) {
            long n = context.params().getN();
            calls.add(n);
            context.results().setM(n + 1);
            return Promise.done();
        }
    }

    static final class Busy implements Callback.Server {
        @Override
        public Promise<Void> call(CallContext<Callback.CallParams.Reader, Callback.CallResults.Builder> context) {
            throw Failure.overloaded("the client's callback is busy");
        }
    }

    /** Never answers. May be asked from any thread. */
    static final class Pending implements Callback.Server {
        final CountDownLatch called = new CountDownLatch(1);
        final CountDownLatch cancelled = new CountDownLatch(1);

        @Override
        public Promise<Void> call(CallContext<Callback.CallParams.Reader, Callback.CallResults.Builder> context) {
            context.allowCancellation();
            Completer<Void> never = new Completer<>(context.loop());
            never.onCancel(cancelled::countDown);
            called.countDown();
            return never.promise();
        }
    }

    /** Tells, from any thread, when nobody holds it any more. */
    static final class OwnToken implements Token.Server {
        final CountDownLatch released = new CountDownLatch(1);
        private final long number;

        OwnToken(long number) {
            this.number = number;
        }

        boolean isLive() {
            return released.getCount() > 0;
        }

        @Override
        public Promise<Void> id(CallContext<Token.IdParams.Reader, Token.IdResults.Builder> context) {
            context.results().setId(number);
            return Promise.done();
        }

        @Override
        public void released() {
            released.countDown();
        }
    }

    /** A function of two arguments. May be asked from any thread. */
    static final class Power implements Function.Server {
        final CountDownLatch released = new CountDownLatch(1);
        private volatile int calls;

        int calls() {
            return calls;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // The loop's thread alone writes it.
        public Promise<Void> call(CallContext<Function.CallParams.Reader, Function.CallResults.Builder> context) {
            calls++;
            var arguments = context.params().getArguments();
            context.results().setNumber(Math.pow(arguments.at(0), arguments.at(1)));
            return Promise.done();
        }

        @Override
        public void released() {
            released.countDown();
        }
    }

    static final class BusyFunction implements Function.Server {
        @Override
        public Promise<Void> call(CallContext<Function.CallParams.Reader, Function.CallResults.Builder> context) {
            throw Failure.overloaded("the client's function is busy");
        }
    }
}

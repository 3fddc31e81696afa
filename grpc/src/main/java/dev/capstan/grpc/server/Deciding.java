package dev.capstan.grpc.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An {@link AsyncInterceptor} as grpc-java has interceptors. */
final class Deciding implements ServerInterceptor {
    private final Loop loop;
    private final AsyncInterceptor by;
    private final Supplier<Executor> executors;

    /** {@code executors} makes for each call what its handler is run by. */
    Deciding(Loop loop, AsyncInterceptor by, Supplier<Executor> executors) {
        this.loop = loop;
        this.by = by;
        this.executors = executors;
    }

    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
        Undecided<Q, S> undecided = new Undecided<>(new Closing<>(call), headers, next, executors.get());
        undecided.begin(loop, by);
        return undecided;
    }

    /** Knows whether it was closed. */
    private static final class Closing<Q, S> extends SimpleForwardingServerCall<Q, S> {
        private volatile boolean closed;

        Closing(ServerCall<Q, S> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            closed = true;
            super.close(status, trailers);
        }

        void fail(Throwable thrown) {
            if (!closed) {
                ToldFailures.Told told = ToldFailures.of(getMethodDescriptor(), thrown);
                close(told.status(), told.trailers());
            }
        }
    }

    /**
     * One call. What its listener is told before the decision waits until the handler has begun and has heard what was told before; then it goes straight on. The handler begins where its
     * callbacks are run, which may be another thread than the one that tells meanwhile.
     */
    private static final class Undecided<Q, S> extends ServerCall.Listener<Q> {
        private final Closing<Q, S> call;
        private final Metadata headers;
        private final ServerCallHandler<Q, S> next;
        private final Executor executor;

        @GuardedBy("this")
        private final Queue<Consumer<ServerCall.Listener<Q>>> waiting = new ArrayDeque<>();

        @GuardedBy("this")
        private ServerCall.@Nullable Listener<Q> handler;

        /** The call is over, and its handler is not to begin any more. */
        @GuardedBy("this")
        private boolean over;

        @GuardedBy("this")
        private boolean begun;

        private final Signal cancelled = new Signal();

        Undecided(Closing<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next, Executor executor) {
            this.call = call;
            this.headers = headers;
            this.next = next;
            this.executor = executor;
        }

        void begin(Loop loop, AsyncInterceptor by) {
            Context around = Context.current();
            if (loop.inTurn()) {
                decide(loop, by);
            } else {
                loop.post(() -> loop.guard(around.wrap(() -> decide(loop, by))));
            }
        }

        private void decide(Loop loop, AsyncInterceptor by) {
            Promise<Context> decision;
            try {
                decision = by.decide(call, headers);
            } catch (Exception e) {
                decision = Promise.failed(e);
            }
            Promise.Cancelable deciding = decision.listen(loop, (context, failure) -> {
                if (context != null) {
                    byHandler(() -> start(context));
                } else {
                    refuse(
                            failure != null
                                    ? failure
                                    : new NullPointerException("an interceptor has decided on no context"));
                }
            });
            cancelled.on(() -> loop.execute(deciding::cancel));
        }

        private void byHandler(Runnable action) {
            try {
                executor.execute(action);
            } catch (RejectedExecutionException e) {
                refuse(Status.RESOURCE_EXHAUSTED
                        .withDescription("the server's executor has no room for "
                                + call.getMethodDescriptor().getFullMethodName() + ": try again later")
                        .withCause(e)
                        .asRuntimeException());
            }
        }

        private void refuse(Throwable failure) {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
            }
            call.fail(failure);
        }

        private void start(Context context) {
            synchronized (this) {
                if (over) {
                    return;
                }
                begun = true;
            }
            try {
                ServerCall.Listener<Q> started = Contexts.interceptCall(context, call, headers, next);
                for (var each = nextWaiting(started); each != null; each = nextWaiting(started)) {
                    each.accept(started);
                }
            } catch (Throwable e) {
                call.fail(e);
                if (e instanceof VirtualMachineError fatal) {
                    throw fatal;
                }
            }
        }

        private synchronized @Nullable Consumer<ServerCall.Listener<Q>> nextWaiting(ServerCall.Listener<Q> started) {
            if (waiting.isEmpty()) {
                handler = started;
            }
            return waiting.poll();
        }

        private void tell(Consumer<ServerCall.Listener<Q>> callback) {
            ServerCall.Listener<Q> to;
            synchronized (this) {
                to = handler;
                if (to == null && !over) {
                    waiting.add(callback);
                }
            }
            if (to != null) {
                callback.accept(to);
            }
        }

        @Override
        public void onMessage(Q message) {
            tell(to -> to.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            tell(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void onReady() {
            tell(ServerCall.Listener::onReady);
        }

        @Override
        public void onComplete() {
            tell(ServerCall.Listener::onComplete);
        }

        @Override
        public void onCancel() {
            synchronized (this) {
                if (!begun) {
                    over = true;
                }
            }
            cancelled.give();
            tell(ServerCall.Listener::onCancel);
        }
    }
}

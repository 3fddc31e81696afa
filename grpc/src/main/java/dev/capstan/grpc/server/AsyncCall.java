package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call whose handler is asynchronous. All of it belongs to the handler's loop: what is told elsewhere, by another server or by a publisher, goes there in its order. Nothing is posted when
 * server and handler share the loop.
 */
final class AsyncCall<Q, S> extends ServerCall.Listener<Q> {
    /** Where requests go. */
    interface Input<Q> {
        void message(Q message);

        void ended();

        void cancelled();
    }

    private final ServerCall<Q, S> call;
    private final Loop loop;
    private final Context around;
    private final ServerContext context;
    private final Reply<S> reply;
    private final InTurn inTurn;
    private final AtomicInteger posted = new AtomicInteger();
    private @Nullable Input<Q> input;
    private @Nullable Answers<S> answers;
    private Promise.Cancelable answering = () -> {};

    AsyncCall(ServerCall<Q, S> call, Loop loop, Context around, ServerContext context, Reply<S> reply) {
        this.call = call;
        this.loop = loop;
        this.inTurn = new InTurn(loop);
        this.around = around;
        this.context = context;
        this.reply = reply;
    }

    void begin(Consumer<AsyncCall<Q, S>> body) {
        run(() -> body.accept(this));
    }

    /** Runs {@code action} as user code on the loop, within the call's context, after what was told before. What it throws ends the call. */
    void run(Runnable action) {
        if (loop.inTurn() && posted.get() == 0) {
            inTurn.execute(() -> guarded(action));
        } else {
            posted.incrementAndGet();
            loop.post(() -> {
                posted.decrementAndGet();
                inTurn.execute(() -> guarded(action));
            });
        }
    }

    private void guarded(Runnable action) {
        Context before = around.attach();
        try {
            action.run();
        } catch (Throwable e) {
            fail(e);
            if (e instanceof VirtualMachineError fatal) {
                throw fatal;
            }
        } finally {
            around.detach(before);
        }
    }

    /** The handler has failed: so does the call, and nobody works for it any more. */
    void fail(Throwable thrown) {
        reply.fail(thrown);
        abandon();
    }

    private void abandon() {
        answering.cancel();
        Input<Q> in = input;
        if (in != null) {
            in.cancelled();
        }
    }

    // ---- told by the server

    @Override
    public void onMessage(Q message) {
        run(() -> {
            if (input != null) {
                input.message(message);
            }
        });
    }

    @Override
    public void onHalfClose() {
        run(() -> {
            if (input != null) {
                input.ended();
            }
        });
    }

    @Override
    public void onCancel() {
        run(() -> {
            context.cancel();
            abandon();
        });
    }

    /** Whoever still reads requests learns that there will be no more. */
    @Override
    public void onComplete() {
        run(this::abandon);
    }

    @Override
    public void onReady() {
        run(() -> {
            if (answers != null) {
                answers.look();
            }
        });
    }

    // ---- done by the handler's shape

    /** Gives the one request to {@code body} when the client has sent it. */
    void onRequest(Consumer<Q> body) {
        input = new One<>(call.getMethodDescriptor(), body);
        // Two, where one is due: a second is a mistake of the client that must be seen.
        call.request(2);
    }

    private static final class One<Q> implements Input<Q> {
        private final MethodDescriptor<?, ?> method;
        private final Consumer<Q> body;
        private @Nullable Q request;

        One(MethodDescriptor<?, ?> method, Consumer<Q> body) {
            this.method = method;
            this.body = body;
        }

        @Override
        public void message(Q message) {
            if (request != null) {
                throw notOneRequest(method, true);
            }
            request = message;
        }

        @Override
        public void ended() {
            if (request == null) {
                throw notOneRequest(method, false);
            }
            body.accept(request);
        }

        @Override
        public void cancelled() {
            // The handler has it already, or never gets it.
        }
    }

    static StatusRuntimeException notOneRequest(MethodDescriptor<?, ?> method, boolean more) {
        return Status.UNIMPLEMENTED
                .withDescription(method.getFullMethodName() + " takes one message, and the client has sent "
                        + (more ? "more" : "none"))
                .asRuntimeException();
    }

    /** All requests. The handler's demand holds the client back. */
    Flow.Publisher<Q> requests() {
        Requests<Q> publisher = new Requests<>(this, call);
        input = publisher;
        return publisher;
    }

    /** Answers with what is promised. */
    void answer(Promise<S> promise) {
        answering = promise.listen(loop, (value, failure) -> {
            if (failure != null) {
                run(() -> fail(failure));
            } else if (value == null) {
                run(() -> fail(new NullPointerException("a handler has promised null as its answer")));
            } else {
                run(() -> {
                    reply.send(value);
                    reply.end();
                });
            }
        });
        if (context.isCancelled()) {
            answering.cancel();
        }
    }

    /** Answers with what is published, asked for as the connection takes it. */
    void answers(Flow.Publisher<? extends S> publisher) {
        Answers<S> subscriber = new Answers<>(this, call, reply);
        answers = subscriber;
        answering = subscriber::cancel;
        publisher.subscribe(subscriber);
        if (context.isCancelled()) {
            subscriber.cancel();
        }
    }
}

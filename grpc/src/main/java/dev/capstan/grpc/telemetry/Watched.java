package dev.capstan.grpc.telemetry;

import dev.capstan.grpc.MessageSize;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls that tell a {@link Watch}. */
final class Watched {
    private Watched() {}

    /** Ends a watch once, whoever comes first. */
    private static final class End {
        private final Watch watch;
        private final AtomicBoolean over = new AtomicBoolean();

        End(Watch watch) {
            this.watch = watch;
        }

        void with(Status status) {
            if (over.compareAndSet(false, true)) {
                watch.ended(status);
            }
        }
    }

    /** A call whose watch begins when it starts, and may add to its headers. */
    static <Q, S> ClientCall<Q, S> client(Function<Metadata, Watch> begin, ClientCall<Q, S> call) {
        return new SimpleForwardingClientCall<>(call) {
            private @Nullable Watch watch;

            @Override
            public void start(Listener<S> listener, Metadata headers) {
                Watch begun = begin.apply(headers);
                watch = begun;
                End end = new End(begun);
                try {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onMessage(S message) {
                                    begun.response(MessageSize.of(message));
                                    super.onMessage(message);
                                }

                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    end.with(status);
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                } catch (RuntimeException e) {
                    end.with(Status.fromThrowable(e));
                    throw e;
                }
            }

            @Override
            public void sendMessage(Q message) {
                Watch begun = watch;
                if (begun != null) {
                    begun.request(MessageSize.of(message));
                }
                super.sendMessage(message);
            }
        };
    }

    /** Lets {@code next} have a call that tells {@code watch}. It ends when its handler has said the last, or was told that nobody waits for that. */
    static <Q, S> ServerCall.Listener<Q> server(
            Watch watch, ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
        End end = new End(watch);
        ServerCall<Q, S> watched = new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(S message) {
                watch.response(MessageSize.of(message));
                super.sendMessage(message);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                end.with(status);
                super.close(status, trailers);
            }
        };
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(watched, headers);
        } catch (Throwable e) {
            end.with(Status.fromThrowable(e));
            throw e;
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                watch.request(MessageSize.of(message));
                orEnd(() -> super.onMessage(message));
            }

            @Override
            public void onHalfClose() {
                orEnd(super::onHalfClose);
            }

            @Override
            public void onReady() {
                orEnd(super::onReady);
            }

            @Override
            public void onCancel() {
                Context context = Context.current();
                Status why = context.isCancelled() ? Contexts.statusFromCancelled(context) : null;
                end.with(why == null ? Status.CANCELLED : why);
                super.onCancel();
            }

            // A handler that throws has ended its call.
            private void orEnd(Runnable callback) {
                try {
                    callback.run();
                } catch (Throwable e) {
                    end.with(Status.fromThrowable(e));
                    throw e;
                }
            }
        };
    }
}

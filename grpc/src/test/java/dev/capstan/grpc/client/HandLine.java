package dev.capstan.grpc.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A channel without a connection, whose calls are answered by hand: by the test, which tells their listeners. */
final class HandLine extends ManagedChannel {
    static MethodDescriptor<String, String> method(MethodDescriptor.MethodType type) {
        return MethodDescriptor.<String, String>newBuilder(new Nothing(), new Nothing())
                .setType(type)
                .setFullMethodName("a.B/C")
                .build();
    }

    final List<ClientCall.Listener<?>> open = new ArrayList<>();
    /** Messages that all calls together have asked for. */
    int requested;
    /** What the start of a call throws. */
    @Nullable
    Error failure;

    @Override
    public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
        return new ClientCall<>() {
            private boolean started;

            @Override
            public void start(Listener<S> listener, Metadata headers) {
                if (failure != null) {
                    throw failure;
                }
                started = true;
                open.add(listener);
            }

            @Override
            public void setMessageCompression(boolean enabled) {
                if (!started) {
                    throw new IllegalStateException("not started");
                }
            }

            @Override
            public void request(int messages) {
                requested += messages;
            }

            @Override
            public void cancel(@Nullable String message, @Nullable Throwable cause) {
                // The test ends it.
            }

            @Override
            public void halfClose() {
                // Nothing is sent.
            }

            @Override
            public void sendMessage(Q message) {
                // Nothing is sent.
            }
        };
    }

    @Override
    public String authority() {
        return "nowhere";
    }

    @Override
    public io.grpc.ConnectivityState getState(boolean connect) {
        return io.grpc.ConnectivityState.READY;
    }

    @Override
    public ManagedChannel shutdown() {
        return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
        return this;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }

    private static final class Nothing implements MethodDescriptor.Marshaller<String> {
        @Override
        public java.io.InputStream stream(String value) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public String parse(java.io.InputStream stream) {
            throw new AssertionError("nothing comes");
        }
    }
}

package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of several channels gets a call, without any of them. */
class ConnectionsTest {
    private static final MethodDescriptor<String, String> METHOD = MethodDescriptor.<String, String>newBuilder(
                    new Nothing(), new Nothing())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("a.B/C")
            .build();

    private final Line first = new Line();
    private final Line second = new Line();
    private final Line third = new Line();
    private final Line fourth = new Line();
    private final Connections connections = new Connections(List.of(first, second, third, fourth), 2, 3);

    private void begin(int calls) {
        for (int i = 0; i < calls; i++) {
            connections.newCall(METHOD, CallOptions.DEFAULT).start(new ClientCall.Listener<>() {}, new Metadata());
        }
    }

    private List<Integer> open() {
        return List.of(first.open.size(), second.open.size(), third.open.size(), fourth.open.size());
    }

    @Test
    void those_that_there_always_are_share_calls_evenly_until_they_are_full() {
        begin(6);
        assertEquals(List.of(3, 3, 0, 0), open());
        assertEquals(2, connections.states().size());
    }

    @Test
    void the_others_are_filled_one_after_the_other() {
        begin(10);
        assertEquals(List.of(3, 3, 3, 1), open());
        assertEquals(4, connections.states().size());
    }

    @Test
    void when_all_are_full_all_share_what_is_too_much() {
        begin(16);
        assertEquals(List.of(4, 4, 4, 4), open());
    }

    @Test
    void the_last_ones_are_the_first_to_be_without_calls_after_a_rush() {
        begin(12);
        first.open.removeFirst().onClose(Status.OK, new Metadata());
        third.open.removeFirst().onClose(Status.OK, new Metadata());
        begin(2);
        assertEquals(List.of(3, 3, 3, 3), open());
        while (!fourth.open.isEmpty()) {
            fourth.open.removeFirst().onClose(Status.OK, new Metadata());
        }
        second.open.removeFirst().onClose(Status.OK, new Metadata());
        begin(1);
        assertEquals(List.of(3, 3, 3, 0), open());
    }

    @Test
    void a_call_whose_connection_was_lost_before_it_was_sent_is_unavailable() {
        List<Status> ends = new ArrayList<>();
        connections
                .newCall(METHOD, CallOptions.DEFAULT)
                .start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                ends.add(status);
                            }
                        },
                        new Metadata());
        first.open.removeFirst().onClose(Status.UNKNOWN.withCause(new ClosedChannelException()), new Metadata());
        assertEquals(Status.Code.UNAVAILABLE, ends.getFirst().getCode());
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

    /** A channel whose calls end when the test says so. */
    private static final class Line extends ManagedChannel {
        final List<ClientCall.Listener<?>> open = new ArrayList<>();

        @Override
        public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    open.add(listener);
                }

                @Override
                public void request(int messages) {
                    // None will come.
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
    }
}

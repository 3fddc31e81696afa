package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Which of several channels gets a call, without any of them. */
class ConnectionsTest {
    private static final MethodDescriptor<String, String> METHOD = HandLine.method(MethodDescriptor.MethodType.UNARY);

    private final HandLine first = new HandLine();
    private final HandLine second = new HandLine();
    private final HandLine third = new HandLine();
    private final HandLine fourth = new HandLine();
    private final Connections connections =
            new Connections(List.of(first, second, third, fourth), UnaryOperator.identity(), 2, 3);

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

    @Test
    void nothing_that_is_done_to_a_call_that_was_refused_is_a_mistake() {
        connections.refuse(() -> {});
        ClientCall<String, String> call = connections.newCall(METHOD, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.setMessageCompression(false);
        call.request(1);
        call.sendMessage("a");
        call.halfClose();
        call.cancel("enough", null);
        assertFalse(call.isReady());
        assertEquals(Attributes.EMPTY, call.getAttributes());
        assertEquals(List.of(0, 0, 0, 0), open());
    }

    @Test
    void a_call_that_could_not_start_is_not_counted() {
        first.failure = new StackOverflowError("a mistake");
        assertThrows(StackOverflowError.class, () -> begin(1));
        assertEquals(0, connections.calls());
    }
}

package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a call is sent again whose method has one request, which waits for the end of the requests then. */
class SingleRequestTest extends PlayedConnections {
    @Test
    void a_single_request_waits_for_the_end_of_the_requests_when_it_is_sent_again() {
        ClientCall<Object, String> call = begin(SINGLE, CallOptions.DEFAULT, Map.of());
        call.setMessageCompression(false);
        call.sendMessage("a");
        attempt(1).taken().ends(LOST);
        assertEquals(List.of("start [own] mine"), attempt(2).done);
        attempt(2).taken().ends(LOST);
        attempt(3).taken();
        call.halfClose();
        assertEquals(List.of("start [own] mine", "send plainly a", "end"), line.attempts.getFirst().done);
        assertEquals(List.of("start [own] mine"), line.attempts.get(1).done);
        assertEquals(List.of("start [own] mine", "send plainly a", "end"), attempt(3).done);
        attempt(3).ends(LOST);
        assertEquals(List.of("start [own] mine", "send plainly a", "end"), attempt(4).done);
        assertThrows(IllegalStateException.class, call::halfClose);
    }

    @Test
    void a_single_request_that_waits_for_its_end_is_sent_though_the_answer_has_begun() {
        ClientCall<Object, String> call = begin(SINGLE, CallOptions.DEFAULT, Map.of());
        call.sendMessage("a");
        attempt(1).taken().ends(LOST);
        attempt(2).taken().listener().onHeaders(new Metadata());
        call.sendMessage("one too many");
        call.halfClose();
        assertEquals(List.of("start [own] mine", "send a", "send one too many", "end"), attempt(2).done);
        assertEquals(0, kept.bytes());
    }

    @Test
    void a_single_request_that_waits_for_its_end_goes_with_the_call() {
        ClientCall<Object, String> call = begin(SINGLE, CallOptions.DEFAULT, Map.of());
        call.sendMessage("a");
        attempt(1).taken().ends(LOST);
        attempt(2).ends(Status.DEADLINE_EXCEEDED);
        assertEquals(0, kept.bytes());
        call.halfClose();
        assertEnded(2, Status.DEADLINE_EXCEEDED);
    }

    @Test
    void what_is_asked_for_while_a_single_request_waits_for_its_end_is_asked_for_once() {
        ClientCall<Object, String> call = begin(SINGLE, CallOptions.DEFAULT, Map.of());
        call.sendMessage("a");
        attempt(1).taken().ends(LOST);
        call.request(2);
        call.halfClose();
        assertEquals(List.of("start [own] mine", "request 2", "send a", "end"), attempt(2).done);
    }

    @Test
    void a_single_request_that_was_to_be_plain_is_plain_though_compression_was_turned_on_after_it() {
        ClientCall<Object, String> call = begin(SINGLE, CallOptions.DEFAULT, Map.of());
        call.setMessageCompression(false);
        call.sendMessage("secret");
        attempt(1).taken().ends(LOST);
        call.setMessageCompression(true);
        call.halfClose();
        assertEquals(List.of("start [own] mine", "send plainly secret", "end"), attempt(2).done);
    }

    @Test
    void a_single_request_that_was_sent_again_is_let_go_of_when_the_call_is_cancelled_then() {
        ClientCall<Object, String> call = begin(SINGLE, CallOptions.DEFAULT, Map.of());
        call.sendMessage(new Object() {
            private int read;

            @Override
            public String toString() {
                if (++read > 1) {
                    call.cancel("enough", null);
                }
                return "a";
            }
        });
        call.halfClose();
        attempt(1).taken().ends(LOST);
        assertEquals(List.of("start [own] mine", "send a", "end", "cancel enough"), attempt(2).done);
    }
}

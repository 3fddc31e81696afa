package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.Limits;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which calls are sent again. {@link dev.capstan.grpc.interop.BadHttp2ServerTest} has the same with real connections. */
class TransparentRetriesTest extends PlayedConnections {
    @Test
    void a_connection_that_was_lost_while_the_headers_left_counts_as_well() {
        begin();
        attempt(1).taken().ends(Status.UNKNOWN.withCause(new ClosedChannelException()));
        attempt(2);
    }

    @Test
    void calls_that_an_interceptor_makes_of_one_are_not_sent_again() {
        CallOptions shared = CallOptions.DEFAULT.withStreamTracerFactory(new Tries());
        begin(shared, Map.of());
        attempt(1).taken().written();
        begin(shared, Map.of());
        attempt(2).taken();
        line.attempts.getFirst().ends(LOST);
        assertEnded(2, LOST);
        line.attempts.getLast().ends(LOST);
        attempt(2);
    }

    @Test
    void a_refused_call_is_sent_again_once() {
        begin();
        attempt(1).taken().written().ends(REFUSED);
        attempt(2).taken().written().ends(REFUSED);
        assertEnded(2, REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM",
                "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR"
            })
    void a_server_that_refuses_what_has_not_left_decides_once_that_it_is_sent_again(String why) {
        Status refusal = Status.UNAVAILABLE.withDescription(why);
        line.onStart = attempt -> attempt.taken().ends(refusal);
        begin();
        assertEnded(2, refusal);
    }

    @Test
    void a_server_that_resets_what_has_not_left_has_it_not_sent_again() {
        Status reset = Status.UNAVAILABLE.withDescription("RST_STREAM closed stream. HTTP/2 error code: NO_ERROR");
        begin();
        attempt(1).taken().ends(reset);
        assertEnded(1, reset);
    }

    @Test
    void a_call_that_a_server_left_out_when_it_went_away_is_sent_again_once() {
        begin();
        attempt(1).taken().written().ends(LEFT_OUT);
        attempt(2).taken().written().ends(REFUSED);
        assertEnded(2, REFUSED);
    }

    @Test
    void a_refused_call_may_miss_connections_besides() {
        begin();
        attempt(1).taken().ends(LOST);
        attempt(2).taken().written().ends(REFUSED);
        attempt(3).taken().ends(LOST);
        attempt(4).taken().ends(LOST);
        attempt(5).taken().written().ends(Status.UNAVAILABLE);
        assertEnded(5, Status.UNAVAILABLE);
    }

    @Test
    void a_server_that_words_a_failure_like_a_refusal_has_begun_the_call() {
        begin();
        attempt(1).taken().written().tracer().inboundTrailers(new Metadata());
        attempt(1).ends(REFUSED);
        assertEnded(1, REFUSED);
    }

    @Test
    void a_call_whose_answer_has_begun_is_not_sent_again() {
        begin();
        attempt(1).taken().listener().onHeaders(new Metadata());
        attempt(1).ends(LOST);
        attempt(1);
        assertEquals(List.of("headers", "UNAVAILABLE " + LOST.getDescription()), told.events);
    }

    @Test
    void a_call_that_no_connection_has_taken_has_failed() {
        begin();
        attempt(1).ends(LOST);
        assertEnded(1, LOST);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNAVAILABLE")
    void a_call_that_ended_for_another_reason_is_not_sent_again(Status.Code code) {
        begin();
        attempt(1).taken().ends(code.toStatus());
        assertEnded(1, code.toStatus());
    }

    @Test
    void connections_that_always_go_away_are_tried_so_often_and_no_deeper() {
        List<Integer> depths = new ArrayList<>();
        line.onStart = attempt -> {
            depths.add(Thread.currentThread().getStackTrace().length);
            attempt.taken().ends(LOST);
        };
        begin();
        assertEnded(1 + Unbegun.MOST_MISSED, LOST);
        assertEquals(depths.get(1), depths.getLast());
    }

    @Test
    void a_cancelled_call_is_not_sent_again() {
        ClientCall<Object, String> call = begin();
        call.cancel("enough", null);
        attempt(1).taken().ends(LOST);
        assertEnded(1, LOST);
    }

    @Test
    void a_call_of_which_too_much_would_have_to_be_kept_is_not_sent_again() {
        ClientCall<Object, String> call = begin();
        call.sendMessage(new byte[2 * Limits.Repeats.DEFAULT.bytesOfCall()]);
        call.sendMessage(new byte[Limits.Repeats.DEFAULT.bytesOfCall() - 64]);
        attempt(1).taken().ends(LOST);
        assertEquals(3, attempt(2).done.size(), "its start and two messages");
        call.sendMessage(new byte[1]);
        attempt(2).taken().ends(LOST);
        assertEnded(2, LOST);
    }

    @Test
    void messages_of_unknown_size_are_counted() {
        ClientCall<Object, String> call = begin();
        for (int i = 0; i < 1 + Limits.Repeats.DEFAULT.bytesOfCall() / (1024 + 64); i++) {
            call.sendMessage("a");
        }
        attempt(1).taken().ends(LOST);
        attempt(2).taken();
        call.sendMessage("one more");
        attempt(2).ends(LOST);
        assertEnded(2, LOST);
    }

    @Test
    void a_message_that_can_be_read_once_is_sent_once() {
        ClientCall<Object, String> call = begin();
        call.sendMessage(InputStream.nullInputStream());
        attempt(1).taken().ends(LOST);
        assertEnded(1, LOST);
    }

    @Test
    void tracers_can_tell_the_calls_that_are_sent_again() {
        begin();
        attempt(1).taken().ends(LOST);
        assertEquals(
                List.of(false, true),
                line.attempts.stream()
                        .map(each -> each.options.getOption(GrpcClient.SENT_AGAIN))
                        .toList());
    }

    @Test
    void the_tracer_of_our_own_calls_is_used() {
        Tries tries = new Tries();
        begin(CallOptions.DEFAULT.withStreamTracerFactory(tries), Map.of());
        attempt(1).taken().ends(LOST);
        attempt(2).taken();
        assertEquals(2, tries.count());
    }

    @Test
    void the_deadline_of_a_policy_counts_from_the_first_time() {
        begin(CallOptions.DEFAULT, Map.of("a.B/C", Duration.ofHours(1), "a.B", Duration.ofHours(3)));
        Deadline first = attempt(1).options.getDeadline();
        attempt(1).taken().ends(LOST);
        assertSame(first, attempt(2).options.getDeadline());
        assertTrue(first != null && first.timeRemaining(TimeUnit.MINUTES) <= 60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.B", ""})
    void policies_of_services_and_of_all_count_too(String path) {
        begin(CallOptions.DEFAULT, Map.of(path, Duration.ofHours(1), "other", Duration.ofMinutes(1)));
        Deadline deadline = attempt(1).options.getDeadline();
        assertTrue(deadline != null && deadline.timeRemaining(TimeUnit.MINUTES) > 50);
    }

    @Test
    void a_more_exact_policy_without_a_deadline_has_none() {
        begin(CallOptions.DEFAULT, Map.of("a.B/C", Duration.ZERO, "", Duration.ofHours(1)));
        assertEquals(null, attempt(1).options.getDeadline());
    }

    @Test
    void a_shorter_deadline_of_the_call_counts() {
        CallOptions hurried = CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS);
        begin(hurried, Map.of("", Duration.ofHours(2)));
        assertSame(hurried.getDeadline(), attempt(1).options.getDeadline());
        begin(hurried, Map.of("", Duration.ofMinutes(2)));
        assertNotEquals(hurried.getDeadline(), attempt(2).options.getDeadline());
    }

    @Test
    void a_call_is_sent_once_if_all_of_them_keep_too_much_already() {
        ClientCall<Object, String> large = begin();
        large.sendMessage(new byte[(int) Limits.Repeats.DEFAULT.bytes() - 64 - 5 - 64]);
        ClientCall<Object, String> small = begin();
        small.sendMessage(new byte[6]);
        attempt(2).taken().ends(LOST);
        attempt(2);
        assertEquals(Limits.Repeats.DEFAULT.bytes() - 5 - 64, kept.bytes());
        line.attempts.getFirst().taken().ends(LOST);
        attempt(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Keepalive failed. The connection is likely gone",
                "Authority verifier not found to verify authority",
                "Peer hostname verification during rpc failed for authority 'a'",
                "Can't allow authority override in rpc when X509ExtendedTrustManager is not available"
            })
    void a_call_that_may_still_arrive_or_never_will_is_not_sent_again(String why) {
        Status end = Status.UNAVAILABLE.withDescription(why);
        begin();
        attempt(1).taken().ends(end);
        assertEnded(1, end);
    }
}

package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which calls are sent again, and how, before a channel whose connections the test plays. {@link dev.capstan.grpc.interop.BadHttp2ServerTest} has the same with real ones. */
class TransparentRetriesTest {
    private static final MethodDescriptor<Object, String> METHOD = MethodDescriptor.<Object, String>newBuilder(
                    new Never<>(), new Never<>())
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("a.B/C")
            .build();

    private static final Metadata.Key<String> OWN = Metadata.Key.of("own", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ADDED = Metadata.Key.of("added", Metadata.ASCII_STRING_MARSHALLER);
    private static final Status LOST = Status.UNAVAILABLE.withDescription("the connection is going away");
    private static final Status REFUSED =
            Status.UNAVAILABLE.withDescription("RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM\nRefused");
    private static final Status LEFT_OUT = Status.UNAVAILABLE.withDescription(
            "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR, debug data: bye");

    private final Line line = new Line();
    private final Told told = new Told();

    /** Does nothing with messages, which go nowhere. */
    private static final class Never<T> implements MethodDescriptor.Marshaller<T> {
        @Override
        public InputStream stream(T value) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public T parse(InputStream stream) {
            throw new AssertionError("nothing comes");
        }
    }

    /** One time that the call is sent. */
    private static final class Attempt extends ClientCall<Object, String> {
        final CallOptions options;
        final Context context = Context.current();
        final List<String> done = new CopyOnWriteArrayList<>();
        private final Consumer<Attempt> onStart;
        private @Nullable ClientStreamTracer tracer;
        private @Nullable Listener<String> listener;
        private boolean compressed = true;

        Attempt(CallOptions options, Consumer<Attempt> onStart) {
            this.options = options;
            this.onStart = onStart;
        }

        /** A connection takes it. */
        Attempt taken() {
            assertEquals(1, options.getStreamTracerFactories().size());
            ClientStreamTracer made = options.getStreamTracerFactories()
                    .getFirst()
                    .newClientStreamTracer(
                            ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
            made.streamCreated(Attributes.EMPTY, new Metadata());
            tracer = made;
            return this;
        }

        ClientStreamTracer tracer() {
            ClientStreamTracer now = tracer;
            if (now == null) {
                throw new AssertionError("no connection has taken it");
            }
            return now;
        }

        Attempt written() {
            tracer().outboundHeaders();
            return this;
        }

        Listener<String> listener() {
            Listener<String> now = listener;
            if (now == null) {
                throw new AssertionError("it was not started");
            }
            return now;
        }

        void ends(Status status) {
            listener().onClose(status, new Metadata());
        }

        @Override
        public void start(Listener<String> heard, Metadata headers) {
            listener = heard;
            done.add("start " + headers.keys() + " " + headers.get(OWN));
            headers.put(ADDED, "by whoever sends it");
            onStart.accept(this);
        }

        @Override
        public void request(int messages) {
            done.add("request " + messages);
        }

        @Override
        public void setMessageCompression(boolean enabled) {
            compressed = enabled;
        }

        @Override
        public void sendMessage(Object message) {
            done.add((compressed ? "send " : "send plainly ") + message);
        }

        @Override
        public void halfClose() {
            done.add("end");
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            done.add("cancel " + message);
        }

        @Override
        public boolean isReady() {
            return done.contains("ready");
        }
    }

    private static final class Line extends Channel {
        final List<Attempt> attempts = new CopyOnWriteArrayList<>();
        Consumer<Attempt> onStart = attempt -> {};

        @Override
        @SuppressWarnings("unchecked") // there is one method
        public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
            assertSame(METHOD, method);
            Attempt made = new Attempt(options, onStart);
            attempts.add(made);
            return (ClientCall<Q, S>) made;
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    }

    private static final class Told extends ClientCall.Listener<String> {
        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void onHeaders(Metadata headers) {
            events.add("headers");
        }

        @Override
        public void onMessage(String message) {
            events.add(message);
        }

        @Override
        public void onReady() {
            events.add("ready");
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            events.add(status.getCode() + " " + status.getDescription());
        }
    }

    private ClientCall<Object, String> begin() {
        return begin(CallOptions.DEFAULT, Map.of());
    }

    private ClientCall<Object, String> begin(CallOptions options, Map<String, Duration> deadlines) {
        ClientCall<Object, String> call = new TransparentRetries(line, deadlines).newCall(METHOD, options);
        Metadata headers = new Metadata();
        headers.put(OWN, "mine");
        call.start(told, headers);
        return call;
    }

    private Attempt attempt(int number) {
        assertEquals(number, line.attempts.size(), "the number of times that it was sent");
        return line.attempts.get(number - 1);
    }

    /** It was sent so often, and its caller knows how it ended. */
    private void assertEnded(int attempts, Status status) {
        attempt(attempts);
        assertEquals(List.of(status.getCode() + " " + status.getDescription()), told.events);
    }

    @Test
    void a_call_whose_headers_never_left_is_sent_again_as_it_was() {
        ClientCall<Object, String> call = begin();
        call.request(1);
        call.request(2);
        call.sendMessage("a");
        call.sendMessage("b");
        call.halfClose();
        attempt(1).taken().ends(LOST);
        assertEquals(List.of("start [own] mine", "request 3", "send a", "send b", "end"), attempt(2).done);
        assertEquals(List.of(), told.events);
        attempt(2).taken().written();
        attempt(2).listener().onHeaders(new Metadata());
        attempt(2).listener().onMessage("answer");
        attempt(2).ends(Status.OK);
        assertEquals(List.of("headers", "answer", "OK null"), told.events);
    }

    @Test
    void what_is_done_afterwards_is_done_to_the_call_that_was_sent_again() {
        ClientCall<Object, String> call = begin();
        call.sendMessage("a");
        attempt(1).taken().ends(LOST);
        assertFalse(call.isReady());
        attempt(2).done.clear();
        call.sendMessage("b");
        call.request(7);
        attempt(2).done.add("ready");
        assertTrue(call.isReady());
        attempt(2).taken().listener().onHeaders(new Metadata());
        call.sendMessage("c");
        call.request(8);
        call.halfClose();
        call.cancel("enough", null);
        assertTrue(call.isReady());
        assertEquals(
                List.of("send b", "request 7", "ready", "send c", "request 8", "end", "cancel enough"),
                attempt(2).done);
        assertFalse(line.attempts.getFirst().done.contains("send b"));
    }

    @Test
    void the_end_of_the_requests_lets_go_of_what_was_written_before() {
        ClientCall<Object, String> call = begin();
        call.sendMessage("a");
        attempt(1).taken().ends(LOST);
        call.halfClose();
        assertEquals("end", line.attempts.getFirst().done.getLast());
        assertEquals(List.of("start [own] mine", "send a", "end"), attempt(2).done);
    }

    @Test
    void a_connection_that_was_lost_while_the_headers_left_counts_as_well() {
        begin();
        attempt(1).taken().ends(Status.UNKNOWN.withCause(new ClosedChannelException()));
        attempt(2);
    }

    @Test
    void a_call_that_a_silent_server_may_still_read_is_not_sent_again() {
        Status silent = Status.UNAVAILABLE.withDescription("Keepalive failed. The connection is likely gone");
        begin();
        attempt(1).taken().ends(silent);
        assertEnded(1, silent);
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
        assertEnded(1 + RepeatableCall.MOST_MISSED, LOST);
        assertEquals(depths.get(1), depths.getLast());
    }

    @Test
    void one_that_fails_as_it_is_sent_again_has_failed_like_that() {
        begin();
        line.onStart = attempt -> attempt.ends(Status.DEADLINE_EXCEEDED);
        attempt(1).taken().ends(LOST);
        assertEnded(2, Status.DEADLINE_EXCEEDED);
    }

    @Test
    void one_that_no_connection_takes_the_second_time_has_failed() {
        begin();
        line.onStart = attempt -> attempt.ends(Status.UNAVAILABLE);
        attempt(1).taken().ends(LOST);
        assertEnded(2, Status.UNAVAILABLE);
    }

    @Test
    void one_that_cannot_be_sent_again_has_failed_as_before() {
        begin();
        line.onStart = attempt -> {
            throw new IllegalStateException("no");
        };
        attempt(1).taken().ends(LOST);
        assertEnded(2, LOST.withDescription("the call could not be sent again"));
    }

    @Test
    void one_of_which_a_part_cannot_be_sent_again_has_failed_and_is_cancelled() {
        ClientCall<Object, String> call = begin();
        call.sendMessage(new Object() {
            private int read;

            @Override
            public String toString() {
                if (++read > 1) {
                    throw new IllegalStateException("no");
                }
                return "a";
            }
        });
        line.onStart = attempt -> attempt.taken();
        attempt(1).taken().ends(LOST);
        assertEquals("cancel it could not be sent again", attempt(2).done.getLast());
        attempt(2).ends(Status.CANCELLED);
        assertEnded(2, LOST.withDescription("the call could not be sent again"));
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
        call.sendMessage(new byte[2 * RepeatableCall.KEPT_BYTES]);
        call.sendMessage(new byte[RepeatableCall.KEPT_BYTES]);
        attempt(1).taken().ends(LOST);
        assertEquals(3, attempt(2).done.size(), "its start and two messages");
        call.sendMessage(new byte[1]);
        attempt(2).taken().ends(LOST);
        assertEnded(2, LOST);
    }

    @Test
    void messages_of_unknown_size_are_counted() {
        ClientCall<Object, String> call = begin();
        for (int i = 0; i < 1 + RepeatableCall.KEPT_BYTES / 1024; i++) {
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
    void each_message_is_compressed_or_not_as_before() {
        ClientCall<Object, String> call = begin();
        call.sendMessage("a");
        call.setMessageCompression(false);
        call.sendMessage("b");
        call.setMessageCompression(true);
        call.sendMessage("c");
        call.setMessageCompression(false);
        attempt(1).taken().ends(LOST);
        call.sendMessage("d");
        assertEquals(
                List.of("send a", "send plainly b", "send c", "send plainly d"),
                attempt(2).done.subList(1, attempt(2).done.size()));
    }

    @Test
    void what_the_call_itself_refuses_is_not_done_when_it_is_sent_again() {
        ClientCall<Object, String> call = new TransparentRetries(line, Map.of()).newCall(METHOD, CallOptions.DEFAULT);
        call.request(5);
        call.sendMessage("before the start");
        Metadata headers = new Metadata();
        headers.put(OWN, "mine");
        call.start(told, headers);
        call.request(-1);
        call.request(2);
        call.sendMessage("a");
        call.halfClose();
        call.sendMessage("after the end");
        attempt(1).taken().ends(LOST);
        assertEquals(List.of("start [own] mine", "request 2", "send a", "end"), attempt(2).done);
    }

    @Test
    void the_caller_s_headers_stay_as_they_are() {
        Metadata headers = new Metadata();
        new TransparentRetries(line, Map.of())
                .newCall(METHOD, CallOptions.DEFAULT)
                .start(told, headers);
        assertEquals(Set.of(), headers.keys());
    }

    @Test
    void nothing_is_heard_of_a_call_that_was_given_up() {
        begin();
        line.onStart = attempt -> {
            throw new IllegalStateException("no");
        };
        attempt(1).taken().ends(LOST);
        attempt(2).listener().onHeaders(new Metadata());
        attempt(2).listener().onMessage("late");
        assertEnded(2, LOST.withDescription("the call could not be sent again"));
    }

    @Test
    void a_call_begins_once() {
        ClientCall<Object, String> call = begin();
        assertThrows(IllegalStateException.class, () -> call.start(new Told(), new Metadata()));
        attempt(1).taken().ends(LOST);
        attempt(2).ends(Status.CANCELLED);
        assertEnded(2, Status.CANCELLED);
    }

    @Test
    void it_is_sent_again_in_the_context_of_its_beginning() {
        Context.Key<String> key = Context.key("who");
        Context.current().withValue(key, "mine").run(this::begin);
        attempt(1).taken().ends(LOST);
        assertEquals("mine", key.get(attempt(2).context));
        assertSame(Context.ROOT, Context.current());
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
    void nothing_is_lost_or_doubled_when_connections_go_away_while_the_caller_writes() throws Exception {
        for (int round = 0; round < 300; round++) {
            Line mine = new Line();
            int most = 50;
            ClientCall<Object, String> call =
                    new TransparentRetries(mine, Map.of()).newCall(METHOD, CallOptions.DEFAULT);
            Told ended = new Told();
            call.start(ended, new Metadata());
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < most; i++) {
                    call.request(1);
                    call.sendMessage(i);
                }
                call.halfClose();
            });
            int attempts = 0;
            while (writer.isAlive() && attempts < RepeatableCall.MOST_MISSED) {
                mine.attempts.get(attempts++).taken().ends(LOST);
            }
            writer.join(TimeUnit.SECONDS.toMillis(30));
            assertFalse(writer.isAlive());
            List<String> done = mine.attempts.getLast().done;
            int asked = done.stream()
                    .filter(each -> each.startsWith("request "))
                    .mapToInt(each -> Integer.parseInt(each.substring(8)))
                    .sum();
            assertEquals(most, asked);
            assertEquals(
                    IntStream.range(0, most).mapToObj(i -> "send " + i).toList(),
                    done.stream().filter(each -> each.startsWith("send ")).toList());
            assertEquals("end", done.getLast());
            assertEquals(1, done.stream().filter("end"::equals).count());
            assertEquals(List.of(), ended.events);
        }
    }
}

package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.MessageLite;
import dev.capstan.grpc.Limits;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** How a call is sent again: what is done of what its caller did, what its listener hears, and what is kept. */
class RepeatableCallTest extends PlayedConnections {
    @Test
    void a_call_whose_headers_never_left_is_sent_again_as_it_was() {
        ClientCall<Object, String> call = begin();
        call.request(1);
        call.request(2);
        call.sendMessage("a");
        call.sendMessage("b");
        call.halfClose();
        attempt(1).taken().ends(LOST);
        assertEquals(List.of("start [own] mine", "send a", "send b", "end", "request 3"), attempt(2).done);
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
        ClientCall<Object, String> call =
                new TransparentRetries(line, kept, Map.of()).newCall(METHOD, CallOptions.DEFAULT);
        assertThrows(IllegalStateException.class, () -> call.request(5));
        assertThrows(IllegalStateException.class, () -> call.sendMessage("before the start"));
        Metadata headers = new Metadata();
        headers.put(OWN, "mine");
        call.start(told, headers);
        assertThrows(IllegalStateException.class, () -> call.request(-1));
        call.request(2);
        call.sendMessage("a");
        call.halfClose();
        assertThrows(IllegalStateException.class, () -> call.sendMessage("after the end"));
        attempt(1).taken().ends(LOST);
        assertEquals(List.of("start [own] mine", "send a", "end", "request 2"), attempt(2).done);
    }

    @Test
    void the_caller_s_headers_stay_as_they_are() {
        Metadata headers = new Metadata();
        new TransparentRetries(line, kept, Map.of())
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
    void nobody_waits_while_it_is_sent_again_and_what_is_done_then_comes_after_what_was_done() {
        ClientCall<Object, String> call = begin();
        call.sendMessage("a");
        whileSentAgain(attempt -> elsewhere(() -> {
            call.request(3);
            call.setMessageCompression(false);
            call.sendMessage("b");
            assertFalse(call.isReady());
            assertEquals(Attributes.EMPTY, call.getAttributes());
            call.halfClose();
        }));
        assertEquals(List.of("start [own] mine", "send a", "send plainly b", "end", "request 3"), attempt(2).done);
        assertEquals("end", line.attempts.getFirst().done.getLast());
    }

    @Test
    void a_call_that_is_cancelled_while_it_is_sent_again_ends_like_that() {
        ClientCall<Object, String> call = begin();
        call.sendMessage("a");
        whileSentAgain(attempt -> elsewhere(() -> {
            call.cancel("enough", null);
            call.request(1);
        }));
        assertEquals(List.of("start [own] mine", "cancel enough"), attempt(2).done);
        attempt(2).taken().ends(LOST);
        assertEnded(2, LOST);
    }

    @Test
    void what_its_caller_does_too_often_is_refused_while_it_is_sent_again_as_well() {
        ClientCall<Object, String> call = begin();
        whileSentAgain(attempt -> {
            call.halfClose();
            assertThrows(IllegalStateException.class, () -> call.sendMessage("after the end"));
            assertThrows(IllegalStateException.class, call::halfClose);
        });
        assertEquals(List.of("start [own] mine", "end"), attempt(2).done);
    }

    @Test
    void what_comes_back_while_it_is_sent_again_is_told_in_its_order_and_afterwards() {
        ClientCall<Object, String> call = begin();
        call.request(1);
        call.sendMessage("a");
        whileSentAgain(attempt -> {
            attempt.taken();
            elsewhere(() -> {
                attempt.listener().onReady();
                attempt.listener().onHeaders(new Metadata());
                attempt.listener().onMessage("answer");
                attempt.ends(Status.OK);
            });
            assertEquals(List.of(), told.events);
        });
        assertEquals(
                List.of("start [own] mine", "send a"), attempt(2).done, "nothing is asked of a call that has ended");
        assertEquals(List.of("ready", "headers", "answer", "OK null"), told.events);
        assertEquals(0, kept.bytes());
    }

    @Test
    void what_comes_while_its_listener_hears_what_came_before_waits_for_that() {
        told.onMessage = message -> {
            if (message.equals("first")) {
                elsewhere(() -> attempt(2).listener().onMessage("second"));
                told.events.add("has heard the first");
            }
        };
        begin();
        whileSentAgain(attempt -> {
            attempt.taken().listener().onHeaders(new Metadata());
            attempt.listener().onMessage("first");
        });
        attempt(2).listener().onMessage("third");
        assertEquals(List.of("headers", "first", "has heard the first", "second", "third"), told.events);
    }

    @Test
    void what_its_listener_does_while_it_hears_what_came_is_done_at_once() {
        ClientCall<Object, String> call = begin();
        told.onMessage = message -> {
            call.request(5);
            call.sendMessage("reply");
            assertEquals(List.of("start [own] mine", "send reply"), attempt(2).done, "answers wait for their turn");
        };
        whileSentAgain(attempt -> {
            attempt.taken().listener().onHeaders(new Metadata());
            attempt.listener().onMessage("answer");
        });
        assertEquals(List.of("headers", "answer"), told.events);
        assertEquals(List.of("start [own] mine", "send reply", "request 5"), attempt(2).done);
    }

    @Test
    void one_that_is_lost_on_another_thread_while_it_is_sent_again_is_sent_once_more() {
        begin();
        whileSentAgain(attempt -> elsewhere(() -> attempt.taken().ends(LOST)));
        attempt(3);
        assertEquals(List.of(), told.events);
    }

    @Test
    void a_listener_that_throws_at_what_came_meanwhile_hears_how_the_call_was_cancelled_and_nothing_else() {
        IllegalStateException mistake = new IllegalStateException("a mistake");
        told.onMessage = message -> {
            throw mistake;
        };
        begin();
        whileSentAgain(attempt -> {
            attempt.taken().listener().onHeaders(new Metadata());
            attempt.listener().onMessage("answer");
            attempt.listener().onMessage("another");
        });
        assertEquals(
                "cancel the listener of the call has thrown", attempt(2).done.getLast());
        attempt(2).listener().onReady();
        attempt(2).ends(Status.CANCELLED);
        assertEquals(List.of("headers", "answer", "CANCELLED the listener of the call has thrown"), told.events);
    }

    @Test
    void a_message_that_was_too_much_while_it_was_sent_again_is_sent_and_the_call_not_once_more() {
        ClientCall<Object, String> call = begin();
        call.sendMessage("a");
        whileSentAgain(attempt -> call.sendMessage(new byte[Limits.Repeats.DEFAULT.bytesOfCall() + 1]));
        assertEquals(3, attempt(2).done.size(), "its start and two messages");
        call.sendMessage("c");
        assertEquals("send c", attempt(2).done.getLast());
        attempt(2).taken().ends(LOST);
        assertEnded(2, LOST);
        assertEquals(0, kept.bytes());
    }

    @Test
    void what_is_kept_goes_when_the_answer_begins_or_the_call_has_ended() {
        ClientCall<Object, String> first = begin();
        first.sendMessage(new byte[1000]);
        ClientCall<Object, String> second = begin();
        second.sendMessage(new byte[100]);
        second.sendMessage(new byte[10]);
        assertEquals(1110 + 3 * 64, kept.bytes());
        line.attempts.getFirst().taken().listener().onHeaders(new Metadata());
        first.sendMessage(new byte[1]);
        assertEquals(110 + 2 * 64, kept.bytes());
        attempt(2).ends(Status.CANCELLED);
        assertEquals(0, kept.bytes());
    }

    @Test
    void a_listener_that_has_thrown_does_not_hear_that_all_went_well() {
        told.onMessage = message -> {
            throw new IllegalStateException("a mistake");
        };
        begin();
        whileSentAgain(attempt -> {
            attempt.taken().listener().onHeaders(new Metadata());
            attempt.listener().onMessage("answer");
            attempt.ends(Status.OK);
        });
        assertEquals(List.of("headers", "answer", "CANCELLED the listener of the call has thrown"), told.events);
    }

    @Test
    void answers_are_asked_for_when_nothing_waits_any_more_so_that_none_of_them_has_to() {
        ClientCall<Object, String> call = begin();
        call.request(Integer.MAX_VALUE);
        whileSentAgain(attempt -> {
            call.request(7);
            attempt.taken().listener().onHeaders(new Metadata());
            attempt.listener().onReady();
        });
        told.onMessage = message -> call.request(2);
        attempt(2).listener().onMessage("answer");
        assertEquals(List.of("start [own] mine", "request " + Integer.MAX_VALUE, "request 2"), attempt(2).done);
    }

    @Test
    void nothing_is_kept_of_a_call_that_could_not_start() {
        ClientCall<Object, String> call =
                new TransparentRetries(line, kept, Map.of()).newCall(METHOD, CallOptions.DEFAULT);
        call.cancel("before its start", null);
        assertThrows(IllegalStateException.class, () -> call.start(told, new Metadata()));
        assertThrows(IllegalStateException.class, () -> call.sendMessage(new byte[1000]));
        assertEquals(0, kept.bytes());
    }

    @Test
    void empty_messages_count_for_their_notes() {
        ClientCall<Object, String> call = begin();
        for (int i = 0; i < Limits.Repeats.DEFAULT.bytesOfCall() / 64; i++) {
            call.sendMessage(new byte[0]);
        }
        assertEquals(Limits.Repeats.DEFAULT.bytesOfCall(), kept.bytes());
        call.sendMessage(new byte[0]);
        call.sendMessage(new byte[0]);
        assertEquals(0, kept.bytes());
    }

    /** A message that is asked for its size. */
    private static Object measured(IntSupplier size) {
        return Proxy.newProxyInstance(
                MessageLite.class.getClassLoader(),
                new Class<?>[] {MessageLite.class},
                (proxy, method, args) -> method.getName().equals("getSerializedSize") ? size.getAsInt() : "a message");
    }

    @Test
    void messages_are_measured_without_the_lock_of_the_call() {
        ClientCall<Object, String> call = begin();
        AtomicBoolean locked = new AtomicBoolean();
        call.sendMessage(measured(() -> {
            locked.set(Thread.holdsLock(call));
            return 1;
        }));
        assertFalse(locked.get());
        assertEquals(1 + 64, kept.bytes());
    }

    @Test
    void a_message_that_cannot_be_measured_is_not_sent() {
        ClientCall<Object, String> call = begin();
        Object message = measured(() -> {
            throw new IllegalArgumentException("no size");
        });
        assertThrows(IllegalArgumentException.class, () -> call.sendMessage(message));
        attempt(1).taken().ends(LOST);
        assertEquals(List.of("start [own] mine"), attempt(2).done);
    }
}

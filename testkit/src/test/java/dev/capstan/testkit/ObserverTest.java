package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Method;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.Path;
import dev.capstan.cap.SessionWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Several observers as one. */
class ObserverTest {
    private static final ObservedCall CALL = new ObservedCall(
            ObservedCall.Direction.OUTGOING, new Method.Member(Path.Names.of("add"), false), 1, -1, 10, null);

    private final ObservedSession session = new Session(new SimLoop().loop());

    private record Session(Loop loop) implements ObservedSession {
        @Override
        public String wire() {
            return "sim";
        }

        @Override
        public Origin origin() {
            return Origin.UNKNOWN;
        }

        @Override
        public Duration age() {
            return Duration.ZERO;
        }

        @Override
        public Counts counts() {
            return new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }

        @Override
        public List<Held> exports(int most) {
            return List.of();
        }

        @Override
        public List<Held> imports(int most) {
            return List.of();
        }

        @Override
        public void close(Failure why) {}
    }

    @Test
    void the_oldest_entries_of_a_large_table_are_found_by_one_look_at_each() {
        int entries = 100_000;
        int[] looks = {0};
        // Shuffled, so that most of the ages come before greater ones.
        List<Long> table =
                LongStream.range(0, entries).mapToObj(i -> i * 7_919 % entries).toList();
        List<Long> oldest = ObservedSession.Held.oldest(table, 3, age -> {
            looks[0]++;
            return age;
        });
        assertEquals(List.of(99_999L, 99_998L, 99_997L), oldest);
        assertEquals(entries, looks[0]);
        assertEquals(List.of(), ObservedSession.Held.oldest(table, 0, age -> age));
        assertEquals(List.of(2L, 1L), ObservedSession.Held.oldest(List.of(1L, 2L), 3, age -> age));
    }

    /** Throws wherever it can. */
    private record Broken(boolean atOnce) implements Observer {
        @Override
        public SessionWatch began(ObservedSession session) {
            if (atOnce) {
                throw new IllegalStateException("broken");
            }
            return new SessionWatch() {
                @Override
                public CallWatch began(ObservedCall call) {
                    return new CallWatch() {
                        @Override
                        public void ended(@Nullable Failure failure, long bytes) {
                            throw new IllegalStateException("broken");
                        }

                        @Override
                        public String carried() {
                            throw new IllegalStateException("broken");
                        }

                        @Override
                        public Running running() {
                            return () -> {
                                throw new IllegalStateException("broken");
                            };
                        }
                    };
                }

                @Override
                public void ended(Failure cause) {
                    throw new IllegalStateException("broken");
                }
            };
        }
    }

    @Test
    void nobody_is_the_same_as_no_observers() {
        assertSame(Observer.NONE, Observer.all());
        assertSame(Observer.NONE, Observer.all(Observer.NONE, Observer.all()));
        assertSame(SessionWatch.NONE, Observer.NONE.began(session));
    }

    @Test
    void an_observer_that_throws_harms_neither_the_others_nor_who_tells() {
        Recorder recorder = new Recorder("text");
        SessionWatch watch =
                Observer.all(new Broken(true), new Broken(false), recorder).began(session);
        CallWatch call = watch.began(CALL);
        assertEquals("text", call.carried());
        call.running().close();
        call.ended(null, 7);
        watch.ended(Failure.disconnected("done"));
        assertEquals(
                List.of("session sim", "outgoing 1 add()", "outgoing 1 ok", "over: DISCONNECTED"), recorder.lines());
    }

    @Test
    void a_call_ends_once_however_often_it_is_told() {
        Recorder recorder = new Recorder();
        CallWatch call = Observer.all(recorder).began(session).began(CALL);
        call.cancelled();
        call.ended(null, 7);
        assertEquals(List.of("session sim", "outgoing 1 add()", "outgoing 1 cancelled"), recorder.lines());
    }

    @Test
    void who_wants_to_hear_nothing_is_not_told() {
        assertSame(SessionWatch.NONE, Observer.all(quiet -> SessionWatch.NONE).began(session));
        assertSame(
                CallWatch.NONE,
                Observer.all(silent -> call -> CallWatch.NONE).began(session).began(CALL));
    }

    @Test
    void what_is_too_long_to_travel_or_no_text_does_not() {
        assertNull(ObservedCall.carried(null));
        assertNull(ObservedCall.carried(""));
        assertNull(ObservedCall.carried("two words"));
        assertNull(ObservedCall.carried("x".repeat(ObservedCall.MOST_CARRIED + 1)));
        assertEquals("x", ObservedCall.carried("x"));
    }

    @Test
    void what_surrounds_code_is_entered_and_left_in_the_right_order() {
        List<String> heard = new ArrayList<>();
        Observer first = around("first", heard);
        Observer second = around("second", heard);
        SessionWatch watch = Observer.all(first, second).began(session);
        var around = watch.around();
        if (around == null) {
            throw new AssertionError("there is something around");
        }
        around.get().close();
        assertEquals(List.of("in first", "in second", "out second", "out first"), heard);
    }

    private static Observer around(String name, List<String> heard) {
        return session -> new SessionWatch() {
            @Override
            public CallWatch began(ObservedCall call) {
                return CallWatch.NONE;
            }

            @Override
            public java.util.function.Supplier<CallWatch.Running> around() {
                return () -> {
                    heard.add("in " + name);
                    return () -> heard.add("out " + name);
                };
            }
        };
    }
}

package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callbacks that give nothing are told and not waited for, in both styles of service. */
class ListenersTest {
    private final Pair pair = new Pair();

    @FunctionalInterface
    interface Strict {
        void accept(String text) throws Refused;
    }

    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    @Remote
    interface Board {
        void listen(Consumer<String> listener);

        Promise<Integer> add(String text);

        void strictly(Strict listener);

        Promise<String> ask(Function<String, Promise<String>> listener);

        void forget();
    }

    private static class OurBoard implements Board {
        private final List<Consumer<String>> listeners = new ArrayList<>();
        private int added;

        @Override
        public void listen(Consumer<String> listener) {
            listeners.add(Remotes.dup(listener));
        }

        @Override
        public Promise<Integer> add(String text) {
            listeners.forEach(listener -> listener.accept(text));
            return Promise.of(++added);
        }

        @Override
        public void strictly(Strict listener) {
            try {
                listener.accept("x");
            } catch (Refused e) {
                throw Failure.failed("the listener says " + e.getMessage());
            }
        }

        @Override
        public Promise<String> ask(Function<String, Promise<String>> listener) {
            return listener.apply("you");
        }

        @Override
        public void forget() {
            listeners.forEach(Remotes::close);
            listeners.clear();
        }
    }

    private Board board(boolean blocking) {
        return board(blocking, new OurBoard());
    }

    private Board board(boolean blocking, Board object) {
        return pair.connect(
                Board.class,
                blocking
                        ? pair.server.serveBlocking(pair.sim.loop(), object)
                        : pair.server.serve(pair.sim.loop(), object));
    }

    @AfterEach
    void nothing_is_left() {
        pair.assertNothingIsLeft();
        pair.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_that_throws_is_the_listeners_affair(boolean blocking) {
        Board board = board(blocking);
        List<String> heard = new ArrayList<>();
        board.listen(text -> {
            throw new IllegalStateException("does not want to hear " + text);
        });
        board.listen(heard::add);
        assertEquals(1, pair.sim.await(board.add("a")));
        assertEquals(2, pair.sim.await(board.add("b")));
        pair.sim.poll();
        assertEquals(List.of("a", "b"), heard);
        board.forget();
        Remotes.close(board);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_is_not_waited_for(boolean blocking) {
        List<String> heard = new ArrayList<>();
        Board board = board(blocking, new OurBoard() {
            @Override
            public Promise<Integer> add(String text) {
                super.add(text);
                return Promise.of(heard.size());
            }
        });
        board.listen(heard::add);
        assertEquals(0, pair.sim.await(board.add("a")));
        assertEquals(List.of("a"), heard);
        board.forget();
        Remotes.close(board);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_that_gives_a_promise_is_waited_for(boolean blocking) {
        Board board = board(blocking);
        assertEquals("hello you", pair.sim.await(board.ask(name -> Promise.of("hello " + name))));
        Remotes.close(board);
    }

    @Test
    void one_that_declares_an_exception_is_waited_for_on_a_fiber() {
        Board board = board(true);
        assertEquals(
                "the listener says no",
                assertThrows(
                                Failure.class,
                                () -> board.strictly(text -> {
                                    throw new Refused("no");
                                }))
                        .reason());
        Remotes.close(board);
    }
}

package dev.capstan.capnweb.il;

import dev.capstan.capnweb.Stub;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a peer is to do: a function that is written down instead of run, with what it captures.
 *
 * <pre>{@code
 * Program greeting = Program.of(p -> {
 *     Expr user = p.use(api).call("authenticate", token);
 *     Expr names = p.each(user.call("friends"), friend -> p.use(api).call("name", friend.get("id")));
 *     return Map.of("user", user.get("name"), "friends", names);
 * });
 * try (Stub result = greeting.on(api)) { ... result.value() ... }
 * }</pre>
 *
 * <p>The function runs once, here and now; an {@link Expr} stands for a value that the program will have. As with {@link Stub#map}, each operation is written down when it is made, and is done once,
 * in that order; unlike there, values can be computed, compared and looped over. Java's own {@code if} and {@code for} run here: choices about values that are not known are made by {@link Writer#when},
 * {@link Writer#each} and {@link Writer#repeat}.
 *
 * <p>Wherever a value is wanted, a tree of values will do in which {@link Expr}s and {@link Stub}s lie: a {@link List} is a list, a {@link Map} a record. Stubs are captured, once each; they are
 * borrowed, and have to be open when the program is sent. Streams are captured by {@link Writer#use}.
 *
 * <p>A value: it can be sent as often as one likes. Threads: any.
 */
public final class Program {
    private final Object code;
    private final List<@Nullable Object> captures;

    private Program(Object code, List<@Nullable Object> captures) {
        this.code = code;
        this.captures = captures;
    }

    /**
     * Writes down what {@code body} does; its result is that of the program.
     *
     * @throws IllegalStateException if an expression is used where its value does not exist, such as one of a loop after the loop
     * @throws IllegalArgumentException if a value has no place in a program
     */
    public static Program of(Function<Writer, ? extends @Nullable Object> body) {
        Recording recording = new Recording();
        Writer writer = new Writer(recording);
        Object code = recording.block(() -> body.apply(writer));
        return new Program(code, recording.end());
    }

    /** The program as the tree of values that is sent, in the grammar of {@code docs/il.md}; not to be changed. */
    public Object code() {
        return code;
    }

    /** What it captures, in the order of the indexes; borrowed. */
    public List<@Nullable Object> captures() {
        return List.copyOf(captures.stream().map(each -> (Object) each).toList());
    }

    /**
     * Sends it to {@code peer}, which answers programs. The result can be called and looked into at once, as that of any call; the caller owns it. Closing it before it is there ends the program.
     */
    public Stub on(Stub peer) {
        return peer.call(Programs.RUN, code, new ArrayList<>(captures));
    }

    @Override
    public String toString() {
        return code.toString();
    }

    /** Writes a program down. Usable while the function runs that it was given to. */
    public static final class Writer {
        private final Recording recording;

        Writer(Recording recording) {
            this.recording = recording;
        }

        /** What was there before the program: an object that it calls, a stream, or a value that should not be a part of it. Captured once, however often it is used. */
        public Expr use(Object captured) {
            return recording.capture(captured);
        }

        /** A value, a list or a record. */
        public Expr value(@Nullable Object tree) {
            return recording.made(recording.written(tree));
        }

        /** What {@code then} or {@code otherwise} gives; only that one is done. */
        public Expr when(
                @Nullable Object condition,
                Supplier<? extends @Nullable Object> then,
                Supplier<? extends @Nullable Object> otherwise) {
            Object test = recording.written(condition);
            return recording.operation("if", test, recording.block(then), recording.block(otherwise));
        }

        /** What {@code body} gives for each element of a list, in a list. Calls of one round do not wait for those of the round before, unless they need what these give. */
        public Expr each(@Nullable Object list, Function<Expr, ? extends @Nullable Object> body) {
            Object elements = recording.written(list);
            String name = recording.name();
            Object round = recording.block(() -> body.apply(recording.named(name)));
            return recording.operation("for", name, elements, round);
        }

        /** As {@link #each(Object, Function)}, for those elements for which {@code filter} gives true. */
        public Expr each(
                @Nullable Object list,
                Function<Expr, ? extends @Nullable Object> body,
                Function<Expr, ? extends @Nullable Object> filter) {
            Object elements = recording.written(list);
            String name = recording.name();
            Object round = recording.block(() -> body.apply(recording.named(name)));
            Object test = recording.block(() -> filter.apply(recording.named(name)));
            return recording.operation("for", name, elements, round, test);
        }

        /**
         * Goes on as long as {@code condition} gives true, with {@code start} in the first round and with what {@code next} gives after that; gives the last, as a record.
         *
         * @param next may leave out members that stay as they are
         */
        public Expr repeat(
                Map<String, ? extends @Nullable Object> start,
                Function<Map<String, Expr>, ? extends @Nullable Object> condition,
                Function<Map<String, Expr>, ? extends Map<String, ? extends @Nullable Object>> next) {
            return recording.repeat(start, condition, next);
        }

        /** Ends the program, which fails with this text. */
        public Expr fail(@Nullable Object message) {
            return recording.operation("fail", recording.written(message));
        }

        /** Lists, one behind the other. */
        public Expr concat(@Nullable Object... lists) {
            return recording.operation("concat", recording.allWritten(lists));
        }
    }
}

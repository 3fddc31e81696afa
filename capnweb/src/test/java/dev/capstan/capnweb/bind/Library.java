package dev.capstan.capnweb.bind;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.Readable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Interfaces and records that use everything there is. */
final class Library {
    private Library() {}

    enum Level {
        LOW,
        @Named("top")
        HIGH
    }

    record Address(String street, int number) {}

    record User(
            String name,
            int age,
            List<Address> addresses,
            Optional<String> email,
            @Nullable String note,
            Map<String, Level> levels) {
        User {
            if (age < 0) {
                throw new IllegalArgumentException("an age is not negative");
            }
        }

        static User named(String name) {
            return new User(name, 41, List.of(new Address("Main", 7)), Optional.empty(), null, Map.of("x", Level.HIGH));
        }
    }

    @Tagged("kind")
    sealed interface Figure permits Circle, Group {}

    @Named("circle")
    record Circle(double radius) implements Figure {}

    @Named("group")
    record Group(List<Figure> parts) implements Figure {}

    record Tree(String label, List<Tree> children) {}

    record Page<T>(List<T> items, @Named("next-page") Optional<Integer> next) {}

    @SuppressWarnings("ArrayRecordComponent") // as users may do it
    record Everything(
            boolean flag,
            byte small,
            short medium,
            int normal,
            long large,
            float single,
            double precise,
            char letter,
            String text,
            BigInteger big,
            Instant time,
            byte[] bytes,
            int[] numbers,
            double[] doubles,
            Set<Level> levels,
            Optional<URI> link,
            String[] words,
            Object any) {}

    @Remote
    interface Counter extends AutoCloseable {
        int increment(int by);

        @Property
        int value();

        @Override
        void close();
    }

    /** Not to be reached through {@link Api}. */
    @Remote
    interface Admin {
        String secret();
    }

    interface Named2<T> {
        T byName(String name);
    }

    static final class Sold extends Exception {
        private static final long serialVersionUID = 1;

        Sold(String message) {
            super(message);
        }
    }

    @Remote
    interface Api extends Named2<User> {
        int square(int n);

        long exact(long n);

        String greet(User user, Level level);

        List<Map<String, User>> table(List<Map<String, User>> rows);

        Figure figure(Figure figure);

        Tree tree(Tree tree);

        Page<User> page(Page<User> page);

        Everything everything(Everything all);

        @Nullable
        Object any(@Nullable Object any);

        Throwable error(Throwable error);

        Counter makeCounter(int start);

        Api self();

        @Property
        Counter shared();

        int read(Counter counter);

        boolean isMine(Counter counter);

        int twice(IntUnaryOperator function, int n);

        Promise<Integer> apply(Function<Integer, Promise<Integer>> function, int n);

        void keep(Consumer<String> listener);

        void keepBadly(Consumer<String> listener);

        void tell(String text);

        void forget();

        IntUnaryOperator adder(int n);

        Promise<Integer> later(int n);

        CompletionStage<String> stage(String text);

        Pending<String> pending(String text);

        int length(Pending<String> text);

        @Named("default")
        default String withBody(Optional<String> name) {
            return "default " + name.orElse("nobody");
        }

        int count(InputStream bytes);

        InputStream zeros(int length);

        Iterator<Address> addresses(int count);

        int sum(Iterator<Integer> numbers);

        Flow.Publisher<User> users(Flow.Publisher<String> names);

        void fill(OutputStream out, String text);

        Readable through(Readable stream);

        void fail(String how) throws Sold, IOException;
    }
}

package dev.capstan.capnweb.bind;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Readable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A plain object. */
class LibraryServer implements Library.Api, Library.Admin {
    private final Loop loop;
    final Count shared = new Count(0);

    @Nullable
    Consumer<String> listener;

    LibraryServer(Loop loop) {
        this.loop = loop;
    }

    static final class Count implements Library.Counter {
        private int count;
        boolean closed;

        Count(int count) {
            this.count = count;
        }

        @Override
        public int increment(int by) {
            return count += by;
        }

        @Override
        public int value() {
            return count;
        }

        public void reset() {
            count = 0;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    public String onlyOfTheClass() {
        return "not to be reached";
    }

    public static String ofTheClass() {
        return "not to be reached";
    }

    @Override
    public String secret() {
        return "42";
    }

    @Override
    public Library.User byName(String name) {
        return Library.User.named(name);
    }

    @Override
    public int square(int n) {
        return n * n;
    }

    @Override
    public long exact(long n) {
        return n;
    }

    @Override
    public String greet(Library.User user, Library.Level level) {
        return user.name() + " is " + user.age() + ", " + level;
    }

    @Override
    public List<Map<String, Library.User>> table(List<Map<String, Library.User>> rows) {
        return rows;
    }

    @Override
    public Library.Figure figure(Library.Figure figure) {
        return figure;
    }

    @Override
    public Library.Tree tree(Library.Tree tree) {
        return tree;
    }

    @Override
    public Library.Page<Library.User> page(Library.Page<Library.User> page) {
        return page;
    }

    @Override
    public Library.Everything everything(Library.Everything all) {
        return all;
    }

    @Override
    public @Nullable Object any(@Nullable Object any) {
        return any;
    }

    @Override
    public Throwable error(Throwable error) {
        return error;
    }

    @Override
    public Library.Counter makeCounter(int start) {
        return new Count(start);
    }

    @Override
    public Library.Api self() {
        return this;
    }

    @Override
    public Library.Counter shared() {
        return shared;
    }

    @Override
    public int read(Library.Counter counter) {
        return counter.value();
    }

    @Override
    public boolean isMine(Library.Counter counter) {
        return counter == shared;
    }

    @Override
    public int twice(IntUnaryOperator function, int n) {
        return function.applyAsInt(function.applyAsInt(n));
    }

    @Override
    public Promise<Integer> apply(Function<Integer, Promise<Integer>> function, int n) {
        return function.apply(n).then(once -> function.apply(once));
    }

    @Override
    public void keep(Consumer<String> given) {
        listener = Remotes.dup(given);
    }

    @Override
    public void keepBadly(Consumer<String> given) {
        listener = given;
    }

    @Override
    public void tell(String text) {
        Objects.requireNonNull(listener).accept(text);
    }

    @Override
    public void forget() {
        Remotes.close(Objects.requireNonNull(listener));
    }

    @Override
    public IntUnaryOperator adder(int n) {
        return m -> n + m;
    }

    @Override
    public Promise<Integer> later(int n) {
        return loop.pause().map(done -> n + 1);
    }

    @Override
    public CompletionStage<String> stage(String text) {
        return CompletableFuture.completedFuture(text + "!");
    }

    @Override
    public Pending<String> pending(String text) {
        return Pending.of(text + "?");
    }

    @Override
    public int length(Pending<String> text) {
        return text.await().length();
    }

    @Override
    public int count(InputStream bytes) {
        try (bytes) {
            return bytes.readAllBytes().length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream zeros(int length) {
        return new ByteArrayInputStream(new byte[length]);
    }

    @Override
    public Iterator<Library.Address> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> new Library.Address("Main", n))
                .iterator();
    }

    @Override
    public int sum(Iterator<Integer> numbers) {
        int sum = 0;
        while (numbers.hasNext()) {
            sum += numbers.next();
        }
        return sum;
    }

    @Override
    public Flow.Publisher<Library.User> users(Flow.Publisher<String> names) {
        Flow.Publisher<String> kept = Remotes.dup(names);
        return subscriber -> kept.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscriber.onSubscribe(subscription);
            }

            @Override
            public void onNext(String name) {
                subscriber.onNext(Library.User.named(name));
            }

            @Override
            public void onError(Throwable failure) {
                subscriber.onError(failure);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
            }
        });
    }

    @Override
    public void fill(OutputStream out, String text) {
        try (out) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Readable through(Readable stream) {
        return stream.share();
    }

    @Override
    public void fail(String how) throws Library.Sold {
        switch (how) {
            case "declared" -> throw new Library.Sold("sold out");
            case "failure" -> throw Failure.overloaded("come back later");
            case "unsupported" -> throw new UnsupportedOperationException("password is hunter2");
            default -> throw new IllegalStateException("password is hunter2");
        }
    }
}

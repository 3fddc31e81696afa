package dev.capstan.capnweb.bind;

import dev.capstan.async.Loop;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Readable;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a stream, one by one, as chunks and back.
 *
 * @param element what they are
 */
record Chunks(Binder binder, Loop loop, Shape element) {
    /** A chunk that holds no references: nobody could tell whose they are when it is lost on the way. */
    private @Nullable Object write(@Nullable Object value) {
        try (Writing writing = new Writing(binder, loop, false)) {
            Object tree = element.write(value, writing);
            if (writing.hasReferences()) {
                throw Mismatch.because(
                        "holds an object, which a stream does not carry: pass it as an argument or a result");
            }
            return tree;
        } catch (Mismatch e) {
            throw Failure.failed("a chunk of the stream: " + e.getMessage());
        }
    }

    /** The value of a chunk, which is consumed. */
    private @Nullable Object read(@Nullable Object tree) {
        try {
            return element.read(tree, new Reading(binder, loop));
        } catch (Mismatch e) {
            throw Failure.failed("a chunk of the stream: " + e.getMessage());
        } finally {
            Trees.close(tree);
        }
    }

    /** Asks where the calling thread's code runs: an iterator is a part of it. */
    Flow.Publisher<Object> written(Iterator<?> elements) {
        boolean isOfLoop = loop.inLoop() || Objects.equals(Loop.current(), loop);
        return new Iterated(loop, new Mapped(elements, this::write), !isOfLoop);
    }

    Iterator<@Nullable Object> read(Iterator<?> chunks) {
        return new Mapped(chunks, this::read);
    }

    private record Mapped(Iterator<?> source, Function<@Nullable Object, @Nullable Object> function)
            implements Iterator<@Nullable Object> {
        @Override
        public boolean hasNext() {
            return source.hasNext();
        }

        @Override
        public @Nullable Object next() {
            return function.apply(source.next());
        }
    }

    Flow.Publisher<Object> written(Flow.Publisher<?> elements) {
        return subscriber -> elements.subscribe(new Translated(subscriber, this::write));
    }

    /** Takes ownership of {@code stream}; closing what this gives closes it, unless somebody has subscribed. */
    Source read(Readable stream) {
        return new Source(stream, chunk -> read(((Readable.Chunk) chunk).take()));
    }

    /** A stream for one subscriber. */
    static final class Source implements Flow.Publisher<Object>, AutoCloseable {
        private final Readable stream;
        private final Function<Object, @Nullable Object> function;
        private final AtomicBoolean used = new AtomicBoolean();

        private Source(Readable stream, Function<Object, @Nullable Object> function) {
            this.stream = stream;
            this.function = function;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super Object> subscriber) {
            if (used.compareAndSet(false, true)) {
                try (stream) {
                    stream.publisher().subscribe(new Translated(subscriber, function));
                }
            } else {
                subscriber.onSubscribe(new Over());
                subscriber.onError(new IllegalStateException("this stream had its one subscriber, or was closed:"
                        + " a method's arguments are when it is through; keep Remotes.dup() of what is used later"));
            }
        }

        /** Another reference to the same, for which that of this need not stay. */
        Source dup() {
            if (used.get()) {
                throw new IllegalStateException("this stream had its one subscriber, or was closed");
            }
            return new Source(stream.share(), function);
        }

        private record Over() implements Flow.Subscription {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        }

        @Override
        public void close() {
            if (used.compareAndSet(false, true)) {
                stream.close();
            }
        }
    }

    /** Hears of one kind of elements and tells of another. */
    private static final class Translated implements Flow.Subscriber<Object> {
        private final Flow.Subscriber<? super Object> told;
        private final Function<Object, @Nullable Object> function;
        private Flow.@Nullable Subscription subscription;
        private boolean over;

        Translated(Flow.Subscriber<? super Object> told, Function<Object, @Nullable Object> function) {
            this.told = told;
            this.function = function;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            told.onSubscribe(given);
        }

        @Override
        @SuppressWarnings("NullAway") // an element that may be null is the subscriber's wish
        public void onNext(Object item) {
            if (over) {
                return;
            }
            Object element;
            try {
                element = function.apply(item);
            } catch (RuntimeException e) {
                over = true;
                if (subscription != null) {
                    subscription.cancel();
                }
                told.onError(e);
                return;
            }
            told.onNext(element);
        }

        @Override
        public void onError(Throwable failure) {
            if (!over) {
                told.onError(failure);
            }
        }

        @Override
        public void onComplete() {
            if (!over) {
                told.onComplete();
            }
        }
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a stream for one subscriber, as the rules of reactive streams want it. Signals are user code of the stream's loop.
 *
 * <p>Invariant: one read at a time, and none that was not asked for; {@link #stream}, a reference of its own, is closed when the last signal was given.
 */
final class ChunkPublisher implements Flow.Publisher<Readable.Chunk> {
    private final Readable stream;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    /** Takes ownership of {@code stream}. */
    ChunkPublisher(Readable stream) {
        this.stream = stream;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Readable.Chunk> subscriber) {
        if (subscribed.compareAndSet(false, true)) {
            Subscribed subscription = new Subscribed(subscriber);
            stream.loop().execute(() -> subscriber.onSubscribe(subscription));
        } else {
            stream.loop().execute(() -> {
                subscriber.onSubscribe(new Refused());
                subscriber.onError(new IllegalStateException("a stream has one subscriber: it is read once"));
            });
        }
    }

    private record Refused() implements Flow.Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }

    private final class Subscribed implements Flow.Subscription {
        private final Flow.Subscriber<? super Readable.Chunk> subscriber;
        private long wanted;
        private boolean reading;
        private boolean over;

        Subscribed(Flow.Subscriber<? super Readable.Chunk> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            stream.loop().execute(() -> {
                if (count < 1) {
                    end(new IllegalArgumentException("a subscriber asks for a positive number, not " + count));
                } else {
                    wanted = wanted + count < 0 ? Long.MAX_VALUE : wanted + count;
                    read();
                }
            });
        }

        @Override
        public void cancel() {
            stream.loop().execute(this::close);
        }

        private void read() {
            if (over || reading || wanted == 0) {
                return;
            }
            reading = true;
            stream.read()
                    .then(chunk -> {
                        reading = false;
                        if (over) {
                            chunk.close();
                        } else if (chunk.isEnd()) {
                            end(null);
                        } else {
                            wanted--;
                            subscriber.onNext(chunk);
                            read();
                        }
                        return Promise.done();
                    })
                    .detach(this::end);
        }

        private void end(@Nullable Throwable failure) {
            if (!over) {
                close();
                if (failure == null) {
                    subscriber.onComplete();
                } else {
                    subscriber.onError(failure);
                }
            }
        }

        private void close() {
            if (!over) {
                over = true;
                stream.close();
            }
        }
    }
}

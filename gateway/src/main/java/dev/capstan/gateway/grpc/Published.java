package dev.capstan.gateway.grpc;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Readable;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stream that may still be on its way, for one subscriber, with its chunks as something else. Signals come on the loop.
 *
 * <p>Invariant: one read at a time and none that was not asked for. Once subscribed, the stream is closed when the last signal was given or nobody wants it any more.
 *
 * @param <T> what chunks become
 */
final class Published<T> implements Flow.Publisher<T>, Flow.Subscription {
    private final Loop loop;
    private final Promise<Readable> coming;
    private final Function<@Nullable Object, ? extends T> conversion;
    private Promise.@Nullable Cancelable waiting;
    private @Nullable Readable stream;
    private Flow.@Nullable Subscriber<? super T> to;
    private long wanted;
    private boolean reading;
    private boolean over;

    /** Consumes the promise; owns what it gives. */
    Published(Loop loop, Promise<Readable> coming, Function<@Nullable Object, ? extends T> conversion) {
        this.loop = loop;
        this.coming = coming;
        this.conversion = conversion;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
        loop.execute(() -> {
            to = subscriber;
            subscriber.onSubscribe(this);
            waiting = coming.listen(loop, (came, failure) -> {
                if (came == null) {
                    end(failure);
                } else if (over) {
                    came.close();
                } else {
                    stream = came;
                    read();
                }
            });
        });
    }

    @Override
    public void request(long count) {
        loop.execute(() -> {
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
        loop.execute(this::close);
    }

    private void read() {
        Readable from = stream;
        if (from == null || over || reading || wanted == 0) {
            return;
        }
        reading = true;
        from.read().listen(loop, (chunk, failure) -> {
            reading = false;
            if (chunk == null) {
                end(failure);
            } else {
                took(chunk);
            }
        });
    }

    private void took(Readable.Chunk chunk) {
        Flow.Subscriber<? super T> subscriber = to;
        if (over || subscriber == null) {
            chunk.close();
            return;
        }
        if (chunk.isEnd()) {
            end(null);
            return;
        }
        T item;
        try (chunk) {
            item = conversion.apply(chunk.value());
        } catch (RuntimeException e) {
            end(e);
            return;
        }
        wanted--;
        subscriber.onNext(item);
        read();
    }

    private void end(@Nullable Throwable failure) {
        if (over) {
            return;
        }
        close();
        Flow.Subscriber<? super T> subscriber = to;
        if (subscriber != null) {
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
            if (stream != null) {
                stream.close();
            } else if (waiting != null) {
                waiting.cancel();
            }
        }
    }
}

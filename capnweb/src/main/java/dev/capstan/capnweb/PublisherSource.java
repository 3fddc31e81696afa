package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.ArrayDeque;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher publishes, asked for one at a time. It signals from any thread; it is subscribed to when somebody reads.
 *
 * <p>Its state belongs to the loop's thread; signals are posted there, which keeps their order.
 */
final class PublisherSource implements ChunkSource, Flow.Subscriber<Object> {
    private final Loop loop;
    private final Flow.Publisher<?> publisher;
    private final Pipe pipe;

    /** What is to be done with the subscription once it is there. */
    private final ArrayDeque<Consumer<Flow.Subscription>> early = new ArrayDeque<>();

    private Flow.@Nullable Subscription subscription;
    private boolean subscribed;

    PublisherSource(Loop loop, Flow.Publisher<?> publisher) {
        this.loop = loop;
        this.publisher = publisher;
        this.pipe = new Pipe(loop);
    }

    @Override
    public Promise<Readable.Chunk> next() {
        if (!subscribed) {
            subscribed = true;
            loop.guard(() -> publisher.subscribe(this));
        }
        withSubscription(known -> known.request(1));
        return pipe.next();
    }

    @Override
    public void cancel(Failure reason) {
        pipe.cancel(reason);
        if (subscribed) {
            withSubscription(Flow.Subscription::cancel);
        }
    }

    private void withSubscription(Consumer<Flow.Subscription> work) {
        Flow.Subscription known = subscription;
        if (known == null) {
            early.add(work);
        } else {
            loop.guard(() -> work.accept(known));
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription to) {
        loop.post(() -> {
            if (subscription != null) {
                loop.guard(to::cancel);
                return;
            }
            subscription = to;
            while (!early.isEmpty()) {
                withSubscription(early.remove());
            }
        });
    }

    @Override
    public void onNext(Object item) {
        loop.post(() -> pipe.write(item).listen(loop, (taken, failure) -> {}));
    }

    @Override
    public void onError(Throwable cause) {
        loop.post(() -> pipe.abort(Failure.of(cause)).listen(loop, (told, failure) -> {}));
    }

    @Override
    public void onComplete() {
        loop.post(() -> pipe.end().listen(loop, (taken, failure) -> {}));
    }
}

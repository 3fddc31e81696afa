package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
    private static final Logger LOG = System.getLogger(PublisherSource.class.getName());

    private final Loop loop;
    private final Flow.Publisher<?> publisher;
    private final Pipe pipe;

    /** What is to be done with the subscription once it is there. */
    private final ArrayDeque<Consumer<Flow.Subscription>> early = new ArrayDeque<>();

    private Flow.@Nullable Subscription subscription;
    private boolean subscribed;
    /** The publisher threw; it is asked for nothing more. */
    private boolean broken;

    PublisherSource(Loop loop, Flow.Publisher<?> publisher) {
        this.loop = loop;
        this.publisher = publisher;
        this.pipe = new Pipe(loop);
    }

    @Override
    public Promise<Readable.Chunk> next() {
        if (!subscribed) {
            subscribed = true;
            guarded(() -> publisher.subscribe(this));
        }
        if (!broken) {
            withSubscription(known -> known.request(1));
        }
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
            guarded(() -> work.accept(known));
        }
    }

    /** A publisher that throws instead of telling its subscriber fails the stream all the same: whoever reads would wait for ever. */
    private void guarded(Runnable work) {
        loop.guard(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                thrown(e);
            }
        });
    }

    private void thrown(Throwable cause) {
        if (broken) {
            LOG.log(Level.WARNING, "a publisher whose stream has failed cannot be cancelled", cause);
            return;
        }
        broken = true;
        failed(cause);
        withSubscription(Flow.Subscription::cancel);
    }

    private void failed(Throwable cause) {
        pipe.abort(Failure.of(cause)).listen(loop, (told, failure) -> {});
    }

    @Override
    public void onSubscribe(Flow.Subscription to) {
        loop.post(() -> {
            if (subscription != null) {
                guarded(to::cancel);
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
        loop.post(() -> failed(cause));
    }

    @Override
    public void onComplete() {
        loop.post(() -> pipe.end().listen(loop, (taken, failure) -> {}));
    }
}

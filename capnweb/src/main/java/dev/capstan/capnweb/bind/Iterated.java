package dev.capstan.capnweb.bind;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.Iterator;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a user's iterator, for one subscriber, which asks for one at a time. Each is fetched when it is asked for, and may be waited for.
 *
 * <p>An iterator is mostly a view of something that other code of the user changes. So that of a service is asked on a fiber, where nothing else of the service runs meanwhile but for where it
 * waits; that of a thread outside of the loop on a thread of its own, since whoever passes one there expects that it may block.
 *
 * @param isOutside whether it is asked outside of the loop
 */
record Iterated(Loop loop, Iterator<@Nullable Object> elements, boolean isOutside) implements Flow.Publisher<Object> {
    @Override
    public void subscribe(Flow.Subscriber<? super Object> subscriber) {
        subscriber.onSubscribe(new Fetching(subscriber));
    }

    private record Element(boolean isEnd, @Nullable Object value) {}

    private Element next() {
        return elements.hasNext() ? new Element(false, elements.next()) : new Element(true, null);
    }

    /** Belongs to the loop's thread. */
    private final class Fetching implements Flow.Subscription {
        private final Flow.Subscriber<? super Object> subscriber;
        private Promise.@Nullable Cancelable running;

        Fetching(Flow.Subscriber<? super Object> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            Promise<Element> next = isOutside ? loop.offload(Iterated.this::next) : loop.fiber(Iterated.this::next);
            running = next.listen(loop, this::fetched);
        }

        @SuppressWarnings("NullAway") // null is a value like any other here
        private void fetched(@Nullable Element element, @Nullable Throwable failure) {
            running = null;
            if (element == null) {
                subscriber.onError(failure == null ? new IllegalStateException("no element") : failure);
            } else if (element.isEnd()) {
                subscriber.onComplete();
            } else {
                subscriber.onNext(element.value());
            }
        }

        @Override
        public void cancel() {
            Promise.Cancelable known = running;
            running = null;
            if (known != null) {
                known.cancel();
            }
        }
    }
}

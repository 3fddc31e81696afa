package dev.capstan.gateway.grpc;

import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a publisher publishes, as something else; what cannot be converted fails it and cancels the source. Signals pass on the thread that they come on. */
final class Converted<A, B> implements Flow.Publisher<B> {
    private final Flow.Publisher<? extends A> source;
    private final Function<? super A, ? extends B> conversion;
    private final Function<Throwable, ? extends Throwable> failures;

    Converted(
            Flow.Publisher<? extends A> source,
            Function<? super A, ? extends B> conversion,
            Function<Throwable, ? extends Throwable> failures) {
        this.source = source;
        this.conversion = conversion;
        this.failures = failures;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super B> subscriber) {
        source.subscribe(new Flow.Subscriber<A>() {
            private Flow.@Nullable Subscription subscription;
            private boolean over;

            @Override
            public void onSubscribe(Flow.Subscription made) {
                subscription = made;
                subscriber.onSubscribe(made);
            }

            @Override
            public void onNext(A item) {
                if (over) {
                    return;
                }
                B converted;
                try {
                    converted = conversion.apply(item);
                } catch (RuntimeException e) {
                    over = true;
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    subscriber.onError(e);
                    return;
                }
                subscriber.onNext(converted);
            }

            @Override
            public void onError(Throwable failure) {
                if (!over) {
                    over = true;
                    subscriber.onError(failures.apply(failure));
                }
            }

            @Override
            public void onComplete() {
                if (!over) {
                    over = true;
                    subscriber.onComplete();
                }
            }
        });
    }
}

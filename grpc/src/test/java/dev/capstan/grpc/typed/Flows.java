package dev.capstan.grpc.typed;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Publishers and subscribers as small as they can be, for tests. */
final class Flows {
    private Flows() {}

    /** Publishes a list to each subscriber, as it is asked for. Tells when it is cancelled. */
    static final class Listed<T> implements Flow.Publisher<T> {
        private final Iterable<T> messages;
        final CompletableFuture<Void> cancelled = new CompletableFuture<>();

        Listed(Iterable<T> messages) {
            this.messages = messages;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super T> subscriber) {
            Iterator<T> left = messages.iterator();
            subscriber.onSubscribe(new Flow.Subscription() {
                private long demand;
                private boolean running;
                private boolean done;

                @Override
                public void request(long count) {
                    demand += count;
                    if (running) {
                        return;
                    }
                    running = true;
                    while (!done && demand > 0 && left.hasNext()) {
                        demand--;
                        subscriber.onNext(left.next());
                    }
                    running = false;
                    if (!done && !left.hasNext()) {
                        done = true;
                        subscriber.onComplete();
                    }
                }

                @Override
                public void cancel() {
                    done = true;
                    cancelled.complete(null);
                }
            });
        }
    }

    /** Publishes nothing and never ends. */
    static <T> Flow.Publisher<T> silent() {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                // There is nothing to be had.
            }

            @Override
            public void cancel() {
                // Nothing runs.
            }
        });
    }

    /** Each message of {@code from} as {@code function} makes it another; demand goes through. */
    static <A, B> Flow.Publisher<B> mapped(Flow.Publisher<A> from, Function<A, B> function) {
        return to -> from.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                to.onSubscribe(subscription);
            }

            @Override
            public void onNext(A message) {
                to.onNext(function.apply(message));
            }

            @Override
            public void onError(Throwable failure) {
                to.onError(failure);
            }

            @Override
            public void onComplete() {
                to.onComplete();
            }
        });
    }

    /** The sum of {@code function} over all messages, each asked for when the one before was added. */
    static <A> Promise<Integer> sum(Loop loop, Flow.Publisher<A> from, Function<A, Integer> function) {
        Completer<Integer> sum = new Completer<>(loop);
        from.subscribe(new Flow.Subscriber<>() {
            private Flow.@Nullable Subscription source;
            private int total;

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                source = subscription;
                subscription.request(1);
            }

            @Override
            public void onNext(A message) {
                total += function.apply(message);
                if (source != null) {
                    source.request(1);
                }
            }

            @Override
            public void onError(Throwable failure) {
                sum.fail(failure);
            }

            @Override
            public void onComplete() {
                sum.complete(total);
            }
        });
        return sum.promise();
    }

    /** Takes what is published when a test asks for it. */
    static final class Taken<T> implements Flow.Subscriber<T> {
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        private final CompletableFuture<List<T>> all = new CompletableFuture<>();
        private final List<T> messages = new ArrayList<>();

        static <T> List<T> all(Flow.Publisher<T> from) throws Exception {
            Taken<T> taken = new Taken<>();
            from.subscribe(taken);
            taken.request(Long.MAX_VALUE);
            return taken.end().get(60, TimeUnit.SECONDS);
        }

        void request(long count) throws Exception {
            subscription.get(60, TimeUnit.SECONDS).request(count);
        }

        void cancel() throws Exception {
            subscription.get(60, TimeUnit.SECONDS).cancel();
        }

        CompletableFuture<List<T>> end() {
            return all;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.complete(given);
        }

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(List.copyOf(messages));
        }
    }
}

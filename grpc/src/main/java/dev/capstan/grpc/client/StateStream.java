package dev.capstan.grpc.client;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** What state a client is in, for many subscribers: the best of its channels. Each subscriber gets the state of now and then each other; one that is slow gets the latest. On the loop. */
final class StateStream implements Flow.Publisher<ConnectivityState> {
    private final Loop loop;
    private final List<ManagedChannel> channels;
    private final List<Reader> readers = new ArrayList<>();
    private final List<Completer<Void>> waiting = new ArrayList<>();
    private boolean watching;

    StateStream(Loop loop, List<ManagedChannel> channels) {
        this.loop = loop;
        this.channels = channels;
    }

    /** From any thread. */
    ConnectivityState now() {
        ConnectivityState best = ConnectivityState.SHUTDOWN;
        for (ManagedChannel channel : channels) {
            ConnectivityState state = channel.getState(false);
            if (rank(state) < rank(best)) {
                best = state;
            }
        }
        return best;
    }

    private static int rank(ConnectivityState state) {
        return switch (state) {
            case READY -> 0;
            case CONNECTING -> 1;
            case IDLE -> 2;
            case TRANSIENT_FAILURE -> 3;
            case SHUTDOWN -> 4;
        };
    }

    /** Connects, and is done when calls can be sent. From any thread. */
    Promise<Void> ready() {
        Completer<Void> completer = new Completer<>(loop);
        Promise<Void> promise = completer.promise();
        loop.post(() -> {
            waiting.add(completer);
            completer.onCancel(() -> waiting.remove(completer));
            watch();
            channels.forEach(channel -> channel.getState(true));
            changed();
        });
        return promise;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ConnectivityState> subscriber) {
        loop.execute(() -> {
            watch();
            Reader reader = new Reader(subscriber);
            readers.add(reader);
            subscriber.onSubscribe(reader);
            reader.tell();
        });
    }

    /** Only once somebody wants to know. */
    private void watch() {
        if (!watching) {
            watching = true;
            channels.forEach(this::watch);
        }
    }

    private void watch(ManagedChannel channel) {
        ConnectivityState seen = channel.getState(false);
        if (seen != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(seen, () -> {
                watch(channel);
                loop.post(this::changed);
            });
        }
    }

    private void changed() {
        ConnectivityState now = now();
        if (now == ConnectivityState.READY || now == ConnectivityState.SHUTDOWN) {
            List<Completer<Void>> told = List.copyOf(waiting);
            waiting.clear();
            for (Completer<Void> each : told) {
                if (now == ConnectivityState.READY) {
                    each.complete(Promise.nothing());
                } else {
                    each.fail(Status.UNAVAILABLE
                            .withDescription("the client was closed")
                            .asRuntimeException());
                }
            }
        }
        for (Reader each : List.copyOf(readers)) {
            loop.guard(each::tell);
        }
    }

    private final class Reader implements Flow.Subscription {
        private final Flow.Subscriber<? super ConnectivityState> to;
        private @Nullable ConnectivityState told;
        private long demand;
        private boolean done;

        Reader(Flow.Subscriber<? super ConnectivityState> to) {
            this.to = to;
        }

        void tell() {
            ConnectivityState now = now();
            if (!done && demand > 0 && now != told) {
                demand--;
                told = now;
                to.onNext(now);
            }
            if (!done && told == ConnectivityState.SHUTDOWN) {
                finish();
                to.onComplete();
            }
        }

        private void finish() {
            done = true;
            readers.remove(this);
        }

        @Override
        public void request(long count) {
            loop.execute(() -> {
                if (count < 1 && !done) {
                    finish();
                    to.onError(new IllegalArgumentException("ask for at least one state, not for " + count));
                    return;
                }
                demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
                tell();
            });
        }

        @Override
        public void cancel() {
            loop.execute(this::finish);
        }
    }
}

package dev.capstan.grpc.client;

import dev.capstan.async.Loop;
import dev.capstan.grpc.GrpcFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A call's answers for one subscriber, who is told on the loop. The server is asked for another message only when one was taken, so the subscriber's demand holds it back.
 */
final class AnswerStream<S> implements Flow.Publisher<S>, Flow.Subscription, Inbound.Taker<S> {
    private static final Logger LOG = System.getLogger(AnswerStream.class.getName());

    private final Loop loop;
    private final GrpcCall<?, S> call;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private Flow.@Nullable Subscriber<? super S> to;
    private long demand;
    /** The next answer, which never was in the queue; those there have come after it. */
    private @Nullable S handed;

    private boolean done;
    private boolean draining;
    private final Runnable look = this::drain;

    AnswerStream(Loop loop, GrpcCall<?, S> call) {
        this.loop = loop;
        this.call = call;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super S> subscriber) {
        loop.execute(() -> {
            if (to != null) {
                subscriber.onSubscribe(new Refused());
                subscriber.onError(new IllegalStateException(
                        "the answers of a call have one subscriber, and it is there already"));
                return;
            }
            to = subscriber;
            subscriber.onSubscribe(this);
            call.inbound().handTo(this);
            call.inbound().watch(this::schedule);
        });
    }

    @Override
    public boolean take(S message) {
        if (!loop.inTurn() || demand == 0 || handed != null) {
            return false;
        }
        handed = message;
        loop.guard(look);
        return true;
    }

    /** At once where that is possible; else many changes are one look. */
    private void schedule() {
        if (loop.inTurn()) {
            loop.guard(look);
        } else if (scheduled.compareAndSet(false, true)) {
            loop.execute(() -> {
                scheduled.set(false);
                drain();
            });
        }
    }

    private void drain() {
        Flow.Subscriber<? super S> subscriber = to;
        if (subscriber == null || draining) {
            return;
        }
        draining = true;
        try {
            while (!done && demand > 0) {
                S message = handed;
                handed = null;
                if (message == null) {
                    message = call.inbound().poll();
                    if (message == null) {
                        break;
                    }
                }
                call.taken();
                demand--;
                subscriber.onNext(message);
            }
            // The end first: what came before it is in the queue then.
            if (!done
                    && call.inbound().end() != null
                    && handed == null
                    && !call.inbound().hasMessage()) {
                done = true;
                GrpcFailure failure = call.failure();
                if (failure == null) {
                    subscriber.onComplete();
                } else {
                    subscriber.onError(failure);
                }
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the subscriber of a call's answers threw: the call is cancelled", e);
            done = true;
            call.cancel("its subscriber has thrown " + e);
        } finally {
            draining = false;
        }
    }

    @Override
    public void request(long count) {
        loop.execute(() -> {
            Flow.Subscriber<? super S> subscriber = to;
            if (count < 1 && !done && subscriber != null) {
                done = true;
                call.cancel("its subscriber asked for " + count + " answers");
                subscriber.onError(new IllegalArgumentException("ask for at least one answer, not for " + count));
                return;
            }
            demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
            drain();
        });
    }

    @Override
    public void cancel() {
        loop.execute(() -> {
            if (!done) {
                done = true;
                call.cancel("its subscriber has cancelled");
            }
        });
    }

    /** For a subscriber who comes too late. */
    private static final class Refused implements Flow.Subscription {
        @Override
        public void request(long count) {
            // Nothing will come.
        }

        @Override
        public void cancel() {
            // Nothing will come.
        }
    }
}

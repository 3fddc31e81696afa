package dev.capstan.grpc.server;

import dev.capstan.async.CanceledException;
import io.grpc.ServerCall;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The requests of a call for one subscriber, who is told on the handler's loop. Each is asked for when the subscriber wants it. */
final class Requests<Q> implements Flow.Publisher<Q>, Flow.Subscription, AsyncCall.Input<Q> {
    private final AsyncCall<Q, ?> owner;
    private final ServerCall<Q, ?> call;
    private Flow.@Nullable Subscriber<? super Q> to;
    private boolean ended;
    private boolean cancelled;
    private boolean done;

    Requests(AsyncCall<Q, ?> owner, ServerCall<Q, ?> call) {
        this.owner = owner;
        this.call = call;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Q> subscriber) {
        owner.run(() -> {
            if (to != null) {
                throw new IllegalStateException("the requests of a call have one subscriber, and it is there already");
            }
            to = subscriber;
            subscriber.onSubscribe(this);
            tellEnd();
        });
    }

    @Override
    public void request(long count) {
        owner.run(() -> {
            if (done) {
                return;
            }
            if (count < 1) {
                throw new IllegalArgumentException("ask for at least one request, not for " + count);
            }
            call.request((int) Math.min(Integer.MAX_VALUE, count));
        });
    }

    /** The subscriber wants no more; the call goes on without it. */
    @Override
    public void cancel() {
        owner.run(() -> done = true);
    }

    @Override
    public void message(Q message) {
        if (!done && to != null) {
            to.onNext(message);
        }
    }

    @Override
    public void ended() {
        ended = true;
        tellEnd();
    }

    @Override
    public void cancelled() {
        cancelled = true;
        tellEnd();
    }

    private void tellEnd() {
        if (done || to == null) {
            return;
        }
        if (ended) {
            done = true;
            to.onComplete();
        } else if (cancelled) {
            done = true;
            to.onError(new CanceledException("nobody waits for this call any more"));
        }
    }
}

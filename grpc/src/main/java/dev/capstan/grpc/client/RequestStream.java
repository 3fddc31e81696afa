package dev.capstan.grpc.client;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Sends what a publisher gives, and asks it for more when the call takes more: one message at a time. */
final class RequestStream<Q> implements Flow.Subscriber<Q> {
    private final GrpcCall<Q, ?> call;
    private final AtomicBoolean waits = new AtomicBoolean();
    private volatile Flow.@Nullable Subscription from;

    RequestStream(GrpcCall<Q, ?> call) {
        this.call = call;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (from != null) {
            subscription.cancel();
            return;
        }
        from = subscription;
        subscription.request(1); // Not held back: the first message of a call may go out before there is a connection.
        call.inbound().watch(this::look);
    }

    @Override
    public void onNext(Q message) {
        call.sendNow(message);
        waits.set(true);
        look();
    }

    private void look() {
        Flow.Subscription subscription = from;
        if (subscription == null) {
            return;
        }
        if (call.inbound().end() != null) {
            subscription.cancel();
        } else if (waits.get() && call.isReady() && waits.compareAndSet(true, false)) {
            subscription.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        call.cancel("the publisher of its requests has failed: " + failure);
    }

    @Override
    public void onComplete() {
        call.end();
    }
}

package dev.capstan.grpc.server;

import io.grpc.ServerCall;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Sends what a handler publishes, one message asked for when the connection takes one. Told on whichever thread; what it holds belongs to the handler's loop. */
final class Answers<S> implements Flow.Subscriber<S> {
    private final AsyncCall<?, S> owner;
    private final ServerCall<?, S> call;
    private final Reply<S> reply;
    private Flow.@Nullable Subscription from;
    private boolean asked;
    private boolean done;

    Answers(AsyncCall<?, S> owner, ServerCall<?, S> call, Reply<S> reply) {
        this.owner = owner;
        this.call = call;
        this.reply = reply;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        owner.run(() -> {
            if (from != null || done) {
                subscription.cancel();
                return;
            }
            from = subscription;
            look();
        });
    }

    @Override
    public void onNext(S message) {
        owner.run(() -> {
            if (!done) {
                asked = false;
                reply.send(message);
                look();
            }
        });
    }

    /** Asks for another message if it is time for one. */
    void look() {
        if (from != null && !done && !asked && call.isReady()) {
            asked = true;
            from.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        owner.run(() -> {
            if (!done) {
                done = true;
                owner.fail(failure);
            }
        });
    }

    @Override
    public void onComplete() {
        owner.run(() -> {
            if (!done) {
                done = true;
                reply.end();
            }
        });
    }

    /** The call is over. */
    void cancel() {
        if (!done) {
            done = true;
            if (from != null) {
                from.cancel();
            }
        }
    }
}

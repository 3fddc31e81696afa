package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/** A call of a stream that has passed a {@link Membrane}: in flight until the next one may be made, or until it has stopped if it is given up. */
final class MembraneStream implements Membrane.InFlight {
    private final Membrane membrane;
    private final Call call;
    private final CallEnd end;
    private final boolean isInward;
    private final long bytes;
    private final Completer<Void> ready;
    private final Promise.Cancelable waiting;
    private boolean over;

    /**
     * Takes ownership of everything.
     *
     * @param ready settles when the next one may be made
     * @param end of the call on the other side
     * @param bytes what its parameters take
     */
    MembraneStream(Membrane membrane, Call call, Promise<Void> ready, CallEnd end, boolean isInward, long bytes) {
        this.membrane = membrane;
        this.call = call;
        this.end = end;
        this.isInward = isInward;
        this.bytes = bytes;
        this.ready = new Completer<>(membrane.loop());
        membrane.begun(this, isInward);
        this.waiting = ready.listen(membrane.loop(), this::settled);
        this.ready.onCancel(this::lost);
        membrane.settle(this, isInward);
    }

    Promise<Void> ready() {
        return ready.promise();
    }

    private void settled(@Nullable Void done, @Nullable Throwable failure) {
        over = true;
        membrane.over(this, isInward);
        if (failure == null) {
            ready.complete(Promise.nothing());
        } else {
            ready.fail(failure);
        }
        call.close();
    }

    private void lost() {
        if (!over) {
            over = true;
            waiting.cancel();
            end.then(() -> {
                membrane.over(this, isInward);
                call.close();
            });
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void revoked(Failure why) {
        if (!over) {
            over = true;
            waiting.cancel();
            ready.fail(why);
            call.close();
        }
    }
}

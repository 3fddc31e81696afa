package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;

/** A call of a stream that has passed a {@link Membrane}: in flight until the next one may be made. */
final class MembraneStream implements Membrane.InFlight {
    private final Membrane membrane;
    private final boolean isInward;
    private final long bytes;
    private final Completer<Void> ready;
    private final Promise.Cancelable waiting;

    /** Consumes {@code ready}, which settles when the next one may be made; {@code bytes} are those of the parameters. */
    MembraneStream(Membrane membrane, Promise<Void> ready, boolean isInward, long bytes) {
        this.membrane = membrane;
        this.isInward = isInward;
        this.bytes = bytes;
        this.ready = new Completer<>(membrane.loop());
        membrane.begun(this, isInward);
        this.waiting = ready.listen(membrane.loop(), (done, failure) -> {
            membrane.over(this, isInward);
            if (failure == null) {
                this.ready.complete(Promise.nothing());
            } else {
                this.ready.fail(failure);
            }
        });
        this.ready.onCancel(this::lost);
    }

    Promise<Void> ready() {
        return ready.promise();
    }

    private void lost() {
        membrane.over(this, isInward);
        waiting.cancel();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void revoked(Failure why) {
        waiting.cancel();
        ready.fail(why);
    }
}

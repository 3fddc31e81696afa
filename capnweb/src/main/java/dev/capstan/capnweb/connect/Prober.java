package dev.capstan.capnweb.connect;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.WebPeer;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Asks one peer whether it is there, again and again, until it is not or this is closed. On the loop's thread. */
final class Prober implements AutoCloseable {
    private final Loop loop;
    private final Health health;
    private final WebPeer peer;
    private final Consumer<Failure> onDead;
    private Promise.Cancelable doing = () -> {};
    private boolean closed;

    Prober(Loop loop, Health health, WebPeer peer, Consumer<Failure> onDead) {
        this.loop = loop;
        this.health = health;
        this.peer = peer;
        this.onDead = onDead;
        rest();
    }

    private void rest() {
        if (!closed && !health.interval().isZero()) {
            doing = loop.timer().after(health.interval()).listen(loop, (rung, failure) -> ask());
        }
    }

    private void ask() {
        Promise<Void> asked;
        try {
            asked = health.probe().ask(peer);
        } catch (RuntimeException e) {
            asked = Promise.failed(Failure.of(e));
        }
        // A failure that the peer tells, or the end of its session, is a Failure: this exception is the timer's own.
        doing = loop.timer().timeout(health.timeout(), asked).listen(loop, (answer, failure) -> {
            if (failure instanceof TimeoutException) {
                onDead.accept(Failure.disconnected(
                        "the peer has not answered a probe within " + health.timeout() + ": it is gone, or hangs"));
            } else {
                rest();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        doing.cancel();
    }
}

package dev.capstan.capnp.rpc;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection on its way to its end: calls that are under way, in either direction, are let finish first.
 *
 * <p>The protocol cannot ask a peer to stop. So for the first half of the time its new calls are served as ever, and the connection ends as soon as a turn leaves nothing under way. The new calls of a
 * peer that is never quiet fail at once as DISCONNECTED in the second half, so that it knows that they have not happened, and what is under way becomes less. What is left when the time is over is
 * cut.
 *
 * <p>What is under way changes with messages alone, so whoever sends or receives one has this look again at the end of the turn.
 */
final class Draining implements Loop.TurnEnd {
    private final Connection connection;
    private final Duration time;
    private final Completer<Integer> done;
    private Promise.Cancelable alarm = () -> {};
    private boolean dirty;
    private boolean refuses;
    private boolean over;

    Draining(Connection connection, Duration time) {
        this.connection = connection;
        this.time = time;
        this.done = new Completer<>(connection.loop);
    }

    /** How many calls were cut, at the end. */
    Promise<Integer> begin() {
        Duration half = time.dividedBy(2);
        Loop loop = connection.loop;
        alarm = loop.timer().after(half).listen(loop, (rung, failure) -> {
            refuses = true;
            alarm = loop.timer()
                    .after(time.minus(half))
                    .listen(
                            loop,
                            (late, none) -> connection.disconnect(Failure.disconnected(
                                    "the connection has ended: what was under way was not done within " + time)));
        });
        touched();
        return done.promise();
    }

    /** A message was sent or received. */
    void touched() {
        if (!dirty && !over) {
            dirty = true;
            connection.loop.atTurnEnd(this);
        }
    }

    @Override
    public void turnEnded() {
        dirty = false;
        if (!over && connection.underWay() == 0) {
            connection.disconnect(Failure.disconnected("the connection was drained and has ended"));
        }
    }

    /** What a new call of the peer fails with; null if it is served. */
    @Nullable
    Failure refusal() {
        return refuses
                ? Failure.disconnected("this vat is going away and has not begun this call: connect again")
                : null;
    }

    /** The connection ends, for whatever reason, with so many calls under way. */
    void ended(int underWay) {
        if (!over) {
            over = true;
            alarm.cancel();
            done.complete(underWay);
        }
    }
}

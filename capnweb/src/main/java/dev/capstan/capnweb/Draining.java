package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session on its way to its end: what is in flight is let finish first.
 *
 * <p>In flight are results that one side waits for, and streams that we send. For the first half of the time new calls of the peer are served as ever, and the session ends as soon as a turn
 * leaves nothing in flight: a peer that knows of nothing loses nothing. A peer that is never quiet is told so in the second half: its new calls fail at once as DISCONNECTED, so that
 * it knows that they have not happened, and what is in flight becomes less. What is left when the time is over is cut.
 *
 * <p>What is in flight changes with messages alone, so whoever sends or receives one has this look again at the end of the turn.
 */
final class Draining implements Loop.TurnEnd {
    private final Session session;
    private final Duration time;
    private final Completer<Integer> done;
    private Promise.Cancelable alarm = () -> {};
    private boolean dirty;
    private boolean refuses;
    private boolean over;

    Draining(Session session, Duration time) {
        this.session = session;
        this.time = time;
        this.done = new Completer<>(session.loop);
    }

    /** How many calls were cut, at the end. */
    Promise<Integer> begin() {
        Duration half = time.dividedBy(2);
        alarm = session.loop.timer().after(half).listen(session.loop, (rung, failure) -> {
            refuses = true;
            alarm = session.loop.timer().after(time.minus(half)).listen(session.loop, (late, none) -> cut());
        });
        touched();
        return done.promise();
    }

    /** A message was sent or received. */
    void touched() {
        if (!dirty && !over) {
            dirty = true;
            session.loop.atTurnEnd(this);
        }
    }

    @Override
    public void turnEnded() {
        dirty = false;
        if (!over && session.inFlight() == 0) {
            session.leave(Failure.disconnected("the session was drained and has ended"), false);
        }
    }

    private void cut() {
        session.leave(
                Failure.disconnected("the session has ended: what was in flight was not done within " + time), true);
    }

    /** What a new call of the peer fails with; null if it is served. */
    @Nullable
    Failure refusal() {
        return refuses
                ? Failure.disconnected("this side is going away and has not begun this call: connect again")
                : null;
    }

    /** The session has ended, for whatever reason, with so much in flight. */
    void ended(int inFlight) {
        if (!over) {
            over = true;
            alarm.cancel();
            done.complete(inFlight);
        }
    }
}

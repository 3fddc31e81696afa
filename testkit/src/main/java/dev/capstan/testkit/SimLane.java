package dev.capstan.testkit;

import dev.capstan.async.Completer;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection in a {@link SimNetwork}: what is on its way, and the test's hand on it.
 *
 * <p>Messages never overtake one another here. While the lane is blocked they are kept, and let through by {@link #unblock}, one by one by
 * {@link #pass}, or up to a certain one by {@link #blockAfter}.
 */
public final class SimLane {
    private final SimNetwork network;
    private final Loop loop;
    private final SimStream to;
    private final Arrival arrival;
    private final ArrayDeque<Parcel> held = new ArrayDeque<>();
    private final List<byte[]> sent = new ArrayList<>();
    private final List<Drain> drains = new ArrayList<>();
    private long heldBytes;
    private long added;
    private long arrived;
    private long latestNanos = Long.MIN_VALUE;
    private boolean paused;
    private boolean blocked;
    private boolean cut;
    private int passes;
    private @Nullable Predicate<byte[]> lastBeforeBlock;
    private Promise.@Nullable Cancelable alarm;
    private @Nullable Throwable broken;

    private static final class Parcel {
        /** Null for the end. */
        final byte @Nullable [] frame;

        final long dueNanos;

        Parcel(byte @Nullable [] frame, long dueNanos) {
            this.frame = frame;
            this.dueNanos = dueNanos;
        }
    }

    private record Drain(long after, Completer<Void> completer) {}

    SimLane(SimNetwork network, SimStream to) {
        this.network = network;
        this.loop = network.loop();
        this.to = to;
        this.arrival = new Arrival(loop);
    }

    private final class Arrival extends Event {
        Arrival(Loop on) {
            super(on);
        }

        @Override
        protected void fire() {
            deliver();
        }

        void arm() {
            armBreadthFirst();
        }
    }

    // ---- for tests

    /** From now on nothing arrives. */
    public void block() {
        blocked = true;
        lastBeforeBlock = null;
        passes = 0;
    }

    /** Messages arrive up to and including the first that {@code last} accepts; then the lane is blocked. Lets through what is kept, likewise. */
    public void blockAfter(Predicate<byte[]> last) {
        blocked = false;
        lastBeforeBlock = last;
        schedule();
    }

    /** What is kept arrives, and what comes after it. */
    public void unblock() {
        blocked = false;
        lastBeforeBlock = null;
        schedule();
    }

    /** Lets {@code count} messages through although the lane is blocked; an end counts as one. */
    public void pass(int count) {
        passes += count;
        schedule();
    }

    /** Lets up to {@code count} messages through at once although the lane is blocked: they arrive together, as in one read of a socket. */
    public void passTogether(int count) {
        for (int i = 0; i < count && isBusy(); i++) {
            passes++;
            deliver();
        }
    }

    /** From now on messages of this direction vanish, and nobody is told. */
    public void cut() {
        cut = true;
        held.clear();
        heldBytes = 0;
    }

    /** Whether something is on its way or kept. */
    public boolean isBusy() {
        return !held.isEmpty();
    }

    /** How many messages are on their way or kept; an end counts as one. */
    public int size() {
        return held.size();
    }

    /** Every frame that was sent in this direction, the first one first. */
    public List<byte[]> sent() {
        return Collections.unmodifiableList(sent);
    }

    // ---- for the streams

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        schedule();
    }

    void add(byte[] frame) {
        sent.add(frame);
        if (!cut) {
            heldBytes += frame.length;
            put(frame);
        }
    }

    void addEnd() {
        if (!cut) {
            put(null);
        }
    }

    private void put(byte @Nullable [] frame) {
        long dueNanos = loop.timer().nanoTime() + network.drawLatencyNanos();
        latestNanos = latestNanos == Long.MIN_VALUE ? dueNanos : Math.max(latestNanos, dueNanos);
        added++;
        held.add(new Parcel(frame, latestNanos));
        schedule();
    }

    long heldBytes() {
        return heldBytes;
    }

    Promise<Void> drained() {
        if (arrived == added) {
            return Promise.done();
        }
        Completer<Void> completer = new Completer<>(loop);
        drains.add(new Drain(added, completer));
        return completer.promise();
    }

    /** Both directions are told: this one loses what is on its way here. */
    void breakWith(Throwable cause) {
        broken = cause;
        held.clear();
        heldBytes = 0;
        stopAlarm();
        for (Drain drain : drains) {
            drain.completer.fail(cause);
        }
        drains.clear();
        arrival.arm();
    }

    // ---- delivery

    private boolean mayDeliver() {
        return !held.isEmpty() && to.isStarted() && !paused && (!blocked || passes > 0);
    }

    private void schedule() {
        if (broken != null) {
            arrival.arm();
            return;
        }
        if (!mayDeliver() || arrival.isArmed()) {
            return;
        }
        long waitNanos = held.getFirst().dueNanos - loop.timer().nanoTime();
        if (waitNanos <= 0) {
            stopAlarm();
            arrival.arm();
        } else if (alarm == null) {
            alarm = loop.timer().after(Duration.ofNanos(waitNanos)).listen(loop, (ignored, failure) -> {
                alarm = null;
                schedule();
            });
        }
    }

    private void stopAlarm() {
        Promise.Cancelable before = alarm;
        alarm = null;
        if (before != null) {
            before.cancel();
        }
    }

    private void deliver() {
        if (broken != null) {
            to.deliverFailure(broken);
            return;
        }
        if (!mayDeliver()) {
            return;
        }
        if (blocked) {
            passes--;
        }
        byte[] frame = held.remove().frame;
        arrived++;
        if (frame == null) {
            to.deliverEnd();
        } else {
            heldBytes -= frame.length;
            if (lastBeforeBlock != null && lastBeforeBlock.test(frame)) {
                block();
            }
            to.deliver(frame);
        }
        settleDrains();
        schedule();
    }

    private void settleDrains() {
        List<Drain> done =
                drains.stream().filter(drain -> drain.after <= arrived).toList();
        drains.removeAll(done);
        done.forEach(drain -> drain.completer.complete(Promise.nothing()));
    }
}

package dev.capstan.capnweb.connect;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.DeferredAnswer;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.WebPayload;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a connection, in the order in which it came. On the loop's thread.
 *
 * <p>Invariant: {@code bytes} is the sum over {@code guests}; an alarm is set if and only if somebody waits, since all wait equally long and the first is the first whose time is over.
 */
final class WaitingRoom {
    private final Loop loop;
    private final WaitLimits limits;
    private final Set<Guest> guests = new LinkedHashSet<>();
    private long bytes;
    private Promise.@Nullable Cancelable alarm;
    private @Nullable Failure whyNot;

    WaitingRoom(Loop loop, WaitLimits limits) {
        this.loop = loop;
        this.limits = limits;
    }

    /** One that waits. It hears exactly one of the two, unless it leaves. */
    private abstract static class Guest {
        final long bytes;
        final long sinceNanos;

        Guest(long bytes, long sinceNanos) {
            this.bytes = bytes;
            this.sinceNanos = sinceNanos;
        }

        abstract void go();

        /** The reference that it is a call on; null if it is none. */
        @Nullable
        Cap cap() {
            return null;
        }

        /** Goes to the main object of a connection that is not confirmed, if it may. */
        abstract boolean goEarly(Cap early);

        abstract void refuse(Failure why);
    }

    int size() {
        return guests.size();
    }

    boolean isEmpty() {
        return guests.isEmpty();
    }

    /** Why there is no connection at present, for those whose time is over. */
    void because(@Nullable Failure cause) {
        whyNot = cause;
    }

    /** Makes {@code call} through {@code cap} when its turn comes. Takes ownership of {@code call}; keeps a reference to {@code cap} meanwhile. */
    Answer call(Cap cap, Call call) {
        long size = WebPayload.of(call.params()).bytes();
        Failure full = full(size);
        if (full != null) {
            call.close();
            return Answer.broken(full);
        }
        DeferredAnswer answer = new DeferredAnswer(loop);
        Cap held = cap.share();
        Guest guest = new Guest(size, loop.timer().nanoTime()) {
            @Override
            void go() {
                try (held) {
                    answer.link(held.call(call));
                }
            }

            @Override
            Cap cap() {
                return cap;
            }

            @Override
            boolean goEarly(Cap early) {
                if (!(cap instanceof HealingCap healing) || !healing.mayGoEarly(call)) {
                    return false;
                }
                leave(this);
                try (held) {
                    answer.link(early.call(call));
                }
                return true;
            }

            @Override
            void refuse(Failure why) {
                call.close();
                held.close();
                answer.link(Answer.broken(why));
            }
        };
        answer.onUnused(() -> {
            if (leave(guest)) {
                call.close();
                held.close();
            }
        });
        enter(guest);
        return answer.answer();
    }

    /** Settles when its turn has come. */
    Promise<Void> turn() {
        Failure full = full(0);
        if (full != null) {
            return Promise.failed(full);
        }
        Completer<Void> turn = new Completer<>(loop);
        Guest guest = new Guest(0, loop.timer().nanoTime()) {
            @Override
            void go() {
                turn.complete(Promise.nothing());
            }

            @Override
            boolean goEarly(Cap early) {
                return false;
            }

            @Override
            void refuse(Failure why) {
                turn.fail(why);
            }
        };
        turn.onCancel(() -> leave(guest));
        enter(guest);
        return turn.promise();
    }

    /** Lets those go who wait now, the first first, as long as there is room; one who comes back waits for the next time. */
    void letGo(BooleanSupplier hasRoom) {
        for (int left = guests.size(); left > 0 && !guests.isEmpty() && hasRoom.getAsBoolean(); left--) {
            Guest first = guests.iterator().next();
            leave(first);
            first.go();
        }
    }

    /**
     * Lets those go who may before the connection is confirmed. Who may not stays, and so does whoever has come behind it on the same reference.
     *
     * @param early the connection's main object, null if there is none any more
     */
    void letGoEarly(Supplier<@Nullable Cap> early) {
        Set<Cap> staying = new HashSet<>();
        for (Guest guest : List.copyOf(guests)) {
            Cap of = guest.cap();
            Cap main = early.get();
            if (of != null && main != null && guests.contains(guest)) {
                if (staying.contains(of) || !guest.goEarly(main)) {
                    staying.add(of);
                }
            }
        }
    }

    /** Whether a call on {@code cap} waits. */
    boolean holdsFor(Cap cap) {
        return guests.stream().anyMatch(guest -> guest.cap() == cap);
    }

    /** Nobody's turn will come. */
    void refuseAll(Failure why) {
        for (int left = guests.size(); left > 0 && !guests.isEmpty(); left--) {
            Guest first = guests.iterator().next();
            leave(first);
            first.refuse(why);
        }
    }

    private @Nullable Failure full(long more) {
        if (guests.size() >= limits.calls()) {
            return Failure.overloaded(
                    guests.size()
                            + " calls wait for a connection already, which is the limit (WaitLimits.calls); this one was not sent");
        }
        return bytes + more <= limits.bytes()
                ? null
                : Failure.overloaded("calls that wait for a connection have more than " + limits.bytes()
                        + " bytes of arguments, which is the limit (WaitLimits.bytes); this one was not sent");
    }

    private void enter(Guest guest) {
        guests.add(guest);
        bytes += guest.bytes;
        if (alarm == null) {
            setAlarm(limits.time());
        }
    }

    private boolean leave(Guest guest) {
        if (!guests.remove(guest)) {
            return false;
        }
        bytes -= guest.bytes;
        Promise.Cancelable set = alarm;
        if (guests.isEmpty() && set != null) {
            alarm = null;
            set.cancel();
        }
        return true;
    }

    private void setAlarm(Duration time) {
        alarm = loop.timer().after(time).listen(loop, (rung, failure) -> rang());
    }

    private void rang() {
        alarm = null;
        long now = loop.timer().nanoTime();
        String cause = whyNot == null ? "" : ": " + whyNot.reason();
        while (!guests.isEmpty()) {
            Guest first = guests.iterator().next();
            long left = first.sinceNanos + limits.time().toNanos() - now;
            if (left > 0) {
                setAlarm(Duration.ofNanos(left));
                return;
            }
            leave(first);
            first.refuse(Failure.overloaded(
                    "no connection was free within " + limits.time() + "; the call was not sent" + cause));
        }
    }
}

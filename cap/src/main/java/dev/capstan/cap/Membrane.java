package dev.capstan.cap;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A border between two sides of a process: whatever capability passes it, in the parameters or in the results of a call, is on the other side a reference that leads through the border, so that
 * every call across it is seen. A reference that passes back is the original again.
 *
 * <p>One side is called inside, the other outside; {@link #outward} lets a first capability pass, and everything else follows from calls. A {@link Policy} decides about each call.
 * {@link #revoke} closes the border for good: what has passed it is broken from then on, on both sides.
 *
 * <p>Streams in the values of a wire that has such pass as capabilities do ({@link Passage}), though a policy sees the call in which they are passed and not their chunks.
 *
 * <p>With a membrane of its own, whoever is outside can also not take more of what others use than {@link Limits} allow: what would pass them fails as {@link
 * Failure.Kind#OVERLOADED}, and nothing else does.
 *
 * <p>Order, resolution, pipelining and cancelling are those of what lies behind. Belongs to the thread of its loop.
 */
public final class Membrane {
    private final Loop loop;
    private final Policy policy;
    private final Limits limits;
    private final IdentityHashMap<Cap, MembraneCap> inside = new IdentityHashMap<>();
    private final IdentityHashMap<Cap, MembraneCap> outside = new IdentityHashMap<>();
    private final Set<InFlight> inward = new LinkedHashSet<>();
    private final Set<InFlight> outward = new LinkedHashSet<>();
    /** Streams that have passed. */
    private final Set<InFlight> streams = new LinkedHashSet<>();

    /** What the parameters of those calls take together. */
    private long inwardBytes;

    private long outwardBytes;
    private @Nullable Failure revoked;
    private final List<Runnable> onQuiet = new ArrayList<>();

    /** Who may call what across a membrane. What a method throws is what the call fails with. */
    public interface Policy {
        /** Everything passes. */
        Policy ALL = new Policy() {};

        /** Somebody outside calls an object inside, which is borrowed. */
        default void inward(Cap object, Method method) {}

        /** Somebody inside calls an object outside, which is borrowed. */
        default void outward(Cap object, Method method) {}
    }

    /**
     * What may be on its way and what may be held across a membrane, for each direction by itself.
     *
     * @param objects capabilities of one side that the other holds, at least 1. One more is not given out: the call with it fails, and a promise that turns out to be it breaks. Stops one
     *     visitor from filling a table that all share
     * @param calls calls of one side that the other has not answered, at least 1. One more fails. One that was given up counts until it has stopped, as far as the wire behind tells: Cap'n Web's
     *     does not. Stops one visitor from keeping the others' server busy
     * @param bytes of what the parameters of those calls take together, at least 1. While so many are on their way one more fails; one that is larger passes alone. Stops one visitor from filling memory
     *     with what a slow server has not read
     * @param streams streams that have passed, in both directions together, and have not ended, at least 1. One more is broken from the beginning. Stops one visitor from taking all that a shared
     *     session may have
     */
    public record Limits(int objects, int calls, long bytes, int streams) {
        /** 10,000 objects, 2,000 calls and 100 streams, a tenth, or less, of what a connection may have by default; and 64 MiB. */
        public static final Limits DEFAULT = new Limits(10_000, 2_000, 64L << 20, 100);

        /** Refuses limits that are not positive. */
        public Limits {
            if (objects < 1 || calls < 1 || bytes < 1 || streams < 1) {
                throw new IllegalArgumentException(
                        "every limit must be at least 1: " + objects + ", " + calls + ", " + bytes + ", " + streams);
            }
        }
    }

    /** A call that has passed and has not been answered, or has not stopped. */
    interface InFlight {
        /** It will not be answered, if it has not been. */
        void revoked(Failure why);

        /** What its parameters take. */
        default long bytes() {
            return 0;
        }
    }

    /** A membrane through which nothing has passed, with {@link Limits#DEFAULT}. */
    public Membrane(Loop loop, Policy policy) {
        this(loop, policy, Limits.DEFAULT);
    }

    /** A membrane through which nothing has passed. */
    public Membrane(Loop loop, Policy policy, Limits limits) {
        this.loop = loop;
        this.policy = policy;
        this.limits = limits;
    }

    /** What a capability of the inside is outside. Takes ownership; the caller owns the result. */
    public Cap outward(Cap object) {
        return passed(object, true);
    }

    /**
     * As {@link #outward}, for the object that somebody outside begins with: when all references to what this gives are closed, the membrane is {@linkplain #revoke revoked}, as DISCONNECTED.
     * What was sent before that begins.
     */
    public Cap entrance(Cap object) {
        Cap there = outward(object);
        if (there instanceof MembraneCap crossed) {
            crossed.isEntrance();
        }
        return there;
    }

    /** What a capability of the outside is inside. Takes ownership; the caller owns the result. */
    public Cap inward(Cap object) {
        return passed(object, false);
    }

    /** Nothing passes any more: calls that are in flight and streams fail with {@code why}, and so does every later one. Does nothing the second time. */
    public void revoke(Failure why) {
        if (revoked == null) {
            revoked = why;
            for (Set<InFlight> calls : List.of(inward, outward, streams)) {
                List<InFlight> all = List.copyOf(calls);
                calls.clear();
                all.forEach(each -> each.revoked(why));
            }
            inwardBytes = 0;
            outwardBytes = 0;
            quiet();
        }
    }

    /** Runs {@code then} once, as soon as there are no {@link #calls}: now if there are none. */
    public void whenQuiet(Runnable then) {
        onQuiet.add(then);
        quiet();
    }

    private void quiet() {
        if (calls() == 0 && !onQuiet.isEmpty()) {
            List<Runnable> all = List.copyOf(onQuiet);
            onQuiet.clear();
            all.forEach(Runnable::run);
        }
    }

    /** How many capabilities have passed and are held on the other side. */
    public int size() {
        return inside.size() + outside.size();
    }

    /** How many calls have passed, in either direction, and were not answered; with those that were given up and have not stopped. */
    public int calls() {
        return inward.size() + outward.size();
    }

    /** What the parameters of those calls take together. */
    public long callBytes() {
        return inwardBytes + outwardBytes;
    }

    Loop loop() {
        return loop;
    }

    /** Throws why nothing passes any more, if that is so. */
    void checkOpen() {
        Failure over = revoked;
        if (over != null) {
            throw over;
        }
    }

    /** Refuses a call by throwing. */
    void check(Cap object, Method method, boolean isInward) {
        checkOpen();
        if (inFlight(isInward).size() >= limits.calls()) {
            throw Failure.overloaded(
                    limits.calls()
                            + " calls of yours have not been answered or have not stopped yet, which is the limit here (Membrane.Limits.calls): wait for some, or give them up if they can be stopped");
        }
        if ((isInward ? inwardBytes : outwardBytes) >= limits.bytes()) {
            throw Failure.overloaded(
                    "calls of yours with " + limits.bytes()
                            + " bytes have not been answered yet, which is the limit here (Membrane.Limits.bytes): wait for some, or send what is large as a stream");
        }
        if (isInward) {
            policy.inward(object, method);
        } else {
            policy.outward(object, method);
        }
        // A policy may revoke the membrane because of the very call that it is asked about.
        checkOpen();
    }

    void begun(InFlight call, boolean isInward) {
        inFlight(isInward).add(call);
        count(call.bytes(), isInward);
    }

    void over(InFlight call, boolean isInward) {
        if (inFlight(isInward).remove(call)) {
            count(-call.bytes(), isInward);
            quiet();
        }
    }

    /** A call that has begun while its own target revoked the membrane is as all others: over. */
    void settle(InFlight call, boolean isInward) {
        Failure why = revoked;
        if (why != null) {
            over(call, isInward);
            call.revoked(why);
        }
    }

    private void count(long bytes, boolean isInward) {
        if (isInward) {
            inwardBytes += bytes;
        } else {
            outwardBytes += bytes;
        }
    }

    private Set<InFlight> inFlight(boolean isInward) {
        return isInward ? inward : outward;
    }

    /**
     * Copies {@code content} into {@code empty}, where everything in it that can be called is what it is on the other side. Borrows the one and takes ownership of the other; the caller owns the
     * result.
     *
     * @param isOutward whether it is of the inside, and passes to the outside
     * @throws Failure OVERLOADED if that would be too many capabilities
     */
    Payload copied(Payload content, Payload empty, boolean isOutward) {
        Copying copying = new Copying(isOutward);
        try {
            content.copyTo(empty, copying);
            if (copying.full) {
                throw full();
            }
            return empty;
        } catch (RuntimeException e) {
            empty.close();
            throw e;
        }
    }

    /** One direction, for as long as the membrane lasts. */
    private class Way implements Passage {
        final boolean isOutward;

        Way(boolean isOutward) {
            this.isOutward = isOutward;
        }

        @Override
        public Cap apply(Cap object) {
            return passed(object, isOutward);
        }

        @Override
        public Passage back() {
            return new Way(!isOutward);
        }

        @Override
        public Promise.Cancelable onRevoked(Consumer<Failure> listener) {
            Failure over = revoked;
            if (over != null) {
                listener.accept(over);
                return () -> {};
            }
            if (streams.size() >= limits.streams()) {
                listener.accept(
                        Failure.overloaded(
                                "this visitor has " + limits.streams()
                                        + " streams that have not ended, which is the limit (Membrane.Limits.streams): end some, or raise it"));
                return () -> {};
            }
            InFlight stream = listener::accept;
            streams.add(stream);
            return () -> streams.remove(stream);
        }
    }

    /** Gives something for each capability, since a copy cannot be left half done. */
    private final class Copying extends Way {
        private boolean full;

        Copying(boolean isOutward) {
            super(isOutward);
        }

        @Override
        public Cap apply(Cap object) {
            Cap there = passedIfRoom(object, isOutward, this);
            if (there == null) {
                full = true;
                return BrokenCap.ofNull();
            }
            return there;
        }
    }

    private Failure full() {
        return Failure.overloaded(
                limits.objects()
                        + " objects have passed and are still held, which is the limit here (Membrane.Limits.objects): release some");
    }

    /**
     * What {@code object} is on the other side, broken if that would be too many. Takes ownership; the caller owns the result.
     *
     * @param isOutward whether it is of the inside, and passes to the outside
     */
    Cap passed(Cap object, boolean isOutward) {
        Cap there = passedIfRoom(object, isOutward, each -> passed(each, isOutward));
        return there == null ? new BrokenCap(full()) : there;
    }

    private @Nullable Cap passedIfRoom(Cap object, boolean isOutward, UnaryOperator<Cap> passing) {
        Cap inner = object.innermost();
        if (inner instanceof BrokenCap) {
            return object;
        }
        try (object) {
            if (inner instanceof ValueReference value) {
                return value.copy(passing);
            }
            if (inner instanceof MembraneCap crossed && crossed.isFrom(this, !isOutward)) {
                return crossed.object().share();
            }
            IdentityHashMap<Cap, MembraneCap> table = table(isOutward);
            MembraneCap known = table.get(inner);
            if (known != null && known.tryShare()) {
                return known;
            }
            Failure over = revoked;
            if (over != null) {
                return new BrokenCap(over);
            }
            if (table.size() >= limits.objects()) {
                return null;
            }
            MembraneCap made = new MembraneCap(this, inner.share(), isOutward);
            table.put(inner, made);
            return made;
        }
    }

    private IdentityHashMap<Cap, MembraneCap> table(boolean isOutward) {
        return isOutward ? inside : outside;
    }

    void forget(MembraneCap cap, boolean isOutward) {
        table(isOutward).remove(cap.object(), cap);
    }
}

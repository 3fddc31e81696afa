package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Fork;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A border between two sides of a process: whatever capability passes it, in the parameters or in the results of a call, is on the other side a reference that leads through the border, so that
 * every call across it is seen. A reference that passes back is the original again.
 *
 * <p>One side is called inside, the other outside; {@link #outward} lets a first capability pass, and everything else follows from calls. A {@link Policy} decides about each call.
 * {@link #revoke} closes the border for good: what has passed it is broken from then on, on both sides.
 *
 * <p>Order, resolution, pipelining and cancelling are those of what lies behind. Belongs to the thread of its loop.
 */
public final class Membrane {
    private final Loop loop;
    private final Policy policy;
    private final IdentityHashMap<Cap, MembraneCap> inside = new IdentityHashMap<>();
    private final IdentityHashMap<Cap, MembraneCap> outside = new IdentityHashMap<>();
    private final Completer<Payload> end;
    private final Fork<Payload> ended;
    private @Nullable Failure revoked;

    /** Who may call what across a membrane. What a method throws is what the call fails with. */
    public interface Policy {
        /** Everything passes. */
        Policy ALL = new Policy() {};

        /** Somebody outside calls an object inside, which is borrowed. */
        default void inward(Cap object, Method method) {}

        /** Somebody inside calls an object outside, which is borrowed. */
        default void outward(Cap object, Method method) {}
    }

    /** A membrane through which nothing has passed. */
    public Membrane(Loop loop, Policy policy) {
        this.loop = loop;
        this.policy = policy;
        this.end = new Completer<>(loop);
        this.ended = end.promise().fork();
    }

    /** What a capability of the inside is outside. Takes ownership; the caller owns the result. */
    public Cap outward(Cap object) {
        return passed(object, true);
    }

    /** What a capability of the outside is inside. Takes ownership; the caller owns the result. */
    public Cap inward(Cap object) {
        return passed(object, false);
    }

    /** Nothing passes any more: calls that are in flight fail with {@code why}, and so does every later one. Does nothing the second time. */
    public void revoke(Failure why) {
        if (revoked == null) {
            revoked = why;
            end.fail(why);
        }
    }

    /** How many capabilities have passed and are held on the other side. */
    public int size() {
        return inside.size() + outside.size();
    }

    Loop loop() {
        return loop;
    }

    /** Fails when the membrane is revoked. */
    Promise<Payload> end() {
        return ended.branch();
    }

    /** Refuses a call by throwing. */
    void check(Cap object, Method method, boolean inward) {
        Failure over = revoked;
        if (over != null) {
            throw over;
        }
        if (inward) {
            policy.inward(object, method);
        } else {
            policy.outward(object, method);
        }
    }

    /**
     * What {@code object} is on the other side. Takes ownership; the caller owns the result.
     *
     * @param outward whether it is of the inside, and passes to the outside
     */
    Cap passed(Cap object, boolean outward) {
        Cap inner = object.innermost();
        if (inner instanceof BrokenCap) {
            return object;
        }
        try (object) {
            if (inner instanceof ValueReference value) {
                return value.copy(each -> passed(each, outward));
            }
            if (inner instanceof MembraneCap crossed && crossed.isFrom(this, !outward)) {
                return crossed.object().share();
            }
            IdentityHashMap<Cap, MembraneCap> table = table(outward);
            MembraneCap known = table.get(inner);
            if (known != null && known.tryShare()) {
                return known;
            }
            MembraneCap made = new MembraneCap(this, inner.share(), outward);
            table.put(inner, made);
            return made;
        }
    }

    private IdentityHashMap<Cap, MembraneCap> table(boolean outward) {
        return outward ? inside : outside;
    }

    void forget(MembraneCap cap, boolean outward) {
        table(outward).remove(cap.object(), cap);
    }
}

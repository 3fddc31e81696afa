package dev.capstan.cap;

import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/** A reference that leads through a {@link Membrane}. */
final class MembraneCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Membrane membrane;
    private final Cap object;
    private final boolean outward;
    private boolean entrance;
    private @Nullable Cap next;

    /** Takes ownership of {@code object}; {@code outward} says that it is of the inside, and this of the outside. */
    MembraneCap(Membrane membrane, Cap object, boolean outward) {
        super(membrane.loop());
        this.membrane = membrane;
        this.object = object;
        this.outward = outward;
    }

    /** Whoever lets this go has let everything go. */
    void isEntrance() {
        entrance = true;
    }

    /** What it leads to; borrowed. */
    Cap object() {
        return object;
    }

    boolean isFrom(Membrane other, boolean toTheOutside) {
        return membrane == other && outward == toTheOutside;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return new PlainRequest(this, method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        CallEnd end = new CallEnd();
        Passed passed;
        try {
            passed = passed(call, end);
        } catch (RuntimeException e) {
            call.close();
            return Answer.broken(Failure.of(e));
        }
        return new MembraneCall(membrane, call, object.call(passed.call), end, outward, passed.bytes).answer();
    }

    @Override
    public Promise<Void> stream(Call call) {
        CallEnd end = new CallEnd();
        Passed passed;
        try {
            passed = passed(call, end);
        } catch (RuntimeException e) {
            call.close();
            return Promise.failed(Failure.of(e));
        }
        return new MembraneStream(membrane, call, object.stream(passed.call), end, outward, passed.bytes).ready();
    }

    /** A call on the other side, and what its parameters take. */
    private record Passed(Call call, long bytes) {}

    /** The call on the other side. Its parameters are copied and those of {@code call} released, unless it is refused. */
    private Passed passed(Call call, CallEnd end) {
        membrane.check(object, call.method(), outward);
        Payload params = membrane.copied(call.params(), call.params().format().allocate(0), !outward);
        long bytes;
        try {
            membrane.checkOpen();
            bytes = params.bytes();
        } catch (RuntimeException e) {
            params.close();
            throw e;
        }
        call.releaseParams();
        return new Passed(Call.of(call.method(), params, call.hints().withResults(), call, end), bytes);
    }

    @Override
    protected Cap behind() {
        return object;
    }

    @Override
    public @Nullable Cap resolved() {
        Cap known = next;
        if (known == null) {
            Cap further = object.resolved();
            if (further != null) {
                known = membrane.passed(further.share(), outward);
                next = known;
            }
        }
        return known;
    }

    /**
     * {@inheritDoc} Each step passes the membrane as it comes. What may not pass, since the membrane was revoked or holds as many objects as it may, comes as a broken reference: then it is the
     * reference that this resolves to that fails, and not the promise.
     */
    @Override
    public @Nullable Promise<Cap> resolution() {
        Promise<Cap> further = object.resolution();
        return further == null ? null : further.convert(cap -> membrane.passed(cap, outward));
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        membrane.forget(this, outward);
        object.close();
        if (entrance) {
            membrane.loop()
                    .pause()
                    .listen(
                            membrane.loop(),
                            (begun, failure) -> membrane.revoke(Failure.disconnected("the session has ended")));
        }
        if (next != null) {
            next.close();
        }
    }

    @Override
    public String toString() {
        return "through a membrane: " + object;
    }
}

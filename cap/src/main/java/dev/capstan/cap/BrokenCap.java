package dev.capstan.cap;

import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/** A reference that stands for a failure: each call on it fails. The null capability is one. */
public final class BrokenCap extends CountedCap {
    private static final Object BRAND = new Object();
    private static final Object NULL_BRAND = new Object();

    private final String reason;
    /** Made when somebody asks: a message may hold very many broken references that nobody calls. */
    private @Nullable Failure failure;

    private final boolean isNull;

    /** A settled reference that fails with {@code failure}. */
    public BrokenCap(Failure failure) {
        this(failure.reason(), false);
        this.failure = failure;
    }

    private BrokenCap(String reason, boolean isNull) {
        super(null);
        this.reason = reason;
        this.isNull = isNull;
    }

    /** A settled reference that fails with {@code reason}, of kind FAILED. Costs little as long as nobody calls it. */
    public static BrokenCap because(String reason) {
        return new BrokenCap(reason, false);
    }

    /** What a capability field that was never set stands for. */
    public static BrokenCap ofNull() {
        return new BrokenCap("Called null capability.", true);
    }

    /** Why calls fail. */
    public Failure failure() {
        Failure known = failure;
        if (known == null) {
            known = Failure.failed(reason);
            failure = known;
        }
        return known;
    }

    /** Whether this is the null capability. */
    public boolean isNull() {
        return isNull;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return new PlainRequest(this, method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        call.close();
        return Answer.broken(failure());
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    /** A broken reference tells that it is broken by failing its resolution; the null capability is settled. */
    @Override
    public @Nullable Promise<Cap> resolution() {
        return isNull ? null : Promise.failed(failure());
    }

    @Override
    public Object brand() {
        return isNull ? NULL_BRAND : BRAND;
    }

    @Override
    protected void released() {}

    @Override
    public String toString() {
        return reason;
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;
import dev.capstan.cap.ValueReference;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A value that can be read and that may hold what can be called: how a place in a result is reached. */
final class ValueCap extends CountedCap implements ValueReference {
    private static final Object BRAND = new Object();

    private final WebPayload payload;
    private final Path.Names place;
    /** Where the payload itself lay, if it is a part of one: for what failures say. */
    private final Path.Names above;

    /** What lies at {@code place} in {@code payload}, which it owns. */
    ValueCap(WebPayload payload, Path.Names place) {
        this(payload, place, Path.Names.NONE);
    }

    private ValueCap(WebPayload payload, Path.Names place, Path.Names above) {
        super(null);
        this.payload = payload;
        this.place = place;
        this.above = above;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        if (!(call.method() instanceof Method.Member member)) {
            return refuse(call, Failure.unimplemented(call.method() + " is no name, and this is a value of Cap'n Web"));
        }
        List<Object> steps = place.then(member.path()).steps();
        try {
            Object at = payload.value();
            for (int i = 0; i < steps.size(); i++) {
                Cap inside = Values.leadingOn(at);
                if (inside != null) {
                    Path.Names rest = new Path.Names(steps.subList(i, steps.size()));
                    return inside.call(new Redirected(call, new Method.Member(rest, member.reads())));
                }
                at = Values.step(at, steps.get(i));
            }
            if (member.reads()) {
                return read(call, at);
            }
            Cap inside = Values.leadingOn(at);
            if (inside != null) {
                return inside.call(new Redirected(call, new Method.Member(Path.Names.NONE, false)));
            }
            throw Errors.type("'" + above.then(place).then(member.path()) + "' is not a function.");
        } catch (Failure e) {
            return refuse(call, e);
        }
    }

    @Override
    public Cap copy(UnaryOperator<Cap> passing) {
        Object at;
        try {
            at = value();
        } catch (Failure e) {
            return new BrokenCap(e);
        }
        // Not the whole value: each of its parts may be copied.
        return new ValueCap(WebPayload.holding(Values.share(at, passing)), Path.Names.NONE, above.then(place));
    }

    /** Whether nothing inside can be called. */
    boolean isPlain() {
        return payload.isPlain();
    }

    /** The value; borrowed. */
    @Nullable
    Object value() {
        Object at = payload.value();
        for (Object step : place.steps()) {
            at = Values.step(at, step);
        }
        return at;
    }

    private static Answer refuse(Call call, Failure failure) {
        call.close();
        return Answer.broken(failure);
    }

    private static Answer read(Call call, @Nullable Object value) {
        Payload results = call.newResults(0);
        try {
            WebPayload.of(results).set(Values.share(value));
        } catch (Failure e) {
            results.close();
            return refuse(call, e);
        }
        call.close();
        return new Answer(Promise.of(results.share()), Pipeline.of(results));
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return null;
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        payload.close();
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import org.jspecify.annotations.Nullable;

/** A place inside of an object. What is called there is called through the object; what lies there is read when somebody needs to know it, and once. */
final class PropertyCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Cap object;
    private final Path.Names place;
    private @Nullable Cap read;

    /** Takes ownership of {@code object}; {@code place} is not empty. */
    PropertyCap(Cap object, Path.Names place) {
        super(object.loop());
        this.object = object;
        this.place = place;
    }

    /** The object; borrowed. */
    Cap object() {
        return object;
    }

    Path.Names place() {
        return place;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        if (call.method() instanceof Method.Member member) {
            return object.call(new Redirected(call, new Method.Member(place.then(member.path()), member.reads())));
        }
        Failure failure = Failure.unimplemented(call.method() + " is no name, and this is a place of Cap'n Web");
        call.close();
        return Answer.broken(failure);
    }

    /** {@inheritDoc} Calls always lead through the object, also when it is known what lies at the place. */
    @Override
    protected Cap behind() {
        return object;
    }

    @Override
    public @Nullable Cap resolved() {
        return read;
    }

    @Override
    public Promise<Cap> resolution() {
        Cap known = read;
        if (known == null) {
            Answer answer = object.call(Call.of(new Method.Member(place, true), new WebPayload(), Hints.NONE));
            known = answer.pipeline().cap(Path.Names.NONE);
            answer.close();
            read = known;
        }
        return Promise.of(known.share());
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        object.close();
        if (read != null) {
            read.close();
        }
    }

    @Override
    public String toString() {
        return place + " of " + object;
    }
}

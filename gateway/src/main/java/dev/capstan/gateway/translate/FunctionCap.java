package dev.capstan.gateway.translate;

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
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.WebFormat;
import org.jspecify.annotations.Nullable;

/** A method of an object, by itself: what JavaScript reads where a method is. */
final class FunctionCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Cap object;
    private final Path.Names name;

    /** Shares {@code object}. */
    FunctionCap(Cap object, Path.Names name) {
        super(object.loop());
        this.object = object.share();
        this.name = name;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        if (!(call.method() instanceof Method.Member(Path.Names path, boolean reads))) {
            Failure failure = Failure.unimplemented(call.method() + " is a number, and this is a function");
            call.close();
            return Answer.broken(failure);
        }
        if (reads) {
            return ByNameCap.value(call, path.isEmpty() ? share() : JsValue.UNDEFINED);
        }
        return object.call(new Onward(call, new Method.Member(name.then(path), false)));
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
        object.close();
    }
}

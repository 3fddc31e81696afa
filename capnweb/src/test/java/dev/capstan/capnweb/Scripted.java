package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object whose methods and properties a test writes in place, with the manners of one in JavaScript. */
final class Scripted implements Target {
    private final Loop loop;
    private final Map<String, Function> methods = new HashMap<>();
    private final Map<String, Getter> getters = new HashMap<>();
    private Runnable onReleased = () -> {};

    interface Function {
        /** Borrows the arguments; what is in the value it answers goes to the caller. */
        Promise<Answered> call(List<?> arguments) throws Exception;
    }

    interface Getter {
        @Nullable
        Object get() throws Exception;
    }

    record Answered(@Nullable Object value) {}

    Scripted(Loop loop) {
        this.loop = loop;
    }

    static Promise<Answered> value(@Nullable Object value) {
        return Promise.of(new Answered(value));
    }

    Scripted on(String name, Function function) {
        methods.put(name, function);
        return this;
    }

    /** What happens when the object itself is called. */
    Scripted function(Function function) {
        return on("", function);
    }

    Scripted get(String name, Getter getter) {
        getters.put(name, getter);
        return this;
    }

    Scripted onReleased(Runnable action) {
        onReleased = action;
        return this;
    }

    Cap cap() {
        return new LocalCap(loop, this);
    }

    @Override
    public Promise<Void> handle(Context context) throws Exception {
        if (!(context.method() instanceof Method.Member(Path.Names path, boolean reads))) {
            throw Failure.unimplemented("no name");
        }
        Object value = WebPayload.of(context.params()).value();
        List<?> arguments = value instanceof List<?> list ? list : List.of();
        String first = path.isEmpty() ? "" : path.steps().getFirst().toString();
        boolean last = path.steps().size() <= 1;
        Function method = methods.get(first);
        if (last && !reads) {
            if (method == null) {
                throw Errors.type("'" + path + "' is not a function.");
            }
            return method.call(arguments).convert(answered -> {
                WebPayload.of(context.results(0)).set(answered.value());
                return Promise.nothing();
            });
        }
        Getter getter = getters.get(first);
        Object property = getter == null ? JsValue.UNDEFINED : getter.get();
        if (last) {
            WebPayload.of(context.results(0)).set(property);
            return Promise.done();
        }
        WebPayload payload = WebPayload.holding(property);
        try (payload;
                Cap inside = payload.cap(Path.Names.NONE)) {
            Request rest = inside.request(new Method.Member(path.from(1), reads), WebFormat.INSTANCE, 0, Hints.NONE);
            WebPayload.of(rest.params()).set(Values.share(arguments));
            return context.tailCall(rest);
        }
    }

    @Override
    public void released() {
        onReleased.run();
    }
}

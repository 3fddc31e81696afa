package dev.capstan.capnweb;

import dev.capstan.async.Completer;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An object made of functions under names, for services without an interface and for callbacks.
 *
 * <p>What is called is the function of the name, and what is read the property; nothing else is reachable. A value: the functions may be used by any number
 * of references, and hold the state. They run on the object's loop, one at a time; those of {@link #blocking} may wait.
 */
public final class WebTarget implements Target {
    private final Map<String, Body> methods;
    private final Map<String, Getter> properties;
    private final Style style;
    private final boolean cancelable;

    /** The body of a method. */
    @FunctionalInterface
    public interface Body {
        /**
         * Does a call.
         *
         * @param arguments a tree of values with {@link Stub}s in it, which are the call's own and closed when it ends: {@link Stub#dup} keeps one
         * @return a tree of values; of the stubs in it the caller becomes the owner, and results of calls need not be there yet. Or a {@link Promise} of
         *     such a tree. A {@link Target} or {@link Function} is an object.
         * @throws Exception to fail the call
         */
        @Nullable
        Object call(List<@Nullable Object> arguments) throws Exception;
    }

    /** What a property is when somebody reads it, or calls something inside. */
    @FunctionalInterface
    public interface Getter {
        /** As the result of {@link Body#call}. */
        @Nullable
        Object get() throws Exception;
    }

    private WebTarget(Map<String, Body> methods, Map<String, Getter> properties, Style style, boolean cancelable) {
        this.methods = methods;
        this.properties = properties;
        this.style = style;
        this.cancelable = cancelable;
    }

    /** An object that has nothing. */
    public static WebTarget empty() {
        return new WebTarget(Map.of(), Map.of(), Style.ASYNC, false);
    }

    /** An object that is called itself, as callbacks are. */
    @SuppressWarnings(
            "unchecked") // whatever the function takes, it is given a list; what it makes of that is its affair
    public static WebTarget of(Function<?, ?> function) {
        Function<Object, @Nullable Object> any = (Function<Object, @Nullable Object>) function;
        return empty().function(any::apply);
    }

    /** This object with one more method. */
    public WebTarget method(String name, Body body) {
        Map<String, Body> more = new LinkedHashMap<>(methods);
        more.put(name, body);
        return new WebTarget(more, properties, style, cancelable);
    }

    /** This object, which can also be called itself. */
    public WebTarget function(Body body) {
        return method("", body);
    }

    /** This object with one more property. */
    public WebTarget property(String name, Getter getter) {
        Map<String, Getter> more = new LinkedHashMap<>(properties);
        more.put(name, getter);
        return new WebTarget(methods, more, style, cancelable);
    }

    /** This object, whose bodies each run on a fiber and may await. */
    public WebTarget blocking() {
        return new WebTarget(methods, properties, Style.BLOCKING, cancelable);
    }

    /**
     * This object, whose running calls stop when nobody wants their results any more: a promise that a body has returned is cancelled, and the fiber of one that waits is interrupted there. Otherwise
     * what has begun runs to its end.
     */
    public WebTarget cancelable() {
        return new WebTarget(methods, properties, style, true);
    }

    /** A first reference to this object on {@code loop}; the caller owns it. */
    public Cap on(Loop loop) {
        return new LocalCap(loop, this);
    }

    @Override
    public Style style() {
        return style;
    }

    @Override
    public Promise<Void> handle(Context context) throws Exception {
        if (!(context.method() instanceof Method.Member(Path.Names path, boolean reads))) {
            throw Failure.unimplemented(context.method() + " is a number, and this object has methods by name");
        }
        List<Object> steps = path.steps();
        String first = steps.isEmpty() ? "" : steps.getFirst().toString();
        if (steps.size() > 1) {
            Object property = read(first);
            return onLoop(context, () -> further(context, property, path.from(1), reads));
        }
        Body method = methods.get(first);
        if (!reads) {
            if (method == null) {
                throw Errors.type("'" + path + "' is not a function.");
            }
            if (cancelable) {
                context.allowCancellation();
            }
            return called(context, method);
        }
        if (method != null && !properties.containsKey(first)) {
            return finish(context, new WebTarget(Map.of("", method), Map.of(), style, cancelable));
        }
        Object property = read(first);
        return onLoop(context, () -> finish(context, property));
    }

    private @Nullable Object read(String name) throws Exception {
        Getter getter = properties.get(name);
        return getter == null ? JsValue.UNDEFINED : getter.get();
    }

    private static Promise<Void> called(Context context, Body method) throws Exception {
        Object content = WebPayload.of(context.params()).value();
        Object arguments = StubValues.received(context.loop(), null, content);
        List<AutoCloseable> borrowed = Values.owned(arguments);
        Promise<Void> finished;
        try {
            List<@Nullable Object> list = new ArrayList<>();
            if (arguments instanceof List<?> given) {
                list.addAll(given);
            }
            Object value = method.call(list);
            finished = onLoop(context, () -> finish(context, value));
        } catch (Throwable e) {
            Values.close(borrowed);
            throw e;
        }
        if (borrowed.isEmpty() || finished.isDone()) {
            Values.close(borrowed);
            return finished;
        }
        return finished.attach(() -> Values.close(borrowed));
    }

    /** A blocking body runs beside the loop, and what capabilities do belongs to the loop. */
    private static Promise<Void> onLoop(Context context, Callable<Promise<Void>> work) throws Exception {
        Loop loop = context.loop();
        if (loop.inLoop()) {
            return work.call();
        }
        Completer<Void> done = new Completer<>(loop);
        loop.post(() -> {
            try {
                done.follow(work.call());
            } catch (Throwable e) {
                done.fail(e);
            }
        });
        return done.promise();
    }

    /** Something inside of a property is called, or read. */
    private static Promise<Void> further(Context context, @Nullable Object property, Path.Names rest, boolean reads) {
        WebPayload payload = WebPayload.holding(result(context.loop(), property));
        try (payload;
                Cap inside = payload.cap(Path.Names.NONE)) {
            Request request = inside.request(new Method.Member(rest, reads), WebFormat.INSTANCE, 0, Hints.NONE);
            WebPayload.of(request.params())
                    .set(Values.share(WebPayload.of(context.params()).value()));
            return context.tailCall(request);
        }
    }

    private static Promise<Void> finish(Context context, @Nullable Object value) {
        return switch (value) {
            case Promise<?> promise -> promise.then(later -> finish(context, later));
            // Not as a promise inside of the result: what is called on the result must find it.
            case Stub stub when !stub.isObject() -> stub.value().attach(stub).then(later -> finish(context, later));
            case null, default -> {
                WebPayload.of(context.results(0)).set(result(context.loop(), value));
                yield Promise.done();
            }
        };
    }

    /** Takes over the stubs and capabilities in {@code value}. */
    private static @Nullable Object result(Loop loop, @Nullable Object value) {
        return StubValues.sentValue(StubValues.given(loop, value));
    }
}

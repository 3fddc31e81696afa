package dev.capstan.bench.web;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.capnweb.Writable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object with methods and getters, as a class of JavaScript has them. */
abstract class JsObject implements Target {
    /** What a method that returns at once has answered, since a promise has no null. */
    record Result(@Nullable Object value) {}

    /** Does a call; {@code name} is empty if the object itself is called. Borrows the arguments; what is in the result goes to the caller. */
    abstract Promise<Result> call(String name, List<?> arguments) throws Exception;

    /** The value of a property. */
    @Nullable
    Object get(String name) {
        return JsValue.UNDEFINED;
    }

    final Cap cap(Loop loop) {
        return new LocalCap(loop, this);
    }

    static Promise<Result> value(@Nullable Object value) {
        return Promise.of(new Result(value));
    }

    static Promise<Result> unknown(String name) {
        return Promise.failed(Failure.unimplemented("'" + name + "' is not a function."));
    }

    @Override
    public final Promise<Void> handle(Context context) throws Exception {
        if (!(context.method() instanceof Method.Member(Path.Names path, boolean reads))) {
            throw Failure.unimplemented("this object has methods with names");
        }
        Object params = WebPayload.of(context.params()).value();
        List<?> arguments = params instanceof List<?> list ? list : List.of();
        String first = path.isEmpty() ? "" : path.steps().getFirst().toString();
        if (path.steps().size() <= 1 && !reads) {
            Promise<Result> result = call(first, arguments);
            return result.convert(answered -> {
                WebPayload.of(context.results(0)).set(answered.value());
                return Promise.nothing();
            });
        }
        Object property = get(first);
        if (path.steps().size() <= 1) {
            WebPayload.of(context.results(0)).set(property);
            return Promise.done();
        }
        WebPayload payload = WebPayload.of(WebFormat.INSTANCE.allocate(0));
        payload.set(property);
        try (payload;
                Cap inside = payload.cap(Path.Names.NONE)) {
            Request rest = inside.request(new Method.Member(path.from(1), reads), WebFormat.INSTANCE, 0, Hints.NONE);
            WebPayload.of(rest.params()).set(shared(arguments));
            return context.tailCall(rest);
        }
    }

    /** Calls an object of the peer, or the function that it is if {@code name} is empty. */
    static Promise<Result> callBack(Object object, String name, List<?> arguments) {
        Path.Names path = name.isEmpty() ? Path.Names.NONE : Path.Names.of(name);
        Request request = ((Cap) object).request(new Method.Member(path, false), WebFormat.INSTANCE, 0, Hints.NONE);
        WebPayload.of(request.params()).set(shared(arguments));
        Answer answer = request.send();
        answer.pipeline().close();
        return answer.results().convert(payload -> {
            try (payload) {
                return new Result(shared(WebPayload.of(payload).value()));
            }
        });
    }

    /** A copy with references of its own. */
    static @Nullable Object shared(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                for (Object element : list) {
                    copy.add(shared(element));
                }
                yield copy;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((key, element) -> copy.put((String) key, shared(element)));
                yield copy;
            }
            case Cap cap -> cap.share();
            case Readable stream -> stream.share();
            case Writable stream -> stream.share();
            case null, default -> value;
        };
    }

    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = LinkedHashMap.newLinkedHashMap(namesAndValues.length / 2);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }
}

package dev.capstan.gateway.translate;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallEnd;
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
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Cap'n Proto capability as Cap'n Web sees it: an object whose methods have the names of its schema. */
final class ByNameCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Bridge bridge;
    private final @Nullable InterfaceSchema schema;
    private final Methods methods;
    private final Cap object;
    private @Nullable Cap next;

    /** Takes ownership of {@code object}; {@code schema} is null if it is not known. */
    ByNameCap(Bridge bridge, @Nullable InterfaceSchema schema, Cap object) {
        super(bridge.loop());
        this.bridge = bridge;
        this.schema = schema;
        this.methods = bridge.methods(schema);
        this.object = object;
    }

    /** What it stands for; borrowed. */
    Cap object() {
        return object;
    }

    @Nullable
    InterfaceSchema schema() {
        return schema;
    }

    boolean isOf(Bridge other) {
        return bridge == other;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        if (!(call.method() instanceof Method.Member(Path.Names path, boolean reads))) {
            return refuse(
                    call, Failure.unimplemented(call.method() + " is a number, and this object is called by names"));
        }
        List<Object> steps = path.steps();
        if (steps.isEmpty()) {
            Methods.Entry only = methods.only();
            if (reads) {
                return value(call, share());
            }
            return only == null
                    ? refuse(
                            call,
                            type("a " + methods.interfaceName() + " is no function; call one of " + methods.names()))
                    : invoke(only, call);
        }
        Methods.Entry method = methods.find(steps.getFirst());
        if (reads) {
            boolean isFunction = method != null && steps.size() == 1;
            return value(call, isFunction ? new FunctionCap(this, path) : JsValue.UNDEFINED);
        }
        if (method == null || steps.size() > 1) {
            return refuse(
                    call,
                    type("'" + path + "' is not a function. A " + methods.interfaceName() + " has " + methods.names()));
        }
        return invoke(method, call);
    }

    private Answer invoke(Methods.Entry method, Call call) {
        Request request = object.request(
                method.ordinal(), CapnpFormat.INSTANCE, 0, call.hints().withResults());
        long bytes;
        try {
            Object arguments = WebPayload.of(call.params()).value();
            bridge.arguments(
                    method,
                    CapnpPayload.of(request.params()).builder().init(method.paramsType()),
                    arguments instanceof List<?> list ? list : List.of());
            bytes = request.params().bytes();
            bridge.takeOff(bytes);
        } catch (RuntimeException e) {
            request.close();
            return refuse(call, Failure.of(e));
        }
        call.releaseParams();
        CallEnd end = new CallEnd();
        request.onEnd(end);
        if (method.isStreaming()) {
            Promise<Payload> sent = request.sendStreaming().convert(ready -> CapnpFormat.INSTANCE.allocate(0));
            return new NamedCrossing(bridge, method, call, sent, null, end, bytes).answer();
        }
        Answer answer = request.send();
        return new NamedCrossing(bridge, method, call, answer.results(), answer.pipeline(), end, bytes).answer();
    }

    private static Failure type(String text) {
        return JsError.of("TypeError", text).failure();
    }

    private static Answer refuse(Call call, Failure failure) {
        call.close();
        return Answer.broken(failure);
    }

    /** Takes ownership of {@code value}. */
    static Answer value(Call call, @Nullable Object value) {
        Payload results = call.newResults(0);
        WebPayload.of(results).set(value);
        call.close();
        return new Answer(Promise.of(results.share()), Pipeline.of(results));
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
                known = bridge.namedOrBroken(schema, further.share());
                next = known;
            }
        }
        return known;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        Promise<Cap> further = object.resolution();
        return further == null ? null : further.convert(cap -> bridge.named(schema, cap));
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        bridge.forget(this);
        object.close();
        if (next != null) {
            next.close();
        }
    }

    @Override
    public String toString() {
        return methods.interfaceName() + " of " + object;
    }
}

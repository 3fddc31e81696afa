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
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that Cap'n Web calls by names, as Cap'n Proto sees it: an object of an interface. */
final class ByOrdinalCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Bridge bridge;
    private final @Nullable InterfaceSchema schema;
    private final Methods methods;
    private final Cap object;
    private final @Nullable Shape shape;
    private @Nullable Cap next;

    /**
     * Takes ownership of {@code object}.
     *
     * @param schema null if it is not known: it can be passed on and not called
     * @param mayBeFunction whether it may be a function, which stands for an interface with one method
     */
    ByOrdinalCap(Bridge bridge, @Nullable InterfaceSchema schema, Cap object, boolean mayBeFunction) {
        super(bridge.loop());
        this.bridge = bridge;
        this.schema = schema;
        this.methods = bridge.methods(schema);
        this.object = object;
        Methods.Entry only = methods.only();
        this.shape = mayBeFunction && only != null ? new Shape(bridge.loop(), object, only.member()) : null;
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
        return Request.of(this, method, CapnpFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        // Where others may be led already: what is there has an order of its own.
        Cap further = resolved();
        if (further != null) {
            return further.call(call);
        }
        if (!(call.method() instanceof Method.Ordinal ordinal)) {
            return refuse(
                    call,
                    Failure.unimplemented("'" + call.method() + "' is a name, and this object is called by numbers"));
        }
        Methods.Entry method = methods.find(ordinal);
        if (method == null) {
            return refuse(
                    call,
                    Failure.unimplemented("Method not implemented: " + ordinal + " is none of "
                            + methods.interfaceName() + ", as which this object crossed the gateway"));
        }
        Payload arguments = WebFormat.INSTANCE.allocate(0);
        long bytes;
        try {
            List<@Nullable Object> list = new ArrayList<>(1);
            list.add(bridge.params(method, CapnpPayload.of(call.params())));
            WebPayload.of(arguments).set(list);
            bytes = arguments.bytes();
            bridge.takeOff(bytes);
        } catch (RuntimeException e) {
            arguments.close();
            return refuse(call, Failure.of(e));
        }
        call.releaseParams();
        CallEnd end = new CallEnd();
        if (method.isStreaming()) {
            Call outward = Call.of(method.member(), arguments, Hints.NO_PIPELINING, call, end);
            Promise<Void> ready = shape == null ? object.stream(outward) : shape.stream(outward);
            return new OrdinalCrossing(
                            bridge, method, call, ready.convert(sent -> WebFormat.INSTANCE.allocate(0)), null, end, bytes)
                    .answer();
        }
        Call outward = Call.of(method.member(), arguments, call.hints().withResults(), call, end);
        Answer answer = shape == null ? object.call(outward) : shape.call(outward);
        return new OrdinalCrossing(bridge, method, call, answer.results(), answer.pipeline(), end, bytes).answer();
    }

    private static Answer refuse(Call call, Failure failure) {
        call.close();
        return Answer.broken(failure);
    }

    @Override
    protected Cap behind() {
        return object;
    }

    @Override
    public @Nullable Cap resolved() {
        Cap known = next;
        if (known == null && (shape == null || shape.isPassable())) {
            Cap further = object.resolved();
            if (further != null) {
                known = bridge.numberedOrBroken(schema, further.share(), shape != null);
                next = known;
            }
        }
        return known;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        Promise<Cap> further = object.resolution();
        if (further == null) {
            return null;
        }
        return shape == null
                ? further.convert(cap -> bridge.numbered(schema, cap, false))
                : further.then(cap -> shape.passable()
                        .convert(gone -> bridge.numbered(schema, cap.share(), true))
                        .attach(cap));
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
        return methods.interfaceName() + " over Cap'n Web: " + object;
    }
}

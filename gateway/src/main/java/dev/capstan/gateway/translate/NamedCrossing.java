package dev.capstan.gateway.translate;

import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallEnd;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call by name of a Cap'n Proto object: its results are of Cap'n Proto, and its answer is of Cap'n Web. */
final class NamedCrossing extends Crossing {
    private final Methods.Entry method;

    NamedCrossing(
            Bridge bridge,
            Methods.Entry method,
            Call call,
            Promise<Payload> results,
            @Nullable Pipeline inner,
            CallEnd end,
            long bytes) {
        super(bridge, call, results, inner, end, bytes);
        this.method = method;
    }

    @Override
    Payload translated(Payload content) {
        Payload own = WebFormat.INSTANCE.allocate(0);
        try (content) {
            if (!method.isStreaming()) {
                Object value = bridge.results(method, CapnpPayload.of(content), this);
                WebPayload.of(own).set(value);
            }
            return own;
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    @Override
    Cap early(Path path) {
        return switch (path) {
            case Path.Names names -> new PlaceCap(this, names);
            case Path.Pointers pointers when pointers.length() == 0 -> new PlaceCap(this, Path.Names.NONE);
            case Path.Pointers pointers ->
                BrokenCap.because(pointers + " is a place in a Cap'n Proto result, and this call speaks Cap'n Web");
        };
    }

    /**
     * Where a path leads as far as the schema tells before the results are there.
     *
     * @param object a capability on the way, borrowed; null if there is none
     * @param taken how many steps lead there
     */
    record Route(@Nullable Cap object, int taken) {}

    /**
     * The way along {@code path} to a capability, or to the end of it in a struct; null if the results have to be waited for. Fields in unions are waited for, since what lies in their place
     * may be another member.
     */
    @Nullable
    Route route(Path.Names path) {
        if (isSettled() || !canGoAhead()) {
            return null;
        }
        List<Object> steps = path.steps();
        StructSchema struct = method.results();
        Path.Pointers at = new Path.Pointers();
        for (int i = 0; i < steps.size(); i++) {
            Field field = steps.get(i) instanceof String name ? struct.findField(name) : null;
            if (field == null || field.isInUnion()) {
                return null;
            }
            Type type = field.type();
            if (!field.isGroup() && type.isPointer()) {
                at = at.then((int) field.proto().getSlot().getOffset());
            }
            switch (type) {
                case StructSchema inner -> struct = inner;
                case InterfaceSchema schema
                when bridge.isObject(schema) -> {
                    return new Route(ahead(at, cap -> bridge.namedOrBroken(schema, cap)), i + 1);
                }
                default -> {
                    return null;
                }
            }
        }
        return new Route(null, steps.size());
    }
}

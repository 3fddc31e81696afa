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
import dev.capstan.capnweb.WebPayload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call by number of something of Cap'n Web: its results are of Cap'n Web, and its answer is of Cap'n Proto. */
final class OrdinalCrossing extends Crossing {
    private final Methods.Entry method;

    OrdinalCrossing(
            Bridge bridge,
            Methods.Entry method,
            Call call,
            Promise<Payload> results,
            @Nullable Pipeline inner,
            CallEnd end,
            long bytes) {
        super(bridge, call, whole(bridge, results), inner, end, bytes);
        this.method = method;
    }

    /** No part of what comes is still to come. */
    private static Promise<Payload> whole(Bridge bridge, Promise<Payload> results) {
        return results.then(payload -> {
            WebPayload value = WebPayload.of(payload);
            return value.isWhole()
                    ? Promise.of(payload)
                    : value.whole(bridge.loop()).<Payload>convert(all -> all).attach(payload);
        });
    }

    @Override
    Payload translated(Payload content) {
        Payload own = call.newResults(0);
        try (content) {
            if (!method.isStreaming()) {
                bridge.results(
                        method,
                        CapnpPayload.of(own).builder().init(method.resultsType()),
                        WebPayload.of(content).value(),
                        this);
            }
            return own;
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    @Override
    Cap early(Path path) {
        if (!(path instanceof Path.Pointers pointers)) {
            return BrokenCap.because("'" + path + "' is a name, and places in Cap'n Proto results are pointer indexes");
        }
        List<Object> names = new ArrayList<>();
        Type type = canGoAhead() ? named(method.results(), pointers, names) : null;
        return type instanceof InterfaceSchema schema && bridge.isObject(schema)
                ? ahead(new Path.Names(names), cap -> bridge.numberedOrBroken(schema, cap, true))
                        .share()
                : later(path);
    }

    /** What lies behind pointers, and its name, which is added to {@code names}; null if only the results can tell. */
    private static @Nullable Type named(StructSchema root, Path.Pointers pointers, List<Object> names) {
        Type type = root;
        for (int i = 0; i < pointers.length(); i++) {
            type = type instanceof StructSchema struct ? named(struct, pointers.at(i), names) : null;
            if (type == null) {
                return null;
            }
        }
        return type;
    }

    private static @Nullable Type named(StructSchema struct, int pointer, List<Object> names) {
        for (Field field : struct.nonUnionFields()) {
            if (field.isGroup()) {
                names.add(field.name());
                Type inner = named((StructSchema) field.type(), pointer, names);
                if (inner != null) {
                    return inner;
                }
                names.removeLast();
            } else if (field.type().isPointer() && field.proto().getSlot().getOffset() == pointer) {
                names.add(field.name());
                return field.type();
            }
        }
        return null;
    }
}

package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.gateway.translate.Bridge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A method of an interface of Cap'n Proto, and the one of a service that has its name.
 *
 * @param rpc the one of the service
 * @param source the parameter that requests are read from, where they are a stream
 * @param sink the parameter that answers are written to, where they are a stream
 */
record MatchedMethod(Rpc rpc, @Nullable String source, @Nullable String sink) {
    private static Map<String, InterfaceSchema.Method> methods(InterfaceSchema schema) {
        Map<String, InterfaceSchema.Method> all = new LinkedHashMap<>();
        for (InterfaceSchema owner : schema.lineage()) {
            owner.methods().forEach(method -> all.putIfAbsent(method.name(), method));
        }
        return all;
    }

    /**
     * Checks that each method of the service has one of the interface, without capabilities, and that the two match.
     *
     * @throws IllegalArgumentException if one does not
     */
    static void checkFront(ServiceDescriptor service, InterfaceSchema schema, Matching matching) {
        Map<String, InterfaceSchema.Method> known = methods(schema);
        for (Rpc rpc : Rpc.all(service)) {
            InterfaceSchema.Method twin = known.get(rpc.name());
            if (twin == null) {
                throw new IllegalArgumentException("Method " + rpc.method().getFullName() + " has no counterpart: "
                        + schema.displayName() + " has no method '" + rpc.name() + "', and there are " + known.keySet()
                        + ".");
            }
            if (rpc.streamsRequests() || rpc.streamsAnswers()) {
                throw new IllegalArgumentException("Method " + rpc.method().getFullName()
                        + " has a stream. To Cap'n Proto that would be a capability, which a client of gRPC cannot give: leave it out of the service.");
            }
            for (StructSchema each : List.of(twin.params(), twin.results())) {
                if (each.mayContainCapabilities()) {
                    throw new IllegalArgumentException("Method '" + twin.name() + "' of " + schema.displayName()
                            + " takes or gives capabilities, which gRPC does not have: leave "
                            + rpc.method().getFullName() + " out of the service.");
                }
            }
            matching.check(twin.params(), rpc.request());
            matching.check(twin.results(), rpc.answer());
        }
    }

    /**
     * The methods of an interface with those of the service.
     *
     * @throws IllegalArgumentException if one has none, or they do not match
     */
    static List<MatchedMethod> all(InterfaceSchema schema, ServiceDescriptor service, Matching matching) {
        Map<String, Rpc> known = new HashMap<>();
        Rpc.all(service).forEach(rpc -> known.put(rpc.name(), rpc));
        List<MatchedMethod> all = new ArrayList<>();
        methods(schema).forEach((name, method) -> {
            Rpc rpc = known.get(name);
            if (rpc == null) {
                throw new IllegalArgumentException("Method '" + name + "' of " + schema.displayName()
                        + " has no counterpart: " + service.getFullName() + " has " + known.keySet() + ".");
            }
            all.add(of(method, rpc, matching));
        });
        return all;
    }

    private static MatchedMethod of(InterfaceSchema.Method method, Rpc rpc, Matching matching) {
        List<Field> rest = new ArrayList<>(method.params().fields());
        String source = rpc.streamsRequests()
                ? stream(method, rest, Bridge::read, rpc.request(), "read from, as in (from :Source)", matching)
                : null;
        String sink = rpc.streamsAnswers()
                ? stream(method, rest, Bridge::written, rpc.answer(), "written to, as in (to :Sink)", matching)
                : null;
        if (source == null) {
            matching.check(method.params(), rest, rpc.request());
        } else if (!rest.isEmpty()) {
            throw wrong(method, rpc, "takes " + rest + " besides its streams, for which there is no place");
        }
        if (sink == null) {
            matching.check(method.results(), rpc.answer());
        } else if (!method.results().fields().isEmpty()) {
            throw wrong(method, rpc, "gives results, and the answers are written to '" + sink + "'");
        }
        return new MatchedMethod(rpc, source, sink);
    }

    /** The parameter that is a stream of a message, which is taken out of {@code params}. */
    private static String stream(
            InterfaceSchema.Method method,
            List<Field> params,
            Function<InterfaceSchema, @Nullable Type> chunks,
            Descriptor message,
            String what,
            Matching matching) {
        for (Field each : params) {
            if (!each.isGroup()
                    && each.type() instanceof InterfaceSchema type
                    && chunks.apply(type) instanceof StructSchema chunk) {
                matching.check(chunk, message);
                params.remove(each);
                return each.name();
            }
        }
        throw new IllegalArgumentException("Method '" + method.name() + "' of " + method.owner().displayName()
                + " has no parameter for the stream of " + message.getFullName()
                + ": it takes a capability that structs are " + what + ".");
    }

    private static IllegalArgumentException wrong(InterfaceSchema.Method method, Rpc rpc, String what) {
        return new IllegalArgumentException("Method '" + method.name() + "' of "
                + method.owner().displayName() + " does not match " + rpc.method().getFullName() + ": it " + what
                + ".");
    }
}

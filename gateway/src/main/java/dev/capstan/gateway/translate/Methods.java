package dev.capstan.gateway.translate;

import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of an interface, own and inherited, by name and by number. Immutable; of the version of the schema that was loaded when it was made. */
final class Methods {
    private final String interfaceName;
    private final Map<String, Entry> byName;
    private final Map<Method.Ordinal, Entry> byOrdinal;
    private final @Nullable Outlet outlet;

    /**
     * A method.
     *
     * @param name in the schema
     * @param ordinal what Cap'n Proto calls it
     * @param member what Cap'n Web calls it
     * @param params what it takes
     * @param results what it gives
     * @param isStreaming whether it was declared {@code -> stream}
     */
    record Entry(
            String name,
            Method.Ordinal ordinal,
            Method.Member member,
            StructSchema params,
            StructSchema results,
            boolean isStreaming) {
        StructType<DynamicStruct.Builder, DynamicStruct.Reader> paramsType() {
            return params.structType();
        }

        StructType<DynamicStruct.Builder, DynamicStruct.Reader> resultsType() {
            return results.structType();
        }
    }

    private Methods(
            String interfaceName,
            Map<String, Entry> byName,
            Map<Method.Ordinal, Entry> byOrdinal,
            @Nullable Outlet outlet) {
        this.outlet = outlet;
        this.interfaceName = interfaceName;
        this.byName = byName;
        this.byOrdinal = byOrdinal;
    }

    /** Of an object of which nothing is known. */
    static Methods none() {
        return new Methods("an object of unknown type", Map.of(), Map.of(), null);
    }

    static Methods of(InterfaceSchema schema) {
        Map<String, Entry> byName = new LinkedHashMap<>();
        Map<Method.Ordinal, Entry> byOrdinal = new HashMap<>();
        for (InterfaceSchema owner : schema.lineage()) {
            for (InterfaceSchema.Method method : owner.methods()) {
                Method.Ordinal ordinal = new Method.Ordinal(owner.id(), method.ordinal());
                Entry entry = new Entry(
                        method.name(),
                        ordinal,
                        new Method.Member(Path.Names.of(method.name()), false),
                        method.params(),
                        method.results(),
                        method.isStreaming());
                byName.putIfAbsent(method.name(), entry);
                byOrdinal.put(ordinal, entry);
            }
        }
        return new Methods(schema.shortName(), byName, byOrdinal, Outlet.of(schema.id(), byOrdinal.values()));
    }

    /** The name of the interface. */
    String interfaceName() {
        return interfaceName;
    }

    @Nullable
    Entry find(Object name) {
        return byName.get(name);
    }

    @Nullable
    Entry find(Method.Ordinal ordinal) {
        return byOrdinal.get(ordinal);
    }

    /** The only method; null if there are more, or none. */
    @Nullable
    Entry only() {
        return byOrdinal.size() == 1 ? byOrdinal.values().iterator().next() : null;
    }

    /** What the interface is as a stream that is written to; null if it is none. */
    @Nullable
    Outlet outlet() {
        return outlet;
    }

    /** What the interface is as a stream that is read from; null if it is none, or if what its only parameter is turns out not to be written to. */
    @Nullable
    Inlet inlet() {
        Entry pump = only();
        if (pump == null || pump.isStreaming() || !pump.results().fields().isEmpty()) {
            return null;
        }
        List<StructSchema.Field> params = pump.params().fields();
        return params.size() == 1 && params.getFirst().type() instanceof InterfaceSchema to
                ? new Inlet(pump, params.getFirst(), to)
                : null;
    }

    List<String> names() {
        return new ArrayList<>(byName.keySet());
    }
}

package dev.capstan.gateway.dial;

import dev.capstan.async.Promise;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema.Method;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.gateway.options.InputException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object of a Cap'n Proto server, or a place in the results of a call. Structs, groups and capabilities are reached before the results are there; for what lies in a union or in a list they are waited for.
 */
final class CapnpRef implements Ref {
    private final CapnpRemote remote;
    /** What this is; null for a place. */
    private final @Nullable DynamicCapability object;

    private final @Nullable Results results;
    /** Where in the results. */
    private final List<Object> path;
    /** The same, where the wire can tell it; null if the results must be there. */
    private final DynamicCapability.@Nullable Pipeline ahead;
    /** What lies there, if {@link #ahead}. */
    private final @Nullable StructSchema struct;

    /** Results of a call, shared by the places in them. */
    private static final class Results {
        final DynamicCapability.Answer answer;
        final StructSchema schema;
        DynamicStruct.@Nullable Reader value;
        private int users;

        Results(DynamicCapability.Answer answer, StructSchema schema) {
            this.answer = answer;
            this.schema = schema;
        }

        Results share() {
            users++;
            return this;
        }

        void release() {
            if (--users == 0) {
                answer.close();
            }
        }
    }

    /** An object; takes ownership. */
    CapnpRef(CapnpRemote remote, DynamicCapability object) {
        this(remote, object, null, List.of(), null, null);
    }

    private CapnpRef(
            CapnpRemote remote,
            @Nullable DynamicCapability object,
            @Nullable Results results,
            List<Object> path,
            DynamicCapability.@Nullable Pipeline ahead,
            @Nullable StructSchema struct) {
        this.remote = remote;
        this.object = object;
        this.results = results == null ? null : results.share();
        this.path = path;
        this.ahead = ahead;
        this.struct = struct;
    }

    /** The object that this is; borrowed. Null if it is a place, which may hold one. */
    @Nullable
    DynamicCapability object() {
        return object;
    }

    @Override
    public Ref get(Object step) throws InputException {
        if (object != null) {
            if (step instanceof String name && object.schema().findMethod(name) != null) {
                return call(name, List.of());
            }
            throw noMethod(object.schema(), String.valueOf(step));
        }
        StructSchema.Field field = null;
        if (ahead != null && struct != null) {
            field = step instanceof String name ? struct.findField(name) : null;
            if (field == null) {
                throw new InputException(
                        "There is no '" + step + "' in " + struct.shortName() + ". It has " + names(struct) + ".");
            }
            if (!field.isInUnion() && field.type() instanceof InterfaceSchema) {
                return new CapnpRef(remote, ahead.cap(field.name()));
            }
        }
        List<Object> further = new ArrayList<>(path);
        further.add(step);
        StructSchema within =
                field != null && !field.isInUnion() && field.type() instanceof StructSchema found ? found : null;
        return new CapnpRef(
                remote,
                null,
                results,
                further,
                within != null && ahead != null ? ahead.struct((String) step) : null,
                within);
    }

    private static String names(StructSchema struct) {
        List<String> names = struct.fieldsInCodeOrder().stream()
                .map(StructSchema.Field::name)
                .toList();
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }

    private static InputException noMethod(InterfaceSchema schema, String name) {
        List<String> names = methods(schema).stream().map(Method::name).toList();
        return new InputException("There is no method '" + name + "' of " + schema.shortName() + ". It has "
                + (names.isEmpty() ? "none" : String.join(", ", names)) + ".");
    }

    static List<Method> methods(InterfaceSchema schema) {
        return schema.lineage().stream()
                .flatMap(each -> each.methods().stream())
                .toList();
    }

    @Override
    public Ref call(String method, List<? extends @Nullable Object> arguments) throws InputException {
        DynamicCapability target = target();
        try {
            Method called = method(target, method);
            if (called.isStreaming()) {
                var request = target.streamingRequest(method);
                try {
                    remote.json().fill(called, arguments, request.params());
                } catch (InputException | RuntimeException e) {
                    request.close();
                    throw e;
                }
                remote.tally().called();
                remote.patience().await(request.send());
                return new DoneRef(called.name());
            }
            var request = target.request(called);
            try {
                remote.json().fill(called, arguments, request.params());
            } catch (InputException | RuntimeException e) {
                request.close();
                throw e;
            }
            remote.tally().called();
            Results made = new Results(request.send(), called.results());
            return new CapnpRef(remote, null, made, List.of(), made.answer.results(), called.results());
        } finally {
            if (target != object) {
                target.close();
            }
        }
    }

    private static Method method(DynamicCapability target, String name) throws InputException {
        Method found = target.schema().findMethod(name);
        if (found == null) {
            throw noMethod(target.schema(), name);
        }
        return found;
    }

    /** What is called: this object, or the one that lies here, which the caller owns then. */
    private DynamicCapability target() throws InputException {
        if (object != null) {
            return object;
        }
        if (ahead != null) {
            throw new InputException("A " + (struct == null ? "struct" : struct.shortName())
                    + " has no methods. It has " + (struct == null ? "fields" : names(struct)) + ".");
        }
        if (here() instanceof DynamicValue.Capability found && !found.pointer().isNull()) {
            return (DynamicCapability) found.asCapability();
        }
        throw new InputException("There is no object at " + place() + ".");
    }

    private String place() {
        StringBuilder text = new StringBuilder();
        for (Object each : path) {
            text.append(each instanceof Integer ? "[" + each + "]" : (text.isEmpty() ? "" : ".") + each);
        }
        return text.isEmpty() ? "the result" : "'" + text + "' of the result";
    }

    private DynamicStruct.Reader results() {
        Results mine = results;
        if (mine == null) {
            throw new IllegalStateException("an object has no results");
        }
        DynamicStruct.Reader value = mine.value;
        if (value == null) {
            remote.tally().waited();
            value = remote.patience().await(mine.answer);
            mine.value = value;
        }
        return value;
    }

    private DynamicValue here() throws InputException {
        DynamicValue value = results();
        for (Object each : path) {
            value = step(value, each);
        }
        return value;
    }

    private DynamicValue step(DynamicValue value, Object step) throws InputException {
        if (value instanceof DynamicStruct.Reader struct && step instanceof String name) {
            StructSchema.Field field = struct.schema().findField(name);
            if (field == null) {
                throw new InputException("There is no '" + name + "' in "
                        + struct.schema().shortName() + ". It has " + names(struct.schema()) + ".");
            }
            try {
                return struct.get(field);
            } catch (IllegalArgumentException e) {
                throw new InputException("'" + name + "' is not set: its union holds another member.");
            }
        }
        if (value instanceof DynamicList.Reader list && step instanceof Integer at) {
            if (at >= list.size()) {
                throw new InputException(place() + " is out of bounds: the list has " + list.size() + " elements.");
            }
            return list.get(at);
        }
        throw new InputException("There is no '" + step + "' in the value at " + place() + ".");
    }

    /** What it is by the schema. */
    Type type() {
        if (object != null) {
            return object.schema();
        }
        Type type = results == null ? Type.Scalar.VOID : results.schema;
        for (Object each : path) {
            type = switch (type) {
                case StructSchema in
                when each instanceof String name -> in.field(name).type();
                case dev.capstan.capnp.dynamic.ListSchema in -> in.element();
                default -> type;
            };
        }
        return type;
    }

    @Override
    public @Nullable Object value() throws InputException {
        if (object != null) {
            return java.util.Map.of(CapnpJson.OBJECT, object.schema().shortName());
        }
        return remote.json().tree(here(), type());
    }

    @Override
    public Shot aim(String method, List<? extends @Nullable Object> arguments) throws InputException {
        DynamicCapability target = object == null ? target() : object.share();
        Method called = method(target, method);
        // Whether the arguments fit is told now, by a request that is not sent.
        if (called.isStreaming()) {
            try (var trial = target.streamingRequest(method)) {
                remote.json().fill(called, arguments, trial.params());
            }
            return () -> {
                var request = target.streamingRequest(method);
                refill(called, arguments, request.params());
                return request.send();
            };
        }
        try (var trial = target.request(called)) {
            remote.json().fill(called, arguments, trial.params());
        }
        return () -> {
            var request = target.request(called);
            refill(called, arguments, request.params());
            return request.send().map(results -> Promise.nothing());
        };
    }

    private void refill(Method method, List<? extends @Nullable Object> arguments, DynamicStruct.Builder params) {
        try {
            remote.json().fill(method, arguments, params);
        } catch (InputException e) {
            throw new IllegalStateException("what fitted before does not any more", e);
        }
    }

    @Override
    public boolean isObject() {
        return object != null;
    }

    @Override
    public String kind() {
        return object != null ? object.schema().shortName() : struct != null ? struct.shortName() : "a value";
    }

    @Override
    public void close() {
        if (object != null) {
            object.close();
        }
        if (results != null) {
            results.release();
        }
    }
}

package dev.capstan.gateway.dial;

import dev.capstan.async.Promise;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.DynamicServer;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema.Method;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.JsonCodec;
import dev.capstan.capnp.json.JsonException;
import dev.capstan.capnp.json.JsonHandler;
import dev.capstan.capnp.json.schema.Value;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parameters and results as JSON, in the form of {@link JsonCodec}, with capabilities in it: {@code {"$object": "Node"}} in results, {@code "-"} in parameters for an object
 * that prints what is called on it, and references of ours.
 */
final class CapnpJson {
    static final String OBJECT = "$object";
    private static final String OUTPUT = "-";
    private static final String REFERENCE = "$reference ";

    private final JsonCodec codec;
    private final Consumer<String> said;
    private final Map<String, DynamicCapability> passing = new HashMap<>();

    /** For what can be reached from {@code bootstrap}. */
    CapnpJson(InterfaceSchema bootstrap, Consumer<String> said) {
        this.said = said;
        JsonCodec.Builder builder = JsonCodec.builder().annotations().rejectUnknownFields();
        JsonHandler.OfValue objects = new Objects();
        interfaces(bootstrap).forEach(each -> builder.handler(each, objects));
        this.codec = builder.build();
    }

    /** All interfaces that something of {@code start} can lead to, itself included. */
    private static Set<InterfaceSchema> interfaces(InterfaceSchema start) {
        Set<InterfaceSchema> found = new HashSet<>();
        Set<Type> seen = new HashSet<>();
        List<Type> waiting = new ArrayList<>(List.of(start));
        while (!waiting.isEmpty()) {
            Type next = waiting.removeLast();
            if (!seen.add(next)) {
                continue;
            }
            switch (next) {
                case InterfaceSchema type -> {
                    found.add(type);
                    waiting.addAll(type.superclasses());
                    for (Method each : type.methods()) {
                        waiting.add(each.params());
                        waiting.add(each.results());
                    }
                }
                case StructSchema type -> type.fields().forEach(field -> waiting.add(field.type()));
                case ListSchema type -> waiting.add(type.element());
                default -> {}
            }
        }
        return found;
    }

    /**
     * Fills the parameters of a call.
     *
     * @param arguments one object that names them, or each at its place
     * @throws InputException if they do not fit
     */
    void fill(Method method, List<? extends @Nullable Object> arguments, DynamicStruct.Builder params)
            throws InputException {
        try {
            Object tree = references(named(method, arguments));
            codec.decode(Literal.json(tree), params);
        } catch (JsonException e) {
            throw new InputException(method.name() + ": " + e.getMessage());
        } finally {
            passing.clear();
        }
    }

    private static Map<?, ?> named(Method method, List<? extends @Nullable Object> arguments) throws InputException {
        if (arguments.size() == 1 && arguments.getFirst() instanceof Map<?, ?> map) {
            return map;
        }
        List<StructSchema.Field> fields = method.params().fieldsInCodeOrder();
        if (arguments.size() > fields.size()) {
            throw new InputException(method.name() + " takes " + CapnpText.signature(method) + ", not "
                    + arguments.size() + " arguments.");
        }
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            named.put(fields.get(i).name(), arguments.get(i));
        }
        return named;
    }

    private @Nullable Object references(@Nullable Object tree) throws InputException {
        return switch (tree) {
            case Ref ref -> {
                DynamicCapability object = ref instanceof CapnpRef ours ? ours.object() : null;
                if (object == null) {
                    yield ref.value();
                }
                String key = REFERENCE + passing.size();
                passing.put(key, object);
                yield key;
            }
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> made = new LinkedHashMap<>();
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    made.put(String.valueOf(each.getKey()), references(each.getValue()));
                }
                yield made;
            }
            case List<?> list -> {
                List<@Nullable Object> made = new ArrayList<>();
                for (Object each : list) {
                    made.add(references(each));
                }
                yield made;
            }
            case null, default -> tree;
        };
    }

    /** A value as a tree of JSON. */
    @Nullable
    Object tree(DynamicValue value, Type type) {
        try {
            return Literal.parse(codec.encode(value, type));
        } catch (InputException e) {
            throw new IllegalStateException("what was written cannot be read", e);
        }
    }

    private final class Objects implements JsonHandler.OfValue {
        @Override
        public void encode(JsonCodec ofAll, DynamicValue value, Value.Builder output) {
            if (value instanceof DynamicValue.Capability(InterfaceSchema schema, var pointer) && !pointer.isNull()) {
                var member = output.initObject(1).get(0);
                member.setName(OBJECT);
                member.initValue().setString(schema.shortName());
            }
        }

        @Override
        public @Nullable Object decode(JsonCodec ofAll, Value.Reader input, Type type) {
            if (input.isNull()) {
                return null;
            }
            String text = input.isString() ? input.getString() : "";
            if (text.equals(OUTPUT)) {
                return new Printer((InterfaceSchema) type);
            }
            DynamicCapability known = passing.get(text);
            if (known != null) {
                return known;
            }
            throw new IllegalArgumentException(
                    "expected an object: write \"-\" for one that prints what is called on it"
                            + ", or null; in the repl, name a variable that holds one");
        }
    }

    /** Prints what is called on it, and answers with what is there by default. */
    private final class Printer implements DynamicServer {
        private final InterfaceSchema schema;

        Printer(InterfaceSchema schema) {
            this.schema = schema;
        }

        @Override
        public InterfaceSchema schema() {
            return schema;
        }

        @Override
        public Promise<Void> call(Method method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
            Map<String, @Nullable Object> told = new LinkedHashMap<>();
            told.put(method.name(), tree(context.params(), method.params()));
            said.accept(Literal.json(told));
            return Promise.done();
        }
    }
}

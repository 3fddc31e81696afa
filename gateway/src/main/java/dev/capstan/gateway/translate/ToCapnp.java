package dev.capstan.gateway.translate;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.TypedBytes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One translation of Cap'n Web's values to those of Cap'n Proto. Values are borrowed; what is written has references of its own. */
final class ToCapnp {
    private final Place place;
    private final Capabilities capabilities;

    ToCapnp(Place place, Capabilities capabilities) {
        this.place = place;
        this.capabilities = capabilities;
    }

    /**
     * The arguments of a call: one object names the parameters, anything else is them by their ordinals.
     *
     * @throws Failure if they do not fit
     */
    void arguments(DynamicStruct.Builder params, List<?> arguments) {
        place.struct(params.schema(), 1);
        if (arguments.size() == 1 && arguments.getFirst() instanceof Map<?, ?> named) {
            struct(params, named);
            return;
        }
        List<Field> fields = params.schema().nonUnionFields();
        if (arguments.size() > fields.size()) {
            throw place.wrong("called with " + arguments.size() + " arguments, and it takes " + fields.size() + ": "
                    + fields + ". One object names them instead.");
        }
        for (int i = 0; i < arguments.size(); i++) {
            field(params, fields.get(i), arguments.get(i));
        }
    }

    /** The only argument of a call, whatever it is. */
    void only(DynamicStruct.Builder params, @Nullable Object value) {
        place.struct(params.schema(), 1);
        field(params, params.schema().fields().getFirst(), value);
    }

    /**
     * The result of a call: an object names the results, nothing stands for none of them, and anything else for the only one.
     *
     * @throws Failure if it does not fit
     */
    void result(DynamicStruct.Builder results, @Nullable Object value) {
        place.struct(results.schema(), 1);
        if (value instanceof Map<?, ?> named) {
            struct(results, named);
        } else if (value != null && value != JsValue.UNDEFINED) {
            List<Field> fields = results.schema().fields();
            if (fields.size() != 1) {
                throw place.mismatch(value, "an object with the results " + fields);
            }
            field(results, fields.getFirst(), value);
        }
    }

    private void struct(DynamicStruct.Builder struct, Map<?, ?> object) {
        place.down();
        StructSchema schema = struct.schema();
        Field chosen = null;
        for (Map.Entry<?, ?> member : object.entrySet()) {
            String name = (String) member.getKey();
            Field field = schema.findField(name);
            if (member.getValue() == JsValue.UNDEFINED) {
                continue;
            }
            if (field == null) {
                place.enter(name);
                throw place.wrong("there is no such member; there are " + schema.fields());
            }
            if (field.isInUnion()) {
                if (chosen != null) {
                    throw place.wrong(chosen + " and " + field + " are members of one union: give one of them");
                }
                chosen = field;
            }
            field(struct, field, member.getValue());
        }
        place.up();
    }

    private void field(DynamicStruct.Builder struct, Field field, @Nullable Object value) {
        place.values(1);
        place.enter(field.name());
        try {
            if (value == null) {
                nothing(struct, field);
            } else if (value != JsValue.UNDEFINED) {
                set(struct, field, value);
            }
        } catch (IllegalArgumentException e) {
            throw place.wrong(reason(e));
        }
        place.leave();
    }

    /** What lies below names itself by fields; the place says that already. */
    private static String reason(IllegalArgumentException e) {
        return String.valueOf((e.getCause() instanceof IllegalArgumentException inner ? inner : e).getMessage());
    }

    private void nothing(DynamicStruct.Builder struct, Field field) {
        if (!field.isGroup() && !field.type().isPointer() && field.type() != Type.Scalar.VOID) {
            throw place.mismatch(null, expected(field.type()) + " (leave it out for its default)");
        }
        if (field.isInUnion()) {
            struct.clear(field.name());
        }
    }

    private void set(DynamicStruct.Builder struct, Field field, Object value) {
        switch (field.type()) {
            case StructSchema type -> {
                Map<?, ?> object = object(value, type);
                if (!field.isGroup()) {
                    place.struct(type, 1);
                }
                struct(struct.initStruct(field), object);
            }
            case ListSchema type -> {
                List<?> array = array(value, type);
                list(struct.initList(field, array.size()), array);
            }
            case InterfaceSchema type -> {
                try (Cap object = capability(type, type, value)) {
                    struct.set(field, object);
                }
            }
            case Type.Any type -> {
                try (Cap object = capability(type, null, value)) {
                    struct.set(field, object);
                }
            }
            case EnumSchema type -> struct.set(field, enumerant(type, value));
            case Type.Scalar type -> struct.set(field, scalar(type, value));
        }
    }

    private void list(DynamicList.Builder list, List<?> array) {
        place.down();
        Type element = list.schema().element();
        for (int i = 0; i < array.size(); i++) {
            place.enter(i);
            try {
                element(list, element, i, array.get(i));
            } catch (IllegalArgumentException e) {
                throw place.wrong(reason(e));
            }
            place.leave();
        }
        place.up();
    }

    private void element(DynamicList.Builder list, Type type, int index, @Nullable Object value) {
        if (value == null) {
            if (type instanceof StructSchema || (!type.isPointer() && type != Type.Scalar.VOID)) {
                throw place.mismatch(null, expected(type));
            }
            return;
        }
        switch (type) {
            case StructSchema struct -> struct(list.struct(index), object(value, struct));
            case ListSchema inner -> {
                List<?> array = array(value, inner);
                list(list.initList(index, array.size()), array);
            }
            case InterfaceSchema schema -> list.any(index).setCap(capability(schema, schema, value));
            case Type.Any any -> list.any(index).setCap(capability(any, null, value));
            case EnumSchema schema -> list.put(index, enumerant(schema, value));
            case Type.Scalar scalar -> list.put(index, scalar(scalar, value));
        }
    }

    private Map<?, ?> object(Object value, Type type) {
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        throw place.mismatch(value, expected(type));
    }

    private List<?> array(Object value, ListSchema type) {
        if (value instanceof List<?> array) {
            place.values(array.size());
            place.elements(type, array.size());
            return array;
        }
        throw place.mismatch(value, expected(type));
    }

    /** The caller owns it. */
    private Cap capability(Type type, @Nullable InterfaceSchema schema, Object value) {
        Cap object = capabilities.toCapnp(schema, value, place);
        if (object == null) {
            throw place.mismatch(value, expected(type));
        }
        return object;
    }

    private Object enumerant(EnumSchema type, Object value) {
        if (value instanceof String name) {
            EnumSchema.Enumerant known = type.findEnumerant(name);
            if (known == null) {
                throw place.wrong("'" + name + "' is no " + type.shortName() + "; there are "
                        + type.enumerants().stream()
                                .map(EnumSchema.Enumerant::name)
                                .limit(50)
                                .toList());
            }
            return type.value(known.raw());
        }
        if (value instanceof Number) {
            return value;
        }
        throw place.mismatch(value, expected(type));
    }

    private Object scalar(Type.Scalar type, Object value) {
        boolean fits = switch (type) {
            case VOID -> false;
            case BOOL -> value instanceof Boolean;
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT32, FLOAT64 -> value instanceof Number;
            case TEXT -> value instanceof String;
            case DATA -> value instanceof byte[] || value instanceof TypedBytes;
        };
        if (!fits) {
            throw place.mismatch(value, expected(type));
        }
        return switch (value) {
            case String text -> {
                place.text(text);
                yield text;
            }
            case byte[] bytes -> data(bytes);
            case TypedBytes typed -> data(typed.bytes());
            default -> value;
        };
    }

    private Data data(byte[] bytes) {
        place.bytes(bytes.length);
        return Data.of(bytes);
    }

    private static String expected(Type type) {
        return switch (type) {
            case StructSchema struct -> "an object with the members " + struct.fields();
            case ListSchema list -> "an array (" + list + ")";
            case InterfaceSchema schema -> "something that can be called (" + schema.shortName() + ")";
            case Type.Any any -> "a stub or null (" + any + ")";
            case EnumSchema schema -> "a name of " + schema.shortName() + " or its number";
            case Type.Scalar scalar ->
                switch (scalar) {
                    case VOID -> "null (Void)";
                    case BOOL -> "true or false";
                    case INT8, INT16, INT32, UINT8, UINT16, UINT32 -> "a number without fraction (" + scalar + ")";
                    case INT64, UINT64 -> "a number without fraction, or a bigint (" + scalar + ")";
                    case FLOAT32, FLOAT64 -> "a number (" + scalar + ")";
                    case TEXT -> "a string";
                    case DATA -> "bytes (a Uint8Array)";
                };
        };
    }
}

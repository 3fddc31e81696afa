package dev.capstan.capnp.json;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicEnum;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.schema.Value;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one value; not to be used again. */
final class Encoder {
    private final JsonCodec codec;
    private final Sink sink;
    private int depth;

    /**
     * A member of an object.
     *
     * @param member null for the one that tells which member of the union is there
     * @param value null for a null pointer
     */
    private record Part(
            String name,
            Shape.@Nullable Member member,
            @Nullable DynamicValue value) {}

    Encoder(JsonCodec codec, Sink sink) {
        this.codec = codec;
        this.sink = sink;
    }

    void value(DynamicValue value, Type type) {
        JsonHandler handler = codec.handler(type);
        if (handler != null) {
            handled(value, handler);
            return;
        }
        switch (type) {
            case Type.Scalar scalar -> scalar(value, scalar);
            case EnumSchema schema -> enumerant(value.asEnum());
            case ListSchema list -> list(value, list);
            case StructSchema schema -> struct(value.asStruct(), codec.shape(schema));
            case InterfaceSchema schema -> pointer(value, "A capability of " + schema);
            case Type.Any any -> pointer(value, "What is behind an " + any + " is not known, so it");
        }
    }

    /** That there is none is all that JSON can say; lists have such elements. */
    private void pointer(DynamicValue value, String what) {
        boolean absent = value instanceof DynamicValue.Capability capability
                ? capability.pointer().isNull()
                : value instanceof DynamicValue.Any any && any.pointer().isNull();
        if (!absent) {
            throw JsonException.of(what + " has no form in JSON. Register a handler for the type or the field.");
        }
        sink.nothing();
    }

    private void handled(DynamicValue value, JsonHandler handler) {
        Value.Builder output = new MessageBuilder().initRoot(Value.TYPE);
        switch (handler) {
            case JsonHandler.OfValue of -> of.encode(codec, value, output);
            case JsonHandler.OfStruct of -> of.encode(codec, value.asStruct(), output);
        }
        ValueTree.write(Value.TYPE.asReader(output), sink, codec.limits());
    }

    private void scalar(DynamicValue value, Type.Scalar type) {
        switch (type) {
            case VOID -> sink.nothing();
            case BOOL -> sink.bool(value.asBoolean());
            case INT8, INT16, INT32 -> sink.integer(value.asLong(), false);
            case UINT8, UINT16, UINT32 -> sink.integer(value.asUnsignedLong(), true);
            case INT64 -> {
                if (codec.areLongsNumbers()) {
                    sink.integer(value.asLong(), false);
                } else {
                    sink.string(Long.toString(value.asLong()));
                }
            }
            case UINT64 -> {
                if (codec.areLongsNumbers()) {
                    sink.integer(value.asUnsignedLong(), true);
                } else {
                    sink.string(Long.toUnsignedString(value.asUnsignedLong()));
                }
            }
            case FLOAT32, FLOAT64 -> real(value.asDouble());
            case TEXT -> sink.string(value.asText());
            case DATA -> bytes(value.asData(), Shape.Bytes.NUMBERS);
        }
    }

    /** JSON has no infinite numbers and no NaN, so they are strings. */
    private void real(double value) {
        if (Double.isNaN(value)) {
            sink.string("NaN");
        } else if (Double.isInfinite(value)) {
            sink.string(value > 0 ? "Infinity" : "-Infinity");
        } else {
            sink.number(value);
        }
    }

    private void bytes(Data data, Shape.Bytes form) {
        switch (form) {
            case NUMBERS -> {
                sink.beginArray(data.size());
                for (int i = 0; i < data.size(); i++) {
                    sink.integer(data.get(i) & 0xff, false);
                }
                sink.end();
            }
            case BASE64 -> sink.string(Base64.getEncoder().encodeToString(data.toByteArray()));
            case HEX -> sink.string(HexFormat.of().formatHex(data.toByteArray()));
        }
    }

    private void enumerant(DynamicEnum value) {
        String name = codec.names(value.schema()).name(value.raw());
        if (name == null) {
            sink.integer(value.raw(), false);
        } else {
            sink.string(name);
        }
    }

    private void list(DynamicValue value, ListSchema type) {
        List<DynamicValue> elements = value.asList();
        sink.beginArray(elements.size());
        enter();
        int index = 0;
        try {
            for (; index < elements.size(); index++) {
                value(elements.get(index), type.element());
            }
        } catch (JsonException e) {
            throw e.in(index);
        }
        depth--;
        sink.end();
    }

    private void enter() {
        if (++depth > codec.limits().nesting()) {
            throw ValueTree.tooDeep(codec.limits());
        }
    }

    private void struct(DynamicStruct.Reader struct, Shape shape) {
        if (shape.annotated && shape.schema.id() == Value.TYPE.typeId()) {
            ValueTree.write(struct.as(Value.TYPE), sink, codec.limits());
            return;
        }
        enter();
        List<Part> parts = new ArrayList<>();
        gather(struct, shape, "", parts);
        sink.beginObject(parts.size());
        for (Part part : parts) {
            sink.name(part.name);
            try {
                if (part.member != null) {
                    member(part.value, part.member);
                } else if (part.value != null) {
                    sink.string(part.value.asText());
                }
            } catch (JsonException e) {
                throw e.in(part.name);
            }
        }
        sink.end();
        depth--;
    }

    private void member(@Nullable DynamicValue value, Shape.Member member) {
        if (value == null) {
            sink.nothing();
        } else if (member.handler != null) {
            handled(value, member.handler);
        } else if (member.bytes != Shape.Bytes.NUMBERS) {
            bytes(value.asData(), member.bytes);
        } else if (member.field.isGroup() && member.shape != null) {
            struct(value.asStruct(), member.shape);
        } else {
            value(value, member.type);
        }
    }

    /**
     * Lists what a struct has to say, what is flattened into it included. C++ writes the member of the union between the fields around it, but
     * after all of them where annotations count.
     */
    private void gather(DynamicStruct.Reader struct, Shape shape, String prefix, List<Part> parts) {
        Field which = struct.which();
        for (Field field : shape.fields) {
            if (field.isInUnion()) {
                if (!shape.annotated && which != null && which.index() == field.index()) {
                    gatherUnion(struct, shape, which, prefix, parts);
                }
            } else if (codec.areDefaultsOmitted() ? struct.hasNonDefault(field) : struct.has(field)) {
                gatherMember(struct.get(field), shape.member(field), prefix, parts);
            }
        }
        // A newer schema may have been loaded since the shape was made: its members are not known here.
        if (shape.annotated && which != null && which.index() < shape.fields.size()) {
            gatherUnion(struct, shape, which, prefix, parts);
        }
    }

    private void gatherUnion(DynamicStruct.Reader struct, Shape shape, Field which, String prefix, List<Part> parts) {
        Shape.Member member = shape.member(which);
        boolean has = struct.has(which);
        boolean matters = codec.areDefaultsOmitted() ? struct.hasNonDefault(which) : has;
        if (shape.tag != null) {
            parts.add(new Part(prefix + shape.tag, null, new DynamicValue.Text(member.tag)));
            if (!matters) {
                return;
            }
        }
        if (has) {
            DynamicValue value = struct.get(which);
            if (!shape.isSaidByTag(member, value) && (matters || which.discriminant() != 0)) {
                gatherMember(value, member, prefix, parts);
            }
        } else if (which.discriminant() != 0) {
            // Nobody could tell otherwise that it is this member that is null.
            parts.add(new Part(prefix + member.name, member, null));
        }
    }

    private void gatherMember(DynamicValue value, Shape.Member member, String prefix, List<Part> parts) {
        if (member.flattened) {
            gather(value.asStruct(), member.flat(), prefix + member.prefix, parts);
        } else {
            parts.add(new Part(prefix + member.name, member, value));
        }
    }
}

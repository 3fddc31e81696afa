package dev.capstan.gateway.translate;

import dev.capstan.cap.Path;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.dynamic.DynamicEnum;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One translation of Cap'n Proto's values to those of Cap'n Web. */
final class ToWeb {
    private final Place place;
    private final Capabilities capabilities;
    /** What must be closed if the rest cannot be translated. */
    private final List<AutoCloseable> made = new ArrayList<>(0);

    ToWeb(Place place, Capabilities capabilities) {
        this.place = place;
        this.capabilities = capabilities;
    }

    /**
     * The struct as an object, which owns the capabilities in it.
     *
     * @param at where it lies in the results of a call; null if nobody needs to know
     * @throws dev.capstan.cap.Failure if it cannot be translated
     */
    Map<String, @Nullable Object> root(DynamicStruct.Reader struct, Path.@Nullable Pointers at) {
        try {
            return struct(struct, at);
        } catch (RuntimeException e) {
            made.forEach(ToWeb::close);
            throw e instanceof MessageException broken ? place.wrong(String.valueOf(broken.getMessage())) : e;
        }
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing a part of a value failed", e);
        }
    }

    private Map<String, @Nullable Object> struct(DynamicStruct.Reader struct, Path.@Nullable Pointers at) {
        place.down();
        List<Field> fields = struct.schema().fieldsInCodeOrder();
        int set = struct.whichRaw();
        Map<String, @Nullable Object> object = LinkedHashMap.newLinkedHashMap(fields.size());
        for (Field field : fields) {
            if (!field.isInUnion() || field.discriminant() == set) {
                place.values(1);
                place.enter(field.name());
                object.put(field.name(), field(struct, field, at));
                place.leave();
            }
        }
        place.up();
        return object;
    }

    private @Nullable Object field(DynamicStruct.Reader struct, Field field, Path.@Nullable Pointers at) {
        if (field.isGroup()) {
            return struct(struct.get(field).asStruct(), at);
        }
        Type type = field.type();
        if (type instanceof StructSchema
                && !struct.has(field)
                && !field.proto().getSlot().getHadExplicitDefault()) {
            // What is not there may be of a type that contains itself.
            return null;
        }
        Path.Pointers inner = at == null || !type.isPointer()
                ? null
                : at.then((int) field.proto().getSlot().getOffset());
        return value(type, struct.get(field), inner);
    }

    private @Nullable Object value(Type type, DynamicValue value, Path.@Nullable Pointers at) {
        return switch (value) {
            case DynamicValue.Nothing nothing -> null;
            case DynamicValue.Bool(boolean b) -> b;
            case DynamicValue.Int(long n) -> JavaScript.integer(n);
            case DynamicValue.UInt(long n) -> JavaScript.unsigned(n);
            case DynamicValue.Real(double d) -> d;
            case DynamicValue.Text(String text) -> {
                place.bytes(text.length());
                yield text;
            }
            case DynamicValue.Bytes(var data) -> {
                place.bytes(data.size());
                yield data.toByteArray();
            }
            case DynamicEnum enumerant -> {
                String name = enumerant.name();
                yield name != null ? name : (Object) (long) enumerant.raw();
            }
            case DynamicStruct.Reader struct -> struct(struct, at);
            case DynamicList.Reader list -> list(list);
            case DynamicValue.Capability(InterfaceSchema schema, AnyPointer.Reader pointer) ->
                pointer.isNull() ? null : kept(capabilities.toWeb(schema, pointer.asCap(), at));
            case DynamicValue.Any(AnyPointer.Reader pointer) -> any(type, pointer, at);
        };
    }

    private @Nullable Object any(Type type, AnyPointer.Reader pointer, Path.@Nullable Pointers at) {
        return switch (pointer.kind()) {
            case NULL -> null;
            case CAPABILITY -> kept(capabilities.toWeb(null, pointer.asCap(), at));
            case STRUCT, LIST ->
                throw place.wrong("what lies there is of type " + type
                        + ", and only its schema could tell what it is: declare the type, or leave the field empty");
        };
    }

    private @Nullable Object kept(@Nullable Object object) {
        if (object instanceof AutoCloseable one) {
            made.add(one);
        }
        return object;
    }

    private List<@Nullable Object> list(DynamicList.Reader list) {
        place.down();
        place.values(list.size());
        Type element = list.schema().element();
        List<@Nullable Object> array = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            place.enter(i);
            array.add(value(element, list.get(i), null));
            place.leave();
        }
        place.up();
        return array;
    }
}

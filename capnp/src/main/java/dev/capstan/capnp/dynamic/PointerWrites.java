package dev.capstan.capnp.dynamic;

import dev.capstan.cap.Cap;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.Text;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Setting pointers to values of all sorts. Everything is copied, capabilities are shared. */
final class PointerWrites {
    private PointerWrites() {}

    static void set(Type type, AnyPointer.Builder pointer, @Nullable Object value) {
        if (value == null) {
            pointer.clear();
            return;
        }
        switch (type) {
            case StructSchema struct -> struct(struct, pointer, value);
            case ListSchema list -> list(list, pointer, value);
            case InterfaceSchema schema -> capability(schema, pointer, value);
            case Type.Any any -> any(any, pointer, value);
            case Type.Scalar scalar -> {
                if (scalar == Type.Scalar.TEXT) {
                    pointer.setAs(Text.TYPE, Conversions.text(value));
                } else {
                    pointer.setAs(Data.TYPE, Conversions.data(value));
                }
            }
            case EnumSchema schema -> throw new AssertionError("not behind a pointer");
        }
    }

    private static void struct(StructSchema schema, AnyPointer.Builder pointer, Object value) {
        switch (value) {
            case DynamicStruct.Reader struct -> {
                if (struct.schema().id() != schema.id()) {
                    throw Conversions.mismatch(value, "a struct of type " + schema);
                }
                pointer.setAs(schema.structType(), struct);
            }
            case DynamicStruct.Builder struct -> struct(schema, pointer, struct.asReader());
            case StructReader struct -> pointer.setAs(schema.structType(), DynamicStruct.of(schema, struct));
            case Map<?, ?> fields -> setAll(pointer.init(schema.structType()), fields);
            default -> throw Conversions.mismatch(value, "a struct of type " + schema);
        }
    }

    /** Sets the fields that a map names. */
    static void setAll(DynamicStruct.Builder struct, Map<?, ?> fields) {
        fields.forEach((name, value) -> struct.set(String.valueOf(name), value));
    }

    private static void list(ListSchema schema, AnyPointer.Builder pointer, Object value) {
        switch (value) {
            case DynamicList.Reader list when list.schema().equals(schema) -> list.copyTo(pointer);
            case DynamicList.Builder list -> list(schema, pointer, list.asReader());
            case Collection<?> elements -> {
                DynamicList.Builder list = schema.init(pointer, elements.size());
                int i = 0;
                for (Object element : elements) {
                    list.put(i++, element);
                }
            }
            default -> throw Conversions.mismatch(value, "a " + schema);
        }
    }

    private static void capability(InterfaceSchema schema, AnyPointer.Builder pointer, Object value) {
        switch (value) {
            case DynamicValue.Capability capability -> {
                requireIsA(capability.schema(), schema);
                pointer.set(capability.pointer());
            }
            case DynamicCapability client -> {
                requireIsA(client.schema(), schema);
                pointer.setCap(client.cap().share());
            }
            case Client client -> pointer.setCap(client.cap().share());
            case Cap cap -> pointer.setCap(cap.share());
            default -> throw Conversions.mismatch(value, "a capability of " + schema);
        }
    }

    private static void requireIsA(InterfaceSchema actual, InterfaceSchema expected) {
        if (!actual.isA(expected)) {
            throw new IllegalArgumentException(
                    "The capability is of " + actual + ", which does not extend " + expected + ".");
        }
    }

    private static void any(Type.Any type, AnyPointer.Builder pointer, Object value) {
        switch (value) {
            case AnyPointer.Reader any -> pointer.set(any);
            case DynamicValue.Any any -> pointer.set(any.pointer());
            case DynamicValue.Capability capability -> pointer.set(capability.pointer());
            case CharSequence text -> pointer.setAs(Text.TYPE, text.toString());
            case DynamicValue.Text text -> pointer.setAs(Text.TYPE, text.value());
            case Data data -> pointer.setAs(Data.TYPE, data);
            case DynamicValue.Bytes data -> pointer.setAs(Data.TYPE, data.value());
            case byte[] data -> pointer.setAs(Data.TYPE, Data.of(data));
            case DynamicStruct.Reader struct -> pointer.setAs(struct.schema().structType(), struct);
            case DynamicStruct.Builder struct -> pointer.setAs(struct.schema().structType(), struct.asReader());
            case DynamicList.Reader list -> list.copyTo(pointer);
            case DynamicList.Builder list -> list.asReader().copyTo(pointer);
            case StructReader struct -> pointer.setStruct(struct);
            case CapnpList<?> list -> pointer.setList(list);
            case Client client -> pointer.setCap(client.cap().share());
            case Cap cap -> pointer.setCap(cap.share());
            default -> throw Conversions.mismatch(value, "something that can stand behind a pointer of type " + type);
        }
    }
}

package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.schema.Value;

/** Makes dynamic values of what lies in messages. */
final class Values {
    private Values() {}

    /** The value of a constant or an annotation. */
    static DynamicValue of(Type type, Value.Reader value) {
        if (type.isPointer()) {
            return of(type, RawStruct.pointer(value));
        }
        // An annotation's declaration may have been changed under its uses, so the type alone tells nothing.
        return switch (value.which()) {
            case VOID -> DynamicValue.Nothing.VOID;
            case BOOL -> new DynamicValue.Bool(value.getBool());
            case INT8 -> new DynamicValue.Int(value.getInt8());
            case INT16 -> new DynamicValue.Int(value.getInt16());
            case INT32 -> new DynamicValue.Int(value.getInt32());
            case INT64 -> new DynamicValue.Int(value.getInt64());
            case UINT8 -> new DynamicValue.UInt(value.getUint8());
            case UINT16 -> new DynamicValue.UInt(value.getUint16());
            case UINT32 -> new DynamicValue.UInt(value.getUint32());
            case UINT64 -> new DynamicValue.UInt(value.getUint64());
            case FLOAT32 -> new DynamicValue.Real(value.getFloat32());
            case FLOAT64 -> new DynamicValue.Real(value.getFloat64());
            case ENUM ->
                type instanceof EnumSchema schema
                        ? schema.value(value.getEnum())
                        : new DynamicValue.UInt(value.getEnum());
            default -> throw new SchemaException("a value is a " + value.which() + ", but its type is " + type);
        };
    }

    /** What a pointer of that type stands for. */
    static DynamicValue of(Type type, AnyPointer.Reader pointer) {
        return switch (type) {
            case StructSchema struct -> pointer.as(struct.structType());
            case ListSchema list -> list.read(pointer);
            case InterfaceSchema schema -> new DynamicValue.Capability(schema, pointer);
            case Type.Any any -> new DynamicValue.Any(pointer);
            case Type.Scalar scalar ->
                switch (scalar) {
                    case TEXT -> new DynamicValue.Text(pointer.as(Text.TYPE));
                    case DATA -> new DynamicValue.Bytes(pointer.as(Data.TYPE));
                    default -> throw new IllegalArgumentException(scalar + " is not behind a pointer.");
                };
            case EnumSchema schema -> throw new IllegalArgumentException(schema + " is not behind a pointer.");
        };
    }
}

package dev.capstan.capnp.dynamic;

/** Values that lie in the data section of a struct, and the bits that stand for them. */
final class ScalarBits {
    private ScalarBits() {}

    /** Size in bits of a field of a type that is not behind a pointer. */
    static int size(Type type) {
        return type instanceof Type.Scalar scalar ? scalar.bits : 16;
    }

    /** The value that {@code bits}, of which only the size of the type counts, stand for. */
    static DynamicValue value(Type type, long bits) {
        return switch (type) {
            case EnumSchema schema -> new DynamicEnum(schema, (int) bits & 0xffff);
            case Type.Scalar scalar ->
                switch (scalar) {
                    case VOID -> DynamicValue.Nothing.VOID;
                    case BOOL -> new DynamicValue.Bool((bits & 1) != 0);
                    case INT8 -> new DynamicValue.Int((byte) bits);
                    case INT16 -> new DynamicValue.Int((short) bits);
                    case INT32 -> new DynamicValue.Int((int) bits);
                    case INT64 -> new DynamicValue.Int(bits);
                    case UINT8 -> new DynamicValue.UInt(bits & 0xff);
                    case UINT16 -> new DynamicValue.UInt(bits & 0xffff);
                    case UINT32 -> new DynamicValue.UInt(bits & 0xffff_ffffL);
                    case UINT64 -> new DynamicValue.UInt(bits);
                    case FLOAT32 -> new DynamicValue.Real(Float.intBitsToFloat((int) bits));
                    case FLOAT64 -> new DynamicValue.Real(Double.longBitsToDouble(bits));
                    case TEXT, DATA -> throw behindPointer(type);
                };
            default -> throw behindPointer(type);
        };
    }

    /** The bits for all that can stand for a value of the type; {@link IllegalArgumentException} if {@code value} does not. */
    static long of(Type type, Object value) {
        return switch (type) {
            case EnumSchema schema -> Conversions.enumerant(value, schema);
            case Type.Scalar scalar ->
                switch (scalar) {
                    case VOID -> {
                        if (value != DynamicValue.Nothing.VOID) {
                            throw Conversions.mismatch(value, "Void");
                        }
                        yield 0;
                    }
                    case BOOL -> Conversions.bool(value) ? 1 : 0;
                    case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> Conversions.integer(value, scalar);
                    case FLOAT32 -> Float.floatToRawIntBits(Conversions.float32(value));
                    case FLOAT64 -> Double.doubleToRawLongBits(Conversions.floating(value));
                    case TEXT, DATA -> throw behindPointer(type);
                };
            default -> throw behindPointer(type);
        };
    }

    private static AssertionError behindPointer(Type type) {
        return new AssertionError(type + " is behind a pointer");
    }
}

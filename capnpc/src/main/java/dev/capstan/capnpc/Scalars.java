package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Value;

/** How numbers and truth values are read, written and spelled in Java. Unsigned types up to 32 bits take the next wider Java type. */
final class Scalars {
    private Scalars() {}

    static String javaType(JavaType.Scalar type) {
        return switch (type) {
            case VOID -> throw new IllegalArgumentException("Void has no values");
            case BOOL -> "boolean";
            case INT8 -> "byte";
            case INT16 -> "short";
            case INT32, UINT8, UINT16 -> "int";
            case INT64, UINT32, UINT64 -> "long";
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
        };
    }

    /** The part that the names of the accessors have in common: {@code _int32}, {@code _setInt32}. */
    static String accessor(JavaType.Scalar type) {
        return switch (type) {
            case VOID -> throw new IllegalArgumentException("Void has no values");
            case BOOL -> "bool";
            case INT8 -> "int8";
            case INT16 -> "int16";
            case INT32 -> "int32";
            case INT64, UINT64 -> "int64";
            case UINT8 -> "uint8";
            case UINT16 -> "uint16";
            case UINT32 -> "uint32";
            case FLOAT32 -> "float32";
            case FLOAT64 -> "float64";
        };
    }

    static String listClass(JavaType.Scalar type) {
        return switch (type) {
            case VOID -> "VoidList";
            case BOOL -> "BoolList";
            case INT8 -> "Int8List";
            case INT16 -> "Int16List";
            case INT32 -> "Int32List";
            case INT64, UINT64 -> "Int64List";
            case UINT8 -> "UInt8List";
            case UINT16 -> "UInt16List";
            case UINT32 -> "UInt32List";
            case FLOAT32 -> "Float32List";
            case FLOAT64 -> "Float64List";
        };
    }

    /** The size in bits. */
    static int bits(JavaType.Scalar type) {
        return switch (type) {
            case VOID -> 0;
            case BOOL -> 1;
            case INT8, UINT8 -> 8;
            case INT16, UINT16 -> 16;
            case INT32, UINT32, FLOAT32 -> 32;
            case INT64, UINT64, FLOAT64 -> 64;
        };
    }

    /** A default value as accessors take it: floating point numbers by their bits. */
    static String mask(JavaType.Scalar type, Value.Reader value) {
        return switch (type) {
            case FLOAT32 -> bits(Float.floatToRawIntBits(value.getFloat32()));
            case FLOAT64 -> bits(Double.doubleToRawLongBits(value.getFloat64()));
            default -> literal(type, value);
        };
    }

    /** The mask of a field without a default value. */
    static String noMask(JavaType.Scalar type) {
        return switch (type) {
            case BOOL -> "false";
            case INT8 -> "(byte) 0";
            case INT16 -> "(short) 0";
            default -> "0";
        };
    }

    private static String bits(int bits) {
        return bits == 0 ? "0" : "0x%08x".formatted(bits);
    }

    private static String bits(long bits) {
        return bits == 0 ? "0" : "0x%016xL".formatted(bits);
    }

    /** A value as a Java expression of its type. */
    static String literal(JavaFile file, JavaType.Scalar type, Value.Reader value) {
        return switch (type) {
            case FLOAT32 -> ofFloat(file, value.getFloat32());
            case FLOAT64 -> ofDouble(file, value.getFloat64());
            default -> literal(type, value);
        };
    }

    private static String literal(JavaType.Scalar type, Value.Reader value) {
        return switch (type) {
            case VOID, FLOAT32, FLOAT64 -> throw new IllegalArgumentException("no plain literals: " + type);
            case BOOL -> String.valueOf(value.getBool());
            case INT8 -> "(byte) " + value.getInt8();
            case INT16 -> "(short) " + value.getInt16();
            case INT32 -> String.valueOf(value.getInt32());
            case INT64 -> ofLong(value.getInt64());
            case UINT8 -> String.valueOf(value.getUint8());
            case UINT16 -> String.valueOf(value.getUint16());
            case UINT32 -> ofLong(value.getUint32());
            case UINT64 -> ofUnsigned(value.getUint64());
        };
    }

    private static String ofLong(long value) {
        return value == (int) value ? String.valueOf(value) : value + "L";
    }

    private static String ofUnsigned(long value) {
        return value < 0 ? "0x" + Long.toHexString(value) + "L" : ofLong(value);
    }

    private static String ofFloat(JavaFile file, float value) {
        if (Float.isNaN(value)) {
            return file.use("java.lang.Float") + ".NaN";
        }
        if (Float.isInfinite(value)) {
            return file.use("java.lang.Float") + (value > 0 ? ".POSITIVE_INFINITY" : ".NEGATIVE_INFINITY");
        }
        return value + "F";
    }

    private static String ofDouble(JavaFile file, double value) {
        if (Double.isNaN(value)) {
            return file.use("java.lang.Double") + ".NaN";
        }
        if (Double.isInfinite(value)) {
            return file.use("java.lang.Double") + (value > 0 ? ".POSITIVE_INFINITY" : ".NEGATIVE_INFINITY");
        }
        return String.valueOf(value);
    }
}

package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.Data;

/**
 * A value whose type is known at run time, to be taken apart by a {@code switch}:
 *
 * <pre>{@code
 * String text = switch (struct.get("field")) {
 *     case DynamicValue.Int(long n) -> Long.toString(n);
 *     case DynamicValue.Text(String s) -> s;
 *     case DynamicStruct.Reader inner -> show(inner);
 *     ...
 * };
 * }</pre>
 *
 * <p>Where the type is known, the {@code as} methods are shorter; they throw {@link IllegalArgumentException} if the value is something else or
 * does not fit. Integers of all widths are one case for signed and one for unsigned types, as are floats: what matters about the width
 * is in the schema. Structs, lists and pointers are views of the message.
 *
 * <p>{@code toString} gives the value as the schema language writes it, in one line: {@code (name = "x", list = [1, 2])}. It never fails: what
 * cannot be read says so. Looking at a received message that way counts against its traversal limit like any other reading.
 */
public sealed interface DynamicValue
        permits DynamicValue.Nothing,
                DynamicValue.Bool,
                DynamicValue.Int,
                DynamicValue.UInt,
                DynamicValue.Real,
                DynamicValue.Text,
                DynamicValue.Bytes,
                DynamicValue.Capability,
                DynamicValue.Any,
                DynamicEnum,
                DynamicStruct.Reader,
                DynamicList.Reader {
    /** Of type {@code Void}. */
    enum Nothing implements DynamicValue {
        VOID;

        @Override
        public String toString() {
            return "void";
        }
    }

    /** Of type {@code Bool}. */
    record Bool(boolean value) implements DynamicValue {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** Of type {@code Int8} to {@code Int64}. */
    record Int(long value) implements DynamicValue {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * Of type {@code UInt8} to {@code UInt64}.
     *
     * @param value unsigned: for the last type it may be negative in Java's eyes
     */
    record UInt(long value) implements DynamicValue {
        @Override
        public String toString() {
            return Long.toUnsignedString(value);
        }
    }

    /** Of type {@code Float32} or {@code Float64}. */
    record Real(double value) implements DynamicValue {
        @Override
        public String toString() {
            return FloatText.of(value);
        }
    }

    /** Of type {@code Text}. */
    record Text(String value) implements DynamicValue {
        @Override
        public String toString() {
            return Printer.describe(this);
        }
    }

    /** Of type {@code Data}; a view of the message. */
    record Bytes(Data value) implements DynamicValue {
        @Override
        public String toString() {
            return Printer.describe(this);
        }
    }

    /**
     * A capability that lies in a message. It is not a reference of its own, so that whoever only looks at values owns nothing: {@link #open}
     * makes one.
     *
     * @param schema the interface
     * @param pointer where it lies
     */
    record Capability(InterfaceSchema schema, AnyPointer.Reader pointer) implements DynamicValue {
        /** A client of the object, to be closed by the caller. Never fails: a client of nothing fails when it is called. */
        public DynamicCapability open() {
            return pointer.as(schema.interfaceType());
        }

        @Override
        public String toString() {
            return Printer.describe(this);
        }
    }

    /** Behind a pointer of unknown type: read it by a schema's {@code structType()}, {@link ListSchema#read} or a generated type. */
    record Any(AnyPointer.Reader pointer) implements DynamicValue {
        @Override
        public String toString() {
            return Printer.describe(this);
        }
    }

    /**
     * As the schema language writes it, in lines of bearable length; {@code toString} gives it in one line, cut if it is longer than 16 Ki
     * characters. Package {@code dev.capstan.capnp.text} has both, and reads them again.
     *
     * @throws dev.capstan.capnp.MessageException if the message is malformed, or the text would be longer than 64 Mi characters
     * @throws IllegalArgumentException if it nests deeper than 512 levels, as only a message that is being built can
     */
    default String toPrettyString() {
        return toPrettyString(Printer.LENGTH);
    }

    /** As {@link #toPrettyString()}, with another limit than 64 Mi characters. */
    default String toPrettyString(int mostChars) {
        return Printer.pretty(this, mostChars);
    }

    /** As {@code toString}, but never cut; fails as {@link #toPrettyString()} does. */
    default String toCompactString() {
        return toCompactString(Printer.LENGTH);
    }

    /** As {@link #toCompactString()}, with another limit than 64 Mi characters. */
    default String toCompactString(int mostChars) {
        return Printer.compact(this, mostChars);
    }

    /** A Bool. */
    default boolean asBoolean() {
        if (this instanceof Bool(boolean value)) {
            return value;
        }
        throw Conversions.mismatch(this, "a Bool");
    }

    /** An integer, or a float without fraction, within -128 and 127. */
    default byte asByte() {
        return (byte) Conversions.integer(this, Type.Scalar.INT8);
    }

    /** An integer, or a float without fraction, within the range of short. */
    default short asShort() {
        return (short) Conversions.integer(this, Type.Scalar.INT16);
    }

    /** An integer, or a float without fraction, within the range of int. */
    default int asInt() {
        return (int) Conversions.integer(this, Type.Scalar.INT32);
    }

    /** An integer, or a float without fraction, within the range of long. */
    default long asLong() {
        return Conversions.integer(this, Type.Scalar.INT64);
    }

    /** An integer, or a float without fraction, that is not negative; to be taken as unsigned. */
    default long asUnsignedLong() {
        return Conversions.integer(this, Type.Scalar.UINT64);
    }

    /** A float or an integer, rounded if need be. */
    default double asDouble() {
        return Conversions.floating(this);
    }

    /** Text. */
    default String asText() {
        if (this instanceof Text(String value)) {
            return value;
        }
        throw Conversions.mismatch(this, "Text");
    }

    /** Data, or the bytes of text in UTF-8. */
    default Data asData() {
        return Conversions.data(this);
    }

    /** An enum. */
    default DynamicEnum asEnum() {
        if (this instanceof DynamicEnum value) {
            return value;
        }
        throw Conversions.mismatch(this, "an enum");
    }

    /** A struct. */
    default DynamicStruct.Reader asStruct() {
        if (this instanceof DynamicStruct.Reader value) {
            return value;
        }
        throw Conversions.mismatch(this, "a struct");
    }

    /** A list. */
    default DynamicList.Reader asList() {
        if (this instanceof DynamicList.Reader value) {
            return value;
        }
        throw Conversions.mismatch(this, "a list");
    }

    /** Any pointer. */
    default AnyPointer.Reader asAnyPointer() {
        return switch (this) {
            case Any(AnyPointer.Reader pointer) -> pointer;
            case Capability(InterfaceSchema schema, AnyPointer.Reader pointer) -> pointer;
            default -> throw Conversions.mismatch(this, "a pointer");
        };
    }

    /** A client of a capability, to be closed by the caller. */
    default Client asCapability() {
        if (this instanceof Capability capability) {
            return capability.open();
        }
        throw Conversions.mismatch(this, "a capability");
    }
}

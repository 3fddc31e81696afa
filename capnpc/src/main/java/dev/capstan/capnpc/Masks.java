package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Value;

/** Default values of fields in the data section: what the data is xor-ed with. */
final class Masks {
    private Masks() {}

    static String of(StructField field, JavaType.Scalar type) {
        Value.Reader value = field.defaultValue();
        return value == null ? Scalars.noMask(type) : Scalars.mask(type, value);
    }

    /** For a field of an enum. */
    static String of(StructField field) {
        Value.Reader value = field.defaultValue();
        return value == null ? "0" : String.valueOf(value.getEnum());
    }
}

package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.StructSchema.Field;

/** Whether a field may be used where it is: {@link IllegalArgumentException} if not, which says why. */
final class Fields {
    private Fields() {}

    static void requireOwn(Field field, StructSchema schema) {
        if (field.struct() != schema) {
            throw new IllegalArgumentException(describe(field) + " is not a field of " + schema + ".");
        }
    }

    static boolean isSet(Field field, StructSchema schema, int which) {
        requireOwn(field, schema);
        return !field.isInUnion() || field.discriminant() == which;
    }

    static void requireSet(Field field, StructSchema schema, int which) {
        if (!isSet(field, schema, which)) {
            Field other = schema.fieldByDiscriminant(which);
            throw new IllegalArgumentException(describe(field) + " is a member of a union in which "
                    + (other == null ? "number " + which : other) + " is set.");
        }
    }

    static void requireType(StructSchema schema, StructType<?, ?> type) {
        // A type without id was written by hand: whoever did that knows what it fits.
        if (type.typeId() != 0 && type.typeId() != schema.id()) {
            throw new IllegalArgumentException("This is a " + schema + " (" + SchemaException.id(schema.id())
                    + "), not the type " + SchemaException.id(type.typeId()) + " that was asked for.");
        }
    }

    static String describe(Field field) {
        return "Field " + field + " of " + field.struct();
    }

    static IllegalArgumentException tooSmall(Field field) {
        return new IllegalArgumentException(describe(field)
                + " has no room in this struct, which was made by an older schema. Copy it into a new one.");
    }
}

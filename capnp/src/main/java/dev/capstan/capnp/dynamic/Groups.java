package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Groups as wholes. They share the memory of the struct that they are in, so each is handled field by field: of its union the member that is
 * set, and all that is in no union. {@code levels} is how many groups in groups there may still be: schemas come from peers too.
 */
final class Groups {
    private Groups() {}

    /** Whether some field differs from its default. */
    static boolean hasNonDefault(DynamicStruct.Reader group, int levels) {
        Field member = group.which();
        if (member != null && (member.discriminant() != 0 || group.hasNonDefault(member, levels - 1))) {
            return true;
        }
        for (Field inner : group.schema().nonUnionFields()) {
            if (group.hasNonDefault(inner, levels - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Sets all fields to their defaults; the union goes back to its first member. */
    static void clear(DynamicStruct.Builder group, int levels) {
        Field first = group.schema().fieldByDiscriminant(0);
        if (first != null) {
            group.clear(first, levels - 1);
        }
        for (Field inner : group.schema().nonUnionFields()) {
            group.clear(inner, levels - 1);
        }
    }

    /** Sets a group that is all defaults, from a map of its fields or from another group of its type. */
    static void set(DynamicStruct.Builder group, @Nullable Object value, int levels) {
        if (value instanceof Map<?, ?> fields) {
            PointerWrites.setAll(group, fields);
            return;
        }
        if (!(value instanceof DynamicStruct.Reader source)
                || source.schema().id() != group.schema().id()) {
            throw value == null
                    ? new IllegalArgumentException("null does not stand for a group; clear() sets the defaults.")
                    : Conversions.mismatch(value, "the group " + group.schema());
        }
        Field member = source.which();
        if (member != null) {
            copy(group, member, source, levels);
        }
        for (Field field : source.schema().nonUnionFields()) {
            if (source.has(field)) {
                copy(group, field, source, levels);
            }
        }
    }

    private static void copy(DynamicStruct.Builder group, Field field, DynamicStruct.Reader source, int levels) {
        Field own = own(group, field);
        if (field.isGroup()) {
            requireLevels(field, levels);
            set(group.initStruct(own), source.get(field), levels - 1);
        } else {
            group.set(own, source.get(field));
        }
    }

    /** Moves a group into a struct of its own. */
    static DynamicOrphan disown(DynamicStruct.Builder struct, Field field, int levels) {
        requireLevels(field, levels);
        DynamicOrphan orphan = DynamicOrphan.newStruct(MessageBuilder.containing(struct), (StructSchema) field.type());
        move(struct.struct(field), orphan.struct(), levels);
        struct.clear(field);
        return orphan;
    }

    /** Moves what {@link #disown} gave into a group, in place of what was there. */
    static void adopt(DynamicStruct.Builder struct, Field field, DynamicOrphan orphan, int levels) {
        if (!(orphan.type() instanceof StructSchema type) || type.id() != ((StructSchema) field.type()).id()) {
            throw new IllegalArgumentException(
                    "The orphan is a " + orphan.type() + ", not the group " + field.type() + ".");
        }
        DynamicStruct.Builder source = orphan.struct();
        if (!MessageBuilder.containing(struct).contains(source)) {
            throw new IllegalArgumentException(
                    "an orphan can only be adopted within its own message: set a copy of get() instead");
        }
        move(source, struct.initStruct(field), levels);
        orphan.close();
    }

    /** Moves everything from one struct or group to another of its type, which is all defaults; pointers are moved, not what they lead to. */
    static void move(DynamicStruct.Builder source, DynamicStruct.Builder target, int levels) {
        Field member = source.which();
        if (member != null) {
            move(member, source, target, levels);
        }
        for (Field field : source.schema().nonUnionFields()) {
            move(field, source, target, levels);
        }
    }

    private static void move(Field field, DynamicStruct.Builder source, DynamicStruct.Builder target, int levels) {
        Field own = own(target, field);
        if (field.isGroup()) {
            requireLevels(field, levels);
            move(source.struct(field), target.initStruct(own), levels - 1);
        } else {
            try (DynamicOrphan value = source.disown(field)) {
                target.adopt(own, value);
            }
        }
    }

    /** The field of {@code struct} that is the given one of another brand of it. */
    private static Field own(DynamicStruct.Builder struct, Field field) {
        return field.struct() == struct.schema() ? field : struct.schema().field(field.name());
    }

    static void requireLevels(Field field, int levels) {
        if (levels <= 0) {
            throw new SchemaException(
                    "Field " + field + " of " + field.struct() + " lies in too many groups (Limits.groupNesting).");
        }
    }
}

package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.schema.Field;
import org.jspecify.annotations.Nullable;

/**
 * Where a field lies in its struct and what it is when it is not there; the same for all brands of the struct.
 *
 * @param discriminant the field's number in the union, or {@link #NO_UNION}
 * @param groupId id of the group's node; 0 for fields with a place of their own
 * @param offset in units of the field's size, from the start of its section
 * @param defaultBits what data is xor-ed with
 * @param defaultPointer what a null pointer reads as; null for the empty value
 */
record FieldLayout(
        Field.Reader proto,
        int index,
        String name,
        int discriminant,
        boolean isGroup,
        long groupId,
        int offset,
        long defaultBits,
        AnyPointer.@Nullable Reader defaultPointer) {
    static final int NO_UNION = 0xffff;

    boolean isInUnion() {
        return discriminant != NO_UNION;
    }
}

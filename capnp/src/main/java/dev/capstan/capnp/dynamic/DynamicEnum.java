package dev.capstan.capnp.dynamic;

import org.jspecify.annotations.Nullable;

/**
 * A value of an enum.
 *
 * @param schema the enum
 * @param raw the number, 0 to 65,535; it need not have a name here
 */
public record DynamicEnum(EnumSchema schema, int raw) implements DynamicValue {
    public DynamicEnum {
        if ((raw & ~0xffff) != 0) {
            throw new IllegalArgumentException("The number of an enumerant is 0 to 65535, not " + raw + ".");
        }
    }

    /** The enumerant, or null if the schema has no name for the number. */
    public EnumSchema.@Nullable Enumerant enumerant() {
        var enumerants = schema.enumerants();
        return raw < enumerants.size() ? enumerants.get(raw) : null;
    }

    /** The name, or null if the schema has none for the number. */
    public @Nullable String name() {
        EnumSchema.Enumerant known = enumerant();
        return known == null ? null : known.name();
    }

    /** The name, or the number in parentheses. */
    @Override
    public String toString() {
        String name = name();
        return name == null ? "(" + raw + ")" : name;
    }
}

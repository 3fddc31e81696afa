package dev.capstan.capnp;

import java.util.function.IntFunction;

/**
 * A generated enum as a value; {@code Foo.type()} makes one.
 *
 * @param <E> the enum
 */
public final class EnumType<E extends EnumValue> {
    private final long typeId;
    private final CompiledSchema schema;
    private final IntFunction<E> ofRaw;

    /** For generated code. */
    public EnumType(long typeId, CompiledSchema schema, IntFunction<E> ofRaw) {
        this.typeId = typeId;
        this.schema = schema;
        this.ofRaw = ofRaw;
    }

    /** The id of the schema node, unsigned. */
    public long typeId() {
        return typeId;
    }

    /** The schema of the file that declares it. */
    public CompiledSchema schema() {
        return schema;
    }

    /** The value with the given number, else UNRECOGNIZED. */
    public E of(int raw) {
        return ofRaw.apply(raw);
    }
}

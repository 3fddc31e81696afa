package dev.capstan.capnp.dynamic;

/** The schema of a constant. */
public final class ConstSchema extends Schema {
    ConstSchema(Entry entry, Brand brand) {
        super(entry, brand);
    }

    /** The type of the value. */
    public Type type() {
        return resolve(node().getConst().getType());
    }

    /** The value. */
    public DynamicValue value() {
        return Values.of(type(), node().getConst().getValue());
    }
}

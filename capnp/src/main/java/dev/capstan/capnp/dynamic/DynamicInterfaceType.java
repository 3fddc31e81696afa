package dev.capstan.capnp.dynamic;

import dev.capstan.cap.Cap;
import dev.capstan.capnp.InterfaceType;

/** The token of an interface whose schema was loaded. */
final class DynamicInterfaceType extends InterfaceType<DynamicCapability> {
    private final InterfaceSchema schema;

    DynamicInterfaceType(InterfaceSchema schema) {
        super(schema.id());
        this.schema = schema;
    }

    @Override
    public DynamicCapability client(Cap cap) {
        return new DynamicCapability(schema, cap);
    }
}

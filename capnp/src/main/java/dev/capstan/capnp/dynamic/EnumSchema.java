package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.schema.Enumerant.Reader;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schema of an enum. */
public final class EnumSchema extends Schema implements Type {
    EnumSchema(Entry entry, Brand brand) {
        super(entry, brand);
    }

    /** All enumerants, in the order of their numbers. */
    public List<Enumerant> enumerants() {
        CapnpList<Reader> protos = node().getEnum().getEnumerants();
        return new AbstractList<>() {
            @Override
            public Enumerant get(int index) {
                return new Enumerant(EnumSchema.this, index, protos.get(index));
            }

            @Override
            public int size() {
                return protos.size();
            }
        };
    }

    /** The enumerant with this name, or null. */
    public @Nullable Enumerant findEnumerant(String name) {
        Body body = entry.body();
        Integer raw = body.names.get(name);
        return raw == null
                ? null
                : new Enumerant(this, raw, body.node.getEnum().getEnumerants().get(raw));
    }

    /** The enumerant with this name. Throws {@link IllegalArgumentException} if there is none. */
    public Enumerant enumerant(String name) {
        Enumerant found = findEnumerant(name);
        if (found == null) {
            throw new IllegalArgumentException(this + " has no enumerant '" + name + "'.");
        }
        return found;
    }

    /** The value with this number, 0 to 65,535, whether or not it has a name here. */
    public DynamicEnum value(int raw) {
        return new DynamicEnum(this, raw);
    }

    @Override
    public boolean isPointer() {
        return false;
    }

    /**
     * One value of an enum that has a name.
     *
     * @param schema the enum
     * @param raw the number in messages
     * @param proto the declaration
     */
    public record Enumerant(EnumSchema schema, int raw, Reader proto) {
        /** The name in the schema. */
        public String name() {
            return proto.getName();
        }

        /** The value of the annotation with this id, or null; see {@link Schema#annotation}. */
        public @Nullable DynamicValue annotation(long id) {
            return Annotations.find(proto.getAnnotations(), id, schema.resolver());
        }
    }
}

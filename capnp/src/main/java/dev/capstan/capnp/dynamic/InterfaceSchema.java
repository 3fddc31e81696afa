package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.InterfaceType;
import dev.capstan.capnp.schema.Method.Reader;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Superclass;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The schema of an interface.
 *
 * <p>{@link #interfaceType()} is what makes clients of it, wherever a generated {@code Foo.TYPE} can stand.
 */
public final class InterfaceSchema extends Schema implements Type {
    InterfaceSchema(Entry entry, Brand brand) {
        super(entry, brand);
    }

    /** The methods that this interface declares itself, by ordinal. */
    public List<Method> methods() {
        CapnpList<Reader> protos = node().getInterface().getMethods();
        return new AbstractList<>() {
            @Override
            public Method get(int index) {
                return new Method(InterfaceSchema.this, index, protos.get(index));
            }

            @Override
            public int size() {
                return protos.size();
            }
        };
    }

    /** The interfaces that this one extends, as declared. */
    public List<InterfaceSchema> superclasses() {
        List<InterfaceSchema> all = new ArrayList<>();
        for (Superclass.Reader superclass : node().getInterface().getSuperclasses()) {
            all.add((InterfaceSchema)
                    resolver().schema(superclass.getId(), Node.Which.INTERFACE, superclass.getBrand()));
        }
        return all;
    }

    /** This interface and all that it inherits from, each id once, nearest first. Interfaces that extend themselves do no harm. */
    public List<InterfaceSchema> lineage() {
        List<InterfaceSchema> all = new ArrayList<>(List.of(this));
        Set<Long> seen = new HashSet<>(Set.of(id()));
        for (int next = 0; next < all.size(); next++) {
            for (InterfaceSchema superclass : all.get(next).superclasses()) {
                if (seen.add(superclass.id())) {
                    all.add(superclass);
                }
            }
        }
        return all;
    }

    /** Whether this is that interface or inherits from it. */
    public boolean isA(InterfaceSchema other) {
        return lineage().stream().anyMatch(schema -> schema.id() == other.id());
    }

    /** This interface or the one with this id that it inherits from, or null. */
    public @Nullable InterfaceSchema findSuperclass(long id) {
        if (id == id()) {
            return this;
        }
        for (InterfaceSchema schema : lineage()) {
            if (schema.id() == id) {
                return schema;
            }
        }
        return null;
    }

    /** The method with this name, own or inherited, or null. Of several the nearest. */
    public @Nullable Method findMethod(String name) {
        Method own = own(name);
        if (own != null) {
            return own;
        }
        for (InterfaceSchema schema : lineage()) {
            Method found = schema.own(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The method with this name, own or inherited. Throws {@link IllegalArgumentException} if there is none. */
    public Method method(String name) {
        Method found = findMethod(name);
        if (found == null) {
            throw new IllegalArgumentException(this + " has no method '" + name + "', neither own nor inherited.");
        }
        return found;
    }

    /** The method that a call names: of the interface with this id, own or inherited, the one with this ordinal; null if there is none. */
    public @Nullable Method findMethod(long interfaceId, int ordinal) {
        InterfaceSchema schema = findSuperclass(interfaceId);
        if (schema == null) {
            return null;
        }
        List<Method> methods = schema.methods();
        return ordinal >= 0 && ordinal < methods.size() ? methods.get(ordinal) : null;
    }

    private @Nullable Method own(String name) {
        Body body = entry.body();
        Integer ordinal = body.names.get(name);
        return ordinal == null
                ? null
                : new Method(
                        this, ordinal, body.node.getInterface().getMethods().get(ordinal));
    }

    /** Makes clients, wherever a generated {@code Foo.TYPE} can stand. */
    public InterfaceType<DynamicCapability> interfaceType() {
        return new DynamicInterfaceType(this);
    }

    @Override
    public boolean isPointer() {
        return true;
    }

    /**
     * A method.
     *
     * @param owner the interface that declares it, with the type arguments that it was found with
     * @param ordinal its number there
     * @param proto the declaration
     */
    public record Method(InterfaceSchema owner, int ordinal, Reader proto) {
        /** The name in the schema. */
        public String name() {
            return proto.getName();
        }

        /** The parameters. */
        public StructSchema params() {
            return (StructSchema)
                    owner.resolver().schema(proto.getParamStructType(), Node.Which.STRUCT, proto.getParamBrand());
        }

        /** The results. */
        public StructSchema results() {
            return (StructSchema)
                    owner.resolver().schema(proto.getResultStructType(), Node.Which.STRUCT, proto.getResultBrand());
        }

        /** Whether the method is declared {@code -> stream}. */
        public boolean isStreaming() {
            return proto.getResultStructType() == StructSchema.STREAM_RESULT;
        }

        /** The value of the annotation with this id, or null; see {@link Schema#annotation}. */
        public @Nullable DynamicValue annotation(long id) {
            return Annotations.find(proto.getAnnotations(), id, owner.resolver());
        }
    }
}

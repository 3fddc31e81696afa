package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.schema.Brand.Reader;
import dev.capstan.capnp.schema.Node;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A declaration that was loaded: of a struct, an enum, an interface or a constant, or else ({@code Schema} itself) of a file or an annotation.
 *
 * <p>Belongs to its {@link SchemaLoader}, which has one object for each node and combination of type arguments, so that {@code ==} and {@code
 * equals} tell whether two are the same. When a newer version of the node is loaded, the schema shows it from then on; what was read from
 * it before, such as {@link StructSchema.Field}s, goes on describing the older version, which the newer one is compatible with. May be used
 * from any thread. Methods that resolve references to other nodes throw {@link SchemaException} if that exceeds the loader's {@link
 * Limits}.
 */
public sealed class Schema permits StructSchema, EnumSchema, InterfaceSchema, ConstSchema {
    final Entry entry;
    final Brand brand;

    Schema(Entry entry, Brand brand) {
        this.entry = entry;
        this.brand = brand;
    }

    /** The id, unsigned. */
    public final long id() {
        return entry.id;
    }

    /** The node; a copy that belongs to the loader and may be read by any thread for as long as it is wanted. */
    public final Node.Reader node() {
        return entry.body().node;
    }

    /** The file's name, a colon and the name within the file: for people, nothing should depend on it. */
    public final String displayName() {
        return node().getDisplayName();
    }

    /** The name within the scope. */
    public final String shortName() {
        String name = displayName();
        long prefix = node().getDisplayNamePrefixLength();
        return prefix < name.length() ? name.substring((int) prefix) : name;
    }

    /** Whether type parameters of this node, or of one around it, are bound. */
    public final boolean isBranded() {
        return !brand.isEmpty();
    }

    /** What the type parameter {@code index} that node {@code scopeId} declares is bound to; any pointer if it is not. */
    public final Type brandArgument(long scopeId, int index) {
        return brand.argument(scopeId, index);
    }

    /**
     * The node with this id that this node's text refers to, without type arguments; loaded now if it can be.
     *
     * @throws SchemaException if this node does not refer to such a node
     */
    public final Schema dependency(long id) {
        Node.Which kind = entry.body().dependencies.get(id);
        if (kind == null) {
            throw new SchemaException(this + " does not refer to " + SchemaException.id(id));
        }
        return entry.loader.dependency(id, kind).schema();
    }

    /**
     * What is declared by this name within this declaration, or within this file; loaded now if it can be.
     *
     * @throws SchemaException if there is none, or its node was not loaded and cannot be
     */
    public final Schema nested(String name) {
        for (Node.NestedNode.Reader nested : node().getNestedNodes()) {
            if (nested.getName().equals(name)) {
                return entry.loader.get(nested.getId());
            }
        }
        throw new SchemaException(this + " declares no " + name + "; it declares "
                + StreamSupport.stream(node().getNestedNodes().spliterator(), false)
                        .map(Node.NestedNode.Reader::getName)
                        .collect(Collectors.joining(", ", "", ".")));
    }

    /**
     * The value of the annotation with this id, or null if the declaration does not carry it.
     *
     * @throws SchemaException if the value is of struct, list or enum type and the annotation's own declaration was not loaded
     */
    public final @Nullable DynamicValue annotation(long id) {
        return Annotations.find(node().getAnnotations(), id, resolver());
    }

    /** The type as a node spells it, with the type parameters that are bound here. */
    public final Type resolve(dev.capstan.capnp.schema.Type.Reader type) {
        return entry.loader.type(type, this);
    }

    /** This schema with the arguments of {@code brand}, which was spelled inside of {@code scope}. */
    final Schema withBrand(Reader newBrand, Schema scope) {
        return entry.schema(scope.resolver().brand(newBrand));
    }

    final Resolver resolver() {
        return new Resolver(entry.loader, brand);
    }

    /** The display name, with type arguments. */
    @Override
    public final String toString() {
        return brand.isEmpty() ? displayName() : displayName() + brand;
    }
}

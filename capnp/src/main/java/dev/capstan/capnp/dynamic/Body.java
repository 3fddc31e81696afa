package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.schema.Node;
import java.util.Map;

/** What a node says, validated and indexed. Immutable, and so is the message that {@link #node} reads. */
sealed class Body permits StructBody {
    /** A copy that belongs to the loader. */
    final Node.Reader node;

    final Node.Which kind;
    /** Of a struct's fields, an enum's enumerants or an interface's methods: which one has that name. */
    final Map<String, Integer> names;

    /** The nodes that this one refers to, and what each must be. */
    final Map<Long, Node.Which> dependencies;

    Body(Node.Reader node, Map<String, Integer> names, Map<Long, Node.Which> dependencies) {
        this.node = node;
        this.kind = node.which();
        this.names = names;
        this.dependencies = dependencies;
    }
}

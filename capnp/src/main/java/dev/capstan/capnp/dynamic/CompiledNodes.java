package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.CompiledSchema;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Enumerant;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Node;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The nodes of generated files, found by id: of one file and of those that it imports, as far as they are needed. */
final class CompiledNodes {
    private final Map<Long, Node.Reader> byId = new HashMap<>();
    /** Files that were not looked into yet. */
    private final ArrayDeque<CompiledSchema> unread = new ArrayDeque<>();

    private final Set<CompiledSchema> seen = new HashSet<>();
    private final CapnpList<Node.Reader> own;
    private final ArrayDeque<Long> wanted = new ArrayDeque<>();
    private final Set<Long> done = new HashSet<>();

    CompiledNodes(CompiledSchema file) {
        seen.add(file);
        this.own = read(file);
    }

    private CapnpList<Node.Reader> read(CompiledSchema file) {
        CapnpList<Node.Reader> nodes = file.nodes().as(StructList.type(Node.TYPE));
        for (Node.Reader node : nodes) {
            byId.putIfAbsent(node.getId(), node);
        }
        for (CompiledSchema imported : file.imports()) {
            if (seen.add(imported)) {
                unread.add(imported);
            }
        }
        return nodes;
    }

    /** Loads all nodes of the file; answers its id. */
    long loadAll(SchemaLoader loader) {
        for (Node.Reader node : own) {
            load(node.getId(), loader);
        }
        return own.getFirst().getId();
    }

    /** Loads a node and all that it leads to. */
    void load(long id, SchemaLoader loader) {
        wanted.add(id);
        for (Long next = wanted.poll(); next != null; next = wanted.poll()) {
            Node.Reader node = done.add(next) ? find(next) : null;
            if (node != null) {
                Schema schema = loader.load(node);
                wanted.addAll(schema.entry.body().dependencies.keySet());
                annotations(node);
            }
        }
    }

    private Node.@Nullable Reader find(long id) {
        Node.Reader node = byId.get(id);
        while (node == null && !unread.isEmpty()) {
            read(unread.poll());
            node = byId.get(id);
        }
        return node;
    }

    /** The declarations of annotations are needed to read their values. */
    private void annotations(Node.Reader node) {
        want(node.getAnnotations());
        switch (node.which()) {
            case STRUCT ->
                node.getStruct().getFields().stream()
                        .map(Field.Reader::getAnnotations)
                        .forEach(this::want);
            case ENUM ->
                node.getEnum().getEnumerants().stream()
                        .map(Enumerant.Reader::getAnnotations)
                        .forEach(this::want);
            case INTERFACE ->
                node.getInterface().getMethods().stream()
                        .map(Method.Reader::getAnnotations)
                        .forEach(this::want);
            default -> {}
        }
    }

    private void want(CapnpList<Annotation.Reader> annotations) {
        for (Annotation.Reader annotation : annotations) {
            wanted.add(annotation.getId());
        }
    }
}

package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Brand;
import dev.capstan.capnp.schema.Enumerant;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Superclass;
import dev.capstan.capnp.schema.Type;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the nodes that a file's class holds: all that the file declares, and of other files what it uses and no class of theirs may hold,
 * because files of nothing but annotations need not be generated.
 */
final class FileNodes {
    private final Nodes nodes;
    private final Declarations declarations;
    private final long fileId;
    private final Map<Long, Node.Reader> found = new LinkedHashMap<>();
    private final Map<Long, SchemaFile> imports = new TreeMap<>();
    /** Nodes of other files that are to be held here, with all that they refer to. */
    private final ArrayDeque<Node.Reader> foreign = new ArrayDeque<>();

    private boolean isForeign;

    FileNodes(Node.Reader file, Nodes nodes, Declarations declarations) {
        this.nodes = nodes;
        this.declarations = declarations;
        this.fileId = file.getId();
        own(file);
        for (Node.Reader node : found.values().toArray(new Node.Reader[0])) {
            references(node);
        }
        isForeign = true;
        for (Node.Reader node = foreign.poll(); node != null; node = foreign.poll()) {
            own(node);
            references(node);
        }
    }

    Collection<Node.Reader> nodes() {
        return found.values();
    }

    /** The other files whose types are used, in a fixed order. */
    Collection<SchemaFile> imports() {
        return imports.values();
    }

    /** A node and all that is declared in it or implied by it. */
    private void own(Node.@Nullable Reader node) {
        if (node == null || found.putIfAbsent(node.getId(), node) != null) {
            return;
        }
        for (Node.NestedNode.Reader nested : node.getNestedNodes()) {
            own(nodes.find(nested.getId()));
        }
        if (node.isStruct()) {
            for (Field.Reader field : node.getStruct().getFields()) {
                if (field.isGroup()) {
                    own(nodes.find(field.getGroup().getTypeId()));
                }
            }
        } else if (node.isInterface()) {
            for (Method.Reader method : node.getInterface().getMethods()) {
                implied(method.getParamStructType());
                implied(method.getResultStructType());
            }
        }
    }

    private void implied(long structId) {
        Node.Reader struct = nodes.find(structId);
        if (struct != null && struct.getScopeId() == 0) {
            own(struct);
        }
    }

    private void references(Node.Reader node) {
        annotations(node.getAnnotations());
        switch (node.which()) {
            case STRUCT -> {
                for (Field.Reader field : node.getStruct().getFields()) {
                    annotations(field.getAnnotations());
                    if (field.isSlot()) {
                        type(field.getSlot().getType());
                    }
                }
            }
            case ENUM -> {
                for (Enumerant.Reader enumerant : node.getEnum().getEnumerants()) {
                    annotations(enumerant.getAnnotations());
                }
            }
            case INTERFACE -> {
                for (Superclass.Reader superclass : node.getInterface().getSuperclasses()) {
                    reference(superclass.getId(), superclass.getBrand());
                }
                for (Method.Reader method : node.getInterface().getMethods()) {
                    annotations(method.getAnnotations());
                    reference(method.getParamStructType(), method.getParamBrand());
                    reference(method.getResultStructType(), method.getResultBrand());
                }
            }
            case CONST -> type(node.getConst().getType());
            case ANNOTATION -> type(node.getAnnotation().getType());
            case FILE, UNRECOGNIZED -> {}
        }
    }

    private void annotations(Iterable<Annotation.Reader> annotations) {
        for (Annotation.Reader annotation : annotations) {
            Node.Reader declaration = nodes.find(annotation.getId());
            if (declaration != null && !found.containsKey(declaration.getId())) {
                foreign.add(declaration);
            }
            brand(annotation.getBrand());
        }
    }

    private void type(Type.Reader type) {
        switch (type.which()) {
            case LIST -> type(type.getList().getElementType());
            case ENUM -> reference(type.getEnum().getTypeId(), type.getEnum().getBrand());
            case STRUCT ->
                reference(type.getStruct().getTypeId(), type.getStruct().getBrand());
            case INTERFACE ->
                reference(type.getInterface().getTypeId(), type.getInterface().getBrand());
            default -> {}
        }
    }

    private void brand(Brand.Reader brand) {
        for (Brand.Scope.Reader scope : brand.getScopes()) {
            if (scope.isBind()) {
                for (Brand.Binding.Reader binding : scope.getBind()) {
                    if (binding.isType()) {
                        type(binding.getType());
                    }
                }
            }
        }
    }

    private void reference(long id, Brand.Reader brand) {
        brand(brand);
        Node.Reader node = nodes.find(id);
        if (node == null || found.containsKey(id)) {
            return;
        }
        if (isForeign) {
            foreign.add(node);
            return;
        }
        Node.Reader file = declarations.get(id).top().node;
        long importedId = file.getScopeId();
        if (importedId != fileId) {
            imports.put(importedId, declarations.file(importedId));
        }
    }
}

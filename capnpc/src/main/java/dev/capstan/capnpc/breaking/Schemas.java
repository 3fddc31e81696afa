package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnpc.SchemaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One version of the schemas: its nodes by id, in which files they are and what they are called. */
final class Schemas {
    private final boolean isBase;
    private final Map<Long, Node.Reader> nodes = new LinkedHashMap<>();
    private final Map<Long, Node.SourceInfo.Reader> sources = new HashMap<>();
    private final Map<String, Node.Reader> files = new LinkedHashMap<>();
    private final Set<Long> declared = new LinkedHashSet<>();

    Schemas(CodeGeneratorRequest.Reader request, boolean isBase) {
        this.isBase = isBase;
        request.getNodes().forEach(node -> nodes.put(node.getId(), node));
        for (Node.SourceInfo.Reader source : request.getSourceInfo()) {
            // Compilers up to 0.9 report all structs that parameter lists imply under the id 0.
            if (source.getId() != 0) {
                sources.put(source.getId(), source);
            }
        }
        for (CodeGeneratorRequest.RequestedFile.Reader file : request.getRequestedFiles()) {
            Node.Reader node = get(file.getId());
            files.put(file.getFilename(), node);
            declare(node);
        }
    }

    private void declare(Node.Reader node) {
        if (declared.add(node.getId())) {
            for (Node.Reader nested : nested(node).values()) {
                declare(nested);
            }
        }
    }

    /** The files that were requested, by their names. */
    Map<String, Node.Reader> files() {
        return files;
    }

    /** The requested files and all that is declared in them, each behind what is around it; groups and implied structs are left out. */
    List<Node.Reader> declared() {
        List<Node.Reader> all = new ArrayList<>();
        declared.forEach(id -> all.add(get(id)));
        return all;
    }

    boolean declares(long id) {
        return declared.contains(id);
    }

    /** What is declared directly inside a node, by name. */
    Map<String, Node.Reader> nested(Node.Reader node) {
        Map<String, Node.Reader> nested = new LinkedHashMap<>();
        node.getNestedNodes().forEach(child -> {
            Node.Reader found = find(child.getId());
            if (found != null) {
                nested.put(child.getName(), found);
            }
        });
        return nested;
    }

    Node.@Nullable Reader find(long id) {
        return nodes.get(id);
    }

    Node.Reader get(long id) {
        Node.Reader node = find(id);
        if (node == null) {
            throw new SchemaException("The request refers to the node 0x" + Long.toHexString(id)
                    + " but does not hold it. Pass the request on as the capnp compiler wrote it.");
        }
        return node;
    }

    static String simpleName(Node.Reader node) {
        // The prefix is counted in bytes.
        byte[] name = node.getDisplayName().getBytes(StandardCharsets.UTF_8);
        int prefix = (int) Math.min(node.getDisplayNamePrefixLength(), name.length);
        return new String(name, prefix, name.length - prefix, StandardCharsets.UTF_8);
    }

    /** The name within the file, such as {@code Person.Address}; empty for a file. */
    static String name(Node.Reader node) {
        String display = node.getDisplayName();
        return node.isFile() ? "" : display.substring(display.lastIndexOf(':') + 1);
    }

    static String fileName(Node.Reader node) {
        String display = node.getDisplayName();
        return node.isFile() ? display : display.substring(0, Math.max(display.lastIndexOf(':'), 0));
    }

    Location location(Node.Reader node) {
        Node.SourceInfo.Reader source = sources.get(node.getId());
        return new Location(fileName(node), source == null ? 0 : (int) source.getStartByte(), name(node), isBase);
    }

    /** Of the field, enumerant or method that the node lists at {@code index}; it is called {@code name} inside the node. */
    Location member(Node.Reader node, int index, String name) {
        Location around = location(node);
        Node.SourceInfo.Reader source = sources.get(node.getId());
        return new Location(
                around.file(),
                source != null && index < source.getMembers().size()
                        ? (int) source.getMembers().get(index).getStartByte()
                        : around.startByte(),
                around.declaration().isEmpty() ? name : around.declaration() + "." + name,
                isBase);
    }
}

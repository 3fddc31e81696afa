package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Node;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The nodes of a request by their ids, and the comments that the source has for them. */
final class Nodes {
    private static final long NAME_ANNOTATION = 0xd3a6c0f1b5e84f27L;

    private final Map<Long, Node.Reader> byId = new LinkedHashMap<>();
    private final Map<Long, Node.SourceInfo.Reader> sources = new HashMap<>();

    Nodes(CodeGeneratorRequest.Reader request) {
        for (Node.Reader node : request.getNodes()) {
            byId.put(node.getId(), node);
            checkNames(node);
        }
        for (Node.SourceInfo.Reader source : request.getSourceInfo()) {
            // Compilers up to 0.9 report all structs that parameter lists imply under the id 0.
            if (source.getId() != 0) {
                sources.put(source.getId(), source);
            }
        }
    }

    /** Names become part of code and of file names, so nothing gets past here that could be more than a name. */
    private static void checkNames(Node.Reader node) {
        node.getNestedNodes().forEach(nested -> checkName(nested.getName(), node));
        node.getParameters().forEach(parameter -> checkName(parameter.getName(), node));
        switch (node.which()) {
            case STRUCT -> node.getStruct().getFields().forEach(field -> checkName(field.getName(), node));
            case ENUM -> node.getEnum().getEnumerants().forEach(enumerant -> checkName(enumerant.getName(), node));
            case INTERFACE -> {
                for (Method.Reader method : node.getInterface().getMethods()) {
                    checkName(method.getName(), node);
                    method.getImplicitParameters().forEach(parameter -> checkName(parameter.getName(), node));
                }
            }
            default -> {}
        }
    }

    private static void checkName(String name, Node.Reader node) {
        if (!Names.isIdentifier(name)) {
            throw new SchemaException(
                    Names.fileName(node.getDisplayName()) + ": \"" + name + "\" is no name for anything in Java.");
        }
    }

    Node.@Nullable Reader find(long id) {
        return byId.get(id);
    }

    Node.Reader get(long id) {
        Node.Reader node = byId.get(id);
        if (node == null) {
            throw new SchemaException("The request refers to the type 0x" + Long.toHexString(id)
                    + " but does not hold it. Pass the request on as the capnp compiler wrote it.");
        }
        return node;
    }

    /** The file around a node that is declared at its top. */
    Node.Reader fileOf(Node.Reader top) {
        return get(top.getScopeId());
    }

    List<Node.Reader> files() {
        List<Node.Reader> files = new ArrayList<>();
        for (Node.Reader node : byId.values()) {
            if (node.isFile()) {
                files.add(node);
            }
        }
        return files;
    }

    /** The node's name without its scope. */
    static String simpleName(Node.Reader node) {
        // The prefix is counted in bytes of UTF-8, and names are ASCII while the folders before them need not be.
        byte[] name = node.getDisplayName().getBytes(StandardCharsets.UTF_8);
        int prefix = (int) Math.min(node.getDisplayNamePrefixLength(), name.length);
        return new String(name, prefix, name.length - prefix, StandardCharsets.UTF_8);
    }

    static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The comment on a node; empty when there is none. */
    String comment(Node.Reader node) {
        Node.SourceInfo.Reader source = sources.get(node.getId());
        return source == null ? "" : source.getDocComment();
    }

    /** The comment on the field, enumerant or method that the node lists at {@code index}; empty when there is none. */
    String comment(Node.Reader node, int index) {
        Node.SourceInfo.Reader source = sources.get(node.getId());
        return source == null || index >= source.getMembers().size()
                ? ""
                : source.getMembers().get(index).getDocComment();
    }

    /** What a declaration is to be called in Java: its own name, unless {@code $Java.name} says another. */
    static String name(String schemaName, Iterable<Annotation.Reader> annotations) {
        Annotation.Reader annotation = annotation(annotations, NAME_ANNOTATION);
        if (annotation == null) {
            return schemaName;
        }
        String name = annotation.getValue().isText() ? annotation.getValue().getText() : "";
        // No underscores, as in every name of a schema: what the generator adds one to is the name of nothing else.
        if (!Names.isIdentifier(name) || name.indexOf('_') >= 0) {
            throw new SchemaException("$Java.name(\"" + name + "\") of " + schemaName
                    + " is no name: it takes ASCII letters and digits, and begins with a letter.");
        }
        return name;
    }

    static Annotation.@Nullable Reader annotation(Iterable<Annotation.Reader> annotations, long id) {
        for (Annotation.Reader annotation : annotations) {
            if (annotation.getId() == id) {
                return annotation;
            }
        }
        return null;
    }
}

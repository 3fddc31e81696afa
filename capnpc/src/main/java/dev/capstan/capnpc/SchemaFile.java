package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A file of the schema: its package and what it declares at the top. */
final class SchemaFile {
    final Node.Reader node;
    final String name;
    final String javaPackage;
    final List<Declaration> declarations = new ArrayList<>();
    final Set<String> topNames = new HashSet<>();
    /** The class that holds the nodes. */
    String nodesClass = "";

    SchemaFile(Node.Reader node, String name, String javaPackage) {
        this.node = node;
        this.name = name;
        this.javaPackage = javaPackage;
    }
}

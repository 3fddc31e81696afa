package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A struct, group, enum or interface of the schema as a Java class: its name, where it is nested, and what is nested in it. */
final class Declaration {
    final Node.Reader node;
    final @Nullable Declaration outer;
    final String javaPackage;
    final String name;
    /** The type parameters in force: those of the enclosing declarations, outermost first, then its own. */
    final List<TypeParameter> parameters;
    /** Struct, enum and interface declarations, then the structs of methods, then groups: all that is written inside this class. */
    final List<Declaration> nested = new ArrayList<>();
    /** Simple names of all classes that lie directly in this one, the generated ones included. */
    final Set<String> members =
            new HashSet<>(Set.of("Reader", "Builder", "Pipeline", "Answer", "Which", "Client", "Server"));

    /** The name of the nested class behind TYPE or type(...). */
    private String factory = "Factory";

    Declaration(
            Node.Reader node,
            @Nullable Declaration outer,
            String javaPackage,
            String name,
            List<TypeParameter> parameters) {
        this.node = node;
        this.outer = outer;
        this.javaPackage = javaPackage;
        this.name = name;
        this.parameters = List.copyOf(parameters);
    }

    /** To be called when all that is nested has its name. */
    void nameFactory() {
        factory = Names.uniqueFile("Factory", members, enclosingNames());
    }

    String factory() {
        return factory;
    }

    boolean isGeneric() {
        return !parameters.isEmpty();
    }

    boolean isGroup() {
        return node.isStruct() && node.getStruct().getIsGroup();
    }

    /** This class's name and those of the classes around it; nothing inside may be called like them. */
    Set<String> enclosingNames() {
        Set<String> names = new HashSet<>();
        for (Declaration d = this; d != null; d = d.outer) {
            names.add(d.name);
        }
        return names;
    }

    /** This declaration and those around it, outermost first. */
    List<Declaration> path() {
        List<Declaration> path = outer == null ? new ArrayList<>() : outer.path();
        path.add(this);
        return path;
    }

    Declaration top() {
        return outer == null ? this : outer.top();
    }

    String qualifiedName() {
        return (outer == null ? javaPackage : outer.qualifiedName()) + "." + name;
    }

    /** What error texts call it: {@code file.capnp:Outer.Inner}, without folders, which differ from machine to machine. */
    String displayName() {
        return Names.fileName(node.getDisplayName());
    }

    @Override
    public String toString() {
        return qualifiedName();
    }
}

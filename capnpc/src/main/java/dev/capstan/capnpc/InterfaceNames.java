package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Superclass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the methods of an interface are called in Java.
 *
 * <p>Generated clients and servers inherit from those of their parents, so a name that an ancestor has is not free: two methods of one name
 * would have the same erasure and neither would override the other.
 *
 * @param methods for each method of the schema, in its order, the method of client and server
 * @param requests for each method of the schema, in its order, the client's method that makes a request
 * @param typeMethod the server's method that tells what the type parameters stand for
 * @param own all of these
 */
record InterfaceNames(List<String> methods, List<String> requests, String typeMethod, Set<String> own) {
    /** Methods without parameters that clients have anyway. */
    private static final Set<String> INHERITED = Set.of(
            "cap",
            "close",
            "share",
            "clone",
            "finalize",
            "getClass",
            "hashCode",
            "notify",
            "notifyAll",
            "toString",
            "wait");

    static InterfaceNames of(Declaration type, Declarations declarations) {
        Set<String> inherited = new HashSet<>(INHERITED);
        for (Declaration ancestor : ancestors(type, declarations)) {
            inherited.addAll(of(ancestor, declarations).own());
        }
        Set<String> own = new LinkedHashSet<>();
        String typeMethod = Names.unique(Names.uncapitalized(type.name) + "Type", own, inherited);
        for (Superclass.Reader parent : type.node.getInterface().getSuperclasses()) {
            own.add(asParent(declarations.get(parent.getId())));
        }
        List<Method.Reader> schema = type.node.getInterface().getMethods();
        List<String> methods = new ArrayList<>();
        for (Method.Reader method : schema) {
            methods.add(Names.unique(Names.member(method.getName()), own, inherited));
        }
        List<String> requests = new ArrayList<>();
        for (Method.Reader method : schema) {
            requests.add(Names.unique(method.getName() + "Request", own, inherited));
        }
        return new InterfaceNames(methods, requests, typeMethod, own);
    }

    /** The method that leads to a parent which the class does not inherit from. */
    static String asParent(Declaration parent) {
        return "as" + parent.name;
    }

    /** All interfaces that this one extends, directly or not, each once. */
    static Set<Declaration> ancestors(Declaration type, Declarations declarations) {
        Set<Declaration> ancestors = new LinkedHashSet<>();
        for (Superclass.Reader parent : type.node.getInterface().getSuperclasses()) {
            Declaration declaration = declarations.get(parent.getId());
            if (ancestors.add(declaration)) {
                ancestors.addAll(ancestors(declaration, declarations));
            }
        }
        return ancestors;
    }
}

package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Superclass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 * @param parentMethods for each parent that client or server does not inherit from, the method that leads to it
 * @param own all of these
 */
record InterfaceNames(
        List<String> methods,
        List<String> requests,
        String typeMethod,
        Map<JavaType.Interface, String> parentMethods,
        Set<String> own) {
    /** How many interfaces of a circle an error names. */
    private static final int SHOWN = 8;

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

    /** To be had from {@link Declarations#interfaceNames}, which remembers them. */
    static InterfaceNames of(Declaration type, Declarations declarations) {
        Set<String> inherited = new HashSet<>(INHERITED);
        for (Declaration ancestor : declarations.ancestors(type)) {
            inherited.addAll(declarations.interfaceNames(ancestor).own());
        }
        Set<String> own = new LinkedHashSet<>();
        Map<JavaType.Interface, String> parentMethods = parentMethods(declarations.parents(type), own, inherited);
        String typeMethod =
                type.isGeneric() ? Names.unique(Names.uncapitalized(type.name) + "Type", own, inherited) : "";
        List<Method.Reader> schema = type.node.getInterface().getMethods();
        List<String> methods = new ArrayList<>();
        for (Method.Reader method : schema) {
            methods.add(
                    Names.unique(Names.member(Nodes.name(method.getName(), method.getAnnotations())), own, inherited));
        }
        List<String> requests = new ArrayList<>();
        for (Method.Reader method : schema) {
            requests.add(
                    Names.unique(Nodes.name(method.getName(), method.getAnnotations()) + "Request", own, inherited));
        }
        return new InterfaceNames(methods, requests, typeMethod, parentMethods, own);
    }

    private static Map<JavaType.Interface, String> parentMethods(
            Parents parents, Set<String> own, Set<String> inherited) {
        Map<JavaType.Interface, String> methods = new LinkedHashMap<>();
        for (JavaType.Interface parent : parents.all()) {
            if (parents.besideClient().contains(parent)
                    || parents.besideServer().contains(parent)) {
                methods.put(parent, Names.unique("as" + parent.declaration().name, own, inherited));
            }
        }
        return methods;
    }

    /** The method that leads to a parent which the class does not inherit from. */
    String asParent(JavaType.Interface parent) {
        String method = parentMethods.get(parent);
        if (method == null) {
            throw new IllegalArgumentException("the class inherits from " + parent);
        }
        return method;
    }

    /** All interfaces that this one extends, directly or not, each once. To be had from {@link Declarations#ancestors}, which remembers them. */
    static Set<Declaration> ancestors(Declaration type, Declarations declarations) {
        Set<Declaration> ancestors = new LinkedHashSet<>();
        collectAncestors(type, declarations, ancestors);
        if (ancestors.contains(type)) {
            throw new SchemaException(circle(type, ancestors, declarations));
        }
        return ancestors;
    }

    /** Ancestors that have the type for an ancestor in turn are those of which one must go. */
    private static String circle(Declaration type, Set<Declaration> ancestors, Declarations declarations) {
        List<String> names = new ArrayList<>();
        for (Declaration ancestor : ancestors) {
            Set<Declaration> above = new LinkedHashSet<>();
            collectAncestors(ancestor, declarations, above);
            if (ancestor != type && above.contains(type)) {
                names.add(ancestor.displayName());
            }
            if (names.size() == SHOWN) {
                break;
            }
        }
        return type.displayName() + " extends itself"
                + (names.isEmpty() ? "" : ", by way of " + String.join(", ", names))
                + ". Interfaces cannot inherit in a circle: take one out of the list behind 'extends'.";
    }

    private static void collectAncestors(Declaration type, Declarations declarations, Set<Declaration> ancestors) {
        for (Superclass.Reader parent : type.node.getInterface().getSuperclasses()) {
            Declaration declaration = declarations.getInterface(parent.getId());
            if (ancestors.add(declaration)) {
                collectAncestors(declaration, declarations, ancestors);
            }
        }
    }
}

package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Superclass;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The interfaces that an interface extends, sorted by how Java can follow.
 *
 * <p>A client is a class: it extends the client of the first parent and leads to the others. A server is an interface and extends the servers
 * of all parents, unless Java forbids it: the same generic interface with different arguments, or unrelated methods of one name.
 *
 * @param all the direct parents, as declared
 * @param extendedByServer those whose servers the server extends
 * @param besideServer those that the server leads to instead; none that only repeats an interface with other type arguments
 * @param besideClient those that the client leads to instead of extending
 */
record Parents(
        List<JavaType.Interface> all,
        List<JavaType.Interface> extendedByServer,
        List<JavaType.Interface> besideServer,
        List<JavaType.Interface> besideClient) {

    /** To be had from {@link Declarations#parents}, which remembers them. */
    static Parents of(Declaration type, Declarations declarations) {
        List<JavaType.Interface> all = direct(type, declarations);
        List<JavaType.Interface> extended = new ArrayList<>();
        List<JavaType.Interface> besideServer = new ArrayList<>();
        List<JavaType.Interface> besideClient = new ArrayList<>();
        Map<Declaration, JavaType.Interface> inherited = new LinkedHashMap<>();
        Set<Declaration> reached = new HashSet<>();
        Map<Declaration, JavaType.Interface> inheritedByClient =
                all.isEmpty() ? Map.of() : closure(all.getFirst(), declarations);
        for (JavaType.Interface parent : all) {
            Map<Declaration, JavaType.Interface> added = closure(parent, declarations);
            if (canJoin(added, inherited, declarations)) {
                extended.add(parent);
                inherited.putAll(added);
            } else if (!reached.containsAll(added.keySet())) {
                besideServer.add(parent);
            }
            // A call names the interface without its type arguments, so the first parent that has it answers.
            reached.addAll(added.keySet());
            if (!parent.equals(inheritedByClient.get(parent.declaration()))) {
                besideClient.add(parent);
            }
        }
        return new Parents(all, extended, besideServer, besideClient);
    }

    private static List<JavaType.Interface> direct(Declaration type, Declarations declarations) {
        TypeResolver resolver = new TypeResolver(declarations, type);
        List<JavaType.Interface> parents = new ArrayList<>();
        for (Superclass.Reader parent : type.node.getInterface().getSuperclasses()) {
            parents.add(resolver.interfaceType(parent.getId(), parent.getBrand()));
        }
        return parents;
    }

    /** The interface and all that it extends, in terms of the same type parameters; of two with different arguments, the first. */
    static Map<Declaration, JavaType.Interface> closure(JavaType.Interface type, Declarations declarations) {
        Map<Declaration, JavaType.Interface> closure = new LinkedHashMap<>();
        close(type, declarations, closure);
        return closure;
    }

    /** Does each declaration once: in a lattice of interfaces the ways to the root are far more than the interfaces. */
    private static void close(
            JavaType.Interface type, Declarations declarations, Map<Declaration, JavaType.Interface> closure) {
        if (closure.putIfAbsent(type.declaration(), type) != null) {
            return;
        }
        Map<TypeParameter, JavaType> arguments = type.arguments().isEmpty() ? Map.of() : new HashMap<>();
        for (int i = 0; i < type.arguments().size(); i++) {
            arguments.put(type.declaration().parameters.get(i), type.arguments().get(i));
        }
        for (JavaType.Interface parent :
                declarations.parents(type.declaration()).extendedByServer()) {
            close((JavaType.Interface) parent.replace(arguments), declarations, closure);
        }
    }

    private static boolean canJoin(
            Map<Declaration, JavaType.Interface> added,
            Map<Declaration, JavaType.Interface> inherited,
            Declarations declarations) {
        Set<String> names = new HashSet<>();
        inherited
                .keySet()
                .forEach(type -> names.addAll(declarations.interfaceNames(type).own()));
        for (JavaType.Interface type : added.values()) {
            JavaType.Interface known = inherited.get(type.declaration());
            if (known == null
                    ? declarations.interfaceNames(type.declaration()).own().stream()
                            .anyMatch(names::contains)
                    : !known.equals(type)) {
                return false;
            }
        }
        return true;
    }
}

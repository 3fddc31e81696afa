package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each declaration of the request is called in Java.
 *
 * <p>Names must come out the same whichever files are requested, since separate runs produce code that refers to each other. So a name
 * depends on nothing but the declaration, those around it and its siblings, in the order in which the file declares them.
 */
final class Declarations {
    private static final long PACKAGE_ANNOTATION = 0x9ee4c8f803b3b596L;
    private static final long JAVA_CAPNP = 0xc5f1af96651f70eaL;

    /** Files whose classes come with the runtime, wherever the user's copy of the schema is from. */
    private static final Map<Long, String> RUNTIME_PACKAGES = Map.of(
            0xa93fc509624c72d9L, "dev.capstan.capnp.schema",
            0xb312981b2552a250L, "dev.capstan.capnp.rpc.protocol",
            0xa184c7885cdaf2a1L, "dev.capstan.capnp.rpc.protocol",
            0xb8630836983feed7L, "dev.capstan.capnp.persistent",
            0x86c366a91393f3f8L, "dev.capstan.capnp.stream");

    private final Nodes nodes;
    private final Map<Long, SchemaFile> files = new LinkedHashMap<>();
    private final Map<Long, Declaration> byId = new HashMap<>();
    /** For each package the names of all its classes that the request knows of. */
    private final Map<String, Set<String>> packages = new HashMap<>();

    private final Map<Declaration, InterfaceNames> interfaceNames = new HashMap<>();
    private final Map<Declaration, Parents> parents = new HashMap<>();
    private final Map<Declaration, Set<Declaration>> ancestors = new HashMap<>();

    Declarations(Nodes nodes) {
        this.nodes = nodes;
        for (Node.Reader file : nodes.files()) {
            declareFile(file);
        }
    }

    SchemaFile file(long id) {
        SchemaFile file = files.get(id);
        if (file == null) {
            throw new SchemaException(
                    "The request asks for the file 0x" + Long.toHexString(id) + " but does not hold it.");
        }
        return file;
    }

    Declaration get(long id) {
        Declaration declaration = byId.get(id);
        if (declaration == null) {
            throw new SchemaException("The request refers to " + nodes.get(id).getDisplayName()
                    + " but not to the file that declares it. Pass the request on as the capnp compiler wrote it.");
        }
        return declaration;
    }

    Declaration getStruct(long id) {
        return checked(get(id), Node.Which.STRUCT);
    }

    Declaration getEnum(long id) {
        return checked(get(id), Node.Which.ENUM);
    }

    Declaration getInterface(long id) {
        return checked(get(id), Node.Which.INTERFACE);
    }

    private static Declaration checked(Declaration declaration, Node.Which kind) {
        if (declaration.node.which() != kind) {
            throw new SchemaException("The request uses " + declaration.displayName() + " as " + kind + ", but it is "
                    + declaration.node.which() + ".");
        }
        return declaration;
    }

    /** What the methods of an interface are called. */
    InterfaceNames interfaceNames(Declaration type) {
        InterfaceNames names = interfaceNames.get(type);
        if (names == null) {
            names = InterfaceNames.of(type, this);
            interfaceNames.put(type, names);
        }
        return names;
    }

    /** All interfaces that an interface extends, directly or not. */
    Set<Declaration> ancestors(Declaration type) {
        Set<Declaration> known = ancestors.get(type);
        if (known == null) {
            known = InterfaceNames.ancestors(type, this);
            ancestors.put(type, known);
        }
        return known;
    }

    /** How clients and servers of an interface inherit. */
    Parents parents(Declaration type) {
        Parents known = parents.get(type);
        if (known == null) {
            known = Parents.of(type, this);
            parents.put(type, known);
        }
        return known;
    }

    Set<String> namesIn(String javaPackage) {
        return packages.getOrDefault(javaPackage, Set.of());
    }

    private void declareFile(Node.Reader node) {
        String name = node.getDisplayName();
        SchemaFile file = new SchemaFile(node, name, packageOf(node));
        for (Node.NestedNode.Reader nested : node.getNestedNodes()) {
            if (isType(nested)) {
                Declaration declaration = declare(nested, null, file.javaPackage, file.topNames);
                if (declaration != null) {
                    file.declarations.add(declaration);
                }
            }
        }
        file.nodesClass = Names.uniqueFile(Names.nodesClass(Names.fileName(name)), file.topNames);
        files.put(node.getId(), file);
        packages.computeIfAbsent(file.javaPackage, p -> new HashSet<>()).addAll(file.topNames);
    }

    private static String packageOf(Node.Reader file) {
        Annotation.Reader annotation = Nodes.annotation(file.getAnnotations(), PACKAGE_ANNOTATION);
        if (annotation != null && file.getId() != JAVA_CAPNP) {
            String name = annotation.getValue().isText() ? annotation.getValue().getText() : "";
            if (!Names.isPackage(name)) {
                throw new SchemaException(file.getDisplayName() + ": $Java.package(\"" + Names.printable(name)
                        + "\") is no name for a Java package.");
            }
            return name;
        }
        String runtime = RUNTIME_PACKAGES.get(file.getId());
        return runtime != null ? runtime : Names.defaultPackage(file.getDisplayName());
    }

    /** Constants and annotations begin with a small letter; they become no classes. */
    private static boolean isType(Node.NestedNode.Reader nested) {
        return !nested.getName().isEmpty()
                && Character.isUpperCase(nested.getName().charAt(0));
    }

    /** Gives a nested node its name; answers null, with the name reserved, when the request does not hold the node. */
    private @Nullable Declaration declare(
            Node.NestedNode.Reader nested, @Nullable Declaration outer, String javaPackage, Set<String> siblings) {
        Node.Reader node = nodes.find(nested.getId());
        if (node == null) {
            Names.unique(Names.type(nested.getName()), siblings, enclosing(outer));
            return null;
        }
        return declare(node, Nodes.name(nested.getName(), node.getAnnotations()), outer, javaPackage, siblings);
    }

    private Declaration declare(
            Node.Reader node, String rawName, @Nullable Declaration outer, String javaPackage, Set<String> siblings) {
        String name = Names.unique(Names.type(rawName), siblings, enclosing(outer));
        Declaration declaration = new Declaration(node, outer, javaPackage, name, parametersOf(node, outer));
        if (byId.putIfAbsent(node.getId(), declaration) != null) {
            throw new SchemaException("The request declares " + declaration.displayName() + " twice.");
        }
        for (Node.NestedNode.Reader nested : node.getNestedNodes()) {
            if (isType(nested)) {
                Declaration inner = declare(nested, declaration, javaPackage, declaration.members);
                if (inner != null) {
                    declaration.nested.add(inner);
                }
            }
        }
        switch (node.which()) {
            case STRUCT -> declareGroups(declaration);
            case INTERFACE -> declareMethodStructs(declaration);
            default -> {}
        }
        declaration.nameFactory();
        return declaration;
    }

    private void declareGroups(Declaration struct) {
        for (Field.Reader field : struct.node.getStruct().getFields()) {
            if (field.isGroup()) {
                Node.Reader group = nodes.get(field.getGroup().getTypeId());
                declareNested(group, Names.capitalized(Nodes.name(field.getName(), field.getAnnotations())), struct);
            }
        }
    }

    private void declareMethodStructs(Declaration type) {
        for (Method.Reader method : type.node.getInterface().getMethods()) {
            String name = Names.capitalized(Nodes.name(method.getName(), method.getAnnotations()));
            Node.Reader params = nodes.get(method.getParamStructType());
            if (params.getScopeId() == 0) {
                declareNested(params, name + "Params", type);
            }
            Node.Reader results = nodes.get(method.getResultStructType());
            if (results.getScopeId() == 0) {
                declareNested(results, name + "Results", type);
            }
        }
    }

    private void declareNested(Node.Reader node, String name, Declaration outer) {
        outer.nested.add(declare(node, name, outer, outer.javaPackage, outer.members));
    }

    private static Set<String> enclosing(@Nullable Declaration outer) {
        return outer == null ? Set.of() : outer.enclosingNames();
    }

    private static List<TypeParameter> parametersOf(Node.Reader node, @Nullable Declaration outer) {
        List<TypeParameter> parameters = outer == null ? new ArrayList<>() : new ArrayList<>(outer.parameters);
        addParameters(parameters, node.getId(), node.getParameters(), Set.of());
        return parameters;
    }

    /** Appends type parameters, with names that none of those before them has. */
    static void addParameters(
            List<TypeParameter> parameters, long scopeId, List<Node.Parameter.Reader> added, Set<String> notFree) {
        Set<String> taken = new HashSet<>(notFree);
        for (TypeParameter parameter : parameters) {
            taken.addAll(Set.of(parameter.builder(), parameter.reader(), parameter.token()));
        }
        int index = 0;
        for (Node.Parameter.Reader parameter : added) {
            String name = parameter.getName();
            parameters.add(new TypeParameter(
                    scopeId,
                    index++,
                    Names.unique(name + "B", taken),
                    Names.unique(name + "R", taken),
                    Names.unique(Names.member(Names.uncapitalized(name)), taken)));
        }
    }
}

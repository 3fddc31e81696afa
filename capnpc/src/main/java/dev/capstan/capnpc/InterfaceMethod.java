package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A method of an interface as clients and servers need it.
 *
 * @param schemaName its name in the schema
 * @param name its name in Java
 * @param requestName the client's method that makes a request
 * @param constant the client's constant that names it
 * @param ordinal its number
 * @param codeOrder its place in the source
 * @param parameters its own type parameters, which the caller picks
 * @param clientParams the parameter struct as callers see it
 * @param clientResults the result struct as callers see it
 * @param serverParams the parameter struct where its own type parameters are not known
 * @param serverResults the result struct where its own type parameters are not known
 * @param hasParams whether there is anything to pass
 * @param isStreaming whether it was declared {@code -> stream}
 * @param isCancellable whether it may be stopped while it runs
 * @param comment its paragraphs
 */
record InterfaceMethod(
        String schemaName,
        String name,
        String requestName,
        String constant,
        int ordinal,
        int codeOrder,
        List<TypeParameter> parameters,
        JavaType.Struct clientParams,
        JavaType.Struct clientResults,
        JavaType.Struct serverParams,
        JavaType.Struct serverResults,
        boolean hasParams,
        boolean isStreaming,
        boolean isCancellable,
        List<String> comment) {

    private static final long STREAM_RESULT = 0x995f9a3377c0b16eL;
    private static final long ALLOW_CANCELLATION = 0xac7096ff8cfc9dceL;

    /** The methods of an interface in the order in which its source has them. */
    static List<InterfaceMethod> of(Declaration type, Output output) {
        InterfaceNames names = output.declarations().interfaceNames(type);
        boolean allCancellable = isCancellable(type.node.getAnnotations())
                || isCancellable(output.nodes().fileOf(type.top().node).getAnnotations());
        Set<String> constants = new HashSet<>();
        List<InterfaceMethod> methods = new ArrayList<>();
        List<Method.Reader> schema = type.node.getInterface().getMethods();
        for (int i = 0; i < schema.size(); i++) {
            methods.add(of(schema.get(i), i, type, names, constants, allCancellable, output));
        }
        methods.sort(Comparator.comparingInt(InterfaceMethod::codeOrder));
        return methods;
    }

    private static InterfaceMethod of(
            Method.Reader method,
            int ordinal,
            Declaration type,
            InterfaceNames names,
            Set<String> constants,
            boolean allCancellable,
            Output output) {
        List<TypeParameter> parameters = ownParameters(method, type, output.file());
        TypeResolver client = new TypeResolver(output.declarations(), type.displayName(), type.parameters, parameters);
        TypeResolver server = new TypeResolver(output.declarations(), type);
        JavaType.Struct params = client.struct(method.getParamStructType(), method.getParamBrand());
        boolean isImplied = params.declaration().node.getScopeId() == 0;
        return new InterfaceMethod(
                method.getName(),
                names.methods().get(ordinal),
                names.requests().get(ordinal),
                Names.unique(Names.constant(Nodes.name(method.getName(), method.getAnnotations())), constants),
                ordinal,
                method.getCodeOrder(),
                parameters,
                params,
                client.struct(method.getResultStructType(), method.getResultBrand()),
                server.struct(method.getParamStructType(), method.getParamBrand()),
                server.struct(method.getResultStructType(), method.getResultBrand()),
                !isImplied || !params.declaration().node.getStruct().getFields().isEmpty(),
                method.getResultStructType() == STREAM_RESULT,
                allCancellable || isCancellable(method.getAnnotations()),
                Comments.paragraphs(output.nodes().comment(type.node, ordinal)));
    }

    private static List<TypeParameter> ownParameters(Method.Reader method, Declaration type, JavaFile file) {
        List<TypeParameter> parameters = new ArrayList<>(type.parameters);
        Set<String> taken = new HashSet<>(file.classes());
        taken.addAll(Set.of("params", "state", "type"));
        Declarations.addParameters(parameters, method.getParamStructType(), method.getImplicitParameters(), taken);
        return List.copyOf(parameters.subList(type.parameters.size(), parameters.size()));
    }

    private static boolean isCancellable(Iterable<Annotation.Reader> annotations) {
        return Nodes.annotation(annotations, ALLOW_CANCELLATION) != null;
    }

    /** Whether an interface has streaming methods, or inherits some. */
    static boolean hasStreaming(Declaration type, Declarations declarations) {
        return hasOwnStreaming(type)
                || declarations.ancestors(type).stream().anyMatch(InterfaceMethod::hasOwnStreaming);
    }

    /** Whether it declares streaming methods itself. */
    static boolean hasOwnStreaming(Declaration type) {
        for (Method.Reader method : type.node.getInterface().getMethods()) {
            if (method.getResultStructType() == STREAM_RESULT) {
                return true;
            }
        }
        return false;
    }
}

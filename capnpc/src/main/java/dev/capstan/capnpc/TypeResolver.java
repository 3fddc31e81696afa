package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Brand;
import dev.capstan.capnp.schema.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the types that a declaration mentions.
 *
 * <p>A brand says what the parameters of a generic type stand for, scope by scope. A scope that is inherited takes the parameters of the
 * place where the type is mentioned; whatever is not said is AnyPointer, also a parameter that is not in force there.
 */
final class TypeResolver {
    /** Longest name of a type that is written, in names of classes: javac stores a signature in at most 65,535 bytes. */
    private static final int MOST_NAMES = 500;

    private final Declarations declarations;
    private final String place;
    private final List<TypeParameter> inForce;
    private final List<TypeParameter> ofMethod;

    /** For types that are mentioned in {@code at}. */
    TypeResolver(Declarations declarations, Declaration at) {
        this(declarations, at.displayName(), at.parameters, List.of());
    }

    /**
     * For types where the given parameters are in force.
     *
     * @param place what error texts call it
     * @param ofMethod the parameters that a method declares itself
     */
    TypeResolver(Declarations declarations, String place, List<TypeParameter> inForce, List<TypeParameter> ofMethod) {
        this.declarations = declarations;
        this.place = place;
        this.inForce = inForce;
        this.ofMethod = ofMethod;
    }

    JavaType resolve(Type.Reader type) {
        return switch (type.which()) {
            case VOID -> JavaType.Scalar.VOID;
            case BOOL -> JavaType.Scalar.BOOL;
            case INT8 -> JavaType.Scalar.INT8;
            case INT16 -> JavaType.Scalar.INT16;
            case INT32 -> JavaType.Scalar.INT32;
            case INT64 -> JavaType.Scalar.INT64;
            case UINT8 -> JavaType.Scalar.UINT8;
            case UINT16 -> JavaType.Scalar.UINT16;
            case UINT32 -> JavaType.Scalar.UINT32;
            case UINT64 -> JavaType.Scalar.UINT64;
            case FLOAT32 -> JavaType.Scalar.FLOAT32;
            case FLOAT64 -> JavaType.Scalar.FLOAT64;
            case TEXT -> JavaType.Pointer.TEXT;
            case DATA -> JavaType.Pointer.DATA;
            case LIST -> written(listOf(resolve(type.getList().getElementType())));
            case ENUM ->
                new JavaType.Enumeration(declarations.getEnum(type.getEnum().getTypeId()));
            case STRUCT -> struct(type.getStruct().getTypeId(), type.getStruct().getBrand());
            case INTERFACE ->
                interfaceType(
                        type.getInterface().getTypeId(), type.getInterface().getBrand());
            case ANY_POINTER -> anyPointer(type.getAnyPointer());
            case UNRECOGNIZED ->
                throw new SchemaException("The request holds a kind of type that this generator does not know ("
                        + type.whichRaw() + "). Use a newer capnpc-java.");
        };
    }

    JavaType.Struct struct(long id, Brand.Reader brand) {
        Declaration declaration = declarations.getStruct(id);
        JavaType.Struct type = new JavaType.Struct(declaration, arguments(declaration, brand));
        written(type);
        return type;
    }

    JavaType.Interface interfaceType(long id, Brand.Reader brand) {
        Declaration declaration = declarations.getInterface(id);
        JavaType.Interface type = new JavaType.Interface(declaration, arguments(declaration, brand));
        written(type);
        return type;
    }

    /** {@code type} if its name can be written: each level of generics and of lists doubles it, as it names a builder and a reader. */
    private JavaType written(JavaType type) {
        if (type.names() > MOST_NAMES) {
            throw new SchemaException(
                    place + " mentions a type that nests generics or lists too deep for Java, where it would have "
                            + "more than " + MOST_NAMES + " names in it. Put an inner part into a struct of its own.");
        }
        return type;
    }

    private static JavaType listOf(JavaType element) {
        return element instanceof JavaType.Variable ? new JavaType.OpenListOf(element) : new JavaType.ListOf(element);
    }

    private JavaType anyPointer(Type.AnyPointer.Reader any) {
        return switch (any.which()) {
            case PARAMETER ->
                variable(
                        inForce,
                        any.getParameter().getScopeId(),
                        any.getParameter().getParameterIndex());
            case IMPLICIT_METHOD_PARAMETER -> {
                int index = any.getImplicitMethodParameter().getParameterIndex();
                yield index < ofMethod.size() ? new JavaType.Variable(ofMethod.get(index)) : JavaType.Pointer.ANY;
            }
            case UNCONSTRAINED ->
                switch (any.getUnconstrained().which()) {
                    case STRUCT -> JavaType.Pointer.ANY_STRUCT;
                    case LIST -> JavaType.Pointer.ANY_LIST;
                    case CAPABILITY -> JavaType.Pointer.CAPABILITY;
                    case ANY_KIND, UNRECOGNIZED -> JavaType.Pointer.ANY;
                };
            case UNRECOGNIZED -> JavaType.Pointer.ANY;
        };
    }

    private static JavaType variable(List<TypeParameter> parameters, long scopeId, int index) {
        for (TypeParameter parameter : parameters) {
            if (parameter.scopeId() == scopeId && parameter.index() == index) {
                return new JavaType.Variable(parameter);
            }
        }
        return JavaType.Pointer.ANY;
    }

    private List<JavaType> arguments(Declaration declaration, Brand.Reader brand) {
        List<JavaType> arguments = new ArrayList<>();
        for (TypeParameter parameter : declaration.parameters) {
            arguments.add(argument(declaration, parameter, scope(brand, parameter.scopeId())));
        }
        return arguments;
    }

    private JavaType argument(Declaration declaration, TypeParameter parameter, Brand.Scope.@Nullable Reader scope) {
        if (scope == null) {
            // The compiler binds the parameters of a method to those of the struct it implies without saying so.
            boolean ofImpliedStruct = parameter.scopeId() == declaration.node.getId()
                    && declaration.node.getScopeId() == 0
                    && parameter.index() < ofMethod.size();
            return ofImpliedStruct ? new JavaType.Variable(ofMethod.get(parameter.index())) : JavaType.Pointer.ANY;
        }
        return switch (scope.which()) {
            case INHERIT -> variable(inForce, parameter.scopeId(), parameter.index());
            case BIND -> {
                if (parameter.index() >= scope.getBind().size()) {
                    yield JavaType.Pointer.ANY;
                }
                Brand.Binding.Reader binding = scope.getBind().get(parameter.index());
                yield binding.isType() ? behindPointer(resolve(binding.getType())) : JavaType.Pointer.ANY;
            }
            case UNRECOGNIZED -> JavaType.Pointer.ANY;
        };
    }

    private static JavaType behindPointer(JavaType argument) {
        if (argument instanceof JavaType.Scalar || argument instanceof JavaType.Enumeration) {
            throw new SchemaException("The request has " + argument
                    + " as a type argument, where only what lives behind a pointer can be.");
        }
        return argument;
    }

    private static Brand.Scope.@Nullable Reader scope(Brand.Reader brand, long id) {
        for (Brand.Scope.Reader scope : brand.getScopes()) {
            if (scope.getScopeId() == id) {
                return scope;
            }
        }
        return null;
    }
}

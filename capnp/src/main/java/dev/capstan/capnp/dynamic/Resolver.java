package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.schema.Brand.Binding;
import dev.capstan.capnp.schema.Brand.Scope;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Type.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns types as nodes spell them into {@link Type}s: finds the schemas and binds the type parameters. What it is given has been validated,
 * so that recursion here is as deep as {@link Limits#typeNesting()} at most.
 */
final class Resolver {
    private final SchemaLoader loader;
    /** The arguments of the node that the types are spelled in. */
    private final Brand context;

    Resolver(SchemaLoader loader, Brand context) {
        this.loader = loader;
        this.context = context;
    }

    SchemaLoader loader() {
        return loader;
    }

    Type type(Reader type) {
        return switch (type.which()) {
            case LIST -> list(type(type.getList().getElementType()));
            case ENUM ->
                (EnumSchema) schema(
                        type.getEnum().getTypeId(),
                        Node.Which.ENUM,
                        type.getEnum().getBrand());
            case STRUCT ->
                (StructSchema) schema(
                        type.getStruct().getTypeId(),
                        Node.Which.STRUCT,
                        type.getStruct().getBrand());
            case INTERFACE ->
                (InterfaceSchema) schema(
                        type.getInterface().getTypeId(),
                        Node.Which.INTERFACE,
                        type.getInterface().getBrand());
            case ANY_POINTER -> anyPointer(type.getAnyPointer());
            case UNRECOGNIZED -> throw new SchemaException("type number " + type.whichRaw() + " is unknown here");
            default -> Type.Scalar.ALL.get(type.whichRaw());
        };
    }

    private Type list(Type element) {
        ListSchema list = new ListSchema(element);
        checkDepth(Brand.depth(list));
        return list;
    }

    private Type anyPointer(dev.capstan.capnp.schema.Type.AnyPointer.Reader any) {
        return switch (any.which()) {
            case PARAMETER ->
                context.argument(
                        any.getParameter().getScopeId(), any.getParameter().getParameterIndex());
            case IMPLICIT_METHOD_PARAMETER ->
                new Type.Any(
                        Type.Any.Kind.METHOD_PARAMETER,
                        0,
                        any.getImplicitMethodParameter().getParameterIndex());
            case UNCONSTRAINED ->
                switch (any.getUnconstrained().which()) {
                    case STRUCT -> new Type.Any(Type.Any.Kind.STRUCT, 0, 0);
                    case LIST -> new Type.Any(Type.Any.Kind.LIST, 0, 0);
                    case CAPABILITY -> new Type.Any(Type.Any.Kind.CAPABILITY, 0, 0);
                    case ANY_KIND, UNRECOGNIZED -> Type.Any.UNCONSTRAINED;
                };
            case UNRECOGNIZED -> Type.Any.UNCONSTRAINED;
        };
    }

    Schema schema(long id, Node.Which kind, dev.capstan.capnp.schema.Brand.Reader brand) {
        return loader.dependency(id, kind).schema(brand(brand));
    }

    /** The brand with its parameters bound. Scopes that bind nothing are left out: they are as if they were not there. */
    Brand brand(dev.capstan.capnp.schema.Brand.Reader brand) {
        if (!brand.hasScopes() || brand.getScopes().isEmpty()) {
            return Brand.NONE;
        }
        Map<Long, List<Type>> arguments = new HashMap<>();
        for (Scope.Reader scope : brand.getScopes()) {
            switch (scope.which()) {
                case BIND -> arguments.put(scope.getScopeId(), bindings(scope));
                case INHERIT -> {
                    if (context.binds(scope.getScopeId())) {
                        arguments.put(scope.getScopeId(), context.scope(scope.getScopeId()));
                    }
                }
                case UNRECOGNIZED -> {}
            }
        }
        Brand bound = arguments.isEmpty() ? Brand.NONE : new Brand(arguments);
        checkDepth(bound.depth);
        return bound;
    }

    private List<Type> bindings(Scope.Reader scope) {
        List<Type> types = new ArrayList<>(scope.getBind().size());
        for (Binding.Reader binding : scope.getBind()) {
            types.add(
                    binding.isType()
                            ? type(binding.getType())
                            : new Type.Any(Type.Any.Kind.PARAMETER, scope.getScopeId(), types.size()));
        }
        return types;
    }

    private void checkDepth(int depth) {
        if (depth > loader.limits().typeNesting()) {
            throw new SchemaException(
                    "a type nests more than " + loader.limits().typeNesting()
                            + " levels deep (Limits.typeNesting): a generic type that contains itself with ever more arguments"
                            + " can be followed only so far");
        }
    }
}

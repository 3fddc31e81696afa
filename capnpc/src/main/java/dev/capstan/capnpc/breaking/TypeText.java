package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.Brand;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Type;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Types in words. Two types of one version are the same if and only if their words with ids are equal.
 *
 * @param schemas the version
 * @param isWithIds whether declarations are told by their ids, not their names
 */
record TypeText(Schemas schemas, boolean isWithIds) {
    String of(Type.Reader type) {
        return switch (type.which()) {
            case LIST -> "List(" + of(type.getList().getElementType()) + ")";
            case ENUM -> declared(type.getEnum().getTypeId(), type.getEnum().getBrand());
            case STRUCT ->
                declared(type.getStruct().getTypeId(), type.getStruct().getBrand());
            case INTERFACE ->
                declared(type.getInterface().getTypeId(), type.getInterface().getBrand());
            case ANY_POINTER -> anyPointer(type);
            case UINT8 -> "UInt8";
            case UINT16 -> "UInt16";
            case UINT32 -> "UInt32";
            case UINT64 -> "UInt64";
            case UNRECOGNIZED -> "a type of kind " + type.whichRaw();
            case VOID, BOOL, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, TEXT, DATA -> {
                String name = type.which().name();
                yield name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
            }
        };
    }

    private String anyPointer(Type.Reader type) {
        Type.AnyPointer.Reader any = type.getAnyPointer();
        return switch (any.which()) {
            case UNCONSTRAINED ->
                switch (any.getUnconstrained().which()) {
                    case ANY_KIND -> "AnyPointer";
                    case STRUCT -> "AnyStruct";
                    case LIST -> "AnyList";
                    case CAPABILITY -> "Capability";
                    case UNRECOGNIZED -> "AnyPointer of an unknown kind";
                };
            case PARAMETER ->
                parameter(any.getParameter().getScopeId(), any.getParameter().getParameterIndex());
            case IMPLICIT_METHOD_PARAMETER ->
                "the method's type parameter "
                        + any.getImplicitMethodParameter().getParameterIndex();
            case UNRECOGNIZED -> "AnyPointer of an unknown kind";
        };
    }

    private String parameter(long scopeId, int index) {
        Node.Reader scope = schemas.find(scopeId);
        return isWithIds || scope == null || index >= scope.getParameters().size()
                ? "parameter " + index + " of 0x" + Long.toHexString(scopeId)
                : scope.getParameters().get(index).getName();
    }

    private String declared(long id, Brand.Reader brand) {
        Node.Reader node = schemas.find(id);
        String name = isWithIds || node == null ? "0x" + Long.toHexString(id) : Schemas.name(node);
        String bindings = brand.getScopes().stream()
                .map(this::scope)
                .filter(scope -> !scope.isEmpty())
                .collect(Collectors.joining(", "));
        return bindings.isEmpty() ? name : name + "(" + bindings + ")";
    }

    private String scope(Brand.Scope.Reader scope) {
        String prefix = isWithIds ? "0x" + Long.toHexString(scope.getScopeId()) + " " : "";
        return switch (scope.which()) {
            case BIND ->
                prefix
                        + scope.getBind().stream()
                                .map(binding -> binding.isType() ? of(binding.getType()) : "AnyPointer")
                                .collect(Collectors.joining(", "));
            case INHERIT -> isWithIds ? prefix + "inherited" : "";
            case UNRECOGNIZED -> prefix + "an unknown binding";
        };
    }
}

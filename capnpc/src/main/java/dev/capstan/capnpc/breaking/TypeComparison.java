package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.Brand;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Type;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a type may take the place of another one. It may if it is the same; beyond that, where the language allows it:
 *
 * <ul>
 *   <li>{@code List(T)} may become {@code List(S)} when the field 0 of the struct S is a T. T must be a number, an enum, a blob or a list; lists of
 *       Bool are laid out differently.
 *   <li>A type may become a type parameter that is new to the declaration around it, if it lives behind a pointer, and if all who used the
 *       declaration before bind the parameter to that type now. What a parameter has replaced is known only when all types have been seen, so the
 *       bindings are looked at in {@link #finish}.
 * </ul>
 */
final class TypeComparison {
    /** Where a type is mentioned, and how a sentence about it begins: {@code field Person.name}. */
    record Site(Location location, String subject) {}

    private record Parameter(long scopeId, int index) {}

    private final Schemas base;
    private final Schemas current;
    private final Counterparts counterparts;
    private final Report report;
    private final Map<Parameter, Type.Reader> replaced = new HashMap<>();
    private final Deque<Runnable> bindings = new ArrayDeque<>();

    TypeComparison(Schemas base, Schemas current, Counterparts counterparts, Report report) {
        this.base = base;
        this.current = current;
        this.counterparts = counterparts;
        this.report = report;
    }

    /** Reports a type that is another one. Returns whether it is compatible. */
    boolean check(Type.Reader old, Type.Reader now, Site site) {
        if (isSame(old, now, site)) {
            return true;
        }
        report.breaking(
                Rule.TYPE_CHANGED,
                site.location(),
                "The type of " + site.subject() + " was " + new TypeText(base, false).of(old) + " and is "
                        + new TypeText(current, false).of(now)
                        + ". Keep the old type, and add what is new under a new number.");
        return false;
    }

    /** Looks at the bindings of type parameters that are new. */
    void finish() {
        while (!bindings.isEmpty()) {
            bindings.removeFirst().run();
        }
    }

    /** Whether it is compatible; only what is bound to type parameters is reported if it is not. */
    boolean isSame(Type.Reader old, Type.Reader now, Site site) {
        if (isParameter(now)) {
            Parameter parameter = parameter(now);
            if (isParameter(old) && areSame(parameter(old), parameter)) {
                return true;
            }
            return isNew(parameter) && isPointer(old) && replaces(parameter, old);
        }
        if (old.which() != now.which()) {
            return false;
        }
        return switch (old.which()) {
            case LIST -> elements(old.getList().getElementType(), now.getList().getElementType(), site);
            case ENUM ->
                counterparts.areSame(old.getEnum().getTypeId(), now.getEnum().getTypeId());
            case STRUCT ->
                counterparts.areSame(
                                old.getStruct().getTypeId(), now.getStruct().getTypeId())
                        && brands(
                                old.getStruct().getBrand(),
                                now.getStruct().getTypeId(),
                                now.getStruct().getBrand(),
                                site);
            case INTERFACE ->
                counterparts.areSame(
                                old.getInterface().getTypeId(),
                                now.getInterface().getTypeId())
                        && brands(
                                old.getInterface().getBrand(),
                                now.getInterface().getTypeId(),
                                now.getInterface().getBrand(),
                                site);
            case ANY_POINTER -> anyPointers(old.getAnyPointer(), now.getAnyPointer());
            case UNRECOGNIZED -> old.whichRaw() == now.whichRaw();
            case VOID, BOOL, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT32, FLOAT64, TEXT, DATA ->
                true;
        };
    }

    private static boolean isParameter(Type.Reader type) {
        return type.isAnyPointer() && type.getAnyPointer().isParameter();
    }

    private static Parameter parameter(Type.Reader type) {
        Type.AnyPointer.Parameter.Reader parameter = type.getAnyPointer().getParameter();
        return new Parameter(parameter.getScopeId(), parameter.getParameterIndex());
    }

    private boolean areSame(Parameter old, Parameter now) {
        return counterparts.areSame(old.scopeId(), now.scopeId()) && old.index() == now.index();
    }

    private boolean isNew(Parameter parameter) {
        Node.Reader old = counterparts.baseOf(parameter.scopeId());
        return old == null || parameter.index() >= old.getParameters().size();
    }

    /** One parameter replaces one type: whoever binds it can name but one. */
    private boolean replaces(Parameter parameter, Type.Reader old) {
        Type.Reader other = replaced.putIfAbsent(parameter, old);
        TypeText text = new TypeText(base, true);
        return other == null || text.of(other).equals(text.of(old));
    }

    private static boolean isPointer(Type.Reader type) {
        return switch (type.which()) {
            case TEXT, DATA, LIST, STRUCT, INTERFACE, ANY_POINTER -> true;
            case VOID,
                    BOOL,
                    INT8,
                    INT16,
                    INT32,
                    INT64,
                    UINT8,
                    UINT16,
                    UINT32,
                    UINT64,
                    FLOAT32,
                    FLOAT64,
                    ENUM,
                    UNRECOGNIZED -> false;
        };
    }

    private boolean elements(Type.Reader old, Type.Reader now, Site site) {
        if (now.isStruct() && !old.isStruct()) {
            return isUpgradable(old) && isFirstField(old, now.getStruct(), site);
        }
        return isSame(old, now, site);
    }

    private static boolean isUpgradable(Type.Reader element) {
        return switch (element.which()) {
            case VOID, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT32, FLOAT64, ENUM -> true;
            case TEXT, DATA, LIST -> true;
            case BOOL, STRUCT, INTERFACE, ANY_POINTER, UNRECOGNIZED -> false;
        };
    }

    /** Field 0 lies at the very beginning, where the elements of the old list are. */
    private boolean isFirstField(Type.Reader old, Type.Struct.Reader now, Site site) {
        Node.Reader struct = current.get(now.getTypeId());
        if (!struct.isStruct()) {
            return false;
        }
        for (Field.Reader field : struct.getStruct().getFields()) {
            if (field.isSlot()
                    && field.getOrdinal().isExplicit()
                    && field.getOrdinal().getExplicit() == 0) {
                Type.Reader type = field.getSlot().getType();
                return field.getSlot().getOffset() == 0 && isSame(old, bound(type, now), site);
            }
        }
        return false;
    }

    /** What a type inside a generic struct stands for where the struct is used. */
    private static Type.Reader bound(Type.Reader type, Type.Struct.Reader use) {
        if (!isParameter(type)) {
            return type;
        }
        Parameter parameter = parameter(type);
        Brand.Binding.@Nullable Reader binding =
                Use.of(use.getBrand(), parameter.scopeId()).binding(parameter.index());
        return binding != null && binding.isType() ? binding.getType() : type;
    }

    private static boolean anyPointers(Type.AnyPointer.Reader old, Type.AnyPointer.Reader now) {
        if (old.which() != now.which()) {
            return false;
        }
        return switch (old.which()) {
            case UNCONSTRAINED ->
                old.getUnconstrained().whichRaw() == now.getUnconstrained().whichRaw();
            case IMPLICIT_METHOD_PARAMETER ->
                old.getImplicitMethodParameter().getParameterIndex()
                        == now.getImplicitMethodParameter().getParameterIndex();
            // Those of declarations have been compared before.
            case PARAMETER, UNRECOGNIZED -> false;
        };
    }

    /** How a use of a generic declaration binds the parameters of one scope. */
    private record Use(Brand.Scope.@Nullable Reader scope) {
        static Use of(Brand.Reader brand, long scopeId) {
            for (Brand.Scope.Reader scope : brand.getScopes()) {
                if (scope.getScopeId() == scopeId) {
                    return new Use(scope);
                }
            }
            return new Use(null);
        }

        boolean isInherited() {
            return scope != null && scope.isInherit();
        }

        /** Null if the parameter is not bound, or stands for itself. */
        Brand.Binding.@Nullable Reader binding(int index) {
            if (scope == null || !scope.isBind() || index >= scope.getBind().size()) {
                return null;
            }
            Brand.Binding.Reader binding = scope.getBind().get(index);
            return binding.isType() ? binding : null;
        }
    }

    /** Compares what the parameters of a declaration, and of those around it, are bound to. */
    boolean brands(Brand.Reader old, long currentId, Brand.Reader now, Site site) {
        boolean areCompatible = true;
        Node.Reader node = current.find(currentId);
        while (node != null && areCompatible) {
            Node.Reader before = counterparts.baseOf(node.getId());
            int known = before == null ? 0 : before.getParameters().size();
            Use oldUse = before == null ? new Use(null) : Use.of(old, before.getId());
            Use use = Use.of(now, node.getId());
            for (int i = 0; i < node.getParameters().size(); i++) {
                if (i >= known) {
                    Parameter parameter = new Parameter(node.getId(), i);
                    int index = i;
                    bindings.add(() -> binding(parameter, use, index, site));
                } else if (!sameBinding(oldUse, use, new Parameter(node.getId(), i), site)) {
                    areCompatible = false;
                }
            }
            node = current.find(node.getScopeId());
        }
        return areCompatible;
    }

    private boolean sameBinding(Use old, Use now, Parameter parameter, Site site) {
        Brand.Binding.@Nullable Reader before = old.binding(parameter.index());
        Brand.Binding.@Nullable Reader after = now.binding(parameter.index());
        if (before != null && after != null) {
            return isSame(before.getType(), after.getType(), site);
        }
        boolean stoodForItself = standsForItself(old, before, parameter, true);
        return stoodForItself == standsForItself(now, after, parameter, false)
                && (stoodForItself || (before == null && after == null));
    }

    /** Inside a generic declaration, its parameters may be passed on silently. */
    private boolean standsForItself(
            Use use, Brand.Binding.@Nullable Reader binding, Parameter parameter, boolean isBase) {
        if (binding == null) {
            return use.isInherited();
        }
        if (!isParameter(binding.getType())) {
            return false;
        }
        Parameter bound = parameter(binding.getType());
        return isBase ? areSame(bound, parameter) : bound.equals(parameter);
    }

    private void binding(Parameter parameter, Use use, int index, Site site) {
        Type.Reader before = replaced.get(parameter);
        if (before == null || use.isInherited()) {
            return;
        }
        Brand.Binding.@Nullable Reader binding = use.binding(index);
        if (binding == null || !isSame(before, binding.getType(), site)) {
            String name =
                    current.get(parameter.scopeId()).getParameters().get(index).getName();
            report.breaking(
                    Rule.TYPE_CHANGED,
                    site.location(),
                    "The type of " + site.subject() + " binds the new type parameter " + name + " to "
                            + (binding == null ? "nothing" : new TypeText(current, false).of(binding.getType()))
                            + ", which has replaced " + new TypeText(base, false).of(before)
                            + ". Bind it to that type here.");
        }
    }
}

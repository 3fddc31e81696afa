package dev.capstan.capnweb.bind;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A type without variables in it. A value.
 *
 * @param raw the class; for an array, the class of arrays
 * @param arguments what its parameters stand for; for an array, its elements
 * @param nullable whether null is allowed
 */
record Signature(Class<?> raw, List<Signature> arguments, boolean nullable) {
    /** A class as it is; what its parameters stand for may be anything. */
    static Signature of(Class<?> raw) {
        if (raw.isArray()) {
            return new Signature(raw, List.of(of(raw.getComponentType())), false);
        }
        return new Signature(raw, Collections.nCopies(raw.getTypeParameters().length, anything()), false);
    }

    private static Signature anything() {
        return new Signature(Object.class, List.of(), true);
    }

    /** {@code type}, whose variables mean what {@code variables} says. */
    static Signature of(AnnotatedType type, Map<TypeVariable<?>, Signature> variables) {
        boolean nullable = isNullable(type);
        Signature plain = switch (type) {
            case AnnotatedParameterizedType generic ->
                new Signature(
                        erased(generic.getType()),
                        Arrays.stream(generic.getAnnotatedActualTypeArguments())
                                .map(argument -> of(argument, variables))
                                .toList(),
                        false);
            case AnnotatedArrayType array -> {
                Signature element = of(array.getAnnotatedGenericComponentType(), variables);
                yield new Signature(element.raw().arrayType(), List.of(element), false);
            }
            case AnnotatedTypeVariable variable -> {
                Signature known = variables.get((TypeVariable<?>) variable.getType());
                yield known != null ? known : of(erased(variable.getType()));
            }
            case AnnotatedWildcardType wildcard -> {
                AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
                yield of(lower.length > 0 ? lower[0] : wildcard.getAnnotatedUpperBounds()[0], variables);
            }
            default -> of(erased(type.getType()));
        };
        return nullable ? plain.orNull() : plain;
    }

    private static Class<?> erased(Type type) {
        return switch (type) {
            case Class<?> raw -> raw;
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            case GenericArrayType array ->
                erased(array.getGenericComponentType()).arrayType();
            case TypeVariable<?> variable -> erased(variable.getBounds()[0]);
            case WildcardType wildcard -> erased(wildcard.getUpperBounds()[0]);
            default -> throw new IllegalArgumentException(type + " is a kind of type that Java did not have");
        };
    }

    /** Whether an annotation says that null may be there; whose it is does not matter. */
    static boolean isNullable(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
    }

    Signature orNull() {
        return nullable ? this : new Signature(raw, arguments, true);
    }

    Signature notNull() {
        return nullable ? new Signature(raw, arguments, false) : this;
    }

    Signature argument(int index) {
        return arguments.get(index);
    }

    /** What the variables of {@link #raw} mean, and those of all that it extends. */
    Map<TypeVariable<?>, Signature> variables() {
        Map<TypeVariable<?>, Signature> found = new HashMap<>();
        collect(found);
        return found;
    }

    private void collect(Map<TypeVariable<?>, Signature> found) {
        TypeVariable<?>[] own = raw.getTypeParameters();
        for (int i = 0; i < own.length; i++) {
            found.put(own[i], arguments.get(i));
        }
        for (AnnotatedType each : directParents()) {
            of(each, found).collect(found);
        }
    }

    /** Tells each class and interface that {@link #raw} extends or implements, as it does that; the same one perhaps more than once. */
    void parents(Consumer<Signature> visitor) {
        Map<TypeVariable<?>, Signature> known = variables();
        for (AnnotatedType each : directParents()) {
            Signature parent = of(each, known);
            visitor.accept(parent);
            parent.parents(visitor);
        }
    }

    private List<AnnotatedType> directParents() {
        List<AnnotatedType> parents = new ArrayList<>(List.of(raw.getAnnotatedInterfaces()));
        AnnotatedType parent = raw.isInterface() || raw.isArray() ? null : raw.getAnnotatedSuperclass();
        if (parent != null) {
            parents.add(parent);
        }
        return parents;
    }

    @Override
    public String toString() {
        if (raw.isArray()) {
            return arguments.getFirst() + "[]";
        }
        return arguments.isEmpty()
                ? raw.getSimpleName()
                : raw.getSimpleName()
                        + arguments.stream().map(Signature::toString).collect(Collectors.joining(", ", "<", ">"));
    }
}

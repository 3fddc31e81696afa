package dev.capstan.capnweb.bind;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the shapes of records and of sealed interfaces of records. */
final class Records {
    private static final String USUAL_TAG = "type";

    private final ShapeBuilder builder;

    Records(ShapeBuilder builder) {
        this.builder = builder;
    }

    RecordShape record(Signature type) {
        Map<String, String> tags = tags(type.raw());
        RecordShape shape = new RecordShape(type, tags);
        builder.begin(type, shape);
        Map<TypeVariable<?>, Signature> variables = type.variables();
        Set<String> names = new HashSet<>(tags.keySet());
        List<RecordShape.Component> components = new ArrayList<>();
        for (RecordComponent component : type.raw().getRecordComponents()) {
            components.add(builder.at(
                    type.raw().getSimpleName() + "." + component.getName(),
                    () -> component(component, variables, names)));
        }
        shape.complete(components, builder.handles().constructor(canonical(type.raw())));
        return shape;
    }

    private RecordShape.Component component(
            RecordComponent component, Map<TypeVariable<?>, Signature> variables, Set<String> names) {
        String name = Names.of(component, component.getName());
        String fault = Names.faultOfMember(name);
        if (!fault.isEmpty()) {
            throw builder.fault(fault);
        }
        if (!names.add(name)) {
            throw builder.fault("the object has another member '" + name
                    + "' (the tag of a sealed interface is one, see @Tagged): give this one another name with @Named");
        }
        Signature type = Signature.of(component.getAnnotatedType(), variables);
        Shape shape = builder.shape(Signature.isNullable(component) ? type.orNull() : type);
        return new RecordShape.Component(name, shape, builder.handles().accessor(component.getAccessor()));
    }

    private static Constructor<?> canonical(Class<?> type) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " is a record without its canonical constructor", e);
        }
    }

    /** The tags that a record carries: one for each sealed interface that it is a case of. */
    private static Map<String, String> tags(Class<?> type) {
        Map<String, String> tags = new LinkedHashMap<>();
        Signature.of(type).parents(parent -> {
            if (parent.raw().isSealed() && parent.raw().isInterface()) {
                tags.put(tagMember(parent.raw()), Names.of(type, type.getSimpleName()));
            }
        });
        return tags;
    }

    /** Whether a tag tells values of this class from others: what it is named is the tag then. */
    static boolean isCase(Class<?> type) {
        return type.isRecord() && !tags(type).isEmpty();
    }

    private static String tagMember(Class<?> sealed) {
        Tagged tagged = sealed.getAnnotation(Tagged.class);
        return tagged == null ? USUAL_TAG : tagged.value();
    }

    VariantShape variant(Signature type) {
        VariantShape shape = new VariantShape(type, tagMember(type.raw()));
        builder.begin(type, shape);
        List<RecordShape> cases = new ArrayList<>();
        collect(type, cases);
        shape.complete(cases);
        return shape;
    }

    private void collect(Signature sealed, List<RecordShape> cases) {
        for (Class<?> each : sealed.raw().getPermittedSubclasses()) {
            Signature type = specialized(each, sealed);
            if (each.isRecord()) {
                RecordShape one = (RecordShape) builder.at(each.getSimpleName(), () -> builder.shape(type));
                if (!cases.contains(one)) {
                    cases.add(one);
                }
            } else if (each.isSealed() && each.isInterface()) {
                collect(type, cases);
            } else {
                throw builder.fault(each.getName() + " is a case of " + sealed
                        + " and no record: only records can be told apart on the wire");
            }
        }
    }

    /** A case of a sealed type: what its variables are follows from what it says of those of the sealed type. */
    private static Signature specialized(Class<?> one, Signature sealed) {
        Map<TypeVariable<?>, Signature> variables = new HashMap<>();
        for (AnnotatedType parent : one.getAnnotatedInterfaces()) {
            if (parent instanceof AnnotatedParameterizedType generic
                    && Signature.of(parent, Map.of()).raw() == sealed.raw()) {
                AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
                for (int i = 0; i < arguments.length; i++) {
                    if (arguments[i].getType() instanceof TypeVariable<?> variable) {
                        variables.put(variable, sealed.argument(i));
                    }
                }
            }
        }
        Signature plain = Signature.of(one);
        List<Signature> arguments = new ArrayList<>(plain.arguments());
        TypeVariable<?>[] own = one.getTypeParameters();
        for (int i = 0; i < own.length; i++) {
            arguments.set(i, variables.getOrDefault(own[i], arguments.get(i)));
        }
        return new Signature(one, List.copyOf(arguments), false);
    }
}

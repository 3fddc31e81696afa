package dev.capstan.capnweb.bind;

import java.lang.invoke.MethodHandle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Records: objects of JavaScript with a member for each component. A case of a sealed interface carries the tag that tells it apart. */
final class RecordShape implements Shape {
    private final Signature type;
    /** Members and what they are, for each sealed interface that the record is a case of. */
    private final Map<String, String> tags;

    private @Nullable Layout layout;

    RecordShape(Signature type, Map<String, String> tags) {
        this.type = type;
        this.tags = tags;
    }

    /**
     * A component.
     *
     * @param accessor of type (Object)Object
     */
    record Component(String name, Shape shape, MethodHandle accessor) {}

    /**
     * What is known once the components are.
     *
     * @param constructor of type (Object[])Object
     */
    private record Layout(List<Component> components, MethodHandle constructor) {}

    /** A record may hold itself, so that its components come later than it. */
    void complete(List<Component> components, MethodHandle constructor) {
        layout = new Layout(List.copyOf(components), constructor);
    }

    private Layout layout() {
        return Objects.requireNonNull(layout, "the record was not completed");
    }

    /** The value of its tag. */
    String tag(String member) {
        return Objects.requireNonNull(tags.get(member));
    }

    /** The names of its members, as a peer has them, tags included. */
    List<String> memberNames() {
        return Stream.concat(
                        tags.keySet().stream(), layout().components().stream().map(Component::name))
                .toList();
    }

    Class<?> raw() {
        return type.raw();
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        List<Component> components = layout().components();
        Map<String, @Nullable Object> object = LinkedHashMap.newLinkedHashMap(tags.size() + components.size());
        object.putAll(tags);
        to.enter();
        for (Component component : components) {
            try {
                Object inside = Handles.get(component.accessor(), value);
                Object tree = component.shape().write(inside, to);
                if (!(component.shape() instanceof OptionalShape) || Trees.isPresent(tree)) {
                    object.put(component.name(), tree);
                }
            } catch (Mismatch e) {
                throw e.in(component.name());
            }
        }
        to.leave();
        return object;
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        if (!(tree instanceof Map<?, ?> object)) {
            throw Mismatch.expected("an object (" + type + ")", tree);
        }
        List<Component> components = layout().components();
        @Nullable Object[] values = new @Nullable Object[components.size()];
        from.enter();
        for (int i = 0; i < values.length; i++) {
            Component component = components.get(i);
            Object member = object.get(component.name());
            try {
                if (member == null && !object.containsKey(component.name())) {
                    if (!component.shape().mayBeMissing()) {
                        throw Mismatch.because("is missing");
                    }
                }
                values[i] = component.shape().read(member, from);
            } catch (Mismatch e) {
                throw e.in(component.name());
            }
        }
        from.leave();
        return Handles.construct(layout().constructor(), values);
    }

    @Override
    public String typescript(TypeScript out) {
        return out.record(type, () -> {
            String members = tags.entrySet().stream()
                    .map(tag ->
                            "  " + TypeScript.member(tag.getKey()) + ": " + TypeScript.quoted(tag.getValue()) + ";\n")
                    .collect(Collectors.joining());
            return members
                    + layout().components().stream()
                            .map(component -> "  " + component(component, out) + ";\n")
                            .collect(Collectors.joining());
        });
    }

    private static String component(Component component, TypeScript out) {
        Shape shape = component.shape() instanceof OptionalShape(Shape present) ? present : component.shape();
        return TypeScript.member(component.name())
                + (component.shape().mayBeMissing() ? "?: " : ": ")
                + shape.typescript(out);
    }
}

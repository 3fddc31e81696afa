package dev.capstan.capnweb.bind;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Constants of an enum, by name. */
final class EnumShape implements Shape {
    private final Signature type;
    private final Map<String, Object> byName = new LinkedHashMap<>();
    private final Map<Object, String> names = new LinkedHashMap<>();

    EnumShape(Signature type) {
        this.type = type;
        for (Field field : type.raw().getFields()) {
            if (field.isEnumConstant()) {
                Object constant = constant(field.getName());
                String name = Names.of(field, field.getName());
                byName.put(name, constant);
                names.put(constant, name);
            }
        }
    }

    private Object constant(String name) {
        return Arrays.stream(type.raw().getEnumConstants())
                .filter(each -> ((Enum<?>) each).name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        String name = value == null ? null : names.get(value);
        if (name == null) {
            throw Mismatch.isNull();
        }
        return name;
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        Object constant = tree instanceof String name ? byName.get(name) : null;
        if (constant == null) {
            throw Mismatch.expected("one of " + String.join(", ", byName.keySet()), tree);
        }
        return constant;
    }

    @Override
    public String typescript(TypeScript out) {
        return out.type(
                type, () -> byName.keySet().stream().map(TypeScript::quoted).collect(Collectors.joining(" | ")));
    }
}

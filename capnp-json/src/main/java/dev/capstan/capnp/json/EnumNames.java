package dev.capstan.capnp.json;

import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the values of an enum are called. Immutable once made. */
final class EnumNames {
    private static final int NAMES_TOLD = 10;

    /** The version of the schema that this was made for. */
    final Node.Reader node;

    private final String[] names;
    private final Map<String, Integer> values = new HashMap<>();

    EnumNames(EnumSchema schema, boolean annotated) {
        node = schema.node();
        List<EnumSchema.Enumerant> enumerants = schema.enumerants();
        names = new String[enumerants.size()];
        for (EnumSchema.Enumerant enumerant : enumerants) {
            Annotation.Reader renamed = annotated ? Shape.find(enumerant.proto().getAnnotations(), Shape.NAME) : null;
            String name =
                    renamed == null ? enumerant.name() : renamed.getValue().getText();
            names[enumerant.raw()] = name;
            if (values.put(name, enumerant.raw()) != null) {
                throw JsonException.of(schema + " has two values that are called '" + name + "' in JSON.");
            }
        }
    }

    /** The name of a value, or null if it has none here. */
    @Nullable
    String name(int raw) {
        return raw < names.length ? names[raw] : null;
    }

    /** The value with this name, or null. */
    @Nullable
    Integer value(String name) {
        return values.get(name);
    }

    /** What there is, for a text about what there is not. */
    String told() {
        return names.length == 0
                ? ""
                : ", which has " + String.join(", ", List.of(names).subList(0, Math.min(names.length, NAMES_TOLD)))
                        + (names.length > NAMES_TOLD ? " and " + (names.length - NAMES_TOLD) + " others" : "");
    }
}

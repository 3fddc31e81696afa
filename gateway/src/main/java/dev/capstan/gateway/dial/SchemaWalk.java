package dev.capstan.gateway.dial;

import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.gateway.dial.CallPath.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a path leads by the schema alone, without a call. */
final class SchemaWalk {
    private SchemaWalk() {}

    /** The names that can follow, with an opening bracket behind those of methods; none if that is not known. */
    static List<String> members(@Nullable Type start, List<Step> steps) {
        Type type = start;
        for (Step each : steps) {
            type = type == null ? null : next(type, each);
        }
        return switch (type) {
            case InterfaceSchema found ->
                CapnpRef.methods(found).stream()
                        .map(method -> method.name() + "(")
                        .toList();
            case StructSchema found ->
                found.fieldsInCodeOrder().stream().map(StructSchema.Field::name).toList();
            case null, default -> List.of();
        };
    }

    private static @Nullable Type next(Type type, Step step) {
        return switch (type) {
            case InterfaceSchema in -> {
                String name =
                        step instanceof Step.Name(String of) ? of : step instanceof Step.Call call ? call.method() : "";
                InterfaceSchema.Method method = in.findMethod(name);
                yield method == null ? null : method.results();
            }
            case StructSchema in
            when step instanceof Step.Name(String name) -> {
                StructSchema.Field field = in.findField(name);
                yield field == null ? null : field.type();
            }
            case ListSchema in when step instanceof Step.Index -> in.element();
            default -> null;
        };
    }
}

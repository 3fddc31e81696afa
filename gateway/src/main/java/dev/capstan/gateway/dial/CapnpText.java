package dev.capstan.gateway.dial;

import dev.capstan.capnp.dynamic.ConstSchema;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema.Method;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.Schema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.text.TextForm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/** Definitions as they are written in a {@code .capnp} file, from their schemas. Annotations and comments are not shown. */
final class CapnpText {
    private CapnpText() {}

    /** An interface and those that its methods lead to, with their methods. */
    static List<String> outline(InterfaceSchema start) {
        SequencedSet<InterfaceSchema> found = new LinkedHashSet<>(List.of(start));
        List<InterfaceSchema> waiting = new ArrayList<>(found);
        List<String> lines = new ArrayList<>();
        while (!waiting.isEmpty()) {
            InterfaceSchema next = waiting.removeFirst();
            lines.add("interface " + name(next) + parents(next));
            for (Method each : next.methods()) {
                lines.add("  " + each.name() + " " + signature(each));
            }
            SequencedSet<InterfaceSchema> reached = new LinkedHashSet<>(next.superclasses());
            SequencedSet<Type> seen = new LinkedHashSet<>();
            for (Method each : next.methods()) {
                reach(each.params(), seen, reached);
                reach(each.results(), seen, reached);
            }
            for (InterfaceSchema each : reached) {
                if (found.add(each)) {
                    waiting.add(each);
                }
            }
        }
        return lines;
    }

    private static void reach(Type type, SequencedSet<Type> seen, SequencedSet<InterfaceSchema> reached) {
        List<Type> waiting = new ArrayList<>(List.of(type));
        while (!waiting.isEmpty()) {
            Type next = waiting.removeFirst();
            if (seen.add(next)) {
                switch (next) {
                    case InterfaceSchema found -> reached.add(found);
                    case StructSchema struct -> struct.fieldsInCodeOrder().forEach(field -> waiting.add(field.type()));
                    case ListSchema list -> waiting.add(list.element());
                    default -> {}
                }
            }
        }
    }

    /** {@code (a :Int64) -> (b :Text)}. */
    static String signature(Method method) {
        return tuple(method.params()) + " -> " + (method.isStreaming() ? "stream" : tuple(method.results()));
    }

    private static String tuple(StructSchema struct) {
        if (struct.node().getScopeId() != 0) {
            return name(struct);
        }
        return struct.fieldsInCodeOrder().stream()
                .map(field -> field.name() + " :" + name(field.type()) + defaultOf(field))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String defaultOf(Field field) {
        return !field.isGroup() && field.proto().getSlot().getHadExplicitDefault()
                ? " = " + TextForm.compact(field.defaultValue())
                : "";
    }

    private static String name(Type type) {
        return switch (type) {
            case Type.Scalar scalar -> scalar.toString();
            case Type.Any any -> any.kind() == Type.Any.Kind.CAPABILITY ? "Capability" : "AnyPointer";
            case ListSchema list -> "List(" + name(list.element()) + ")";
            case StructSchema struct -> qualified(struct);
            case EnumSchema found -> qualified(found);
            case InterfaceSchema found -> qualified(found);
        };
    }

    private static String qualified(Schema schema) {
        String display = schema.displayName();
        return display.substring(display.indexOf(':') + 1);
    }

    private static String parents(InterfaceSchema type) {
        return type.superclasses().isEmpty()
                ? ""
                : type.superclasses().stream()
                        .map(CapnpText::qualified)
                        .collect(Collectors.joining(", ", " extends(", ")"));
    }

    /** All of it, with what is declared within. */
    static String definition(Schema schema) {
        StringBuilder out = new StringBuilder();
        define(schema, "", out);
        return out.toString();
    }

    private static void define(Schema schema, String indent, StringBuilder out) {
        String id = " @0x" + Long.toHexString(schema.id());
        String inner = indent + "  ";
        switch (schema) {
            case StructSchema struct -> {
                out.append(indent)
                        .append("struct ")
                        .append(schema.shortName())
                        .append(id)
                        .append(" {\n");
                fields(struct, inner, out);
                nested(schema, inner, out);
                out.append(indent).append("}\n");
            }
            case InterfaceSchema type -> {
                out.append(indent)
                        .append("interface ")
                        .append(schema.shortName())
                        .append(id)
                        .append(parents(type))
                        .append(" {\n");
                for (Method each : type.methods()) {
                    out.append(inner)
                            .append(each.name())
                            .append(" @")
                            .append(each.ordinal())
                            .append(' ');
                    out.append(signature(each)).append(";\n");
                }
                nested(schema, inner, out);
                out.append(indent).append("}\n");
            }
            case EnumSchema type -> {
                out.append(indent)
                        .append("enum ")
                        .append(schema.shortName())
                        .append(id)
                        .append(" {\n");
                int at = 0;
                for (var each : schema.node().getEnum().getEnumerants()) {
                    out.append(inner)
                            .append(each.getName())
                            .append(" @")
                            .append(at++)
                            .append(";\n");
                }
                out.append(indent).append("}\n");
            }
            case ConstSchema constant ->
                out.append(indent)
                        .append("const ")
                        .append(schema.shortName())
                        .append(id)
                        .append(" = ")
                        .append(TextForm.compact(constant.value()))
                        .append(";\n");
            default ->
                out.append(indent)
                        .append("# ")
                        .append(schema.displayName())
                        .append(id)
                        .append('\n');
        }
    }

    private static void nested(Schema schema, String indent, StringBuilder out) {
        for (Node.NestedNode.Reader each : schema.node().getNestedNodes()) {
            define(schema.nested(each.getName()), indent, out);
        }
    }

    private static void fields(StructSchema struct, String indent, StringBuilder out) {
        boolean inUnion = false;
        boolean named = struct.isGroup() && struct.nonUnionFields().isEmpty();
        for (Field each : struct.fieldsInCodeOrder()) {
            if (each.isInUnion() && !inUnion && !named) {
                out.append(indent).append("union {\n");
                inUnion = true;
            } else if (!each.isInUnion() && inUnion) {
                out.append(indent).append("}\n");
                inUnion = false;
            }
            field(each, inUnion ? indent + "  " : indent, out);
        }
        if (inUnion) {
            out.append(indent).append("}\n");
        }
    }

    private static void field(Field field, String indent, StringBuilder out) {
        out.append(indent).append(field.name());
        if (field.isGroup() && field.type() instanceof StructSchema group) {
            boolean isUnion = group.nonUnionFields().isEmpty();
            out.append(isUnion ? " :union {\n" : " :group {\n");
            fields(group, indent + "  ", out);
            out.append(indent).append("}\n");
            return;
        }
        if (field.proto().getOrdinal().isExplicit()) {
            out.append(" @").append(field.proto().getOrdinal().getExplicit());
        }
        out.append(" :").append(name(field.type())).append(defaultOf(field)).append(";\n");
    }
}

package dev.capstan.gateway.console;

import dev.capstan.cap.Method.Ordinal;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.gateway.console.Description.Interface;
import dev.capstan.gateway.console.Description.Kind;
import dev.capstan.gateway.console.Description.Member;
import dev.capstan.gateway.console.Description.Method;
import dev.capstan.gateway.console.Description.Service;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Describes an object of Cap'n Proto, and what can be reached from it. */
final class OfSchema {
    /** Interfaces of one service that are described; what is beyond can be called by name all the same. */
    private static final int MOST = 200;

    private final Map<InterfaceSchema, Interface> described = new LinkedHashMap<>();
    private final Map<Ordinal, String> names = new HashMap<>();
    private final Set<StructSchema> seen = new LinkedHashSet<>();
    private final List<InterfaceSchema> ahead = new ArrayList<>();

    private final InterfaceSchema main;

    private OfSchema(InterfaceSchema main) {
        this.main = main;
    }

    static OfSchema of(InterfaceSchema type) {
        OfSchema all = new OfSchema(type);
        all.meet(type);
        while (!all.ahead.isEmpty()) {
            InterfaceSchema next = all.ahead.removeFirst();
            all.described.put(next, all.describe(next));
        }
        return all;
    }

    Service service(String name) {
        return new Service(name, "capnp", main.shortName(), List.copyOf(described.values()));
    }

    /** Names of all methods, for people who read of calls. */
    Map<Ordinal, String> names() {
        return Map.copyOf(names);
    }

    private void meet(InterfaceSchema type) {
        if (!described.containsKey(type) && described.size() < MOST) {
            described.put(type, new Interface(type.shortName(), List.of()));
            ahead.add(type);
        }
    }

    private Interface describe(InterfaceSchema type) {
        Map<String, Method> methods = new LinkedHashMap<>();
        for (InterfaceSchema owner : type.lineage()) {
            for (InterfaceSchema.Method method : owner.methods()) {
                names.put(new Ordinal(owner.id(), method.ordinal()), owner.shortName() + "." + method.name());
                methods.putIfAbsent(
                        method.name(),
                        new Method(
                                method.name(),
                                true,
                                method.isStreaming(),
                                members(method.params()),
                                method.isStreaming() ? List.of() : members(method.results())));
            }
        }
        return new Interface(type.shortName(), List.copyOf(methods.values()));
    }

    private List<Member> members(StructSchema struct) {
        List<Member> members = new ArrayList<>();
        for (StructSchema.Field field : struct.fieldsInCodeOrder()) {
            Type type = field.type();
            reach(type);
            List<String> choices = type instanceof EnumSchema options
                    ? options.enumerants().stream()
                            .map(EnumSchema.Enumerant::name)
                            .toList()
                    : List.of();
            members.add(new Member(field.name(), text(type), kind(type), choices));
        }
        return members;
    }

    /** Looks for interfaces inside of a type. */
    private void reach(Type type) {
        switch (type) {
            case InterfaceSchema object -> meet(object);
            case ListSchema list -> reach(list.element());
            case StructSchema struct -> {
                if (seen.add(struct)) {
                    struct.fields().forEach(field -> reach(field.type()));
                }
            }
            case Type.Scalar plain -> {}
            case Type.Any anything -> {}
            case EnumSchema options -> {}
        }
    }

    private static String text(Type type) {
        return switch (type) {
            case Type.Scalar plain -> plain.toString();
            case Type.Any anything -> "AnyPointer";
            case ListSchema list -> "List(" + text(list.element()) + ")";
            case StructSchema struct -> struct.shortName();
            case EnumSchema options -> options.shortName();
            case InterfaceSchema object -> object.shortName();
        };
    }

    private static Kind kind(Type type) {
        return switch (type) {
            case Type.Scalar plain ->
                switch (plain) {
                    case VOID -> Kind.VALUE;
                    case BOOL -> Kind.FLAG;
                    case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT32, FLOAT64 -> Kind.NUMBER;
                    case TEXT -> Kind.TEXT;
                    case DATA -> Kind.BYTES;
                };
            case Type.Any anything -> Kind.VALUE;
            case ListSchema list -> Kind.VALUE;
            case StructSchema struct -> Kind.VALUE;
            case EnumSchema options -> Kind.CHOICE;
            case InterfaceSchema object -> Kind.OBJECT;
        };
    }
}

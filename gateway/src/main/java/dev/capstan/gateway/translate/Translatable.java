package dev.capstan.gateway.translate;

import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether everything that can be reached from an interface has a name of its own in Cap'n Web. Looked at before the first call, so that nothing is found out in the middle of one. */
final class Translatable {
    private final Set<Type> seen = new HashSet<>();
    private final ArrayDeque<Type> open = new ArrayDeque<>();

    private Translatable() {}

    /** @throws IllegalArgumentException if there is something that has not; it names the first */
    static void check(InterfaceSchema root) {
        Translatable all = new Translatable();
        all.see(root);
        while (!all.open.isEmpty()) {
            switch (all.open.remove()) {
                case InterfaceSchema schema -> all.methods(schema);
                case StructSchema struct -> all.fields(struct);
                case ListSchema list -> all.see(list.element());
                case EnumSchema schema -> {}
                case Type.Any any -> {}
                case Type.Scalar scalar -> {}
            }
        }
    }

    private void see(Type type) {
        if (seen.add(type)) {
            open.add(type);
        }
    }

    private void methods(InterfaceSchema schema) {
        Map<String, InterfaceSchema> owners = new HashMap<>();
        for (InterfaceSchema owner : schema.lineage()) {
            for (InterfaceSchema.Method method : owner.methods()) {
                String name = method.name();
                if (JavaScript.TAKEN.contains(name)) {
                    throw new IllegalArgumentException(
                            "Method '" + name + "' of " + owner.displayName()
                                    + " cannot be called over Cap'n Web: JavaScript clients keep that name for themselves. Rename it; its number stays.");
                }
                InterfaceSchema other = owners.putIfAbsent(name, owner);
                if (other != null) {
                    throw new IllegalArgumentException("'" + name + "' is a method of " + other.displayName()
                            + " and of " + owner.displayName() + ", and a " + schema.shortName()
                            + " has both: Cap'n Web could not tell them apart. Rename one; its number stays.");
                }
                see(method.params());
                see(method.results());
            }
        }
    }

    private void fields(StructSchema struct) {
        for (StructSchema.Field field : struct.fields()) {
            if (JavaScript.DROPPED.contains(field.name())) {
                throw new IllegalArgumentException(
                        "Field '" + field.name() + "' of " + struct.displayName()
                                + " cannot cross to Cap'n Web: receivers drop members of that name. Rename it; its place stays.");
            }
            see(field.type());
        }
    }
}

package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Type;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks for capabilities in a struct and all that it may lead to. */
final class CapabilitySearch {
    private final Set<Long> seen = new HashSet<>();
    private final ArrayDeque<Entry> open = new ArrayDeque<>();

    private CapabilitySearch() {}

    static boolean mayContain(Entry struct) {
        CapabilitySearch search = new CapabilitySearch();
        search.seen.add(struct.id);
        search.open.add(struct);
        return search.run();
    }

    private boolean run() {
        for (Entry struct = open.poll(); struct != null; struct = open.poll()) {
            if (struct.state() != Entry.State.LOADED || !(struct.body() instanceof StructBody body)) {
                return true;
            }
            for (FieldLayout field : body.fields) {
                if (found(struct, field.proto())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean found(Entry struct, Field.Reader field) {
        if (field.isGroup()) {
            return !visit(struct.loader.entry(field.getGroup().getTypeId()));
        }
        Type.Reader type = field.getSlot().getType();
        while (type.isList()) {
            type = type.getList().getElementType();
        }
        return switch (type.which()) {
            case INTERFACE, ANY_POINTER -> true;
            case STRUCT -> !visit(struct.loader.entry(type.getStruct().getTypeId()));
            default -> false;
        };
    }

    private boolean visit(@Nullable Entry struct) {
        if (struct == null) {
            return false;
        }
        if (seen.add(struct.id)) {
            open.add(struct);
        }
        return true;
    }
}

package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnpc.SchemaException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fields of a struct: as a tree of groups, and those with a place of their own by their ordinals, which are unique in the whole tree. */
final class Layout {
    /** Deepest nesting of groups; the compiler refuses schemas long before. */
    private static final int DEEPEST = 512;

    /** The struct itself, or a group or named union in it; {@code field} is what stands for it in the group around it. */
    static final class Group {
        private final Node.Reader node;
        private final @Nullable Group parent;
        private final Field.@Nullable Reader field;
        private final int index;
        private final List<Slot> slots = new ArrayList<>();
        private final List<Group> groups = new ArrayList<>();

        private Group(Node.Reader node, @Nullable Group parent, Field.@Nullable Reader field, int index) {
            this.node = node;
            this.parent = parent;
            this.field = field;
            this.index = index;
        }

        Node.Reader node() {
            return node;
        }

        @Nullable
        Group parent() {
            return parent;
        }

        Field.@Nullable Reader field() {
            return field;
        }

        /** Where the group around it lists it. */
        int index() {
            return index;
        }

        List<Slot> slots() {
            return slots;
        }

        List<Group> groups() {
            return groups;
        }

        boolean hasUnion() {
            return node.getStruct().getDiscriminantCount() > 0;
        }

        int discriminant() {
            return field == null ? Field.NO_DISCRIMINANT : field.getDiscriminantValue();
        }

        /** The ordinals in it, those of groups in it included. */
        List<Integer> ordinals() {
            List<Integer> ordinals = new ArrayList<>();
            slots.forEach(slot -> ordinals.add(slot.ordinal));
            groups.forEach(group -> ordinals.addAll(group.ordinals()));
            return ordinals;
        }

        /** From the struct on, with dots; empty for the struct. */
        String path() {
            if (parent == null || field == null) {
                return "";
            }
            return parent.path().isEmpty() ? field.getName() : parent.path() + "." + field.getName();
        }
    }

    /** A field with a place of its own; it is listed at {@code index} of the node of its group. */
    record Slot(Group in, Field.Reader field, int ordinal, int index) {
        String path() {
            return in.path().isEmpty() ? field.getName() : in.path() + "." + field.getName();
        }
    }

    private final Schemas schemas;
    private final Group root;
    private final SortedMap<Integer, Slot> byOrdinal = new TreeMap<>();

    Layout(Schemas schemas, Node.Reader struct) {
        this.schemas = schemas;
        this.root = group(struct, null, null, 0, 0);
    }

    private Group group(Node.Reader node, @Nullable Group parent, Field.@Nullable Reader field, int index, int depth) {
        if (!node.isStruct() || depth > DEEPEST) {
            throw new SchemaException(
                    Schemas.name(node)
                            + " is no group, or has groups that nest without end. Pass the request on as the capnp compiler wrote it.");
        }
        Group group = new Group(node, parent, field, index);
        var fields = node.getStruct().getFields();
        for (int i = 0; i < fields.size(); i++) {
            Field.Reader member = fields.get(i);
            if (member.isGroup()) {
                group.groups.add(group(schemas.get(member.getGroup().getTypeId()), group, member, i, depth + 1));
            } else {
                // Parameters have no ordinals of their own: their order is what counts.
                int ordinal =
                        member.getOrdinal().isExplicit() ? member.getOrdinal().getExplicit() : i;
                Slot slot = new Slot(group, member, ordinal, i);
                group.slots.add(slot);
                byOrdinal.put(ordinal, slot);
            }
        }
        return group;
    }

    Group root() {
        return root;
    }

    SortedMap<Integer, Slot> byOrdinal() {
        return byOrdinal;
    }
}

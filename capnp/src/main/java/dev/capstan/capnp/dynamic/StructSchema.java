package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.StructType;
import dev.capstan.capnp.schema.Field.Reader;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a struct or a group.
 *
 * <p>{@link #structType()} is what makes readers and builders of it: {@code message.initRoot(schema.structType())}.
 */
public final class StructSchema extends Schema implements Type {
    /** The id of {@code StreamResult}, which is what methods that stream return. */
    static final long STREAM_RESULT = 0x995f9a3377c0b16eL;

    private volatile @Nullable Members members;
    private volatile @Nullable DynamicType type;

    StructSchema(Entry entry, Brand brand) {
        super(entry, brand);
    }

    /** All fields, by ordinal: the order in which JSON and text list them is {@link #fieldsInCodeOrder}. */
    public List<Field> fields() {
        return members().all;
    }

    /** All fields in the order of the schema's text. */
    public List<Field> fieldsInCodeOrder() {
        return members().inCodeOrder;
    }

    /** The members of the unnamed union, in the order of their discriminants. */
    public List<Field> unionFields() {
        return members().union;
    }

    /** The fields outside of the unnamed union, by ordinal. */
    public List<Field> nonUnionFields() {
        return members().nonUnion;
    }

    /** The field with this name, or null. Members of named unions and groups are fields of those. */
    public @Nullable Field findField(String name) {
        Members current = members();
        Integer index = current.body.names.get(name);
        return index == null ? null : current.all.get(index);
    }

    /** The field with this name. Throws {@link IllegalArgumentException} if there is none. */
    public Field field(String name) {
        Field found = findField(name);
        if (found == null) {
            throw new IllegalArgumentException(this + " has no field '" + name + "'; it has " + fields() + ".");
        }
        return found;
    }

    /** The member of the unnamed union with this discriminant, or null. */
    public @Nullable Field fieldByDiscriminant(int discriminant) {
        List<Field> union = members().union;
        return discriminant >= 0 && discriminant < union.size() ? union.get(discriminant) : null;
    }

    /** Whether this is a group: part of the struct around it, which its members lie in. */
    public boolean isGroup() {
        return members().body.isGroup;
    }

    /** Whether this is what methods declared {@code -> stream} return. */
    public boolean isStreamResult() {
        return id() == STREAM_RESULT;
    }

    /** Whether a value may hold capabilities, as far as is known: types that were not loaded may. */
    public boolean mayContainCapabilities() {
        return CapabilitySearch.mayContain(entry);
    }

    /**
     * Makes dynamic readers and builders, wherever a generated {@code Foo.TYPE} can stand. Its size is that of the schema at this moment: ask
     * again after newer schemas were loaded.
     */
    public StructType<DynamicStruct.Builder, DynamicStruct.Reader> structType() {
        DynamicType known = type;
        int dataWords = entry.dataWords();
        int pointers = entry.pointerCount();
        if (known == null || known.dataWords() != dataWords || known.pointerCount() != pointers) {
            known = new DynamicType(this, dataWords, pointers);
            type = known;
        }
        return known;
    }

    @Override
    public boolean isPointer() {
        return true;
    }

    /** Where the discriminant lies, in units of 16 bits; -1 if there is no union. */
    int discriminantOffset() {
        StructBody body = members().body;
        return body.discriminantCount == 0 ? -1 : body.discriminantOffset;
    }

    private Members members() {
        Members known = members;
        Body body = entry.body();
        if (known == null || known.body != body) {
            known = new Members(this, (StructBody) body);
            members = known;
        }
        return known;
    }

    /** The fields of one version of the struct. */
    private static final class Members {
        final StructBody body;
        final List<Field> all;
        final List<Field> inCodeOrder;
        final List<Field> union;
        final List<Field> nonUnion;

        Members(StructSchema schema, StructBody body) {
            this.body = body;
            Field[] fields = new Field[body.fields.size()];
            Field[] byCode = new Field[fields.length];
            Field[] members = new Field[body.discriminantCount];
            for (int i = 0; i < fields.length; i++) {
                FieldLayout layout = body.fields.get(i);
                Field field = new Field(schema, layout);
                fields[i] = field;
                byCode[layout.proto().getCodeOrder()] = field;
                if (layout.isInUnion()) {
                    members[layout.discriminant()] = field;
                }
            }
            all = List.of(fields);
            inCodeOrder = List.of(byCode);
            union = List.of(members);
            nonUnion = Arrays.stream(fields)
                    .filter(f -> !f.layout.isInUnion())
                    .sorted(Comparator.comparingInt(Field::index))
                    .toList();
        }
    }

    /** A field of a struct. Immutable; belongs to the version of the struct that was loaded when it was asked for. */
    public static final class Field {
        final FieldLayout layout;
        private final StructSchema struct;
        private volatile @Nullable Type type;

        Field(StructSchema struct, FieldLayout layout) {
            this.struct = struct;
            this.layout = layout;
        }

        /** The struct that this is a field of. */
        public StructSchema struct() {
            return struct;
        }

        /** The declaration. */
        public Reader proto() {
            return layout.proto();
        }

        /** The name in the schema. */
        public String name() {
            return layout.name();
        }

        /** Its place in {@link StructSchema#fields}. */
        public int index() {
            return layout.index();
        }

        /** Whether it is a member of the unnamed union. */
        public boolean isInUnion() {
            return layout.isInUnion();
        }

        /** Its number in the union, or -1. */
        public int discriminant() {
            return layout.isInUnion() ? layout.discriminant() : -1;
        }

        /** Whether it is a group (or a named union, which is one): its type is then a struct that lies within this one. */
        public boolean isGroup() {
            return layout.isGroup();
        }

        /** The type; type parameters are bound if {@link #struct()} says to what. */
        public Type type() {
            Type known = type;
            if (known == null) {
                known = layout.isGroup()
                        ? (StructSchema) struct.entry
                                .loader
                                .dependency(layout.groupId(), dev.capstan.capnp.schema.Node.Which.STRUCT)
                                .schema(struct.brand)
                        : struct.resolve(layout.proto().getSlot().getType());
                type = known;
            }
            return known;
        }

        /** What the field reads as when it is not there. A group has no default of its own: that is an error to ask for. */
        public DynamicValue defaultValue() {
            if (layout.isGroup()) {
                throw new IllegalArgumentException(this + " is a group; its fields have defaults.");
            }
            // A bound type parameter's default is that of any pointer, which is null.
            return Values.of(type(), layout.proto().getSlot().getDefaultValue());
        }

        /** The value of the annotation with this id, or null; see {@link Schema#annotation}. */
        public @Nullable DynamicValue annotation(long id) {
            return Annotations.find(layout.proto().getAnnotations(), id, struct.resolver());
        }

        /** The name. */
        @Override
        public String toString() {
            return layout.name();
        }
    }
}

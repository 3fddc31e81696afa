package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether structs of Cap'n Proto and messages of protobuf are the same by the names and the types of their fields, looked at before the first call: what one side could say and the other not is
 * refused, so that nothing gets lost on the way. What the enums call one another is kept.
 */
final class Matching implements Dialect {
    /** The member of a union that stands for an optional field, for its value. */
    static final String VALUE = "value";

    private record Pair(StructSchema struct, Descriptor message) {}

    private final Set<Pair> seen = new HashSet<>();
    private final Map<EnumDescriptor, EnumSchema> enums = new HashMap<>();
    private final Map<EnumValueDescriptor, String> names = new HashMap<>();
    private final Map<EnumDescriptor, Map<String, EnumValueDescriptor>> values = new HashMap<>();

    @Override
    public boolean isJavaScript() {
        return false;
    }

    @Override
    public @Nullable String name(EnumValueDescriptor value) {
        return names.get(value);
    }

    @Override
    public @Nullable EnumValueDescriptor find(EnumDescriptor type, String name) {
        return values.getOrDefault(type, Map.of()).get(name);
    }

    // ---- structs and messages

    /**
     * Checks that a struct and a message match, and all that can be reached from them.
     *
     * @throws IllegalArgumentException if they do not; it says where, and what to do
     */
    void check(StructSchema struct, Descriptor message) {
        check(struct, struct.fields(), message);
    }

    /** As {@link #check}, of some fields of a struct. */
    void check(StructSchema struct, List<Field> fields, Descriptor message) {
        if (!seen.add(new Pair(struct, message))) {
            return;
        }
        Map<String, Field> known = new HashMap<>();
        fields.forEach(field -> known.put(field.name(), field));
        for (FieldDescriptor field : message.getFields()) {
            Field twin = known.remove(field.getJsonName());
            if (twin == null) {
                throw new IllegalArgumentException(field.getFullName() + " has no counterpart: "
                        + struct.displayName() + " has no field '" + field.getJsonName()
                        + "'. Add one, or take the other away.");
            }
            check(twin, field);
        }
        unions(struct, message);
        for (Field field : known.values()) {
            if (!standsForNothing(field)) {
                throw new IllegalArgumentException("Field '" + field.name() + "' of " + struct.displayName()
                        + " has no counterpart: " + message.getFullName()
                        + " has no field of that name in JSON. Add one, or take the other away.");
            }
        }
    }

    /** The first member of a union: what it is when the message has none of the others. */
    private static boolean standsForNothing(Field field) {
        return field.isInUnion() && field.discriminant() == 0 && !field.isGroup() && field.type() == Type.Scalar.VOID;
    }

    private static void unions(StructSchema struct, Descriptor message) {
        List<OneofDescriptor> oneofs = message.getRealOneofs();
        if (oneofs.size() > 1) {
            throw new IllegalArgumentException(
                    message.getFullName()
                            + " has several oneofs, and a struct of Cap'n Proto has one unnamed union at most: put each into a message of its own.");
        }
        if (!oneofs.isEmpty() && struct.unionFields().stream().noneMatch(Matching::standsForNothing)) {
            throw new IllegalArgumentException("The first member of the union of " + struct.displayName()
                    + " must be one of type Void, for when nothing of '"
                    + oneofs.getFirst().getFullName()
                    + "' is set: none @N :Void.");
        }
    }

    private void check(Field twin, FieldDescriptor field) {
        if (twin.isGroup() && isOptional(field)) {
            checkOptional(twin, field);
            return;
        }
        if (twin.isGroup()) {
            throw different(twin, field, "a group, and messages have none: declare a struct");
        }
        boolean inOneof = field.getRealContainingOneof() != null;
        if (inOneof != twin.isInUnion()) {
            throw different(twin, field, inOneof ? "not in a union" : "in a union");
        }
        if (isOptional(field)) {
            throw different(
                    twin,
                    field,
                    "always there, and the other is optional: declare a union, " + twin.name()
                            + " :union { none @N :Void; value @M :...; }, or take 'optional' away");
        }
        if (twin.type() instanceof StructSchema && twin.proto().getSlot().getHadExplicitDefault()) {
            throw different(twin, field, "never left out, since it has a default: take that away");
        }
        if (!field.isRepeated()) {
            check(twin, twin.type(), field);
        } else if (twin.type() instanceof ListSchema list) {
            check(twin, list.element(), field);
        } else {
            throw different(twin, field, "a " + twin.type() + " and no list");
        }
    }

    /** Whether a number, text or the like may be left out, which is not the same as its default. */
    static boolean isOptional(FieldDescriptor field) {
        return field.hasPresence()
                && field.getRealContainingOneof() == null
                && !field.isRequired()
                && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                && !field.getContainingType().getOptions().getMapEntry();
    }

    private void checkOptional(Field twin, FieldDescriptor field) {
        List<Field> members = ((StructSchema) twin.type()).fields();
        Field value = ((StructSchema) twin.type()).findField(VALUE);
        if (twin.isInUnion()
                || members.size() != 2
                || members.stream().noneMatch(Matching::standsForNothing)
                || value == null
                || value.isGroup()
                || !value.isInUnion()) {
            throw different(
                    twin,
                    field,
                    "no union of nothing and a value, which is what stands for an optional field: " + twin.name()
                            + " :union { none @N :Void; value @M :...; }");
        }
        check(value, value.type(), field);
    }

    private void check(Field twin, Type type, FieldDescriptor field) {
        switch (field.getJavaType()) {
            case MESSAGE -> {
                if (!(type instanceof StructSchema struct)) {
                    throw different(twin, field, type + " and no struct");
                }
                check(struct, field.getMessageType());
            }
            case ENUM -> {
                if (!(type instanceof EnumSchema schema)) {
                    throw different(twin, field, type + " and no enum");
                }
                check(schema, field.getEnumType());
            }
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING -> {
                Type.Scalar same = scalar(field);
                if (type != same) {
                    throw different(twin, field, type + " and not " + same);
                }
            }
        }
    }

    private static Type.Scalar scalar(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> Type.Scalar.FLOAT64;
            case FLOAT -> Type.Scalar.FLOAT32;
            case INT32, SINT32, SFIXED32 -> Type.Scalar.INT32;
            case UINT32, FIXED32 -> Type.Scalar.UINT32;
            case INT64, SINT64, SFIXED64 -> Type.Scalar.INT64;
            case UINT64, FIXED64 -> Type.Scalar.UINT64;
            case BOOL -> Type.Scalar.BOOL;
            case STRING -> Type.Scalar.TEXT;
            case BYTES -> Type.Scalar.DATA;
            case ENUM, MESSAGE, GROUP -> throw new IllegalArgumentException(field.getFullName() + " is no scalar");
        };
    }

    private static IllegalArgumentException different(Field twin, FieldDescriptor field, String what) {
        return new IllegalArgumentException("Field '" + twin.name() + "' of "
                + twin.struct().displayName() + " does not match " + field.getFullName() + " ("
                + field.getType().name().toLowerCase(Locale.ROOT) + "): it is " + what + ".");
    }

    // ---- enums

    private void check(EnumSchema schema, EnumDescriptor type) {
        EnumSchema before = enums.putIfAbsent(type, schema);
        if (before != null) {
            if (!before.equals(schema)) {
                throw new IllegalArgumentException(type.getFullName() + " stands for " + before.displayName()
                        + " and for " + schema.displayName() + ": use one of them.");
            }
            return;
        }
        Map<String, EnumValueDescriptor> found = new HashMap<>();
        for (EnumValueDescriptor value : type.getValues()) {
            String name = schema.enumerants().stream()
                    .map(EnumSchema.Enumerant::name)
                    .filter(each -> isSame(each, value))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException(
                                    value.getFullName() + " has no counterpart in "
                                            + schema.displayName() + ", which has " + schema.enumerants()
                                            + ". Names are the same but for capitals, underscores and the name of the enum before them."));
            names.put(value, name);
            found.putIfAbsent(name, value);
        }
        values.put(type, found);
        for (EnumSchema.Enumerant each : schema.enumerants()) {
            if (!found.containsKey(each.name())) {
                throw new IllegalArgumentException("'" + each.name() + "' of " + schema.displayName()
                        + " has no counterpart in " + type.getFullName() + ".");
            }
        }
    }

    private static boolean isSame(String enumerant, EnumValueDescriptor value) {
        String ours = plain(enumerant);
        String theirs = plain(value.getName());
        return theirs.equals(ours) || theirs.equals(plain(value.getType().getName()) + ours);
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}

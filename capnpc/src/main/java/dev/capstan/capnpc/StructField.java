package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A field of a struct as its accessors need it.
 *
 * @param name what comes behind {@code get}, {@code set} and so on
 * @param rawSuffix what comes behind the name in the accessors of an enum's number
 * @param utf8Suffix what comes behind the name in the accessors of a text's bytes
 * @param member the constant of {@code Which} if the field is a member of the struct's union
 * @param discriminant the union's tag for this field, or -1
 * @param group the declaration if the field is a group
 * @param type the type of any other field
 * @param offset where it is, in units of its own size
 * @param defaultValue the value it has unless set; null if that is zero, empty or null
 * @param comment its paragraphs
 */
record StructField(
        String name,
        String rawSuffix,
        String utf8Suffix,
        String member,
        int discriminant,
        @Nullable Declaration group,
        JavaType type,
        int offset,
        Value.@Nullable Reader defaultValue,
        List<String> comment) {

    /** Not 0xffff: the number that stands for no member in a schema. */
    private static final int NO_DISCRIMINANT = 0xffff;

    /** A struct has at most 65,535 words of data. */
    private static final int LAST_BIT = 65_535 * 64 - 1;

    boolean isMember() {
        return discriminant >= 0;
    }

    /** The fields of a struct or group in the order in which its source has them. */
    static List<StructField> of(Declaration struct, Declarations declarations, Nodes nodes) {
        TypeResolver resolver = new TypeResolver(declarations, struct);
        List<Field.Reader> schema = struct.node.getStruct().getFields();
        Set<String> names = new HashSet<>();
        Set<String> members = new HashSet<>(Set.of("UNRECOGNIZED"));
        for (Field.Reader field : schema) {
            if (!names.add(Names.capitalized(name(field)))) {
                throw new SchemaException(struct.displayName() + " has two fields that are called \"" + name(field)
                        + "\" in Java. Give one of them another $Java.name.");
            }
        }
        List<StructField> fields = new ArrayList<>();
        for (int i : sourceOrder(schema)) {
            fields.add(of(
                    schema.get(i),
                    names,
                    members,
                    resolver,
                    declarations,
                    Comments.paragraphs(nodes.comment(struct.node, i))));
        }
        return fields;
    }

    private static String name(Field.Reader field) {
        return Nodes.name(field.getName(), field.getAnnotations());
    }

    private static List<Integer> sourceOrder(List<Field.Reader> schema) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> schema.get(i).getCodeOrder()));
        return order;
    }

    private static StructField of(
            Field.Reader field,
            Set<String> names,
            Set<String> members,
            TypeResolver resolver,
            Declarations declarations,
            List<String> comment) {
        String name = Names.capitalized(name(field));
        // Object.getClass is final.
        String safeName = name.equals("Class") ? "Class_" : name;
        String rawSuffix = names.contains(name + "Raw") ? "Raw_" : "Raw";
        String utf8Suffix = names.contains(name + "Utf8") ? "Utf8_" : "Utf8";
        int discriminant = field.getDiscriminantValue() == NO_DISCRIMINANT ? -1 : field.getDiscriminantValue();
        String member = discriminant < 0 ? "" : Names.unique(Names.constant(name(field)), members);
        if (field.isGroup()) {
            Declaration group = declarations.getStruct(field.getGroup().getTypeId());
            return new StructField(
                    safeName,
                    rawSuffix,
                    utf8Suffix,
                    member,
                    discriminant,
                    group,
                    JavaType.Scalar.VOID,
                    0,
                    null,
                    comment);
        }
        if (!field.isSlot()) {
            throw new SchemaException("The request holds a kind of field that this generator does not know ("
                    + field.whichRaw() + "). Use a newer capnpc-java.");
        }
        Field.Slot.Reader slot = field.getSlot();
        if (slot.getOffset() > LAST_BIT) {
            throw new SchemaException(
                    "The request places the field " + field.getName() + " beyond the end of any struct.");
        }
        JavaType type = resolver.resolve(slot.getType());
        Value.Reader value = null;
        if (slot.getHadExplicitDefault() && !isEmpty(slot.getDefaultValue())) {
            value = type.checked(slot.getDefaultValue());
        }
        return new StructField(
                safeName,
                rawSuffix,
                utf8Suffix,
                member,
                discriminant,
                null,
                type,
                (int) slot.getOffset(),
                value,
                comment);
    }

    /** Whether a value behind a pointer is a null pointer, which is what a field without a default has. */
    private static boolean isEmpty(Value.Reader value) {
        return switch (value.which()) {
            case TEXT -> !value.hasText();
            case DATA -> !value.hasData();
            case LIST -> !value.hasList();
            case STRUCT -> !value.hasStruct();
            case ANY_POINTER -> !value.hasAnyPointer();
            case INTERFACE, VOID -> true;
            default -> false;
        };
    }

    /** Whether there is anything inside that calls can be pipelined on. */
    boolean isPipelinable(Declarations declarations, Nodes nodes) {
        if (isMember()) {
            // Which member is set is not known before the struct is there.
            return false;
        }
        if (group != null) {
            return StructField.of(group, declarations, nodes).stream()
                    .anyMatch(f -> f.isPipelinable(declarations, nodes));
        }
        return switch (type) {
            case JavaType.Struct s -> true;
            case JavaType.Interface i -> true;
            case JavaType.Variable v -> true;
            case JavaType.Pointer p -> p == JavaType.Pointer.ANY || p == JavaType.Pointer.CAPABILITY;
            default -> false;
        };
    }
}

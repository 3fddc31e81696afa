package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Brand;
import dev.capstan.capnp.schema.Enumerant;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Superclass;
import dev.capstan.capnp.schema.Type;
import dev.capstan.capnp.schema.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies a node and checks all that later reading relies on: that every text and list in it can be read, that members have a place within
 * their struct and do not clash, that values fit their types, that references are to nodes of the right kind. What stands behind default
 * values of struct, list and pointer type is data like any other and is checked when it is read.
 *
 * <p>The rules are those of the C++ loader, except that it lets types and kinds pass that it does not know: their size is unknown, so a field
 * of such a type could be neither read nor left alone.
 */
final class Validator {
    /** What is known about other nodes. */
    interface Known {
        /** The kind of the node with this id, or null if there is none yet. */
        Node.@Nullable Which kind(long id);
    }

    private static final int MEMBERS_WITHOUT_CONTENT = 1 << 10;

    private final Limits limits;
    private final Known known;
    private final Map<Long, Node.Which> dependencies = new LinkedHashMap<>();
    /**
     * Elements of lists that may still be looked at. Almost every member takes up space, so a node has fewer than words; what has no space costs
     * its sender nothing, and must not cost us much either.
     */
    private long membersLeft = MEMBERS_WITHOUT_CONTENT;

    private long ownId;
    private Node.@Nullable Which ownKind;
    private final Map<String, Integer> names = new HashMap<>();
    private final Set<Long> groups = new HashSet<>();

    Validator(Limits limits, Known known) {
        this.limits = limits;
        this.known = known;
    }

    /** The body of a node, or a {@link SchemaException} that says what is wrong with it. Changes nothing. */
    Body validate(Node.Reader original) {
        Node.Reader node = null;
        try {
            node = copy(original);
            return body(node);
        } catch (SchemaException e) {
            throw e.in(place(original, node));
        } catch (MessageException e) {
            throw new SchemaException(place(original, node) + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Made only when it is needed: of a list of bytes each is a node, so that a node must not cost much. */
    private static String place(Node.Reader original, Node.@Nullable Reader copy) {
        String place = "Schema node " + SchemaException.id(original.getId());
        if (copy == null) {
            return place;
        }
        try {
            return place + " (" + copy.getDisplayName() + ")";
        } catch (MessageException e) {
            return place + " (its name cannot be read either: " + e.getMessage() + ")";
        }
    }

    private Node.Reader copy(Node.Reader original) {
        long words = original.totalSizeWords();
        if (words > limits.nodeWords()) {
            throw new SchemaException(
                    "it has " + words + " words, more than the " + limits.nodeWords() + " of Limits.nodeWords");
        }
        membersLeft += words;
        MessageBuilder message = new MessageBuilder((int) words + 1);
        message.setRoot(original);
        if (message.capTable().size() > 0) {
            message.capTable().close();
            throw new SchemaException("it contains capabilities, which no schema does");
        }
        return message.asReader().as(Node.TYPE);
    }

    private Body body(Node.Reader node) {
        ownId = node.getId();
        ownKind = node.which();
        // Read once, so that nobody finds out later that it cannot be.
        node.getDisplayName();
        members(node.getParameters(), "type parameters").forEach(Node.Parameter.Reader::getName);
        members(node.getNestedNodes(), "nested nodes").forEach(Node.NestedNode.Reader::getName);
        annotations(node.getAnnotations());
        require(
                node.getParameters().isEmpty() || node.getIsGeneric(),
                "it has type parameters, so isGeneric must be set");
        switch (node.which()) {
            case FILE -> {}
            case STRUCT -> {
                return struct(node);
            }
            case ENUM -> enumeration(node.getEnum());
            case INTERFACE -> interfaceNode(node.getInterface());
            case CONST -> {
                type(node.getConst().getType(), 0);
                value(node.getConst().getType(), node.getConst().getValue());
            }
            case ANNOTATION -> type(node.getAnnotation().getType(), 0);
            case UNRECOGNIZED ->
                throw new SchemaException("its kind is unknown here (number " + node.whichRaw()
                        + "); it was made for a newer version of Cap'n Proto");
        }
        return new Body(node, Map.copyOf(names), dependencies);
    }

    private StructBody struct(Node.Reader node) {
        Node.Struct.Reader struct = node.getStruct();
        List<Field.Reader> fields = members(struct.getFields(), "fields");
        int words = struct.getDataWordCount() + struct.getPointerCount();
        require(
                words <= limits.structWords(),
                "a struct has " + words + " words, more than the " + limits.structWords() + " of Limits.structWords");
        int unionSize = struct.getDiscriminantCount();
        if (unionSize > 0) {
            require(unionSize != 1, "a union must have at least two members");
            require(unionSize <= fields.size(), "the union has more members than the struct has fields");
            require(
                    (struct.getDiscriminantOffset() + 1) * 16 <= 64L * struct.getDataWordCount(),
                    "the discriminant of the union lies outside of the struct");
        }
        boolean[] codeOrder = new boolean[fields.size()];
        boolean[] discriminants = new boolean[unionSize];
        List<FieldLayout> layouts = new ArrayList<>(fields.size());
        int inUnion = 0;
        int nextOrdinal = 0;
        for (int i = 0; i < fields.size(); i++) {
            Field.Reader field = fields.get(i);
            try {
                name(field.getName(), i);
                claim(codeOrder, field.getCodeOrder(), "codeOrder");
                if (field.getOrdinal().isExplicit()) {
                    int ordinal = field.getOrdinal().getExplicit();
                    require(ordinal >= nextOrdinal, "fields must be ordered by ordinal");
                    nextOrdinal = ordinal + 1;
                }
                if (field.getDiscriminantValue() != FieldLayout.NO_UNION) {
                    claim(discriminants, field.getDiscriminantValue(), "discriminantValue");
                    inUnion++;
                }
                annotations(field.getAnnotations());
                layouts.add(layout(struct, field, i));
            } catch (SchemaException e) {
                throw e.in("field " + i + " '" + field.getName() + "'");
            }
        }
        require(inUnion == unionSize, "discriminantCount is " + unionSize + ", but " + inUnion + " fields are members");
        if (struct.getIsGroup()) {
            require(node.getScopeId() != 0, "a group must lie in a struct, but its scopeId is 0");
            reference(node.getScopeId(), Node.Which.STRUCT);
        }
        return new StructBody(node, Map.copyOf(names), dependencies, List.copyOf(layouts));
    }

    private FieldLayout layout(Node.Struct.Reader struct, Field.Reader field, int index) {
        int discriminant = field.getDiscriminantValue();
        return switch (field.which()) {
            case SLOT -> {
                Field.Slot.Reader slot = field.getSlot();
                type(slot.getType(), 0);
                value(slot.getType(), slot.getDefaultValue());
                int bits = bits(slot.getType());
                long needed = slot.getOffset() + 1;
                require(
                        bits == POINTER
                                ? needed <= struct.getPointerCount()
                                : bits * needed <= 64L * struct.getDataWordCount(),
                        "offset " + slot.getOffset() + " lies outside of the struct, which has "
                                + struct.getDataWordCount() + " words of data and " + struct.getPointerCount()
                                + " pointers");
                AnyPointer.Reader pointer = bits == POINTER ? RawStruct.pointer(slot.getDefaultValue()) : null;
                yield new FieldLayout(
                        field,
                        index,
                        field.getName(),
                        discriminant,
                        false,
                        0,
                        // Fields without size may say anything: nothing is ever there.
                        bits == 0 ? 0 : (int) slot.getOffset(),
                        bits(slot.getDefaultValue()),
                        pointer == null || pointer.isNull() ? null : pointer);
            }
            case GROUP -> {
                long groupId = field.getGroup().getTypeId();
                reference(groupId, Node.Which.STRUCT);
                require(groups.add(groupId), "the group belongs to another field already");
                yield new FieldLayout(field, index, field.getName(), discriminant, true, groupId, 0, 0, null);
            }
            case UNRECOGNIZED ->
                throw new SchemaException("it is neither slot nor group, but number " + field.whichRaw());
        };
    }

    private void enumeration(Node.Enum.Reader node) {
        List<Enumerant.Reader> enumerants = members(node.getEnumerants(), "enumerants");
        boolean[] codeOrder = new boolean[enumerants.size()];
        for (int i = 0; i < enumerants.size(); i++) {
            Enumerant.Reader enumerant = enumerants.get(i);
            try {
                name(enumerant.getName(), i);
                claim(codeOrder, enumerant.getCodeOrder(), "codeOrder");
                annotations(enumerant.getAnnotations());
            } catch (SchemaException e) {
                throw e.in("enumerant " + i + " '" + enumerant.getName() + "'");
            }
        }
    }

    private void interfaceNode(Node.Interface.Reader node) {
        for (Superclass.Reader superclass : members(node.getSuperclasses(), "superclasses")) {
            reference(superclass.getId(), Node.Which.INTERFACE);
            brand(superclass.getBrand(), 0);
        }
        List<Method.Reader> methods = members(node.getMethods(), "methods");
        boolean[] codeOrder = new boolean[methods.size()];
        for (int i = 0; i < methods.size(); i++) {
            Method.Reader method = methods.get(i);
            try {
                name(method.getName(), i);
                claim(codeOrder, method.getCodeOrder(), "codeOrder");
                members(method.getImplicitParameters(), "type parameters").forEach(Node.Parameter.Reader::getName);
                reference(method.getParamStructType(), Node.Which.STRUCT);
                brand(method.getParamBrand(), 0);
                reference(method.getResultStructType(), Node.Which.STRUCT);
                brand(method.getResultBrand(), 0);
                annotations(method.getAnnotations());
            } catch (SchemaException e) {
                throw e.in("method " + i + " '" + method.getName() + "'");
            }
        }
    }

    private void annotations(CapnpList<Annotation.Reader> annotations) {
        for (Annotation.Reader annotation : members(annotations, "annotations")) {
            brand(annotation.getBrand(), 0);
            readable(annotation.getValue());
        }
    }

    /** For a type or brand that lies in no node: what it costs is bounded by the message that it comes from. */
    Validator alone() {
        membersLeft = Long.MAX_VALUE;
        return this;
    }

    void type(Type.Reader type, int depth) {
        require(
                depth <= limits.typeNesting(),
                "a type nests more than " + limits.typeNesting() + " levels deep (Limits.typeNesting)");
        switch (type.which()) {
            case LIST -> type(type.getList().getElementType(), depth + 1);
            case ENUM -> {
                reference(type.getEnum().getTypeId(), Node.Which.ENUM);
                brand(type.getEnum().getBrand(), depth + 1);
            }
            case STRUCT -> {
                reference(type.getStruct().getTypeId(), Node.Which.STRUCT);
                brand(type.getStruct().getBrand(), depth + 1);
            }
            case INTERFACE -> {
                reference(type.getInterface().getTypeId(), Node.Which.INTERFACE);
                brand(type.getInterface().getBrand(), depth + 1);
            }
            case UNRECOGNIZED ->
                throw new SchemaException(
                        "type number " + type.whichRaw() + " is unknown here; it was made for a newer Cap'n Proto");
            case VOID,
                    BOOL,
                    INT8,
                    INT16,
                    INT32,
                    INT64,
                    UINT8,
                    UINT16,
                    UINT32,
                    UINT64,
                    FLOAT32,
                    FLOAT64,
                    TEXT,
                    DATA,
                    ANY_POINTER -> {}
        }
    }

    void brand(Brand.Reader brand, int depth) {
        for (Brand.Scope.Reader scope : members(brand.getScopes(), "scopes of a brand")) {
            switch (scope.which()) {
                case BIND -> {
                    for (Brand.Binding.Reader binding : members(scope.getBind(), "type arguments")) {
                        binding(binding, depth);
                    }
                }
                case INHERIT -> {}
                case UNRECOGNIZED ->
                    throw new SchemaException("a brand is neither bound nor inherited, but number " + scope.whichRaw());
            }
        }
    }

    private void binding(Brand.Binding.Reader binding, int depth) {
        switch (binding.which()) {
            case UNBOUND -> {}
            case TYPE -> {
                type(binding.getType(), depth + 1);
                require(bits(binding.getType()) == POINTER, "a type argument must be a type behind a pointer");
            }
            case UNRECOGNIZED ->
                throw new SchemaException(
                        "a type argument is neither unbound nor a type, but number " + binding.whichRaw());
        }
    }

    private void reference(long id, Node.Which kind) {
        Node.Which other = ownKind != null && id == ownId ? ownKind : known.kind(id);
        if (other == null) {
            other = dependencies.get(id);
        }
        require(
                other == null || other == kind,
                "it refers to " + SchemaException.id(id) + " as " + kind + ", which is " + other);
        dependencies.put(id, kind);
    }

    private static void value(Type.Reader type, Value.Reader value) {
        // The numbers of the two unions differ only in the order of some pointer types.
        require(
                type.which().name().equals(value.which().name()),
                "the value is a " + value.which() + ", but the type is " + type.which());
        readable(value);
    }

    private static void readable(Value.Reader value) {
        AnyPointer.Reader pointer = RawStruct.pointer(value);
        switch (value.which()) {
            case TEXT -> pointer.as(Text.TYPE);
            case DATA -> pointer.as(Data.TYPE);
            case LIST ->
                require(
                        pointer.kind() == AnyPointer.Kind.LIST || pointer.isNull(),
                        "the value should be a list, but points to something else");
            case STRUCT ->
                require(
                        pointer.kind() == AnyPointer.Kind.STRUCT || pointer.isNull(),
                        "the value should be a struct, but points to something else");
            case UNRECOGNIZED ->
                throw new SchemaException("the kind of a value is unknown here (number " + value.whichRaw() + ")");
            default -> {}
        }
    }

    private void name(String name, int index) {
        Integer other = names.putIfAbsent(name, index);
        require(other == null, "it has the same name as number " + other);
    }

    private static void claim(boolean[] seen, int number, String what) {
        require(number < seen.length && !seen[number], what + " " + number + " is out of range, or used twice");
        seen[number] = true;
    }

    private <R extends StructReader> List<R> members(CapnpList<R> list, String what) {
        require(
                list.size() <= limits.members(),
                "it has " + list.size() + " " + what + ", more than the " + limits.members() + " of Limits.members");
        membersLeft -= list.size();
        require(membersLeft >= 0, "its lists have more elements than there is content");
        return list;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new SchemaException(otherwise);
        }
    }

    /** What {@link #bits(Type.Reader)} says of types behind pointers. */
    static final int POINTER = -1;

    static int bits(Type.Reader type) {
        return switch (type.which()) {
            case VOID -> 0;
            case BOOL -> 1;
            case INT8, UINT8 -> 8;
            case INT16, UINT16, ENUM -> 16;
            case INT32, UINT32, FLOAT32 -> 32;
            case INT64, UINT64, FLOAT64 -> 64;
            default -> POINTER;
        };
    }

    private static long bits(Value.Reader value) {
        return switch (value.which()) {
            case BOOL -> value.getBool() ? 1 : 0;
            case INT8 -> value.getInt8();
            case INT16 -> value.getInt16();
            case INT32 -> value.getInt32();
            case INT64 -> value.getInt64();
            case UINT8 -> value.getUint8();
            case UINT16 -> value.getUint16();
            case UINT32 -> value.getUint32();
            case UINT64 -> value.getUint64();
            case FLOAT32 -> Float.floatToRawIntBits(value.getFloat32());
            case FLOAT64 -> Double.doubleToRawLongBits(value.getFloat64());
            case ENUM -> value.getEnum();
            default -> 0;
        };
    }
}

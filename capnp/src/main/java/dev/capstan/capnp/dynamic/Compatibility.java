package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Superclass;
import dev.capstan.capnp.schema.Type;
import dev.capstan.capnp.schema.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a node with the one of the same id that is loaded already. Both are valid. Names, scopes and annotations may change freely; what
 * lies in messages may only grow, and all in one direction. The rules are those of the C++ loader.
 */
final class Compatibility {
    /** What a replacement is in relation to the node that is there. */
    enum Order {
        SAME,
        OLDER,
        NEWER
    }

    private final Body existing;
    private final Body replacement;
    private final List<Node.Reader> expected = new ArrayList<>();
    private Order order = Order.SAME;

    Compatibility(Body existing, Body replacement) {
        this.existing = existing;
        this.replacement = replacement;
    }

    /** How the replacement relates to the existing node. Throws {@link SchemaException} if they exclude each other. */
    Order compare() {
        try {
            if (existing.kind != replacement.kind) {
                throw new SchemaException("it was " + existing.kind + " and is now " + replacement.kind);
            }
            size(
                    existing.node.getParameters().size(),
                    replacement.node.getParameters().size());
            switch (existing.kind) {
                case STRUCT -> structs((StructBody) existing, (StructBody) replacement);
                case ENUM ->
                    size(
                            existing.node.getEnum().getEnumerants().size(),
                            replacement.node.getEnum().getEnumerants().size());
                case INTERFACE -> interfaces(existing.node.getInterface(), replacement.node.getInterface());
                // None of these are seen in messages.
                case FILE, CONST, ANNOTATION, UNRECOGNIZED -> {}
            }
            return order;
        } catch (SchemaException e) {
            throw e.in("Schema node " + SchemaException.id(existing.node.getId()) + " ("
                    + replacement.node.getDisplayName() + ") is incompatible with the one that was loaded before ("
                    + existing.node.getDisplayName() + ")");
        }
    }

    /**
     * Structs as they must look like so that what became a struct, or was one, fits. They may not be loaded yet: these are to be loaded as
     * placeholders, so that whichever comes later is compared with them.
     */
    List<Node.Reader> expected() {
        return expected;
    }

    private void size(int before, int after) {
        if (after > before) {
            newer();
        } else if (after < before) {
            older();
        }
    }

    private void newer() {
        require(order != Order.OLDER, "some changes are upgrades and some are downgrades; all must have one direction");
        order = Order.NEWER;
    }

    private void older() {
        require(order != Order.NEWER, "some changes are upgrades and some are downgrades; all must have one direction");
        order = Order.OLDER;
    }

    private void structs(StructBody before, StructBody after) {
        size(before.dataWords, after.dataWords);
        size(before.pointerCount, after.pointerCount);
        size(before.discriminantCount, after.discriminantCount);
        if (before.discriminantCount > 0 && after.discriminantCount > 0) {
            require(before.discriminantOffset == after.discriminantOffset, "the discriminant of the union moved");
        }
        size(before.fields.size(), after.fields.size());
        // Both are sorted by ordinal, so what they have in common is at the same places.
        for (int i = 0; i < Math.min(before.fields.size(), after.fields.size()); i++) {
            FieldLayout field = before.fields.get(i);
            try {
                fields(field, after.fields.get(i));
            } catch (SchemaException e) {
                throw e.in("field " + i + " '" + field.name() + "'");
            }
        }
        if (before.isGroup && after.isGroup) {
            require(before.node.getScopeId() == after.node.getScopeId(), "the group lies in another struct now");
        } else if (before.isGroup) {
            // A placeholder does not know whether it will be a group.
            older();
        } else if (after.isGroup) {
            newer();
        }
    }

    private void fields(FieldLayout before, FieldLayout after) {
        // A field may be moved into a union later, as its first member.
        require(
                (before.isInUnion() ? before.discriminant() : 0) == (after.isInUnion() ? after.discriminant() : 0),
                "its discriminant changed");
        if (before.isGroup() && after.isGroup()) {
            require(before.groupId() == after.groupId(), "it is another group now");
        } else if (before.isGroup()) {
            expectStruct(after.proto().getSlot().getType(), before.groupId(), replacement, after.proto());
        } else if (after.isGroup()) {
            expectStruct(before.proto().getSlot().getType(), after.groupId(), existing, before.proto());
        } else {
            Field.Slot.Reader slot = before.proto().getSlot();
            Field.Slot.Reader newSlot = after.proto().getSlot();
            types(slot.getType(), newSlot.getType(), false);
            require(
                    before.defaultBits() == after.defaultBits(),
                    "its default value changed, which changes what all existing messages mean");
            require(before.offset() == after.offset(), "it moved to another place");
        }
    }

    private void types(Type.Reader before, Type.Reader after, boolean mayBecomeStruct) {
        if (before.which() != after.which()) {
            if ((after.isData() && isBytes(before)) || (after.isAnyPointer() && isPointer(before))) {
                newer();
            } else if ((before.isData() && isBytes(after)) || (before.isAnyPointer() && isPointer(after))) {
                older();
            } else if (mayBecomeStruct && before.isStruct()) {
                expectStruct(after, before.getStruct().getTypeId(), null, null);
            } else if (mayBecomeStruct && after.isStruct()) {
                expectStruct(before, after.getStruct().getTypeId(), null, null);
            } else {
                throw new SchemaException("its type changed from " + before.which() + " to " + after.which());
            }
            return;
        }
        switch (before.which()) {
            case LIST ->
                types(before.getList().getElementType(), after.getList().getElementType(), true);
            case ENUM -> sameType(before.getEnum().getTypeId(), after.getEnum().getTypeId());
            case STRUCT ->
                sameType(before.getStruct().getTypeId(), after.getStruct().getTypeId());
            case INTERFACE ->
                sameType(before.getInterface().getTypeId(), after.getInterface().getTypeId());
            default -> {}
        }
    }

    private static void sameType(long before, long after) {
        require(
                before == after,
                "its type changed from " + SchemaException.id(before) + " to " + SchemaException.id(after));
    }

    private static boolean isBytes(Type.Reader type) {
        if (type.isList()) {
            Type.Reader element = type.getList().getElementType();
            return element.isInt8() || element.isUint8();
        }
        return type.isText();
    }

    private static boolean isPointer(Type.Reader type) {
        return Validator.bits(type) == Validator.POINTER;
    }

    private void interfaces(Node.Interface.Reader before, Node.Interface.Reader after) {
        Set<Long> superclasses = superclasses(before);
        Set<Long> newSuperclasses = superclasses(after);
        if (!superclasses.containsAll(newSuperclasses)) {
            newer();
        }
        if (!newSuperclasses.containsAll(superclasses)) {
            older();
        }
        size(before.getMethods().size(), after.getMethods().size());
        for (int i = 0;
                i < Math.min(before.getMethods().size(), after.getMethods().size());
                i++) {
            Method.Reader method = before.getMethods().get(i);
            Method.Reader newMethod = after.getMethods().get(i);
            require(
                    method.getParamStructType() == newMethod.getParamStructType(),
                    "method " + i + " '" + method.getName() + "' has other parameters");
            require(
                    method.getResultStructType() == newMethod.getResultStructType(),
                    "method " + i + " '" + method.getName() + "' has other results");
        }
    }

    private static Set<Long> superclasses(Node.Interface.Reader node) {
        Set<Long> ids = new HashSet<>();
        for (Superclass.Reader superclass : node.getSuperclasses()) {
            ids.add(superclass.getId());
        }
        return ids;
    }

    /**
     * Expects struct {@code id} to have a field of {@code type} where it would be found if the struct took the place of that field.
     *
     * @param around the struct that the field lies in, if the struct is a group that takes its place; else it is behind a pointer
     */
    private void expectStruct(Type.Reader type, long id, @Nullable Body around, Field.@Nullable Reader place) {
        Node.Builder node = new MessageBuilder(48).initRoot(Node.TYPE);
        node.setId(id);
        node.setDisplayName("(unknown type used in " + existing.node.getDisplayName() + ")");
        Node.Struct.Builder struct = node.initStruct();
        int bits = Validator.bits(type);
        struct.setDataWordCount(bits > 0 ? 1 : 0);
        struct.setPointerCount(bits == Validator.POINTER ? 1 : 0);
        if (around instanceof StructBody size) {
            struct.setDataWordCount(size.dataWords);
            struct.setPointerCount(size.pointerCount);
        }
        Field.Builder field = struct.initFields(1).get(0);
        field.setName("member0");
        Field.Slot.Builder slot = field.initSlot();
        slot.setType(type);
        if (place == null) {
            field.getOrdinal().setExplicit(0);
            zero(type, slot.initDefaultValue());
        } else {
            if (place.getOrdinal().isExplicit()) {
                field.getOrdinal().setExplicit(place.getOrdinal().getExplicit());
            }
            slot.setOffset(place.getSlot().getOffset());
            slot.setDefaultValue(place.getSlot().getDefaultValue());
        }
        expected.add(node.asReader());
    }

    private static void zero(Type.Reader type, Value.Builder value) {
        switch (type.which()) {
            case VOID -> value.setVoid();
            case BOOL -> value.setBool(false);
            case INT8 -> value.setInt8((byte) 0);
            case INT16 -> value.setInt16((short) 0);
            case INT32 -> value.setInt32(0);
            case INT64 -> value.setInt64(0);
            case UINT8 -> value.setUint8(0);
            case UINT16 -> value.setUint16(0);
            case UINT32 -> value.setUint32(0);
            case UINT64 -> value.setUint64(0);
            case FLOAT32 -> value.setFloat32(0);
            case FLOAT64 -> value.setFloat64(0);
            case TEXT -> value.setText("");
            case DATA -> value.initData(0);
            case LIST -> value.initList();
            case ENUM -> value.setEnum(0);
            case STRUCT -> value.initStruct();
            case INTERFACE -> value.setInterface();
            case ANY_POINTER -> value.initAnyPointer();
            case UNRECOGNIZED -> throw new AssertionError("validated types are known");
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new SchemaException(otherwise);
        }
    }
}

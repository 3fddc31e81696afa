package dev.capstan.capnpc.compile;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.BoolList;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Int16List;
import dev.capstan.capnp.Int32List;
import dev.capstan.capnp.Int64List;
import dev.capstan.capnp.Int8List;
import dev.capstan.capnp.PointerList;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.VoidList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes values: into the union that schemas have for them, and as they lie in messages. */
final class ValueWriter {
    private ValueWriter() {}

    /** The value of a slot as part of a node; without one, the type's zero. */
    static void write(dev.capstan.capnp.schema.Value.Builder target, Slot slot) {
        Value value = slot.value();
        switch (slot.type()) {
            case Type.Simple simple -> write(target, simple, value);
            case Type.ListOf list -> pointer(target.initList(), value);
            case Type.Parameter parameter -> pointer(target.initAnyPointer(), value);
            case Type.Implicit implicit -> pointer(target.initAnyPointer(), value);
            case Type.Named named -> {
                switch (named.node().kind()) {
                    case ENUM -> target.setEnum((int) bits(value, Type.Simple.UINT16));
                    case INTERFACE -> target.setInterface();
                    default -> pointer(target.initStruct(), value);
                }
            }
        }
    }

    private static void write(dev.capstan.capnp.schema.Value.Builder target, Type.Simple type, @Nullable Value value) {
        long bits = Type.bits(type) == Type.POINTER ? 0 : bits(value, type);
        switch (type) {
            case VOID -> target.setVoid();
            case BOOL -> target.setBool(bits != 0);
            case INT8 -> target.setInt8((byte) bits);
            case INT16 -> target.setInt16((short) bits);
            case INT32 -> target.setInt32((int) bits);
            case INT64 -> target.setInt64(bits);
            case UINT8 -> target.setUint8((int) bits & 0xff);
            case UINT16 -> target.setUint16((int) bits & 0xffff);
            case UINT32 -> target.setUint32(bits & 0xffff_ffffL);
            case UINT64 -> target.setUint64(bits);
            case FLOAT32 -> target.setFloat32(Float.intBitsToFloat((int) bits));
            case FLOAT64 -> target.setFloat64(Double.longBitsToDouble(bits));
            case TEXT -> {
                target.setText("");
                AnyPointer.Builder text = new RawStruct.Builder(target).pointer(0);
                text.clear();
                pointer(text, value);
            }
            case DATA -> {
                target.setData(Data.EMPTY);
                AnyPointer.Builder data = new RawStruct.Builder(target).pointer(0);
                data.clear();
                pointer(data, value);
            }
            case ANY_POINTER, ANY_STRUCT, ANY_LIST, CAPABILITY -> pointer(target.initAnyPointer(), value);
        }
    }

    /** A value of a type that lives behind a pointer; null leaves the pointer null. */
    private static void pointer(AnyPointer.Builder target, @Nullable Value value) {
        switch (value) {
            case null -> {}
            case Value.Text text -> text(target, text.bytes());
            case Value.Binary binary -> target.setAs(Data.TYPE, binary.bytes());
            case Value.ListValue list -> list(target, list);
            case Value.StructValue struct ->
                fields(target.init(type(struct.struct())), struct.struct(), struct.fields());
            case Value.Embedded embedded -> embedded(target, embedded);
            case Value.Nothing nothing -> throw unexpected(value);
            case Value.Bool bool -> throw unexpected(value);
            case Value.Whole whole -> throw unexpected(value);
            case Value.Fraction fraction -> throw unexpected(value);
            case Value.Enumerant enumerant -> throw unexpected(value);
            case Value.GroupValue group -> throw unexpected(value);
        }
    }

    private static AssertionError unexpected(Value value) {
        return new AssertionError("checked when it was evaluated: " + value.getClass());
    }

    /** Text may hold bytes that no string does. */
    private static void text(AnyPointer.Builder target, Data bytes) {
        byte[] content = bytes.toByteArray();
        target.init(Data.TYPE, content.length + 1).put(0, content, 0, content.length);
    }

    private static void embedded(AnyPointer.Builder target, Value.Embedded embedded) {
        if (embedded.root().isNull()) {
            target.init(type(Objects.requireNonNull(Evaluator.struct(embedded.type()))));
        } else {
            target.set(embedded.root());
        }
    }

    private static RawStruct type(Struct struct) {
        return new RawStruct(struct.dataWords(), struct.pointers());
    }

    private static void list(AnyPointer.Builder target, Value.ListValue list) {
        List<@Nullable Value> items = list.items();
        Type element = list.type().element();
        Struct struct = Evaluator.struct(element);
        if (struct != null) {
            StructList.Builder<RawStruct.Builder> structs = target.init(StructList.type(type(struct)), items.size());
            for (int i = 0; i < items.size(); i++) {
                element(structs, i, struct, items.get(i));
            }
            return;
        }
        switch (Type.bits(element)) {
            case Type.POINTER -> {
                PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> pointers =
                        target.init(PointerList.type(AnyPointer.TYPE), items.size());
                for (int i = 0; i < items.size(); i++) {
                    pointer(pointers.any(i), items.get(i));
                }
            }
            case 0 -> target.init(VoidList.TYPE, items.size());
            case 1 -> {
                BoolList.Builder bools = target.init(BoolList.TYPE, items.size());
                for (int i = 0; i < items.size(); i++) {
                    bools.set(i, bits(items.get(i), element) != 0);
                }
            }
            default -> numbers(target, items, element);
        }
    }

    private static void element(
            StructList.Builder<RawStruct.Builder> structs, int index, Struct struct, @Nullable Value value) {
        switch (value) {
            case Value.StructValue item -> fields(structs.get(index), struct, item.fields());
            case Value.Embedded item -> structs.setCopy(index, item.root().as(type(struct)));
            case null, default -> {}
        }
    }

    private static void numbers(AnyPointer.Builder target, List<@Nullable Value> items, Type element) {
        int size = items.size();
        switch (Type.bits(element)) {
            case 8 -> {
                Int8List.Builder list = target.init(Int8List.TYPE, size);
                for (int i = 0; i < size; i++) {
                    list.set(i, (byte) bits(items.get(i), element));
                }
            }
            case 16 -> {
                Int16List.Builder list = target.init(Int16List.TYPE, size);
                for (int i = 0; i < size; i++) {
                    list.set(i, (short) bits(items.get(i), element));
                }
            }
            case 32 -> {
                Int32List.Builder list = target.init(Int32List.TYPE, size);
                for (int i = 0; i < size; i++) {
                    list.set(i, (int) bits(items.get(i), element));
                }
            }
            default -> {
                Int64List.Builder list = target.init(Int64List.TYPE, size);
                for (int i = 0; i < size; i++) {
                    list.set(i, bits(items.get(i), element));
                }
            }
        }
    }

    private static void fields(RawStruct.Builder target, Struct struct, List<Value.Assigned> fields) {
        for (Value.Assigned assigned : fields) {
            Field field = assigned.field();
            tag(target, struct, field);
            Struct group = field.group();
            if (group != null && assigned.value() instanceof Value.GroupValue value) {
                clear(target, group);
                fields(target, group, value.fields());
                continue;
            }
            int bits = Type.bits(field.type());
            if (bits == Type.POINTER) {
                target.pointer(field.offset()).clear();
                pointer(target.pointer(field.offset()), assigned.value());
            } else {
                Slot mask = field.defaultValue();
                long zero = mask == null ? 0 : bits(mask.value(), field.type());
                target.data(bits, field.offset(), bits(assigned.value(), field.type()) ^ zero);
            }
        }
    }

    private static void tag(RawStruct.Builder target, Struct struct, Field field) {
        if (field.discriminant() != Field.NONE) {
            target.data(16, struct.discriminantOffset(), field.discriminant());
        }
    }

    /** All fields of a group at zero, and its union at its first member. */
    private static void clear(RawStruct.Builder target, Struct group) {
        for (Field field : group.fields()) {
            if (field.discriminant() > 0) {
                continue;
            }
            tag(target, group, field);
            Struct inner = field.group();
            if (inner != null) {
                clear(target, inner);
            } else if (Type.bits(field.type()) == Type.POINTER) {
                target.pointer(field.offset()).clear();
            } else {
                target.data(Type.bits(field.type()), field.offset(), 0);
            }
        }
    }

    /** A value of a type that lies in the data section. */
    private static long bits(@Nullable Value value, Type type) {
        return switch (value) {
            case Value.Bool bool -> bool.value() ? 1 : 0;
            case Value.Whole whole -> isFloat(type) ? floating(whole.toDouble(), type) : whole.bits();
            case Value.Fraction fraction -> floating(fraction.value(), type);
            case Value.Enumerant enumerant -> enumerant.number();
            case null, default -> 0;
        };
    }

    private static boolean isFloat(Type type) {
        return type == Type.Simple.FLOAT32 || type == Type.Simple.FLOAT64;
    }

    private static long floating(double value, Type type) {
        return type == Type.Simple.FLOAT32
                ? Float.floatToRawIntBits((float) value) & 0xffff_ffffL
                : Double.doubleToRawLongBits(value);
    }
}

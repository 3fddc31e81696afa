package dev.capstan.fuzz;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.AnyStruct;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Int16List;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import java.util.List;
import java.util.Random;

/** Fills structs of any schema by chance, capabilities excepted. The same seed gives the same content. */
final class RandomContent {
    private static final int LONGEST_LIST = 6;
    private static final List<String> TEXTS =
            List.of("", "a", "text", "\u00fcber", "\ud83d\ude00", "a\0b", "exactly 8", "longer than a word");

    private final Random random;
    /** Structs and lists that may still be made, so that deep schemas do not make large messages. */
    private int left;

    RandomContent(Random random, int objects) {
        this.random = random;
        this.left = objects;
    }

    void fill(DynamicStruct.Builder struct) {
        List<StructSchema.Field> union = struct.schema().unionFields();
        if (!union.isEmpty() && chance(3)) {
            set(struct, union.get(random.nextInt(union.size())));
        }
        for (StructSchema.Field field : struct.schema().nonUnionFields()) {
            if (field.isGroup()) {
                fill(struct.struct(field));
            } else if (chance(2)) {
                set(struct, field);
            }
        }
    }

    private void set(DynamicStruct.Builder struct, StructSchema.Field field) {
        switch (field.type()) {
            case Type.Scalar scalar -> struct.set(field, scalar(scalar));
            case EnumSchema e -> struct.set(field, random.nextInt(chance(3) ? 0x1_0000 : 4));
            case StructSchema s -> {
                if (field.isGroup() || left-- > 0) {
                    fill(struct.initStruct(field));
                }
            }
            case ListSchema list -> {
                if (left-- > 0) {
                    fill(struct.initList(field, random.nextInt(LONGEST_LIST)));
                }
            }
            case InterfaceSchema i -> struct.set(field, null);
            case Type.Any any -> any(field.isInUnion() ? struct.initAny(field.name()) : struct.any(field), any.kind());
        }
    }

    private void fill(DynamicList.Builder list) {
        for (int i = 0; i < list.size(); i++) {
            switch (list.schema().element()) {
                case Type.Scalar scalar -> list.put(i, scalar(scalar));
                case EnumSchema e -> list.put(i, random.nextInt(4));
                case StructSchema s -> {
                    if (left-- > 0) {
                        fill(list.struct(i));
                    }
                }
                case ListSchema inner -> {
                    if (left-- > 0) {
                        fill(list.initList(i, random.nextInt(LONGEST_LIST)));
                    }
                }
                case InterfaceSchema none -> {}
                case Type.Any any -> any(list.any(i), any.kind());
            }
        }
    }

    private void any(AnyPointer.Builder pointer, Type.Any.Kind kind) {
        switch (kind) {
            case CAPABILITY -> {}
            case LIST -> pointer.init(Int16List.TYPE, 1 + random.nextInt(5)).set(0, (short) random.nextInt());
            case STRUCT -> struct(pointer);
            default -> {
                switch (random.nextInt(3)) {
                    case 0 -> pointer.setAs(Text.TYPE, text());
                    case 1 -> struct(pointer);
                    default -> pointer.setAs(Data.TYPE, Data.of(bytes()));
                }
            }
        }
    }

    private void struct(AnyPointer.Builder pointer) {
        AnyStruct.Builder struct = pointer.init(AnyStruct.type(random.nextInt(3), random.nextInt(3)));
        for (int i = 0; i < struct.pointerCount(); i++) {
            if (random.nextBoolean() && left-- > 0) {
                any(struct.pointer(i), Type.Any.Kind.ANY);
            }
        }
    }

    private Object scalar(Type.Scalar scalar) {
        long bits = chance(3) ? random.nextLong() : random.nextInt(3) - 1;
        return switch (scalar) {
            case VOID -> DynamicValue.Nothing.VOID;
            case BOOL -> random.nextBoolean();
            case INT8 -> (byte) bits;
            case INT16 -> (short) bits;
            case INT32 -> (int) bits;
            case INT64 -> bits;
            case UINT8 -> bits & 0xff;
            case UINT16 -> bits & 0xffff;
            case UINT32 -> bits & 0xffff_ffffL;
            case UINT64 -> new DynamicValue.UInt(bits);
            case FLOAT32 -> (double) Float.intBitsToFloat((int) bits);
            case FLOAT64 -> Double.longBitsToDouble(bits);
            case TEXT -> text();
            case DATA -> bytes();
        };
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(20)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    /** True in all but one of {@code of} cases. */
    private boolean chance(int of) {
        return random.nextInt(of) != 0;
    }
}

package dev.capstan.gateway.translate;

import dev.capstan.cap.Cap;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import java.math.BigInteger;
import java.util.Random;

/** Fills structs with whatever their schema allows, the edges of each type more often than not. */
final class RandomStruct {
    private static final String[] TEXTS = {"", "x", "grüße, 你好", "\uD83D\uDE80", "\"\\\n\t\u0001", "__proto__"};
    private static final double[] REALS = {
        0, 1, -1.5, Double.MAX_VALUE, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
    };
    private static final float[] FLOATS = {0, 1, 0.1f, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY};

    private final Random random;
    private final Cap object;

    /** Borrows {@code object}, which is put where an object may be. */
    RandomStruct(long seed, Cap object) {
        this.random = new Random(seed);
        this.object = object;
    }

    void fill(DynamicStruct.Builder struct, int levels) {
        StructSchema schema = struct.schema();
        schema.nonUnionFields().forEach(field -> fill(struct, field, levels));
        if (!schema.unionFields().isEmpty()) {
            fill(
                    struct,
                    schema.unionFields().get(random.nextInt(schema.unionFields().size())),
                    levels);
        }
    }

    private void fill(DynamicStruct.Builder struct, Field field, int levels) {
        switch (field.type()) {
            case StructSchema type when field.isGroup() -> fill(struct.initStruct(field), levels);
            case StructSchema type -> {
                if (levels > 0 && random.nextBoolean()) {
                    fill(struct.initStruct(field), levels - 1);
                } else if (field.isInUnion()) {
                    struct.clear(field.name());
                }
            }
            case ListSchema type -> fill(struct.initList(field, levels > 0 ? random.nextInt(4) : 0), levels - 1);
            case InterfaceSchema type -> struct.set(field, random.nextBoolean() ? object : null);
            case Type.Any type -> struct.set(field, random.nextBoolean() ? object : null);
            case EnumSchema type -> struct.set(field, scalar(type));
            case Type.Scalar type -> struct.set(field, scalar(type));
        }
    }

    private void fill(DynamicList.Builder list, int levels) {
        for (int i = 0; i < list.size(); i++) {
            switch (list.schema().element()) {
                case StructSchema type -> fill(list.struct(i), levels);
                case ListSchema type -> fill(list.initList(i, levels > 0 ? random.nextInt(4) : 0), levels - 1);
                case InterfaceSchema type -> list.put(i, random.nextBoolean() ? object : null);
                case Type.Any type -> list.put(i, random.nextBoolean() ? object : null);
                case EnumSchema type -> list.put(i, scalar(type));
                case Type.Scalar type -> list.put(i, scalar(type));
            }
        }
    }

    private Object scalar(EnumSchema type) {
        // One more than there are names, and one far away.
        int count = type.enumerants().size();
        return type.value(random.nextInt(5) == 0 ? 0xffff : random.nextInt(count + 1));
    }

    private Object scalar(Type.Scalar type) {
        return switch (type) {
            case VOID -> DynamicValue.Nothing.VOID;
            case BOOL -> random.nextBoolean();
            case INT8 -> (byte) bits();
            case INT16 -> (short) bits();
            case INT32 -> (int) bits();
            case INT64 -> bits();
            case UINT8 -> bits() & 0xff;
            case UINT16 -> bits() & 0xffff;
            case UINT32 -> bits() & 0xffff_ffffL;
            case UINT64 -> new BigInteger(Long.toUnsignedString(bits()));
            case FLOAT32 -> FLOATS[random.nextInt(FLOATS.length)];
            case FLOAT64 -> random.nextBoolean() ? REALS[random.nextInt(REALS.length)] : random.nextGaussian();
            case TEXT -> TEXTS[random.nextInt(TEXTS.length)];
            case DATA -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield Data.of(bytes);
            }
        };
    }

    private long bits() {
        long most = JavaScript.MOST_SAFE;
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MIN_VALUE;
            case 3 -> Long.MAX_VALUE;
            case 4 -> most + random.nextInt(3) - 1;
            case 5 -> -most + random.nextInt(3) - 1;
            default -> random.nextLong() >> random.nextInt(64);
        };
    }
}

package dev.capstan.capnp.text;

import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Fills structs of any type with values from a seed; all that text can express. */
final class RandomContent {
    private static final List<String> PIECES = List.of(
            "", "a", "some text", "\"", "\\", "\n", "\u0001", "\u007f", "é", "日本", "\ud83d\ude00", "'", "#", "(");

    private final Random random;
    private final boolean asC;

    /** @param asC whether to leave out what the C++ implementation writes, but does not read again as the same */
    RandomContent(long seed, boolean asC) {
        this.random = new Random(seed);
        this.asC = asC;
    }

    void fill(DynamicStruct.Builder struct, int levels) {
        StructSchema schema = struct.schema();
        List<Field> union = schema.unionFields();
        if (!union.isEmpty()) {
            set(struct, union.get(random.nextInt(union.size())), levels);
        }
        for (Field field : schema.nonUnionFields()) {
            if (field.isGroup() || random.nextInt(3) == 0) {
                set(struct, field, levels);
            }
        }
    }

    private void set(DynamicStruct.Builder struct, Field field, int levels) {
        switch (field.type()) {
            case StructSchema type -> {
                if (field.isGroup()) {
                    fill(struct.initStruct(field), levels);
                } else if (levels > 0) {
                    fill(struct.initStruct(field), levels - 1);
                } else {
                    struct.clear(field);
                }
            }
            case ListSchema type when !isWritable(type.element()) -> struct.clear(field);
            case ListSchema type -> fill(struct.initList(field, count(levels)), levels - 1);
            case InterfaceSchema type -> struct.clear(field);
            case Type.Any type -> struct.clear(field);
            case Type type -> struct.set(field, value(type));
        }
    }

    private static boolean isWritable(Type type) {
        return !(type instanceof InterfaceSchema) && !(type instanceof Type.Any);
    }

    private int count(int levels) {
        return levels > 0 ? random.nextInt(5) : 0;
    }

    private void fill(DynamicList.Builder list, int levels) {
        for (int i = 0; i < list.size(); i++) {
            switch (list.schema().element()) {
                case StructSchema type -> fill(list.struct(i), levels);
                case ListSchema type -> fill(list.initList(i, count(levels)), levels - 1);
                case Type type -> list.put(i, value(type));
            }
        }
    }

    private Object value(Type type) {
        return switch (type) {
            case EnumSchema schema ->
                schema.value(random.nextInt(
                        !asC && random.nextBoolean()
                                ? 65_536
                                : schema.enumerants().size()));
            case Type.Scalar scalar ->
                switch (scalar) {
                    case VOID -> DynamicValue.Nothing.VOID;
                    case BOOL -> random.nextBoolean();
                    case INT8 -> (byte) integer();
                    case INT16 -> (short) integer();
                    case INT32 -> (int) integer();
                    case INT64 -> integer();
                    case UINT8 -> new DynamicValue.UInt(integer() & 0xff);
                    case UINT16 -> new DynamicValue.UInt(integer() & 0xffff);
                    case UINT32 -> new DynamicValue.UInt(integer() & 0xffff_ffffL);
                    case UINT64 -> new DynamicValue.UInt(integer());
                    case FLOAT32 -> float32();
                    case FLOAT64 -> float64();
                    case TEXT -> text();
                    case DATA -> data();
                };
            default -> throw new AssertionError(type);
        };
    }

    private long integer() {
        return random.nextLong() >> random.nextInt(64);
    }

    private float float32() {
        float value = anyFloat32();
        // The C++ implementation writes eight digits.
        return asC
                        && (value == 0
                                || (Float.isFinite(value)
                                        && value != Float.parseFloat(String.format(Locale.ROOT, "%.7e", value))))
                ? 1.5f
                : value;
    }

    private float anyFloat32() {
        return switch (random.nextInt(4)) {
            case 0 ->
                List.of(-0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, Float.MAX_VALUE)
                        .get(random.nextInt(5));
            case 1 -> random.nextInt(100_000) / 8f;
            case 2 -> (float) random.nextGaussian();
            default -> {
                float any = Float.intBitsToFloat(random.nextInt());
                yield Float.isNaN(any) ? Float.NaN : any;
            }
        };
    }

    private double float64() {
        return switch (random.nextInt(4)) {
            case 0 ->
                List.of(asC ? 0.0 : -0.0, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE)
                        .get(random.nextInt(5));
            case 1 -> random.nextInt(100_000) / 10.0;
            case 2 -> random.nextGaussian();
            default -> {
                double any = Double.longBitsToDouble(random.nextLong());
                yield Double.isNaN(any) ? Double.NaN : any;
            }
        };
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    private byte[] data() {
        byte[] data = new byte[random.nextInt(20)];
        random.nextBytes(data);
        return data;
    }
}

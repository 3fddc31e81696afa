package dev.capstan.capnp.json;

import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.schema.Value;
import java.util.List;
import java.util.Random;

/** Fills structs of any type at random. */
final class RandomContent {
    private static final int DEEPEST = 3;
    private static final String[] TEXTS = {
        "",
        "a",
        "two words",
        "\"quoted\\\"",
        "\n\t\b\f\r\u0001\u0012\u007f",
        "\u00fc\u20ac",
        "\ud83d\ude00\ud83d\ude00",
        "null",
        "so long that whatever holds it takes a line of its own, if laid out",
        "</script>",
        "\u2028\u0000."
    };
    private static final double[] REALS = {
        0,
        -0.0,
        1,
        -1,
        0.1,
        1e-5,
        1e15,
        1e16,
        1.2345678901234568e17,
        1e21,
        1e-7,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        3.0000000000000004,
        0.0001,
        0.00012345
    };

    private final Random random;
    private final boolean nullsInUnions;

    RandomContent(Random random, boolean nullsInUnions) {
        this.random = random;
        this.nullsInUnions = nullsInUnions;
    }

    void fill(DynamicStruct.Builder struct) {
        fill(struct, 0);
    }

    private void fill(DynamicStruct.Builder struct, int depth) {
        if (struct.schema().id() == Value.TYPE.typeId()) {
            // A field that is null is not there.
            json(struct.as(Value.TYPE), depth, false);
            return;
        }
        List<Field> union = struct.schema().unionFields();
        if (!union.isEmpty()) {
            Field member = union.get(random.nextInt(union.size()));
            struct.clear(member);
            if (!nullsInUnions || random.nextInt(4) > 0) {
                set(struct, member, depth);
            }
        }
        for (Field field : struct.schema().nonUnionFields()) {
            // Of a flattened struct without any members nothing is left in JSON that tells it from a null pointer.
            if (random.nextInt(3) > 0
                    || field.isGroup()
                    || field.struct().shortName().equals("TestFlattenedStruct")) {
                set(struct, field, depth);
            }
        }
    }

    /** JSON without calls and raw text, which nobody can read, and without what JSON has no numbers for. */
    private void json(Value.Builder value, int depth, boolean mayBeNull) {
        switch (random.nextInt(depth < DEEPEST ? 6 : 4)) {
            case 0 -> value.setBoolean(random.nextBoolean());
            case 1 -> value.setNumber(random.nextInt(1000) / 8.0);
            case 2 -> value.setString(text());
            case 3 -> {
                if (mayBeNull) {
                    value.setNull();
                } else {
                    value.setString("not null");
                }
            }
            case 4 -> value.initArray(random.nextInt(3)).forEach(element -> json(element, depth + 1, true));
            default -> {
                int i = 0;
                for (Value.Field.Builder member : value.initObject(random.nextInt(3))) {
                    member.setName(text() + i++);
                    json(member.initValue(), depth + 1, true);
                }
            }
        }
    }

    private void set(DynamicStruct.Builder struct, Field field, int depth) {
        switch (field.type()) {
            case StructSchema type when field.isGroup() -> fill(struct.initStruct(field), depth);
            case StructSchema type -> {
                if (depth < DEEPEST || field.isInUnion()) {
                    fill(struct.initStruct(field), Math.min(depth + 1, DEEPEST));
                }
            }
            case ListSchema type -> {
                if (depth < DEEPEST) {
                    fill(struct.initList(field, random.nextInt(4)), depth + 1);
                }
            }
            default -> struct.set(field, value(field.type()));
        }
    }

    private void fill(DynamicList.Builder list, int depth) {
        for (int i = 0; i < list.size(); i++) {
            switch (list.schema().element()) {
                case StructSchema type -> fill(list.struct(i), depth);
                case ListSchema type -> fill(list.initList(i, random.nextInt(3)), depth + 1);
                default -> list.put(i, value(list.schema().element()));
            }
        }
    }

    private Object value(Type type) {
        if (type instanceof EnumSchema schema) {
            return schema.value(
                    random.nextInt(10) == 0
                            ? 1000
                            : random.nextInt(schema.enumerants().size()));
        }
        return switch ((Type.Scalar) type) {
            case VOID -> DynamicValue.Nothing.VOID;
            case BOOL -> random.nextBoolean();
            case INT8 -> (byte) integer();
            case INT16 -> (short) integer();
            case INT32 -> (int) integer();
            case INT64 -> integer();
            case UINT8 -> new DynamicValue.UInt(integer() & 0xff);
            case UINT16 -> new DynamicValue.UInt(integer() & 0xffff);
            case UINT32 -> new DynamicValue.UInt(integer() & 0xffffffffL);
            case UINT64 -> new DynamicValue.UInt(integer());
            case FLOAT32 -> (double) (float) real();
            case FLOAT64 -> real();
            case TEXT -> text();
            case DATA -> {
                byte[] bytes = new byte[random.nextInt(9)];
                random.nextBytes(bytes);
                yield bytes;
            }
        };
    }

    private long integer() {
        return random.nextLong() >> random.nextInt(64);
    }

    private double real() {
        return random.nextBoolean()
                ? REALS[random.nextInt(REALS.length)]
                : random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30);
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }
}

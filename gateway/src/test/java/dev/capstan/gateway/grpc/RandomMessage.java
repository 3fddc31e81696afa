package dev.capstan.gateway.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import java.util.List;
import java.util.Random;

/** Messages with whatever their descriptors allow, the edges of each type more often than not. */
final class RandomMessage {
    private static final String[] TEXTS = {"", "x", "grüße, 你好", "\uD83D\uDE80", "\"\\\n\t\u0001", "name"};
    private static final double[] REALS = {
        0, 1, -1.5, Double.MAX_VALUE, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
    };
    private static final float[] FLOATS = {0, 1, 0.1f, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY};

    private final Random random;
    private boolean knownEnums;

    RandomMessage(long seed) {
        this.random = new Random(seed);
    }

    /** Without numbers that have no name. */
    RandomMessage withKnownEnums() {
        knownEnums = true;
        return this;
    }

    DynamicMessage of(Descriptor type, int levels) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        List<FieldDescriptor> fields = type.getFields();
        if (WellKnown.of(type) == WellKnown.VALUE) {
            FieldDescriptor kind = fields.get(random.nextInt(levels > 0 ? fields.size() : 4));
            return message.setField(kind, value(kind, levels)).build();
        }
        for (FieldDescriptor field : fields) {
            boolean deep = field.getJavaType() == JavaType.MESSAGE && levels == 0;
            if (!field.isRequired() && (deep || random.nextInt(3) == 0)) {
                continue;
            }
            if (!field.isRepeated()) {
                message.setField(field, value(field, levels));
            } else {
                for (int i = random.nextInt(4); i > 0; i--) {
                    message.addRepeatedField(field, field.isMapField() ? entry(field, i, levels) : value(field, levels));
                }
            }
        }
        return message.build();
    }

    /** Keys differ, as in any map that was made by a program. */
    private DynamicMessage entry(FieldDescriptor map, int index, int levels) {
        Descriptor type = map.getMessageType();
        FieldDescriptor key = WellKnown.field(type, "key");
        FieldDescriptor value = WellKnown.field(type, "value");
        Object name = switch (key.getJavaType()) {
            case STRING -> TEXTS[random.nextInt(TEXTS.length)] + index;
            case BOOLEAN -> index % 2 == 0;
            case LONG -> index == 1 ? Long.MIN_VALUE : bits() * 4 + index;
            case INT -> (int) bits() * 4 + index;
            case FLOAT, DOUBLE, BYTE_STRING, ENUM, MESSAGE -> throw new AssertionError(key);
        };
        return DynamicMessage.newBuilder(type)
                .setField(key, name)
                .setField(value, value(value, levels))
                .build();
    }

    private Object value(FieldDescriptor field, int levels) {
        return switch (field.getJavaType()) {
            case INT -> (int) bits();
            case LONG -> bits();
            case FLOAT -> FLOATS[random.nextInt(FLOATS.length)];
            case DOUBLE -> random.nextBoolean() ? REALS[random.nextInt(REALS.length)] : random.nextGaussian();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> TEXTS[random.nextInt(TEXTS.length)];
            case BYTE_STRING -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield ByteString.copyFrom(bytes);
            }
            case ENUM -> {
                EnumDescriptor type = field.getEnumType();
                yield WellKnown.isNull(field) || type.isClosed() || knownEnums || random.nextBoolean()
                        ? type.getValues().get(random.nextInt(type.getValues().size()))
                        : type.findValueByNumberCreatingIfUnknown((int) bits());
            }
            case MESSAGE -> of(field.getMessageType(), levels - 1);
        };
    }

    private long bits() {
        long most = (1L << 53) - 1;
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

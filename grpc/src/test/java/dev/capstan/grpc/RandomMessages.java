package dev.capstan.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Random;

/** Messages with random fields, by their descriptors: numbers at the ends of their ranges, text of all planes, values of enums and whole fields that no schema has. */
final class RandomMessages {
    private static final int DEPTH = 3;
    private static final int FIRST_UNKNOWN = 100_000;

    private final Random random;
    private final List<Message> extensions;
    private final List<FieldDescriptor> extended;

    /** {@code extended} are fields that extend messages, and {@code extensions} their messages where they have one. */
    RandomMessages(Random random, List<FieldDescriptor> extended, List<Message> extensions) {
        this.random = random;
        this.extended = extended;
        this.extensions = extensions;
    }

    /** Another message of the type of {@code prototype}. */
    Message like(Message prototype) {
        Message.Builder builder = prototype.newBuilderForType();
        fill(builder, DEPTH);
        return builder.build();
    }

    private void fill(Message.Builder to, int depth) {
        for (FieldDescriptor field : to.getDescriptorForType().getFields()) {
            set(to, field, depth);
        }
        for (FieldDescriptor field : extended) {
            if (field.getContainingType().equals(to.getDescriptorForType())) {
                set(to, field, depth);
            }
        }
        if (random.nextInt(10) == 0) {
            to.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            FIRST_UNKNOWN + random.nextInt(100),
                            UnknownFieldSet.Field.newBuilder()
                                    .addVarint(number64())
                                    .addFixed32(number32())
                                    .addLengthDelimited(bytes())
                                    .build())
                    .build());
        }
    }

    private void set(Message.Builder to, FieldDescriptor field, int depth) {
        boolean deep = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField();
        if (!field.isRequired() && (random.nextInt(3) > 0 || (deep && depth == 0))) {
            return;
        }
        if (!field.isRepeated()) {
            to.setField(field, value(to, field, depth));
            return;
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            to.addRepeatedField(field, field.isMapField() ? entry(to, field, depth) : value(to, field, depth));
        }
    }

    private Message entry(Message.Builder to, FieldDescriptor map, int depth) {
        Message.Builder entry = to.newBuilderForField(map);
        for (FieldDescriptor field : entry.getDescriptorForType().getFields()) {
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || depth > 0) {
                entry.setField(field, value(entry, field, depth));
            }
        }
        return entry.build();
    }

    private Object value(Message.Builder of, FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT -> number32();
            case LONG -> number64();
            case FLOAT ->
                switch (random.nextInt(6)) {
                    case 0 -> Float.NaN;
                    case 1 -> -0.0f;
                    case 2 -> Float.NEGATIVE_INFINITY;
                    case 3 -> Float.MIN_VALUE;
                    default -> Float.intBitsToFloat(random.nextInt());
                };
            case DOUBLE ->
                switch (random.nextInt(6)) {
                    case 0 -> Double.NaN;
                    case 1 -> -0.0;
                    case 2 -> Double.POSITIVE_INFINITY;
                    case 3 -> Double.MIN_VALUE;
                    default -> Double.longBitsToDouble(random.nextLong());
                };
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text();
            case BYTE_STRING -> bytes();
            case ENUM -> choice(field);
            case MESSAGE -> {
                Message.Builder inner = field.isExtension()
                        ? extensions.stream()
                                .filter(each -> each.getDescriptorForType().equals(field.getMessageType()))
                                .findFirst()
                                .orElseThrow()
                                .newBuilderForType()
                        : of.newBuilderForField(field);
                fill(inner, depth - 1);
                yield inner.build();
            }
        };
    }

    private EnumValueDescriptor choice(FieldDescriptor field) {
        EnumDescriptor type = field.getEnumType();
        return type.isClosed() || random.nextBoolean()
                ? type.getValues().get(random.nextInt(type.getValues().size()))
                : type.findValueByNumberCreatingIfUnknown(number32());
    }

    private int number32() {
        return switch (random.nextInt(6)) {
            case 0 -> Integer.MIN_VALUE;
            case 1 -> Integer.MAX_VALUE;
            case 2 -> -1;
            case 3 -> 1 << random.nextInt(32);
            default -> random.nextInt();
        };
    }

    private long number64() {
        return switch (random.nextInt(6)) {
            case 0 -> Long.MIN_VALUE;
            case 1 -> Long.MAX_VALUE;
            case 2 -> -1;
            case 3 -> 1L << random.nextInt(64);
            default -> random.nextLong();
        };
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(200)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            int point = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(0x80);
                case 1 -> random.nextInt(0x800);
                case 2 -> random.nextInt(0xd800);
                default -> 0x10000 + random.nextInt(0x100000);
            };
            text.appendCodePoint(point);
        }
        return text.toString();
    }
}

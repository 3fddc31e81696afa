package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Messages of {@code google.protobuf} that JavaScript has values for. They are told by their names: their descriptors may be anybody's. */
enum WellKnown {
    TIMESTAMP,
    DURATION,
    WRAPPER,
    STRUCT,
    VALUE,
    LIST,
    ANY;

    /** What a message is; null if it is an ordinary one. */
    static @Nullable WellKnown of(Descriptor type) {
        return switch (type.getFullName()) {
            case "google.protobuf.Timestamp" -> TIMESTAMP;
            case "google.protobuf.Duration" -> DURATION;
            case "google.protobuf.DoubleValue",
                    "google.protobuf.FloatValue",
                    "google.protobuf.Int64Value",
                    "google.protobuf.UInt64Value",
                    "google.protobuf.Int32Value",
                    "google.protobuf.UInt32Value",
                    "google.protobuf.BoolValue",
                    "google.protobuf.StringValue",
                    "google.protobuf.BytesValue" -> WRAPPER;
            case "google.protobuf.Struct" -> STRUCT;
            case "google.protobuf.Value" -> VALUE;
            case "google.protobuf.ListValue" -> LIST;
            case "google.protobuf.Any" -> ANY;
            default -> null;
        };
    }

    static boolean isNull(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.ENUM
                && field.getEnumType().getFullName().equals("google.protobuf.NullValue");
    }

    /** Whether null is a value of the field, and does not leave it out. */
    static boolean takesNull(FieldDescriptor field) {
        return isNull(field)
                || (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && of(field.getMessageType()) == VALUE);
    }

    /** The field of a type that has it by definition. */
    static FieldDescriptor field(Descriptor type, String name) {
        FieldDescriptor found = type.findFieldByName(name);
        if (found == null) {
            throw new IllegalArgumentException("'" + type.getFullName() + "' in " + type.getFile().getName()
                    + " has no field '" + name + "', and that of Google has");
        }
        return found;
    }

    static long seconds(Message message) {
        return (Long) message.getField(field(message.getDescriptorForType(), "seconds"));
    }

    static int nanos(Message message) {
        return (Integer) message.getField(field(message.getDescriptorForType(), "nanos"));
    }

    /** A point in time as a {@code Date}; null if it is none, or one that no {@code Date} holds without loss. */
    static @Nullable Instant date(Message message) {
        Timestamp time = Timestamp.newBuilder()
                .setSeconds(seconds(message))
                .setNanos(nanos(message))
                .build();
        return Timestamps.isValid(time) && time.getNanos() % 1_000_000 == 0
                ? Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
                : null;
    }

    /** A span of time as text, as in {@code 1.5s}; null if it is not valid. */
    static @Nullable String duration(Message message) {
        Duration time = Duration.newBuilder()
                .setSeconds(seconds(message))
                .setNanos(nanos(message))
                .build();
        return Durations.isValid(time) ? Durations.toString(time) : null;
    }

    /** What a map has of an entry. */
    static Object part(Message entry, int number) {
        return entry.getField(
                Objects.requireNonNull(entry.getDescriptorForType().findFieldByNumber(number)));
    }
}

package dev.capstan.gateway.console;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.gateway.console.Description.Interface;
import dev.capstan.gateway.console.Description.Kind;
import dev.capstan.gateway.console.Description.Member;
import dev.capstan.gateway.console.Description.Method;
import dev.capstan.gateway.console.Description.Service;
import dev.capstan.gateway.grpc.GrpcBridge;
import java.util.List;

/** Describes a service of gRPC as {@link GrpcBridge} makes an object of it: a method takes a message or a stream of them, and gives one or the other. */
final class OfService {
    private OfService() {}

    static Service describe(ServiceDescriptor service) {
        List<Method> methods =
                service.getMethods().stream().map(OfService::method).toList();
        return new Service(
                service.getFullName(), "grpc", service.getName(), List.of(new Interface(service.getName(), methods)));
    }

    private static Method method(MethodDescriptor method) {
        Descriptor request = method.getInputType();
        boolean isMessage = !method.isClientStreaming() && kind(request) == Kind.VALUE && !isAnyJson(request);
        List<Member> takes = method.isClientStreaming()
                ? List.of(stream("requests", request))
                : isMessage ? members(request) : List.of(plain("value", request));
        Descriptor answer = method.getOutputType();
        return new Method(
                GrpcBridge.nameOf(method),
                isMessage,
                false,
                takes,
                List.of(method.isServerStreaming() ? stream("", answer) : plain("", answer)));
    }

    private static Member stream(String name, Descriptor message) {
        return new Member(name, "ReadableStream<" + message.getName() + ">", Kind.READABLE, List.of());
    }

    private static Member plain(String name, Descriptor message) {
        return new Member(name, message.getName(), kind(message), List.of());
    }

    private static List<Member> members(Descriptor message) {
        return message.getFields().stream()
                .map(field -> new Member(field.getJsonName(), text(field), kind(field), choices(field)))
                .toList();
    }

    private static List<String> choices(FieldDescriptor field) {
        return kind(field) == Kind.CHOICE
                ? field.getEnumType().getValues().stream()
                        .map(EnumValueDescriptor::getName)
                        .toList()
                : List.of();
    }

    /** As a file of protobuf has it. */
    private static String text(FieldDescriptor field) {
        OneofDescriptor union = field.getRealContainingOneof();
        String type = type(field);
        if (field.isMapField()) {
            List<FieldDescriptor> entry = field.getMessageType().getFields();
            return "map<" + type(entry.getFirst()) + ", " + type(entry.getLast()) + ">";
        }
        if (field.isRepeated()) {
            return "repeated " + type;
        }
        if (union != null) {
            return type + ", one of " + union.getName();
        }
        boolean isValue = field.getJavaType() != FieldDescriptor.JavaType.MESSAGE;
        return isValue && field.hasPresence() && !field.isRequired() ? "optional " + type : type;
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getName();
            case ENUM -> field.getEnumType().getName();
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
                field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    }

    private static Kind kind(FieldDescriptor field) {
        if (field.isRepeated()) {
            return Kind.VALUE;
        }
        return switch (field.getJavaType()) {
            case INT, LONG, FLOAT, DOUBLE -> Kind.NUMBER;
            case BOOLEAN -> Kind.FLAG;
            case STRING -> Kind.TEXT;
            case BYTE_STRING -> Kind.BYTES;
            case ENUM -> Kind.CHOICE;
            case MESSAGE -> kind(field.getMessageType());
        };
    }

    /** Of messages that JavaScript has values for. */
    private static Kind kind(Descriptor message) {
        return switch (message.getFullName()) {
            case "google.protobuf.DoubleValue",
                    "google.protobuf.FloatValue",
                    "google.protobuf.Int64Value",
                    "google.protobuf.UInt64Value",
                    "google.protobuf.Int32Value",
                    "google.protobuf.UInt32Value" -> Kind.NUMBER;
            case "google.protobuf.BoolValue" -> Kind.FLAG;
            case "google.protobuf.StringValue", "google.protobuf.Duration" -> Kind.TEXT;
            case "google.protobuf.BytesValue" -> Kind.BYTES;
            default -> Kind.VALUE;
        };
    }

    /** Whether a message stands for JSON as it is written. */
    private static boolean isAnyJson(Descriptor message) {
        return switch (message.getFullName()) {
            case "google.protobuf.Struct",
                    "google.protobuf.Value",
                    "google.protobuf.ListValue",
                    "google.protobuf.Any",
                    "google.protobuf.Timestamp" -> true;
            default -> false;
        };
    }
}

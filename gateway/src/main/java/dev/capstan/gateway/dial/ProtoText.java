package dev.capstan.gateway.dial;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.gateway.options.InputException;
import java.util.List;
import java.util.Locale;

/** Definitions as they are written in a {@code .proto} file, from descriptors. Options and comments are not shown. */
final class ProtoText {
    private ProtoText() {}

    static String signature(MethodDescriptor method) {
        return "rpc " + method.getName() + "(" + (method.isClientStreaming() ? "stream " : "")
                + method.getInputType().getFullName() + ") returns (" + (method.isServerStreaming() ? "stream " : "")
                + method.getOutputType().getFullName() + ")";
    }

    /** What is called {@code full} in {@code file}. */
    static String definition(FileDescriptor file, String full) throws InputException {
        StringBuilder out = new StringBuilder();
        for (ServiceDescriptor service : file.getServices()) {
            if (service.getFullName().equals(full)) {
                service(service, out);
                return out.toString();
            }
            for (MethodDescriptor method : service.getMethods()) {
                if (method.getFullName().equals(full)) {
                    out.append(signature(method)).append(";\n\n");
                    message(method.getInputType(), "", out);
                    if (method.getOutputType() != method.getInputType()) {
                        out.append('\n');
                        message(method.getOutputType(), "", out);
                    }
                    return out.toString();
                }
            }
        }
        GenericDescriptor found = find(file.getMessageTypes(), file.getEnumTypes(), full);
        switch (found) {
            case Descriptor message -> message(message, "", out);
            case EnumDescriptor type -> enumeration(type, "", out);
            case null, default ->
                throw new InputException("'" + full + "' is neither a service, nor a method, a message or an enum.");
        }
        return out.toString();
    }

    private static @org.jspecify.annotations.Nullable GenericDescriptor find(
            List<Descriptor> messages, List<EnumDescriptor> enums, String full) {
        for (EnumDescriptor each : enums) {
            if (each.getFullName().equals(full)) {
                return each;
            }
        }
        for (Descriptor each : messages) {
            if (each.getFullName().equals(full)) {
                return each;
            }
            if (full.startsWith(each.getFullName() + ".")) {
                return find(each.getNestedTypes(), each.getEnumTypes(), full);
            }
        }
        return null;
    }

    private static void service(ServiceDescriptor service, StringBuilder out) {
        out.append("service ").append(service.getName()).append(" {\n");
        for (MethodDescriptor each : service.getMethods()) {
            out.append("  ").append(signature(each)).append(";\n");
        }
        out.append("}\n");
    }

    private static void message(Descriptor message, String indent, StringBuilder out) {
        out.append(indent).append("message ").append(message.getName()).append(" {\n");
        String inner = indent + "  ";
        OneofDescriptor open = null;
        for (FieldDescriptor each : message.getFields()) {
            OneofDescriptor oneof = each.getRealContainingOneof();
            if (open != null && open != oneof) {
                out.append(inner).append("}\n");
            }
            if (oneof != null && open != oneof) {
                out.append(inner).append("oneof ").append(oneof.getName()).append(" {\n");
            }
            open = oneof;
            field(each, oneof == null ? inner : inner + "  ", out);
        }
        if (open != null) {
            out.append(inner).append("}\n");
        }
        for (Descriptor each : message.getNestedTypes()) {
            if (!each.getOptions().getMapEntry()) {
                message(each, inner, out);
            }
        }
        message.getEnumTypes().forEach(each -> enumeration(each, inner, out));
        out.append(indent).append("}\n");
    }

    private static void field(FieldDescriptor field, String indent, StringBuilder out) {
        out.append(indent);
        if (field.isMapField()) {
            List<FieldDescriptor> entry = field.getMessageType().getFields();
            out.append("map<")
                    .append(type(entry.get(0)))
                    .append(", ")
                    .append(type(entry.get(1)))
                    .append('>');
        } else {
            boolean isOptional = field.toProto().getProto3Optional()
                    || (field.hasPresence()
                            && field.getRealContainingOneof() == null
                            && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                            && !field.isRequired());
            out.append(
                    field.isRepeated()
                            ? "repeated "
                            : field.isRequired() ? "required " : isOptional ? "optional " : "");
            out.append(type(field));
        }
        out.append(' ')
                .append(field.getName())
                .append(" = ")
                .append(field.getNumber())
                .append(";\n");
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static void enumeration(EnumDescriptor type, String indent, StringBuilder out) {
        out.append(indent).append("enum ").append(type.getName()).append(" {\n");
        for (EnumValueDescriptor each : type.getValues()) {
            out.append(indent)
                    .append("  ")
                    .append(each.getName())
                    .append(" = ")
                    .append(each.getNumber())
                    .append(";\n");
        }
        out.append(indent).append("}\n");
    }
}

package dev.capstan.gateway.dial;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import dev.capstan.grpc.services.DescriptorPool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages as JSON, by the mapping of proto3, with the types of a server within {@code Any}. */
final class ProtoJson {
    private final JsonFormat.Parser parser;
    private final JsonFormat.Printer printer;

    ProtoJson(DescriptorPool schemas) {
        JsonFormat.TypeRegistry.Builder types = JsonFormat.TypeRegistry.newBuilder();
        schemas.files().forEach(file -> types.add(file.getMessageTypes()));
        JsonFormat.TypeRegistry registry = types.build();
        this.parser = JsonFormat.parser().usingTypeRegistry(registry);
        this.printer = JsonFormat.printer().usingTypeRegistry(registry).omittingInsignificantWhitespace();
    }

    /**
     * A message of {@code arguments}: one object that names its fields, or each at its place.
     *
     * @throws InputException if they do not fit
     */
    DynamicMessage message(Descriptor type, List<? extends @Nullable Object> arguments) throws InputException {
        Object tree;
        if (arguments.size() == 1
                && !(isScalar(arguments.getFirst()) && type.getFields().size() == 1 && !isWellKnown(type))) {
            tree = arguments.getFirst();
        } else {
            tree = named(type, arguments);
        }
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        try {
            parser.merge(Literal.json(values(tree)), builder);
        } catch (InvalidProtocolBufferException e) {
            throw new InputException(type.getFullName() + ": " + e.getMessage());
        }
        return builder.build();
    }

    private static boolean isScalar(@Nullable Object tree) {
        return !(tree instanceof Map) && !(tree instanceof List);
    }

    private static boolean isWellKnown(Descriptor type) {
        return type.getFile().getPackage().equals("google.protobuf");
    }

    private static Map<String, @Nullable Object> named(Descriptor type, List<? extends @Nullable Object> arguments)
            throws InputException {
        List<FieldDescriptor> fields = type.getFields();
        if (arguments.size() > fields.size()) {
            throw new InputException(
                    type.getFullName() + " has " + fields.size() + " fields, not " + arguments.size() + ".");
        }
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            named.put(fields.get(i).getJsonName(), arguments.get(i));
        }
        return named;
    }

    private static @Nullable Object values(@Nullable Object tree) throws InputException {
        return switch (tree) {
            case Ref ref -> ref.value();
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> members = new LinkedHashMap<>();
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    members.put(each.getKey(), values(each.getValue()));
                }
                yield members;
            }
            case List<?> list -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (Object each : list) {
                    elements.add(values(each));
                }
                yield elements;
            }
            case null, default -> tree;
        };
    }

    /** One line. */
    String line(DynamicMessage message) {
        try {
            return printer.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new ExitException(
                    ExitException.SCHEMA,
                    "The answer holds a type that the server's schemas do not have: " + e.getMessage());
        }
    }
}

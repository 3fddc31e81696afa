package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of messages by the names that they have outside: those of JSON, and on the way in those of the file, too. Belongs to one thread. */
final class Members {
    private final Map<Descriptor, Map<String, FieldDescriptor>> known = new HashMap<>();

    @Nullable
    FieldDescriptor find(Descriptor type, String name) {
        return known.computeIfAbsent(type, Members::all).get(name);
    }

    private static Map<String, FieldDescriptor> all(Descriptor type) {
        Map<String, FieldDescriptor> all = new HashMap<>();
        type.getFields().forEach(field -> all.put(field.getJsonName(), field));
        type.getFields().forEach(field -> all.putIfAbsent(field.getName(), field));
        return all;
    }
}

package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.gateway.translate.JavaScript;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether everything that can be reached from a service has a name of its own in JavaScript. Looked at before the first call, so that nothing is found out in the middle of one. */
final class ServiceNames {
    private final Set<Descriptor> seen = new HashSet<>();
    private final ArrayDeque<Descriptor> open = new ArrayDeque<>();

    private ServiceNames() {}

    /** @throws IllegalArgumentException if there is something that has not; it names the first */
    static void check(ServiceDescriptor service) {
        Map<String, Rpc> methods = new HashMap<>();
        ServiceNames all = new ServiceNames();
        for (Rpc rpc : Rpc.all(service)) {
            if (JavaScript.TAKEN.contains(rpc.name())) {
                throw new IllegalArgumentException("Method " + rpc.method().getFullName() + " cannot be called over Cap'n Web: JavaScript clients keep the name '" + rpc.name()
                        + "' for themselves. Leave the service out, or rename the method.");
            }
            Rpc other = methods.putIfAbsent(rpc.name(), rpc);
            if (other != null) {
                throw new IllegalArgumentException(rpc.method().getFullName() + " and "
                        + other.method().getFullName() + " would both be called '" + rpc.name()
                        + "'. Leave the service out, or rename one.");
            }
            all.see(rpc.request());
            all.see(rpc.answer());
        }
        while (!all.open.isEmpty()) {
            all.fields(all.open.remove());
        }
    }

    private void see(Descriptor type) {
        if (seen.add(type)) {
            open.add(type);
        }
    }

    private void fields(Descriptor type) {
        Map<String, FieldDescriptor> names = new HashMap<>();
        for (FieldDescriptor field : type.getFields()) {
            String name = field.getJsonName();
            if (JavaScript.DROPPED.contains(name) || name.equals(AnyType.NAME)) {
                throw new IllegalArgumentException(
                        "Field " + field.getFullName() + " cannot cross to Cap'n Web: receivers drop or reserve the name '" + name
                                + "'. Give it another one with the option json_name; its number stays.");
            }
            FieldDescriptor other = names.putIfAbsent(name, field);
            if (other != null) {
                throw new IllegalArgumentException(field.getFullName() + " and " + other.getFullName()
                        + " have one name in JSON, '" + name + "'. Give one another with the option json_name.");
            }
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                see(field.getMessageType());
            }
        }
    }
}

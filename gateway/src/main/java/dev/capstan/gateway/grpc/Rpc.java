package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.capstan.grpc.ServiceSchema;
import java.util.List;

/**
 * A method of a service.
 *
 * @param name what it is called outside of gRPC: as in the file, with a small letter first
 * @param method in the file
 * @param descriptor as grpc-java has it, with messages that are known by their descriptors alone
 */
record Rpc(String name, MethodDescriptor method, io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> descriptor) {
    static List<Rpc> all(ServiceDescriptor service) {
        ServiceSchema schema = ServiceSchema.of(service.getFile(), service.getName());
        return service.getMethods().stream().map(each -> of(schema, each)).toList();
    }

    private static Rpc of(ServiceSchema schema, MethodDescriptor method) {
        return new Rpc(
                GrpcBridge.nameOf(method),
                method,
                schema.method(
                        method.getName(),
                        DynamicMessage.getDefaultInstance(method.getInputType()),
                        DynamicMessage.getDefaultInstance(method.getOutputType())));
    }

    Descriptor request() {
        return method.getInputType();
    }

    Descriptor answer() {
        return method.getOutputType();
    }

    boolean streamsRequests() {
        return method.isClientStreaming();
    }

    boolean streamsAnswers() {
        return method.isServerStreaming();
    }
}

package dev.capstan.grpc;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;

/**
 * A service of a {@code .proto} file: from its descriptor it makes the constants of generated code, which lead back to it. So reflection, and whoever translates by schema, find the file.
 * Immutable.
 */
public final class ServiceSchema implements ProtoServiceDescriptorSupplier {
    private final com.google.protobuf.Descriptors.ServiceDescriptor service;

    private ServiceSchema(com.google.protobuf.Descriptors.ServiceDescriptor service) {
        this.service = service;
    }

    /** The service that {@code file} calls {@code name}. @throws IllegalArgumentException if it has none of this name */
    public static ServiceSchema of(FileDescriptor file, String name) {
        com.google.protobuf.Descriptors.ServiceDescriptor found = file.findServiceByName(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    file.getName() + " has no service " + name + ": generate its code again, all of it");
        }
        return new ServiceSchema(found);
    }

    /**
     * The method that the file calls {@code name}, between messages of these types.
     *
     * @throws IllegalArgumentException if the service has none of this name
     */
    public <Q extends Message, S extends Message> io.grpc.MethodDescriptor<Q, S> method(
            String name, Q request, S answer) {
        MethodDescriptor found = service.findMethodByName(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    service.getFullName() + " has no method " + name + ": generate its code again, all of it");
        }
        IdempotencyLevel level = found.getOptions().getIdempotencyLevel();
        return io.grpc.MethodDescriptor.<Q, S>newBuilder()
                .setType(type(found))
                .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(service.getFullName(), name))
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .setSafe(level == IdempotencyLevel.NO_SIDE_EFFECTS)
                .setIdempotent(level != IdempotencyLevel.IDEMPOTENCY_UNKNOWN)
                .setSampledToLocalTracing(true)
                .setSchemaDescriptor(new Method(this, found))
                .build();
    }

    private static io.grpc.MethodDescriptor.MethodType type(MethodDescriptor method) {
        if (method.isClientStreaming()) {
            return method.isServerStreaming()
                    ? io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING
                    : io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
        }
        return method.isServerStreaming()
                ? io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING
                : io.grpc.MethodDescriptor.MethodType.UNARY;
    }

    /** The service with these methods, as grpc-java has it. */
    public ServiceDescriptor descriptor(io.grpc.MethodDescriptor<?, ?>... methods) {
        ServiceDescriptor.Builder built =
                ServiceDescriptor.newBuilder(service.getFullName()).setSchemaDescriptor(this);
        for (io.grpc.MethodDescriptor<?, ?> each : methods) {
            built.addMethod(each);
        }
        return built.build();
    }

    /** What a method throws that a handler does not have. */
    public static StatusRuntimeException unimplemented(io.grpc.MethodDescriptor<?, ?> method) {
        return Status.UNIMPLEMENTED
                .withDescription(method.getFullMethodName() + " is not implemented here")
                .asRuntimeException();
    }

    @Override
    public FileDescriptor getFileDescriptor() {
        return service.getFile();
    }

    @Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
        return service;
    }

    private record Method(ServiceSchema schema, MethodDescriptor method) implements ProtoMethodDescriptorSupplier {
        @Override
        public FileDescriptor getFileDescriptor() {
            return schema.getFileDescriptor();
        }

        @Override
        public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
            return schema.getServiceDescriptor();
        }

        @Override
        public MethodDescriptor getMethodDescriptor() {
            return method;
        }
    }
}

package dev.capstan.grpc.services;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Empty;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthProto;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCalls;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code grpc.health.v1.Health} tells of a server: how it is with each service, by name, and with the server as a whole, whose name is empty. Check and Watch are those of
 * {@link HealthStatusManager}; List, which its version has not, is added. Thread-safe.
 */
public final class Health {
    private final HealthStatusManager manager = new HealthStatusManager();
    private final Map<String, ServingStatus> statuses = new TreeMap<>();
    private boolean left;

    /** The server as a whole serves, and nothing is known of any service. */
    public Health() {
        set(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    }

    /**
     * From now on {@code status} holds for {@code service}, and watchers are told; ignored after {@link #leave}. Any name will do that clients know: a service's, or one for a capability that is
     * reached through it.
     */
    public synchronized void set(String service, ServingStatus status) {
        if (!left) {
            statuses.put(service, status);
            manager.setStatus(service, status);
        }
    }

    /** What holds now, by service. */
    public synchronized Map<String, ServingStatus> statuses() {
        return Map.copyOf(statuses);
    }

    /** Nothing serves any more, for ever: watchers are told. */
    public synchronized void leave() {
        left = true;
        statuses.replaceAll((service, status) -> ServingStatus.NOT_SERVING);
        manager.enterTerminalState();
    }

    /** The service, for any server of grpc-java's kind; {@code GrpcServer.Builder.health} adds it by itself. */
    public ServerServiceDefinition service() {
        FileDescriptor file = withList();
        Descriptor answer = file.findMessageTypeByName("HealthListResponse");
        MethodDescriptor<Empty, DynamicMessage> list = MethodDescriptor.<Empty, DynamicMessage>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(HealthGrpc.SERVICE_NAME, "List"))
                .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(answer)))
                .build();
        ServerServiceDefinition others = manager.getHealthService().bindService();
        ServerServiceDefinition.Builder all =
                ServerServiceDefinition.builder(ServiceDescriptor.newBuilder(HealthGrpc.SERVICE_NAME)
                        .setSchemaDescriptor(DescriptorPool.schema(file, "Health"))
                        .addMethod(HealthGrpc.getCheckMethod())
                        .addMethod(list)
                        .addMethod(HealthGrpc.getWatchMethod())
                        .build());
        others.getMethods().forEach(all::addMethod);
        return all.addMethod(list, ServerCalls.<Empty, DynamicMessage>asyncUnaryCall((request, to) -> {
                    to.onNext(list(answer));
                    to.onCompleted();
                }))
                .build();
    }

    private DynamicMessage list(Descriptor answer) {
        FieldDescriptor field = answer.findFieldByName("statuses");
        Descriptor entry = field.getMessageType();
        FieldDescriptor value = entry.findFieldByName("value");
        FieldDescriptor status = value.getMessageType().findFieldByName("status");
        DynamicMessage.Builder all = DynamicMessage.newBuilder(answer);
        statuses()
                .forEach((service, its) -> all.addRepeatedField(
                        field,
                        DynamicMessage.newBuilder(entry)
                                .setField(entry.findFieldByName("key"), service)
                                .setField(
                                        value,
                                        DynamicMessage.newBuilder(value.getMessageType())
                                                .setField(
                                                        status,
                                                        status.getEnumType().findValueByNumber(its.getNumber()))
                                                .build())
                                .build()));
        return all.build();
    }

    /** The schema as it is since 2025: {@code HealthListResponse.statuses} is a map from services to what Check tells of them. */
    private static FileDescriptor withList() {
        FileDescriptorProto.Builder file = HealthProto.getDescriptor().toProto().toBuilder();
        file.addMessageType(DescriptorProto.newBuilder().setName("HealthListRequest"));
        DescriptorProto entry = DescriptorProto.newBuilder()
                .setName("StatusesEntry")
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(field("key", 1).setType(FieldDescriptorProto.Type.TYPE_STRING))
                .addField(field("value", 2)
                        .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".grpc.health.v1.HealthCheckResponse"))
                .build();
        file.addMessageType(DescriptorProto.newBuilder()
                .setName("HealthListResponse")
                .addNestedType(entry)
                .addField(field("statuses", 1)
                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)
                        .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".grpc.health.v1.HealthListResponse.StatusesEntry")));
        file.getServiceBuilder(0)
                .addMethod(MethodDescriptorProto.newBuilder()
                        .setName("List")
                        .setInputType(".grpc.health.v1.HealthListRequest")
                        .setOutputType(".grpc.health.v1.HealthListResponse"));
        try {
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
        } catch (DescriptorValidationException e) {
            throw new AssertionError("the schema of the health service is sound", e);
        }
    }

    private static FieldDescriptorProto.Builder field(String name, int number) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
    }
}

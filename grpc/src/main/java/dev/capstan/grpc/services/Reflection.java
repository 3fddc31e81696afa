package dev.capstan.grpc.services;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.ExtensionNumberResponse;
import io.grpc.reflection.v1.ExtensionRequest;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Server reflection, v1 and v1alpha, which differ in their names alone: what services there are, and the files of their schemas with all that those import. A client that does not take
 * its answers is asked for no more requests.
 *
 * <p>Written anew because {@code grpc-services} reflects on an {@code io.grpc.Server}, which ours is not, and on generated code.
 */
public final class Reflection {
    private final List<String> names;
    private final DescriptorPool pool;

    private Reflection(List<String> names, DescriptorPool pool) {
        this.names = names;
        this.pool = pool;
    }

    /** The services of both versions, for any server of grpc-java's kind: they tell of {@code served} and of themselves. */
    public static List<ServerServiceDefinition> of(Collection<ServerServiceDefinition> served) {
        return of(served, List.of(), DescriptorPool.of(List.of()));
    }

    /**
     * As {@link #of(Collection)}, and they tell of more: of services called {@code names}, which may be answered by a fallback, and of what {@code pool} has. Where two files have one
     * name, {@code served} has the right one.
     */
    public static List<ServerServiceDefinition> of(
            Collection<ServerServiceDefinition> served, Collection<String> names, DescriptorPool pool) {
        ServiceDescriptor v1 = ServerReflectionGrpc.getServiceDescriptor();
        ServiceDescriptor v1alpha = io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServiceDescriptor();
        List<ServiceDescriptor> told = new ArrayList<>();
        served.forEach(each -> told.add(each.getServiceDescriptor()));
        told.add(v1);
        told.add(v1alpha);
        Set<String> all = new TreeSet<>(names);
        List<FileDescriptor> files = new ArrayList<>();
        for (ServiceDescriptor each : told) {
            all.add(each.getName());
            if (each.getSchemaDescriptor() instanceof ProtoFileDescriptorSupplier from) {
                files.add(from.getFileDescriptor());
            }
        }
        Reflection reflection =
                new Reflection(List.copyOf(all), DescriptorPool.of(files).and(pool));
        return List.of(reflection.bind(v1), reflection.bind(v1alpha));
    }

    /** The method of this version, in the words of v1. */
    static MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> method(String service) {
        MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> v1 =
                ServerReflectionGrpc.getServerReflectionInfoMethod();
        return v1.toBuilder()
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, "ServerReflectionInfo"))
                .build();
    }

    private ServerServiceDefinition bind(ServiceDescriptor version) {
        MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> method = method(version.getName());
        ServiceDescriptor bound = ServiceDescriptor.newBuilder(version.getName())
                .setSchemaDescriptor(version.getSchemaDescriptor())
                .addMethod(method)
                .build();
        return ServerServiceDefinition.builder(bound)
                .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::reflect))
                .build();
    }

    private StreamObserver<ServerReflectionRequest> reflect(StreamObserver<ServerReflectionResponse> to) {
        ServerCallStreamObserver<ServerReflectionResponse> call =
                (ServerCallStreamObserver<ServerReflectionResponse>) to;
        call.disableAutoRequest();
        // Each turn of readiness, and each answer that leaves it, asks for one request.
        boolean[] asked = {false};
        Runnable ask = () -> {
            if (!asked[0] && call.isReady()) {
                asked[0] = true;
                call.request(1);
            }
        };
        call.setOnReadyHandler(ask);
        call.setOnCancelHandler(() -> {});
        return new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionRequest request) {
                asked[0] = false;
                call.onNext(answer(request));
                ask.run();
            }

            @Override
            public void onError(Throwable failure) {
                // The client has given up, and there is nothing to clean up.
            }

            @Override
            public void onCompleted() {
                call.onCompleted();
            }
        };
    }

    private ServerReflectionResponse answer(ServerReflectionRequest request) {
        ServerReflectionResponse.Builder answer = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> {
                ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
                names.forEach(
                        each -> list.addService(ServiceResponse.newBuilder().setName(each)));
                answer.setListServicesResponse(list);
            }
            case FILE_BY_FILENAME ->
                files(answer, pool.file(request.getFileByFilename()), "file " + request.getFileByFilename());
            case FILE_CONTAINING_SYMBOL ->
                files(
                        answer,
                        pool.symbol(request.getFileContainingSymbol()),
                        "symbol " + request.getFileContainingSymbol());
            case FILE_CONTAINING_EXTENSION -> {
                ExtensionRequest wanted = request.getFileContainingExtension();
                files(
                        answer,
                        pool.extension(wanted.getContainingType(), wanted.getExtensionNumber()),
                        "extension " + wanted.getExtensionNumber() + " of " + wanted.getContainingType());
            }
            case ALL_EXTENSION_NUMBERS_OF_TYPE -> {
                String type = request.getAllExtensionNumbersOfType();
                if (pool.message(type).isPresent()) {
                    answer.setAllExtensionNumbersResponse(ExtensionNumberResponse.newBuilder()
                            .setBaseTypeName(type)
                            .addAllExtensionNumber(pool.extensions(type)));
                } else {
                    answer.setErrorResponse(error(Status.Code.NOT_FOUND, "there is no message " + type + " here"));
                }
            }
            case MESSAGEREQUEST_NOT_SET ->
                answer.setErrorResponse(
                        error(Status.Code.INVALID_ARGUMENT, "the request does not say what is to be told"));
        }
        return answer.build();
    }

    private static void files(ServerReflectionResponse.Builder answer, Optional<FileDescriptor> found, String what) {
        if (found.isEmpty()) {
            answer.setErrorResponse(error(Status.Code.NOT_FOUND, "there is no " + what + " here"));
            return;
        }
        Map<String, FileDescriptor> all = new LinkedHashMap<>();
        List<FileDescriptor> waiting = new ArrayList<>(List.of(found.get()));
        for (int i = 0; i < waiting.size(); i++) {
            FileDescriptor file = waiting.get(i);
            if (all.putIfAbsent(file.getName(), file) == null) {
                waiting.addAll(file.getDependencies());
            }
        }
        FileDescriptorResponse.Builder files = FileDescriptorResponse.newBuilder();
        all.values().forEach(each -> files.addFileDescriptorProto(each.toProto().toByteString()));
        answer.setFileDescriptorResponse(files);
    }

    private static ErrorResponse error(Status.Code code, String message) {
        return ErrorResponse.newBuilder()
                .setErrorCode(code.value())
                .setErrorMessage(message)
                .build();
    }
}

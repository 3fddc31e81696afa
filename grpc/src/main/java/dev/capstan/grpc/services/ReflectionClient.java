package dev.capstan.grpc.services;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * Asks servers for their services and schemas, by reflection v1 or, where that is not there, v1alpha. Borrows the client. May be used from any thread; promises belong to the loop, and
 * whoever cancels one ends its call. They fail with {@link GrpcFailure}: RESOURCE_EXHAUSTED where a limit is reached, INTERNAL where the server's schemas do not fit together.
 */
public final class ReflectionClient {
    private final Loop loop;
    private final GrpcClient client;
    private final CallSettings settings;
    private final Limits.Reflection limits;

    /** {@code settings} hold for each call: a deadline, for one. {@code loop} is the client's. */
    public ReflectionClient(Loop loop, GrpcClient client, CallSettings settings, Limits.Reflection limits) {
        this.loop = loop;
        this.client = client;
        this.settings = settings;
        this.limits = limits;
    }

    /** The names of all services, reflection itself included. */
    public Promise<List<String>> services() {
        return loop.fiber(() -> inEitherVersion(Conversation::services));
    }

    /** The schemas of all services. */
    public Promise<DescriptorPool> schemas() {
        return loop.fiber(() -> inEitherVersion(talk -> talk.schemas(talk.services())));
    }

    /** The schemas of these services, methods, messages or enums, by their full names. */
    public Promise<DescriptorPool> schemas(Collection<String> symbols) {
        List<String> wanted = List.copyOf(symbols);
        return loop.fiber(() -> inEitherVersion(talk -> talk.schemas(wanted)));
    }

    private interface Talk<T> {
        T with(Conversation conversation);
    }

    private <T> T inEitherVersion(Talk<T> talk) {
        try {
            return talk(ServerReflectionGrpc.SERVICE_NAME, talk);
        } catch (GrpcFailure e) {
            if (e.code() != Status.Code.UNIMPLEMENTED) {
                throw e;
            }
            return talk(io.grpc.reflection.v1alpha.ServerReflectionGrpc.SERVICE_NAME, talk);
        }
    }

    private <T> T talk(String service, Talk<T> talk) {
        try (Conversation conversation = new Conversation(Reflection.method(service))) {
            T told = talk.with(conversation);
            conversation.end();
            return told;
        }
    }

    /** One call, whose answers come in the order of its requests. */
    private final class Conversation implements AutoCloseable {
        private final String method;
        private final GrpcCall<ServerReflectionRequest, ServerReflectionResponse> call;
        private final Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
        /** Files that those that are here import and that are not here. */
        private final SequencedSet<String> missing = new LinkedHashSet<>();

        private long bytes;

        Conversation(MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> method) {
            this.method = method.getFullMethodName();
            this.call = client.call(method, settings);
        }

        List<String> services() {
            ServerReflectionResponse answer = ask(
                    ServerReflectionRequest.newBuilder().setListServices("*").build(), "its services");
            List<String> names = answer.getListServicesResponse().getServiceList().stream()
                    .map(ServiceResponse::getName)
                    .toList();
            if (names.size() > limits.services()) {
                throw tooMuch("has " + names.size() + " services", limits.services() + " services");
            }
            return names;
        }

        DescriptorPool schemas(Collection<String> symbols) {
            for (String symbol : symbols) {
                take(ask(
                        ServerReflectionRequest.newBuilder()
                                .setFileContainingSymbol(symbol)
                                .build(),
                        symbol));
            }
            while (!missing.isEmpty()) {
                String name = missing.getFirst();
                take(ask(
                        ServerReflectionRequest.newBuilder()
                                .setFileByFilename(name)
                                .build(),
                        name));
                if (missing.contains(name)) {
                    throw failure(Status.INTERNAL, "the server was asked for " + name + " and has sent other files");
                }
            }
            try {
                return DescriptorPool.of(
                        FileDescriptorSet.newBuilder()
                                .addAllFile(files.values())
                                .build(),
                        limits.depth());
            } catch (DescriptorPool.TooDeep e) {
                throw tooMuch("has sent schemas of which " + e.getMessage(), limits.depth() + " files");
            } catch (IllegalArgumentException e) {
                throw failure(
                        Status.INTERNAL.withCause(e), "the server's schemas do not fit together: " + e.getMessage());
            }
        }

        private void take(ServerReflectionResponse answer) {
            for (ByteString each : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
                FileDescriptorProto file;
                try {
                    file = FileDescriptorProto.parseFrom(each);
                } catch (InvalidProtocolBufferException e) {
                    throw failure(Status.INTERNAL.withCause(e), "the server has sent a file that is no schema");
                }
                if (files.putIfAbsent(file.getName(), file) == null) {
                    add(file, each.size());
                }
            }
        }

        private void add(FileDescriptorProto file, int size) {
            bytes += size;
            missing.remove(file.getName());
            for (String each : file.getDependencyList()) {
                if (!files.containsKey(each)) {
                    missing.add(each);
                }
            }
            if (files.size() + missing.size() > limits.files() || bytes > limits.bytes()) {
                throw tooMuch(
                        "has sent " + files.size() + " files of " + bytes + " bytes, which import " + missing.size()
                                + " more",
                        limits.files() + " files and " + limits.bytes() + " bytes");
            }
        }

        private ServerReflectionResponse ask(ServerReflectionRequest request, String what) {
            call.write(request);
            ServerReflectionResponse answer = call.read();
            if (answer == null) {
                throw failure(Status.INTERNAL, "the server has ended the call without telling " + what);
            }
            if (answer.hasErrorResponse()) {
                ErrorResponse error = answer.getErrorResponse();
                Status status = Status.fromCodeValue(error.getErrorCode());
                throw failure(
                        status.isOk() ? Status.UNKNOWN : status,
                        "the server does not tell " + what + ": " + error.getErrorMessage());
            }
            return answer;
        }

        private GrpcFailure tooMuch(String what, String most) {
            return failure(
                    Status.RESOURCE_EXHAUSTED,
                    "the server " + what + ", and the limit is " + most
                            + ": ask for fewer symbols or raise Limits.Reflection");
        }

        private GrpcFailure failure(Status status, String text) {
            return new GrpcFailure(status.withDescription(text), null, method, null, 1, "");
        }

        /** Takes leave, so that the server does not count a call that was cancelled. */
        void end() {
            call.end();
            call.read();
        }

        @Override
        public void close() {
            call.close();
        }
    }
}

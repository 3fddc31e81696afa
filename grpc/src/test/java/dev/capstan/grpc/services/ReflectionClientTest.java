package dev.capstan.grpc.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReflectionClientTest {
    private static final String TEST = TestServiceGrpc.SERVICE_NAME;

    private static ReflectionClient client(Served served, Limits.Reflection limits) {
        return new ReflectionClient(served.net.loop(), served.client(), CallSettings.DEFAULT, limits);
    }

    private static void check(ReflectionClient client) {
        assertTrue(client.services().await().contains(TEST));
        DescriptorPool pool = client.schemas().await();
        assertEquals(
                SimpleRequest.getDescriptor().toProto(),
                pool.service(TEST)
                        .orElseThrow()
                        .findMethodByName("UnaryCall")
                        .getInputType()
                        .toProto());
        assertEquals(
                pool.service(TEST).orElseThrow().getFullName(),
                client.schemas(List.of(TEST + ".UnaryCall"))
                        .await()
                        .service(TEST)
                        .orElseThrow()
                        .getFullName());
    }

    @Test
    @Parity("GRPC-P8.7")
    void our_server_tells_its_schemas() throws Exception {
        try (Served served =
                new Served(server -> server.service(new EchoService()).reflection())) {
            check(client(served, Limits.Reflection.DEFAULT));
        }
    }

    @Test
    @SuppressWarnings("deprecation") // v1alpha is, and servers have it all the same.
    @Parity({"GRPC-P8.4", "GRPC-P8.7"})
    void a_server_of_grpc_java_tells_its_schemas_in_either_version() throws Exception {
        for (BindableService version :
                List.of(ProtoReflectionServiceV1.newInstance(), ProtoReflectionService.newInstance())) {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new EchoService())
                    .addService(version)
                    .build()
                    .start();
            try (Served loop = new Served(none -> none)) {
                GrpcClient to = loop.keep(GrpcClient.on(loop.net)
                        .to(new dev.capstan.async.Address.Tcp("127.0.0.1", server.getPort()))
                        .plaintext()
                        .build());
                check(new ReflectionClient(loop.net.loop(), to, CallSettings.DEFAULT, Limits.Reflection.DEFAULT));
            } finally {
                server.shutdownNow();
                server.awaitTermination(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    @Parity("GRPC-P8.7")
    void a_server_without_reflection_is_told_apart() throws Exception {
        try (Served served = new Served(server -> server.service(new EchoService()))) {
            GrpcFailure failure = fails(client(served, Limits.Reflection.DEFAULT));
            assertEquals(Status.Code.UNIMPLEMENTED, failure.code());
        }
    }

    @Test
    @Parity("GRPC-P8.6")
    void a_gateway_tells_schemas_for_which_there_are_no_classes() throws Exception {
        DescriptorPool pool = DescriptorPool.of(FileDescriptorSet.newBuilder()
                .addFile(file("made/service.proto", "made/up.proto").toBuilder()
                        .setPackage("made")
                        .addService(ServiceDescriptorProto.newBuilder().setName("Up")))
                .addFile(file("made/up.proto"))
                .build());
        try (Served served = new Served(server -> server.reflection(List.of("made.Up"), pool))) {
            DescriptorPool fetched =
                    client(served, Limits.Reflection.DEFAULT).schemas().await();
            assertTrue(fetched.service("made.Up").isPresent());
            assertTrue(fetched.file("made/up.proto").isPresent());
        }
    }

    // ---- servers that are not as they should be

    private static FileDescriptorProto file(String name, String... imports) {
        return FileDescriptorProto.newBuilder()
                .setName(name)
                .addAllDependency(List.of(imports))
                .build();
    }

    private static GrpcFailure fails(ReflectionClient client) {
        return assertThrows(GrpcFailure.class, () -> client.schemas().await());
    }

    /** What a server with these services and files, which come one by one, makes of a client with small limits. */
    private static GrpcFailure fails(int services, Map<String, FileDescriptorProto> files) throws Exception {
        try (Served served = new Served(server -> server.service(new Wrong(services, files)))) {
            return fails(client(served, new Limits.Reflection(3, 3, 200, 3)));
        }
    }

    /** Sends what it is told to, for names and for symbols. */
    private static final class Wrong extends ServerReflectionGrpc.ServerReflectionImplBase {
        private final int services;
        private final Map<String, FileDescriptorProto> files;

        Wrong(int services, Map<String, FileDescriptorProto> files) {
            this.services = services;
            this.files = new HashMap<>(files);
        }

        @Override
        public StreamObserver<ServerReflectionRequest> serverReflectionInfo(
                StreamObserver<ServerReflectionResponse> to) {
            Consumer<ServerReflectionRequest> answer = request -> {
                ServerReflectionResponse.Builder told = ServerReflectionResponse.newBuilder();
                if (request.hasListServices()) {
                    ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
                    for (int i = 0; i < services; i++) {
                        list.addService(ServiceResponse.newBuilder().setName("s" + i));
                    }
                    told.setListServicesResponse(list);
                } else {
                    FileDescriptorProto file =
                            files.get(request.getFileByFilename() + request.getFileContainingSymbol());
                    told.setFileDescriptorResponse(FileDescriptorResponse.newBuilder()
                            .addFileDescriptorProto(
                                    file == null
                                            ? com.google.protobuf.ByteString.copyFromUtf8("\7")
                                            : file.toByteString()));
                }
                to.onNext(told.build());
            };
            return new StreamObserver<>() {
                @Override
                public void onNext(ServerReflectionRequest request) {
                    answer.accept(request);
                }

                @Override
                public void onError(Throwable failure) {
                    // The client has given up, and there is nothing to clean up.
                }

                @Override
                public void onCompleted() {
                    to.onCompleted();
                }
            };
        }
    }

    @Test
    void services_and_files_and_bytes_without_end_are_not_taken() throws Exception {
        GrpcFailure services = fails(4, Map.of());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, services.code());
        assertEquals(
                "the server has 4 services, and the limit is 3 services: ask for fewer symbols or raise"
                        + " Limits.Reflection",
                services.reason());
        GrpcFailure files = fails(
                1,
                Map.of(
                        "s0", file("a", "b"),
                        "b", file("b", "c"),
                        "c", file("c", "d"),
                        "d", file("d", "e")));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, files.code());
        assertEquals(
                "the server has sent 3 files of 18 bytes, which import 1 more, and the limit is 3 files and 200 bytes: ask"
                        + " for fewer symbols or raise Limits.Reflection",
                files.reason());
        GrpcFailure bytes = fails(1, Map.of("s0", file("a", "b".repeat(300))));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, bytes.code());
        assertTrue(bytes.reason().startsWith("the server has sent 1 files of 30"), bytes.reason());
    }

    @Test
    void files_that_import_without_end_are_not_asked_for() throws Exception {
        String[] many = IntStream.range(0, 50).mapToObj(i -> "b" + i).toArray(String[]::new);
        GrpcFailure refused = fails(1, Map.of("s0", file("a", many)));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.code());
        assertTrue(refused.reason().contains(", which import 50 more, and the limit is 3 files"), refused.reason());
    }

    @ParameterizedTest
    @CsvSource({"2, false", "3, true", "4, true"})
    void files_may_lead_from_one_to_another_so_often(int depth, boolean taken) throws Exception {
        Map<String, FileDescriptorProto> chain =
                Map.of("s0", file("a", "b"), "b", file("b", "c"), "c", file("c", "d"), "d", file("d"));
        Limits.Reflection limits = new Limits.Reflection(10, 10, 1000, depth);
        try (Served served = new Served(server -> server.service(new Wrong(1, chain)))) {
            if (taken) {
                assertEquals(4, client(served, limits).schemas().await().files().size());
            } else {
                GrpcFailure refused = fails(client(served, limits));
                assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.code());
                assertEquals(
                        "the server has sent schemas of which d is imported through more than 2 files, and the limit is 2"
                                + " files: ask for fewer symbols or raise Limits.Reflection",
                        refused.reason());
            }
        }
    }

    @Test
    void files_that_do_not_fit_together_are_refused_in_words() throws Exception {
        Map<String, Map<String, FileDescriptorProto>> wrong = Map.of(
                "the server was asked for b and has sent other files",
                Map.of("s0", file("a", "b"), "b", file("a")),
                "the server's schemas do not fit together: a imports itself, through [a, b]",
                Map.of("s0", file("a", "b"), "b", file("b", "a")),
                "the server has sent a file that is no schema",
                Map.of());
        for (var each : wrong.entrySet()) {
            GrpcFailure failure = fails(1, each.getValue());
            assertEquals(each.getKey(), failure.reason());
            assertEquals(Status.Code.INTERNAL, failure.code());
        }
    }

    // ---- pools

    @Test
    void a_set_of_files_says_what_it_lacks() {
        IllegalArgumentException failure = assertThrows(
                IllegalArgumentException.class,
                () -> DescriptorPool.of(
                        FileDescriptorSet.newBuilder().addFile(file("a", "b")).build()));
        assertEquals("a imports b, which is not there", failure.getMessage());
        failure = assertThrows(
                IllegalArgumentException.class,
                () -> DescriptorPool.of(FileDescriptorSet.newBuilder()
                        .addFile(file("a"))
                        .addFile(file("a").toBuilder().setPackage("other"))
                        .build()));
        assertEquals("there are two different files called a: keep one", failure.getMessage());
    }

    @Test
    void a_pool_finds_nested_messages() {
        DescriptorPool pool = DescriptorPool.of(List.of(com.google.protobuf.DescriptorProtos.getDescriptor()));
        assertEquals(
                "google.protobuf.DescriptorProto.ExtensionRange",
                pool.message("google.protobuf.DescriptorProto.ExtensionRange")
                        .orElseThrow()
                        .getFullName());
        assertTrue(pool.message("google.protobuf.DescriptorProto.None").isEmpty());
        assertTrue(pool.service("google.protobuf.DescriptorProto").isEmpty());
    }
}

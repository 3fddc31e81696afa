package dev.capstan.grpc.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.AnnotationsProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.Served;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.reflection.v1.ExtensionRequest;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.BlockingClientCall;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReflectionTest {
    private static final String TEST = TestServiceGrpc.SERVICE_NAME;

    private Served served;

    @BeforeEach
    void open() {
        served = new Served(server -> server.service(new EchoService())
                .health(new Health())
                .reflection(
                        List.of("answered.by.Fallback"), DescriptorPool.of(List.of(AnnotationsProto.getDescriptor()))));
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private Channel channel(String client) {
        return client.equals("capstan") ? served.client().channel() : served.channel();
    }

    private static ServerReflectionRequest.Builder request() {
        return ServerReflectionRequest.newBuilder();
    }

    private ServerReflectionResponse ask(ServerReflectionRequest.Builder request) throws Exception {
        return ask(served.channel(), request).getFirst();
    }

    private static List<ServerReflectionResponse> ask(Channel by, ServerReflectionRequest.Builder... requests)
            throws Exception {
        BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call =
                ServerReflectionGrpc.newBlockingV2Stub(by).serverReflectionInfo();
        for (ServerReflectionRequest.Builder each : requests) {
            call.write(each.build());
        }
        call.halfClose();
        List<ServerReflectionResponse> answers = new ArrayList<>();
        while (call.hasNext()) {
            answers.add(call.read());
        }
        return answers;
    }

    private static List<String> files(ServerReflectionResponse answer) throws Exception {
        assertTrue(answer.hasFileDescriptorResponse(), answer.toString());
        List<String> names = new ArrayList<>();
        for (ByteString each : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
            names.add(FileDescriptorProto.parseFrom(each).getName());
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"capstan", "grpc-java"})
    @Parity({"GRPC-P8.1", "GRPC-F9.1"})
    void all_services_are_listed(String client) throws Exception {
        ServerReflectionResponse answer = ask(
                        channel(client), request().setHost("here").setListServices(""))
                .getFirst();
        assertEquals(
                List.of(
                        "answered.by.Fallback",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection",
                        TEST),
                answer.getListServicesResponse().getServiceList().stream()
                        .map(ServiceResponse::getName)
                        .toList());
        assertEquals("here", answer.getValidHost());
        assertEquals("here", answer.getOriginalRequest().getHost());
    }

    @Test
    @Parity("GRPC-P8.4")
    void the_older_version_has_the_same_messages() throws Exception {
        var call = io.grpc.reflection.v1alpha.ServerReflectionGrpc.newBlockingV2Stub(served.channel())
                .serverReflectionInfo();
        call.write(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("grpc.reflection.v1alpha.ServerReflection")
                .build());
        var files = call.read();
        assertTrue(files.hasFileDescriptorResponse(), files.toString());
        call.write(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                .setListServices("")
                .build());
        assertEquals(5, call.read().getListServicesResponse().getServiceCount());
        call.write(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                .setFileByFilename("none.proto")
                .build());
        assertEquals(
                Status.Code.NOT_FOUND.value(), call.read().getErrorResponse().getErrorCode());
        call.cancel("enough", null);
    }

    /** What grpc-js-reflection-client 1.4.2 has sent, for where it cannot be installed. */
    @Test
    @Parity("GRPC-P8.8")
    void the_requests_of_a_client_of_javascript_are_answered() throws Exception {
        byte[] list = {0x3a, 1, '*'};
        byte[] symbol = HexFormat.of().parseHex("2218677270632e74657374696e672e5465737453657276696365");
        List<ServerReflectionResponse> answers = ask(
                served.channel(),
                ServerReflectionRequest.newBuilder().mergeFrom(list),
                ServerReflectionRequest.newBuilder().mergeFrom(symbol));
        assertEquals(5, answers.getFirst().getListServicesResponse().getServiceCount());
        assertEquals(
                List.of("grpc/testing/messages.proto", "grpc/testing/test.proto"),
                files(answers.get(1)).stream().sorted().toList());
    }

    @Test
    @Parity("GRPC-P8.3")
    void a_file_comes_with_all_that_it_imports() throws Exception {
        List<String> names = files(ask(request().setFileByFilename("google/api/annotations.proto")));
        assertEquals(
                List.of("google/api/annotations.proto", "google/api/http.proto", "google/protobuf/descriptor.proto"),
                names);
    }

    @Test
    @Parity("GRPC-P8.2")
    void a_file_is_found_by_service_method_message_enum_and_extension() throws Exception {
        for (String symbol : List.of(
                TEST,
                TEST + ".UnaryCall",
                "grpc.health.v1.HealthCheckResponse",
                "grpc.health.v1.HealthCheckResponse.ServingStatus",
                "grpc.health.v1.Health.List",
                "google.api.http")) {
            assertFalse(files(ask(request().setFileContainingSymbol(symbol))).isEmpty(), symbol);
        }
    }

    @Test
    @Parity("GRPC-P8.2")
    void extensions_are_found_by_number() throws Exception {
        assertEquals(
                "google/api/annotations.proto",
                files(ask(request()
                                .setFileContainingExtension(ExtensionRequest.newBuilder()
                                        .setContainingType("google.protobuf.MethodOptions")
                                        .setExtensionNumber(72295728))))
                        .getFirst());
        assertEquals(
                List.of(72295728),
                ask(request().setAllExtensionNumbersOfType("google.protobuf.MethodOptions"))
                        .getAllExtensionNumbersResponse()
                        .getExtensionNumberList());
        assertEquals(
                "google.protobuf.FieldOptions",
                ask(request().setAllExtensionNumbersOfType("google.protobuf.FieldOptions"))
                        .getAllExtensionNumbersResponse()
                        .getBaseTypeName());
    }

    @Test
    @Parity("GRPC-P8.5")
    void what_is_not_there_is_answered_with_an_error_and_the_stream_goes_on() throws Exception {
        List<ServerReflectionResponse> answers = ask(
                served.channel(),
                request().setFileByFilename("none.proto"),
                request().setFileContainingSymbol("no.Symbol"),
                request()
                        .setFileContainingExtension(ExtensionRequest.newBuilder()
                                .setContainingType("no.Type")
                                .setExtensionNumber(7)),
                request().setAllExtensionNumbersOfType("no.Type"),
                request(),
                request().setListServices(""));
        assertEquals(
                List.of(
                        "5 there is no file none.proto here",
                        "5 there is no symbol no.Symbol here",
                        "5 there is no extension 7 of no.Type here",
                        "5 there is no message no.Type here",
                        "3 the request does not say what is to be told"),
                answers.stream()
                        .limit(5)
                        .map(each -> each.getErrorResponse().getErrorCode() + " "
                                + each.getErrorResponse().getErrorMessage())
                        .toList());
        assertTrue(answers.get(5).hasListServicesResponse());
    }

    @Test
    void a_client_that_takes_no_answers_is_asked_for_no_more_requests() {
        ServerMethodDefinition<?, ?> method =
                Reflection.of(List.of()).getFirst().getMethods().iterator().next();
        Unread call = new Unread();
        ServerCall.Listener<ServerReflectionRequest> listener = start(method, call);
        listener.onReady();
        assertEquals(1, call.requested);
        call.ready = false;
        listener.onMessage(request().setListServices("").build());
        assertEquals(1, call.requested);
        assertEquals(1, call.answers);
        call.ready = true;
        listener.onReady();
        assertEquals(2, call.requested);
        listener.onReady();
        assertEquals(2, call.requested);
        listener.onMessage(request().setListServices("").build());
        assertEquals(3, call.requested);
    }

    @SuppressWarnings("unchecked")
    private static ServerCall.Listener<ServerReflectionRequest> start(
            ServerMethodDefinition<?, ?> method, Unread call) {
        return ((ServerMethodDefinition<ServerReflectionRequest, ServerReflectionResponse>) method)
                .getServerCallHandler()
                .startCall(call, new Metadata());
    }

    /** A call whose client is not there. */
    private static final class Unread extends ServerCall<ServerReflectionRequest, ServerReflectionResponse> {
        private boolean ready = true;
        private int requested;
        private int answers;

        @Override
        public void request(int count) {
            requested += count;
        }

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(ServerReflectionResponse message) {
            answers++;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            throw new AssertionError("nobody has ended the call");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }

        @Override
        public MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> getMethodDescriptor() {
            return ServerReflectionGrpc.getServerReflectionInfoMethod();
        }
    }
}

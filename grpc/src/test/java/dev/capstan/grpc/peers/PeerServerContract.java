package dev.capstan.grpc.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.capstan.async.Address;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.BoolValue;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import dev.capstan.testprotos.interop.UnimplementedServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What our client sees of another library's server. One server and one client are there for all tests. */
@ForeignPeer
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PeerServerContract {
    private static final int[] ANSWERS = {31415, 9, 2653, 58979};
    private static final int[] REQUESTS = {27182, 8, 1828, 45904};
    private static final String INITIAL = "x-grpc-test-echo-initial";
    private static final String TRAILING = "x-grpc-test-echo-trailing-bin";
    private static final ResponseParameters LATE =
            ResponseParameters.newBuilder().setSize(1).setIntervalUs(60_000_000).build();
    private static final byte[] BYTES = {(byte) 0xab, (byte) 0xab, (byte) 0xab};

    private final Peer peer;
    private String missing = "";

    @SuppressWarnings("NullAway.Init")
    private Peer.Program server;

    @SuppressWarnings("NullAway.Init")
    private NetLoop net;

    @SuppressWarnings("NullAway.Init")
    private GrpcClient client;

    PeerServerContract(Peer peer) {
        this.peer = peer;
    }

    @BeforeAll
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void open() throws IOException, InterruptedException {
        missing = peer.missing();
        if (!missing.isEmpty()) {
            return;
        }
        server = peer.serve();
        String line = server.line();
        assertEquals("READY", line.split(" ", -1)[0], line);
        net = NetLoop.open("client", Transport.AUTO);
        client = client(net, Integer.parseInt(line.substring("READY ".length())));
    }

    /** Of the server at {@code port} of 127.0.0.1. */
    GrpcClient client(NetLoop on, int port) {
        return GrpcClient.on(on)
                .to(new Address.Tcp("127.0.0.1", port))
                .plaintext()
                .build();
    }

    /** Each test and not the class, which would be left out of the reports. */
    @BeforeEach
    void needs_the_peer() {
        Assumptions.assumeTrue(missing.isEmpty(), missing);
    }

    @AfterAll
    @SuppressWarnings("RedundantNullCheck") // Null when the peer cannot be had.
    void close() throws IOException {
        if (net != null) {
            client.drain(Duration.ZERO).await();
            net.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** How the server compresses an answer that it is asked to compress, if it can. */
    abstract Optional<String> encodingOfAnswers();

    /** A deadline that the server is told of and our client does not watch. */
    private static final class ServersDeadline extends CallCredentials {
        @Override
        public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "100m");
            applier.apply(headers);
        }
    }

    private static Payload payload(int size) {
        return Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])).build();
    }

    private static SimpleRequest.Builder large() {
        return SimpleRequest.newBuilder().setResponseSize(314_159).setPayload(payload(271_828));
    }

    private static SimpleResponse largeAnswer() {
        return SimpleResponse.newBuilder().setPayload(payload(314_159)).build();
    }

    private static StreamingInputCallRequest input(int size) {
        return StreamingInputCallRequest.newBuilder().setPayload(payload(size)).build();
    }

    private static StreamingOutputCallRequest asking(int... sizes) {
        StreamingOutputCallRequest.Builder request = StreamingOutputCallRequest.newBuilder();
        for (int size : sizes) {
            request.addResponseParameters(ResponseParameters.newBuilder().setSize(size));
        }
        return request.build();
    }

    private static StreamingOutputCallResponse sized(int size) {
        return StreamingOutputCallResponse.newBuilder()
                .setPayload(payload(size))
                .build();
    }

    private static EchoStatus failing(String message) {
        return EchoStatus.newBuilder().setCode(2).setMessage(message).build();
    }

    private <Q, S> S one(MethodDescriptor<Q, S> method, Q request) {
        return client.one(method, request, CallSettings.DEFAULT);
    }

    private <Q, S> GrpcFailure fails(MethodDescriptor<Q, S> method, Q request) {
        return assertThrows(GrpcFailure.class, () -> one(method, request));
    }

    private static Status.Code code(GrpcCall<?, ?> call) {
        return assertThrows(GrpcFailure.class, call::read).code();
    }

    @Test
    @Parity("GRPC-S1.1")
    void an_empty_message_is_answered_with_one() {
        assertEquals(Empty.getDefaultInstance(), one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance()));
    }

    @Test
    @Parity("GRPC-G7.1")
    void messages_that_are_larger_than_a_window_cross_it() {
        assertEquals(largeAnswer(), one(TestServiceGrpc.getUnaryCallMethod(), large().build()));
    }

    @Test
    @Parity("GRPC-S1.2")
    void a_stream_of_requests_has_one_answer() {
        try (var call = client.call(TestServiceGrpc.getStreamingInputCallMethod())) {
            for (int size : REQUESTS) {
                call.write(input(size));
            }
            call.end();
            assertEquals(74_922, call.one().getAggregatedPayloadSize());
        }
    }

    @Test
    @Parity("GRPC-S1.3")
    void a_request_has_a_stream_of_answers_in_their_order() {
        try (var call = client.call(TestServiceGrpc.getStreamingOutputCallMethod())) {
            call.write(asking(ANSWERS));
            call.end();
            List<StreamingOutputCallResponse> all = new ArrayList<>();
            call.forEach(all::add);
            assertEquals(List.of(sized(31415), sized(9), sized(2653), sized(58979)), all);
        }
    }

    /** Whether the wire has streams both ways; else there are streams of answers alone. */
    boolean isDuplex() {
        return true;
    }

    private MethodDescriptor<StreamingOutputCallRequest, StreamingOutputCallResponse> streaming() {
        return isDuplex() ? TestServiceGrpc.getFullDuplexCallMethod() : TestServiceGrpc.getStreamingOutputCallMethod();
    }

    private void assertHasNoDuplex() {
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            call.end();
            GrpcFailure failure = assertThrows(GrpcFailure.class, call::read);
            assertEquals("the server has answered with HTTP's status 505", failure.reason());
        }
    }

    @Test
    @Parity("GRPC-S1.4")
    void each_request_of_a_stream_is_answered_before_the_next() {
        if (!isDuplex()) {
            assertHasNoDuplex();
            return;
        }
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            for (int i = 0; i < REQUESTS.length; i++) {
                call.write(asking(ANSWERS[i]).toBuilder()
                        .setPayload(payload(REQUESTS[i]))
                        .build());
                assertEquals(sized(ANSWERS[i]), call.read());
            }
            call.end();
            assertNull(call.read());
        }
    }

    @Test
    @Parity("GRPC-S1.5")
    void a_stream_without_requests_ends_without_answers() {
        if (!isDuplex()) {
            assertHasNoDuplex();
            return;
        }
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            call.end();
            assertNull(call.read());
        }
    }

    private static CallSettings echoed() {
        return CallSettings.DEFAULT.with(
                CallMetadata.EMPTY.with(INITIAL, "test_initial_metadata_value").with(TRAILING, BYTES));
    }

    private static void assertEchoed(GrpcCall<?, ?> call) {
        assertEquals(List.of("test_initial_metadata_value"), call.headers().all(INITIAL));
        assertEquals(1, call.trailers().allBytes(TRAILING).size());
        assertArrayEquals(BYTES, call.trailers().allBytes(TRAILING).getFirst());
    }

    @Test
    @Parity({"GRPC-S3.2", "GRPC-P11.1"})
    void metadata_come_back_before_and_after_one_answer() {
        try (var call = client.call(TestServiceGrpc.getUnaryCallMethod(), echoed())) {
            call.write(large().build());
            call.end();
            assertEquals(largeAnswer(), call.one());
            assertEchoed(call);
        }
    }

    @Test
    @Parity("GRPC-S3.2")
    void metadata_come_back_before_and_after_a_stream() {
        try (var call = client.call(streaming(), echoed())) {
            call.write(asking(31415));
            call.end();
            assertEquals(sized(31415), call.read());
            assertNull(call.read());
            assertEchoed(call);
        }
    }

    @Test
    @Parity("GRPC-S7.1")
    void a_status_arrives_with_its_message() {
        GrpcFailure single = fails(
                TestServiceGrpc.getUnaryCallMethod(),
                SimpleRequest.newBuilder()
                        .setResponseStatus(failing("test status message"))
                        .build());
        assertEquals(Status.Code.UNKNOWN, single.code());
        assertEquals("test status message", single.reason());
        if (!isDuplex()) {
            return;
        }
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            call.write(StreamingOutputCallRequest.newBuilder()
                    .setResponseStatus(failing("test status message"))
                    .build());
            call.end();
            GrpcFailure streaming = assertThrows(GrpcFailure.class, call::read);
            assertEquals(Status.Code.UNKNOWN, streaming.code());
            assertEquals("test status message", streaming.reason());
        }
    }

    @Test
    @Parity("GRPC-S7.2")
    void every_character_of_a_message_survives() {
        String special = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \ud83d\ude08\t\n";
        GrpcFailure failure = fails(
                TestServiceGrpc.getUnaryCallMethod(),
                SimpleRequest.newBuilder().setResponseStatus(failing(special)).build());
        assertEquals(Status.Code.UNKNOWN, failure.code());
        assertEquals(special, failure.reason());
    }

    @Test
    @Parity("GRPC-C6.1")
    void what_is_not_there_is_unimplemented() {
        assertEquals(
                Status.Code.UNIMPLEMENTED,
                fails(TestServiceGrpc.getUnimplementedCallMethod(), Empty.getDefaultInstance())
                        .code());
        assertEquals(
                Status.Code.UNIMPLEMENTED,
                fails(UnimplementedServiceGrpc.getUnimplementedCallMethod(), Empty.getDefaultInstance())
                        .code());
    }

    @Test
    @Parity("GRPC-S5.4")
    void a_call_can_be_cancelled_before_its_first_message() {
        try (var call = client.call(TestServiceGrpc.getStreamingInputCallMethod())) {
            call.cancel("the test wants it so");
            assertEquals(Status.Code.CANCELLED, code(call));
        }
    }

    @Test
    @Parity("GRPC-S5.4")
    void a_call_that_is_cancelled_after_an_answer_is_over_for_the_server_too() throws Exception {
        try (var call = client.call(streaming())) {
            // A server that had nothing left to say could end the call before it learns of its cancellation.
            call.write(asking(31415).toBuilder().addResponseParameters(LATE).build());
            if (!isDuplex()) {
                call.end();
            }
            assertEquals(sized(31415), call.read());
            call.cancel("the test wants it so");
            assertEquals(Status.Code.CANCELLED, code(call));
        }
        server.says("{\"cancelled\":\"" + streaming().getBareMethodName() + "\"}");
    }

    @Test
    @Parity("GRPC-S5.1")
    void a_deadline_ends_a_call_whose_server_sleeps_on_both_sides() throws Exception {
        try (var call = client.call(
                TestServiceGrpc.getStreamingOutputCallMethod(), CallSettings.DEFAULT.within(Duration.ofSeconds(1)))) {
            call.write(StreamingOutputCallRequest.newBuilder()
                    .addResponseParameters(LATE)
                    .build());
            call.end();
            assertEquals(Status.Code.DEADLINE_EXCEEDED, code(call));
        }
        server.says("{\"cancelled\":\"StreamingOutputCall\"}");
    }

    @Test
    void a_server_that_is_the_first_to_see_a_deadline_pass_says_so() throws Exception {
        try (var call = client.call(
                TestServiceGrpc.getStreamingOutputCallMethod(), CallSettings.DEFAULT.with(new ServersDeadline()))) {
            call.write(StreamingOutputCallRequest.newBuilder()
                    .addResponseParameters(LATE)
                    .build());
            call.end();
            assertEquals(Status.Code.DEADLINE_EXCEEDED, code(call));
        }
        server.says("{\"cancelled\":\"StreamingOutputCall\"}");
    }

    @Test
    @Parity("GRPC-P9.2")
    void compressed_requests_are_understood_and_compressed_answers_read() {
        CallSettings gzip = CallSettings.DEFAULT.compressed("gzip");
        try (var call = client.call(TestServiceGrpc.getUnaryCallMethod(), gzip)) {
            call.write(large().setResponseCompressed(BoolValue.newBuilder().setValue(true))
                    .build());
            call.end();
            assertEquals(largeAnswer(), call.one());
            assertEquals(encodingOfAnswers(), call.headers().first("grpc-encoding"));
        }
        try (var call = client.call(TestServiceGrpc.getStreamingInputCallMethod(), gzip)) {
            call.write(input(27182));
            call.write(input(45904));
            call.end();
            assertEquals(73_086, call.one().getAggregatedPayloadSize());
        }
    }
}

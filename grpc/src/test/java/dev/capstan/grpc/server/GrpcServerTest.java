package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** grpc-java's client before our server. */
class GrpcServerTest {
    private NetLoop net;
    private GrpcServer grpc;
    private HttpServer server;
    private final List<String> drains = new ArrayList<>();
    private ManagedChannel channel;
    private TestServiceGrpc.TestServiceBlockingV2Stub stub;

    @BeforeEach
    void open() throws Exception {
        net = NetLoop.open("grpc", Transport.AUTO);
        grpc = GrpcServer.on(net.loop())
                .service(new InteropService())
                .onDrain(() -> drains.add("told"))
                .build();
        server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        grpc.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", ((Address.Tcp) server.address()).port())
                .usePlaintext()
                .build();
        stub = TestServiceGrpc.newBlockingV2Stub(channel);
    }

    @AfterEach
    void close() throws Exception {
        channel.shutdownNow();
        channel.awaitTermination(10, TimeUnit.SECONDS);
        net.close();
    }

    @Test
    void an_empty_message_is_answered_with_one() throws Exception {
        assertEquals(Empty.getDefaultInstance(), stub.emptyCall(Empty.getDefaultInstance()));
    }

    @Test
    @Parity("GRPC-G7.1")
    void a_large_message_crosses_the_windows_both_ways() throws Exception {
        SimpleRequest request = SimpleRequest.newBuilder()
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[2_718_280])))
                .setResponseSize(3_141_590)
                .build();
        assertEquals(3_141_590, stub.unaryCall(request).getPayload().getBody().size());
    }

    @Test
    @Parity("GRPC-S7.2")
    void a_status_and_its_message_arrive() {
        String message = "\\t\\ntest with whitespace\\r\\nand Unicode BMP \\u263A and non-BMP \\uD83D\\uDE08\\t\\n";
        SimpleRequest request = SimpleRequest.newBuilder()
                .setResponseStatus(EchoStatus.newBuilder().setCode(2).setMessage(message))
                .build();
        StatusRuntimeException failure = assertThrows(
                StatusRuntimeException.class,
                () -> TestServiceGrpc.newBlockingStub(channel).unaryCall(request));
        assertEquals(Status.Code.UNKNOWN, failure.getStatus().getCode());
        assertEquals(message, failure.getStatus().getDescription());
    }

    @Test
    @Parity("GRPC-C6.1")
    void a_method_that_is_not_there_is_unimplemented() {
        StatusRuntimeException failure = assertThrows(
                StatusRuntimeException.class,
                () -> TestServiceGrpc.newBlockingStub(channel).cacheableUnaryCall(SimpleRequest.getDefaultInstance()));
        assertEquals(Status.Code.UNIMPLEMENTED, failure.getStatus().getCode());
    }

    @Test
    void a_server_streams() {
        StreamingOutputCallRequest request = StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(ResponseParameters.newBuilder().setSize(31415))
                .addResponseParameters(ResponseParameters.newBuilder().setSize(9))
                .addResponseParameters(ResponseParameters.newBuilder().setSize(2653))
                .addResponseParameters(ResponseParameters.newBuilder().setSize(58979))
                .build();
        List<Integer> sizes = new ArrayList<>();
        Iterator<StreamingOutputCallResponse> answers =
                TestServiceGrpc.newBlockingStub(channel).streamingOutputCall(request);
        answers.forEachRemaining(each -> sizes.add(each.getPayload().getBody().size()));
        assertEquals(List.of(31415, 9, 2653, 58979), sizes);
    }

    @Test
    void a_client_streams() throws Exception {
        BlockingClientCall<StreamingInputCallRequest, StreamingInputCallResponse> call = stub.streamingInputCall();
        for (int size : new int[] {27182, 8, 1828, 45904}) {
            call.write(StreamingInputCallRequest.newBuilder()
                    .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])))
                    .build());
        }
        call.halfClose();
        StreamingInputCallResponse answer = call.read();
        assertEquals(74922, answer == null ? -1 : answer.getAggregatedPayloadSize());
    }

    @Test
    void both_stream_in_turn() throws Exception {
        BlockingClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = stub.fullDuplexCall();
        for (int size : new int[] {31415, 9, 2653, 58979}) {
            call.write(StreamingOutputCallRequest.newBuilder()
                    .addResponseParameters(ResponseParameters.newBuilder().setSize(size))
                    .build());
            StreamingOutputCallResponse answer = call.read();
            assertEquals(
                    size, answer == null ? -1 : answer.getPayload().getBody().size());
        }
        call.halfClose();
        assertEquals(null, call.read());
    }

    @Test
    @Parity({"GRPC-G10.2", "GRPC-G10.3"})
    void draining_tells_what_runs_waits_for_it_and_cancels_the_rest() throws Exception {
        BlockingClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = stub.fullDuplexCall();
        StreamingOutputCallRequest request = StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(ResponseParameters.newBuilder().setSize(3))
                .build();
        call.write(request);
        call.read();
        Promise<Void> drained = net.loop()
                .fetch(() -> Promise.of(grpc.drain(Duration.ofMillis(1))))
                .await();
        StatusException failure = assertThrows(StatusException.class, call::read);
        assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
        net.loop().fetch(() -> drained).await();
        assertEquals(List.of("told"), drains);
    }

    @Test
    void calls_that_are_cut_are_told_why_and_others_are_served() throws Exception {
        BlockingClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = stub.fullDuplexCall();
        StreamingOutputCallRequest request = StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(ResponseParameters.newBuilder().setSize(3))
                .build();
        call.write(request);
        call.read();
        net.loop()
                .fetch(() -> {
                    grpc.cut(Status.UNAVAILABLE.withDescription("cut by an operator"));
                    return Promise.done();
                })
                .await();
        StatusException failure = assertThrows(StatusException.class, call::read);
        assertEquals("cut by an operator", failure.getStatus().getDescription());
        BlockingClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> next = stub.fullDuplexCall();
        next.write(request);
        StreamingOutputCallResponse answer = next.read();
        assertEquals(3, answer == null ? -1 : answer.getPayload().getBody().size());
        next.halfClose();
    }

    @Test
    @Parity({"GRPC-G10.1", "GRPC-F9.1"})
    void draining_loses_no_call_that_ends_in_time() throws Exception {
        BlockingClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = stub.fullDuplexCall();
        StreamingOutputCallRequest request = StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(ResponseParameters.newBuilder().setSize(3))
                .build();
        call.write(request);
        call.read();
        Promise<Void> drained = net.loop()
                .fetch(() -> {
                    server.close();
                    return Promise.of(grpc.drain(Duration.ofMinutes(1)));
                })
                .await();
        call.write(request);
        StreamingOutputCallResponse answer = call.read();
        assertEquals(3, answer == null ? -1 : answer.getPayload().getBody().size());
        call.halfClose();
        assertEquals(null, call.read());
        net.loop().fetch(() -> drained).await();
    }
}

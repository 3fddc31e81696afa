package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 and gRPC, taken apart: grpc-java's client before our server, over a network that is tapped. */
class GrpcFramesTest {
    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private NetLoop net;
    private ManagedChannel channel;

    @BeforeEach
    void open() {
        net = NetLoop.open("grpc", Transport.AUTO);
        DescriptorPool pool =
                DescriptorPool.of(List.of(SimpleRequest.getDescriptor().getFile(), TestService.file()));
        Tap tap = new Tap(net.loop(), Decoding.plain().with(pool), frames::add);
        GrpcServer grpc =
                GrpcServer.on(net.loop()).service(new InteropService()).build();
        HttpServer server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        tap.network(net.network()),
                        new Address.Tcp("127.0.0.1", 0),
                        grpc.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", ((Address.Tcp) server.address()).port())
                .usePlaintext()
                .build();
    }

    /** The file that declares the service. */
    private static final class TestService {
        static FileDescriptor file() {
            Object schema = TestServiceGrpc.getServiceDescriptor().getSchemaDescriptor();
            return ((ProtoFileDescriptorSupplier) Objects.requireNonNull(schema)).getFileDescriptor();
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        channel.shutdownNow();
        assertTrue(channel.awaitTermination(10, TimeUnit.SECONDS));
        net.close();
    }

    private TestServiceGrpc.TestServiceBlockingV2Stub stub() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer s3cret");
        metadata.put(Metadata.Key.of("x-hint", Metadata.ASCII_STRING_MARSHALLER), "h");
        return TestServiceGrpc.newBlockingV2Stub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /** What was said, when all of it has been looked at. */
    private List<String> lines() {
        net.loop().fetch(Promise::done).await();
        return frames.stream()
                .filter(frame -> frame.standing() != Frame.Standing.CONTROL)
                .map(Heard::line)
                .map(line -> line.replaceAll(
                        "user-agent: [^;]*; |grpc-accept-encoding: [^;]*; ?| grpc-accept-encoding: [^;]*$|; grpc-accept-encoding: .*",
                        ""))
                .toList();
    }

    @Test
    void a_call_is_told_with_its_messages_and_status() throws StatusException {
        stub().unaryCall(SimpleRequest.newBuilder()
                .setResponseSize(3)
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFromUtf8("abcd")))
                .build());
        String method = "grpc.testing.TestService/UnaryCall";
        List<String> lines = lines();
        assertEquals(
                List.of(
                        "-> grpc call 3 " + method + " authorization: <redacted>; x-hint: h",
                        "-> grpc message 3 " + method + " {\"responseSize\":3,\"payload\":{\"body\":<4 bytes>}}",
                        "<- grpc headers 3 " + method + " = 200",
                        "<- grpc message 3 " + method + " {\"payload\":{\"body\":<3 bytes>}}",
                        "<- grpc status 3 " + method + " = OK"),
                lines);
    }

    @Test
    void a_failure_is_told_with_its_message() {
        assertThrows(
                StatusException.class,
                () -> stub().unaryCall(SimpleRequest.newBuilder()
                        .setResponseStatus(EchoStatus.newBuilder().setCode(8).setMessage("too much, größer"))
                        .build()));
        assertTrue(
                lines().contains(
                                "<- grpc status 3 grpc.testing.TestService/UnaryCall = RESOURCE_EXHAUSTED too much, größer"),
                () -> String.join("\n", lines()));
    }

    @Test
    void nothing_of_what_a_real_client_says_is_broken() throws StatusException {
        for (int i = 0; i < 20; i++) {
            stub().unaryCall(SimpleRequest.newBuilder()
                    .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[100_000])))
                    .build());
        }
        net.loop().fetch(Promise::done).await();
        assertEquals(
                List.of(),
                frames.stream()
                        .filter(frame -> frame.standing() == Frame.Standing.BROKEN)
                        .toList());
        assertEquals(
                20,
                frames.stream().filter(frame -> frame.kind().equals("status")).count());
    }

    @Test
    void a_client_whose_connections_are_its_own_is_told_by_calls() throws StatusException {
        List<Frame> calls = new CopyOnWriteArrayList<>();
        Tap tap = new Tap(net.loop(), Decoding.plain(), calls::add);
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("x-token", Metadata.ASCII_STRING_MARSHALLER), "s3cret");
        TestServiceGrpc.newBlockingV2Stub(channel)
                .withInterceptors(tap.grpc(), MetadataUtils.newAttachHeadersInterceptor(metadata))
                .unaryCall(SimpleRequest.newBuilder().setResponseSize(3).build());
        net.loop().fetch(Promise::done).await();
        String method = "grpc.testing.TestService/UnaryCall";
        assertEquals(
                List.of(
                        "-> grpc call " + method + " x-token: <redacted>",
                        "-> grpc message " + method + " {\"responseSize\":3}",
                        "<- grpc message " + method + " {\"payload\":{\"body\":<3 bytes>}}",
                        "<- grpc status " + method + " = OK"),
                calls.stream()
                        .filter(frame -> !frame.kind().equals("headers"))
                        .map(Heard::line)
                        .toList());
        assertTrue(calls.stream().allMatch(frame -> frame.session() == 1));
    }
}

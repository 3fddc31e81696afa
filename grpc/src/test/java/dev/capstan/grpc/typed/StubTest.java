package dev.capstan.grpc.typed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.capstan.async.CanceledException;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import dev.capstan.testprotos.interop.TestServiceRpc;
import dev.capstan.testprotos.tricky.CommentedRpc;
import dev.capstan.testprotos.words.BlockingRpc;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.BlockingClientCall;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What generated clients do besides the plain call, and what generated constants lead to. */
class StubTest {
    private final Place place = new Place();

    @AfterEach
    void close() throws Exception {
        place.close();
    }

    private GrpcClient serve(TestServiceRpc.Blocking handler) throws Exception {
        return place.client(Place.Kind.OWN, TestServiceRpc.bind(handler));
    }

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    /** Reads one request, and answers. */
    private static final class Hasty extends Echo.Blocking {
        @Override
        public StreamingInputCallResponse streamingInputCall(Messages<StreamingInputCallRequest> requests) {
            requests.read();
            requests.close();
            assertNull(requests.read());
            return Echo.sum(1);
        }

        @Override
        public Messages<StreamingOutputCallResponse> fullDuplexCall(Messages<StreamingOutputCallRequest> requests) {
            return Messages.of(List.of(Echo.output(1)));
        }
    }

    private static Messages<StreamingInputCallRequest> endless(CompletableFuture<Throwable> stopped) {
        return Messages.writing(out -> {
            try {
                while (true) {
                    out.write(Echo.input(1000));
                }
            } catch (RuntimeException e) {
                stopped.complete(e);
                throw e;
            }
        });
    }

    @Test
    void a_call_that_is_answered_before_its_requests_have_ended_stops_their_writer() throws Exception {
        CompletableFuture<Throwable> stopped = new CompletableFuture<>();
        StreamingInputCallResponse answer =
                TestServiceRpc.blocking(serve(new Hasty())).streamingInputCall(endless(stopped));
        assertEquals(1, answer.getAggregatedPayloadSize());
        assertInstanceOf(CanceledException.class, soon(stopped));
    }

    @Test
    void a_writer_that_waits_for_something_else_is_interrupted_when_its_call_has_ended() throws Exception {
        CompletableFuture<String> stopped = new CompletableFuture<>();
        Messages<StreamingOutputCallResponse> answers = TestServiceRpc.blocking(serve(new Hasty()))
                .fullDuplexCall(Messages.writing(out -> {
                    try {
                        new CompletableFuture<String>().get();
                    } catch (InterruptedException e) {
                        stopped.complete("interrupted");
                        throw e;
                    }
                }));
        assertNotNull(answers.read());
        assertNull(answers.read());
        assertEquals("interrupted", soon(stopped));
    }

    @Test
    @Parity("GRPC-C7.3")
    void closing_the_answers_stops_the_writer_of_the_requests() throws Exception {
        CompletableFuture<Throwable> stopped = new CompletableFuture<>();
        Messages<StreamingOutputCallResponse> answers = TestServiceRpc.blocking(serve(new Echo.Blocking()))
                .fullDuplexCall(Messages.writing(out -> {
                    try {
                        while (true) {
                            out.write(Echo.sizes(10));
                        }
                    } catch (RuntimeException e) {
                        stopped.complete(e);
                        throw e;
                    }
                }));
        assertNotNull(answers.read());
        answers.close();
        assertNotNull(soon(stopped));
    }

    @Test
    void requests_that_fail_cancel_their_call_and_are_its_cause() throws Exception {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        CompletableFuture<String> begun = new CompletableFuture<>();
        IllegalStateException failure = new IllegalStateException("out of paper");
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(serve(new Echo.Blocking() {
            @Override
            public StreamingInputCallResponse streamingInputCall(Messages<StreamingInputCallRequest> requests) {
                begun.complete("begun");
                try {
                    return super.streamingInputCall(requests);
                } catch (RuntimeException e) {
                    told.complete(e);
                    throw e;
                }
            }
        }));
        GrpcFailure seen = assertThrows(
                GrpcFailure.class,
                () -> stub.streamingInputCall(Messages.writing(out -> {
                    out.write(Echo.input(1));
                    begun.get();
                    throw failure;
                })));
        assertEquals(Status.Code.CANCELLED, seen.code());
        assertSame(failure, seen.getCause());
        assertInstanceOf(CanceledException.class, soon(told));
    }

    @Test
    void each_subscriber_has_a_call_of_its_own() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        TestServiceRpc.Async stub = TestServiceRpc.client(
                serve(new Echo.Blocking()), CallSettings.DEFAULT.onBegin(call -> calls.incrementAndGet()));
        Flow.Publisher<StreamingOutputCallResponse> answers = stub.streamingOutputCall(Echo.sizes(1, 2));
        assertEquals(0, calls.get());
        assertEquals(2, Flows.Taken.all(answers).size());
        assertEquals(2, Flows.Taken.all(answers).size());
        assertEquals(2, calls.get());
    }

    @Test
    @Parity("GRPC-P1.1")
    void a_fiber_may_stream_both_ways() throws Exception {
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(serve(new Echo.Blocking()));
        int sum = place.net
                .loop()
                .fiber(() -> {
                    int bytes = 0;
                    Messages<StreamingOutputCallRequest> requests =
                            Messages.of(List.of(Echo.sizes(20), Echo.sizes(22)));
                    for (StreamingOutputCallResponse each : stub.fullDuplexCall(requests)) {
                        bytes += each.getPayload().getBody().size();
                    }
                    return bytes;
                })
                .await();
        assertEquals(42, sum);
    }

    @Test
    @Parity({"GRPC-P1.3", "GRPC-X4.1"})
    void a_handler_is_its_own_client_within_a_process() {
        TestServiceRpc.Blocking local = new Echo.Blocking();
        assertEquals(
                3,
                local.streamingInputCall(Messages.of(List.of(Echo.input(1), Echo.input(2))))
                        .getAggregatedPayloadSize());
        StreamingOutputCallResponse answer =
                local.fullDuplexCall(Messages.of(List.of(Echo.sizes(5)))).read();
        assertNotNull(answer);
        assertEquals(5, answer.getPayload().getBody().size());
    }

    @Test
    @Parity({"GRPC-P1.7", "GRPC-C6.2"})
    void generated_methods_are_those_of_grpc_java_s_stubs() {
        for (MethodDescriptor<?, ?> own : TestServiceRpc.service().getMethods()) {
            MethodDescriptor<?, ?> theirs = TestServiceGrpc.getServiceDescriptor().getMethods().stream()
                    .filter(each -> each.getFullMethodName().equals(own.getFullMethodName()))
                    .findFirst()
                    .orElseThrow();
            assertEquals(theirs.getType(), own.getType(), own.getFullMethodName());
        }
        assertEquals(
                TestServiceGrpc.getServiceDescriptor().getMethods().size(),
                TestServiceRpc.service().getMethods().size());
    }

    @Test
    @Parity("GRPC-P1.7")
    void options_of_methods_are_kept() {
        assertTrue(CommentedRpc.SAY_ONCE.isSafe() && CommentedRpc.SAY_ONCE.isIdempotent());
        assertTrue(!CommentedRpc.HEAR_ALL.isSafe() && CommentedRpc.HEAR_ALL.isIdempotent());
        assertFalse(CommentedRpc.HTTP_TALK.isSafe() || CommentedRpc.HTTP_TALK.isIdempotent());
    }

    @Test
    void a_service_and_its_methods_lead_to_their_file() {
        ProtoServiceDescriptorSupplier service = assertInstanceOf(
                ProtoServiceDescriptorSupplier.class, TestServiceRpc.service().getSchemaDescriptor());
        assertEquals("grpc.testing.TestService", service.getServiceDescriptor().getFullName());
        ProtoMethodDescriptorSupplier method =
                assertInstanceOf(ProtoMethodDescriptorSupplier.class, TestServiceRpc.UNARY_CALL.getSchemaDescriptor());
        assertEquals("UnaryCall", method.getMethodDescriptor().getName());
        assertEquals("grpc/testing/test.proto", method.getFileDescriptor().getName());
    }

    @Test
    void reflection_tells_the_file_of_a_typed_service() throws Exception {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(TestServiceRpc.bind(new Echo.Blocking(), place.how()))
                .addService(ProtoReflectionServiceV1.newInstance())
                .build()
                .start();
        try {
            BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call =
                    ServerReflectionGrpc.newBlockingV2Stub(
                                    place.client(server.getPort()).channel())
                            .serverReflectionInfo();
            call.write(ServerReflectionRequest.newBuilder()
                    .setFileContainingSymbol("grpc.testing.TestService")
                    .build());
            ServerReflectionResponse told = call.read();
            assertNotNull(told);
            assertEquals(
                    "grpc/testing/test.proto",
                    FileDescriptorProto.parseFrom(
                                    told.getFileDescriptorResponse().getFileDescriptorProto(0))
                            .getName());
            call.halfClose();
            assertNull(call.read());
        } finally {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @Parity("GRPC-P1.6")
    void names_that_mean_something_to_java_can_be_served_and_called() throws Exception {
        GrpcClient client = place.client(Place.Kind.OWN, BlockingRpc.bind(new BlockingRpc.Blocking() {
            @Override
            public dev.capstan.testprotos.words.Async class_(dev.capstan.testprotos.words.Async request) {
                return request;
            }

            @Override
            public dev.capstan.testprotos.words.Async equals(dev.capstan.testprotos.words.Async request) {
                return request;
            }
        }));
        dev.capstan.testprotos.words.Async message = dev.capstan.testprotos.words.Async.getDefaultInstance();
        assertEquals(message, BlockingRpc.blocking(client).class_(message));
        assertEquals(message, BlockingRpc.blocking(client).equals(message));
    }
}

package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** However a call ends: its client hears of it, its handler hears of it, and the server has no call left. */
final class CallEndsTest {
    private static final Metadata.Key<String> NOTE = Metadata.Key.of("x-note", Metadata.ASCII_STRING_MARSHALLER);

    private final NetLoop net = NetLoop.open("grpc", Transport.AUTO);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        net.close();
    }

    /** What the handler's listener hears of the end is put into {@code told}. */
    private final class Listener extends ServerCall.Listener<Empty> {
        @Override
        public void onComplete() {
            told.add("complete");
        }

        @Override
        public void onCancel() {
            told.add("cancel");
        }
    }

    /** How a call of the one method ends, for its client. */
    private Status call(ServerCallHandler<Empty, Empty> handler, UnaryOperator<GrpcServer.Builder> settings)
            throws InterruptedException {
        ServerServiceDefinition service = ServerServiceDefinition.builder(
                        ServiceDescriptor.newBuilder(TestServiceGrpc.SERVICE_NAME)
                                .addMethod(TestServiceGrpc.getEmptyCallMethod())
                                .build())
                .addMethod(TestServiceGrpc.getEmptyCallMethod(), handler)
                .build();
        GrpcServer grpc =
                settings.apply(GrpcServer.on(net.loop()).service(service)).build();
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), grpc.routes(), Http.DEFAULT))
                .await();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", ((Address.Tcp) http.address()).port())
                .usePlaintext()
                .build();
        try {
            StatusRuntimeException end = assertThrows(
                    StatusRuntimeException.class,
                    () -> TestServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(30, TimeUnit.SECONDS)
                            .emptyCall(Empty.getDefaultInstance()));
            assertEquals(0, net.loop().fetch(() -> Promise.of(grpc.calls())).await());
            return end.getStatus();
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void metadata_that_no_header_may_have_does_not_keep_a_call_open() throws Exception {
        Status end = call(
                (call, headers) -> {
                    Metadata broken = new Metadata();
                    broken.put(NOTE, "two\nlines");
                    call.sendHeaders(broken);
                    call.close(Status.ABORTED.withDescription("as it is"), broken);
                    return new Listener();
                },
                builder -> builder);
        assertEquals(Status.Code.ABORTED, end.getCode());
        assertEquals("as it is", end.getDescription());
        assertEquals("complete", told.take());
    }

    @Test
    void an_executor_without_room_ends_the_call() throws Exception {
        Status end = call(
                (call, headers) -> new Listener(),
                builder -> builder.executor(task -> {
                    throw new RejectedExecutionException("full");
                }));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, end.getCode());
    }

    @Test
    void a_handler_whose_end_comes_too_late_hears_that_the_call_was_cancelled() throws Exception {
        Status end = call(
                (call, headers) -> {
                    Thread.ofPlatform().start(() -> closesTooLate((ExchangeCall<?, ?>) call));
                    return new Listener();
                },
                builder -> builder);
        assertEquals(Status.Code.DEADLINE_EXCEEDED, end.getCode());
        assertEquals("cancel", told.take());
    }

    /** The loop stands while the handler closes the call, and then ends it itself before it hears of that. */
    private void closesTooLate(ExchangeCall<?, ?> call) {
        CountDownLatch standing = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        net.loop().post(() -> {
            standing.countDown();
            await(closed);
            call.stop(Status.DEADLINE_EXCEEDED);
        });
        await(standing);
        call.close(Status.OK, new Metadata());
        closed.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("waited 30 s in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}

package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a writer may leave behind that does not heed readiness, on either side. */
class QueueLimitTest {
    private static final int LIMIT = 256 << 10;
    private static final byte[] MESSAGE = new byte[16 << 10];
    /** 16 MiB. */
    private static final int MANY = 1_000;

    /** What fits: the limit, the message that crosses it, and what the windows of HTTP/2 and the socket have taken. */
    private static final int FITTING = 500;

    private final NetLoop net = NetLoop.open("queue", Transport.AUTO);
    private final ByteCalls bytes = new ByteCalls();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        net.close();
    }

    private GrpcClient client(int port, Limits limits) {
        GrpcClient client = GrpcClient.on(net)
                .to(new Address.Tcp("127.0.0.1", port))
                .plaintext()
                .limits(limits)
                .build();
        open.add(client);
        return client;
    }

    private int ours(ServerServiceDefinition service) {
        return ours(service, LIMIT);
    }

    private int ours(ServerServiceDefinition service, int limit) {
        GrpcServer grpc = GrpcServer.on(net.loop())
                .service(service)
                .limits(Limits.DEFAULT.withQueuedBytes(limit))
                .build();
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        grpc.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        return ((Address.Tcp) http.address()).port();
    }

    private static void take(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- the client

    /** How a call has ended. */
    private static final class Ends extends ClientCall.Listener<byte[]> {
        final BlockingQueue<Status> ended = new LinkedBlockingQueue<>();

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.add(status);
        }

        Status take() throws InterruptedException {
            Status status = ended.poll(60, TimeUnit.SECONDS);
            assertNotNull(status);
            return status;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G8.3")
    void a_caller_that_does_not_heed_readiness_loses_its_call_at_the_limit(ServerKind kind) throws Exception {
        ServerKind.Running server = kind.start(net, bytes.service((call, headers) -> new ServerCall.Listener<>() {}));
        open.add(server);
        ClientCall<byte[], byte[]> call = client(server.port(), Limits.DEFAULT.withQueuedBytes(LIMIT))
                .channel()
                .newCall(bytes.method, CallOptions.DEFAULT);
        Ends ends = new Ends();
        call.start(ends, new Metadata());
        for (int i = 0; i < MANY; i++) {
            call.sendMessage(MESSAGE);
        }
        call.halfClose();
        Status status = ends.take();
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode());
        assertEquals(
                "the caller of test.Bytes/Exchange has left more than " + LIMIT
                        + " bytes that the connection has not taken: heed isReady(), or write with GrpcCall.write, which"
                        + " waits",
                status.getDescription());
        assertTrue(bytes.written.get() < FITTING, bytes.written::toString);
        assertTrue(ends.ended.isEmpty());
    }

    @Test
    void a_caller_may_write_more_than_the_limit_to_a_server_that_reads() throws Exception {
        AtomicInteger read = new AtomicInteger();
        ServerKind.Running server = ServerKind.OURS.start(net, bytes.service((call, headers) -> {
            call.request(MANY + 1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    read.incrementAndGet();
                }

                @Override
                public void onHalfClose() {
                    call.close(Status.OK, new Metadata());
                }
            };
        }));
        open.add(server);
        try (var call = client(server.port(), Limits.DEFAULT.withQueuedBytes(LIMIT))
                .call(bytes.method, CallSettings.DEFAULT.within(Duration.ofSeconds(20)))) {
            for (int i = 0; i < MANY; i++) {
                assertTrue(call.write(MESSAGE));
            }
            call.end();
            call.trailers();
        }
        assertEquals(MANY, read.get());
    }

    @Test
    void one_message_may_be_longer_than_the_limit() throws Exception {
        ServerKind.Running server = ServerKind.OURS.start(net, bytes.service((call, headers) -> {
            call.request(2);
            return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                    call.close(Status.OK, new Metadata());
                }
            };
        }));
        open.add(server);
        try (var call = client(server.port(), Limits.DEFAULT.withQueuedBytes(1 << 10))
                .call(bytes.method, CallSettings.DEFAULT.within(Duration.ofSeconds(20)))) {
            assertTrue(call.write(new byte[1 << 20]));
            call.end();
            assertEquals(null, call.read());
        }
    }

    // ---- the server

    @Test
    @Parity("GRPC-G8.3")
    void a_handler_on_the_loop_that_does_not_heed_readiness_loses_its_call_at_the_limit() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        int port = ours(bytes.service((call, headers) -> {
            call.sendHeaders(new Metadata());
            for (int i = 0; i < MANY; i++) {
                call.sendMessage(MESSAGE);
            }
            return cancelled(told);
        }));
        assertLost(port);
        take(told);
        assertTrue(bytes.written.get() < FITTING, bytes.written::toString);
    }

    private static ServerCall.Listener<byte[]> cancelled(CountDownLatch told) {
        return new ServerCall.Listener<>() {
            @Override
            public void onCancel() {
                told.countDown();
            }
        };
    }

    private void assertLost(int port) {
        try (var call =
                client(port, Limits.DEFAULT).call(bytes.method, CallSettings.DEFAULT.within(Duration.ofSeconds(20)))) {
            Status.Code code = Status.Code.OK;
            String text = "";
            try {
                while (call.read() != null) {
                    // What had left before.
                }
            } catch (GrpcFailure e) {
                code = e.code();
                text = e.reason();
            }
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, code);
            assertTrue(text.contains("heed isReady()"), text);
        }
    }

    @Test
    @Parity("GRPC-G8.3")
    void a_handler_on_another_thread_cannot_leave_more_than_the_limit_while_the_loop_is_busy() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        int port = ours(bytes.service((call, headers) -> {
            call.sendHeaders(new Metadata());
            net.loop().post(() -> {
                held.countDown();
                take(written);
            });
            Thread.ofPlatform().start(() -> {
                take(held);
                for (int i = 0; i < MANY; i++) {
                    call.sendMessage(MESSAGE);
                }
                written.countDown();
            });
            return cancelled(told);
        }));
        assertLost(port);
        take(told);
        // Until a quarter of the limit waits for the loop the handler is told to go on.
        assertTrue(bytes.written.get() <= (LIMIT + LIMIT / 4) / MESSAGE.length + 2, bytes.written::toString);
    }

    @Test
    void a_handler_that_heeds_readiness_keeps_its_call_whatever_its_connection_takes_at_a_time() throws Exception {
        // A connection takes far more than this before it asks a handler to wait.
        int port = ours(
                bytes.service((call, headers) -> {
                    call.sendHeaders(new Metadata());
                    int[] left = {MANY};
                    return new ServerCall.Listener<>() {
                        @Override
                        public void onReady() {
                            while (left[0] > 0 && call.isReady()) {
                                left[0]--;
                                call.sendMessage(MESSAGE);
                            }
                            if (left[0] == 0) {
                                left[0] = -1;
                                call.close(Status.OK, new Metadata());
                            }
                        }
                    };
                }),
                1 << 10);
        try (var call =
                client(port, Limits.DEFAULT).call(bytes.method, CallSettings.DEFAULT.within(Duration.ofSeconds(20)))) {
            int messages = 0;
            while (call.read() != null) {
                messages++;
            }
            assertEquals(MANY, messages);
        }
    }

    @Test
    void a_handler_on_another_thread_that_waits_for_readiness_is_told() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch unready = new CountDownLatch(1);
        CountDownLatch ready = new CountDownLatch(1);
        int port = ours(bytes.service((call, headers) -> {
            call.sendHeaders(new Metadata());
            net.loop().post(() -> {
                held.countDown();
                take(unready);
            });
            Thread.ofPlatform().start(() -> {
                take(held);
                while (call.isReady()) {
                    call.sendMessage(new byte[1 << 10]);
                }
                unready.countDown();
                take(ready);
                call.close(Status.OK, new Metadata());
            });
            return new ServerCall.Listener<>() {
                @Override
                public void onReady() {
                    // Also told at the beginning, before anything was written.
                    if (unready.getCount() == 0) {
                        ready.countDown();
                    }
                }
            };
        }));
        try (var call =
                client(port, Limits.DEFAULT).call(bytes.method, CallSettings.DEFAULT.within(Duration.ofSeconds(20)))) {
            int messages = 0;
            while (call.read() != null) {
                messages++;
            }
            assertEquals(bytes.written.get(), messages);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_handler_that_throws_is_told_that_its_call_is_over(ServerKind kind) throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        ServerKind.Running server = kind.start(net, bytes.service((call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    throw new IllegalStateException("a mistake");
                }

                @Override
                public void onCancel() {
                    told.add("over");
                }

                @Override
                public void onComplete() {
                    told.add("over");
                }
            };
        }));
        open.add(server);
        try (var call = client(server.port(), Limits.DEFAULT)
                .call(bytes.method, CallSettings.DEFAULT.within(Duration.ofSeconds(20)))) {
            call.write(MESSAGE);
            Status.Code code = Status.Code.OK;
            try {
                call.read();
            } catch (GrpcFailure e) {
                code = e.code();
            }
            assertEquals(Status.Code.UNKNOWN, code);
        }
        assertEquals("over", told.poll(20, TimeUnit.SECONDS));
    }
}

package dev.capstan.grpc.client;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.grpc.ByteCalls;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.Served;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.http.HttpClient;
import dev.capstan.testkit.Parity;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel of gRPC-Web is besides the protocol: bounds, credentials, ends. */
class WebChannelTest {
    private static final int MESSAGE_BYTES = 16 << 10;
    private static final int MESSAGES = 2_048;

    /** What sockets and HTTP's queues take of an answer that nobody reads: a part of the 32 MiB that are offered. */
    private static final long AHEAD = 12 << 20;

    private static final Context.Key<String> BELONGS = Context.key("belongs");

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final ByteCalls bytes = new ByteCalls();
    private final AtomicLong written = new AtomicLong();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final Served served = new Served(server -> server.service(bytes.service(streams(), echo())));

    @AfterEach
    void close() {
        served.close();
    }

    /** Sends all its messages as it may, once the request has come. */
    private ServerCallHandler<byte[], byte[]> streams() {
        return (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                private int left = MESSAGES;
                private boolean begun;

                @Override
                public void onHalfClose() {
                    begun = true;
                    events.add("begun");
                    call.sendHeaders(new Metadata());
                    onReady();
                }

                @Override
                public void onReady() {
                    while (begun && left > 0 && call.isReady()) {
                        left--;
                        call.sendMessage(new byte[MESSAGE_BYTES]);
                        written.addAndGet(MESSAGE_BYTES);
                        if (left == 0) {
                            call.close(Status.OK, new Metadata());
                        }
                    }
                }

                @Override
                public void onCancel() {
                    events.add("cancelled");
                }
            };
        };
    }

    private ServerCallHandler<byte[], byte[]> echo() {
        return (call, headers) -> {
            events.add(String.valueOf(headers.get(AUTHORIZATION)));
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(message);
                    call.close(Status.OK, new Metadata());
                }
            };
        };
    }

    private WebChannel channel(int port, Limits limits) {
        HttpClient http = new HttpClient(served.net.loop(), served.net.network(), new SecureRandom(), Http.DEFAULT);
        return new WebChannel(served.net.loop(), http, URI.create("http://127.0.0.1:" + port), false, limits);
    }

    private GrpcClient client(Limits limits) {
        return served.keep(GrpcClient.over(served.net.loop(), channel(served.port(), limits)));
    }

    private GrpcFailure fails(GrpcClient client, byte[] request, CallSettings settings) {
        return assertThrows(GrpcFailure.class, () -> client.one(bytes.unary, request, settings));
    }

    private String event() throws InterruptedException {
        return String.valueOf(events.poll(20, TimeUnit.SECONDS));
    }

    @Test
    @Parity("GRPC-G8.2")
    void a_reader_that_takes_nothing_holds_the_server_back() throws Exception {
        GrpcClient client = client(Limits.DEFAULT);
        try (GrpcCall<byte[], byte[]> call = client.call(bytes.method)) {
            call.write(new byte[1]);
            call.end();
            assertEquals("begun", event());
            for (int i = 0; i < 500; i++) {
                client.one(bytes.unary, new byte[1], CallSettings.DEFAULT);
                assertTrue(written.get() <= AHEAD, () -> written + " bytes");
            }
            long read = 0;
            for (byte[] each : call) {
                read += each.length;
            }
            assertEquals((long) MESSAGES * MESSAGE_BYTES, read);
        }
    }

    @Test
    @Parity("GRPC-S5.4")
    void a_stream_that_is_given_up_ends_at_the_server() throws Exception {
        try (GrpcCall<byte[], byte[]> call = client(Limits.DEFAULT).call(bytes.method)) {
            call.write(new byte[1]);
            call.end();
            assertEquals("begun", event());
            assertEquals(MESSAGE_BYTES, requireNonNull(call.read()).length);
        }
        assertEquals("cancelled", event());
    }

    @Test
    @Parity("GRPC-G7.3")
    void messages_have_the_bounds_of_the_channel() {
        GrpcFailure answer =
                fails(client(Limits.DEFAULT.withInboundMessageBytes(1_000)), new byte[1_001], CallSettings.DEFAULT);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, answer.code());
        assertTrue(answer.reason().contains("inboundMessageBytes"), answer.reason());
        GrpcClient sending = client(Limits.DEFAULT.withOutboundMessageBytes(1_000));
        assertEquals(
                Status.Code.RESOURCE_EXHAUSTED,
                fails(sending, new byte[1_001], CallSettings.DEFAULT).code());
        assertEquals(1_000, sending.one(bytes.unary, new byte[1_000], CallSettings.DEFAULT).length);
        try (GrpcCall<byte[], byte[]> call = sending.call(bytes.method)) {
            call.write(new byte[600]);
            call.write(new byte[600]);
            call.end();
            GrpcFailure together = assertThrows(GrpcFailure.class, call::read);
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, together.code());
            assertTrue(together.reason().contains("one body"), together.reason());
        }
    }

    @Test
    void credentials_are_added_and_kept_from_plain_text() throws Exception {
        TokenCredentials tokens =
                TokenCredentials.of(served.net.loop(), () -> Promise.of(new Token("Bearer abc", Duration.ofHours(1))));
        GrpcClient client = client(Limits.DEFAULT);
        GrpcFailure refused = fails(client, new byte[1], CallSettings.DEFAULT.with(tokens));
        assertEquals(Status.Code.UNAUTHENTICATED, refused.code());
        client.one(bytes.unary, new byte[1], CallSettings.DEFAULT.with(tokens.evenOnPlaintext()));
        assertEquals("Bearer abc", event());
    }

    @Test
    void credentials_that_throw_fail_their_call() {
        CallCredentials broken = new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo about, Executor by, MetadataApplier to) {
                throw new IllegalStateException("secret");
            }
        };
        GrpcFailure refused = fails(client(Limits.DEFAULT), new byte[1], CallSettings.DEFAULT.with(broken));
        assertEquals(Status.Code.UNAUTHENTICATED, refused.code());
    }

    @Test
    void an_answer_that_cannot_be_parsed_fails_its_call() {
        MethodDescriptor<byte[], byte[]> picky = bytes.unary.toBuilder(
                        bytes.unary.getRequestMarshaller(), new MethodDescriptor.Marshaller<byte[]>() {
                            @Override
                            public InputStream stream(byte[] value) {
                                return new ByteArrayInputStream(value);
                            }

                            @Override
                            public byte[] parse(InputStream stream) {
                                throw new IllegalArgumentException("not of this kind");
                            }
                        })
                .build();
        GrpcClient client = client(Limits.DEFAULT);
        GrpcFailure failure = assertThrows(
                GrpcFailure.class,
                () -> client.one(picky, new byte[1], CallSettings.DEFAULT.within(Duration.ofSeconds(20))));
        assertEquals(Status.Code.INTERNAL, failure.code());
    }

    @Test
    void a_cancelled_context_ends_its_calls() throws Exception {
        Context.CancellableContext context = Context.ROOT.withCancellation();
        GrpcClient client = client(Limits.DEFAULT);
        try (GrpcCall<byte[], byte[]> call = context.call(() -> client.call(bytes.method))) {
            context.cancel(null);
            assertEquals(
                    Status.Code.CANCELLED,
                    assertThrows(GrpcFailure.class, call::read).code());
        }
    }

    @Test
    @Parity("GRPC-G5.1")
    void a_channel_that_is_shut_down_begins_no_calls_and_ends_those_that_it_has() throws Exception {
        WebChannel channel = channel(served.port(), Limits.DEFAULT);
        GrpcClient client = served.keep(GrpcClient.over(served.net.loop(), channel));
        assertEquals(ConnectivityState.READY, client.state());
        client.ready().await();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        channel.notifyWhenStateChanged(ConnectivityState.READY, () -> told.add("changed"));
        try (GrpcCall<byte[], byte[]> call = client.call(bytes.method)) {
            call.write(new byte[1]);
            channel.shutdown();
            assertEquals("changed", told.poll(20, TimeUnit.SECONDS));
            assertEquals(ConnectivityState.SHUTDOWN, client.state());
            GrpcFailure late = fails(client, new byte[1], CallSettings.DEFAULT);
            assertEquals(Status.Code.UNAVAILABLE, late.code());
            assertTrue(!channel.isTerminated());
            channel.shutdownNow();
            GrpcFailure ended = assertThrows(GrpcFailure.class, call::read);
            assertEquals(Status.Code.UNAVAILABLE, ended.code());
            assertTrue(channel.awaitTermination(20, TimeUnit.SECONDS));
        }
    }

    /** Tells what it hears, each with what {@link #BELONGS} is there, and throws at the end if it is to. */
    private final class Ear extends ClientCall.Listener<byte[]> {
        private final boolean throwing;

        Ear(boolean throwing) {
            this.throwing = throwing;
        }

        private void tell(String what) {
            events.add(what + " " + BELONGS.get());
        }

        @Override
        public void onHeaders(Metadata headers) {
            tell("headers");
        }

        @Override
        public void onMessage(byte[] message) {
            tell("message");
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            tell(status.getCode().toString());
            if (throwing) {
                throw new IllegalStateException("the ear hurts");
            }
        }
    }

    private static void ask(ClientCall<byte[], byte[]> call) {
        call.request(2);
        call.sendMessage(new byte[1]);
        call.halfClose();
    }

    @Test
    void a_channel_that_is_shut_down_while_a_call_starts_ends_it_and_all_that_watch_it() throws Exception {
        WebChannel channel = channel(served.port(), Limits.DEFAULT);
        AtomicLong watching = new AtomicLong();
        ClientStreamTracer.Factory factory = new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                channel.shutdownNow();
                // What that has posted has been done by now.
                served.net.loop().fetch(Promise::done).await();
                watching.incrementAndGet();
                return new ClientStreamTracer() {
                    @Override
                    public void streamClosed(Status status) {
                        watching.decrementAndGet();
                    }
                };
            }
        };
        ClientCall<byte[], byte[]> call =
                channel.newCall(bytes.unary, CallOptions.DEFAULT.withStreamTracerFactory(factory));
        call.start(new Ear(false), new Metadata());
        assertEquals("UNAVAILABLE null", event());
        assertEquals(0, watching.get());
        assertTrue(channel.awaitTermination(20, TimeUnit.SECONDS));
    }

    @Test
    void a_call_that_was_cancelled_before_it_started_ends_when_it_starts() throws Exception {
        WebChannel channel = channel(served.port(), Limits.DEFAULT);
        ClientCall<byte[], byte[]> call = channel.newCall(bytes.unary, CallOptions.DEFAULT);
        call.cancel("not wanted", null);
        served.net.loop().fetch(Promise::done).await();
        call.start(new Ear(false), new Metadata());
        ask(call);
        assertEquals("CANCELLED null", event());
        channel.shutdown();
        assertTrue(channel.awaitTermination(20, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_is_told_in_the_context_of_its_call(boolean elsewhere) throws Exception {
        WebChannel channel = channel(served.port(), Limits.DEFAULT);
        try (ExecutorService own = Executors.newSingleThreadExecutor()) {
            CallOptions options = elsewhere ? CallOptions.DEFAULT.withExecutor(own) : CallOptions.DEFAULT;
            ClientCall<byte[], byte[]> call =
                    Context.ROOT.withValue(BELONGS, "here").call(() -> channel.newCall(bytes.unary, options));
            call.start(new Ear(false), new Metadata());
            ask(call);
            List<String> told = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                told.add(event());
            }
            // The server's handler tells first who has called.
            assertEquals(List.of("null", "headers here", "message here", "OK here"), told);
        }
        channel.shutdown();
    }

    @Test
    void what_a_listener_throws_at_the_end_is_logged() throws Exception {
        BlockingQueue<String> logged = new LinkedBlockingQueue<>();
        Logger logger = Logger.getLogger(WebCall.class.getName());
        Handler log = new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getMessage() + ": " + line.getThrown());
            }

            @Override
            public void flush() {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        logger.addHandler(log);
        try {
            WebChannel channel = channel(served.port(), Limits.DEFAULT);
            ClientCall<byte[], byte[]> call = channel.newCall(bytes.unary, CallOptions.DEFAULT);
            call.start(new Ear(true), new Metadata());
            ask(call);
            String line = logged.poll(20, TimeUnit.SECONDS);
            assertTrue(line != null && line.endsWith("IllegalStateException: the ear hurts"), String.valueOf(line));
            assertTrue(line.contains("test.Bytes/Answer"), line);
            channel.shutdown();
        } finally {
            logger.removeHandler(log);
        }
    }

    @Test
    @Parity("GRPC-C4.1")
    void a_server_that_is_not_there_is_unavailable() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        GrpcClient client = served.keep(GrpcClient.over(served.net.loop(), channel(nobody, Limits.DEFAULT)));
        GrpcFailure failure = fails(client, new byte[1], CallSettings.DEFAULT);
        assertEquals(Status.Code.UNAVAILABLE, failure.code());
        assertTrue(failure.getMessage().contains("127.0.0.1"), failure.getMessage());
    }

    @Test
    void what_cannot_be_had_is_refused_where_it_is_asked_for() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new WebChannel(
                        served.net.loop(),
                        new HttpClient(served.net.loop(), served.net.network(), new SecureRandom(), Http.DEFAULT),
                        URI.create("localhost:80"),
                        false,
                        Limits.DEFAULT));
        WebChannel channel = channel(served.port(), Limits.DEFAULT);
        assertThrows(
                IllegalArgumentException.class,
                () -> channel.newCall(bytes.unary, CallOptions.DEFAULT.withAuthority("other.test")));
        channel.shutdown();
    }

    @Test
    void times_have_eight_digits_at_most_in_the_finest_unit_that_they_fit() {
        assertEquals("99999999n", WebCall.timeout(99_999_999L));
        assertEquals("100000u", WebCall.timeout(100_000_000L));
        assertEquals("100000m", WebCall.timeout(100_000_000_000L));
        assertEquals("100000S", WebCall.timeout(100_000_000_000_000L));
        assertEquals("99999999S", WebCall.timeout(Long.MAX_VALUE));
    }
}

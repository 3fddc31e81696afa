package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.StringValue;
import dev.capstan.async.Address;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Each encoding in calls: from our client to our server and grpc-java's, and back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EncodedCallsTest {
    private static final List<String> NAMES = List.of("gzip", "deflate", "zstd", "snappy", "br");
    private static final int LIMIT = 1 << 20;
    private static final int MESSAGES = 3;
    private static final StringValue TEXT = StringValue.of("a message that repeats itself. ".repeat(500));

    /** Longer than the limit when decompressed, and not before. */
    private static final StringValue BOMB = StringValue.of("0".repeat(16 * LIMIT));

    private static final Metadata.Key<String> WANTED =
            Metadata.Key.of("x-answer-encoding", Metadata.ASCII_STRING_MARSHALLER);
    private static final MethodDescriptor<StringValue, StringValue> ONE = method("One", MethodType.UNARY);
    private static final MethodDescriptor<StringValue, StringValue> MANY = method("Many", MethodType.BIDI_STREAMING);

    private enum Kind {
        OWN,
        GRPC_JAVA
    }

    /** An encoding that counts what the client does with it. */
    private record Counted(Codec codec, AtomicInteger compressed, AtomicInteger decompressed) implements Codec {
        @Override
        public String getMessageEncoding() {
            return codec.getMessageEncoding();
        }

        @Override
        public InputStream decompress(InputStream in) throws IOException {
            decompressed.incrementAndGet();
            return codec.decompress(in);
        }

        @Override
        public OutputStream compress(OutputStream out) throws IOException {
            compressed.incrementAndGet();
            return codec.compress(out);
        }
    }

    /** Both halves of an encoding, which are found under one name. */
    private record Halves(String name) implements Codec {
        @Override
        public String getMessageEncoding() {
            return name;
        }

        @Override
        public InputStream decompress(InputStream in) throws IOException {
            return Objects.requireNonNull(MessageEncodings.decompressors().lookupDecompressor(name))
                    .decompress(in);
        }

        @Override
        public OutputStream compress(OutputStream out) throws IOException {
            return Objects.requireNonNull(MessageEncodings.compressors().lookupCompressor(name))
                    .compress(out);
        }
    }

    private final Map<String, Counted> counted = new HashMap<>();
    private final Map<Kind, GrpcClient> clients = new EnumMap<>(Kind.class);
    private NetLoop net;
    private Server foreign;
    private volatile StringValue bomb = StringValue.getDefaultInstance();

    private static MethodDescriptor<StringValue, StringValue> method(String name, MethodType type) {
        return MethodDescriptor.<StringValue, StringValue>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("capstan.test.Echo", name))
                .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                .build();
    }

    private StringValue answer(StringValue request) {
        return request.getValue().equals("bomb") ? bomb : request;
    }

    private ServerServiceDefinition echo() {
        ServerServiceDefinition echo = ServerServiceDefinition.builder("capstan.test.Echo")
                .addMethod(ONE, ServerCalls.asyncUnaryCall((request, to) -> {
                    to.onNext(answer(request));
                    to.onCompleted();
                }))
                .addMethod(MANY, ServerCalls.asyncBidiStreamingCall(to -> new StreamObserver<>() {
                    @Override
                    public void onNext(StringValue request) {
                        to.onNext(answer(request));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        // The client has given up, or was refused.
                    }

                    @Override
                    public void onCompleted() {
                        to.onCompleted();
                    }
                }))
                .build();
        return ServerInterceptors.intercept(echo, new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                String wanted = headers.get(WANTED);
                if (wanted != null) {
                    call.setCompression(wanted);
                }
                return next.startCall(call, headers);
            }
        });
    }

    @BeforeAll
    void open() throws Exception {
        net = NetLoop.open("encodings", Transport.AUTO);
        Limits limits = Limits.DEFAULT.withInboundMessageBytes(LIMIT);
        GrpcServer own =
                GrpcServer.on(net.loop()).service(echo()).limits(limits).build();
        HttpServer server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        own.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        foreign = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(echo())
                .compressorRegistry(MessageEncodings.compressors())
                .decompressorRegistry(MessageEncodings.decompressors())
                .build()
                .start();
        CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
        DecompressorRegistry decompressors = DecompressorRegistry.emptyInstance();
        compressors.register(Codec.Identity.NONE);
        decompressors = decompressors.with(Codec.Identity.NONE, false);
        for (String name : NAMES) {
            Counted codec = new Counted(new Halves(name), new AtomicInteger(), new AtomicInteger());
            counted.put(name, codec);
            compressors.register(codec);
            decompressors = decompressors.with(codec, true);
        }
        for (Kind kind : Kind.values()) {
            int port = kind == Kind.OWN ? ((Address.Tcp) server.address()).port() : foreign.getPort();
            clients.put(
                    kind,
                    GrpcClient.on(net)
                            .to(new Address.Tcp("127.0.0.1", port))
                            .plaintext()
                            .limits(limits)
                            .encodings(compressors, decompressors)
                            .build());
        }
    }

    @AfterAll
    void close() throws Exception {
        for (GrpcClient each : clients.values()) {
            each.drain(Duration.ZERO).await();
        }
        foreign.shutdownNow();
        foreign.awaitTermination(10, TimeUnit.SECONDS);
        net.close();
    }

    private GrpcCall<StringValue, StringValue> call(
            Kind server,
            MethodDescriptor<StringValue, StringValue> method,
            @Nullable String ofRequests,
            @Nullable String ofAnswers) {
        CallSettings settings = CallSettings.DEFAULT;
        if (ofRequests != null) {
            settings = settings.compressed(ofRequests);
        }
        if (ofAnswers != null) {
            settings = settings.with(CallMetadata.EMPTY.with(WANTED.name(), ofAnswers));
        }
        return Objects.requireNonNull(clients.get(server)).call(method, settings);
    }

    private interface Check {
        void of(String encoding, Kind server) throws Exception;
    }

    private static Stream<DynamicTest> each(Check check) {
        return NAMES.stream()
                .flatMap(name -> Stream.of(Kind.values())
                        .map(kind -> DynamicTest.dynamicTest(name + " " + kind, () -> check.of(name, kind))));
    }

    private List<StringValue> echoed(GrpcCall<StringValue, StringValue> call, int messages) {
        try (call) {
            List<StringValue> answers = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                call.write(TEXT);
            }
            call.end();
            call.forEach(answers::add);
            return answers;
        }
    }

    /** How many messages the client has compressed or decompressed while {@code action} ran. */
    private static int during(AtomicInteger counter, Runnable action) {
        int before = counter.get();
        action.run();
        return counter.get() - before;
    }

    private Counted codec(String name) {
        return Objects.requireNonNull(counted.get(name));
    }

    @TestFactory
    @Parity("GRPC-P9.1")
    Stream<DynamicTest> a_request_is_compressed() {
        return each((name, server) -> assertEquals(
                1,
                during(
                        codec(name).compressed(),
                        () -> assertEquals(List.of(TEXT), echoed(call(server, ONE, name, null), 1)))));
    }

    @TestFactory
    @Parity("GRPC-P9.1")
    Stream<DynamicTest> an_answer_is_compressed() {
        return each((name, server) -> assertEquals(
                1,
                during(
                        codec(name).decompressed(),
                        () -> assertEquals(List.of(TEXT), echoed(call(server, ONE, null, name), 1)))));
    }

    @TestFactory
    @Parity("GRPC-P9.1")
    Stream<DynamicTest> each_request_of_a_stream_is_compressed() {
        return each((name, server) -> assertEquals(
                MESSAGES,
                during(
                        codec(name).compressed(),
                        () -> assertEquals(
                                Collections.nCopies(MESSAGES, TEXT),
                                echoed(call(server, MANY, name, null), MESSAGES)))));
    }

    @TestFactory
    @Parity("GRPC-P9.1")
    Stream<DynamicTest> each_answer_of_a_stream_is_compressed() {
        return each((name, server) -> assertEquals(
                MESSAGES,
                during(
                        codec(name).decompressed(),
                        () -> assertEquals(
                                Collections.nCopies(MESSAGES, TEXT),
                                echoed(call(server, MANY, null, name), MESSAGES)))));
    }

    @TestFactory
    @Parity("GRPC-P9.4")
    Stream<DynamicTest> a_request_that_decompresses_to_more_than_the_limit_is_refused() {
        return NAMES.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    try (GrpcCall<StringValue, StringValue> call = call(Kind.OWN, ONE, name, null)) {
                        call.write(BOMB);
                        call.end();
                        assertRefused(call);
                    }
                }));
    }

    @TestFactory
    @Parity("GRPC-P9.4")
    Stream<DynamicTest> an_answer_that_decompresses_to_more_than_the_limit_is_refused() {
        bomb = BOMB;
        return each((name, server) -> {
            try (GrpcCall<StringValue, StringValue> call = call(server, ONE, null, name)) {
                call.write(StringValue.of("bomb"));
                call.end();
                assertRefused(call);
            }
        });
    }

    private static void assertRefused(GrpcCall<StringValue, StringValue> call) {
        GrpcFailure failure = assertThrows(GrpcFailure.class, call::one);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, failure.code(), failure::reason);
        assertTrue(failure.reason().contains(Integer.toString(LIMIT)), failure::reason);
    }
}

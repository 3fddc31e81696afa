package dev.capstan.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.capstan.async.Address;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.Caller;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures servers of gRPC: {@code own|java|light OPTIONS}, with the options and lines of {@code BenchClient}. {@code own} calls as typed clients of ours do, {@code java} by the asynchronous stub of
 * grpc-java on a channel without an executor, {@code light} by {@link LightHttp2}, for messages that fit into a frame.
 */
public final class GrpcBenchClient {
    private static final int PIECES = 1_000;

    /** How calls are made: each ends by telling its failure, or null, on the one thread that began it. */
    private interface Calls {
        void unary(SimpleRequest request, Consumer<@Nullable Throwable> then);

        void stream(StreamingOutputCallRequest request, Consumer<@Nullable Throwable> then);

        /** Runs {@code action} on the thread of all calls. */
        void execute(Runnable action);
    }

    private final BenchClient.Options options;
    private final Calls calls;

    private GrpcBenchClient(BenchClient.Options options, Calls calls) {
        this.options = options;
        this.calls = calls;
    }

    /** Runs the wanted cases. */
    public static void main(String[] args) throws Exception {
        BenchClient.Options options = BenchClient.Options.parse(java.util.Arrays.copyOfRange(args, 1, args.length));
        switch (args[0]) {
            case "own" -> own(options);
            case "java" -> java(options);
            case "light" -> light(options);
            default -> throw new IllegalArgumentException("there is no client of the kind " + args[0]);
        }
    }

    private void run() throws Exception {
        SimpleRequest small = request(16);
        SimpleRequest large = request(64 << 10);
        StreamingOutputCallRequest stream = StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(
                        ResponseParameters.newBuilder().setSize(16).setIntervalUs(PIECES))
                .build();
        measure("unary1", 1, 1, 0, then -> calls.unary(small, then));
        measure("unary100", 100, 1, 0, then -> calls.unary(small, then));
        measure("unary_64k_x8", 8, 1, 64 << 10, then -> calls.unary(large, then));
        measure("stream_small", 1, PIECES, 16, then -> calls.stream(stream, then));
        measure("stream_small_x4", 4, PIECES, 16, then -> calls.stream(stream, then));
    }

    private static SimpleRequest request(int bytes) {
        return SimpleRequest.newBuilder()
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[bytes])))
                .build();
    }

    /** One case; an operation counts as {@code units} of what is reported. */
    private void measure(
            String name, int lanes, int units, long unitBytes, Consumer<Consumer<@Nullable Throwable>> operation)
            throws IOException, InterruptedException {
        if (!options.wants(name)) {
            return;
        }
        Window window = new Window(options, name, units, unitBytes);
        for (int phase = 0; phase < 2; phase++) {
            if (phase == 0) {
                window.warmUp();
            } else {
                window.start();
            }
            CountDownLatch over = new CountDownLatch(lanes);
            AtomicReference<Throwable> failed = new AtomicReference<>();
            calls.execute(() -> {
                for (int i = 0; i < lanes; i++) {
                    lane(window, operation, over, failed);
                }
            });
            over.await();
            Throwable failure = failed.get();
            if (failure != null) {
                throw new IOException("a call of " + name + " has failed", failure);
            }
        }
        System.out.println(window.finish());
    }

    /** Operations one after another until the window closes. */
    private static void lane(
            Window window,
            Consumer<Consumer<@Nullable Throwable>> operation,
            CountDownLatch over,
            AtomicReference<Throwable> failed) {
        if (!window.isOpen()) {
            over.countDown();
            return;
        }
        long begin = System.nanoTime();
        operation.accept(failure -> {
            if (failure != null) {
                failed.set(failure);
                over.countDown();
            } else {
                window.done(System.nanoTime() - begin);
                lane(window, operation, over, failed);
            }
        });
    }

    // ---- our client

    private static void own(BenchClient.Options options) throws Exception {
        try (NetLoop net = Nets.open("grpc-bench-client")) {
            GrpcClient client = GrpcClient.on(net)
                    .to(Address.parse(options.address()))
                    .plaintext()
                    .build();
            new GrpcBenchClient(options, new Own(net.loop(), new Caller(client, CallSettings.DEFAULT))).run();
            client.drain(Duration.ofSeconds(1)).await();
        }
    }

    private record Own(Loop loop, Caller caller) implements Calls {
        @Override
        public void unary(SimpleRequest request, Consumer<@Nullable Throwable> then) {
            tell(caller.unary(TestServiceGrpc.getUnaryCallMethod(), request), then);
        }

        private void tell(Promise<?> end, Consumer<@Nullable Throwable> then) {
            Promise.Cancelable unused = end.listen(loop, (value, failure) -> then.accept(failure));
            assert unused != null;
        }

        @Override
        public void stream(StreamingOutputCallRequest request, Consumer<@Nullable Throwable> then) {
            Completer<Void> end = new Completer<>(loop);
            tell(end.promise(), then);
            caller.serverStreaming(TestServiceGrpc.getStreamingOutputCallMethod(), request)
                    .subscribe(new Flow.Subscriber<StreamingOutputCallResponse>() {
                        @Override
                        public void onSubscribe(Flow.Subscription subscription) {
                            subscription.request(Long.MAX_VALUE);
                        }

                        @Override
                        public void onNext(StreamingOutputCallResponse piece) {}

                        @Override
                        public void onError(Throwable failure) {
                            end.fail(failure);
                        }

                        @Override
                        public void onComplete() {
                            end.complete(Promise.nothing());
                        }
                    });
        }

        @Override
        public void execute(Runnable action) {
            loop.post(action);
        }
    }

    // ---- grpc-java's

    private static void java(BenchClient.Options options) throws Exception {
        EventLoopGroup one = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ManagedChannel channel = NettyChannelBuilder.forTarget(options.address())
                .eventLoopGroup(one)
                .channelType(EpollSocketChannel.class)
                .directExecutor()
                .usePlaintext()
                .build();
        try {
            new GrpcBenchClient(options, new Java(TestServiceGrpc.newStub(channel), one)).run();
        } finally {
            channel.shutdownNow();
            one.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        }
    }

    private record Java(TestServiceGrpc.TestServiceStub stub, EventLoopGroup thread) implements Calls {
        @Override
        public void unary(SimpleRequest request, Consumer<@Nullable Throwable> then) {
            stub.unaryCall(request, new End<SimpleResponse>(then));
        }

        @Override
        public void stream(StreamingOutputCallRequest request, Consumer<@Nullable Throwable> then) {
            stub.streamingOutputCall(request, new End<StreamingOutputCallResponse>(then));
        }

        @Override
        public void execute(Runnable action) {
            thread.execute(action);
        }
    }

    // ---- as little as can be

    private static void light(BenchClient.Options options) throws Exception {
        Address.Tcp address = (Address.Tcp) Address.parse(options.address());
        try (LightHttp2 http = new LightHttp2(new InetSocketAddress(address.host(), address.port()))) {
            new GrpcBenchClient(options, new Light(http, new HashMap<>())).run();
        }
    }

    private record Light(LightHttp2 http, Map<MessageLite, LightHttp2.Request> requests) implements Calls {
        @Override
        public void unary(SimpleRequest request, Consumer<@Nullable Throwable> then) {
            http.call(request(TestServiceGrpc.getUnaryCallMethod(), request), 5 + request.getSerializedSize(), then);
        }

        private LightHttp2.Request request(MethodDescriptor<?, ?> method, MessageLite message) {
            return requests.computeIfAbsent(
                    message, m -> new LightHttp2.Request("/" + method.getFullMethodName(), m.toByteArray()));
        }

        @Override
        public void stream(StreamingOutputCallRequest request, Consumer<@Nullable Throwable> then) {
            int size = request.getResponseParameters(0).getSize();
            int piece = StreamingOutputCallResponse.newBuilder()
                    .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])))
                    .build()
                    .getSerializedSize();
            http.call(request(TestServiceGrpc.getStreamingOutputCallMethod(), request), PIECES * (5L + piece), then);
        }

        @Override
        public void execute(Runnable action) {
            http.execute(action);
        }
    }

    private record End<S>(Consumer<@Nullable Throwable> then) implements StreamObserver<S> {
        @Override
        public void onNext(S answer) {}

        @Override
        public void onError(Throwable failure) {
            then.accept(failure);
        }

        @Override
        public void onCompleted() {
            then.accept(null);
        }
    }
}

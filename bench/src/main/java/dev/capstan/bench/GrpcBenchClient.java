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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Measures servers of gRPC that take turns, so that whatever happens on the machine, and in this process, happens to all of them: {@code OPTIONS SERVER...}, with the options of
 * {@code BenchClient}, {@code --turns N}, and servers as {@code CLIENT,ADDRESS,PROCESS,LABEL}. For each case all are called for {@code --ms} one after another, until {@code --warm-ms} for each are
 * over, and then in N turns, of which each prints a line for each server.
 *
 * <p>A client is {@code own}, typed calls of ours, {@code java}, the asynchronous stub of grpc-java on a channel without an executor, {@code java-once}, the same with its retries disabled, or
 * {@code light}, {@link LightHttp2}, for messages that fit into a frame.
 */
public final class GrpcBenchClient {
    private static final int PIECES = 1_000;

    /** How calls are made: each ends by telling its failure, or null, on the one thread that began it. */
    private interface Calls {
        void unary(SimpleRequest request, Consumer<@Nullable Throwable> then);

        void stream(StreamingOutputCallRequest request, Consumer<@Nullable Throwable> then);

        /** Runs {@code action} on the thread of all calls. */
        void execute(Runnable action);

        /** Lets go of the connection. */
        void end() throws Exception;
    }

    /** One server, and how it is called. */
    private record Served(BenchClient.Options options, Calls calls) {}

    /** Makes one call, and tells its end. */
    private interface Operation {
        void begin(Calls calls, Consumer<@Nullable Throwable> then);
    }

    private final BenchClient.Options options;
    private final int turns;
    private final List<Served> servers;

    private GrpcBenchClient(BenchClient.Options options, int turns, List<Served> servers) {
        this.options = options;
        this.turns = turns;
        this.servers = servers;
    }

    /** Runs the wanted cases. */
    public static void main(String[] args) throws Exception {
        int at = 0;
        while (at < args.length && args[at].startsWith("--")) {
            at += 2;
        }
        List<String> given = new ArrayList<>(List.of(args).subList(0, at));
        int turns = 1;
        int named = given.indexOf("--turns");
        if (named >= 0) {
            given.remove(named);
            turns = Integer.parseInt(given.remove(named));
        }
        BenchClient.Options options = BenchClient.Options.parse(given.toArray(String[]::new));
        List<Served> servers = new ArrayList<>();
        try {
            for (String server : List.of(args).subList(at, args.length)) {
                servers.add(served(server, options));
            }
            new GrpcBenchClient(options, turns, servers).run();
        } finally {
            for (Served server : servers) {
                server.calls.end();
            }
        }
    }

    private static Served served(String text, BenchClient.Options with) throws Exception {
        String[] parts = text.split(",", 4);
        if (parts.length < 4) {
            throw new IllegalArgumentException("'" + text + "' is no CLIENT,ADDRESS,PROCESS,LABEL");
        }
        Calls calls = switch (parts[0]) {
            case "own" -> new Own(parts[1]);
            case "java" -> new Java(parts[1], same -> same);
            case "java-once" -> new Java(parts[1], NettyChannelBuilder::disableRetry);
            case "light" -> new Light(parts[1]);
            default -> throw new IllegalArgumentException("there is no client of the kind " + parts[0]);
        };
        return new Served(
                new BenchClient.Options(
                        parts[1], Long.parseLong(parts[2]), with.millis(), with.warmMillis(), parts[3], with.cases()),
                calls);
    }

    private void run() throws Exception {
        SimpleRequest small = request(16);
        SimpleRequest large = request(64 << 10);
        StreamingOutputCallRequest stream = StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(
                        ResponseParameters.newBuilder().setSize(16).setIntervalUs(PIECES))
                .build();
        measure("unary1", 1, 1, 0, (calls, then) -> calls.unary(small, then));
        measure("unary100", 100, 1, 0, (calls, then) -> calls.unary(small, then));
        measure("unary_64k_x8", 8, 1, 64 << 10, (calls, then) -> calls.unary(large, then));
        measure("stream_small", 1, PIECES, 16, (calls, then) -> calls.stream(stream, then));
        measure("stream_small_x4", 4, PIECES, 16, (calls, then) -> calls.stream(stream, then));
    }

    private static SimpleRequest request(int bytes) {
        return SimpleRequest.newBuilder()
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[bytes])))
                .build();
    }

    /** One case; an operation counts as {@code units} of what is reported. */
    private void measure(String name, int lanes, int units, long unitBytes, Operation operation)
            throws IOException, InterruptedException {
        if (!options.wants(name)) {
            return;
        }
        List<Window> windows = new ArrayList<>();
        for (Served server : servers) {
            windows.add(new Window(server.options, name, units, unitBytes));
        }
        long warmTurns = (options.warmMillis() + options.millis() - 1) / options.millis();
        for (long turn = -warmTurns; turn < turns; turn++) {
            for (int i = 0; i < servers.size(); i++) {
                // The other way round every second time: who comes after whom is not always the same.
                int one = turn % 2 == 0 ? i : servers.size() - 1 - i;
                Window window = windows.get(one);
                window.start();
                take(name, lanes, window, servers.get(one).calls, operation);
                if (turn >= 0) {
                    System.out.println(window.finish(",\"turn\":" + turn));
                }
            }
        }
    }

    private static void take(String name, int lanes, Window window, Calls calls, Operation operation)
            throws IOException, InterruptedException {
        CountDownLatch over = new CountDownLatch(lanes);
        AtomicReference<Throwable> failed = new AtomicReference<>();
        calls.execute(() -> {
            for (int i = 0; i < lanes; i++) {
                lane(window, then -> operation.begin(calls, then), over, failed);
            }
        });
        over.await();
        Throwable failure = failed.get();
        if (failure != null) {
            throw new IOException("a call of " + name + " has failed", failure);
        }
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

    private static final class Own implements Calls {
        private final NetLoop net = Nets.open("grpc-bench-client");
        private final Loop loop = net.loop();
        private final GrpcClient client;
        private final Caller caller;

        Own(String address) {
            client = GrpcClient.on(net).to(Address.parse(address)).plaintext().build();
            caller = new Caller(client, CallSettings.DEFAULT);
        }

        @Override
        public void end() throws Exception {
            client.drain(Duration.ofSeconds(1)).await();
            net.close();
        }

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

    private static final class Java implements Calls {
        private final EventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        private final ManagedChannel channel;
        private final TestServiceGrpc.TestServiceStub stub;

        Java(String address, UnaryOperator<NettyChannelBuilder> added) {
            channel = added.apply(NettyChannelBuilder.forTarget(address)
                            .eventLoopGroup(thread)
                            .channelType(EpollSocketChannel.class)
                            .directExecutor()
                            .usePlaintext())
                    .build();
            stub = TestServiceGrpc.newStub(channel);
        }

        @Override
        public void end() throws InterruptedException {
            channel.shutdownNow();
            thread.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        }

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

    private static final class Light implements Calls {
        private final LightHttp2 http;
        private final Map<MessageLite, LightHttp2.Request> requests = new HashMap<>();

        Light(String text) throws Exception {
            Address.Tcp address = (Address.Tcp) Address.parse(text);
            http = new LightHttp2(new InetSocketAddress(address.host(), address.port()));
        }

        @Override
        public void end() throws Exception {
            http.close();
        }

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

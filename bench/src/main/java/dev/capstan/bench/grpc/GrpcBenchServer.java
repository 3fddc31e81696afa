package dev.capstan.bench.grpc;

import com.google.protobuf.ByteString;
import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.bench.Nets;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.server.Handling;
import dev.capstan.grpc.server.ServiceBinding;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GrpcBenchClient} measures: {@code KIND --port N}; prints {@code READY port} and ends on SIGTERM. A kind is a server and a style of handlers: {@code own-async}, {@code own-blocking},
 * {@code own-stub} (a generated {@code ImplBase} on our server), {@code java} and {@code java-direct} (the same on grpc-java's, with its executor and without).
 *
 * <p>{@code UnaryCall} gives its payload back. {@code StreamingOutputCall} gives as many messages as its first parameter has in {@code interval_us}, of its size.
 */
public final class GrpcBenchServer {
    private static final ServiceDescriptor SERVICE = ServiceDescriptor.newBuilder(TestServiceGrpc.SERVICE_NAME)
            .addMethod(TestServiceGrpc.getUnaryCallMethod())
            .addMethod(TestServiceGrpc.getStreamingOutputCallMethod())
            .build();

    private GrpcBenchServer() {}

    private static SimpleResponse echo(SimpleRequest request) {
        return SimpleResponse.newBuilder().setPayload(request.getPayload()).build();
    }

    private static int count(StreamingOutputCallRequest request) {
        return request.getResponseParameters(0).getIntervalUs();
    }

    private static StreamingOutputCallResponse piece(StreamingOutputCallRequest request) {
        return StreamingOutputCallResponse.newBuilder()
                .setPayload(Payload.newBuilder()
                        .setBody(ByteString.copyFrom(
                                new byte[request.getResponseParameters(0).getSize()])))
                .build();
    }

    private static ServerServiceDefinition async() {
        return new ServiceBinding(SERVICE, Handling.byServer())
                .unary(TestServiceGrpc.getUnaryCallMethod(), request -> Promise.of(echo(request)))
                .serverStreaming(TestServiceGrpc.getStreamingOutputCallMethod(), Repeated::new)
                .build();
    }

    private static ServerServiceDefinition blocking() {
        return new ServiceBinding(SERVICE, Handling.byServer())
                .blockingUnary(TestServiceGrpc.getUnaryCallMethod(), GrpcBenchServer::echo)
                .blockingServerStreaming(
                        TestServiceGrpc.getStreamingOutputCallMethod(),
                        request -> Messages.writing(out -> {
                            StreamingOutputCallResponse piece = piece(request);
                            for (int i = 0; i < count(request); i++) {
                                out.write(piece);
                            }
                        }))
                .build();
    }

    /** The same message so many times, as they are asked for; for one subscriber. */
    private static final class Repeated implements Flow.Publisher<StreamingOutputCallResponse> {
        private final StreamingOutputCallRequest request;

        Repeated(StreamingOutputCallRequest request) {
            this.request = request;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super StreamingOutputCallResponse> to) {
            StreamingOutputCallResponse piece = piece(request);
            to.onSubscribe(new Flow.Subscription() {
                private int left = count(request);
                private long asked;
                private boolean telling;

                @Override
                public void request(long more) {
                    asked += more;
                    if (telling) {
                        return;
                    }
                    telling = true;
                    while (asked > 0 && left > 0) {
                        asked--;
                        left--;
                        to.onNext(piece);
                    }
                    telling = false;
                    if (left == 0) {
                        left = -1;
                        to.onComplete();
                    }
                }

                @Override
                public void cancel() {
                    left = -1;
                }
            });
        }
    }

    /** As users of grpc-java write it. */
    private static final class Stubs extends TestServiceGrpc.TestServiceImplBase {
        @Override
        public void unaryCall(SimpleRequest request, StreamObserver<SimpleResponse> answer) {
            answer.onNext(echo(request));
            answer.onCompleted();
        }

        @Override
        public void streamingOutputCall(
                StreamingOutputCallRequest request, StreamObserver<StreamingOutputCallResponse> answer) {
            ServerCallStreamObserver<StreamingOutputCallResponse> to =
                    (ServerCallStreamObserver<StreamingOutputCallResponse>) answer;
            StreamingOutputCallResponse piece = piece(request);
            int[] left = {count(request)};
            to.setOnReadyHandler(() -> {
                while (to.isReady() && left[0] > 0) {
                    left[0]--;
                    to.onNext(piece);
                }
                if (left[0] == 0) {
                    left[0] = -1;
                    to.onCompleted();
                }
            });
        }
    }

    /** Serves until the process is told to end. */
    public static void main(String[] args) throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stop::countDown));
        int port = args.length > 2 && args[1].equals("--port") ? Integer.parseInt(args[2]) : 0;
        switch (args[0]) {
            case "own-async" -> own(async(), port, stop);
            case "own-blocking" -> own(blocking(), port, stop);
            case "own-stub" -> own(new Stubs().bindService(), port, stop);
            case "java" -> java(new Stubs(), port, stop, false);
            case "java-direct" -> java(new Stubs(), port, stop, true);
            default -> throw new IllegalArgumentException("there is no server of the kind " + args[0]);
        }
    }

    private static void own(ServerServiceDefinition service, int port, CountDownLatch stop) throws Exception {
        try (NetLoop net = Nets.open("grpc-bench-server")) {
            GrpcServer grpc = GrpcServer.on(net.loop()).service(service).build();
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(), net.network(), new Address.Tcp("127.0.0.1", port), grpc.routes(), Http.DEFAULT))
                    .await();
            ready(((Address.Tcp) http.address()).port(), stop, null);
        }
    }

    private static void java(BindableService service, int port, CountDownLatch stop, boolean direct) throws Exception {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(service);
        if (direct) {
            builder.directExecutor();
        }
        Server server = builder.build().start();
        ready(server.getPort(), stop, server);
    }

    private static void ready(int port, CountDownLatch stop, @Nullable Server server) throws InterruptedException {
        System.out.println("READY " + port);
        System.out.flush();
        stop.await();
        if (server != null) {
            server.shutdownNow();
        }
    }
}

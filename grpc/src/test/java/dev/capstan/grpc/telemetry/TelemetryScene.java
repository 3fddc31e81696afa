package dev.capstan.grpc.telemetry;

import com.google.protobuf.ByteString;
import dev.capstan.async.Address;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.Tally;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.MethodPolicy;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Servers and clients that are watched. */
final class TelemetryScene implements AutoCloseable {
    final NetLoop net = NetLoop.open("telemetry", Transport.AUTO);
    private final List<Runnable> open = new ArrayList<>();

    /** What a server does with a unary call. */
    interface Unary {
        void answer(SimpleRequest request, StreamObserver<SimpleResponse> to);
    }

    /** As the official tests have it: a status if one is asked for, else as many bytes as are. */
    static void echo(SimpleRequest request, StreamObserver<SimpleResponse> to) {
        EchoStatus status = request.getResponseStatus();
        if (status.getCode() != 0) {
            to.onError(Status.fromCodeValue(status.getCode())
                    .withDescription(status.getMessage())
                    .asRuntimeException());
        } else {
            to.onNext(SimpleResponse.newBuilder()
                    .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[request.getResponseSize()])))
                    .build());
            to.onCompleted();
        }
    }

    private record Service(Unary unary) {
        TestServiceGrpc.TestServiceImplBase get() {
            return new TestServiceGrpc.TestServiceImplBase() {
                @Override
                public void emptyCall(Empty request, StreamObserver<Empty> to) {
                    // Never answered.
                }

                @Override
                public void unaryCall(SimpleRequest request, StreamObserver<SimpleResponse> to) {
                    unary.answer(request, to);
                }

                @Override
                public StreamObserver<StreamingOutputCallRequest> fullDuplexCall(
                        StreamObserver<StreamingOutputCallResponse> to) {
                    return new StreamObserver<>() {
                        @Override
                        public void onNext(StreamingOutputCallRequest request) {
                            to.onNext(StreamingOutputCallResponse.newBuilder()
                                    .setPayload(request.getPayload())
                                    .build());
                        }

                        @Override
                        public void onError(Throwable failure) {
                            // The client has given up.
                        }

                        @Override
                        public void onCompleted() {
                            to.onCompleted();
                        }
                    };
                }
            };
        }
    }

    /** The port of a server. */
    int serve(ServerKind kind, Unary unary, ServerInterceptor... interceptors) {
        ServerKind.Running running = kind.start(net, new Service(unary).get().bindService(), interceptors);
        open.add(running::close);
        return running.port();
    }

    GrpcClient client(int port, Telemetry... telemetry) {
        return client(port, MethodPolicy.of(""), telemetry);
    }

    GrpcClient client(int port, MethodPolicy policy, Telemetry... telemetry) {
        GrpcClient.Builder builder = GrpcClient.on(net)
                .to(new Address.Tcp("127.0.0.1", port))
                .plaintext()
                .policy(policy);
        for (Telemetry each : telemetry) {
            builder.intercept(each.client());
        }
        GrpcClient client = builder.build();
        open.add(client::close);
        return client;
    }

    static SimpleRequest ask(int size) {
        return SimpleRequest.newBuilder().setResponseSize(size).build();
    }

    static SimpleRequest failing(Status.Code code, String message) {
        return SimpleRequest.newBuilder()
                .setResponseStatus(EchoStatus.newBuilder().setCode(code.value()).setMessage(message))
                .build();
    }

    static SimpleResponse one(GrpcClient client, SimpleRequest request) {
        return client.one(TestServiceGrpc.getUnaryCallMethod(), request, CallSettings.DEFAULT);
    }

    static Status.Code failureOf(Runnable call) {
        try {
            call.run();
            return Status.Code.OK;
        } catch (GrpcFailure e) {
            return e.code();
        }
    }

    /** Sends each unary call on through {@code to}; if {@code later}, in another turn, with nothing but grpc-java's context. */
    Unary forwarding(GrpcClient to, boolean later) {
        return (request, answer) -> {
            Runnable call = () -> to.ask(TestServiceGrpc.getUnaryCallMethod(), request, CallSettings.DEFAULT)
                    .listen(net.loop(), (response, failure) -> {
                        if (failure == null) {
                            answer.onNext(response);
                            answer.onCompleted();
                        } else {
                            answer.onError(failure);
                        }
                    });
            if (later) {
                Thread.ofVirtual().start(Context.current().wrap(call));
            } else {
                call.run();
            }
        };
    }

    /** Keeps the headers of each call. */
    static final class Seen implements ServerInterceptor {
        final BlockingQueue<Metadata> headers = new LinkedBlockingQueue<>();

        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata sent, ServerCallHandler<Q, S> next) {
            headers.add(sent);
            return next.startCall(call, sent);
        }

        @Nullable
        String text(String name) throws InterruptedException {
            return headers.take().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }

    /** Counts the calls whose handlers were told their end; outside of the interceptors that are named before it. */
    static final class Ended implements ServerInterceptor {
        final Tally calls = new Tally();

        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata sent, ServerCallHandler<Q, S> next) {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, sent)) {
                @Override
                public void onComplete() {
                    super.onComplete();
                    calls.increment();
                }

                @Override
                public void onCancel() {
                    super.onCancel();
                    calls.increment();
                }
            };
        }
    }

    @Override
    public void close() {
        open.reversed().forEach(Runnable::run);
        net.close();
    }
}

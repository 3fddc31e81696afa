package dev.capstan.grpc.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The service of the official interoperability tests, which keeps book of its calls and misbehaves when a test says so. */
final class Scene extends TestServiceGrpc.TestServiceImplBase {
    /** Methods of calls that have arrived, in order. */
    final BlockingQueue<String> begun = new LinkedBlockingQueue<>();

    /** How streams of requests have ended. */
    final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    /** Unary calls that are still to fail as UNAVAILABLE. */
    final AtomicInteger failures = new AtomicInteger();

    /** Unary calls that are still to stay without an answer. */
    final AtomicInteger hangs = new AtomicInteger();

    volatile List<Any> details = List.of();
    volatile boolean reads = true;
    volatile @Nullable String authorization;

    static SimpleRequest failing(int code, String message) {
        return SimpleRequest.newBuilder()
                .setResponseStatus(EchoStatus.newBuilder().setCode(code).setMessage(message))
                .build();
    }

    static StreamingOutputCallRequest failingStream(int code, String message) {
        return StreamingOutputCallRequest.newBuilder()
                .setResponseStatus(EchoStatus.newBuilder().setCode(code).setMessage(message))
                .build();
    }

    /** Echoes metadata as the official tests have it, under shorter names. */
    ServerInterceptor metadata() {
        return new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                authorization = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
                return next.startCall(
                        new SimpleForwardingServerCall<>(call) {
                            @Override
                            public void sendHeaders(Metadata sent) {
                                copy(headers, sent, Metadata.Key.of("x-echo", Metadata.ASCII_STRING_MARSHALLER));
                                super.sendHeaders(sent);
                            }

                            @Override
                            public void close(Status status, Metadata sent) {
                                copy(headers, sent, Metadata.Key.of("x-echo-bin", Metadata.BINARY_BYTE_MARSHALLER));
                                super.close(status, sent);
                            }
                        },
                        headers);
            }
        };
    }

    private static <T> void copy(Metadata from, Metadata to, Metadata.Key<T> key) {
        Iterable<T> values = from.getAll(key);
        if (values != null) {
            values.forEach(each -> to.put(key, each));
        }
    }

    private static Payload payload(int size) {
        return Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])).build();
    }

    private boolean fails(EchoStatus status, StreamObserver<?> to) {
        if (status.getCode() == 0) {
            return false;
        }
        if (details.isEmpty()) {
            to.onError(Status.fromCodeValue(status.getCode())
                    .withDescription(status.getMessage())
                    .asRuntimeException());
        } else {
            to.onError(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(status.getCode())
                    .setMessage(status.getMessage())
                    .addAllDetails(details)
                    .build()));
        }
        return true;
    }

    private static boolean takes(AtomicInteger from) {
        return from.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    @Override
    public void emptyCall(Empty request, StreamObserver<Empty> to) {
        to.onNext(Empty.getDefaultInstance());
        to.onCompleted();
    }

    @Override
    public void unaryCall(SimpleRequest request, StreamObserver<SimpleResponse> to) {
        begun.add("UnaryCall");
        if (takes(failures)) {
            to.onError(Status.UNAVAILABLE.withDescription("as told").asRuntimeException());
        } else if (!takes(hangs) && !fails(request.getResponseStatus(), to)) {
            to.onNext(SimpleResponse.newBuilder()
                    .setPayload(payload(request.getResponseSize()))
                    .build());
            to.onCompleted();
        }
    }

    @Override
    public void streamingOutputCall(
            StreamingOutputCallRequest request, StreamObserver<StreamingOutputCallResponse> to) {
        begun.add("StreamingOutputCall");
        answer(request, to);
        to.onCompleted();
    }

    private static void answer(StreamingOutputCallRequest request, StreamObserver<StreamingOutputCallResponse> to) {
        for (ResponseParameters each : request.getResponseParametersList()) {
            to.onNext(StreamingOutputCallResponse.newBuilder()
                    .setPayload(payload(each.getSize()))
                    .build());
        }
    }

    private void watch(StreamObserver<?> to) {
        ServerCallStreamObserver<?> call = (ServerCallStreamObserver<?>) to;
        call.setOnCancelHandler(() -> ended.add("cancelled"));
        if (!reads) {
            call.disableAutoRequest();
        }
    }

    @Override
    public StreamObserver<StreamingInputCallRequest> streamingInputCall(StreamObserver<StreamingInputCallResponse> to) {
        begun.add("StreamingInputCall");
        watch(to);
        return new StreamObserver<>() {
            private int sum;

            @Override
            public void onNext(StreamingInputCallRequest request) {
                sum += request.getPayload().getBody().size();
            }

            @Override
            public void onError(Throwable failure) {
                // Told by the handler of cancellation.
            }

            @Override
            public void onCompleted() {
                to.onNext(StreamingInputCallResponse.newBuilder()
                        .setAggregatedPayloadSize(sum)
                        .build());
                to.onCompleted();
            }
        };
    }

    @Override
    public StreamObserver<StreamingOutputCallRequest> fullDuplexCall(StreamObserver<StreamingOutputCallResponse> to) {
        begun.add("FullDuplexCall");
        watch(to);
        return new StreamObserver<>() {
            @Override
            public void onNext(StreamingOutputCallRequest request) {
                if (!fails(request.getResponseStatus(), to)) {
                    answer(request, to);
                }
            }

            @Override
            public void onError(Throwable failure) {
                // Told by the handler of cancellation.
            }

            @Override
            public void onCompleted() {
                to.onCompleted();
            }
        };
    }
}

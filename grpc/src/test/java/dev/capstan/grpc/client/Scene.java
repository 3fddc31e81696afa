package dev.capstan.grpc.client;

import com.google.protobuf.Any;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps book of the calls of the official service, and lets it misbehave when a test says so. */
final class Scene implements ServerInterceptor {
    /** Methods of calls that have reached their handler, in order. */
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

    /** The service with this before it. */
    ServerServiceDefinition service() {
        return ServerInterceptors.intercept(new InteropService(), this);
    }

    /** Echoes metadata as the official tests have it, under shorter names. */
    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
        authorization = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        boolean streams = !call.getMethodDescriptor().getType().clientSendsOneMessage();
        if (streams) {
            begun.add(method);
        }
        ServerCall<Q, S> seen = new SimpleForwardingServerCall<>(call) {
            @Override
            public void request(int messages) {
                if (reads || !streams) {
                    super.request(messages);
                }
            }

            @Override
            public void sendHeaders(Metadata sent) {
                copy(headers, sent, Metadata.Key.of("x-echo", Metadata.ASCII_STRING_MARSHALLER));
                super.sendHeaders(sent);
            }

            @Override
            public void close(Status status, Metadata sent) {
                copy(headers, sent, Metadata.Key.of("x-echo-bin", Metadata.BINARY_BYTE_MARSHALLER));
                Metadata detailed = status.isOk() ? null : details(status);
                if (detailed != null) {
                    sent.merge(detailed);
                }
                super.close(status, sent);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(seen, headers)) {
            @Override
            public void onHalfClose() {
                if (!streams) {
                    begun.add(method);
                }
                if (takes(failures)) {
                    call.close(Status.UNAVAILABLE.withDescription("as told"), new Metadata());
                } else if (!takes(hangs)) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                if (streams) {
                    ended.add("cancelled");
                }
                super.onCancel();
            }
        };
    }

    private @Nullable Metadata details(Status status) {
        return details.isEmpty()
                ? null
                : StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                                .setCode(status.getCode().value())
                                .setMessage(String.valueOf(status.getDescription()))
                                .addAllDetails(details)
                                .build())
                        .getTrailers();
    }

    private static <T> void copy(Metadata from, Metadata to, Metadata.Key<T> key) {
        Iterable<T> values = from.getAll(key);
        if (values != null) {
            values.forEach(each -> to.put(key, each));
        }
    }

    private static boolean takes(AtomicInteger from) {
        return from.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}

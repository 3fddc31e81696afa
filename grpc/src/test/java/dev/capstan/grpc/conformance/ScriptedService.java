package dev.capstan.grpc.conformance;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import dev.capstan.grpc.conformance.Case.Shape;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A service that answers as a case says, by grpc-java's own stubs, and keeps book of what it was asked. */
final class ScriptedService {
    static final String NAME = "connectrpc.conformance.v1.ConformanceService";
    static final BytesValue REQUEST = BytesValue.of(ByteString.copyFromUtf8("test request"));
    static final BytesValue ANSWER = BytesValue.of(ByteString.copyFromUtf8("test response"));

    /** What failures tell besides their code and message. */
    static final Any DETAIL = Any.pack(BytesValue.of(ByteString.copyFromUtf8("test detail")));

    static final MethodDescriptor<BytesValue, BytesValue> UNARY = method("Unary", MethodType.UNARY);
    static final MethodDescriptor<BytesValue, BytesValue> CLIENT = method("ClientStream", MethodType.CLIENT_STREAMING);
    static final MethodDescriptor<BytesValue, BytesValue> SERVER = method("ServerStream", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<BytesValue, BytesValue> BIDI = method("BidiStream", MethodType.BIDI_STREAMING);

    /** How a call looked from here. */
    record Seen(List<String> asked, @Nullable Deadline deadline, BlockingQueue<String> events) {}

    final BlockingQueue<Seen> calls = new LinkedBlockingQueue<>();
    private volatile Case script = Case.ok("", "", Shape.UNARY, 1, 1);
    private volatile boolean silent;

    private static MethodDescriptor<BytesValue, BytesValue> method(String name, MethodType type) {
        return MethodDescriptor.<BytesValue, BytesValue>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
                .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .build();
    }

    static MethodDescriptor<BytesValue, BytesValue> method(Shape shape) {
        return switch (shape) {
            case UNARY -> UNARY;
            case CLIENT -> CLIENT;
            case SERVER -> SERVER;
            case FULL, HALF -> BIDI;
        };
    }

    /** The next calls are answered as {@code next} says. */
    void play(Case next) {
        script = next;
        silent = false;
    }

    /** As {@link #play}, but the call is never ended from here, and has {@code next}'s answers at most. */
    void hang(Case next) {
        script = next;
        silent = true;
    }

    ServerServiceDefinition definition() {
        ServerServiceDefinition plain = ServerServiceDefinition.builder(NAME)
                .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, to) -> whole(to)))
                .addMethod(SERVER, ServerCalls.asyncServerStreamingCall((request, to) -> whole(to)))
                .addMethod(CLIENT, ServerCalls.asyncClientStreamingCall(this::stream))
                .addMethod(BIDI, ServerCalls.asyncBidiStreamingCall(this::stream))
                .build();
        return ServerInterceptors.intercept(plain, new Metadatas());
    }

    private void whole(StreamObserver<BytesValue> to) {
        Case now = script;
        if (to instanceof ServerCallStreamObserver<BytesValue> call) {
            call.setOnCancelHandler(() -> {});
        }
        answer(to, now.answers());
        end(now, to);
    }

    private static void answer(StreamObserver<BytesValue> to, int times) {
        for (int i = 0; i < times; i++) {
            to.onNext(ANSWER);
        }
    }

    private void end(Case now, StreamObserver<BytesValue> to) {
        if (silent) {
            return;
        }
        if (now.code() == Status.Code.OK) {
            to.onCompleted();
        } else {
            to.onError(StatusProto.toStatusRuntimeException(status(now)));
        }
    }

    static com.google.rpc.Status status(Case of) {
        return com.google.rpc.Status.newBuilder()
                .setCode(of.code().value())
                .setMessage(of.message())
                .addDetails(DETAIL)
                .build();
    }

    private StreamObserver<BytesValue> stream(StreamObserver<BytesValue> to) {
        Case now = script;
        ((ServerCallStreamObserver<BytesValue>) to).setOnCancelHandler(() -> {});
        return new StreamObserver<>() {
            private int left = now.answers();

            @Override
            public void onNext(BytesValue request) {
                if (now.shape() == Shape.FULL && left > 0) {
                    left--;
                    to.onNext(ANSWER);
                }
            }

            @Override
            public void onError(Throwable failure) {
                // Told to the book by the listener below.
            }

            @Override
            public void onCompleted() {
                answer(to, left);
                end(now, to);
            }
        };
    }

    /** Adds the case's metadata to the answer, and writes down what comes. */
    private final class Metadatas implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            Case now = script;
            Iterable<String> asked = headers.getAll(key(Case.ASKED));
            Seen seen = new Seen(
                    asked == null ? List.of() : joined(asked),
                    Context.current().getDeadline(),
                    new LinkedBlockingQueue<>());
            calls.add(seen);
            ServerCall<Q, S> with = new SimpleForwardingServerCall<>(call) {
                private boolean sent;

                @Override
                public void sendHeaders(Metadata own) {
                    sent = true;
                    now.headers().forEach(each -> own.put(key(Case.HEADER), each));
                    super.sendHeaders(own);
                }

                @Override
                public void close(Status status, Metadata own) {
                    if (!sent && !now.headers().isEmpty()) {
                        sendHeaders(new Metadata());
                    }
                    now.trailers().forEach(each -> own.put(key(Case.TRAILER), each));
                    super.close(status, own);
                }
            };
            return new Book<>(next.startCall(with, headers), seen.events());
        }
    }

    /** Values that may have been joined by commas on their way. */
    static List<String> joined(Iterable<String> values) {
        return List.of(String.join(",", values).replace(", ", ",").split(",", -1));
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static final class Book<Q>
            extends io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
        private final BlockingQueue<String> events;

        Book(ServerCall.Listener<Q> delegate, BlockingQueue<String> events) {
            super(delegate);
            this.events = events;
        }

        @Override
        public void onMessage(Q message) {
            events.add("message");
            super.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            events.add("end");
            super.onHalfClose();
        }

        @Override
        public void onCancel() {
            events.add("cancelled");
            super.onCancel();
        }

        @Override
        public void onComplete() {
            events.add("complete");
            super.onComplete();
        }
    }
}

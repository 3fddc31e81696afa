package dev.capstan.testprotos;

import com.google.protobuf.ByteString;
import dev.capstan.testprotos.interop.BoolValue;
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
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The official service, in grpc-java's own style and on any server of its API. What a message was compressed with is not part of that API: {@link #telling} and {@link #watching} let the
 * service know. Without them it believes what a message says of itself.
 *
 * <p>The callbacks of all calls and what is to be done later run one after the other, on one thread.
 */
public final class InteropService extends TestServiceGrpc.TestServiceImplBase {
    /** Whether the message was compressed that a handler was given last; asked once for each. */
    private static final Context.Key<BooleanSupplier> COMPRESSED = Context.key("compressed");

    private static final Metadata.Key<String> INITIAL =
            Metadata.Key.of("x-grpc-test-echo-initial", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> TRAILING =
            Metadata.Key.of("x-grpc-test-echo-trailing-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final BiConsumer<Duration, Runnable> later;

    /** Answers at once, also where a client asks for a pause before. */
    public InteropService() {
        this((time, action) -> action.run());
    }

    /** Waits, where a client asks for that, by {@code later}, which runs an action after a time. */
    public InteropService(BiConsumer<Duration, Runnable> later) {
        this.later = later;
    }

    /** Echoes the metadata that the tests send. */
    public static final class Echo implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            String initial = headers.get(INITIAL);
            byte[] trailing = headers.get(TRAILING);
            return next.startCall(
                    new SimpleForwardingServerCall<>(call) {
                        @Override
                        public void sendHeaders(Metadata sent) {
                            if (initial != null) {
                                sent.put(INITIAL, initial);
                            }
                            super.sendHeaders(sent);
                        }

                        @Override
                        public void close(Status status, Metadata sent) {
                            if (trailing != null) {
                                sent.put(TRAILING, trailing);
                            }
                            super.close(status, sent);
                        }
                    },
                    headers);
        }
    }

    /** For servers that tell the encoding of the message that was given last. */
    public static ServerInterceptor telling(Function<ServerCall<?, ?>, String> encoding) {
        return new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                BooleanSupplier compressed = () -> !encoding.apply(call).equals("identity");
                return Contexts.interceptCall(Context.current().withValue(COMPRESSED, compressed), call, headers, next);
            }
        };
    }

    /** For servers of grpc-java, which do not tell it: they report messages that were compressed as of unknown size. */
    public static ServerStreamTracer.Factory watching() {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                Queue<Boolean> compressed = new ConcurrentLinkedQueue<>();
                return new ServerStreamTracer() {
                    @Override
                    public Context filterContext(Context context) {
                        return context.withValue(COMPRESSED, compressed::remove);
                    }

                    @Override
                    public void inboundMessageRead(int number, long sizeOnWire, long size) {
                        compressed.add(size < 0);
                    }
                };
            }
        };
    }

    private static Payload payload(int size) {
        return Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])).build();
    }

    private static boolean fails(boolean has, EchoStatus status, StreamObserver<?> to) {
        if (has && status.getCode() != 0) {
            to.onError(Status.fromCodeValue(status.getCode())
                    .withDescription(status.getMessage())
                    .asRuntimeException());
            return true;
        }
        return false;
    }

    /** Whether the last message was not compressed as it says that it is; the call has ended then. */
    private static boolean lies(boolean has, BoolValue expected, StreamObserver<?> to) {
        BooleanSupplier known = COMPRESSED.get();
        if (known == null) {
            return false;
        }
        boolean compressed = known.getAsBoolean();
        if (!has || compressed == expected.getValue()) {
            return false;
        }
        to.onError(Status.INVALID_ARGUMENT
                .withDescription("the message is " + (compressed ? "" : "not ") + "compressed, and says otherwise")
                .asRuntimeException());
        return true;
    }

    private static <S> void send(StreamObserver<S> to, S message, boolean asked, BoolValue compressed) {
        if (to instanceof ServerCallStreamObserver<S> call) {
            call.setMessageCompression(asked && compressed.getValue());
        }
        to.onNext(message);
    }

    private static void compressible(StreamObserver<?> to) {
        if (to instanceof ServerCallStreamObserver<?> call) {
            call.setCompression("gzip");
        }
    }

    @Override
    public void emptyCall(Empty request, StreamObserver<Empty> to) {
        to.onNext(Empty.getDefaultInstance());
        to.onCompleted();
    }

    @Override
    public void unaryCall(SimpleRequest request, StreamObserver<SimpleResponse> to) {
        if (lies(request.hasExpectCompressed(), request.getExpectCompressed(), to)
                || fails(request.hasResponseStatus(), request.getResponseStatus(), to)) {
            return;
        }
        if (request.hasResponseCompressed()) {
            compressible(to);
        }
        send(
                to,
                SimpleResponse.newBuilder()
                        .setPayload(payload(request.getResponseSize()))
                        .build(),
                request.hasResponseCompressed(),
                request.getResponseCompressed());
        to.onCompleted();
    }

    @Override
    public void streamingOutputCall(
            StreamingOutputCallRequest request, StreamObserver<StreamingOutputCallResponse> to) {
        if (request.getResponseParametersList().stream().anyMatch(ResponseParameters::hasCompressed)) {
            compressible(to);
        }
        Answers answers = new Answers(to);
        answers.add(request);
        answers.end();
    }

    /** The answers of one call, in their order and each after its time. */
    private final class Answers {
        private final StreamObserver<StreamingOutputCallResponse> to;
        private final ArrayDeque<StreamingOutputCallRequest> requests = new ArrayDeque<>();
        private Iterator<ResponseParameters> current = Collections.emptyIterator();
        private boolean working;
        private boolean ended;

        Answers(StreamObserver<StreamingOutputCallResponse> to) {
            this.to = to;
        }

        void add(StreamingOutputCallRequest request) {
            requests.add(request);
            work();
        }

        void end() {
            ended = true;
            work();
        }

        private void work() {
            if (!working) {
                working = true;
                next();
            }
        }

        private void next() {
            while (true) {
                if (!current.hasNext()) {
                    StreamingOutputCallRequest request = requests.poll();
                    if (request == null) {
                        working = false;
                        if (ended) {
                            to.onCompleted();
                        }
                        return;
                    }
                    if (fails(request.hasResponseStatus(), request.getResponseStatus(), to)) {
                        return;
                    }
                    current = request.getResponseParametersList().iterator();
                    continue;
                }
                ResponseParameters each = current.next();
                if (each.getIntervalUs() > 0) {
                    later.accept(Duration.ofNanos(each.getIntervalUs() * 1000L), () -> {
                        send(each);
                        next();
                    });
                    return;
                }
                send(each);
            }
        }

        private void send(ResponseParameters each) {
            if (!(to instanceof ServerCallStreamObserver<?> call && call.isCancelled())) {
                InteropService.send(
                        to,
                        StreamingOutputCallResponse.newBuilder()
                                .setPayload(payload(each.getSize()))
                                .build(),
                        each.hasCompressed(),
                        each.getCompressed());
            }
        }
    }

    @Override
    public StreamObserver<StreamingInputCallRequest> streamingInputCall(StreamObserver<StreamingInputCallResponse> to) {
        return new StreamObserver<>() {
            private int sum;
            private boolean failed;

            @Override
            public void onNext(StreamingInputCallRequest request) {
                failed = failed || lies(request.hasExpectCompressed(), request.getExpectCompressed(), to);
                sum += request.getPayload().getBody().size();
            }

            @Override
            public void onError(Throwable failure) {
                failed = true;
            }

            @Override
            public void onCompleted() {
                if (!failed) {
                    to.onNext(StreamingInputCallResponse.newBuilder()
                            .setAggregatedPayloadSize(sum)
                            .build());
                    to.onCompleted();
                }
            }
        };
    }

    @Override
    public StreamObserver<StreamingOutputCallRequest> fullDuplexCall(StreamObserver<StreamingOutputCallResponse> to) {
        Answers answers = new Answers(to);
        return new StreamObserver<>() {
            @Override
            public void onNext(StreamingOutputCallRequest request) {
                answers.add(request);
            }

            @Override
            public void onError(Throwable failure) {
                // The client has given up; what is on its way is not sent.
            }

            @Override
            public void onCompleted() {
                answers.end();
            }
        };
    }

    @Override
    public StreamObserver<StreamingOutputCallRequest> halfDuplexCall(StreamObserver<StreamingOutputCallResponse> to) {
        Answers answers = new Answers(to);
        ArrayDeque<StreamingOutputCallRequest> all = new ArrayDeque<>();
        return new StreamObserver<>() {
            @Override
            public void onNext(StreamingOutputCallRequest request) {
                all.add(request);
            }

            @Override
            public void onError(Throwable failure) {
                all.clear();
            }

            @Override
            public void onCompleted() {
                all.forEach(answers::add);
                answers.end();
            }
        };
    }
}

package dev.capstan.grpc.peers;

import com.google.protobuf.ByteString;
import dev.capstan.async.Loop;
import dev.capstan.grpc.server.GrpcServer;
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
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;

/**
 * The official service, in grpc-java's own style and on any of its servers; what a message was compressed with is known on ours alone. Handlers run on the loop, or one callback of a call
 * after the other.
 */
final class InteropService extends TestServiceGrpc.TestServiceImplBase {
    private static final Context.Key<ServerCall<?, ?>> CALL = Context.key("call");
    private static final Metadata.Key<String> INITIAL =
            Metadata.Key.of("x-grpc-test-echo-initial", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> TRAILING =
            Metadata.Key.of("x-grpc-test-echo-trailing-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final Loop loop;

    /** Waits, where a client asks for that, by {@code loop}'s clock. */
    InteropService(Loop loop) {
        this.loop = loop;
    }

    /** Echoes the metadata that the tests send, and lets the service see its call. */
    static final class Echo implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            String initial = headers.get(INITIAL);
            byte[] trailing = headers.get(TRAILING);
            ServerCall<Q, S> echoing = new SimpleForwardingServerCall<>(call) {
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
            };
            return Contexts.interceptCall(Context.current().withValue(CALL, call), echoing, headers, next);
        }
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
        ServerCall<?, ?> call = CALL.get();
        if (!has || call == null) {
            return false;
        }
        boolean compressed = !GrpcServer.encodingOfMessage(call).equals("identity");
        if (compressed == expected.getValue()) {
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
                    loop.timer()
                            .after(Duration.ofNanos(each.getIntervalUs() * 1000L))
                            .listen(loop, (done, failure) -> {
                                if (failure == null) {
                                    send(each);
                                    next();
                                }
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

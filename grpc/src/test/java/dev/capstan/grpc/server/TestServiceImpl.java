package dev.capstan.grpc.server;

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
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** The service of the official interoperability tests, in grpc-java's own style. */
final class TestServiceImpl extends TestServiceGrpc.TestServiceImplBase {
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

    @Override
    public void emptyCall(Empty request, StreamObserver<Empty> to) {
        to.onNext(Empty.getDefaultInstance());
        to.onCompleted();
    }

    @Override
    public void unaryCall(SimpleRequest request, StreamObserver<SimpleResponse> to) {
        if (!fails(request.hasResponseStatus(), request.getResponseStatus(), to)) {
            to.onNext(SimpleResponse.newBuilder()
                    .setPayload(payload(request.getResponseSize()))
                    .build());
            to.onCompleted();
        }
    }

    @Override
    public void streamingOutputCall(
            StreamingOutputCallRequest request, StreamObserver<StreamingOutputCallResponse> to) {
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

    @Override
    public StreamObserver<StreamingInputCallRequest> streamingInputCall(StreamObserver<StreamingInputCallResponse> to) {
        return new StreamObserver<>() {
            private int sum;

            @Override
            public void onNext(StreamingInputCallRequest request) {
                sum += request.getPayload().getBody().size();
            }

            @Override
            public void onError(Throwable failure) {
                // The client has given up.
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
        return new StreamObserver<>() {
            @Override
            public void onNext(StreamingOutputCallRequest request) {
                if (!fails(request.hasResponseStatus(), request.getResponseStatus(), to)) {
                    answer(request, to);
                }
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
}

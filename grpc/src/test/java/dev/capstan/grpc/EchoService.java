package dev.capstan.grpc;

import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Answers each request with its own payload, or as the request's status says. */
public final class EchoService extends TestServiceGrpc.TestServiceImplBase {
    @Override
    public void emptyCall(Empty request, StreamObserver<Empty> to) {
        to.onNext(request);
        to.onCompleted();
    }

    @Override
    public void unaryCall(SimpleRequest request, StreamObserver<SimpleResponse> to) {
        if (request.getResponseStatus().getCode() != 0) {
            to.onError(Status.fromCodeValue(request.getResponseStatus().getCode())
                    .withDescription(request.getResponseStatus().getMessage())
                    .asRuntimeException());
            return;
        }
        to.onNext(SimpleResponse.newBuilder().setPayload(request.getPayload()).build());
        to.onCompleted();
    }

    @Override
    public StreamObserver<StreamingOutputCallRequest> fullDuplexCall(StreamObserver<StreamingOutputCallResponse> to) {
        return new StreamObserver<>() {
            @Override
            public void onNext(StreamingOutputCallRequest request) {
                to.onNext(StreamingOutputCallResponse.newBuilder()
                        .setPayload(request.getPayload())
                        .build());
            }

            @Override
            public void onError(Throwable failure) {
                // The client has given up, and there is nothing to clean up.
            }

            @Override
            public void onCompleted() {
                to.onCompleted();
            }
        };
    }
}

package dev.capstan.grpc.typed;

import com.google.protobuf.ByteString;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Messages;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceRpc;
import java.util.List;
import java.util.concurrent.Flow;

/** A service that answers with payloads of the sizes that it is told, in both styles; and the messages to ask it with. */
final class Echo {
    private Echo() {}

    static Payload payload(int size) {
        return Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])).build();
    }

    static SimpleRequest ask(int size) {
        return SimpleRequest.newBuilder().setResponseSize(size).build();
    }

    static StreamingOutputCallRequest sizes(int... sizes) {
        StreamingOutputCallRequest.Builder request = StreamingOutputCallRequest.newBuilder();
        for (int size : sizes) {
            request.addResponseParameters(ResponseParameters.newBuilder().setSize(size));
        }
        return request.build();
    }

    static StreamingInputCallRequest input(int size) {
        return StreamingInputCallRequest.newBuilder().setPayload(payload(size)).build();
    }

    static SimpleResponse answer(SimpleRequest request) {
        return SimpleResponse.newBuilder()
                .setPayload(payload(request.getResponseSize()))
                .build();
    }

    static List<StreamingOutputCallResponse> answers(StreamingOutputCallRequest request) {
        return request.getResponseParametersList().stream()
                .map(each -> output(each.getSize()))
                .toList();
    }

    static StreamingOutputCallResponse output(int size) {
        return StreamingOutputCallResponse.newBuilder()
                .setPayload(payload(size))
                .build();
    }

    private static StreamingOutputCallResponse first(StreamingOutputCallRequest request) {
        return output(request.getResponseParameters(0).getSize());
    }

    static StreamingInputCallResponse sum(int bytes) {
        return StreamingInputCallResponse.newBuilder()
                .setAggregatedPayloadSize(bytes)
                .build();
    }

    static int size(StreamingInputCallRequest request) {
        return request.getPayload().getBody().size();
    }

    static class Async implements TestServiceRpc.Async {
        private final Loop loop;

        Async(Loop loop) {
            this.loop = loop;
        }

        @Override
        public Promise<SimpleResponse> unaryCall(SimpleRequest request) {
            return Promise.of(answer(request));
        }

        @Override
        public Flow.Publisher<StreamingOutputCallResponse> streamingOutputCall(StreamingOutputCallRequest request) {
            return new Flows.Listed<>(answers(request));
        }

        @Override
        public Promise<StreamingInputCallResponse> streamingInputCall(
                Flow.Publisher<StreamingInputCallRequest> requests) {
            return Flows.sum(loop, requests, Echo::size).map(Echo::sum);
        }

        @Override
        public Flow.Publisher<StreamingOutputCallResponse> fullDuplexCall(
                Flow.Publisher<StreamingOutputCallRequest> requests) {
            return Flows.mapped(requests, Echo::first);
        }
    }

    static class Blocking implements TestServiceRpc.Blocking {
        @Override
        public SimpleResponse unaryCall(SimpleRequest request) {
            return answer(request);
        }

        @Override
        public Messages<StreamingOutputCallResponse> streamingOutputCall(StreamingOutputCallRequest request) {
            return Messages.of(answers(request));
        }

        @Override
        public StreamingInputCallResponse streamingInputCall(Messages<StreamingInputCallRequest> requests) {
            int bytes = 0;
            for (StreamingInputCallRequest each : requests) {
                bytes += size(each);
            }
            return sum(bytes);
        }

        @Override
        public Messages<StreamingOutputCallResponse> fullDuplexCall(Messages<StreamingOutputCallRequest> requests) {
            return Messages.writing(out -> {
                for (StreamingOutputCallRequest each : requests) {
                    out.write(first(each));
                }
            });
        }
    }
}

package dev.capstan.testprotos;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sees which messages of the latest call were compressed on the wire. */
final class Witness implements ClientInterceptor {
    /** What was seen of one call; true for each message that was compressed. */
    private static final class Seen extends ClientStreamTracer.Factory {
        private final List<Boolean> requests = new CopyOnWriteArrayList<>();
        private final List<Boolean> answers = new CopyOnWriteArrayList<>();

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundMessageSent(int number, long sizeOnWire, long size) {
                    requests.add(sizeOnWire < size);
                }

                @Override
                public void inboundMessageRead(int number, long sizeOnWire, long size) {
                    answers.add(size < 0); // grpc-java does not know the size of what was compressed.
                }
            };
        }
    }

    private volatile Seen latest = new Seen();

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
        Seen seen = new Seen();
        latest = seen;
        return next.newCall(method, options.withStreamTracerFactory(seen));
    }

    List<Boolean> requests() {
        return latest.requests;
    }

    List<Boolean> answers() {
        return latest.answers;
    }
}

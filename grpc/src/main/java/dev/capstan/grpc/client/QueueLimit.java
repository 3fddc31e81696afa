package dev.capstan.grpc.client;

import dev.capstan.grpc.MessageSize;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Ends calls whose caller goes on writing though they are not ready. grpc-java queues without end and does not tell how much: what is counted is what was written since the call was
 * ready last, which is what waits but for the little that readiness allows.
 */
final class QueueLimit implements ClientInterceptor {
    /** What a message counts whose size nobody can tell: the number of them is bounded then. */
    private static final int BYTES_OF_UNKNOWN = 1 << 10;

    private final int queuedBytes;

    QueueLimit(int queuedBytes) {
        this.queuedBytes = queuedBytes;
    }

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
        ClientCall<Q, S> call = next.newCall(method, options);
        return method.getType().clientSendsOneMessage()
                ? call
                : new Bounded<>(call, method.getFullMethodName(), queuedBytes);
    }

    private static final class Bounded<Q, S> extends SimpleForwardingClientCall<Q, S> {
        private final String method;
        private final int limit;

        /** Of the writer's thread. */
        private long unready;

        private volatile boolean over;

        Bounded(ClientCall<Q, S> call, String method, int limit) {
            super(call);
            this.method = method;
            this.limit = limit;
        }

        private Status tooMuch() {
            return Status.RESOURCE_EXHAUSTED.withDescription("the caller of " + method + " has left more than " + limit
                    + " bytes that the connection has not taken: heed isReady(), or write with GrpcCall.write, which"
                    + " waits");
        }

        @Override
        public void start(Listener<S> listener, Metadata headers) {
            super.start(
                    new SimpleForwardingClientCallListener<>(listener) {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            boolean ours = over && status.getCode() == Status.Code.CANCELLED;
                            super.onClose(ours ? tooMuch() : status, trailers);
                        }
                    },
                    headers);
        }

        @Override
        public void sendMessage(Q message) {
            if (over) {
                return; // Its listener is told.
            }
            if (isReady()) {
                unready = 0;
            } else if (unready > limit) {
                over = true;
                Status why = tooMuch();
                cancel(why.getDescription(), why.asRuntimeException());
                return;
            }
            long bytes = MessageSize.of(message);
            unready += bytes < 0 ? BYTES_OF_UNKNOWN : bytes;
            super.sendMessage(message);
        }

        @Override
        public void halfClose() {
            if (!over) {
                super.halfClose();
            }
        }
    }
}

package dev.capstan.grpc.server;

import dev.capstan.grpc.CallMetadata;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** What a typed handler sends: headers before the first message, trailers with the end, whichever that is. Of one thread at a time. */
final class Reply<S> {
    private final ServerCall<?, S> call;
    private volatile CallMetadata headers = CallMetadata.EMPTY;
    private volatile CallMetadata trailers = CallMetadata.EMPTY;
    private boolean headersSent;
    private boolean closed;

    Reply(ServerCall<?, S> call) {
        this.call = call;
    }

    CallMetadata headers() {
        return headers;
    }

    void headers(CallMetadata sent) {
        if (headersSent || closed) {
            throw new IllegalStateException(
                    "the headers of " + call.getMethodDescriptor().getFullMethodName()
                            + " were sent before: send them once, before the first message");
        }
        headers = sent;
        sendHeaders();
    }

    private void sendHeaders() {
        if (!headersSent) {
            headersSent = true;
            call.sendHeaders(headers.toMetadata());
        }
    }

    void trailers(CallMetadata sent) {
        trailers = sent;
    }

    void send(S message) {
        if (!closed) {
            sendHeaders();
            call.sendMessage(message);
        }
    }

    void end() {
        if (!closed) {
            sendHeaders();
            close(Status.OK, trailers.toMetadata());
        }
    }

    /** Ends the call with what the client is to be told of {@code thrown}. */
    void fail(Throwable thrown) {
        if (!closed) {
            ToldFailures.Told told = ToldFailures.of(call.getMethodDescriptor(), thrown);
            told.trailers().merge(trailers.toMetadata());
            close(told.status(), told.trailers());
        }
    }

    private void close(Status status, Metadata sent) {
        closed = true;
        call.close(status, sent);
    }
}

package dev.capstan.grpc.telemetry;

import dev.capstan.grpc.client.GrpcClient;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

/** A span for each time that a call is sent, whose names are those of gRPC's proposal A72. The headers of each attempt name its span, so that a server's span belongs to the attempt that has reached it. Told on whichever thread. */
final class AttemptSpans extends ClientStreamTracer.Factory {
    private final Tracing tracing;
    private final MethodDescriptor<?, ?> method;
    private volatile Context call = Context.root();

    AttemptSpans(Tracing tracing, MethodDescriptor<?, ?> method) {
        this.tracing = tracing;
        this.method = method;
    }

    /** Spans belong to that of {@code call}, which is about to start. */
    void below(Context call) {
        this.call = call;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        Context parent = call;
        String name = "Attempt." + method.getFullMethodName().replace('/', '.');
        Span span = tracing.begin(name, method, SpanKind.CLIENT, parent, null)
                .setAttribute("previous-rpc-attempts", info.getPreviousAttempts())
                .setAttribute(
                        "transparent-retry",
                        info.isTransparentRetry() || info.getCallOptions().getOption(GrpcClient.SENT_AGAIN));
        return new ClientStreamTracer() {
            @Override
            public void streamCreated(Attributes on, Metadata sent) {
                tracing.inject(parent.with(span), sent);
            }

            @Override
            public void streamClosed(Status status) {
                Tracing.end(span, status, !status.isOk());
            }
        };
    }
}

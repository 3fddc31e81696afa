package dev.capstan.grpc.telemetry;

import io.grpc.ClientInterceptor;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Spans of calls; see {@link OpenTelemetryCalls#traces}. */
final class Tracing {
    static final io.grpc.Context.Key<Context> CONTEXT =
            io.grpc.Context.keyWithDefault("dev.capstan.grpc.opentelemetry", Context.root());

    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("rpc.grpc.status_code");

    /** Codes that say that the server is at fault; with the others the client is. */
    private static final Set<Status.Code> FAULTS_OF_SERVERS = Set.copyOf(EnumSet.of(
            Status.Code.UNKNOWN,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNIMPLEMENTED,
            Status.Code.INTERNAL,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS));

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final boolean ofAttempts;

    /** With spans of attempts below those of a client's calls if {@code ofAttempts}. */
    Tracing(OpenTelemetry telemetry, boolean ofAttempts) {
        this.ofAttempts = ofAttempts;
        tracer = telemetry.getTracer("dev.capstan.grpc");
        propagator = telemetry.getPropagators().getTextMapPropagator();
    }

    ClientInterceptor client() {
        return new ClientInterceptor() {
            @Override
            public <Q, S> io.grpc.ClientCall<Q, S> interceptCall(
                    MethodDescriptor<Q, S> method, io.grpc.CallOptions options, io.grpc.Channel next) {
                Context parent = parentOfClient();
                String authority = options.getAuthority() == null ? next.authority() : options.getAuthority();
                AttemptSpans attempts = ofAttempts ? new AttemptSpans(Tracing.this, method) : null;
                return Watched.client(
                        headers -> {
                            Span span = begin(method.getFullMethodName(), method, SpanKind.CLIENT, parent, authority);
                            if (attempts == null) {
                                inject(parent.with(span), headers);
                            } else {
                                attempts.below(parent.with(span));
                            }
                            return new SpanWatch(span, true);
                        },
                        next.newCall(method, attempts == null ? options : options.withStreamTracerFactory(attempts)));
            }
        };
    }

    private static Context parentOfClient() {
        Context current = Context.current();
        return Span.fromContext(current).getSpanContext().isValid() ? current : CONTEXT.get();
    }

    ServerInterceptor server() {
        return new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                Context parent = extract(headers);
                MethodDescriptor<Q, S> method = call.getMethodDescriptor();
                Span span = begin(method.getFullMethodName(), method, SpanKind.SERVER, parent, call.getAuthority());
                Context within = parent.with(span);
                return Contexts.interceptCall(
                        io.grpc.Context.current().withValue(CONTEXT, within),
                        call,
                        headers,
                        (same, sameHeaders) ->
                                Watched.server(new SpanWatch(span, false), same, sameHeaders, scoped(within, next)));
            }
        };
    }

    /** A handler whose callbacks all run within {@code context}. */
    private static <Q, S> ServerCallHandler<Q, S> scoped(Context context, ServerCallHandler<Q, S> handler) {
        return (call, headers) -> {
            try (Scope _ = context.makeCurrent()) {
                return new SimpleForwardingServerCallListener<>(handler.startCall(call, headers)) {
                    @Override
                    public void onMessage(Q message) {
                        context.wrap(() -> super.onMessage(message)).run();
                    }

                    @Override
                    public void onHalfClose() {
                        context.wrap(super::onHalfClose).run();
                    }

                    @Override
                    public void onCancel() {
                        context.wrap(super::onCancel).run();
                    }

                    @Override
                    public void onComplete() {
                        context.wrap(super::onComplete).run();
                    }

                    @Override
                    public void onReady() {
                        context.wrap(super::onReady).run();
                    }
                };
            }
        };
    }

    Span begin(String name, MethodDescriptor<?, ?> method, SpanKind kind, Context parent, @Nullable String authority) {
        CallNames names = CallNames.of(method);
        SpanBuilder span = tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(parent)
                .setAttribute("rpc.system", "grpc")
                .setAttribute("rpc.service", names.service())
                .setAttribute("rpc.method", names.method());
        if (authority != null) {
            int colon = authority.lastIndexOf(':');
            // A colon within brackets belongs to an address of IPv6.
            boolean port = colon > authority.lastIndexOf(']')
                    && authority.substring(colon + 1).matches("\\d{1,5}");
            span.setAttribute("server.address", port ? authority.substring(0, colon) : authority);
            if (port) {
                span.setAttribute("server.port", Long.parseLong(authority.substring(colon + 1)));
            }
        }
        return span.startSpan();
    }

    void inject(Context context, Metadata headers) {
        propagator.inject(context, headers, (to, name, value) -> {
            if (to != null) {
                Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
                to.discardAll(key);
                to.put(key, value);
            }
        });
        var span = Span.fromContext(context).getSpanContext();
        if (span.isValid()) {
            headers.discardAll(TraceBin.KEY);
            headers.put(TraceBin.KEY, TraceBin.of(span));
        }
    }

    private Context extract(Metadata headers) {
        Context found = propagator.extract(Context.root(), headers, new Fields());
        if (!Span.fromContext(found).getSpanContext().isValid()) {
            byte[] binary = headers.get(TraceBin.KEY);
            if (binary != null) {
                return found.with(Span.wrap(TraceBin.parse(binary)));
            }
        }
        return found;
    }

    /** Metadata as propagators read it. */
    private static final class Fields implements TextMapGetter<Metadata> {
        @Override
        public @Nullable String get(@Nullable Metadata from, String name) {
            return from == null ? null : from.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }

    private record SpanWatch(Span span, boolean ofClient) implements Watch {
        @Override
        public void request(long bytes) {
            // Streams may have millions of messages: they are for the metrics.
        }

        @Override
        public void response(long bytes) {
            // As for requests.
        }

        @Override
        public void ended(Status status) {
            end(span, status, ofClient ? !status.isOk() : FAULTS_OF_SERVERS.contains(status.getCode()));
        }
    }

    static void end(Span span, Status status, boolean wrong) {
        span.setAttribute(STATUS, status.getCode().value());
        if (wrong) {
            String description = status.getDescription();
            span.setStatus(StatusCode.ERROR, description == null ? "" : description);
        }
        span.end();
    }
}

package dev.capstan.gateway.watch;

import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedCall.Direction;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.SessionWatch;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A span for each call of Cap'n Proto and Cap'n Web, of kind client or server, called as {@link MethodNames} has it, with {@code rpc.system.name}, {@code rpc.method} and, of calls that have failed, {@code
 * error.type}. Those of gRPC are made by {@link dev.capstan.grpc.telemetry.OpenTelemetryCalls}.
 *
 * <p>Handlers run within the span of their call, blocking ones all of the time and asynchronous ones until they return; what they call then is a part of the same trace. A caller's own span is found
 * where it makes the call. Thread-safe.
 */
public final class CallTraces implements Observer {
    private static final String SCOPE = "dev.capstan";
    private static final String TRACEPARENT = "traceparent";
    private static final int TRACE_BYTES = 16;
    private static final int SPAN_BYTES = 8;

    private final Tracer tracer;
    private final MethodNames names;
    private final RandomGenerator random;
    private final boolean carried;

    private CallTraces(OpenTelemetry telemetry, MethodNames names, RandomGenerator random, boolean carried) {
        this.tracer = telemetry.getTracer(SCOPE);
        this.names = names;
        this.random = random;
        this.carried = carried;
    }

    /**
     * Spans by {@code telemetry}. Each side of a session makes its own trace, unless they are {@link #carried}.
     *
     * @param random draws ids of traces where {@code telemetry} makes none, as when it is {@link OpenTelemetry#noop}: log lines of one call then still name the same one. Thread-safe
     */
    public CallTraces(OpenTelemetry telemetry, MethodNames names, RandomGenerator random) {
        this(telemetry, names, random, false);
    }

    /**
     * The same, and traces go from one side to the other: our calls tell the peer theirs, and what the peer tells of its calls is believed. It travels as W3C's {@code traceparent}, where peers that do not
     * know it do not look.
     */
    public CallTraces carried() {
        return new CallTraces(tracer, names, random);
    }

    private CallTraces(Tracer tracer, MethodNames names, RandomGenerator random) {
        this.tracer = tracer;
        this.names = names;
        this.random = random;
        this.carried = true;
    }

    @Override
    public SessionWatch began(ObservedSession session) {
        return session.wire().equals("grpc") ? SessionWatch.NONE : new OfSession(session.wire());
    }

    private final class OfSession implements SessionWatch {
        private final String wire;

        OfSession(String wire) {
            this.wire = wire;
        }

        @Override
        public CallWatch began(ObservedCall call) {
            boolean incoming = call.direction() == Direction.INCOMING;
            Context parent = incoming ? told(call) : Context.current();
            String method = names.of(call.method());
            Span span = tracer.spanBuilder(method.equals(MethodNames.OTHER) ? wire : method)
                    .setSpanKind(incoming ? SpanKind.SERVER : SpanKind.CLIENT)
                    .setParent(parent)
                    .setAttribute("rpc.system.name", wire)
                    .setAttribute("rpc.method", method)
                    .setAttribute("capstan.pipelined", call.parent() >= 0)
                    .startSpan();
            return new OfCall(call, parent.with(span.getSpanContext().isValid() ? span : made()));
        }

        private Context told(ObservedCall call) {
            return carried && call.carried() != null
                    ? W3CTraceContextPropagator.getInstance().extract(Context.root(), call.carried(), new Told())
                    : Context.root();
        }

        @Override
        public @Nullable Supplier<CallWatch.Running> around() {
            Context here = Context.current();
            return here == Context.root() ? null : () -> entered(here);
        }

        @Override
        public boolean carries() {
            return carried;
        }
    }

    // Whoever gets it closes it.
    @SuppressWarnings("MustBeClosedChecker")
    private static CallWatch.Running entered(Context context) {
        Scope scope = context.makeCurrent();
        return scope::close;
    }

    /** An id for log lines alone. */
    private Span made() {
        return Span.wrap(SpanContext.create(
                hex(TRACE_BYTES), hex(SPAN_BYTES), TraceFlags.getDefault(), TraceState.getDefault()));
    }

    private String hex(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private final class OfCall implements CallWatch {
        private final ObservedCall call;
        private final Context context;

        OfCall(ObservedCall call, Context context) {
            this.call = call;
            this.context = context;
        }

        @Override
        public @Nullable String carried() {
            @Nullable String[] text = new String[1];
            W3CTraceContextPropagator.getInstance().inject(context, text, (to, name, value) -> {
                if (to != null && name.equals(TRACEPARENT)) {
                    to[0] = value;
                }
            });
            return text[0];
        }

        @Override
        public Running running() {
            return entered(context);
        }

        @Override
        public void ended(@Nullable Failure failure, long bytes) {
            Span span = Span.fromContext(context);
            if (failure == null) {
                names.succeeded(call.method());
            } else {
                span.setAttribute("error.type", failure.kind().name().toLowerCase(Locale.ROOT));
                span.setStatus(StatusCode.ERROR, failure.reason());
            }
            span.end();
        }

        @Override
        public void cancelled() {
            Span.fromContext(context).setAttribute("error.type", "cancelled").end();
        }
    }

    /** What came with a call, as the propagator reads it. */
    private static final class Told implements TextMapGetter<String> {
        @Override
        @SuppressWarnings("deprecation") // there is no other to implement
        public Iterable<String> keys(String text) {
            return List.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String text, String key) {
            return key.equals(TRACEPARENT) ? text : null;
        }
    }
}

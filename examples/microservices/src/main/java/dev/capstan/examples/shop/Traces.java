package dev.capstan.examples.shop;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Traces across wires whose calls have no metadata: W3C's header {@code traceparent} is a parameter there. gRPC's interceptors do the same by themselves. */
// snippet traces
record Traces(Tracer tracer, TextMapPropagator propagator) {
    private static final String HEADER = "traceparent";

    static Traces of(OpenTelemetry telemetry) {
        return new Traces(
                telemetry.getTracer("shop"), telemetry.getPropagators().getTextMapPropagator());
    }

    /** What tells another service of {@code context}; empty if nobody traces. */
    String traceparent(Context context) {
        Map<String, String> fields = new HashMap<>();
        propagator.inject(context, fields, (to, name, value) -> {
            if (to != null) {
                to.put(name, value);
            }
        });
        return fields.getOrDefault(HEADER, "");
    }

    /** Runs {@code work} within a span of its own, which belongs to what {@code traceparent} names. */
    <T> T within(String traceparent, String name, SpanKind kind, Callable<T> work) throws Exception {
        Context parent = propagator.extract(Context.root(), traceparent, new Only());
        Span span = tracer.spanBuilder(name).setParent(parent).setSpanKind(kind).startSpan();
        try (Scope _ = parent.with(span).makeCurrent()) {
            return work.call();
        } catch (Exception e) {
            span.setStatus(StatusCode.ERROR);
            throw e;
        } finally {
            span.end();
        }
    }

    static String idOf(Context context) {
        return Span.fromContext(context).getSpanContext().getTraceId();
    }

    /** The one field that there is. */
    private record Only() implements TextMapGetter<String> {
        @Override
        public @Nullable String get(@Nullable String carrier, String name) {
            return name.equals(HEADER) ? carrier : null;
        }
    }
}
// end snippet

package dev.capstan.grpc.telemetry;

import dev.capstan.async.Timer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;

/**
 * OpenTelemetry's view of calls, in its semantic conventions for RPC. Needs {@code io.opentelemetry:opentelemetry-api}, which a program that uses this brings.
 */
public final class OpenTelemetryCalls {
    private OpenTelemetryCalls() {}

    /**
     * A span for each call on each side, called as its method, with {@code rpc.system}, {@code rpc.service}, {@code rpc.method}, {@code rpc.grpc.status_code}, {@code server.address} and
     * {@code server.port}. On a client each status but OK makes it an error, on a server those that are the server's fault.
     *
     * <p>The trace travels by the propagators of {@code telemetry} (W3C's {@code traceparent} if that is one) and by {@code grpc-trace-bin}; a server believes the first that names a span.
     * Handlers run within the span: it is OpenTelemetry's current one in their callbacks, and {@link #contextOf} finds it where grpc-java's context is carried on to other threads. A client
     * call belongs to OpenTelemetry's current span, or else to that of grpc-java's current context.
     */
    public static Telemetry traces(OpenTelemetry telemetry) {
        return traces(new Tracing(telemetry, false));
    }

    /**
     * As {@link #traces}, and on a client a span for each time that a call is sent, below that of the call: {@code Attempt.} and its method, with {@code previous-rpc-attempts} and {@code
     * transparent-retry}. So it can be seen when calls are tried again or hedged, and which attempt a server's span belongs to.
     */
    public static Telemetry tracesOfAttempts(OpenTelemetry telemetry) {
        return traces(new Tracing(telemetry, true));
    }

    private static Telemetry traces(Tracing tracing) {
        return new Telemetry(tracing.client(), tracing.server());
    }

    /**
     * Metrics for each method on each side, {@code client} or {@code server}: the counter {@code rpc.<side>.started}; and the histograms {@code rpc.<side>.duration} in seconds, with
     * {@code rpc.grpc.status_code}, {@code rpc.<side>.request.size} and {@code rpc.<side>.response.size} in bytes before compression for each message whose size can be told (those of
     * Protocol Buffers, and bytes), and {@code rpc.<side>.requests_per_rpc} and {@code rpc.<side>.responses_per_rpc}. Methods that are not generated are counted together, as
     * {@code other}.
     *
     * @param timer whose clock measures
     */
    public static Telemetry metrics(OpenTelemetry telemetry, Timer timer) {
        return new Telemetry(
                new OpenTelemetryMeters(telemetry, timer, "client").client(),
                new OpenTelemetryMeters(telemetry, timer, "server").server());
    }

    /** OpenTelemetry's context of the call that {@code context} belongs to; the root if it belongs to none. */
    public static Context contextOf(io.grpc.Context context) {
        return Tracing.CONTEXT.get(context);
    }
}

package dev.capstan.grpc.telemetry;

import dev.capstan.async.Timer;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The instruments of one side; see {@link OpenTelemetryCalls#metrics}. */
final class OpenTelemetryMeters implements Meters {
    private final Timer timer;
    private final LongCounter started;
    private final DoubleHistogram duration;
    private final LongHistogram requestBytes;
    private final LongHistogram responseBytes;
    private final LongHistogram requests;
    private final LongHistogram responses;

    OpenTelemetryMeters(OpenTelemetry telemetry, Timer timer, String side) {
        this.timer = timer;
        Meter meter = telemetry.getMeter("dev.capstan.grpc");
        String rpc = "rpc." + side + ".";
        started = meter.counterBuilder(rpc + "started").setUnit("{call}").build();
        duration = meter.histogramBuilder(rpc + "duration")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(
                        List.of(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0))
                .build();
        requestBytes = histogram(meter, rpc + "request.size", "By");
        responseBytes = histogram(meter, rpc + "response.size", "By");
        requests = histogram(meter, rpc + "requests_per_rpc", "{message}");
        responses = histogram(meter, rpc + "responses_per_rpc", "{message}");
    }

    private static LongHistogram histogram(Meter meter, String name, String unit) {
        return meter.histogramBuilder(name).setUnit(unit).ofLongs().build();
    }

    @Override
    public Watch begin(MethodDescriptor<?, ?> method) {
        CallNames names = CallNames.counted(method);
        Attributes attributes = Attributes.of(
                AttributeKey.stringKey("rpc.system"),
                "grpc",
                AttributeKey.stringKey("rpc.service"),
                names.service(),
                AttributeKey.stringKey("rpc.method"),
                names.method());
        started.add(1, attributes);
        long begun = timer.nanoTime();
        AtomicLong requestsSoFar = new AtomicLong();
        AtomicLong responsesSoFar = new AtomicLong();
        return new Watch() {
            @Override
            public void request(long bytes) {
                message(requestsSoFar, requestBytes, bytes);
            }

            @Override
            public void response(long bytes) {
                message(responsesSoFar, responseBytes, bytes);
            }

            private void message(AtomicLong number, LongHistogram sizes, long bytes) {
                number.incrementAndGet();
                if (bytes >= 0) {
                    sizes.record(bytes, attributes);
                }
            }

            @Override
            public void ended(Status status) {
                double seconds = (timer.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
                duration.record(
                        seconds,
                        attributes.toBuilder()
                                .put("rpc.grpc.status_code", status.getCode().value())
                                .build());
                requests.record(requestsSoFar.get(), attributes);
                responses.record(responsesSoFar.get(), attributes);
            }
        };
    }
}

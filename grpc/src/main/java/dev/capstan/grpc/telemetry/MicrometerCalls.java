package dev.capstan.grpc.telemetry;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Metrics of calls through Micrometer. Needs {@code io.micrometer:micrometer-core}, which a program that uses this brings.
 */
public final class MicrometerCalls {
    private MicrometerCalls() {}

    /**
     * Meters for each method on each side, {@code client} or {@code server}, tagged with {@code rpc.service} and {@code rpc.method}: the counter {@code rpc.<side>.started}, the timer
     * {@code rpc.<side>.duration} with a histogram and {@code rpc.grpc.status_code} (its name, as in {@code OK}), and the summaries {@code rpc.<side>.request.size},
     * {@code rpc.<side>.response.size}, {@code rpc.<side>.requests_per_rpc} and {@code rpc.<side>.responses_per_rpc}; all as {@link OpenTelemetryCalls#metrics} has them.
     */
    public static Telemetry metrics(MeterRegistry registry) {
        return new Telemetry(new Side(registry, "client").client(), new Side(registry, "server").server());
    }

    private static final class Side implements Meters {
        private final MeterRegistry registry;
        private final String rpc;
        /** As many as there are generated methods, and one. */
        private final Map<CallNames, OfMethod> methods = new ConcurrentHashMap<>();

        Side(MeterRegistry registry, String side) {
            this.registry = registry;
            this.rpc = "rpc." + side + ".";
        }

        @Override
        public Watch begin(MethodDescriptor<?, ?> method) {
            return methods.computeIfAbsent(CallNames.counted(method), this::of).begin();
        }

        private OfMethod of(CallNames names) {
            Tags tags = Tags.of("rpc.service", names.service(), "rpc.method", names.method());
            return new OfMethod(
                    registry,
                    rpc + "duration",
                    tags,
                    registry.counter(rpc + "started", tags),
                    summary("request.size", "bytes", tags),
                    summary("response.size", "bytes", tags),
                    summary("requests_per_rpc", "messages", tags),
                    summary("responses_per_rpc", "messages", tags));
        }

        private DistributionSummary summary(String name, String unit, Tags tags) {
            return DistributionSummary.builder(rpc + name)
                    .baseUnit(unit)
                    .tags(tags)
                    .register(registry);
        }
    }

    private record OfMethod(
            MeterRegistry registry,
            String duration,
            Tags tags,
            Counter started,
            DistributionSummary requestBytes,
            DistributionSummary responseBytes,
            DistributionSummary requests,
            DistributionSummary responses) {
        Watch begin() {
            started.increment();
            Timer.Sample sample = Timer.start(registry);
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

                private void message(AtomicLong number, DistributionSummary sizes, long bytes) {
                    number.incrementAndGet();
                    if (bytes >= 0) {
                        sizes.record((double) bytes);
                    }
                }

                @Override
                public void ended(Status status) {
                    sample.stop(Timer.builder(duration)
                            .publishPercentileHistogram()
                            .tags(tags.and(
                                    "rpc.grpc.status_code", status.getCode().name()))
                            .register(registry));
                    requests.record((double) requestsSoFar.get());
                    responses.record((double) responsesSoFar.get());
                }
            };
        }
    }
}

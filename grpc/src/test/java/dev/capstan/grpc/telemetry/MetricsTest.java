package dev.capstan.grpc.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Counts and sizes of calls, as a registry has them. */
class MetricsTest {
    private final TelemetryScene scene = new TelemetryScene();

    @AfterEach
    void close() {
        scene.close();
    }

    /** Two unary calls of which one fails, and a stream of three messages of 10, 20 and 30 bytes that are echoed. */
    private void callThrough(ServerKind kind, Telemetry telemetry) {
        TelemetryScene.Ended ended = new TelemetryScene.Ended();
        GrpcClient client = scene.client(scene.serve(kind, TelemetryScene::echo, telemetry.server(), ended), telemetry);
        TelemetryScene.one(client, TelemetryScene.ask(100));
        assertEquals(
                Status.Code.NOT_FOUND,
                TelemetryScene.failureOf(
                        () -> TelemetryScene.one(client, TelemetryScene.failing(Status.Code.NOT_FOUND, "no"))));
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            for (int size : new int[] {10, 20, 30}) {
                call.write(StreamingOutputCallRequest.newBuilder()
                        .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])))
                        .build());
                call.read();
            }
            call.end();
            assertNull(call.read());
        }
        // The server may see the last end after the client.
        ended.calls.await(3, "the server has not seen the end of each call");
    }

    // ---- Micrometer

    private static double count(MeterRegistry registry, String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-P6.3", "GRPC-X8.3"})
    void micrometer_counts_and_measures_the_calls_of_both_sides(ServerKind kind) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Set<String> histograms = ConcurrentHashMap.newKeySet();
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                if (Boolean.TRUE.equals(config.isPercentileHistogram())) {
                    histograms.add(id.getName());
                }
                return config;
            }
        });
        callThrough(kind, MicrometerCalls.metrics(registry));
        String[] unary = {"rpc.service", "grpc.testing.TestService", "rpc.method", "UnaryCall"};
        String[] stream = {"rpc.service", "grpc.testing.TestService", "rpc.method", "FullDuplexCall"};
        for (String side : new String[] {"rpc.client.", "rpc.server."}) {
            assertEquals(2, count(registry, side + "started", unary));
            assertEquals(1, count(registry, side + "started", stream));
            assertEquals(
                    1,
                    registry.get(side + "duration")
                            .tags(unary)
                            .tag("rpc.grpc.status_code", "OK")
                            .timer()
                            .count());
            assertEquals(
                    1,
                    registry.get(side + "duration")
                            .tags(unary)
                            .tag("rpc.grpc.status_code", "NOT_FOUND")
                            .timer()
                            .count());
            assertTrue(histograms.contains(side + "duration"), histograms::toString);
            // Each message has 4 bytes of lengths and tags around its body.
            assertEquals(
                    3,
                    registry.get(side + "request.size").tags(stream).summary().count());
            assertEquals(
                    72,
                    registry.get(side + "request.size").tags(stream).summary().totalAmount());
            assertEquals(
                    72,
                    registry.get(side + "response.size").tags(stream).summary().totalAmount());
            assertEquals(
                    3,
                    registry.get(side + "requests_per_rpc")
                            .tags(stream)
                            .summary()
                            .max());
            assertEquals(
                    3,
                    registry.get(side + "responses_per_rpc")
                            .tags(stream)
                            .summary()
                            .max());
            assertEquals(
                    1,
                    registry.get(side + "response.size").tags(unary).summary().count());
            assertEquals(
                    104,
                    registry.get(side + "response.size").tags(unary).summary().max());
        }
    }

    @Test
    @Parity("GRPC-X8.3")
    void a_method_that_is_not_generated_is_counted_as_other() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Telemetry telemetry = MicrometerCalls.metrics(registry);
        GrpcClient client = scene.client(scene.serve(ServerKind.OURS, TelemetryScene::echo), telemetry);
        var generated = TestServiceGrpc.getUnaryCallMethod();
        var made = generated.toBuilder(
                        ProtoUtils.marshaller(dev.capstan.testprotos.interop.SimpleRequest.getDefaultInstance()),
                        ProtoUtils.marshaller(dev.capstan.testprotos.interop.SimpleResponse.getDefaultInstance()))
                .setFullMethodName(MethodDescriptor.generateFullMethodName("made.Up", "ByAPeer"))
                .setSampledToLocalTracing(false)
                .build();
        assertEquals(
                Status.Code.UNIMPLEMENTED,
                TelemetryScene.failureOf(() -> client.one(made, TelemetryScene.ask(1), CallSettings.DEFAULT)));
        assertEquals(1, count(registry, "rpc.client.started", "rpc.service", "other", "rpc.method", "other"));
        assertNull(
                registry.find("rpc.client.started").tag("rpc.method", "ByAPeer").counter());
    }

    // ---- OpenTelemetry

    private static MetricData metric(Collection<MetricData> all, String name) {
        return all.stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Attributes of(String method) {
        return Attributes.of(
                AttributeKey.stringKey("rpc.system"),
                "grpc",
                AttributeKey.stringKey("rpc.service"),
                "grpc.testing.TestService",
                AttributeKey.stringKey("rpc.method"),
                method);
    }

    private static HistogramPointData histogram(Collection<MetricData> all, String name, Attributes attributes) {
        return metric(all, name).getHistogramData().getPoints().stream()
                .filter(each -> each.getAttributes().equals(attributes))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-P6.3", "GRPC-X8.3"})
    void opentelemetry_counts_and_measures_the_calls_of_both_sides(ServerKind kind) {
        InMemoryMetricReader reader = InMemoryMetricReader.create();
        try (SdkMeterProvider provider =
                SdkMeterProvider.builder().registerMetricReader(reader).build()) {
            callThrough(
                    kind,
                    OpenTelemetryCalls.metrics(
                            OpenTelemetrySdk.builder()
                                    .setMeterProvider(provider)
                                    .build(),
                            scene.net.loop().timer()));
            Collection<MetricData> all = reader.collectAllMetrics();
            for (String side : new String[] {"rpc.client.", "rpc.server."}) {
                assertEquals(
                        2,
                        metric(all, side + "started").getLongSumData().getPoints().stream()
                                .filter(each -> each.getAttributes().equals(of("UnaryCall")))
                                .mapToLong(LongPointData::getValue)
                                .sum());
                assertEquals("s", metric(all, side + "duration").getUnit());
                for (int code : new int[] {0, 5}) {
                    assertEquals(
                            1,
                            metric(all, side + "duration").getHistogramData().getPoints().stream()
                                    .filter(each -> each.getAttributes()
                                            .equals(of("UnaryCall").toBuilder()
                                                    .put("rpc.grpc.status_code", code)
                                                    .build()))
                                    .mapToLong(HistogramPointData::getCount)
                                    .sum());
                }
                assertEquals("By", metric(all, side + "request.size").getUnit());
                assertEquals(
                        72,
                        histogram(all, side + "request.size", of("FullDuplexCall"))
                                .getSum());
                assertEquals(
                        3,
                        histogram(all, side + "response.size", of("FullDuplexCall"))
                                .getCount());
                assertEquals(
                        3,
                        histogram(all, side + "requests_per_rpc", of("FullDuplexCall"))
                                .getSum());
                assertEquals(
                        3,
                        histogram(all, side + "responses_per_rpc", of("FullDuplexCall"))
                                .getSum());
            }
        }
    }
}

package dev.capstan.examples.shop;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShopTest {
    private final Kept spans = new Kept(new LinkedBlockingQueue<>());
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final List<LogLine> log = new CopyOnWriteArrayList<>();
    private final Shop shop = Shop.open(telemetry, log::add);
    private final NetLoop net = NetLoop.open("customer", Transport.AUTO);

    @AfterEach
    void close() {
        net.close();
        shop.close();
        telemetry.close();
    }

    private Orders.Receipt order(String item, int count) throws Exception {
        return Shop.order(net, shop.orders(), item, count, telemetry);
    }

    /** All spans of one order, the outermost first: five, of which one may end after the customer has the receipt. */
    private List<SpanData> chain() throws InterruptedException {
        Map<String, SpanData> byParent = new HashMap<>();
        while (byParent.size() < 5) {
            SpanData next = requireNonNull(spans.ended().poll(20, TimeUnit.SECONDS), byParent::toString);
            byParent.put(next.getParentSpanId(), next);
        }
        List<SpanData> chain = new ArrayList<>();
        for (SpanData next = byParent.get("0000000000000000"); next != null; next = byParent.get(next.getSpanId())) {
            chain.add(next);
        }
        return chain;
    }

    private record Kept(BlockingQueue<SpanData> ended) implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            ended.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    @Test
    void an_order_is_one_trace_with_a_span_of_each_service_within_that_of_the_one_before() throws Exception {
        assertEquals(new Orders.Receipt("lamp", 3, 14700), order("lamp", 3));
        List<SpanData> chain = chain();
        assertEquals(
                List.of(
                        "customer CLIENT",
                        "orders SERVER",
                        "capstan.examples.shop.Stock/Reserve CLIENT",
                        "capstan.examples.shop.Stock/Reserve SERVER",
                        "prices SERVER"),
                chain.stream()
                        .map(each -> each.getName() + " " + each.getKind())
                        .toList());
        assertEquals(1, chain.stream().map(SpanData::getTraceId).distinct().count());
        String id = chain.getFirst().getTraceId();
        assertEquals(
                List.of(
                        "orders [" + id + "] an order of 3 of lamp",
                        "stock [" + id + "] 3 of lamp",
                        "prices [" + id + "] the price of a lamp"),
                log.stream().map(LogLine::toString).toList());
    }

    @Test
    void each_order_has_its_own_trace() throws Exception {
        order("lamp", 1);
        order("chair", 1);
        List<String> ids = log.stream().map(LogLine::traceId).toList();
        assertEquals(6, ids.size());
        assertEquals(ids.get(0), ids.get(2));
        assertNotEquals(ids.get(2), ids.get(3));
        assertEquals(ids.get(3), ids.get(5));
    }

    @Test
    void what_the_last_service_refuses_is_told_to_the_customer_and_all_spans_are_errors() throws Exception {
        Failure told = assertThrows(Failure.class, () -> order("boat", 1));
        assertTrue(told.reason().contains("nobody here sells a boat"), told::reason);
        assertEquals(
                5,
                chain().stream()
                        .filter(each -> each.getStatus().getStatusCode() == StatusCode.ERROR)
                        .count());
    }
}

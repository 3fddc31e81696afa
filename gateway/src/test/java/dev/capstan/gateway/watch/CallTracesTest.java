package dev.capstan.gateway.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.testkit.SimNetwork;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A page calls an object over Cap'n Web, which calls another over Cap'n Proto. */
class CallTracesTest {
    private static final Method.Ordinal METHOD = new Method.Ordinal(0xabcdL, 1);

    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final MethodNames names = new MethodNames(10, method -> method.equals(METHOD) ? "Last/done" : null);
    private final List<String> logged = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        sim.poll();
        sdk.close();
    }

    /** The object at the end, which writes a line. */
    private final class Last implements Target {
        private final Style style;

        Last(Style style) {
            this.style = style;
        }

        @Override
        public Style style() {
            return style;
        }

        @Override
        public Promise<Void> handle(Context context) {
            logged.add(new LogLines().format(new LogRecord(Level.INFO, "done")));
            if (!context.method().equals(METHOD)) {
                throw Failure.unimplemented("no such method");
            }
            context.results(0);
            return Promise.done();
        }
    }

    private Stub page(CallTraces traces, Target.Style style) {
        Vat server =
                Vat.on(sim.loop()).serving(new Last(style)).observer(traces).build();
        Vat client = Vat.on(sim.loop()).observer(traces).build();
        network.host("server").onAccept(server::connect);
        Peer peer = client.connect(network.host("middle").connect("server"));
        Cap last = peer.bootstrap();
        Options options = Options.DEFAULT.withObserver(traces);
        network.host("middle")
                .onAccept(stream ->
                        open.add(WebPeer.over(sim.loop(), stream, new LocalCap(sim.loop(), middle(last)), options)));
        WebPeer page = WebPeer.over(sim.loop(), network.host("page").connect("middle"), null, options);
        Stub api = Stub.of(sim.loop(), page.main());
        open.addAll(List.of(server, client, last, page, api));
        sim.poll();
        return api;
    }

    private static WebTarget middle(Cap last) {
        return WebTarget.empty()
                .method("go", arguments -> call(last, METHOD))
                .method("wrong", arguments -> call(last, new Method.Ordinal(7, 7)));
    }

    private static Promise<Object> call(Cap last, Method.Ordinal method) {
        var answer = last.request(method, CapnpFormat.INSTANCE, 0, Hints.NONE).send();
        answer.pipeline().close();
        return answer.results().map(results -> {
            try (Payload _ = results) {
                return "gone";
            }
        });
    }

    private Object go(Stub api, String name) {
        try (Stub result = api.call(name)) {
            return sim.await(result.value());
        }
    }

    private SpanData span(SpanKind kind, String system) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == kind
                        && system.equals(span.getAttributes().get(AttributeKey.stringKey("rpc.system.name"))))
                .findFirst()
                .orElseThrow();
    }

    private void assertOneTrace(Target.Style style) {
        Stub api = page(new CallTraces(sdk, names, new Random(1)).carried(), style);
        assertEquals("gone", go(api, "go"));
        sim.poll();
        assertEquals(4, spans.getFinishedSpanItems().size());
        SpanData first = span(SpanKind.CLIENT, "capnweb");
        SpanData second = span(SpanKind.SERVER, "capnweb");
        SpanData third = span(SpanKind.CLIENT, "capnp");
        SpanData fourth = span(SpanKind.SERVER, "capnp");
        assertEquals(first.getSpanId(), second.getParentSpanId());
        assertEquals(second.getSpanId(), third.getParentSpanId());
        assertEquals(third.getSpanId(), fourth.getParentSpanId());
        assertEquals(first.getTraceId(), fourth.getTraceId());
        assertEquals("Last/done", fourth.getName());
        assertTrue(logged.getFirst().contains("\"trace_id\":\"" + first.getTraceId() + "\""), () -> "" + logged);
        assertTrue(logged.getFirst().contains("\"span_id\":\"" + fourth.getSpanId() + "\""), () -> "" + logged);
    }

    @Test
    void a_call_that_leads_to_another_over_another_wire_is_one_trace() {
        assertOneTrace(Target.Style.ASYNC);
    }

    @Test
    void a_blocking_handler_runs_within_its_span() {
        assertOneTrace(Target.Style.BLOCKING);
    }

    @Test
    void a_trace_that_is_not_carried_ends_at_the_wire() {
        Stub api = page(new CallTraces(sdk, names, new Random(1)), Target.Style.ASYNC);
        go(api, "go");
        assertNotEquals(
                span(SpanKind.CLIENT, "capnweb").getTraceId(),
                span(SpanKind.SERVER, "capnweb").getTraceId());
        assertEquals(
                span(SpanKind.SERVER, "capnweb").getTraceId(),
                span(SpanKind.CLIENT, "capnp").getTraceId());
    }

    @Test
    void the_span_of_a_caller_is_the_parent_of_its_call() {
        Stub api = page(new CallTraces(sdk, names, new Random(1)), Target.Style.ASYNC);
        Span own = sdk.getTracer("test").spanBuilder("own").startSpan();
        try (var _ = own.makeCurrent()) {
            go(api, "go");
        }
        own.end();
        assertEquals(
                own.getSpanContext().getSpanId(),
                span(SpanKind.CLIENT, "capnweb").getParentSpanId());
    }

    @Test
    void a_call_that_fails_says_how() {
        Stub api = page(new CallTraces(sdk, names, new Random(1)).carried(), Target.Style.ASYNC);
        assertThrows(Failure.class, () -> go(api, "wrong"));
        SpanData failed = span(SpanKind.SERVER, "capnp");
        assertEquals("unimplemented", failed.getAttributes().get(AttributeKey.stringKey("error.type")));
        assertEquals("_OTHER", failed.getAttributes().get(AttributeKey.stringKey("rpc.method")));
        assertEquals("capnp", failed.getName());
    }

    @Test
    void without_a_tracer_the_lines_of_one_call_still_name_one_trace() {
        Stub api = page(new CallTraces(OpenTelemetry.noop(), names, new Random(1)).carried(), Target.Style.ASYNC);
        go(api, "go");
        go(api, "go");
        List<String> ids = logged.stream()
                .map(line -> line.replaceAll("(?s).*\"trace_id\":\"([0-9a-f]{32})\".*", "$1"))
                .toList();
        assertEquals(32, ids.getFirst().length(), () -> "" + logged);
        assertNotEquals(ids.get(0), ids.get(1));
    }
}

package dev.capstan.grpc.telemetry;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.client.Attempts;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.MethodPolicy;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spans of calls, as an exporter gets them. */
class TracesTest {
    private static final String METHOD = "grpc.testing.TestService/UnaryCall";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private final List<SpanData> told = new ArrayList<>();
    private final Ended ended = new Ended(new LinkedBlockingQueue<>());
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(ended))
            .build();
    private final Telemetry traces = OpenTelemetryCalls.traces(with(W3CTraceContextPropagator.getInstance()));
    private final TelemetryScene scene = new TelemetryScene();

    private OpenTelemetry with(io.opentelemetry.context.propagation.TextMapPropagator... propagators) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(provider)
                .setPropagators(ContextPropagators.create(
                        io.opentelemetry.context.propagation.TextMapPropagator.composite(propagators)))
                .build();
    }

    @AfterEach
    void close() {
        scene.close();
        provider.close();
    }

    /** Keeps spans when they end. */
    private record Ended(BlockingQueue<SpanData> spans) implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> more) {
            spans.addAll(more);
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

    /** The spans once {@code count} have ended, in the order in which they did. */
    private List<SpanData> spans(int count) throws Exception {
        while (told.size() < count) {
            told.add(requireNonNull(ended.spans().poll(20, TimeUnit.SECONDS), told::toString));
        }
        ended.spans().drainTo(told);
        assertEquals(count, told.size(), told::toString);
        return List.copyOf(told);
    }

    private SpanData span(List<SpanData> spans, SpanKind kind) {
        return spans.stream().filter(each -> each.getKind() == kind).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-X8.1")
    void a_call_has_a_span_on_each_side_as_the_conventions_have_it(ServerKind kind) throws Exception {
        int port = scene.serve(kind, TelemetryScene::echo, traces.server());
        TelemetryScene.one(scene.client(port, traces), TelemetryScene.ask(3));
        List<SpanData> spans = spans(2);
        SpanData client = span(spans, SpanKind.CLIENT);
        SpanData server = span(spans, SpanKind.SERVER);
        for (SpanData each : spans) {
            assertEquals(METHOD, each.getName());
            assertEquals("grpc", each.getAttributes().get(AttributeKey.stringKey("rpc.system")));
            assertEquals("grpc.testing.TestService", each.getAttributes().get(AttributeKey.stringKey("rpc.service")));
            assertEquals("UnaryCall", each.getAttributes().get(AttributeKey.stringKey("rpc.method")));
            assertEquals(0L, each.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")));
            assertEquals("127.0.0.1", each.getAttributes().get(AttributeKey.stringKey("server.address")));
            assertEquals(port, each.getAttributes().get(AttributeKey.longKey("server.port")));
            assertEquals(StatusCode.UNSET, each.getStatus().getStatusCode());
        }
        assertFalse(client.getParentSpanContext().isValid());
        assertEquals(client.getSpanId(), server.getParentSpanId());
        assertTrue(server.getParentSpanContext().isRemote());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-X8.1")
    void a_call_through_two_servers_is_one_trace(ServerKind kind) throws Exception {
        GrpcClient inner = scene.client(scene.serve(kind, TelemetryScene::echo, traces.server()), traces);
        GrpcClient outer = scene.client(scene.serve(kind, scene.forwarding(inner, false), traces.server()), traces);
        assertChain(outer);
    }

    @ParameterizedTest
    @EnumSource
    void a_call_made_elsewhere_in_the_context_of_a_handler_belongs_to_its_trace(ServerKind kind) throws Exception {
        GrpcClient inner = scene.client(scene.serve(kind, TelemetryScene::echo, traces.server()), traces);
        GrpcClient outer = scene.client(scene.serve(kind, scene.forwarding(inner, true), traces.server()), traces);
        assertChain(outer);
    }

    /** Each span but the first is the child of the one before it. */
    private void assertChain(GrpcClient outer) throws Exception {
        Span root = provider.get("test").spanBuilder("root").startSpan();
        try (Scope _ = root.makeCurrent()) {
            TelemetryScene.one(outer, TelemetryScene.ask(1));
        }
        String parent = root.getSpanContext().getSpanId();
        List<SpanData> spans = spans(4);
        for (SpanKind each : List.of(SpanKind.CLIENT, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.SERVER)) {
            String above = parent;
            SpanData next = spans.stream()
                    .filter(one -> one.getParentSpanId().equals(above))
                    .findFirst()
                    .orElseThrow();
            assertEquals(each, next.getKind());
            assertEquals(root.getSpanContext().getTraceId(), next.getTraceId());
            parent = next.getSpanId();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_handler_runs_within_its_span(ServerKind kind) throws Exception {
        String[] current = new String[2];
        int port = scene.serve(
                kind,
                (request, to) -> {
                    current[0] = Span.current().getSpanContext().getSpanId();
                    current[1] = Span.fromContext(OpenTelemetryCalls.contextOf(io.grpc.Context.current()))
                            .getSpanContext()
                            .getSpanId();
                    TelemetryScene.echo(request, to);
                },
                traces.server());
        TelemetryScene.one(scene.client(port), TelemetryScene.ask(1));
        String span = spans(1).getFirst().getSpanId();
        assertEquals(List.of(span, span), List.of(current));
    }

    @Test
    @Parity("GRPC-F8.3")
    void a_client_tells_its_span_in_text_and_in_bytes() throws Exception {
        TelemetryScene.Seen seen = new TelemetryScene.Seen();
        int port = scene.serve(ServerKind.OURS, TelemetryScene::echo, seen);
        TelemetryScene.one(scene.client(port, traces), TelemetryScene.ask(1));
        SpanContext span = spans(1).getFirst().getSpanContext();
        String flags = span.getTraceFlags().asHex();
        Metadata sent = seen.headers.take();
        assertEquals(
                "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + flags,
                sent.get(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER)));
        assertArrayEquals(
                HexFormat.of().parseHex("0000" + span.getTraceId() + "01" + span.getSpanId() + "02" + flags),
                sent.get(TraceBin.KEY));
    }

    /** Sends what a foreign client would. */
    private record Sending(String traceBin) implements ClientInterceptor {
        @Override
        public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    headers.put(TraceBin.KEY, HexFormat.of().parseHex(traceBin));
                    super.start(listener, headers);
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-F8.3")
    void a_server_believes_the_binary_form_where_no_text_came(ServerKind kind) throws Exception {
        String bytes = "0000" + TRACE + "01" + SPAN + "0201";
        int port = scene.serve(kind, TelemetryScene::echo, traces.server());
        TelemetryScene.one(
                scene.client(port, new Telemetry(new Sending(bytes), traces.server())), TelemetryScene.ask(1));
        SpanData server = spans(1).getFirst();
        assertEquals(TRACE, server.getTraceId());
        assertEquals(SPAN, server.getParentSpanId());
    }

    @Test
    @Parity("GRPC-F8.3")
    void a_server_believes_traceparent_before_the_binary_form() throws Exception {
        String other = "0000" + "ff".repeat(16) + "01" + "ee".repeat(8) + "0201";
        int port = scene.serve(ServerKind.OURS, TelemetryScene::echo, traces.server());
        GrpcClient client = scene.client(port, new Telemetry(new Sending(other), traces.server()));
        client.one(
                TestServiceGrpc.getUnaryCallMethod(),
                TelemetryScene.ask(1),
                CallSettings.DEFAULT.with(CallMetadata.EMPTY.with("traceparent", "00-" + TRACE + "-" + SPAN + "-01")));
        assertEquals(TRACE, spans(1).getFirst().getTraceId());
    }

    @Test
    void the_binary_form_is_read_as_it_was_written() {
        SpanContext span =
                SpanContext.createFromRemoteParent(TRACE, SPAN, TraceFlags.getSampled(), TraceState.getDefault());
        assertEquals(span, TraceBin.parse(TraceBin.of(span)));
    }

    @Test
    void a_binary_form_without_flags_is_one_that_is_not_sampled() {
        SpanContext span = TraceBin.parse(HexFormat.of().parseHex("0000" + TRACE + "01" + SPAN));
        assertTrue(span.isValid());
        assertFalse(span.isSampled());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0000",
                "01" + "00" + TRACE + "01" + SPAN + "0201",
                "0000" + TRACE,
                "0000" + TRACE + "01" + "b7ad6b71692033",
                "0001" + SPAN + "00" + TRACE,
                "0000" + "00000000000000000000000000000000" + "01" + SPAN + "0201",
                "0000" + TRACE + "01" + "0000000000000000" + "0201",
            })
    void a_binary_form_that_is_broken_names_no_span(String hex) {
        assertFalse(TraceBin.parse(HexFormat.of().parseHex(hex)).isValid());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-X8.2")
    void what_the_server_is_at_fault_for_is_an_error_on_both_sides(ServerKind kind) throws Exception {
        GrpcClient client = scene.client(scene.serve(kind, TelemetryScene::echo, traces.server()), traces);
        assertEquals(
                Status.Code.INTERNAL,
                TelemetryScene.failureOf(() ->
                        TelemetryScene.one(client, TelemetryScene.failing(Status.Code.INTERNAL, "the disk is full"))));
        for (SpanData each : spans(2)) {
            assertEquals(13L, each.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")));
            assertEquals(StatusCode.ERROR, each.getStatus().getStatusCode());
            assertEquals("the disk is full", each.getStatus().getDescription());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-X8.2")
    void what_the_client_is_at_fault_for_is_an_error_on_its_side_alone(ServerKind kind) throws Exception {
        GrpcClient client = scene.client(scene.serve(kind, TelemetryScene::echo, traces.server()), traces);
        TelemetryScene.failureOf(
                () -> TelemetryScene.one(client, TelemetryScene.failing(Status.Code.NOT_FOUND, "no such thing")));
        List<SpanData> spans = spans(2);
        assertEquals(StatusCode.ERROR, span(spans, SpanKind.CLIENT).getStatus().getStatusCode());
        assertEquals(StatusCode.UNSET, span(spans, SpanKind.SERVER).getStatus().getStatusCode());
        assertEquals(
                5L, span(spans, SpanKind.SERVER).getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")));
    }

    @ParameterizedTest
    @EnumSource
    void a_handler_that_throws_ends_its_span(ServerKind kind) throws Exception {
        int port = scene.serve(
                kind,
                (request, to) -> {
                    throw new IllegalStateException("a mistake");
                },
                traces.server());
        TelemetryScene.failureOf(() -> TelemetryScene.one(scene.client(port), TelemetryScene.ask(1)));
        SpanData span = spans(1).getFirst();
        assertEquals(2L, span.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")));
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-X8.2")
    void a_call_that_is_given_up_ends_its_spans(ServerKind kind) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        int port = scene.serve(kind, (request, to) -> begun.countDown(), traces.server());
        try (var call = scene.client(port, traces).call(TestServiceGrpc.getUnaryCallMethod())) {
            call.write(TelemetryScene.ask(1));
            call.end();
            assertTrue(begun.await(60, TimeUnit.SECONDS));
        }
        for (SpanData each : spans(2)) {
            assertEquals(1L, each.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-X8.2")
    void a_call_that_is_too_late_ends_its_spans(ServerKind kind) throws Exception {
        int port = scene.serve(kind, TelemetryScene::echo, traces.server());
        GrpcClient client = scene.client(port, traces);
        TelemetryScene.one(client, TelemetryScene.ask(1)); // Connected, so that the next one surely arrives.
        spans(2);
        told.clear();
        assertEquals(
                Status.Code.DEADLINE_EXCEEDED,
                TelemetryScene.failureOf(() -> client.one(
                        TestServiceGrpc.getEmptyCallMethod(),
                        Empty.getDefaultInstance(),
                        CallSettings.DEFAULT.within(Duration.ofMillis(300)))));
        SpanData client4 = span(spans(2), SpanKind.CLIENT);
        assertEquals(4L, client4.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")));
        // The client's word that it has given up may come before the server's own clock says so.
        assertTrue(List.of(1L, 4L)
                .contains(span(spans(2), SpanKind.SERVER)
                        .getAttributes()
                        .get(AttributeKey.longKey("rpc.grpc.status_code"))));
    }

    @Test
    void without_a_propagator_the_binary_form_still_ties_the_spans() throws Exception {
        Telemetry bare = OpenTelemetryCalls.traces(with());
        GrpcClient client = scene.client(scene.serve(ServerKind.OURS, TelemetryScene::echo, bare.server()), bare);
        TelemetryScene.one(client, TelemetryScene.ask(1));
        List<SpanData> spans = spans(2);
        assertEquals(
                span(spans, SpanKind.CLIENT).getSpanId(),
                span(spans, SpanKind.SERVER).getParentSpanId());
        assertEquals(SpanId.getInvalid(), span(spans, SpanKind.CLIENT).getParentSpanId());
    }

    @Test
    void the_span_of_an_attempt_tells_that_our_client_has_sent_the_call_again() throws Exception {
        Telemetry attempts = OpenTelemetryCalls.tracesOfAttempts(with(W3CTraceContextPropagator.getInstance()));
        int port = scene.serve(ServerKind.OURS, TelemetryScene::echo);
        Telemetry again = new Telemetry(
                new ClientInterceptor() {
                    @Override
                    public <Q, S> ClientCall<Q, S> interceptCall(
                            MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
                        return next.newCall(method, options.withOption(GrpcClient.SENT_AGAIN, true));
                    }
                },
                attempts.server());
        TelemetryScene.one(scene.client(port, attempts), TelemetryScene.ask(1));
        TelemetryScene.one(scene.client(port, attempts, again), TelemetryScene.ask(1));
        assertEquals(
                List.of(false, true),
                named(spans(4), "Attempt.grpc.testing.TestService.UnaryCall").stream()
                        .map(each -> each.getAttributes().get(AttributeKey.booleanKey("transparent-retry")))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void each_attempt_has_a_span_to_which_the_server_s_span_belongs(ServerKind kind) throws Exception {
        Telemetry attempts = OpenTelemetryCalls.tracesOfAttempts(with(W3CTraceContextPropagator.getInstance()));
        AtomicInteger calls = new AtomicInteger();
        int port = scene.serve(
                kind,
                (request, to) -> {
                    if (calls.incrementAndGet() == 1) {
                        to.onError(Status.UNAVAILABLE.asRuntimeException());
                    } else {
                        TelemetryScene.echo(request, to);
                    }
                },
                attempts.server());
        GrpcClient client = scene.client(
                port,
                MethodPolicy.of("")
                        .with(new Attempts.Retry(
                                2, Duration.ofMillis(1), Duration.ofMillis(1), 1, Set.of(Status.Code.UNAVAILABLE))),
                attempts);
        TelemetryScene.one(client, TelemetryScene.ask(1));
        List<SpanData> spans = spans(5);
        SpanData call = named(spans, METHOD).stream()
                .filter(each -> each.getKind() == SpanKind.CLIENT)
                .findFirst()
                .orElseThrow();
        List<SpanData> tried = named(spans, "Attempt.grpc.testing.TestService.UnaryCall");
        assertEquals(
                List.of(14L, 0L),
                tried.stream()
                        .map(each -> each.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")))
                        .toList());
        assertEquals(
                List.of(0L, 1L),
                tried.stream()
                        .map(each -> each.getAttributes().get(AttributeKey.longKey("previous-rpc-attempts")))
                        .toList());
        List<SpanData> served =
                spans.stream().filter(each -> each.getKind() == SpanKind.SERVER).toList();
        for (int i = 0; i < 2; i++) {
            assertEquals(call.getSpanId(), tried.get(i).getParentSpanId());
            assertEquals(tried.get(i).getSpanId(), served.get(i).getParentSpanId());
        }
        assertEquals(StatusCode.UNSET, call.getStatus().getStatusCode());
    }

    private static List<SpanData> named(List<SpanData> spans, String name) {
        return spans.stream().filter(each -> each.getName().equals(name)).toList();
    }
}

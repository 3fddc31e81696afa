package dev.capstan.grpc.conformance;

import com.google.protobuf.BytesValue;
import dev.capstan.grpc.conformance.Case.Shape;
import dev.capstan.grpc.conformance.ScriptedServer.Raw;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers that servers of gRPC give seldom or should not give, by the names and values of connectrpc/conformance. */
final class RawCases {
    private RawCases() {}

    /**
     * An answer and what a client has to make of it.
     *
     * @param due how the call is to end; without a message if any will do
     * @param message which answers are due
     */
    record RawCase(Case due, BytesValue message, Raw raw) {
        String id() {
            return due.id();
        }
    }

    static final byte[] MESSAGE = RawAnswer.framed(0, ScriptedService.ANSWER.toByteArray());
    static final byte[] COMPRESSED = RawAnswer.framed(1, ScriptedService.ANSWER.toByteArray());
    static final byte[] EMPTY = RawAnswer.framed(0, new byte[0]);

    static Stream<RawCase> all() {
        return Stream.of(http(), unexpected(), trailers(), empty(), subFormats())
                .flatMap(List::stream);
    }

    static Case due(String suite, String name, Shape shape, int answers, Status.Code code) {
        return Case.ok(suite, name, shape, 1, answers)
                .with(List.of(), List.of())
                .failing(code, "");
    }

    private static RawCase failing(
            String suite,
            String name,
            Shape shape,
            Status.Code code,
            List<Map.Entry<String, String>> headers,
            List<byte[]> frames,
            @Nullable List<Map.Entry<String, String>> trailers) {
        return new RawCase(
                due(suite, name, shape, 0, code), ScriptedService.ANSWER, new Raw(200, headers, frames, trailers));
    }

    private static RawCase http(String suite, String name, int status, Status.Code code) {
        return new RawCase(
                due(suite, name, Shape.UNARY, 0, code),
                ScriptedService.ANSWER,
                new Raw(status, List.of(), List.of(), null));
    }

    static List<RawCase> http() {
        String suite = "client_http_to_rpc_code";
        return List.of(
                http(suite, "bad-request", 400, Status.Code.INTERNAL),
                http(suite, "unauthorized", 401, Status.Code.UNAUTHENTICATED),
                http(suite, "forbidden", 403, Status.Code.PERMISSION_DENIED),
                http(suite, "not-found", 404, Status.Code.UNIMPLEMENTED),
                http(suite, "conflict", 409, Status.Code.UNKNOWN),
                http(suite, "precondition-failed", 412, Status.Code.UNKNOWN),
                http(suite, "payload-too-large", 413, Status.Code.UNKNOWN),
                http(suite, "unsupported-media-type", 415, Status.Code.UNKNOWN),
                http(suite, "too-many-requests", 429, Status.Code.UNAVAILABLE),
                http(suite, "request-header-fields-too-large", 431, Status.Code.UNKNOWN),
                http(suite, "bad-gateway", 502, Status.Code.UNAVAILABLE),
                http(suite, "service-unavailable", 503, Status.Code.UNAVAILABLE),
                http(suite, "gateway-timeout", 504, Status.Code.UNAVAILABLE),
                http(suite, "http-version-not-supported", 505, Status.Code.UNKNOWN),
                http("client_unexpected", "unmapped-http-status-code", 418, Status.Code.UNKNOWN),
                http("client_unexpected", "nonexistent-http-status-code", 800, Status.Code.UNKNOWN));
    }

    /** Fields: names and values in turn. */
    static List<Map.Entry<String, String>> fields(String... fields) {
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            entries.add(Map.entry(fields[i], fields[i + 1]));
        }
        return entries;
    }

    private static List<RawCase> unexpected() {
        String suite = "grpc_client_unexpected";
        List<Map.Entry<String, String>> grpc = fields("content-type", "application/grpc");
        List<Map.Entry<String, String>> ok = fields("grpc-status", "0");
        Status.Code internal = Status.Code.INTERNAL;
        Status.Code unimplemented = Status.Code.UNIMPLEMENTED;
        List<byte[]> two = List.of(MESSAGE, MESSAGE);
        byte[] json = RawAnswer.framed(
                0, "{\"payload\": {\"data\": \"dGVzdCByZXNwb25zZQ\"}}".getBytes(StandardCharsets.UTF_8));
        return List.of(
                failing(
                        suite,
                        "missing-status",
                        Shape.UNARY,
                        Status.Code.UNKNOWN,
                        grpc,
                        List.of(),
                        fields("grpc-message", "error")),
                failing(suite, "unary/ok-but-no-response", Shape.UNARY, unimplemented, grpc, List.of(), ok),
                failing(suite, "unary/multiple-responses", Shape.UNARY, unimplemented, grpc, two, ok),
                failing(suite, "client-stream/ok-but-no-response", Shape.CLIENT, unimplemented, grpc, List.of(), ok),
                failing(suite, "client-stream/multiple-responses", Shape.CLIENT, unimplemented, grpc, two, ok),
                failing(
                        suite,
                        "trailers-only/ignore-header-if-body-present",
                        Shape.UNARY,
                        internal,
                        fields("content-type", "application/grpc", "grpc-status", "9"),
                        List.of(MESSAGE),
                        null),
                failing(
                        suite,
                        "trailers-only/ignore-header-if-trailer-present",
                        Shape.UNARY,
                        Status.Code.FAILED_PRECONDITION,
                        fields("content-type", "application/grpc", "grpc-status", "8"),
                        List.of(),
                        fields("foo", "bar", "grpc-status", "9")),
                failing(
                        suite,
                        "unexpected-content-type",
                        Shape.UNARY,
                        Status.Code.UNKNOWN,
                        fields("content-type", "image/jpeg"),
                        List.of(),
                        null),
                failing(
                        suite,
                        "unexpected-codec",
                        Shape.UNARY,
                        internal,
                        fields("content-type", "application/grpc+json"),
                        List.of(json),
                        ok),
                failing(
                        suite,
                        "unexpected-compression",
                        Shape.UNARY,
                        internal,
                        fields("content-type", "application/grpc+proto", "grpc-encoding", "foo"),
                        List.of(COMPRESSED),
                        ok),
                failing(
                        suite,
                        "unexpected-compressed-message",
                        Shape.UNARY,
                        internal,
                        fields("content-type", "application/grpc+proto", "grpc-encoding", "identity"),
                        List.of(COMPRESSED),
                        ok));
    }

    private static RawCase trailers(String name, boolean only, List<String> headers, List<String> trailers) {
        Case due = new Case(
                "grpc_client_trailers",
                name,
                Shape.UNARY,
                1,
                0,
                headers,
                trailers,
                Status.Code.FAILED_PRECONDITION,
                "error");
        List<Map.Entry<String, String>> head = fields("content-type", "application/grpc");
        headers.forEach(each -> head.add(Map.entry(Case.HEADER, each)));
        List<Map.Entry<String, String>> end = fields("grpc-status", "9", "grpc-message", "error");
        trailers.forEach(each -> end.add(Map.entry(Case.TRAILER, each)));
        if (only) {
            head.addAll(end);
        }
        return new RawCase(due, ScriptedService.ANSWER, new Raw(200, head, List.of(), only ? null : end));
    }

    private static List<RawCase> trailers() {
        return List.of(
                trailers("trailers-at-end/expected", false, List.of("foo"), List.of("bing")),
                trailers(
                        "trailers-at-end/duplicate-metadata",
                        false,
                        List.of("foo", "bar", "baz"),
                        List.of("bing", "quuz")),
                trailers("trailers-only/expected", true, List.of(), List.of("bing")),
                trailers("trailers-only/duplicate-metadata", true, List.of(), List.of("bing", "quuz")));
    }

    private static RawCase well(
            String suite, String name, Shape shape, String contentType, BytesValue message, byte[] frame) {
        return new RawCase(
                Case.ok(suite, name, shape, 1, 1),
                message,
                new Raw(
                        200,
                        fields("content-type", contentType, Case.HEADER, "foo"),
                        List.of(frame),
                        fields("grpc-status", "0", Case.TRAILER, "bing")));
    }

    private static List<RawCase> empty() {
        return Stream.of(
                        Map.entry("unary", Shape.UNARY),
                        Map.entry("client-stream", Shape.CLIENT),
                        Map.entry("server-stream", Shape.SERVER),
                        Map.entry("bidi-stream/half-duplex", Shape.HALF))
                .map(each -> well(
                        "grpc_client_empty",
                        each.getKey() + "/empty-response",
                        each.getValue(),
                        "application/grpc+proto",
                        BytesValue.getDefaultInstance(),
                        EMPTY))
                .toList();
    }

    private static List<RawCase> subFormats() {
        String suite = "grpc_client_proto_subformat";
        return List.of(
                well(
                        suite,
                        "with-proto-sub-format",
                        Shape.UNARY,
                        "application/grpc+proto",
                        ScriptedService.ANSWER,
                        MESSAGE),
                well(
                        suite,
                        "without-proto-sub-format",
                        Shape.UNARY,
                        "application/grpc",
                        ScriptedService.ANSWER,
                        MESSAGE));
    }
}

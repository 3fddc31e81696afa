package dev.capstan.grpc.conformance;

import com.google.protobuf.BytesValue;
import dev.capstan.grpc.conformance.Case.Shape;
import dev.capstan.grpc.conformance.RawCases.RawCase;
import dev.capstan.grpc.conformance.ScriptedServer.Raw;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Answers to clients of gRPC-Web, by the names and values of connectrpc/conformance. */
final class RawWebCases {
    private RawWebCases() {}

    private static final String TYPE = "application/grpc-web";
    private static final int TRAILERS = 0x80;
    private static final int COMPRESSED_TRAILERS = 0x81;
    private static final byte[] OK = trailers("grpc-status: 0\r\n");

    static Stream<RawCase> all() {
        return Stream.of(unexpected(), trailers(), empty(), subFormats(), List.of(compressed()))
                .flatMap(List::stream);
    }

    private static byte[] trailers(String block) {
        return RawAnswer.framed(TRAILERS, block.getBytes(StandardCharsets.US_ASCII));
    }

    private static RawCase failing(
            String name, Shape shape, Status.Code code, List<Map.Entry<String, String>> headers, byte[]... frames) {
        return new RawCase(
                RawCases.due("grpc_web_client_unexpected", name, shape, 0, code),
                ScriptedService.ANSWER,
                new Raw(200, headers, List.of(frames), null));
    }

    private static List<RawCase> unexpected() {
        List<Map.Entry<String, String>> web = RawCases.fields("content-type", TYPE);
        List<Map.Entry<String, String>> done = RawCases.fields("content-type", TYPE, "grpc-status", "0");
        Status.Code internal = Status.Code.INTERNAL;
        Status.Code unknown = Status.Code.UNKNOWN;
        Status.Code unimplemented = Status.Code.UNIMPLEMENTED;
        byte[] message = RawCases.MESSAGE;
        byte[] json = RawAnswer.framed(
                0, "{\"payload\": {\"data\": \"dGVzdCByZXNwb25zZQ\"}}".getBytes(StandardCharsets.UTF_8));
        return List.of(
                failing(
                        "trailers-in-body/missing-status",
                        Shape.UNARY,
                        unknown,
                        web,
                        trailers("grpc-message: error\r\n")),
                failing("trailers-in-body/unary/ok-but-no-response", Shape.UNARY, unimplemented, web, OK),
                failing(
                        "trailers-in-body/unary/multiple-responses",
                        Shape.UNARY,
                        unimplemented,
                        web,
                        message,
                        message,
                        OK),
                failing("trailers-in-body/client-stream/ok-but-no-response", Shape.CLIENT, unimplemented, web, OK),
                failing(
                        "trailers-in-body/client-stream/multiple-responses",
                        Shape.CLIENT,
                        unimplemented,
                        web,
                        message,
                        message,
                        OK),
                failing(
                        "trailers-only/missing-status",
                        Shape.UNARY,
                        unknown,
                        RawCases.fields("content-type", TYPE, "grpc-message", "error")),
                failing("trailers-only/unary/ok-but-no-response", Shape.UNARY, unimplemented, done),
                failing("trailers-only/client-stream/ok-but-no-response", Shape.CLIENT, unimplemented, done),
                failing(
                        "trailers-only/ignore-header-if-body-present",
                        Shape.UNARY,
                        Status.Code.FAILED_PRECONDITION,
                        RawCases.fields("content-type", TYPE, "grpc-status", "8"),
                        trailers("grpc-status: 9\r\n")),
                failing("unexpected-content-type", Shape.UNARY, unknown, RawCases.fields("content-type", "image/jpeg")),
                failing(
                        "unexpected-codec",
                        Shape.UNARY,
                        internal,
                        RawCases.fields("content-type", TYPE + "+json"),
                        json,
                        OK),
                failing(
                        "unexpected-compression",
                        Shape.UNARY,
                        internal,
                        RawCases.fields("content-type", TYPE + "+proto", "grpc-encoding", "foo"),
                        RawCases.COMPRESSED,
                        OK),
                failing(
                        "unexpected-compressed-message",
                        Shape.UNARY,
                        internal,
                        RawCases.fields("content-type", TYPE + "+proto", "grpc-encoding", "identity"),
                        RawCases.COMPRESSED,
                        OK));
    }

    private static RawCase failed(
            String suite, String name, Shape shape, List<String> headers, List<String> trailers, Raw raw) {
        return new RawCase(
                new Case(suite, name, shape, 1, 0, headers, trailers, Status.Code.FAILED_PRECONDITION, "error"),
                ScriptedService.ANSWER,
                raw);
    }

    private static List<RawCase> trailers() {
        String suite = "grpc_web_client_trailers";
        List<String> foo = List.of("foo");
        List<String> bing = List.of("bing");
        List<String> headers = List.of("foo", "bar", "baz");
        List<String> trailers = List.of("bing", "quuz");
        List<RawCase> cases = new ArrayList<>();
        for (Map.Entry<String, Shape> each :
                List.of(Map.entry("unary/", Shape.UNARY), Map.entry("server-stream/", Shape.SERVER))) {
            String body = each.getKey() + "trailers-in-body/";
            String only = each.getKey() + "trailers-only/";
            Shape shape = each.getValue();
            cases.add(failed(
                    suite,
                    body + "expected",
                    shape,
                    foo,
                    bing,
                    inBody(foo, "grpc-status: 9\r\ngrpc-message: error\r\nx-custom-trailer: bing\r\n")));
            cases.add(failed(
                    suite,
                    body + "mixed-case",
                    shape,
                    foo,
                    bing,
                    inBody(foo, "Grpc-Status: 9\r\ngRPC-Message: error\r\nx-Custom-Trailer: bing\r\n")));
            cases.add(
                    failed(
                            suite,
                            body + "duplicate-metadata",
                            shape,
                            headers,
                            trailers,
                            inBody(
                                    headers,
                                    "grpc-status: 9\r\ngrpc-message: error\r\nx-custom-trailer: bing\r\nx-custom-trailer: quuz\r\n")));
            cases.add(failed(suite, only + "expected", shape, foo, bing, only(foo, bing)));
            cases.add(failed(suite, only + "duplicate-metadata", shape, headers, trailers, only(headers, trailers)));
        }
        return cases;
    }

    private static List<Map.Entry<String, String>> head(List<String> headers) {
        List<Map.Entry<String, String>> head = RawCases.fields("content-type", TYPE);
        headers.forEach(each -> head.add(Map.entry(Case.HEADER, each)));
        return head;
    }

    private static Raw inBody(List<String> headers, String block) {
        return new Raw(200, head(headers), List.of(trailers(block)), null);
    }

    private static Raw only(List<String> headers, List<String> trailers) {
        List<Map.Entry<String, String>> head = head(headers);
        trailers.forEach(each -> head.add(Map.entry(Case.TRAILER, each)));
        head.addAll(RawCases.fields("grpc-status", "9", "grpc-message", "error"));
        return new Raw(200, head, List.of(), null);
    }

    private static RawCase compressed() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(block)) {
            gzip.write("grpc-status: 9\r\ngrpc-message: error\r\nx-custom-trailer: bing\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Map.Entry<String, String>> head = head(List.of("foo"));
        head.add(Map.entry("grpc-encoding", "gzip"));
        return failed(
                "grpc_web_client_compressed_trailers",
                "trailers-in-body/compressed",
                Shape.UNARY,
                List.of("foo"),
                List.of("bing"),
                new Raw(200, head, List.of(RawAnswer.framed(COMPRESSED_TRAILERS, block.toByteArray())), null));
    }

    private static RawCase well(String suite, String name, Shape shape, String type, BytesValue message, byte[] frame) {
        return new RawCase(
                Case.ok(suite, name, shape, 1, 1),
                message,
                new Raw(
                        200,
                        RawCases.fields("content-type", type, Case.HEADER, "foo"),
                        List.of(frame, trailers("grpc-status: 0\r\nx-custom-trailer: bing\r\n")),
                        null));
    }

    private static List<RawCase> empty() {
        return Stream.of(
                        Map.entry("unary", Shape.UNARY),
                        Map.entry("client-stream", Shape.CLIENT),
                        Map.entry("server-stream", Shape.SERVER),
                        Map.entry("bidi-stream/half-duplex", Shape.HALF))
                .map(each -> well(
                        "grpc_web_client_empty",
                        each.getKey() + "/empty-response",
                        each.getValue(),
                        TYPE + "+proto",
                        BytesValue.getDefaultInstance(),
                        RawCases.EMPTY))
                .toList();
    }

    private static List<RawCase> subFormats() {
        String suite = "grpc_web_client_proto_subformat";
        BytesValue answer = ScriptedService.ANSWER;
        return List.of(
                well(suite, "with-proto-sub-format", Shape.UNARY, TYPE + "+proto", answer, RawCases.MESSAGE),
                well(suite, "without-proto-sub-format", Shape.UNARY, TYPE, answer, RawCases.MESSAGE));
    }
}

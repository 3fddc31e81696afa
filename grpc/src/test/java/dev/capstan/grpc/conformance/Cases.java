package dev.capstan.grpc.conformance;

import dev.capstan.grpc.conformance.Case.Shape;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The suites of connectrpc/conformance that ask the same of both sides, by their names and values. */
final class Cases {
    private Cases() {}

    private static final List<String> NONE = List.of();
    private static final List<String> HEADERS = List.of("foo", "bar", "baz");
    private static final List<String> TRAILERS = List.of("bing", "quux");

    /** All of them. */
    static List<Case> all() {
        return Stream.of(basic(), errors(), duplicateMetadata())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Case> basic() {
        String suite = "basic";
        return List.of(
                Case.ok(suite, "unary/success", Shape.UNARY, 1, 1),
                Case.ok(suite, "client-stream/success", Shape.CLIENT, 2, 1),
                Case.ok(suite, "client-stream/no-requests", Shape.CLIENT, 0, 1).with(NONE, NONE),
                Case.ok(suite, "server-stream/success", Shape.SERVER, 1, 2),
                Case.ok(suite, "server-stream/no-responses", Shape.SERVER, 1, 0),
                Case.ok(suite, "bidi-stream/full-duplex/success", Shape.FULL, 2, 2),
                Case.ok(suite, "bidi-stream/half-duplex/success", Shape.HALF, 2, 2),
                Case.ok(suite, "bidi-stream/half-duplex/no-requests", Shape.HALF, 0, 0)
                        .with(NONE, NONE),
                Case.ok(suite, "bidi-stream/half-duplex/no-responses", Shape.HALF, 1, 0));
    }

    private static Case error(String name, Shape shape, int requests, Status.Code code, String message) {
        return Case.ok("errors", name, shape, requests, 0).with(NONE, NONE).failing(code, message);
    }

    private static List<Case> errors() {
        List<Case> cases = new ArrayList<>();
        for (Status.Code code : Status.Code.values()) {
            if (code != Status.Code.OK) {
                String words = code == Status.Code.CANCELLED
                        ? "canceled"
                        : code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                String name = words.replace(' ', '-');
                cases.add(error("unary/" + name, Shape.UNARY, 1, code, words));
                cases.add(error("server-stream/" + name, Shape.SERVER, 1, code, words));
            }
        }
        cases.add(error(
                "unary/unicode-error-message",
                Shape.UNARY,
                1,
                Status.Code.INTERNAL,
                "\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \ud83d\ude08\n"));
        List<String> one = List.of("foo");
        List<String> bing = List.of("bing");
        Status.Code denied = Status.Code.UNAUTHENTICATED;
        cases.add(error("unary/error-with-metadata", Shape.UNARY, 1, denied, "unauthenticated")
                .with(one, bing));
        cases.add(error("server-stream/error-with-metadata", Shape.SERVER, 1, denied, "unauthenticated")
                .with(one, bing));
        cases.add(error("client-stream/error-with-metadata", Shape.CLIENT, 1, denied, "unauthenticated")
                .with(one, bing));
        cases.add(error("bidi-stream/error-with-metadata", Shape.HALF, 1, denied, "unauthenticated")
                .with(one, bing));
        Status.Code broken = Status.Code.INTERNAL;
        cases.add(error("client-stream/error-one-request", Shape.CLIENT, 1, broken, "client stream failed"));
        cases.add(error("client-stream/error-multiple-requests", Shape.CLIENT, 2, broken, "client stream failed"));
        cases.addAll(failures("errors", one, bing));
        return cases;
    }

    /** Streams of answers that fail, after two answers or none. */
    private static List<Case> failures(String suite, List<String> headers, List<String> trailers) {
        List<Case> cases = List.of(
                Case.ok(suite, "server-stream/error-with-responses", Shape.SERVER, 1, 2)
                        .failing(Status.Code.INTERNAL, "server stream failed"),
                Case.ok(suite, "server-stream/error-with-no-responses", Shape.SERVER, 1, 0)
                        .failing(Status.Code.INTERNAL, "server stream failed"),
                Case.ok(suite, "bidi-stream/full-duplex/error-with-responses", Shape.FULL, 2, 2)
                        .failing(Status.Code.INTERNAL, "bidi full duplex stream failed"),
                Case.ok(suite, "bidi-stream/full-duplex/error-no-responses", Shape.FULL, 1, 0)
                        .failing(Status.Code.INTERNAL, "bidi full duplex stream failed"),
                Case.ok(suite, "bidi-stream/half-duplex/error-with-responses", Shape.HALF, 2, 2)
                        .failing(Status.Code.INTERNAL, "bidi half duplex stream failed"),
                Case.ok(suite, "bidi-stream/half-duplex/error-with-no-responses", Shape.HALF, 2, 0)
                        .failing(Status.Code.INTERNAL, "bidi half duplex stream failed"));
        return cases.stream().map(each -> each.with(headers, trailers)).toList();
    }

    private static List<Case> duplicateMetadata() {
        String suite = "duplicate_metadata";
        List<Case> cases = new ArrayList<>();
        Stream.of(
                        Case.ok(suite, "unary/success", Shape.UNARY, 1, 1),
                        Case.ok(suite, "unary/error", Shape.UNARY, 1, 0).failing(Status.Code.INTERNAL, "unary failed"),
                        Case.ok(suite, "client-stream/success", Shape.CLIENT, 2, 1),
                        Case.ok(suite, "client-stream/error", Shape.CLIENT, 2, 0)
                                .failing(Status.Code.INTERNAL, "client stream failed"),
                        Case.ok(suite, "server-stream/success", Shape.SERVER, 1, 2),
                        Case.ok(suite, "server-stream/no-response", Shape.SERVER, 1, 0),
                        Case.ok(suite, "bidi-stream/full-duplex/success", Shape.FULL, 2, 2),
                        Case.ok(suite, "bidi-stream/half-duplex/success", Shape.HALF, 2, 2))
                .map(each -> each.with(HEADERS, TRAILERS))
                .forEach(cases::add);
        cases.addAll(failures(suite, HEADERS, TRAILERS));
        return cases;
    }

    /** Calls that end long before their deadline. */
    static Stream<Case> deadlines() {
        String suite = "deadline_propagation";
        return Stream.of(
                        Case.ok(suite, "unary/success", Shape.UNARY, 1, 1),
                        Case.ok(suite, "client-stream/success", Shape.CLIENT, 2, 1),
                        Case.ok(suite, "server-stream/success", Shape.SERVER, 1, 2),
                        Case.ok(suite, "bidi-stream/full-duplex/success", Shape.FULL, 2, 2))
                .map(each -> each.with(List.of(), List.of()));
    }

    /** Calls that do not end before their deadline. */
    static Stream<Case> timeouts() {
        String suite = "timeouts";
        return Stream.of(
                Case.ok(suite, "unary", Shape.UNARY, 1, 0),
                Case.ok(suite, "client-stream", Shape.CLIENT, 2, 0),
                Case.ok(suite, "server-stream", Shape.SERVER, 1, 0),
                Case.ok(suite, "bidi-stream/full-duplex", Shape.FULL, 2, 0),
                Case.ok(suite, "bidi-stream/half-duplex", Shape.HALF, 2, 0));
    }
}

package dev.capstan.grpc.conformance;

import io.grpc.Status;
import java.util.List;

/**
 * A call that both sides of gRPC have to carry, with what it asks of the server.
 *
 * @param suite file of connectrpc/conformance that has it, without its ending
 * @param name its name there
 * @param shape of the method
 * @param requests number of requests that are sent
 * @param answers number of answers that the service is to give
 * @param headers values of {@code x-custom-header} that the service is to send, in their order
 * @param trailers values of {@code x-custom-trailer}
 * @param code how the call is to end
 * @param message of the status; empty for none
 */
record Case(
        String suite,
        String name,
        Shape shape,
        int requests,
        int answers,
        List<String> headers,
        List<String> trailers,
        Status.Code code,
        String message) {
    /** The shapes as the suite tells them apart: a full duplex answers each request before the next comes, a half duplex waits for the end. */
    enum Shape {
        UNARY("Unary"),
        CLIENT("ClientStream"),
        SERVER("ServerStream"),
        FULL("BidiStream"),
        HALF("BidiStream");

        final String method;

        Shape(String method) {
            this.method = method;
        }

        boolean hasOneAnswer() {
            return this == UNARY || this == CLIENT;
        }
    }

    static final String HEADER = "x-custom-header";
    static final String TRAILER = "x-custom-trailer";

    /** What each request says in its metadata, twice. */
    static final String ASKED = "x-conformance-test";

    static final List<String> ASKED_VALUES = List.of("Value1", "Value2");

    String id() {
        return suite + "/" + name;
    }

    /** A well-ended call with metadata of one value each. */
    static Case ok(String suite, String name, Shape shape, int requests, int answers) {
        return new Case(suite, name, shape, requests, answers, List.of("foo"), List.of("bing"), Status.Code.OK, "");
    }

    Case with(List<String> itsHeaders, List<String> itsTrailers) {
        return new Case(suite, name, shape, requests, answers, itsHeaders, itsTrailers, code, message);
    }

    Case failing(Status.Code as, String saying) {
        return new Case(suite, name, shape, requests, answers, headers, trailers, as, saying);
    }

    @Override
    public String toString() {
        return id();
    }
}

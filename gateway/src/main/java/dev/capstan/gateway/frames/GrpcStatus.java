package dev.capstan.gateway.frames;

import io.grpc.Status;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** How calls of gRPC end: pure functions over trailers. */
final class GrpcStatus {
    private GrpcStatus() {}

    static Frame.Draft of(Fields trailers, String id, String path, Decoding decoding) {
        String message = trailers.first("grpc-message");
        String rest = trailers.shown(decoding, "grpc-status", "grpc-message", "content-type");
        String both = readable(message) + (message.isEmpty() || rest.isEmpty() ? "" : "; ") + rest;
        return Frame.of("grpc", "status")
                .id(id)
                .method(decoding.plain(path))
                .result(code(trailers.first("grpc-status")))
                .text(decoding.plain(both));
    }

    private static String code(String number) {
        try {
            return Status.fromCodeValue(Integer.parseInt(number)).getCode().name();
        } catch (NumberFormatException e) {
            return "none";
        }
    }

    /** Messages are percent-encoded; whoever does it wrongly is told as it came. */
    private static String readable(String message) {
        try {
            return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return message;
        }
    }
}

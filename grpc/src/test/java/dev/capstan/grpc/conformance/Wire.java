package dev.capstan.grpc.conformance;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The ways on which a call can reach a server. */
enum Wire {
    /** gRPC over HTTP/2. */
    GRPC("application/grpc"),
    /** gRPC-Web over HTTP/1.1. */
    WEB("application/grpc-web"),
    /** gRPC-Web as text over HTTP/1.1. */
    WEB_TEXT("application/grpc-web-text"),
    /** gRPC-Web over HTTP/2. */
    WEB_ON_HTTP2("application/grpc-web");

    final String contentType;

    Wire(String contentType) {
        this.contentType = contentType;
    }

    /**
     * A request as it is sent; its body is all there is.
     *
     * @param fields besides {@code content-type} and what HTTP needs
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are sent, not compared
    record Request(String verb, String path, String contentType, List<Map.Entry<String, String>> fields, byte[] body) {}

    /** Sends {@code request} to the server at {@code port} of this machine and waits for the whole answer. */
    RawAnswer ask(int port, Request request) throws Exception {
        return switch (this) {
            case GRPC, WEB_ON_HTTP2 -> overHttp2(port, request);
            case WEB, WEB_TEXT -> overHttp1(port, request);
        };
    }

    private RawAnswer overHttp2(int port, Request request) throws IOException {
        try (Http2Peer peer = Http2Peer.connect(port)) {
            List<Map.Entry<String, String>> fields = new ArrayList<>(List.of(
                    Map.entry(":method", request.verb()),
                    Map.entry(":scheme", "http"),
                    Map.entry(":path", request.path()),
                    Map.entry(":authority", "127.0.0.1:" + port),
                    Map.entry("content-type", request.contentType())));
            if (this == GRPC) {
                fields.add(Map.entry("te", "trailers"));
            }
            fields.addAll(request.fields());
            peer.headers(1, request.body().length == 0, fields);
            if (request.body().length > 0) {
                peer.data(1, true, request.body());
            }
            return answer(peer);
        }
    }

    private RawAnswer answer(Http2Peer peer) throws IOException {
        Map<String, List<String>> head = null;
        Map<String, List<String>> trailers = Map.of();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Http2Peer.Frame frame;
        do {
            frame = peer.next();
            if (frame == null || frame.type() == Http2Peer.RST_STREAM || frame.type() == Http2Peer.GOAWAY) {
                throw new AssertionError("no whole answer, but " + frame);
            }
            if (frame.headers() == null) {
                body.writeBytes(frame.payload());
            } else if (head == null) {
                head = fields(frame.headers());
            } else {
                trailers = fields(frame.headers());
            }
        } while (!frame.ends());
        if (head == null) {
            throw new AssertionError("an answer without headers");
        }
        int status = Integer.parseInt(requireNonNull(head.get(":status")).getFirst());
        if (this == GRPC) {
            return RawAnswer.plain(status, head, status == 200 ? body.toByteArray() : new byte[0], trailers);
        }
        return RawAnswer.web(status, head, body.toByteArray());
    }

    private static Map<String, List<String>> fields(@Nullable Http2Headers headers) {
        Map<String, List<String>> fields = new TreeMap<>();
        if (headers != null) {
            headers.forEach(each -> fields.computeIfAbsent(each.getKey().toString(), name -> new ArrayList<>())
                    .add(each.getValue().toString()));
        }
        return fields;
    }

    private RawAnswer overHttp1(int port, Request request) throws Exception {
        byte[] body = this == WEB_TEXT ? Base64.getEncoder().encode(request.body()) : request.body();
        HttpRequest.Builder asked = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + request.path()))
                .header("content-type", request.contentType())
                .method(request.verb(), HttpRequest.BodyPublishers.ofByteArray(body));
        request.fields().forEach(each -> asked.header(each.getKey(), each.getValue()));
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<byte[]> answer = client.send(asked.build(), HttpResponse.BodyHandlers.ofByteArray());
            boolean text = this == WEB_TEXT && answer.statusCode() == 200;
            return RawAnswer.web(
                    answer.statusCode(),
                    new TreeMap<>(answer.headers().map()),
                    text ? RawAnswer.bytesOf(answer.body()) : answer.body());
        }
    }
}

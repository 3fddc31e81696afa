package dev.capstan.gateway.frames;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stream of HTTP/2: a call of gRPC if its head says so, a WebSocket, or a request. */
final class Http2Stream {
    private final Decoding decoding;
    private final Out out;
    private final int id;
    private final String verb;
    private final String path;
    private final boolean isGrpc;
    private final boolean isSocket;
    private final Messages batch;
    private final Map<Direction, Body> bodies = new EnumMap<>(Direction.class);
    private @Nullable SocketFrames socket;
    private boolean isAnswered;

    /** {@code head} is that of the request. */
    Http2Stream(Decoding decoding, Out out, int id, Fields head) {
        this.decoding = decoding;
        this.out = out;
        this.id = id;
        this.verb = head.first(":method");
        this.path = head.first(":path");
        this.isGrpc = head.first("content-type").startsWith("application/grpc")
                && !head.first("content-type").startsWith("application/grpc-web-text");
        this.isSocket = head.first(":protocol").equals("websocket");
        this.batch = new WebMessages(decoding, out);
    }

    int id() {
        return id;
    }

    void fields(Direction direction, Fields fields, boolean isEnd, long bytes) {
        out.put(
                direction,
                (isGrpc ? call(direction, fields, isEnd) : request(direction, fields))
                        .id(id)
                        .bytes(bytes));
    }

    private Frame.Draft call(Direction direction, Fields fields, boolean isEnd) {
        String method = decoding.plain(GrpcBody.name(path));
        if (direction == Direction.TO_SERVER) {
            return Frame.of("grpc", "call").method(method).text(fields.shown(decoding, "content-type", "te"));
        }
        if (isAnswered || (isEnd && !fields.first("grpc-status").isEmpty())) {
            return GrpcStatus.of(fields, Integer.toString(id), method, decoding);
        }
        isAnswered = true;
        return Frame.of("grpc", "headers")
                .method(method)
                .result(decoding.plain(fields.first(":status")))
                .text(fields.shown(decoding, "content-type"));
    }

    private Frame.Draft request(Direction direction, Fields fields) {
        if (direction == Direction.TO_SERVER) {
            String what = verb + " " + decoding.secrets().url(path);
            return Frame.of("http", verb.isEmpty() ? "trailers" : "request")
                    .method(decoding.plain(what.strip()))
                    .text(fields.shown(decoding));
        }
        String status = fields.first(":status");
        if (isSocket && status.equals("200") && socket == null) {
            socket = new SocketFrames(decoding, out, fields.first("sec-websocket-extensions"));
        }
        return Frame.of("http", status.isEmpty() ? "trailers" : "response")
                .result(decoding.plain(status))
                .text(fields.shown(decoding));
    }

    void data(Direction direction, byte[] array, int offset, int length) {
        Decoder spoken = socket;
        if (spoken != null) {
            spoken.take(direction, array, offset, length);
        } else {
            bodies.computeIfAbsent(direction, this::body).take(array, offset, length);
        }
    }

    private Body body(Direction direction) {
        return isGrpc
                ? new GrpcBody(direction, decoding, out, Integer.toString(id), path)
                : new LinesBody(direction, "http", Integer.toString(id), batch, decoding.limits(), out);
    }

    /** It was reset or forgotten, or its connection was cut. */
    void close() {
        if (socket != null) {
            socket.close();
        }
    }

    /** Those that are in use; for tests. */
    long inflaters() {
        return socket == null ? 0 : socket.inflaters();
    }

    private boolean clientIsDone;
    private boolean serverIsDone;

    /** Whether both directions have ended now. */
    boolean ended(Direction direction) {
        boolean isFirst = direction == Direction.TO_SERVER ? !clientIsDone : !serverIsDone;
        clientIsDone |= direction == Direction.TO_SERVER;
        serverIsDone |= direction == Direction.TO_CLIENT;
        Body body = bodies.remove(direction);
        if (body != null) {
            body.end();
        } else if (socket != null && isFirst) {
            socket.ended(direction);
        }
        return clientIsDone && serverIsDone;
    }
}

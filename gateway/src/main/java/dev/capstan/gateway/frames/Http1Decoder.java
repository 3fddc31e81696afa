package dev.capstan.gateway.frames;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1: requests and answers, with batches of Cap'n Web or messages of gRPC-Web in them, until a WebSocket or something unknown begins. */
final class Http1Decoder implements Decoder {
    private static final int MOST_CHUNK_DIGITS = 15;

    private final Decoding decoding;
    private final Out out;
    private final Map<Direction, Lane> lanes = new EnumMap<>(Direction.class);
    private final Queue<Exchange> open = new ArrayDeque<>();
    private long requests;
    /** What is spoken after the answer with status 101. */
    private @Nullable Decoder upgraded;

    private enum State {
        HEAD,
        FIXED,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        UNTIL_END,
        /** The client has asked for another protocol: its next bytes depend on the answer. */
        HELD,
        UPGRADED,
        LOST
    }

    private static final class Lane {
        private final Direction direction;
        private final Buffer in = new Buffer();
        private State state = State.HEAD;
        private long left;
        private @Nullable Body body;

        Lane(Direction direction) {
            this.direction = direction;
        }
    }

    /** A request that is not answered yet. */
    private record Exchange(String id, String verb, String path, Messages messages) {}

    Http1Decoder(Decoding decoding, Out out) {
        this.decoding = decoding;
        this.out = out;
        for (Direction each : Direction.values()) {
            lanes.put(each, new Lane(each));
        }
    }

    private Lane lane(Direction direction) {
        Lane lane = lanes.get(direction);
        if (lane == null) {
            throw new AssertionError("there is a lane for each direction");
        }
        return lane;
    }

    @Override
    public void take(Direction direction, byte[] array, int offset, int length) {
        Lane lane = lane(direction);
        lane.in.add(array, offset, length);
        run(lane);
    }

    private void run(Lane lane) {
        while (lane.in.size() > 0 && step(lane)) {
            // One part after the other.
        }
    }

    /** Whether something was taken. */
    private boolean step(Lane lane) {
        return switch (lane.state) {
            case HEAD -> head(lane);
            case FIXED -> data(lane, State.HEAD);
            case CHUNK -> data(lane, State.CHUNK_END);
            case CHUNK_SIZE -> chunkSize(lane);
            case CHUNK_END -> {
                int end = lane.in.indexOf('\n', 0);
                if (end < 0 || end > 1) {
                    if (lane.in.size() > 1) {
                        lost(lane, "a chunk is longer than it says");
                    }
                    yield false;
                }
                lane.in.drop(end + 1L);
                lane.state = State.CHUNK_SIZE;
                yield true;
            }
            case TRAILERS -> trailer(lane);
            case UNTIL_END -> {
                lane.left = lane.in.size();
                yield data(lane, State.UNTIL_END);
            }
            case HELD -> {
                if (lane.in.size() > decoding.limits().headBytes()) {
                    lost(lane, "much was sent before the other protocol was agreed on");
                }
                yield false;
            }
            case UPGRADED -> {
                byte[] bytes = lane.in.take(lane.in.size());
                Decoder decoder = upgraded;
                if (decoder != null) {
                    decoder.take(lane.direction, bytes, 0, bytes.length);
                }
                yield true;
            }
            case LOST -> {
                lane.in.clear();
                yield false;
            }
        };
    }

    private void lost(Lane lane, String why) {
        lane.state = State.LOST;
        lane.in.clear();
        out.put(lane.direction, Frame.of("http", "undecoded").broken("what follows is not decoded: " + why));
    }

    // ---- heads

    private boolean head(Lane lane) {
        int end = endOfHead(lane.in);
        if (end < 0) {
            if (lane.in.size() > decoding.limits().headBytes()) {
                lost(lane, "a head is longer than the " + decoding.limits().headBytes() + " bytes that are decoded");
            }
            return false;
        }
        String[] lines = new String(lane.in.take(end), StandardCharsets.ISO_8859_1).split("\r?\n", -1);
        Fields fields = new Fields();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                fields.add(
                        lines[i].substring(0, colon),
                        lines[i].substring(colon + 1).strip());
            }
        }
        String[] start = lines[0].split(" ", 3);
        if (lane.direction == Direction.TO_SERVER) {
            request(lane, start, fields, end);
        } else {
            response(lane, start, fields, end);
        }
        return true;
    }

    /** How long a head is, with the empty line at its end; -1 if it is not whole. */
    private static int endOfHead(Buffer in) {
        for (int i = in.indexOf('\n', 0); i >= 0; i = in.indexOf('\n', i + 1)) {
            if (i + 1 < in.size() && in.at(i + 1) == '\n') {
                return i + 2;
            }
            if (i + 2 < in.size() && in.at(i + 1) == '\r' && in.at(i + 2) == '\n') {
                return i + 3;
            }
        }
        return -1;
    }

    private void request(Lane lane, String[] start, Fields fields, int size) {
        if (start.length < 3 || !start[2].startsWith("HTTP/1.")) {
            lost(lane, "this is no request of HTTP/1.1");
            return;
        }
        if (open.size() >= decoding.limits().names()) {
            lost(lane, "more requests are not answered than are followed");
            return;
        }
        Exchange exchange =
                new Exchange(Long.toString(++requests), start[0], path(start[1]), new WebMessages(decoding, out));
        open.add(exchange);
        out.put(
                lane.direction,
                Frame.of("http", "request")
                        .id(exchange.id())
                        .method(decoding.plain(start[0]) + " "
                                + decoding.plain(decoding.secrets().url(start[1])))
                        .text(fields.shown(decoding))
                        .bytes(size));
        lane.body = body(lane, exchange, fields);
        boolean asks = fields.lists("connection", "upgrade") || start[0].equals("CONNECT");
        if (!framed(lane, fields)) {
            over(lane);
            lane.state = asks ? State.HELD : State.HEAD;
        }
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private void response(Lane lane, String[] start, Fields fields, int size) {
        if (start.length < 2 || !start[0].startsWith("HTTP/1.")) {
            lost(lane, "this is no answer of HTTP/1.1");
            return;
        }
        String status = start[1];
        boolean isInterim = status.startsWith("1") && !status.equals("101");
        Exchange exchange = isInterim ? open.peek() : open.poll();
        if (exchange == null) {
            exchange = new Exchange("", "", "", new WebMessages(decoding, out));
        }
        out.put(
                lane.direction,
                Frame.of("http", "response")
                        .id(exchange.id())
                        .result(decoding.plain(status))
                        .text(fields.shown(decoding))
                        .bytes(size));
        if (isInterim) {
            return;
        }
        boolean isTunnel = exchange.verb().equals("CONNECT") && status.startsWith("2");
        if (status.equals("101") || isTunnel) {
            upgrade(fields, isTunnel);
            return;
        }
        release(State.HEAD);
        boolean isEmpty = exchange.verb().equals("HEAD") || status.equals("204") || status.equals("304");
        if (isEmpty) {
            return;
        }
        lane.body = body(lane, exchange, fields);
        if (!framed(lane, fields)) {
            lane.state = State.UNTIL_END;
        }
    }

    private void upgrade(Fields fields, boolean isTunnel) {
        boolean isSocket = fields.first("upgrade").equalsIgnoreCase("websocket") && !isTunnel;
        upgraded = isSocket
                ? new SocketFrames(decoding, out, fields.first("sec-websocket-extensions"))
                : new Undecoded(out, "a protocol that is not known here");
        lane(Direction.TO_CLIENT).state = State.UPGRADED;
        release(State.UPGRADED);
    }

    /** The client's bytes that waited for an answer. */
    private void release(State then) {
        Lane client = lane(Direction.TO_SERVER);
        if (client.state == State.HELD) {
            client.state = then;
            run(client);
        }
    }

    // ---- bodies

    private Body body(Lane lane, Exchange exchange, Fields fields) {
        String type = fields.first("content-type");
        return type.startsWith("application/grpc-web") && !type.startsWith("application/grpc-web-text")
                ? new GrpcBody(lane.direction, decoding, out, exchange.id(), exchange.path())
                : new LinesBody(lane.direction, "http", exchange.id(), exchange.messages(), decoding.limits(), out);
    }

    /** Whether the head tells how long the body is. */
    private boolean framed(Lane lane, Fields fields) {
        if (fields.lists("transfer-encoding", "chunked")) {
            lane.state = State.CHUNK_SIZE;
            return true;
        }
        String length = fields.first("content-length");
        if (length.isEmpty()) {
            return false;
        }
        try {
            lane.left = Long.parseLong(length);
        } catch (NumberFormatException e) {
            lane.left = -1;
        }
        if (lane.left < 0) {
            lost(lane, "the length of a body is no number");
        } else if (lane.left == 0) {
            over(lane);
            lane.state = State.HEAD;
        } else {
            lane.state = State.FIXED;
        }
        return true;
    }

    private boolean data(Lane lane, State then) {
        int piece = (int) Math.min(lane.left, lane.in.size());
        byte[] bytes = lane.in.take(piece);
        lane.left -= piece;
        Body body = lane.body;
        if (body != null) {
            body.take(bytes, 0, piece);
        }
        if (lane.left == 0) {
            lane.state = then;
            if (then == State.HEAD) {
                over(lane);
            }
        }
        return true;
    }

    private static void over(Lane lane) {
        Body body = lane.body;
        lane.body = null;
        if (body != null) {
            body.end();
        }
    }

    private boolean chunkSize(Lane lane) {
        int end = lane.in.indexOf('\n', 0);
        if (end < 0) {
            if (lane.in.size() > decoding.limits().headBytes()) {
                lost(lane, "the size of a chunk has no end");
            }
            return false;
        }
        String digits = new String(lane.in.take(end + 1), StandardCharsets.ISO_8859_1).split("[;\r\n]", 2)[0].strip();
        try {
            if (digits.length() > MOST_CHUNK_DIGITS) {
                throw new NumberFormatException();
            }
            lane.left = Long.parseLong(digits, 16);
        } catch (NumberFormatException e) {
            lane.left = -1;
        }
        if (lane.left < 0) {
            lost(lane, "the size of a chunk is no number");
        } else {
            lane.state = lane.left == 0 ? State.TRAILERS : State.CHUNK;
        }
        return true;
    }

    private boolean trailer(Lane lane) {
        int end = lane.in.indexOf('\n', 0);
        if (end < 0) {
            if (lane.in.size() > decoding.limits().headBytes()) {
                lost(lane, "trailers have no end");
            }
            return false;
        }
        boolean isLast = end == 0 || (end == 1 && lane.in.at(0) == '\r');
        lane.in.drop(end + 1L);
        if (isLast) {
            over(lane);
            lane.state = State.HEAD;
        }
        return true;
    }

    @Override
    public void ended(Direction direction) {
        Lane lane = lane(direction);
        switch (lane.state) {
            case UNTIL_END -> over(lane);
            case UPGRADED -> {
                Decoder decoder = upgraded;
                if (decoder != null) {
                    decoder.ended(direction);
                }
            }
            case LOST -> {}
            case HEAD, HELD -> {
                if (lane.in.size() > 0) {
                    cut(lane);
                }
            }
            case FIXED, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILERS -> cut(lane);
        }
    }

    @Override
    public void close() {
        Decoder decoder = upgraded;
        if (decoder != null) {
            decoder.close();
        }
    }

    private void cut(Lane lane) {
        over(lane);
        out.put(
                lane.direction,
                Frame.of("http", "cut").bytes(lane.in.size()).broken("the connection ended inside a message"));
    }
}

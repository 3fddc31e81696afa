package dev.capstan.gateway.frames;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HTTP/2 (RFC 9113), cut into frames here and its fields decoded by Netty's HPACK: calls of gRPC, batches and WebSockets of Cap'n Web, other requests. */
final class Http2Decoder implements Decoder {
    private static final int PREFACE_BYTES = 24;
    private static final int HEAD = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;
    private static final int TABLE_SIZE = 1;
    /** What a peer may allow for the other's table of fields; more is not used by anybody. */
    private static final long MOST_TABLE_BYTES = 1 << 20;

    private static final int MOST_REASON_BYTES = 256;

    private final Decoding decoding;
    private final Out out;
    private final Map<Direction, Lane> lanes = new EnumMap<>(Direction.class);
    private final Map<Integer, Http2Stream> streams;

    private static final class Lane {
        private final Direction direction;
        private final Buffer in = new Buffer();
        private final DefaultHttp2HeadersDecoder fields;
        private long preface;
        /** Fields that come in several frames, and what they belong to. */
        private final Buffer block = new Buffer();

        private int blockStream;
        private int blockFlags;
        private boolean blockIsPush;
        private long blockBytes;
        private boolean lost;

        Lane(Direction direction, int headBytes) {
            this.direction = direction;
            this.fields = new DefaultHttp2HeadersDecoder(false, headBytes);
            this.preface = direction == Direction.TO_SERVER ? PREFACE_BYTES : 0;
        }
    }

    Http2Decoder(Decoding decoding, Out out) {
        this.decoding = decoding;
        this.out = out;
        for (Direction each : Direction.values()) {
            lanes.put(each, new Lane(each, decoding.limits().headBytes()));
        }
        streams = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Http2Stream> eldest) {
                boolean isTooMany = size() > decoding.limits().streams();
                if (isTooMany) {
                    eldest.getValue().close();
                }
                return isTooMany;
            }
        };
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
        if (lane.lost) {
            return;
        }
        int skipped = (int) Math.min(lane.preface, length);
        lane.preface -= skipped;
        lane.in.add(array, offset + skipped, length - skipped);
        while (!lane.lost && frame(lane)) {
            // One frame after the other.
        }
    }

    private void lost(Lane lane, String why) {
        lane.lost = true;
        lane.in.clear();
        lane.block.clear();
        out.put(lane.direction, Frame.of("http2", "undecoded").broken("what follows is not decoded: " + why));
    }

    private boolean frame(Lane lane) {
        Buffer in = lane.in;
        if (in.size() < HEAD) {
            return false;
        }
        int length = (int) in.number(0, 3);
        if (length > decoding.limits().messageBytes()) {
            lost(lane, "a frame of " + length + " bytes is longer than what is decoded");
            return false;
        }
        if (in.size() < HEAD + length) {
            return false;
        }
        int type = in.at(3);
        int flags = in.at(4);
        int stream = (int) in.number(5, 4) & Integer.MAX_VALUE;
        in.drop(HEAD);
        byte[] payload = in.take(length);
        frame(lane, type, flags, stream, payload);
        return true;
    }

    private void frame(Lane lane, int type, int flags, int stream, byte[] payload) {
        switch (type) {
            case 0 -> data(lane, flags, stream, payload);
            case 1 -> {
                int skipped = (flags & PRIORITY) != 0 ? 5 : 0;
                begin(lane, flags, stream, payload, skipped, false);
            }
            case 5 -> begin(lane, flags & ~END_STREAM, stream, payload, 4, true);
            case 9 -> {
                if (lane.blockStream != stream || stream == 0) {
                    lost(lane, "fields go on that did not begin");
                } else {
                    lane.blockBytes += HEAD + payload.length;
                    gather(lane, flags, payload, 0, payload.length);
                }
            }
            case 3 -> {
                Http2Stream reset = streams.remove(stream);
                if (reset != null) {
                    reset.close();
                }
                control(lane, "reset", payload, frame -> frame.id(stream).result(error(payload, 0)), false);
            }
            case 4 -> settings(lane, flags, payload);
            case 7 ->
                control(
                        lane,
                        "goaway",
                        payload,
                        frame -> frame.result(error(payload, 4)).text(reason(payload)),
                        false);
            case 2 -> control(lane, "priority", payload, frame -> frame.id(stream), true);
            case 6 -> control(lane, (flags & 1) != 0 ? "ping answer" : "ping", payload, frame -> frame, true);
            case 8 -> control(lane, "window", payload, frame -> frame.id(stream).text("+" + number(payload, 0)), true);
            default -> control(lane, "frame of type " + type, payload, frame -> frame.id(stream), true);
        }
    }

    private interface Telling {
        Frame.Draft tell(Frame.Draft frame);
    }

    private void control(Lane lane, String kind, byte[] payload, Telling telling, boolean isControl) {
        Frame.Draft frame = telling.tell(Frame.of("http2", kind)).bytes(HEAD + payload.length);
        out.put(lane.direction, isControl ? frame.control() : frame);
    }

    private static long number(byte[] payload, int at) {
        if (payload.length < at + 4) {
            return 0;
        }
        return (payload[at] & 0xffL) << 24
                | (payload[at + 1] & 0xffL) << 16
                | (payload[at + 2] & 0xffL) << 8
                | (payload[at + 3] & 0xffL);
    }

    private static String error(byte[] payload, int at) {
        long code = number(payload, at);
        Http2Error known = Http2Error.valueOf(code);
        return known == null ? Long.toString(code) : known.name();
    }

    private static String reason(byte[] payload) {
        return payload.length <= 8
                ? ""
                : Text.plain(new String(
                        payload, 8, Math.min(payload.length - 8, MOST_REASON_BYTES), StandardCharsets.UTF_8));
    }

    private void settings(Lane lane, int flags, byte[] payload) {
        StringBuilder text = new StringBuilder();
        for (int at = 0;
                at + 6 <= payload.length && text.length() < decoding.limits().texts();
                at += 6) {
            int name = (payload[at] & 0xff) << 8 | (payload[at + 1] & 0xff);
            long value = number(payload, at + 2);
            text.append(at == 0 ? "" : ", ").append(name).append('=').append(value);
            if (name == TABLE_SIZE) {
                allowTable(lane(lane.direction.opposite()), value);
            }
        }
        control(
                lane,
                (flags & 1) != 0 ? "settings answer" : "settings",
                payload,
                frame -> frame.text(text.toString()),
                true);
    }

    /** Only what it allows more matters here: whoever is allowed less says itself when it begins to obey. */
    private void allowTable(Lane sender, long bytes) {
        try {
            if (bytes > sender.fields.configuration().maxHeaderTableSize()) {
                sender.fields.configuration().maxHeaderTableSize(Math.min(bytes, MOST_TABLE_BYTES));
            }
        } catch (Http2Exception e) {
            throw new IllegalStateException("a table within the limits was refused", e);
        }
    }

    // ---- fields

    private void begin(Lane lane, int flags, int stream, byte[] payload, int skipped, boolean isPush) {
        int padding = (flags & PADDED) != 0 && payload.length > 0 ? 1 + (payload[0] & 0xff) : 0;
        int from = (padding > 0 ? 1 : 0) + skipped;
        int size = payload.length - skipped - padding;
        if (size < 0 || stream == 0 || lane.blockStream != 0) {
            lost(lane, "this is no frame of fields");
            return;
        }
        lane.blockStream = stream;
        lane.blockFlags = flags;
        lane.blockIsPush = isPush;
        lane.blockBytes = HEAD + (long) payload.length;
        gather(lane, flags, payload, from, size);
    }

    private void gather(Lane lane, int flags, byte[] payload, int from, int size) {
        if (lane.block.size() + size > decoding.limits().headBytes()) {
            lost(lane, "fields are longer than the " + decoding.limits().headBytes() + " bytes that are decoded");
            return;
        }
        lane.block.add(payload, from, size);
        if ((flags & END_HEADERS) == 0) {
            return;
        }
        int id = lane.blockStream;
        lane.blockStream = 0;
        ByteBuf block = Unpooled.wrappedBuffer(lane.block.take(lane.block.size()));
        Http2Headers decoded;
        try {
            decoded = lane.fields.decodeHeaders(id, block);
        } catch (Http2Exception e) {
            lost(lane, decoding.plain(String.valueOf(e.getMessage())));
            return;
        }
        if (lane.blockIsPush) {
            out.put(lane.direction, Frame.of("http2", "push promise").id(id).bytes(lane.blockBytes));
            return;
        }
        Fields fields = new Fields();
        for (Map.Entry<CharSequence, CharSequence> each : decoded) {
            fields.add(each.getKey().toString(), each.getValue().toString());
        }
        boolean isEnd = (lane.blockFlags & END_STREAM) != 0;
        Http2Stream stream = stream(lane, id, fields);
        stream.fields(lane.direction, fields, isEnd, lane.blockBytes);
        end(lane, stream, isEnd);
    }

    private Http2Stream stream(Lane lane, int id, Fields fields) {
        Http2Stream known = streams.get(id);
        if (known == null) {
            known = new Http2Stream(decoding, out, id, lane.direction == Direction.TO_SERVER ? fields : new Fields());
            streams.put(id, known);
        }
        return known;
    }

    private void end(Lane lane, Http2Stream stream, boolean isEnd) {
        if (isEnd && stream.ended(lane.direction)) {
            streams.remove(stream.id());
            stream.close();
        }
    }

    private void data(Lane lane, int flags, int id, byte[] payload) {
        boolean isPadded = (flags & PADDED) != 0 && payload.length > 0;
        int from = isPadded ? 1 : 0;
        int size = payload.length - (isPadded ? 1 + (payload[0] & 0xff) : 0);
        Http2Stream stream = streams.get(id);
        if (size < 0 || stream == null) {
            Frame.Draft frame = Frame.of("http2", "data").id(id).bytes(HEAD + payload.length);
            // After a reset, what was under way still comes.
            out.put(
                    lane.direction,
                    size < 0
                            ? frame.broken("more padding than there is")
                            : frame.control().text("of a stream that is not followed any more"));
            return;
        }
        stream.data(lane.direction, payload, from, size);
        end(lane, stream, (flags & END_STREAM) != 0);
    }

    @Override
    public void ended(Direction direction) {
        Lane lane = lane(direction);
        if (!lane.lost && lane.in.size() > 0) {
            out.put(
                    direction,
                    Frame.of("http2", "cut").bytes(lane.in.size()).broken("the connection ended inside a frame"));
        }
        streams.values().forEach(stream -> stream.ended(direction));
    }

    @Override
    public void close() {
        streams.values().forEach(Http2Stream::close);
    }

    /** The stream of that number, if it is followed; for tests. */
    @Nullable
    Http2Stream stream(int id) {
        return streams.get(id);
    }
}

package dev.capstan.gateway.frames;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** A WebSocket: text messages are Cap'n Web's, binary ones Cap'n Proto's. Messages may be compressed (RFC 7692). */
final class SocketFrames implements Decoder {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int MOST_CONTROL_BYTES = 125;

    private final Decoding decoding;
    private final Out out;
    private final Messages texts;
    private final Messages binaries;
    private final Map<Direction, Lane> lanes = new EnumMap<>(Direction.class);

    private static final class Lane {
        private final Direction direction;
        private final Buffer in = new Buffer();
        private @Nullable Inflater inflater;
        private final boolean forgets;
        /** The message whose fragments come. */
        private final Buffer message = new Buffer();

        private int opcode;
        private boolean compressed;
        private boolean tooLong;
        private boolean lost;
        private long bytes;

        Lane(Direction direction, boolean compresses, boolean forgets) {
            this.direction = direction;
            this.inflater = compresses ? new Inflater(true) : null;
            this.forgets = forgets;
        }

        /** Nothing more is decoded. */
        void close() {
            lost = true;
            in.clear();
            message.clear();
            if (inflater != null) {
                inflater.end();
                inflater = null;
            }
        }
    }

    /** {@code extensions} is what the server agreed to. */
    SocketFrames(Decoding decoding, Out out, String extensions) {
        this.decoding = decoding;
        this.out = out;
        this.texts = new WebMessages(decoding, out);
        this.binaries = new CapnpMessages(decoding, out);
        String agreed = extensions.toLowerCase(Locale.ROOT);
        boolean compresses = agreed.contains("permessage-deflate");
        lanes.put(
                Direction.TO_SERVER,
                new Lane(Direction.TO_SERVER, compresses, agreed.contains("client_no_context_takeover")));
        lanes.put(
                Direction.TO_CLIENT,
                new Lane(Direction.TO_CLIENT, compresses, agreed.contains("server_no_context_takeover")));
    }

    @Override
    public void take(Direction direction, byte[] array, int offset, int length) {
        Lane lane = lanes.get(direction);
        if (lane == null || lane.lost) {
            return;
        }
        lane.in.add(array, offset, length);
        while (!lane.lost && frame(lane)) {
            // One frame after the other.
        }
    }

    private boolean frame(Lane lane) {
        Buffer in = lane.in;
        if (in.size() < 2) {
            return false;
        }
        int lengthBytes = switch (in.at(1) & 0x7f) {
            case 126 -> 2;
            case 127 -> 8;
            default -> 0;
        };
        boolean isMasked = (in.at(1) & 0x80) != 0;
        int head = 2 + lengthBytes + (isMasked ? 4 : 0);
        if (in.size() < head) {
            return false;
        }
        long length = lengthBytes == 0 ? in.at(1) & 0x7f : in.number(2, lengthBytes);
        int opcode = in.at(0) & 0x0f;
        if (length < 0
                || (opcode >= CLOSE && length > MOST_CONTROL_BYTES)
                || !List.of(CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG).contains(opcode)) {
            lost(lane, "this is no frame of a WebSocket");
            return false;
        }
        boolean isLast = (in.at(0) & 0x80) != 0;
        boolean isCompressed = (in.at(0) & 0x40) != 0;
        if (length > decoding.limits().messageBytes()) {
            in.drop(head + length);
            part(lane, opcode, isCompressed, isLast, null, length);
            return true;
        }
        if (in.size() < head + length) {
            return false;
        }
        byte[] payload = in.copy(head, (int) length);
        for (int i = 0; isMasked && i < payload.length; i++) {
            payload[i] ^= (byte) in.at(head - 4 + i % 4);
        }
        in.drop(head + length);
        if (opcode >= CLOSE) {
            control(lane, opcode, payload);
        } else {
            part(lane, opcode, isCompressed, isLast, payload, length);
        }
        return true;
    }

    private void lost(Lane lane, String why) {
        lane.close();
        out.put(lane.direction, Frame.of("websocket", "undecoded").broken("what follows is not decoded: " + why));
    }

    private void control(Lane lane, int opcode, byte[] payload) {
        Frame.Draft frame = Frame.of("websocket", opcode == CLOSE ? "close" : opcode == PING ? "ping" : "pong")
                .bytes(payload.length);
        if (opcode != CLOSE) {
            frame.control();
        } else if (payload.length >= 2) {
            frame.result(Integer.toString((payload[0] & 0xff) << 8 | (payload[1] & 0xff)))
                    .text(Text.plain(new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8)));
        }
        out.put(lane.direction, frame);
    }

    /** A frame of a message; a payload that is null is longer than what is decoded. */
    private void part(
            Lane lane, int opcode, boolean isCompressed, boolean isLast, byte @Nullable [] payload, long length) {
        if (opcode != CONTINUATION) {
            lane.message.clear();
            lane.opcode = opcode;
            lane.compressed = isCompressed;
            lane.tooLong = false;
            lane.bytes = 0;
        }
        lane.bytes += length;
        if (payload == null || lane.message.size() + length > decoding.limits().messageBytes()) {
            lane.tooLong = true;
            lane.message.clear();
        } else if (!lane.tooLong) {
            lane.message.add(payload, 0, payload.length);
        }
        if (isLast) {
            whole(lane);
        }
    }

    private void whole(Lane lane) {
        if (lane.tooLong) {
            tooLong(lane);
            if (lane.compressed && !lane.forgets) {
                lost(lane, "what was compressed before is not known");
            }
            return;
        }
        byte[] message = lane.message.take(lane.message.size());
        if (lane.compressed) {
            byte[] inflated = inflate(lane, message);
            if (inflated == null) {
                return;
            }
            message = inflated;
        }
        (lane.opcode == BINARY ? binaries : texts).message(lane.direction, message, 0, message.length);
    }

    private void tooLong(Lane lane) {
        out.put(
                lane.direction,
                Frame.of("websocket", "message")
                        .bytes(lane.bytes)
                        .text("longer than the " + decoding.limits().messageBytes() + " bytes that are decoded"));
    }

    private byte @Nullable [] inflate(Lane lane, byte[] message) {
        Inflater inflater = lane.inflater;
        if (inflater == null) {
            lost(lane, "a message is compressed, which was not agreed on");
            return null;
        }
        Buffer whole = new Buffer();
        byte[] piece = new byte[1 << 13];
        // What the sender has left out at the end (RFC 7692 section 7.2.1).
        byte[] tail = {0, 0, (byte) 0xff, (byte) 0xff};
        try {
            for (byte[] input : List.of(message, tail)) {
                inflater.setInput(input);
                int size;
                while ((size = inflater.inflate(piece)) > 0) {
                    whole.add(piece, 0, size);
                    if (whole.size() > decoding.limits().messageBytes()) {
                        tooLong(lane);
                        lost(lane, "a compressed message is too long");
                        return null;
                    }
                }
            }
        } catch (DataFormatException e) {
            lost(lane, "a message that should be compressed is not");
            return null;
        }
        if (lane.forgets || inflater.finished()) {
            inflater.reset();
        }
        return whole.take(whole.size());
    }

    @Override
    public void ended(Direction direction) {
        Lane lane = lanes.get(direction);
        if (lane == null) {
            return;
        }
        if (!lane.lost && lane.in.size() > 0) {
            out.put(
                    direction,
                    Frame.of("websocket", "cut").bytes(lane.in.size()).broken("the connection ended inside a frame"));
        }
        lane.close();
    }

    @Override
    public void close() {
        lanes.values().forEach(Lane::close);
    }

    /** Those that are in use; for tests. */
    long inflaters() {
        return lanes.values().stream().filter(lane -> lane.inflater != null).count();
    }
}

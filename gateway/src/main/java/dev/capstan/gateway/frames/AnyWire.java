package dev.capstan.gateway.frames;

import dev.capstan.gateway.port.CapnpStart;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows a wire by the first bytes of its client, and hands everything to the decoder of that wire. What a server says before is held until then. */
final class AnyWire implements Decoder {
    private static final String HTTP2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int TLS_HANDSHAKE = 0x16;

    private final Decoding decoding;
    private final Out out;
    private final Map<Direction, Buffer> held = new EnumMap<>(Direction.class);
    private @Nullable Decoder wire;

    AnyWire(Decoding decoding, Out out) {
        this.decoding = decoding;
        this.out = out;
        for (Direction each : Direction.values()) {
            held.put(each, new Buffer());
        }
    }

    @Override
    public void take(Direction direction, byte[] array, int offset, int length) {
        if (wire != null) {
            wire.take(direction, array, offset, length);
            return;
        }
        Buffer buffer = held(direction);
        buffer.add(array, offset, length);
        Decoder found = known(held(Direction.TO_SERVER));
        if (found == null && buffer.size() > decoding.limits().headBytes()) {
            found = new Undecoded(out, "no wire that is known here begins like this");
        }
        if (found != null) {
            open(found);
        }
    }

    private Buffer held(Direction direction) {
        Buffer buffer = held.get(direction);
        return buffer == null ? new Buffer() : buffer;
    }

    private void open(Decoder found) {
        wire = found;
        for (Direction each : Direction.values()) {
            Buffer buffer = held(each);
            byte[] bytes = buffer.take(buffer.size());
            if (bytes.length > 0) {
                found.take(each, bytes, 0, bytes.length);
            }
        }
    }

    /** Null while the first bytes do not tell. */
    private @Nullable Decoder known(Buffer first) {
        int size = first.size();
        if (size == 0) {
            return null;
        }
        if (isLetter(first.at(0))) {
            int same = 0;
            while (same < Math.min(size, HTTP2.length()) && first.at(same) == HTTP2.charAt(same)) {
                same++;
            }
            if (same == HTTP2.length()) {
                return new Http2Decoder(decoding, out);
            }
            return same == size ? null : new Http1Decoder(decoding, out);
        }
        if (first.at(0) == TLS_HANDSHAKE && size >= 2 && first.at(1) == 3) {
            return new Undecoded(out, "TLS, which only its two ends can read");
        }
        if (size < CapnpStart.BYTES) {
            return null;
        }
        return CapnpStart.is(first::at)
                ? new CapnpFrames(new CapnpMessages(decoding, out), decoding.limits(), out)
                : new Undecoded(out, "no wire that is known here begins like this");
    }

    private static boolean isLetter(int c) {
        return c >= 'A' && c <= 'Z';
    }

    @Override
    public void ended(Direction direction) {
        if (wire == null && held.values().stream().anyMatch(buffer -> buffer.size() > 0)) {
            open(new Undecoded(out, "too little came to tell what is spoken"));
        }
        if (wire != null) {
            wire.ended(direction);
        }
    }

    @Override
    public void close() {
        if (wire != null) {
            wire.close();
        }
    }
}

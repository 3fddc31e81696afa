package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.net.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one WebSocket (RFC 6455), no state of its life: fragments are joined, text is checked, pings are answered. Messages are of one kind, text or binary.
 *
 * <p>At most one pong is queued and one more remembered, the latest, as section 5.5.3 allows: pings from a peer that does not read cost nothing.
 */
final class Frames implements FrameReader.Sink {
    /** Told what the peer says. After {@link #closed} and {@link #violated} nothing comes. */
    interface Owner {
        /** A whole message, in UTF-8 if it is text; the array is given away. */
        void message(byte[] content);

        /** The peer closes; code 1005 if it gave none. */
        void closed(int code, String reason);

        /** What came is no message; {@code code} is what the protocol has for it. */
        void violated(int code, String text);
    }

    /** A close frame holds 125 bytes, two of them for the code. */
    private static final int MAX_REASON_BYTES = 123;

    static final int NO_CODE = 1005;

    private final Loop loop;
    private final ByteStream bytes;
    private final Owner owner;
    private final int messageBytes;
    private final Body fragments;
    private final FrameReader reader;
    private final FrameWriter writer;
    private boolean binary;
    private boolean over;
    private boolean pongQueued;
    private byte @Nullable [] nextPong;

    /** {@code masks} is given on the client's side, whose frames are masked. */
    Frames(Loop loop, ByteStream bytes, Limits.Http limits, @Nullable RandomGenerator masks, Owner owner) {
        this.loop = loop;
        this.bytes = bytes;
        this.owner = owner;
        this.messageBytes = limits.messageBytes();
        this.fragments = new Body(messageBytes);
        this.reader = new FrameReader(masks == null, messageBytes, this);
        this.writer = new FrameWriter(bytes, masks);
    }

    /** From now on messages are binary. */
    void binary() {
        binary = true;
    }

    // ---- input

    void received(byte[] array, int offset, int length) {
        reader.received(array, offset, length);
    }

    @Override
    public void frame(int opcode, boolean last, byte[] payload) {
        switch (opcode) {
            case FrameReader.TEXT -> {
                if (binary) {
                    malformed(1003, "a text message came, where only binary ones are understood");
                } else {
                    begin(payload, last);
                }
            }
            case FrameReader.BINARY -> {
                if (binary) {
                    begin(payload, last);
                } else {
                    malformed(1003, "a binary message came, where only text is understood");
                }
            }
            case FrameReader.CONTINUATION -> gather(payload, last);
            case FrameReader.PING -> pong(payload);
            case FrameReader.PONG -> {
                // That it came is all it says.
            }
            case FrameReader.CLOSE -> closed(payload);
            default -> throw new AssertionError("the reader made a frame of no known kind: " + opcode);
        }
    }

    private void begin(byte[] payload, boolean last) {
        if (last) {
            deliver(payload);
        } else {
            gather(payload, false);
        }
    }

    private void gather(byte[] fragment, boolean last) {
        if (!fragments.add(fragment, 0, fragment.length)) {
            tooLong();
        } else if (last) {
            deliver(fragments.take());
        }
    }

    private void tooLong() {
        malformed(1009, "a message is longer than " + messageBytes + " bytes");
    }

    private void deliver(byte[] content) {
        int wrong = binary ? -1 : Utf8.invalidAt(content, 0, content.length);
        if (wrong < 0) {
            owner.message(content);
        } else {
            malformed(1007, "a text message is not UTF-8 at byte " + wrong);
        }
    }

    private void closed(byte[] content) {
        int code = content.length < 2 ? NO_CODE : ((content[0] & 0xff) << Byte.SIZE) | (content[1] & 0xff);
        if (content.length == 1 || (content.length > 0 && !exists(code))) {
            malformed(1002, "a close came with code " + code + ", which does not exist");
        } else if (content.length > 2 && Utf8.invalidAt(content, 2, content.length - 2) >= 0) {
            malformed(1007, "the reason of a close is not UTF-8");
        } else {
            over = true;
            reader.stop();
            String reason =
                    content.length < 2 ? "" : new String(content, 2, content.length - 2, StandardCharsets.UTF_8);
            owner.closed(code, reason);
        }
    }

    /** Whether a close frame may have this code. */
    private static boolean exists(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }

    @Override
    public void malformed(int code, String text) {
        if (!over) {
            over = true;
            reader.stop();
            owner.violated(code, text);
        }
    }

    // ---- output

    void message(ByteBuffer... pieces) {
        writer.write(binary ? FrameReader.BINARY : FrameReader.TEXT, pieces);
    }

    void ping() {
        writer.write(FrameReader.PING);
    }

    /** The reason is cut between two code points where a frame has no room for more. */
    void close(int code, String reason) {
        if (code == NO_CODE) {
            writer.write(FrameReader.CLOSE);
        } else {
            byte[] fits = Utf8.cut(reason, MAX_REASON_BYTES);
            ByteBuffer content = ByteBuffer.allocate(Short.BYTES + fits.length);
            writer.write(
                    FrameReader.CLOSE, content.putShort((short) code).put(fits).flip());
        }
    }

    private void pong(byte[] content) {
        if (pongQueued) {
            nextPong = content;
            return;
        }
        pongQueued = true;
        writer.write(FrameReader.PONG, ByteBuffer.wrap(content));
        bytes.drained().listen(loop, (done, failure) -> {
            pongQueued = false;
            byte[] next = nextPong;
            nextPong = null;
            if (next != null && failure == null && !over) {
                pong(next);
            }
        });
    }

    /** Bytes that have left, counted from anywhere: it grows when the peer takes something. */
    long leftBytes() {
        return writer.writtenBytes() - bytes.queuedBytes();
    }

    long heldBytes() {
        return reader.heldBytes();
    }

    /** Forgets what is held. */
    void release() {
        over = true;
        reader.stop();
    }
}

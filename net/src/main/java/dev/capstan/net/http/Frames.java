package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.net.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one WebSocket (RFC 6455), no state of its life: fragments are joined, text is checked, pings are answered.
 *
 * <p>At most one pong is queued and one more remembered, the latest, as section 5.5.3 allows: pings from a peer that does not read cost nothing.
 */
final class Frames implements Codec.Owner {
    /** Told what the peer says. After {@link #closed} and {@link #violated} nothing comes. */
    interface Owner {
        /** A whole text message in UTF-8; the array is given away. */
        void message(byte[] text);

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
    private final Codec codec;
    private boolean inText;
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
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(masks == null)
                .allowMaskMismatch(false)
                .allowExtensions(false)
                .maxFramePayloadLength(messageBytes)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
        this.codec = new Codec(
                bytes,
                this,
                List.of(
                        new WebSocket13FrameDecoder(config),
                        new WebSocket13FrameEncoder(masks == null ? null : masks::nextInt)));
    }

    // ---- input

    void received(byte[] array, int offset, int length) {
        if (!over) {
            codec.decode(array, offset, length);
        }
    }

    @Override
    public void decoded(Object message) {
        WebSocketFrame frame = (WebSocketFrame) message;
        try {
            if (!over) {
                take(frame);
            }
        } finally {
            frame.release();
        }
    }

    private void take(WebSocketFrame frame) {
        switch (frame) {
            case TextWebSocketFrame text -> {
                if (text.isFinalFragment()) {
                    deliver(bytesOf(text.content()));
                } else {
                    inText = true;
                    gather(text);
                }
            }
            case ContinuationWebSocketFrame more -> gather(more);
            case BinaryWebSocketFrame binary -> violated(1003, "a binary message came, where only text is understood");
            case PingWebSocketFrame ping -> pong(bytesOf(ping.content()));
            case PongWebSocketFrame pong -> {
                // That it came is all it says.
            }
            case CloseWebSocketFrame close -> closed(close);
            default -> throw new AssertionError("the decoder made a frame of no known kind: " + frame);
        }
    }

    private void gather(WebSocketFrame fragment) {
        if (!inText || !fragments.add(fragment.content())) {
            tooLong();
        } else if (fragment.isFinalFragment()) {
            inText = false;
            deliver(fragments.take());
        }
    }

    private void tooLong() {
        violated(1009, "a message is longer than " + messageBytes + " bytes");
    }

    private void deliver(byte[] text) {
        int wrong = Utf8.invalidAt(text, 0, text.length);
        if (wrong < 0) {
            owner.message(text);
        } else {
            violated(1007, "a text message is not UTF-8 at byte " + wrong);
        }
    }

    private void closed(CloseWebSocketFrame close) {
        int code = close.content().isReadable()
                ? close.content().getUnsignedShort(close.content().readerIndex())
                : NO_CODE;
        if (code > 4999) {
            violated(1002, "a close came with code " + code + ", which does not exist");
        } else {
            over = true;
            owner.closed(code, close.reasonText());
        }
    }

    @Override
    public void malformed(Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException corrupt) {
            if (corrupt.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
                tooLong();
            } else {
                violated(corrupt.closeStatus().code(), "a malformed frame came: " + corrupt.getMessage());
            }
        } else {
            violated(1011, "a frame could not be read: " + cause.getClass().getSimpleName());
        }
    }

    private void violated(int code, String text) {
        if (!over) {
            over = true;
            owner.violated(code, text);
        }
    }

    /** The content as an array of its own: the buffer's, where it is exactly that, which it is for whole messages. */
    private static byte[] bytesOf(ByteBuf content) {
        if (content.hasArray()
                && content.arrayOffset() == 0
                && content.readerIndex() == 0
                && content.array().length == content.readableBytes()) {
            return content.array();
        }
        byte[] copy = new byte[content.readableBytes()];
        content.readBytes(copy);
        return copy;
    }

    // ---- output

    void message(ByteBuffer... pieces) {
        codec.encode(new TextWebSocketFrame(Unpooled.wrappedBuffer(pieces)));
    }

    void ping() {
        codec.encode(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
    }

    /** The reason is cut between two code points where a frame has no room for more. */
    void close(int code, String reason) {
        if (code == NO_CODE) {
            codec.encode(new CloseWebSocketFrame());
        } else {
            String fits = new String(Utf8.cut(reason, MAX_REASON_BYTES), StandardCharsets.UTF_8);
            codec.encode(new CloseWebSocketFrame(true, 0, code, fits));
        }
    }

    private void pong(byte[] content) {
        if (pongQueued) {
            nextPong = content;
            return;
        }
        pongQueued = true;
        codec.encode(new PongWebSocketFrame(Unpooled.wrappedBuffer(content)));
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
        return codec.encodedBytes() - bytes.queuedBytes();
    }

    long heldBytes() {
        return codec.heldBytes();
    }

    /** Gives back what is held. Not from within a delivery. */
    void release() {
        over = true;
        codec.close();
    }
}

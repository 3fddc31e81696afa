package dev.capstan.gateway.frames;

import dev.capstan.async.CanceledException;
import java.nio.ByteBuffer;

/** What a tapped stream tells of itself; each direction ends once. */
final class Watch {
    private final Tap tap;
    private final FrameDecoder decoder;
    private final Direction outgoing;
    private boolean outIsOver;
    private boolean inIsOver;

    Watch(Tap tap, FrameDecoder decoder, Direction outgoing) {
        this.tap = tap;
        this.decoder = decoder;
        this.outgoing = outgoing;
    }

    void received(byte[] array, int offset, int length) {
        decoder.received(tap.micros(), outgoing.opposite(), array, offset, length);
    }

    void sent(byte[] array, int offset, int length) {
        if (!outIsOver) {
            decoder.received(tap.micros(), outgoing, array, offset, length);
        }
    }

    void sent(ByteBuffer... pieces) {
        if (pieces.length == 1 && pieces[0].hasArray()) {
            sent(pieces[0].array(), pieces[0].arrayOffset() + pieces[0].position(), pieces[0].remaining());
            return;
        }
        int size = 0;
        for (ByteBuffer piece : pieces) {
            size += piece.remaining();
        }
        ByteBuffer whole = ByteBuffer.allocate(size);
        for (ByteBuffer piece : pieces) {
            whole.put(piece.duplicate());
        }
        sent(whole.array(), 0, size);
    }

    void inputOver(String reason) {
        if (!inIsOver) {
            inIsOver = true;
            decoder.ended(tap.micros(), outgoing.opposite(), reason);
        }
    }

    void outputOver(String reason) {
        if (!outIsOver) {
            outIsOver = true;
            decoder.ended(tap.micros(), outgoing, reason);
        }
    }

    /** The stream broke; whoever has it may never say that what it sends is over. */
    void broke(String reason) {
        inputOver(reason);
        decoder.close();
    }

    /** What a stream that breaks is told to have broken of. */
    static String reason(Throwable cause) {
        return cause instanceof CanceledException ? "closed" : String.valueOf(cause.getMessage());
    }
}

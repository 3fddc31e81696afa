package dev.capstan.net.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Capsules (RFC 9297 section 3.2): what the stream of the CONNECT request carries. One is understood, the close of the session; every other is
 * skipped without being gathered, as the RFC asks. Browsers send some to see that it is done.
 */
final class Capsules {
    /** Told what is understood. */
    interface Owner {
        /** The peer closes the session. */
        void closed(int code, String reason);

        /** What came is no capsule. */
        void malformed(String text);
    }

    private static final long CLOSE = 0x2843;
    private static final int CODE_BYTES = 4;
    private static final int REASON_BYTES = 1024;
    /** Of the form 0x29 * n + 0x17, which is reserved for capsules that mean nothing. */
    private static final long NOTHING = 0x29 * 0x17 + 0x17;
    /** Type and length, and the longest close. */
    private static final int HEAD_BYTES = 16;

    private final Owner owner;
    /** What is not complete: a head, or a close. */
    private final ByteBuf partial = Unpooled.buffer(HEAD_BYTES, HEAD_BYTES + CODE_BYTES + REASON_BYTES);

    private long skipBytes;
    private boolean over;

    Capsules(Owner owner) {
        this.owner = owner;
    }

    /** The next bytes of the stream; borrowed. */
    void received(ByteBuf in) {
        while (in.isReadable() && !over) {
            if (skipBytes > 0) {
                int skipped = (int) Math.min(skipBytes, in.readableBytes());
                in.skipBytes(skipped);
                skipBytes -= skipped;
            } else {
                partial.writeByte(in.readByte());
                read();
            }
        }
    }

    private void read() {
        partial.markReaderIndex();
        if (readHead()) {
            partial.clear();
        } else {
            partial.resetReaderIndex();
        }
    }

    /** Whether what was gathered has been dealt with. */
    private boolean readHead() {
        if (!Varint.isWhole(partial)) {
            return false;
        }
        long type = Varint.read(partial);
        if (!Varint.isWhole(partial)) {
            return false;
        }
        long length = Varint.read(partial);
        if (type != CLOSE) {
            skipBytes = length;
            return true;
        }
        if (length < CODE_BYTES || length > CODE_BYTES + REASON_BYTES) {
            over = true;
            owner.malformed("a close of " + length + " bytes");
            return true;
        }
        if (partial.readableBytes() < length) {
            return false;
        }
        over = true;
        int code = partial.readInt();
        owner.closed(code, partial.readString(partial.readableBytes(), StandardCharsets.UTF_8));
        return true;
    }

    /** Whether a capsule has begun and not ended. */
    boolean isInside() {
        return skipBytes > 0 || partial.isReadable();
    }

    static void writeClose(ByteBuf out, WebTransportClosed how) {
        byte[] reason = how.reason().getBytes(StandardCharsets.UTF_8);
        int length = Math.min(reason.length, REASON_BYTES);
        while (length < reason.length && length > 0 && (reason[length] & 0xc0) == 0x80) {
            length--;
        }
        Varint.write(out, CLOSE);
        Varint.write(out, CODE_BYTES + length);
        out.writeInt(how.code());
        out.writeBytes(reason, 0, length);
    }

    /** A capsule that is skipped: a sign of life. */
    static void writeNothing(ByteBuf out) {
        Varint.write(out, NOTHING);
        Varint.write(out, 0);
    }
}

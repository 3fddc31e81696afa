package dev.capstan.net.webtransport;

import io.netty.buffer.ByteBuf;

/** QUIC's integers of variable length (RFC 9000 section 16): the two highest bits of the first byte say how many there are. */
final class Varint {
    private Varint() {}

    /** Whether the buffer has all of the integer that begins at its reader's place. */
    static boolean isWhole(ByteBuf in) {
        return in.isReadable() && in.readableBytes() >= length(in.getByte(in.readerIndex()));
    }

    private static int length(byte first) {
        return 1 << ((first & 0xff) >> 6);
    }

    /** Reads one that {@link #isWhole}. */
    static long read(ByteBuf in) {
        int length = length(in.getByte(in.readerIndex()));
        long value = in.readByte() & 0x3f;
        for (int i = 1; i < length; i++) {
            value = (value << 8) | (in.readByte() & 0xff);
        }
        return value;
    }

    /** Writes {@code value}, of 62 bits at most, in as few bytes as it needs. */
    static void write(ByteBuf out, long value) {
        if (value < 1L << 6) {
            out.writeByte((int) value);
        } else if (value < 1L << 14) {
            out.writeShort((int) value | 0x4000);
        } else if (value < 1L << 30) {
            out.writeInt((int) value | 0x8000_0000);
        } else {
            out.writeLong(value | 0xc000_0000_0000_0000L);
        }
    }
}

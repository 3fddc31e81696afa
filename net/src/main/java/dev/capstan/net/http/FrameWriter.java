package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Writes frames of a WebSocket (RFC 6455, section 5.2) into a stream of bytes, each message in one frame. */
final class FrameWriter {
    private static final int LAST = 0x80;
    private static final int MASKED = 0x80;
    private static final int MOST_HEADER_BYTES = 14;
    /** Masks that are made at a time: the generator costs about as much for one. */
    private static final int MASKS = 128;
    /** What is masked at a time. */
    private static final int PIECE_BYTES = 1 << 13;

    private final ByteStream out;
    private final @Nullable RandomGenerator random;
    private final byte[] masks;
    private int masksUsed;
    private long writtenBytes;
    private byte[] buffer = new byte[256];

    /** {@code random} makes the masks; null on the server's side, whose frames have none. */
    FrameWriter(ByteStream out, @Nullable RandomGenerator random) {
        this.out = out;
        this.random = random;
        this.masks = new byte[random == null ? 0 : MASKS * Integer.BYTES];
        this.masksUsed = masks.length;
    }

    /** Queues one frame; the pieces are borrowed. */
    void write(int opcode, ByteBuffer... pieces) {
        long length = 0;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
        }
        int mask = random == null ? 0 : nextMask(random);
        int at = header(opcode, length, mask);
        if (mask == 0) {
            write(buffer, 0, at);
            for (ByteBuffer piece : pieces) {
                write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            }
        } else {
            masked(mask, at, length, pieces);
        }
    }

    private void write(byte[] array, int offset, int length) {
        writtenBytes += length;
        out.write(array, offset, length);
    }

    /** Bytes of all frames so far. */
    long writtenBytes() {
        return writtenBytes;
    }

    private int header(int opcode, long length, int mask) {
        int at = 0;
        buffer[at++] = (byte) (LAST | opcode);
        int masking = mask == 0 ? 0 : MASKED;
        int bytes = length < 126 ? 0 : length <= 0xffff ? Short.BYTES : Long.BYTES;
        buffer[at++] = (byte) (masking | (bytes == 0 ? length : bytes == Short.BYTES ? 126 : 127));
        for (int i = bytes - 1; i >= 0; i--) {
            buffer[at++] = (byte) (length >>> (i * Byte.SIZE));
        }
        for (int i = 0; mask != 0 && i < Integer.BYTES; i++) {
            buffer[at++] = (byte) (mask >>> (i * Byte.SIZE));
        }
        return at;
    }

    /** Header and payload leave together where they fit into the buffer, as those of most messages do. */
    private void masked(int mask, int headerBytes, long length, ByteBuffer... pieces) {
        int room = (int) Math.min(MOST_HEADER_BYTES + length, MOST_HEADER_BYTES + PIECE_BYTES);
        if (room > buffer.length) {
            buffer =
                    Arrays.copyOf(buffer, Math.max(room, Math.min(2 * buffer.length, MOST_HEADER_BYTES + PIECE_BYTES)));
        }
        int filled = headerBytes;
        int phase = 0;
        for (ByteBuffer piece : pieces) {
            int from = piece.arrayOffset() + piece.position();
            int end = piece.arrayOffset() + piece.limit();
            while (from < end) {
                if (filled == buffer.length) {
                    write(buffer, 0, filled);
                    filled = 0;
                }
                int count = Math.min(end - from, buffer.length - filled);
                Masking.apply(mask, phase, piece.array(), from, buffer, filled, count);
                phase = (phase + count) % Integer.BYTES;
                filled += count;
                from += count;
            }
        }
        write(buffer, 0, filled);
    }

    /** Never 0, which would be no mask. */
    private int nextMask(RandomGenerator from) {
        int mask = 0;
        while (mask == 0) {
            if (masksUsed == masks.length) {
                from.nextBytes(masks);
                masksUsed = 0;
            }
            for (int i = 0; i < Integer.BYTES; i++) {
                mask = (mask << Byte.SIZE) | (masks[masksUsed++] & 0xff);
            }
        }
        return mask;
    }
}

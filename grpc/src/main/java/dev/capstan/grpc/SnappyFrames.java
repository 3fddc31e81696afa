package dev.capstan.grpc;

import io.airlift.compress.v3.snappy.SnappyDecompressor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What framed Snappy holds (framing_format.txt of Snappy). The library's own reader takes memory for the length that a chunk announces, up to two gigabytes; here no chunk is longer than the
 * format allows.
 */
final class SnappyFrames extends InputStream {
    private static final int COMPRESSED = 0x00;
    private static final int PLAIN = 0x01;
    private static final int FIRST_SKIPPABLE = 0x80;
    private static final int IDENTIFIER = 0xff;
    private static final String NAME = "sNaPpY";
    private static final int CHECKSUM_BYTES = 4;

    /** Of a chunk, decompressed. */
    private static final int MOST_BYTES = 1 << 16;

    /** What Snappy makes at worst of so many bytes. */
    private static final int MOST_COMPRESSED_BYTES = 32 + MOST_BYTES + MOST_BYTES / 6;

    private static final int MASK = 0xa282ead8;

    private final InputStream in;
    private final SnappyDecompressor decompressor;
    private byte[] content = {};
    private int at;
    private boolean identified;

    SnappyFrames(InputStream in, SnappyDecompressor decompressor) {
        this.in = in;
        this.decompressor = decompressor;
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? content[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] array, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int count = Math.min(length, content.length - at);
        System.arraycopy(content, at, array, offset, count);
        at += count;
        return count;
    }

    private boolean hasMore() throws IOException {
        while (at == content.length) {
            int type = in.read();
            if (type < 0) {
                if (!identified) {
                    throw new EOFException("there is no stream of Snappy");
                }
                return false;
            }
            next(type);
        }
        return true;
    }

    private void next(int type) throws IOException {
        byte[] head = bytes(3);
        int length = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
        if (type != IDENTIFIER && !identified) {
            throw new IOException("a stream of Snappy begins with its name");
        }
        if (type == IDENTIFIER) {
            identified = length == NAME.length() && NAME.equals(new String(bytes(length), StandardCharsets.US_ASCII));
            if (!identified) {
                throw new IOException("a stream of Snappy begins with its name");
            }
        } else if (type == COMPRESSED || type == PLAIN) {
            if (length < CHECKSUM_BYTES || length > CHECKSUM_BYTES + MOST_COMPRESSED_BYTES) {
                throw new IOException("a chunk of Snappy has " + length + " bytes");
            }
            byte[] chunk = bytes(length);
            content = type == PLAIN ? plain(chunk) : decompressed(chunk);
            at = 0;
            if (checksum(content) != checksumOf(chunk)) {
                throw new IOException("the checksum of a chunk of Snappy is wrong");
            }
        } else if (type >= FIRST_SKIPPABLE) {
            in.skipNBytes(length);
        } else {
            throw new IOException("a chunk of Snappy is of the unknown type " + type);
        }
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("a stream of Snappy ends within a chunk");
        }
        return bytes;
    }

    private static byte[] plain(byte[] chunk) throws IOException {
        return Arrays.copyOfRange(chunk, CHECKSUM_BYTES, CHECKSUM_BYTES + bounded(chunk.length - CHECKSUM_BYTES));
    }

    private byte[] decompressed(byte[] chunk) throws IOException {
        byte[] whole = new byte[bounded(decompressor.getUncompressedLength(chunk, CHECKSUM_BYTES))];
        int length =
                decompressor.decompress(chunk, CHECKSUM_BYTES, chunk.length - CHECKSUM_BYTES, whole, 0, whole.length);
        if (length != whole.length) {
            throw new IOException("a chunk of Snappy is shorter than it says");
        }
        return whole;
    }

    private static int bounded(int length) throws IOException {
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("a chunk of Snappy holds more than " + MOST_BYTES + " bytes: " + length);
        }
        return length;
    }

    private static int checksumOf(byte[] chunk) {
        return (chunk[0] & 0xff) | (chunk[1] & 0xff) << 8 | (chunk[2] & 0xff) << 16 | (chunk[3] & 0xff) << 24;
    }

    private static int checksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, content.length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

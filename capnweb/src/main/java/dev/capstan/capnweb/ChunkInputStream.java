package dev.capstan.capnweb;

import dev.capstan.cap.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The bytes of a stream for whoever can wait for them. Owns a reference; used by one thread at a time. */
final class ChunkInputStream extends InputStream {
    private final Readable stream;
    private byte[] piece = new byte[0];
    private int position;
    private boolean ended;
    private boolean closed;

    ChunkInputStream(Readable stream) {
        this.stream = stream;
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? piece[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int count = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, into, offset, count);
        position += count;
        return count;
    }

    private boolean hasMore() throws IOException {
        while (position == piece.length) {
            if (ended) {
                return false;
            }
            if (closed) {
                throw new IOException("This stream was closed.");
            }
            try (Readable.Chunk chunk = stream.read().await()) {
                if (chunk.isEnd()) {
                    ended = true;
                    close();
                    return false;
                }
                piece = chunk.bytes();
                position = 0;
            } catch (Failure e) {
                close();
                throw new IOException(e.reason(), e);
            }
        }
        return true;
    }

    @Override
    public int available() {
        return piece.length - position;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            piece = new byte[0];
            position = 0;
            stream.close();
        }
    }
}

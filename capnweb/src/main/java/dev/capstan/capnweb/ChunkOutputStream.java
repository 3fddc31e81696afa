package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/** A stream of bytes for whoever can wait until there is room for them. Owns a reference; used by one thread at a time. */
final class ChunkOutputStream extends OutputStream {
    private final Writable stream;
    private final byte[] buffer = new byte[BytesSource.PIECE_BYTES];
    private int length;
    private boolean closed;

    ChunkOutputStream(Writable stream) {
        this.stream = stream;
    }

    @Override
    public void write(int octet) throws IOException {
        makeRoom();
        buffer[length++] = (byte) octet;
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, from.length);
        int at = offset;
        for (int left = count; left > 0; ) {
            makeRoom();
            int some = Math.min(left, buffer.length - length);
            System.arraycopy(from, at, buffer, length, some);
            length += some;
            at += some;
            left -= some;
        }
    }

    private void makeRoom() throws IOException {
        if (closed) {
            throw new IOException("This stream was closed.");
        }
        if (length == buffer.length) {
            flush();
        }
    }

    @Override
    public void flush() throws IOException {
        if (length > 0 && !closed) {
            byte[] piece = Arrays.copyOf(buffer, length);
            length = 0;
            await(stream.write(piece));
        }
    }

    private static void await(Promise<Void> promise) throws IOException {
        try {
            promise.await();
        } catch (Failure e) {
            throw new IOException(e.reason(), e);
        }
    }

    /** Ends the stream, and waits until its reader has all of it. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            try (stream) {
                flush();
                closed = true;
                await(stream.end());
            } finally {
                closed = true;
            }
        }
    }
}

package dev.capstan.capnp.io;

import dev.capstan.capnp.MessageBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Messages to a stream, one after the other: each is a segment table and its segments. Source:
 * capnproto.org/encoding.html#serialization-over-a-stream. Used by one thread at a time; owns the stream.
 */
public final class MessageOutput implements AutoCloseable {
    private static final int COPY_BYTES = 1 << 16;

    private final OutputStream out;

    /** Messages that lie in {@code out} as they are. */
    public MessageOutput(OutputStream out) {
        this.out = out;
    }

    /** Messages that are packed in {@code packed}. */
    public static MessageOutput packed(OutputStream packed) {
        return new MessageOutput(Packed.output(packed));
    }

    /** Writes {@code message}, whose capabilities are not part of it; flushes nothing. */
    public void write(MessageBuilder message) throws IOException {
        for (ByteBuffer piece : message.frame()) {
            if (piece.hasArray()) {
                out.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            } else {
                writeCopy(piece);
            }
        }
    }

    private void writeCopy(ByteBuffer piece) throws IOException {
        byte[] copy = new byte[Math.min(piece.remaining(), COPY_BYTES)];
        while (piece.hasRemaining()) {
            int count = Math.min(piece.remaining(), copy.length);
            piece.get(copy, 0, count);
            out.write(copy, 0, count);
        }
    }

    /** Passes everything on that was written. */
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}

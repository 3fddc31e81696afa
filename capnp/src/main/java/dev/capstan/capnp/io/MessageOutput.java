package dev.capstan.capnp.io;

import dev.capstan.capnp.MessageBuilder;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Messages to a stream, one after the other: each is a segment table and its segments. Source:
 * capnproto.org/encoding.html#serialization-over-a-stream. Used by one thread at a time; owns the stream.
 */
public final class MessageOutput implements AutoCloseable {
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
        message.writeFrame(out);
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

package dev.capstan.capnp.io;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages from a stream, one after the other, framed as {@link MessageOutput} does it. Reads no byte beyond the message that is asked for, unless the
 * stream unpacks. Used by one thread at a time; owns the stream.
 */
public final class MessageInput implements AutoCloseable {
    /** What is set aside at most for bytes that were announced and have not come. */
    private static final int TRUSTED_BYTES = 1 << 16;

    private final InputStream in;
    private final Limits limits;
    private long position;

    /** Messages that lie in {@code in} as they are. */
    public MessageInput(InputStream in, Limits limits) {
        this.in = in;
        this.limits = limits;
    }

    /** Messages that are packed in {@code packed}; may read ahead. */
    public static MessageInput packed(InputStream packed, Limits limits) {
        return new MessageInput(Packed.input(packed), limits);
    }

    /**
     * The next message, or null at the end of the stream.
     *
     * @throws MessageException if a message is cut short, malformed or beyond the limits
     */
    public @Nullable MessageReader next() throws IOException {
        byte[] frame = new byte[8];
        int have = fill(frame, 0, 8);
        if (have == 0) {
            return null;
        }
        long size = -1;
        while (size < 0) {
            if (have < frame.length) {
                throw premature(have, frame.length);
            }
            size = MessageReader.frameBytes(frame, 0, have, limits);
            if (size < 0) {
                frame = Arrays.copyOf(frame, have + 8);
                have = fill(frame, have, have + 8);
            }
        }
        if (size > Integer.MAX_VALUE - 16) {
            throw MessageException.inFrame(
                    "A message of " + size + " bytes is too large for a stream: map the file", position);
        }
        int total = (int) size;
        while (have < total) {
            // Grows with what has come, not with what is announced.
            int room = (int) Math.min(total, Math.max(TRUSTED_BYTES, 2L * have));
            frame = Arrays.copyOf(frame, room);
            have = fill(frame, have, room);
            if (have < room) {
                throw premature(have, total);
            }
        }
        position += have;
        return MessageReader.of(frame, 0, have, limits);
    }

    private MessageException premature(int have, int needed) {
        return MessageException.inFrame(
                "The stream ends prematurely: of " + needed + " bytes of a message " + have + " have come",
                position + have);
    }

    private int fill(byte[] room, int from, int to) throws IOException {
        int at = from;
        while (at < to) {
            int count = in.read(room, at, to - at);
            if (count < 0) {
                break;
            }
            at += count;
        }
        return at;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

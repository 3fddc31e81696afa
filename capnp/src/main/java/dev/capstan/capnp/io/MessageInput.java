package dev.capstan.capnp.io;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import java.io.IOException;
import java.io.InputStream;
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
    private byte[] memory = new byte[0];
    private boolean reuse;
    /** 0 if the limit does not follow the size. */
    private int visits;

    private @Nullable MessageReader reused;
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
     * From now on each message takes the place of the one before it, which is void with its reader and all that was read from it as soon as the next one is asked for. Keeps as
     * much memory as the largest message so far took up.
     */
    public MessageInput reusingMemory() {
        reuse = true;
        return this;
    }

    /**
     * From now on the limit on what is visited of a message follows its size: {@code times} as many words as it has, {@link Limits#DEFAULT}'s for
     * small ones, and never more than the limit of this input. For inputs that take messages of any size; a fixed limit large enough for those
     * would let a small message with overlapping pointers be read almost for ever.
     */
    public MessageInput visitingAtMost(int times) {
        if (times < 1) {
            throw new IllegalArgumentException("Each word must be visited at least once, not " + times + " times.");
        }
        visits = times;
        return this;
    }

    private Limits limits(int bytes) {
        return visits == 0
                ? limits
                : limits.withTraversalWords(Math.min(
                        limits.traversalWords(),
                        Math.max(Limits.DEFAULT.traversalWords(), (long) visits * (bytes / 8))));
    }

    /**
     * The next message, or null at the end of the stream.
     *
     * @throws MessageException if a message is cut short, malformed or beyond the limits
     */
    public @Nullable MessageReader next() throws IOException {
        byte[] frame = room(memory, 0, 8);
        int have = fill(frame, 0, 8);
        if (have == 0) {
            return null;
        }
        if (have < 8) {
            throw premature(have, 8);
        }
        long size = MessageReader.frameBytes(frame, 0, have, limits);
        while (size < 0) {
            if (frame.length < have + 8) {
                frame = room(frame, have, 2 * have);
            }
            int before = have;
            have = fill(frame, before, before + 8);
            if (have < before + 8) {
                throw premature(have, before + 8);
            }
            size = MessageReader.frameBytes(frame, 0, have, limits);
        }
        if (size > Integer.MAX_VALUE - 16) {
            throw MessageException.inFrame(
                    "A message of " + size + " bytes is too large for a stream: map the file", position);
        }
        int total = (int) size;
        while (have < total) {
            // Grows with what has come, not with what is announced.
            int wanted = (int) Math.min(total, Math.max(Math.max(TRUSTED_BYTES, frame.length), 2L * have));
            frame = room(frame, have, wanted);
            have = fill(frame, have, wanted);
            if (have < wanted) {
                throw premature(have, total);
            }
        }
        position += have;
        if (!reuse) {
            return MessageReader.of(frame, 0, have, limits(have));
        }
        memory = frame;
        MessageReader message = reused;
        if (message == null || visits > 0) {
            message = MessageReader.of(frame, 0, have, limits(have));
            reused = message;
        } else {
            message.reset(frame, 0, have);
        }
        return message;
    }

    /** {@code array}, or a larger one with its first bytes, so that {@code wanted} bytes fit. */
    private static byte[] room(byte[] array, int have, int wanted) {
        if (wanted <= array.length) {
            return array;
        }
        byte[] larger = new byte[wanted];
        System.arraycopy(array, 0, larger, 0, have);
        return larger;
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

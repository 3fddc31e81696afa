package dev.capstan.grpc.server;

import io.grpc.Decompressor;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Messages out of the bytes of a call: five bytes before each, whether it is compressed and how long it is. Keeps at most one message and what came with it; memory is taken for what
 * has come, not for what is announced.
 */
final class MessageReader {
    private static final int PREFIX_BYTES = 5;
    /** How many times as much as has come room is made for at most, if more was announced. */
    private static final int GROWTH = 4;

    private static final byte[] NOTHING = {};

    /** All that is left of it is there: whoever parses it needs no buffer of a guessed size. */
    private static final class Whole extends ByteArrayInputStream implements KnownLength {
        Whole(byte[] array, int offset, int length) {
            super(array, offset, length);
        }
    }

    private final int limit;
    private byte[] bytes = NOTHING;
    private int from;
    private int to;
    private @Nullable Decompressor decompressor;
    private boolean wasCompressed;

    MessageReader(int limit) {
        this.limit = limit;
    }

    /** How messages that say so are compressed. */
    void decompressor(@Nullable Decompressor by) {
        decompressor = by;
    }

    void add(byte[] array, int offset, int length) {
        if (from == to) {
            from = 0;
            to = 0;
        }
        if (length > bytes.length - to) {
            int kept = to - from;
            byte[] target =
                    kept + length <= bytes.length ? bytes : new byte[room(array, offset, length, kept + length)];
            System.arraycopy(bytes, from, target, 0, kept);
            bytes = target;
            from = 0;
            to = kept;
        }
        System.arraycopy(array, offset, bytes, to, length);
        to += length;
    }

    /** How much to make room for when {@code whole} bytes are there: what the message needs that they begin, but no more than some times of what has come. */
    private int room(byte[] array, int offset, int length, int whole) {
        long due = -1;
        if (from < to && to - from >= PREFIX_BYTES) {
            due = PREFIX_BYTES + length(bytes, from);
        } else if (from == to && length >= PREFIX_BYTES) {
            due = PREFIX_BYTES + length(array, offset);
        }
        return due > whole ? (int) Math.min(due, (long) GROWTH * whole) : Math.max(whole, 2 * (whole - length));
    }

    /** Whether bytes are left that are no whole message, or the beginning of one. */
    boolean isEmpty() {
        return from == to;
    }

    /** Whether {@link #next} has something to tell: a message, or why there is none. */
    boolean hasNext() {
        if (to - from < PREFIX_BYTES) {
            return false;
        }
        long length = length(bytes, from);
        return bytes[from] < 0 || bytes[from] > 1 || length > limit || length <= to - from - PREFIX_BYTES;
    }

    private static long length(byte[] array, int at) {
        return (array[at + 1] & 0xffL) << 24
                | (array[at + 2] & 0xff) << 16
                | (array[at + 3] & 0xff) << 8
                | (array[at + 4] & 0xff);
    }

    /**
     * The next message; only if {@link #hasNext}.
     *
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED or INTERNAL, after which the rest means nothing
     */
    InputStream next() {
        int flag = bytes[from];
        long length = length(bytes, from);
        if (flag != 0 && flag != 1) {
            throw Status.INTERNAL
                    .withDescription("a message begins with " + (flag & 0xff) + " where only 0 and 1 have a meaning")
                    .asRuntimeException();
        }
        if (length > limit) {
            throw tooLong(Long.toString(length));
        }
        wasCompressed = flag == 1;
        int begin = from + PREFIX_BYTES;
        from = begin + (int) length;
        if (flag == 0) {
            // The reader is done with it before anything is added.
            return new Whole(bytes, begin, (int) length);
        }
        byte[] whole = decompressed(begin, (int) length);
        return new Whole(whole, 0, whole.length);
    }

    /** Whether the last message was. */
    boolean wasCompressed() {
        return wasCompressed;
    }

    private byte[] decompressed(int begin, int length) {
        Decompressor by = decompressor;
        if (by == null) {
            throw Status.INTERNAL
                    .withDescription("a message is compressed, but its call has no grpc-encoding")
                    .asRuntimeException();
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream(Math.min(limit, Math.max(64, 2 * length)));
        byte[] piece = new byte[8192];
        try (InputStream in = by.decompress(new ByteArrayInputStream(bytes, begin, length))) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                if (n > limit - whole.size()) {
                    throw tooLong("more than " + limit);
                }
                whole.write(piece, 0, n);
            }
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a message cannot be decompressed (" + by.getMessageEncoding() + ")")
                    .withCause(e)
                    .asRuntimeException();
        }
        return whole.toByteArray();
    }

    private RuntimeException tooLong(String bytesOfIt) {
        return Status.RESOURCE_EXHAUSTED
                .withDescription("a message of " + bytesOfIt + " bytes is longer than this side takes, which is "
                        + limit + "; send less, or raise inboundMessageBytes")
                .asRuntimeException();
    }

    /** Forgets what is there. */
    void clear() {
        bytes = NOTHING;
        from = 0;
        to = 0;
    }
}

package dev.capstan.grpc;

import io.grpc.Decompressor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages out of the bytes of a call: five bytes before each, whether it is compressed and how long it is. Keeps at most one message and what came with it; memory is taken for what
 * has come, not for what is announced. Of one thread.
 */
public final class MessageReader {
    private static final int PREFIX_BYTES = 5;
    private static final int TRAILERS = 0x80;

    private final int limit;
    private final int flags;
    private byte[] bytes = {};
    private int from;
    private int to;
    private @Nullable Decompressor decompressor;
    private boolean wasCompressed;
    private boolean wasTrailers;

    /** Of messages of at most {@code limit} bytes, as they come and again when they are decompressed. */
    public MessageReader(int limit) {
        this(limit, 0);
    }

    private MessageReader(int limit, int mark) {
        this.limit = limit;
        this.flags = 0xff & ~mark;
    }

    /** One that also takes trailers, which gRPC-Web has among the messages; see {@link #wasTrailers}. */
    public static MessageReader ofWeb(int limit) {
        return new MessageReader(limit, TRAILERS);
    }

    /** How messages that say so are compressed. */
    public void decompressor(@Nullable Decompressor by) {
        decompressor = by;
    }

    /** Takes a copy of bytes that have come. */
    public void add(byte[] array, int offset, int length) {
        if (from == to) {
            from = 0;
            to = 0;
        }
        if (length > bytes.length - to) {
            int kept = to - from;
            byte[] target = kept + length <= bytes.length ? bytes : new byte[Math.max(kept + length, 2 * kept)];
            System.arraycopy(bytes, from, target, 0, kept);
            bytes = target;
            from = 0;
            to = kept;
        }
        System.arraycopy(array, offset, bytes, to, length);
        to += length;
    }

    /** Whether bytes are left that are no whole message, or the beginning of one. */
    public boolean isEmpty() {
        return from == to;
    }

    /** Whether {@link #next} has something to tell: a message, or why there is none. */
    public boolean hasNext() {
        if (to - from < PREFIX_BYTES) {
            return false;
        }
        long length = length();
        return (bytes[from] & flags) > 1 || length > limit || length <= to - from - PREFIX_BYTES;
    }

    /** Whether what {@link #next} would give is the trailers. */
    public boolean isTrailers() {
        return flags != 0xff && (bytes[from] & TRAILERS) != 0;
    }

    private long length() {
        return (bytes[from + 1] & 0xffL) << 24
                | (bytes[from + 2] & 0xff) << 16
                | (bytes[from + 3] & 0xff) << 8
                | (bytes[from + 4] & 0xff);
    }

    /**
     * The next message; only if {@link #hasNext}.
     *
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED or INTERNAL, after which the rest means nothing
     */
    public InputStream next() {
        int flag = bytes[from] & flags;
        long length = length();
        if (flag != 0 && flag != 1) {
            throw Status.INTERNAL
                    .withDescription(
                            "a message begins with " + (bytes[from] & 0xff) + " where only 0 and 1 have a meaning")
                    .asRuntimeException();
        }
        if (length > limit) {
            throw tooLong(Long.toString(length));
        }
        wasCompressed = flag == 1;
        wasTrailers = (bytes[from] & TRAILERS) != 0;
        int begin = from + PREFIX_BYTES;
        from = begin + (int) length;
        if (flag == 0) {
            // The reader is done with it before anything is added.
            return new ByteArrayInputStream(bytes, begin, (int) length);
        }
        return new ByteArrayInputStream(decompressed(begin, (int) length));
    }

    /** Whether the last message was. */
    public boolean wasCompressed() {
        return wasCompressed;
    }

    /** Whether the last one was no message but the trailers. */
    public boolean wasTrailers() {
        return wasTrailers;
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
    public void clear() {
        bytes = Arrays.copyOf(bytes, 0);
        from = 0;
        to = 0;
    }
}

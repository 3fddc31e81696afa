package dev.capstan.grpc;

import io.grpc.Codec;
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
 * has come, not for what is announced. Of one thread.
 */
public final class MessageReader {
    private static final int PREFIX_BYTES = 5;
    private static final int TRAILERS = 0x80;
    private static final byte[] NOTHING = {};

    /** As much is taken at once for a message that is announced. */
    private static final int FIRST_BYTES = 128 << 10;

    /** As much is kept for the next. */
    private static final int KEPT_BYTES = (64 << 10) + PREFIX_BYTES;

    /** How many times as much as has come is taken beyond that, at most, if more was announced. */
    private static final int GROWTH = 4;

    /** All that is left of it is there: whoever parses it needs no buffer of a guessed size. */
    private static final class Whole extends ByteArrayInputStream implements KnownLength {
        Whole(byte[] array, int offset, int length) {
            super(array, offset, length);
        }
    }

    /** Told how many bytes a reader holds for messages that have begun. A buffer that it only keeps for the next one does not count. */
    @FunctionalInterface
    public interface Memory {
        /** It holds {@code now} bytes instead of {@code before}. What this throws is thrown by who wanted them. */
        void changed(int before, int now);
    }

    private final int limit;
    private final int flags;
    private final Memory memory;
    private byte[] bytes = NOTHING;
    /** Bytes that {@link #memory} was told of. */
    private int told;

    private int from;
    private int to;
    private @Nullable Decompressor decompressor;
    private boolean wasCompressed;
    private boolean wasTrailers;

    /** Of messages of at most {@code limit} bytes, as they come and again when they are decompressed; {@code memory} is told what is held. */
    public MessageReader(int limit, Memory memory) {
        this(limit, 0, memory);
    }

    private MessageReader(int limit, int mark, Memory memory) {
        this.limit = limit;
        this.flags = 0xff & ~mark;
        this.memory = memory;
    }

    /** One that also takes trailers, which gRPC-Web has among the messages; see {@link #wasTrailers}. */
    public static MessageReader ofWeb(int limit) {
        return new MessageReader(limit, TRAILERS, (before, now) -> {});
    }

    /** How messages that say so are compressed. */
    public void decompressor(@Nullable Decompressor by) {
        decompressor = by;
    }

    /** Takes a copy of bytes that have come. What {@link Memory} throws is thrown here. */
    public void add(byte[] array, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (from == to) {
            from = 0;
            to = 0;
        }
        if (length > bytes.length - to) {
            int kept = to - from;
            byte[] before = bytes;
            if (kept + length > bytes.length) {
                int size = size(array, offset, kept, length);
                hold(size);
                bytes = new byte[size];
            }
            System.arraycopy(before, from, bytes, 0, kept);
            from = 0;
            to = kept;
        }
        hold(bytes.length);
        System.arraycopy(array, offset, bytes, to, length);
        to += length;
    }

    /** Room for what has come, and for what is likely to follow. */
    private int size(byte[] array, int offset, int kept, int length) {
        int least = kept + length;
        long announced = -1;
        if (kept >= PREFIX_BYTES) {
            announced = PREFIX_BYTES + length(bytes, from);
        } else if (kept == 0 && length >= PREFIX_BYTES) {
            announced = PREFIX_BYTES + length(array, offset);
        }
        return announced > least
                ? (int) Math.min(announced, Math.max(FIRST_BYTES, (long) GROWTH * least))
                : Math.max(least, 2 * kept);
    }

    private void hold(int count) {
        if (count != told) {
            memory.changed(told, count);
            told = count;
        }
    }

    /** Whether no bytes are left: no message, whole or begun. */
    public boolean isEmpty() {
        return from == to;
    }

    /** Whether {@link #next} has something to tell: a message, or why there is none. */
    public boolean hasNext() {
        if (to - from < PREFIX_BYTES) {
            return false;
        }
        long length = length(bytes, from);
        return (bytes[from] & flags) > 1 || length > limit || length <= to - from - PREFIX_BYTES;
    }

    /** Whether what {@link #next} would give is the trailers. */
    public boolean isTrailers() {
        return flags != 0xff && (bytes[from] & TRAILERS) != 0;
    }

    private static long length(byte[] prefixed, int at) {
        return (prefixed[at + 1] & 0xffL) << 24
                | (prefixed[at + 2] & 0xff) << 16
                | (prefixed[at + 3] & 0xff) << 8
                | (prefixed[at + 4] & 0xff);
    }

    /**
     * The next message; only if {@link #hasNext}.
     *
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED or INTERNAL, after which the rest means nothing
     */
    public InputStream next() {
        int flag = bytes[from] & flags;
        long length = length(bytes, from);
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
        // What is read in place is done with before anything is added.
        InputStream message = flag == 0 ? new Whole(bytes, begin, (int) length) : whole(begin, (int) length);
        if (from == to) {
            if (bytes.length > KEPT_BYTES) {
                bytes = NOTHING;
            }
            hold(0);
        }
        return message;
    }

    /** The encoding that the last message came in, {@code identity} if it was not compressed. */
    public String encoding() {
        Decompressor by = decompressor;
        return wasCompressed && by != null ? by.getMessageEncoding() : Codec.Identity.NONE.getMessageEncoding();
    }

    private InputStream whole(int begin, int length) {
        byte[] bytesOfIt = decompressed(begin, length);
        return new Whole(bytesOfIt, 0, bytesOfIt.length);
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
        hold(0);
        bytes = NOTHING;
        from = 0;
        to = 0;
    }
}

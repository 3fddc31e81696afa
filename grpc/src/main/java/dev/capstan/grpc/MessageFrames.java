package dev.capstan.grpc;

import io.grpc.Compressor;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Messages as they are sent: five bytes before each, whether it is compressed and how long it is. */
public final class MessageFrames {
    private static final int PREFIX_BYTES = 5;

    private MessageFrames() {}

    /** A buffer with a limit, which gives its array away. */
    private static final class Frame extends OutputStream {
        private final int limit;
        private byte[] bytes;
        private int count = PREFIX_BYTES;

        Frame(int size, int limit) {
            this.limit = limit;
            this.bytes = new byte[PREFIX_BYTES + size];
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            makeRoom(length);
            System.arraycopy(array, offset, bytes, count, length);
            count += length;
        }

        @Override
        public void write(int b) {
            makeRoom(1);
            bytes[count++] = (byte) b;
        }

        private void makeRoom(int more) {
            int length = count - PREFIX_BYTES;
            if (more > limit - length) {
                throw tooLong(limit);
            }
            if (more > bytes.length - count) {
                long doubled = Math.min(PREFIX_BYTES + (long) limit, 2L * bytes.length);
                bytes = Arrays.copyOf(bytes, (int) Math.max((long) count + more, doubled));
            }
        }

        byte[] finish(boolean compressed) {
            int length = count - PREFIX_BYTES;
            bytes[0] = (byte) (compressed ? 1 : 0);
            bytes[1] = (byte) (length >> 24);
            bytes[2] = (byte) (length >> 16);
            bytes[3] = (byte) (length >> 8);
            bytes[4] = (byte) length;
            return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
        }
    }

    /** Counts what is compressed, since the limit is one of messages as they are. */
    private static final class Counted extends FilterOutputStream {
        private final int limit;
        private int count;

        Counted(OutputStream compressed, int limit) {
            super(compressed);
            this.limit = limit;
        }

        @Override
        public void write(int b) throws IOException {
            count(1);
            out.write(b);
        }

        @Override
        public void write(byte[] array, int offset, int length) throws IOException {
            count(length);
            out.write(array, offset, length);
        }

        private void count(int more) {
            if (more > limit - count) {
                throw tooLong(limit);
            }
            count += more;
        }
    }

    private static RuntimeException tooLong(int limit) {
        return Status.RESOURCE_EXHAUSTED
                .withDescription("a message is longer than this side sends, which is " + limit
                        + " bytes; send less, or raise outboundMessageBytes")
                .asRuntimeException();
    }

    /**
     * The frame of {@code message}, which is read to its end and closed.
     *
     * @param compressor null if it is not to be compressed
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if it is longer than {@code limit}; INTERNAL if it cannot be read
     */
    public static byte[] frame(InputStream message, @Nullable Compressor compressor, int limit) {
        try (InputStream in = message) {
            int known = in instanceof KnownLength ? in.available() : -1;
            boolean compressed = compressor != null;
            Frame frame = new Frame(
                    compressed || known < 0 ? 256 : Math.min(known, limit),
                    compressed ? Integer.MAX_VALUE - PREFIX_BYTES : limit);
            if (compressor == null) {
                copy(in, frame);
            } else {
                try (OutputStream out = new Counted(compressor.compress(frame), limit)) {
                    copy(in, out);
                }
            }
            return frame.finish(compressed);
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a message cannot be written")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        if (from instanceof Drainable drainable) {
            drainable.drainTo(to);
        } else {
            from.transferTo(to);
        }
    }
}

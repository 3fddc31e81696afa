package dev.capstan.grpc.server;

import io.grpc.Compressor;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Messages as they are sent: five bytes before each, whether it is compressed and how long it is. */
final class MessageFrames {
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
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription("a message is longer than this side sends, which is " + limit
                                + " bytes; send less, or raise outboundMessageBytes")
                        .asRuntimeException();
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

    /**
     * The frame of {@code message}, which is read to its end and closed.
     *
     * @param compressor null if it is not to be compressed
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if it is longer than {@code limit}; INTERNAL if it cannot be read
     */
    static byte[] frame(InputStream message, @Nullable Compressor compressor, int limit) {
        try (InputStream in = message) {
            int known = in instanceof KnownLength ? in.available() : -1;
            Frame frame = new Frame(compressor != null || known < 0 ? 256 : Math.min(known, limit), limit);
            if (compressor == null) {
                copy(in, frame);
            } else {
                try (OutputStream out = compressor.compress(frame)) {
                    copy(in, out);
                }
            }
            return frame.finish(compressor != null);
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

package dev.capstan.gateway.frames;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What has passed over connections, as a file: every byte, when it came, and how each direction ended. {@code docs/captures.md} describes the format. It holds secrets as they were sent.
 *
 * <p>Not thread-safe.
 */
public final class Capture {
    private static final String MAGIC = "CAPSTAN";
    private static final int VERSION = 1;
    private static final int HEAD_BYTES = 1 + 4 + 8 + 4;

    private Capture() {}

    /** What a record tells. */
    public enum Kind {
        BYTES_TO_SERVER(1, Direction.TO_SERVER),
        BYTES_TO_CLIENT(2, Direction.TO_CLIENT),
        END_TO_SERVER(3, Direction.TO_SERVER),
        END_TO_CLIENT(4, Direction.TO_CLIENT);

        private final int code;
        private final Direction direction;

        Kind(int code, Direction direction) {
            this.code = code;
            this.direction = direction;
        }

        /** Which way it went. */
        public Direction direction() {
            return direction;
        }

        /** Whether it carries bytes; else it ends its direction, and carries the reason, which is empty if it ended properly. */
        public boolean isBytes() {
            return this == BYTES_TO_SERVER || this == BYTES_TO_CLIENT;
        }

        private static @Nullable Kind of(int code) {
            for (Kind each : values()) {
                if (each.code == code) {
                    return each;
                }
            }
            return null;
        }
    }

    /**
     * One record.
     *
     * @param kind what it tells
     * @param session of which connection, counted from 1
     * @param micros when, since the capture began
     * @param content bytes, or a reason in UTF-8
     */
    @SuppressWarnings("ArrayRecordComponent") // made for one reader, never compared
    public record Entry(Kind kind, int session, long micros, byte[] content) {
        /** Why a direction ended. */
        public String reason() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    /** Writes a capture. Each record is handed to the system at once, so that what is there when the process is killed can be read. */
    public static final class Writer implements AutoCloseable {
        private final OutputStream out;
        private final int recordBytes;

        /** Begins a capture on {@code out}, which is closed with this. */
        public Writer(OutputStream out, Limits limits) throws IOException {
            this.out = new BufferedOutputStream(out);
            this.recordBytes = limits.recordBytes();
            this.out.write(MAGIC.getBytes(StandardCharsets.US_ASCII));
            this.out.write(VERSION);
            this.out.flush();
        }

        /** Writes bytes, in several records if they are more than one may hold. */
        public void bytes(long micros, int session, Direction direction, byte[] array, int offset, int length)
                throws IOException {
            Kind kind = direction == Direction.TO_SERVER ? Kind.BYTES_TO_SERVER : Kind.BYTES_TO_CLIENT;
            for (int at = 0; at < length; at += recordBytes) {
                write(kind, session, micros, array, offset + at, Math.min(recordBytes, length - at));
            }
            out.flush();
        }

        /** Writes that a direction has ended, or why it broke. */
        public void end(long micros, int session, Direction direction, String reason) throws IOException {
            Kind kind = direction == Direction.TO_SERVER ? Kind.END_TO_SERVER : Kind.END_TO_CLIENT;
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            write(kind, session, micros, text, 0, Math.min(text.length, recordBytes));
            out.flush();
        }

        private void write(Kind kind, int session, long micros, byte[] array, int offset, int length)
                throws IOException {
            out.write(ByteBuffer.allocate(HEAD_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put((byte) kind.code)
                    .putInt(session)
                    .putLong(micros)
                    .putInt(length)
                    .array());
            out.write(array, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Reads a capture. Records of kinds that are not known are skipped, so that later versions can add some. */
    public static final class Reader implements AutoCloseable {
        private final InputStream in;
        private final Limits limits;
        private boolean cut;

        /**
         * Reads from {@code in}, which is closed with this.
         *
         * @throws IOException also if this is no capture, or one of a version that is not known
         */
        public Reader(InputStream in, Limits limits) throws IOException {
            this.in = in;
            this.limits = limits;
            byte[] start = in.readNBytes(MAGIC.length() + 1);
            boolean isCapture = start.length == MAGIC.length() + 1
                    && new String(start, 0, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC);
            if (!isCapture) {
                throw new IOException("this is no capture: those are written by 'capstan record'");
            }
            if (start[MAGIC.length()] != VERSION) {
                throw new IOException("this capture has version " + start[MAGIC.length()] + ", of which only " + VERSION
                        + " is known here: read it with the release that wrote it, or a later one");
            }
        }

        /**
         * The next record; null at the end, or where the file is {@linkplain #isCut cut off}.
         *
         * @throws IOException if it cannot be read, or is no record
         */
        public @Nullable Entry next() throws IOException {
            while (true) {
                byte[] head = in.readNBytes(HEAD_BYTES);
                if (head.length < HEAD_BYTES) {
                    cut |= head.length > 0;
                    return null;
                }
                ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
                Kind kind = Kind.of(fields.get());
                int session = fields.getInt();
                long micros = fields.getLong();
                int length = fields.getInt();
                if (length < 0 || length > limits.recordBytes() || session < 1 || micros < 0) {
                    throw new IOException("the capture is damaged: a record of " + Integer.toUnsignedString(length)
                            + " bytes of session " + Integer.toUnsignedString(session));
                }
                try {
                    if (kind == null) {
                        in.skipNBytes(length);
                        continue;
                    }
                    byte[] content = in.readNBytes(length);
                    if (content.length < length) {
                        throw new EOFException();
                    }
                    return new Entry(kind, session, micros, content);
                } catch (EOFException e) {
                    cut = true;
                    return null;
                }
            }
        }

        /** Whether the file ended inside a record, as when its writer was killed. */
        public boolean isCut() {
            return cut;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}

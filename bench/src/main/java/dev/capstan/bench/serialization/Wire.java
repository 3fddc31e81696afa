package dev.capstan.bench.serialization;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Bytes that were written and are then read, in memory. */
final class Wire {
    private byte[] bytes = new byte[1024];
    private int written;
    private int read;

    final OutputStream in = new OutputStream() {
        @Override
        public void write(int single) {
            room(1);
            bytes[written++] = (byte) single;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            room(length);
            System.arraycopy(source, offset, bytes, written, length);
            written += length;
        }
    };

    final InputStream out = new InputStream() {
        @Override
        public int read() {
            return read == written ? -1 : bytes[read++] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = Math.min(length, written - read);
            if (count == 0 && length > 0) {
                return -1;
            }
            System.arraycopy(bytes, read, target, offset, count);
            read += count;
            return count;
        }
    };

    private void room(int more) {
        if (written + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(written + more, 2 * bytes.length));
        }
    }

    /** Makes room again for what was read, and answers how many bytes that was. Whoever unpacks may leave a last byte, a count of no further words. */
    int forgetRead() {
        int forgotten = read;
        System.arraycopy(bytes, read, bytes, 0, written - read);
        written -= read;
        read = 0;
        return forgotten;
    }
}

package dev.capstan.capnweb;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Batches as bytes: messages, one a line. What is written has no line end after the last; what is read may have one, and carriage returns. */
final class Lines {
    private static final String ABORT = "[\"abort\",";
    private static final int FIRST_BYTES = 256;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    /**
     * Where a message is.
     *
     * @param offset of its first byte
     * @param length bytes
     */
    record Line(int offset, int length) {}

    /** The messages in a batch; one more than {@code most} if there are more. */
    static List<Line> of(byte[] batch, int most) {
        List<Line> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= batch.length && lines.size() <= most; i++) {
            if (i == batch.length || batch[i] == '\n') {
                int end = i > begin && batch[i - 1] == '\r' ? i - 1 : i;
                boolean last = i == batch.length;
                if (!last || end > begin) {
                    lines.add(new Line(begin, end - begin));
                }
                begin = i + 1;
            }
        }
        return lines;
    }

    /** Whether a batch begins with the end of its session. */
    static boolean isAbort(byte[] batch) {
        byte[] word = ABORT.getBytes(StandardCharsets.US_ASCII);
        return batch.length > word.length && Arrays.equals(batch, 0, word.length, word, 0, word.length);
    }

    /** Bytes so far. */
    int size() {
        return length;
    }

    /** Appends one message. */
    void add(byte[] array, int offset, int count) {
        int needed = Math.addExact(length, Math.addExact(count, 1));
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
        if (length > 0) {
            bytes[length++] = '\n';
        }
        System.arraycopy(array, offset, bytes, length, count);
        length += count;
    }

    /** All messages. */
    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}

package dev.capstan.capnp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Messages spelled out word by word. */
final class Words {
    private Words() {}

    static byte[] bytes(long... words) {
        ByteBuffer buffer = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : words) {
            buffer.putLong(word);
        }
        return buffer.array();
    }

    static void putInt(byte[] bytes, int at, int value) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    }

    static long[] of(ByteBuffer bytes) {
        long[] words = new long[bytes.remaining() / 8];
        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        return words;
    }

    static long[] of(byte[] bytes) {
        return of(ByteBuffer.wrap(bytes));
    }

    /** The words of segment {@code id}. */
    static long[] of(MessageBuilder message, int id) {
        return of(message.segments().get(id));
    }

    /** The root of a message of one segment, under the default limits. */
    static AnyPointer.Reader root(long... words) {
        return root(Limits.DEFAULT, words);
    }

    static AnyPointer.Reader root(Limits limits, long... words) {
        return MessageReader.of(List.of(bytes(words)), limits).root();
    }

    /** The root of a message of several segments. */
    static AnyPointer.Reader root(long[][] segments) {
        List<byte[]> arrays = new ArrayList<>();
        for (long[] words : segments) {
            arrays.add(bytes(words));
        }
        return MessageReader.of(arrays, Limits.DEFAULT).root();
    }
}

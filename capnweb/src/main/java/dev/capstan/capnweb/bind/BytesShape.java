package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.TypedBytes;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plain bytes: {@code Uint8Array}; whatever else has elements of one byte is taken, too. Arrays are shared, not copied; of a buffer, what remains is copied.
 *
 * @param wrap bytes as the Java type
 * @param unwrap the Java type as bytes
 */
record BytesShape(Function<byte[], Object> wrap, Function<Object, byte[]> unwrap) implements Shape {
    /** The shape of {@code type}; null if it is not for bytes. */
    static @Nullable Shape of(Class<?> type) {
        if (type == byte[].class) {
            return new BytesShape(bytes -> bytes, value -> (byte[]) value);
        }
        return type == ByteBuffer.class ? new BytesShape(ByteBuffer::wrap, BytesShape::remaining) : null;
    }

    private static byte[] remaining(Object value) {
        ByteBuffer left = ((ByteBuffer) value).duplicate();
        byte[] copy = new byte[left.remaining()];
        left.get(copy);
        return copy;
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        return unwrap.apply(value);
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        return switch (tree) {
            case byte[] bytes -> wrap.apply(bytes);
            case TypedBytes typed when typed.kind().elementBytes() == 1 -> wrap.apply(typed.bytes());
            case null, default -> throw Mismatch.expected("bytes (a Uint8Array)", tree);
        };
    }

    @Override
    public String typescript(TypeScript out) {
        return "Uint8Array";
    }
}

package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.TypedBytes;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of numbers: typed arrays of JavaScript. A plain array of numbers is taken, too.
 *
 * @param kind the typed array
 * @param type of elements, a primitive
 * @param element one of them
 */
record NumbersShape(TypedBytes.Kind kind, Class<?> type, Shape element) implements Shape {
    /** The shape of {@code type}; null if it is no array of numbers. */
    static @Nullable Shape of(Class<?> type) {
        TypedBytes.Kind kind = switch (type.getName()) {
            case "[S" -> TypedBytes.Kind.INT16;
            case "[I" -> TypedBytes.Kind.INT32;
            case "[J" -> TypedBytes.Kind.BIG_INT64;
            case "[F" -> TypedBytes.Kind.FLOAT32;
            case "[D" -> TypedBytes.Kind.FLOAT64;
            default -> null;
        };
        Shape element = kind == null ? null : Scalar.of(type.getComponentType());
        return kind == null || element == null ? null : new NumbersShape(kind, type.getComponentType(), element);
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        byte[] content = new byte[Array.getLength(value) * kind.elementBytes()];
        ByteBuffer bytes = little(content);
        switch (value) {
            case short[] all -> bytes.asShortBuffer().put(all);
            case int[] all -> bytes.asIntBuffer().put(all);
            case long[] all -> bytes.asLongBuffer().put(all);
            case float[] all -> bytes.asFloatBuffer().put(all);
            case double[] all -> bytes.asDoubleBuffer().put(all);
            default -> throw new AssertionError("an array of " + value.getClass());
        }
        return new TypedBytes(kind, content);
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        if (tree instanceof List<?> list) {
            return elements(list, from);
        }
        if (!(tree instanceof TypedBytes(TypedBytes.Kind found, byte[] bytes)) || found != kind) {
            throw Mismatch.expected("numbers (a " + kind.marker() + ")", tree);
        }
        Object all = Array.newInstance(type, bytes.length / kind.elementBytes());
        ByteBuffer from8 = little(bytes);
        switch (all) {
            case short[] numbers -> from8.asShortBuffer().get(numbers);
            case int[] numbers -> from8.asIntBuffer().get(numbers);
            case long[] numbers -> from8.asLongBuffer().get(numbers);
            case float[] numbers -> from8.asFloatBuffer().get(numbers);
            case double[] numbers -> from8.asDoubleBuffer().get(numbers);
            default -> throw new AssertionError("an array of " + type);
        }
        return all;
    }

    private Object elements(List<?> list, Reading from) {
        Object all = Array.newInstance(type, list.size());
        int i = 0;
        try {
            for (Object each : list) {
                Array.set(all, i, element.read(each, from));
                i++;
            }
        } catch (Mismatch e) {
            throw e.in(i);
        }
        return all;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public String typescript(TypeScript out) {
        return kind.marker();
    }
}

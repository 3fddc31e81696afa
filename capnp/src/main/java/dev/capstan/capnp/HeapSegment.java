package dev.capstan.capnp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A segment in a byte array, which it may share with other segments and a frame's header. */
final class HeapSegment extends Segment {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Eight zero bytes at position 0: a null pointer to read where a message has none. */
    static final HeapSegment NULL = new HeapSegment(new ReaderArena(), 0, new byte[8], 0, 8);

    final byte[] array;

    /** Bytes that belong to no message. */
    static HeapSegment loose(byte[] bytes) {
        return new HeapSegment(NULL.arena, 0, bytes, 0, bytes.length);
    }

    HeapSegment(Arena arena, int id, byte[] array, int start, int end) {
        super(arena, id, start, end, array.length);
        this.array = array;
    }

    HeapSegment(Arena arena, int id, byte[] array, int start, int end, long capacity) {
        super(arena, id, start, end, capacity);
        this.array = array;
    }

    /** See {@link BuilderArena#reference}. */
    static HeapSegment referenced(Arena arena, int id, byte[] array, int start, int end) {
        return new HeapSegment(arena, id, array, start, end, REFERENCED);
    }

    static void put(byte[] array, int at, int value) {
        INT.set(array, at, value);
    }

    @Override
    byte getByte(long at) {
        return array[(int) at];
    }

    @Override
    short getShort(long at) {
        return (short) SHORT.get(array, (int) at);
    }

    @Override
    int getInt(long at) {
        return (int) INT.get(array, (int) at);
    }

    @Override
    long getLong(long at) {
        return (long) LONG.get(array, (int) at);
    }

    @Override
    void putByte(long at, byte value) {
        array[(int) at] = value;
    }

    @Override
    void putShort(long at, short value) {
        SHORT.set(array, (int) at, value);
    }

    @Override
    void putInt(long at, int value) {
        INT.set(array, (int) at, value);
    }

    @Override
    void putLong(long at, long value) {
        LONG.set(array, (int) at, value);
    }

    @Override
    void zero(long from, long bytes) {
        if (!isReferenced()) {
            Arrays.fill(array, (int) from, (int) (from + bytes), (byte) 0);
        }
    }

    @Override
    void copyTo(long from, Segment target, long to, long bytes) {
        target.putBytes(to, array, (int) from, (int) bytes);
    }

    @Override
    void getBytes(long from, byte[] target, int offset, int length) {
        System.arraycopy(array, (int) from, target, offset, length);
    }

    @Override
    void putBytes(long to, byte[] source, int offset, int length) {
        System.arraycopy(source, offset, array, (int) to, length);
    }

    @Override
    @SuppressWarnings("deprecation") // it drops the high bytes of chars, and here they are zero
    void putAscii(long to, String text) {
        text.getBytes(0, text.length(), array, (int) to);
    }

    @Override
    ByteBuffer buffer(long from, int bytes) {
        return ByteBuffer.wrap(array, (int) from, bytes).slice();
    }

    @Override
    String text(long from, int bytes) {
        return new String(array, (int) from, bytes, StandardCharsets.UTF_8);
    }
}

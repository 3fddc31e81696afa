package dev.capstan.capnp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A segment in memory of the foreign-memory API: outside the heap, a mapped file, larger than an array can be. */
final class NativeSegment extends Segment {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final MemorySegment memory;

    NativeSegment(Arena arena, int id, MemorySegment memory, long start, long end) {
        super(arena, id, start, end, memory.byteSize());
        this.memory = memory;
    }

    @Override
    byte getByte(long at) {
        return memory.get(ValueLayout.JAVA_BYTE, at);
    }

    @Override
    short getShort(long at) {
        return memory.get(SHORT, at);
    }

    @Override
    int getInt(long at) {
        return memory.get(INT, at);
    }

    @Override
    long getLong(long at) {
        return memory.get(LONG, at);
    }

    @Override
    void putByte(long at, byte value) {
        memory.set(ValueLayout.JAVA_BYTE, at, value);
    }

    @Override
    void putShort(long at, short value) {
        memory.set(SHORT, at, value);
    }

    @Override
    void putInt(long at, int value) {
        memory.set(INT, at, value);
    }

    @Override
    void putLong(long at, long value) {
        memory.set(LONG, at, value);
    }

    @Override
    void zero(long from, long bytes) {
        memory.asSlice(from, bytes).fill((byte) 0);
    }

    @Override
    void copyTo(long from, Segment target, long to, long bytes) {
        switch (target) {
            case HeapSegment heap -> getBytes(from, heap.array, (int) to, (int) bytes);
            case NativeSegment other -> MemorySegment.copy(memory, from, other.memory, to, bytes);
        }
    }

    @Override
    void getBytes(long from, byte[] target, int offset, int length) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, from, target, offset, length);
    }

    @Override
    void putBytes(long to, byte[] source, int offset, int length) {
        MemorySegment.copy(source, offset, memory, ValueLayout.JAVA_BYTE, to, length);
    }

    @Override
    void putAscii(long to, String text) {
        for (int i = 0; i < text.length(); i++) {
            putByte(to + i, (byte) text.charAt(i));
        }
    }

    @Override
    ByteBuffer buffer(long from, int bytes) {
        return memory.asSlice(from, bytes).asByteBuffer();
    }

    @Override
    String text(long from, int bytes) {
        byte[] copy = new byte[bytes];
        getBytes(from, copy, 0, bytes);
        return new String(copy, StandardCharsets.UTF_8);
    }
}

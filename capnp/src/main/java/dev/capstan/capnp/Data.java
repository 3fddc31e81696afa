package dev.capstan.capnp;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A run of bytes, immutable and compared by content.
 *
 * <p>Data read from a message is a view of it: it keeps the message's memory alive and must be copied ({@link
 * #toByteArray()}) when that memory is about to be used again.
 */
public final class Data {
    /** No bytes. */
    public static final Data EMPTY = new Data(HeapSegment.NULL, 0, 0);

    /** The token of the schema type {@code Data}. */
    public static final PointerType<Builder, Data> TYPE = new Type();

    final Segment segment;
    final long start;
    final int size;

    Data(Segment segment, long start, int size) {
        this.segment = segment;
        this.start = start;
        this.size = size;
    }

    /** A copy of {@code bytes}. */
    public static Data of(byte... bytes) {
        Objects.requireNonNull(bytes, "there are no bytes: Data.EMPTY stands for none");
        return wrap(bytes.clone());
    }

    /** A view of {@code bytes}, which must not change from now on. */
    static Data wrap(byte[] bytes) {
        return new Data(HeapSegment.loose(bytes), 0, bytes.length);
    }

    /** Number of bytes. */
    public int size() {
        return size;
    }

    /** The byte at {@code index}. */
    public byte get(int index) {
        return segment.getByte(start + Objects.checkIndex(index, size));
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
        byte[] copy = new byte[size];
        segment.getBytes(start, copy, 0, size);
        return copy;
    }

    /** The bytes without copying them; the buffer's position is 0 and it cannot be written to. */
    public ByteBuffer asReadOnlyByteBuffer() {
        return segment.buffer(start, size).asReadOnlyBuffer();
    }

    /** Where {@code part} begins first in these bytes, or -1. */
    public int indexOf(Data part) {
        return Search.first(segment, start, size, part.segment, part.start, part.size);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Data that
                && size == that.size
                && segment.buffer(start, size).mismatch(that.segment.buffer(that.start, size)) < 0;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < size; i++) {
            hash = 31 * hash + segment.getByte(start + i);
        }
        return hash;
    }

    @Override
    public String toString() {
        return "Data[" + size + " bytes]";
    }

    /** Reads the pointer at {@code at}, which may be null. */
    static Data read(Segment segment, long at) {
        return segment.getLong(at) == 0 ? EMPTY : bytes(segment, at, "data");
    }

    /** The list of bytes that the pointer at {@code at}, which is not null, points to. */
    static Data bytes(Segment segment, long at, String what) {
        long pointer = segment.getLong(at);
        Segment holder = segment;
        long position;
        if (Pointer.kind(pointer) == Pointer.FAR) {
            Target target = Target.follow(segment, at, pointer);
            holder = target.segment;
            position = target.position;
            pointer = target.pointer;
        } else {
            position = Pointer.target(at, pointer);
        }
        if (Pointer.kind(pointer) != Pointer.LIST) {
            throw Target.mismatch(segment, at, "a non-list pointer", what);
        }
        int size = Pointer.elementSize(pointer);
        if (size != ElementSize.BYTE) {
            throw Target.mismatch(segment, at, "a list of " + ElementSize.name(size), what);
        }
        int count = Pointer.elementCount(pointer);
        holder.visit(position, (count + 7L) >>> 3, "a list pointer");
        return new Data(holder, position, count);
    }

    static Builder init(Segment segment, long at, int size) {
        return init(segment, at, size, size);
    }

    /** A list of {@code allocated} bytes, of which the first {@code size} are handed out. */
    static Builder init(Segment segment, long at, int size, int allocated) {
        Elements bytes = ListWrites.init(ElementSize.BYTE, segment, at, allocated);
        return new Builder(bytes.segment, bytes.start, size);
    }

    /** Bytes in a message that is being built, to be changed in place. */
    public static final class Builder {
        final Segment segment;
        final long start;
        private final int size;

        Builder(Segment segment, long start, int size) {
            this.segment = segment;
            this.start = start;
            this.size = size;
        }

        /** Number of bytes. */
        public int size() {
            return size;
        }

        /** The byte at {@code index}. */
        public byte get(int index) {
            return segment.getByte(start + Objects.checkIndex(index, size));
        }

        /** Changes the byte at {@code index}. */
        public void set(int index, byte value) {
            segment.putByte(start + Objects.checkIndex(index, size), value);
        }

        /** Copies {@code length} bytes of {@code source} in, to begin at {@code index}. */
        public void put(int index, byte[] source, int sourceOffset, int length) {
            Objects.checkFromIndexSize(index, length, size);
            segment.putBytes(start + index, source, sourceOffset, length);
        }

        /** Copies {@code source} in, to begin at the first byte. */
        void put(Data source) {
            source.segment.copyTo(source.start, segment, start, source.size);
        }

        /** The bytes themselves as a buffer that can be written to; its position is 0. */
        public ByteBuffer asByteBuffer() {
            return segment.buffer(start, size);
        }

        /** A copy of the bytes. */
        public byte[] toByteArray() {
            return new Data(segment, start, size).toByteArray();
        }

        /** A copy of the bytes. */
        public Data toData() {
            return wrap(toByteArray());
        }
    }

    private static final class Type extends PointerType<Builder, Data> {
        @Override
        public Data asReader(Builder builder) {
            return new Data(builder.segment, builder.start, builder.size);
        }

        @Override
        Data read(Segment segment, long at, int depthLeft) {
            return Data.read(segment, at);
        }

        @Override
        Builder edit(Segment segment, long at) {
            if (segment.getLong(at) == 0) {
                return new Builder(HeapSegment.NULL, 0, 0);
            }
            Data bytes = bytes(segment, at, "data");
            return new Builder(bytes.segment, bytes.start, bytes.size);
        }

        @Override
        Builder init(Segment segment, long at, int size) {
            return Data.init(segment, at, size);
        }

        @Override
        void write(Segment segment, long at, Data value) {
            ListWrites.checkCount(Copies.present(value).size);
            Copies.writeBytes(segment, at, value, () -> Data.init(segment, at, value.size));
        }
    }
}

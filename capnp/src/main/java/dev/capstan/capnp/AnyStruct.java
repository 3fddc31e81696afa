package dev.capstan.capnp;

import java.util.Objects;

/** A struct whose type is not known: its two sections. It stands for the schema type {@code AnyStruct}. */
public final class AnyStruct {
    /** The token of a struct of any size; a new one is empty. */
    public static final StructType<Builder, Reader> TYPE = new Type(0, 0);

    private AnyStruct() {}

    /** The token of a struct whose sections have at least the given sizes, as schema.capnp's {@code Node.struct} tells them. */
    public static StructType<Builder, Reader> type(int dataWords, int pointerCount) {
        if (dataWords < 0 || dataWords > 0xffff || pointerCount < 0 || pointerCount > 0xffff) {
            throw new IllegalArgumentException("a struct has 0 to 65,535 words of data and as many pointers, not "
                    + dataWords + " and " + pointerCount);
        }
        return new Type(dataWords, pointerCount);
    }

    /** {@code struct} without its type. */
    public static Reader of(StructReader struct) {
        return new Reader(struct);
    }

    /** {@code struct} without its type. */
    public static Builder of(StructBuilder struct) {
        return struct instanceof Builder same ? same : new Builder(struct);
    }

    /** The reading side. */
    public static final class Reader extends StructReader {
        private Reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            super(segment, data, dataBits, pointerCount, depthLeft);
        }

        private Reader(StructReader same) {
            super(same);
        }

        /** The data section. */
        public Data data() {
            return new Data(segment, data, dataBits >>> 3);
        }

        /** Number of pointers. */
        public int pointerCount() {
            return pointerCount;
        }

        /** Pointer {@code index} of {@link #pointerCount}. */
        public AnyPointer.Reader pointer(int index) {
            return _any(Objects.checkIndex(index, pointerCount));
        }

        /** The same struct with a type. */
        public <R extends StructReader> R as(StructType<?, R> type) {
            return type.reader(segment, data, dataBits, pointerCount, depthLeft());
        }
    }

    /** The writing side. */
    public static final class Builder extends StructBuilder {
        // An element of a list of, say, bytes is a struct too, whose data section is no whole number of words.
        private final long data;
        private final int dataBits;

        private Builder(Segment segment, long data, int dataBits, int pointerCount) {
            super(segment, data, dataBits, pointerCount);
            this.data = data;
            this.dataBits = dataBits;
        }

        private Builder(StructBuilder same) {
            super(same);
            data = same.position();
            dataBits = same.dataBits();
        }

        @Override
        public long totalSizeWords() {
            return asReader().totalSizeWords();
        }

        /** The data section. */
        public Data.Builder data() {
            return new Data.Builder(segment, data, dataBits >>> 3);
        }

        /** Number of pointers. */
        public int pointerCount() {
            return pointerCount;
        }

        /** Pointer {@code index} of {@link #pointerCount}. */
        public AnyPointer.Builder pointer(int index) {
            return _any(Objects.checkIndex(index, pointerCount));
        }

        /** The same struct with a type, for which it is large enough. */
        public <B extends StructBuilder> B as(StructType<B, ?> type) {
            if (dataBits < 64 * type.dataWords || pointerCount < type.pointerCount) {
                throw new IllegalArgumentException(
                        "this struct is smaller than the type: edit it through the pointer to it,"
                                + " as in anyPointer.as(type), which enlarges it");
            }
            return type.builder(segment, data, dataBits, pointerCount);
        }

        /** A view of the struct; it shows later changes too. */
        public Reader asReader() {
            return new Reader(segment, data, dataBits, pointerCount, Integer.MAX_VALUE);
        }
    }

    private static final class Type extends StructType<Builder, Reader> {
        Type(int dataWords, int pointerCount) {
            super(dataWords, pointerCount);
        }

        @Override
        protected Reader reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            return new Reader(segment, data, dataBits, pointerCount, depthLeft);
        }

        @Override
        protected Builder builder(Segment segment, long data, int dataBits, int pointerCount) {
            return new Builder(segment, data, dataBits, pointerCount);
        }
    }
}

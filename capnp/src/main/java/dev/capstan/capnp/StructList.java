package dev.capstan.capnp;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Lists of structs. */
public final class StructList {
    private StructList() {}

    /** The token of a list of {@code element}. */
    public static <B extends StructBuilder, R extends StructReader> PointerType<Builder<B>, Reader<R>> type(
            StructType<B, R> element) {
        return new Type<>(element);
    }

    /** The reading side. */
    public abstract static sealed class Reader<R extends StructReader> extends CapnpList<R> {
        private Reader(Elements elements) {
            super(elements);
        }

        @Override
        public abstract R get(int index);
    }

    /** The writing side; its elements are builders. */
    public abstract static sealed class Builder<B extends StructBuilder> extends CapnpList<B> {
        private Builder(Elements elements) {
            super(elements);
        }

        @Override
        public abstract B get(int index);

        /** Not possible: elements are views of the message. */
        @Override
        public final B set(int index, B value) {
            throw new UnsupportedOperationException(
                    "elements of this list are views into the message: use setCopy(index, value), or change what get(index) gives");
        }

        /**
         * Replaces element {@code index} by a deep copy of {@code value}. Fields for which the elements of this list
         * have no room, because {@code value} was written by a newer schema, are left out.
         */
        public final void setCopy(int index, StructReader value) {
            Copies.writeElement(get(index), Copies.element(value));
        }
    }

    /**
     * For generated code: the list to be read of one type. That each type has its own class, also of iterators, lets the compiler see which constructor makes an
     * element, and so remove the element; behind a call that serves all types it would have to be allocated.
     */
    @SuppressWarnings("IterableAndIterator") // only iterator() hands out what is used as one
    public abstract static non-sealed class Readers<R extends StructReader> extends Reader<R> implements Iterator<R> {
        private int next;

        /** For generated code, from {@link StructType#readers}. */
        protected Readers(Elements elements) {
            super(elements);
        }

        /** For generated code: as {@link StructType#reader}. */
        protected abstract R element(Segment segment, long data, int dataBits, int pointerCount, int depthLeft);

        /** For generated code: as {@link StructType#readers}. */
        protected abstract Readers<R> again(Elements elements);

        @Override
        public final R get(int index) {
            long at = position(index);
            Elements e = elements;
            if (e.depthLeft <= 0) {
                throw Target.beyondLimit(e.segment, at);
            }
            return element(e.segment, at, e.dataBits, e.pointerCount, e.depthLeft - 1);
        }

        @Override
        public final Iterator<R> iterator() {
            return again(elements);
        }

        /** See {@link #iterator}. */
        @Override
        public final boolean hasNext() {
            return next < elements.count;
        }

        /** See {@link #iterator}. */
        @Override
        public final R next() {
            if (next >= elements.count) {
                throw new NoSuchElementException();
            }
            return get(next++);
        }
    }

    /** For generated code: the list to be written of one type, see {@link Readers}. */
    @SuppressWarnings("IterableAndIterator") // as above
    public abstract static non-sealed class Builders<B extends StructBuilder> extends Builder<B>
            implements Iterator<B> {
        private int next;

        /** For generated code, from {@link StructType#builders}. */
        protected Builders(Elements elements) {
            super(elements);
        }

        /** For generated code: as {@link StructType#builder}. */
        protected abstract B element(Segment segment, long data, int dataBits, int pointerCount);

        /** For generated code: as {@link StructType#builders}. */
        protected abstract Builders<B> again(Elements elements);

        @Override
        public final B get(int index) {
            Elements e = elements;
            return element(e.segment, position(index), e.dataBits, e.pointerCount);
        }

        @Override
        public final Iterator<B> iterator() {
            return again(elements);
        }

        /** See {@link #iterator}. */
        @Override
        public final boolean hasNext() {
            return next < elements.count;
        }

        /** See {@link #iterator}. */
        @Override
        public final B next() {
            if (next >= elements.count) {
                throw new NoSuchElementException();
            }
            return get(next++);
        }
    }

    private static final class Type<B extends StructBuilder, R extends StructReader>
            extends ListType<Builder<B>, Reader<R>> {
        private final StructType<B, R> element;

        Type(StructType<B, R> element) {
            super(ElementSize.COMPOSITE);
            this.element = element;
        }

        @Override
        int dataBits() {
            return 64 * element.dataWords;
        }

        @Override
        int pointerCount() {
            return element.pointerCount;
        }

        @Override
        Reader<R> reader(Elements elements) {
            return element.readers(elements);
        }

        @Override
        Builder<B> builder(Elements elements) {
            return element.builders(elements);
        }

        @Override
        Builder<B> edit(Segment segment, long at) {
            return builder(ListWrites.editStructs(element, segment, at));
        }

        @Override
        Builder<B> init(Segment segment, long at, int size) {
            return builder(ListWrites.initStructs(element, segment, at, size));
        }
    }
}

package dev.capstan.capnp;

/** Lists of Int64, and of UInt64, whose elements come as their bits (see {@link Long#toUnsignedString(long)}). */
public final class Int64List {
    /** The token of {@code List(Int64)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private Int64List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Long> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public long at(int index) {
            return elements.segment.getLong(position(index));
        }

        @Override
        public Long get(int index) {
            return at(index);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<Long> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public long at(int index) {
            return elements.segment.getLong(position(index));
        }

        /** Changes element {@code index}. */
        public void set(int index, long value) {
            elements.segment.putLong(position(index), value);
        }

        @Override
        public Long get(int index) {
            return at(index);
        }

        @Override
        public Long set(int index, Long value) {
            long old = at(index);
            set(index, Copies.element(value).longValue());
            return old;
        }
    }

    private static final class Type extends ListType<Builder, Reader> {
        Type() {
            super(ElementSize.EIGHT_BYTES);
        }

        @Override
        Reader reader(Elements elements) {
            return new Reader(elements);
        }

        @Override
        Builder builder(Elements elements) {
            return new Builder(elements);
        }
    }
}

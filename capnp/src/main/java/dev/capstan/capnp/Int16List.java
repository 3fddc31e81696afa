package dev.capstan.capnp;

/** Lists of Int16. */
public final class Int16List {
    /** The token of {@code List(Int16)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private Int16List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Short> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public short at(int index) {
            return elements.segment.getShort(position(index));
        }

        @Override
        public Short get(int index) {
            return at(index);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<Short> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public short at(int index) {
            return elements.segment.getShort(position(index));
        }

        /** Changes element {@code index}. */
        public void set(int index, short value) {
            elements.segment.putShort(position(index), value);
        }

        @Override
        public Short get(int index) {
            return at(index);
        }

        @Override
        public Short set(int index, Short value) {
            short old = at(index);
            set(index, Copies.element(value).shortValue());
            return old;
        }
    }

    private static final class Type extends ListType<Builder, Reader> {
        Type() {
            super(ElementSize.TWO_BYTES);
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

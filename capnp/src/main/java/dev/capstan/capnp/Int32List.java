package dev.capstan.capnp;

/** Lists of Int32. */
public final class Int32List {
    /** The token of {@code List(Int32)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private Int32List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Integer> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public int at(int index) {
            return elements.segment.getInt(position(index));
        }

        @Override
        public Integer get(int index) {
            return at(index);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<Integer> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public int at(int index) {
            return elements.segment.getInt(position(index));
        }

        /** Changes element {@code index}. */
        public void set(int index, int value) {
            elements.segment.putInt(position(index), value);
        }

        @Override
        public Integer get(int index) {
            return at(index);
        }

        @Override
        public Integer set(int index, Integer value) {
            int old = at(index);
            set(index, Copies.element(value).intValue());
            return old;
        }
    }

    private static final class Type extends ListType<Builder, Reader> {
        Type() {
            super(ElementSize.FOUR_BYTES);
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

package dev.capstan.capnp;

/** Lists of UInt16. */
public final class UInt16List {
    /** The token of {@code List(UInt16)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private UInt16List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Integer> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public int at(int index) {
            return elements.segment.getShort(position(index)) & 0xffff;
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
            return elements.segment.getShort(position(index)) & 0xffff;
        }

        /** Changes element {@code index}. Must be 0 to 65,535, else {@link IllegalArgumentException}. */
        public void set(int index, int value) {
            elements.segment.putShort(position(index), Unsigned.int16(value));
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

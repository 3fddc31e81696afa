package dev.capstan.capnp;

/** Lists of UInt32. */
public final class UInt32List {
    /** The token of {@code List(UInt32)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private UInt32List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Long> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public long at(int index) {
            return elements.segment.getInt(position(index)) & 0xffff_ffffL;
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
            return elements.segment.getInt(position(index)) & 0xffff_ffffL;
        }

        /** Changes element {@code index}. Must be 0 to 4,294,967,295, else {@link IllegalArgumentException}. */
        public void set(int index, long value) {
            elements.segment.putInt(position(index), Unsigned.int32(value));
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

package dev.capstan.capnp;

/** Lists of UInt8. */
public final class UInt8List {
    /** The token of {@code List(UInt8)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private UInt8List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Integer> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public int at(int index) {
            return elements.segment.getByte(position(index)) & 0xff;
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
            return elements.segment.getByte(position(index)) & 0xff;
        }

        /** Changes element {@code index}. Must be 0 to 255, else {@link IllegalArgumentException}. */
        public void set(int index, int value) {
            elements.segment.putByte(position(index), Unsigned.int8(value));
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
            super(ElementSize.BYTE);
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

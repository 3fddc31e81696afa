package dev.capstan.capnp;

/** Lists of Int8. */
public final class Int8List {
    /** The token of {@code List(Int8)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private Int8List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Byte> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public byte at(int index) {
            return elements.segment.getByte(position(index));
        }

        @Override
        public Byte get(int index) {
            return at(index);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<Byte> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public byte at(int index) {
            return elements.segment.getByte(position(index));
        }

        /** Changes element {@code index}. */
        public void set(int index, byte value) {
            elements.segment.putByte(position(index), value);
        }

        @Override
        public Byte get(int index) {
            return at(index);
        }

        @Override
        public Byte set(int index, Byte value) {
            byte old = at(index);
            set(index, Copies.element(value).byteValue());
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

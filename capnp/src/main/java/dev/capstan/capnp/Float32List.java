package dev.capstan.capnp;

/** Lists of Float32. */
public final class Float32List {
    /** The token of {@code List(Float32)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private Float32List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Float> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public float at(int index) {
            return Float.intBitsToFloat(elements.segment.getInt(position(index)));
        }

        @Override
        public Float get(int index) {
            return at(index);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<Float> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public float at(int index) {
            return Float.intBitsToFloat(elements.segment.getInt(position(index)));
        }

        /** Changes element {@code index}. */
        public void set(int index, float value) {
            elements.segment.putInt(position(index), Float.floatToRawIntBits(value));
        }

        @Override
        public Float get(int index) {
            return at(index);
        }

        @Override
        public Float set(int index, Float value) {
            float old = at(index);
            set(index, Copies.element(value).floatValue());
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

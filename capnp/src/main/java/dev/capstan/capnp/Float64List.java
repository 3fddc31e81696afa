package dev.capstan.capnp;

/** Lists of Float64. */
public final class Float64List {
    /** The token of {@code List(Float64)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private Float64List() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Double> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public double at(int index) {
            return Double.longBitsToDouble(elements.segment.getLong(position(index)));
        }

        @Override
        public Double get(int index) {
            return at(index);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<Double> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public double at(int index) {
            return Double.longBitsToDouble(elements.segment.getLong(position(index)));
        }

        /** Changes element {@code index}. */
        public void set(int index, double value) {
            elements.segment.putLong(position(index), Double.doubleToRawLongBits(value));
        }

        @Override
        public Double get(int index) {
            return at(index);
        }

        @Override
        public Double set(int index, Double value) {
            double old = at(index);
            set(index, Copies.element(value).doubleValue());
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

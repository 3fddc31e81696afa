package dev.capstan.capnp;

/** Lists of Bool. */
public final class BoolList {
    /** The token of {@code List(Bool)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private BoolList() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<Boolean> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public boolean at(int index) {
            return bit(index);
        }

        @Override
        public Boolean get(int index) {
            return at(index);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<Boolean> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** Element {@code index}. */
        public boolean at(int index) {
            return bit(index);
        }

        /** Changes element {@code index}. */
        public void set(int index, boolean value) {
            bit(index, value);
        }

        @Override
        public Boolean get(int index) {
            return at(index);
        }

        @Override
        public Boolean set(int index, Boolean value) {
            boolean old = at(index);
            set(index, Copies.element(value).booleanValue());
            return old;
        }
    }

    private static final class Type extends ListType<Builder, Reader> {
        Type() {
            super(ElementSize.BIT);
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

package dev.capstan.capnp;

/** Lists of structs. */
public final class StructList {
    private StructList() {}

    /** The token of a list of {@code element}. */
    public static <B extends StructBuilder, R extends StructReader> PointerType<Builder<B>, Reader<R>> type(
            StructType<B, R> element) {
        return new Type<>(element);
    }

    /** The reading side. */
    public static final class Reader<R extends StructReader> extends CapnpList<R> {
        private final StructType<?, R> type;

        private Reader(StructType<?, R> type, Elements elements) {
            super(elements);
            this.type = type;
        }

        @Override
        public R get(int index) {
            long at = position(index);
            Elements e = elements;
            if (e.depthLeft <= 0) {
                throw Target.tooDeep(e.segment, at);
            }
            return type.reader(e.segment, at, e.dataBits, e.pointerCount, e.depthLeft - 1);
        }
    }

    /** The writing side; its elements are builders. */
    public static final class Builder<B extends StructBuilder> extends CapnpList<B> {
        private final StructType<B, ?> type;

        private Builder(StructType<B, ?> type, Elements elements) {
            super(elements);
            this.type = type;
        }

        @Override
        public B get(int index) {
            Elements e = elements;
            return type.builder(e.segment, position(index), e.dataBits, e.pointerCount);
        }

        /** Not possible: elements are views of the message. */
        @Override
        public B set(int index, B value) {
            throw new UnsupportedOperationException(
                    "elements of this list are views into the message: use setCopy(index, value), or change what get(index) gives");
        }

        /**
         * Replaces element {@code index} by a deep copy of {@code value}. Fields for which the elements of this list
         * have no room, because {@code value} was written by a newer schema, are left out.
         */
        public void setCopy(int index, StructReader value) {
            Copies.writeElement(get(index), value);
        }
    }

    private static final class Type<B extends StructBuilder, R extends StructReader>
            extends ListType<Builder<B>, Reader<R>> {
        private final StructType<B, R> element;

        Type(StructType<B, R> element) {
            super(ElementSize.COMPOSITE);
            this.element = element;
        }

        @Override
        int dataBits() {
            return 64 * element.dataWords;
        }

        @Override
        int pointerCount() {
            return element.pointerCount;
        }

        @Override
        Reader<R> reader(Elements elements) {
            return new Reader<>(element, elements);
        }

        @Override
        Builder<B> builder(Elements elements) {
            return new Builder<>(element, elements);
        }

        @Override
        Builder<B> edit(Segment segment, long at) {
            return builder(ListWrites.editStructs(element, segment, at));
        }

        @Override
        Builder<B> init(Segment segment, long at, int size) {
            return builder(ListWrites.initStructs(element, segment, at, size));
        }
    }
}

package dev.capstan.capnp;

/** Lists whose elements are pointers: of text, data, lists, capabilities, or any pointer. */
public final class PointerList {
    private PointerList() {}

    /** The token of a list of {@code element}, which is no struct type. */
    public static <B, R> PointerType<Builder<B, R>, Reader<R>> type(PointerType<B, R> element) {
        if (element instanceof StructType) {
            throw new IllegalArgumentException("Structs lie in a list themselves; use StructList.type.");
        }
        return new Type<>(element);
    }

    /** The reading side. */
    public static final class Reader<R> extends CapnpList<R> {
        private final PointerType<?, R> type;

        private Reader(PointerType<?, R> type, Elements elements) {
            super(elements);
            this.type = type;
        }

        @Override
        public R get(int index) {
            return type.read(elements.segment, pointerAt(this, index), elements.depthLeft);
        }

        /** Whether element {@code index} is a null pointer. */
        public boolean isNull(int index) {
            return elements.segment.getLong(pointerAt(this, index)) == 0;
        }

        /** Element {@code index}, whatever it points to. */
        public AnyPointer.Reader any(int index) {
            return new AnyPointer.Reader(elements.segment, pointerAt(this, index), elements.depthLeft);
        }
    }

    /** The writing side. */
    public static final class Builder<B, R> extends CapnpList<B> {
        private final PointerType<B, R> type;

        private Builder(PointerType<B, R> type, Elements elements) {
            super(elements);
            this.type = type;
        }

        @Override
        public B get(int index) {
            return type.edit(elements.segment, pointerAt(this, index));
        }

        /** Sets an element of a list of texts. Other elements are views of the message: {@link #setCopy} replaces those. */
        @Override
        public B set(int index, B value) {
            if (type != Text.TYPE) {
                throw new UnsupportedOperationException(
                        "elements of this list are views into the message: use setCopy(index, value), or change what get(index) gives");
            }
            B before = get(index);
            setCopy(index, type.asReader(Copies.element(value)));
            return before;
        }

        /** Replaces element {@code index} by a deep copy of {@code value}; capabilities are shared. */
        public void setCopy(int index, R value) {
            type.write(elements.segment, pointerAt(this, index), Copies.element(value));
        }

        /** A new list or data with {@code size} elements in place of element {@code index}. */
        public B init(int index, int size) {
            return type.init(elements.segment, pointerAt(this, index), size);
        }

        /** Puts {@code orphan}, which is of the same message, in place of element {@code index}. It is used up. */
        public void adopt(int index, Orphan<B, R> orphan) {
            Copies.orphan(orphan).adopt(elements.segment, pointerAt(this, index));
        }

        /** Takes element {@code index} out of the message and leaves null. */
        public Orphan<B, R> disown(int index) {
            return Orphan.disown(type, elements.segment, pointerAt(this, index));
        }

        /** Whether element {@code index} is a null pointer. */
        public boolean isNull(int index) {
            return elements.segment.getLong(pointerAt(this, index)) == 0;
        }

        /** Element {@code index}, to be set to anything. */
        public AnyPointer.Builder any(int index) {
            return new AnyPointer.Builder(elements.segment, pointerAt(this, index));
        }
    }

    /** A list of structs can be read as one of pointers: of the first pointer of each. */
    private static long pointerAt(CapnpList<?> list, int index) {
        return list.position(index) + (list.elements.dataBits >>> 3);
    }

    private static final class Type<B, R> extends ListType<Builder<B, R>, Reader<R>> {
        private final PointerType<B, R> element;

        Type(PointerType<B, R> element) {
            super(ElementSize.POINTER);
            this.element = element;
        }

        @Override
        Reader<R> reader(Elements elements) {
            return new Reader<>(element, elements);
        }

        @Override
        Builder<B, R> builder(Elements elements) {
            return new Builder<>(element, elements);
        }
    }
}

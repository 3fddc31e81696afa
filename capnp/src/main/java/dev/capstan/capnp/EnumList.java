package dev.capstan.capnp;

import java.util.function.IntFunction;

/** Lists of enums. */
public final class EnumList {
    private EnumList() {}

    /** The token of a list of the enum whose values {@code ofRaw} makes of numbers. */
    public static <E extends EnumValue> PointerType<Builder<E>, Reader<E>> type(IntFunction<E> ofRaw) {
        return new Type<>(ofRaw);
    }

    /** The reading side. */
    public static final class Reader<E extends EnumValue> extends CapnpList<E> {
        private final IntFunction<E> ofRaw;

        private Reader(IntFunction<E> ofRaw, Elements elements) {
            super(elements);
            this.ofRaw = ofRaw;
        }

        @Override
        public E get(int index) {
            return ofRaw.apply(raw(index));
        }

        /** The number of element {@code index}, which is not lost when this side has no name for it. */
        public int raw(int index) {
            return elements.segment.getShort(position(index)) & 0xffff;
        }
    }

    /** The writing side. */
    public static final class Builder<E extends EnumValue> extends CapnpList<E> {
        private final IntFunction<E> ofRaw;

        private Builder(IntFunction<E> ofRaw, Elements elements) {
            super(elements);
            this.ofRaw = ofRaw;
        }

        @Override
        public E get(int index) {
            return ofRaw.apply(raw(index));
        }

        /** The number of element {@code index}. */
        public int raw(int index) {
            return elements.segment.getShort(position(index)) & 0xffff;
        }

        /** Replaces element {@code index} and answers what was there. UNRECOGNIZED cannot be written. */
        @Override
        public E set(int index, E value) {
            E old = get(index);
            setRaw(index, EnumValue.writable(Copies.element(value)));
            return old;
        }

        /** Replaces element {@code index} by a number, 0 to 65,535. */
        public void setRaw(int index, int value) {
            elements.segment.putShort(position(index), Unsigned.int16(value));
        }
    }

    private static final class Type<E extends EnumValue> extends ListType<Builder<E>, Reader<E>> {
        private final IntFunction<E> ofRaw;

        Type(IntFunction<E> ofRaw) {
            super(ElementSize.TWO_BYTES);
            this.ofRaw = ofRaw;
        }

        @Override
        Reader<E> reader(Elements elements) {
            return new Reader<>(ofRaw, elements);
        }

        @Override
        Builder<E> builder(Elements elements) {
            return new Builder<>(ofRaw, elements);
        }
    }
}

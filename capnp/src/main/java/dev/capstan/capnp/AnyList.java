package dev.capstan.capnp;

import java.util.List;

/** A list whose element type is not known. It stands for the schema type {@code AnyList}. */
public final class AnyList {
    /** The token of a list of anything. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private AnyList() {}

    /** {@code list} without its type. */
    public static Reader of(CapnpList<?> list) {
        return new Reader(list.elements);
    }

    /** How elements are encoded, in the order of the encoding's numbers. */
    public enum Encoding {
        VOID,
        BIT,
        BYTE,
        TWO_BYTES,
        FOUR_BYTES,
        EIGHT_BYTES,
        POINTER,
        COMPOSITE;

        private static final List<Encoding> BY_NUMBER = List.of(values());

        private static Encoding of(Elements elements) {
            return BY_NUMBER.get(elements.size);
        }
    }

    /** The reading side. As a {@link java.util.List} its elements are structs without a type; a list of bits has none. */
    public static final class Reader extends CapnpList<AnyStruct.Reader> {
        private Reader(Elements elements) {
            super(elements);
        }

        /** How elements are encoded. */
        public Encoding encoding() {
            return Encoding.of(elements);
        }

        /** The memory of all elements, without what they point to. */
        public Data data() {
            return AnyList.data(elements);
        }

        @Override
        public AnyStruct.Reader get(int index) {
            long at = position(index);
            Elements e = structs(elements);
            if (e.depthLeft <= 0) {
                throw Target.beyondLimit(e.segment, at);
            }
            return AnyStruct.TYPE.reader(e.segment, at, e.dataBits, e.pointerCount, e.depthLeft - 1);
        }

        /** The same list with a type; throws {@link MessageException} when its elements cannot be read so. */
        public <R extends CapnpList<?>> R as(PointerType<?, R> type) {
            ListType<?, R> list = listType(type);
            Lists.require(list.elementSize, elements, elements.segment, elements.start);
            return list.reader(elements);
        }

        /** Whether both have the same content, see {@link AnyPointer.Reader#contentEquals}. */
        public boolean contentEquals(Reader other) {
            return Contents.lists(elements, other.elements);
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<AnyStruct.Builder> {
        private Builder(Elements elements) {
            super(elements);
        }

        /** How elements are encoded. */
        public Encoding encoding() {
            return Encoding.of(elements);
        }

        @Override
        public AnyStruct.Builder get(int index) {
            long at = position(index);
            Elements e = structs(elements);
            return AnyStruct.TYPE.builder(e.segment, at, e.dataBits, e.pointerCount);
        }

        /** The same list with a type; throws {@link MessageException} when its elements cannot be read so. */
        public <B extends CapnpList<?>> B as(PointerType<B, ?> type) {
            if (!(type instanceof ListType<B, ?> list)) {
                throw new IllegalArgumentException("not the type of a list");
            }
            Lists.require(list.elementSize, elements, elements.segment, elements.start);
            if (list.dataBits() > elements.dataBits || list.pointerCount() > elements.pointerCount) {
                throw new IllegalArgumentException(
                        "the elements are smaller than the type: edit the list through the pointer to it,"
                                + " as in anyPointer.as(type), which enlarges them");
            }
            return list.builder(elements);
        }

        /** A view of the list; it shows later changes too. */
        public Reader asReader() {
            return new Reader(elements);
        }
    }

    @SuppressWarnings("unchecked") // a type of lists that hands out R is a ListType
    private static <R extends CapnpList<?>> ListType<?, R> listType(PointerType<?, R> type) {
        return (ListType<?, R>) type;
    }

    private static Elements structs(Elements elements) {
        if (elements.size == ElementSize.BIT) {
            throw new UnsupportedOperationException("a list of bits has no structs: read it as(BoolList.TYPE)");
        }
        return elements;
    }

    private static Data data(Elements elements) {
        long bytes = ((long) elements.count * elements.stepBits + 7) >>> 3;
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalStateException("a list of " + bytes + " bytes is too large for one Data");
        }
        return new Data(elements.segment, elements.start, (int) bytes);
    }

    private static final class Type extends ListType<Builder, Reader> {
        Type() {
            super(ElementSize.ANY);
        }

        @Override
        Reader reader(Elements elements) {
            return new Reader(elements);
        }

        @Override
        Builder builder(Elements elements) {
            return new Builder(elements);
        }

        @Override
        Builder init(Segment segment, long at, int size) {
            throw new UnsupportedOperationException(
                    "a new list needs the type of its elements: init the pointer with that type");
        }
    }
}

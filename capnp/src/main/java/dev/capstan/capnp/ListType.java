package dev.capstan.capnp;

/** The base of the tokens of lists: decoding and allocation are the same for all, the wrapping differs. */
abstract class ListType<B extends CapnpList<?>, R extends CapnpList<?>> extends PointerType<B, R> {
    /** One of {@link ElementSize}: how elements are encoded in the schema at hand. */
    final int elementSize;

    ListType(int elementSize) {
        this.elementSize = elementSize;
    }

    /** Bits in the data section of an element in the schema at hand. */
    int dataBits() {
        return ElementSize.dataBits(elementSize);
    }

    /** Pointers in an element in the schema at hand. */
    int pointerCount() {
        return ElementSize.pointers(elementSize);
    }

    abstract R reader(Elements elements);

    abstract B builder(Elements elements);

    @Override
    public final R asReader(B builder) {
        return reader(builder.elements);
    }

    @Override
    final R read(Segment segment, long at, int depthLeft) {
        return reader(Lists.read(elementSize, segment, at, depthLeft));
    }

    @Override
    B edit(Segment segment, long at) {
        return builder(ListWrites.edit(elementSize, segment, at));
    }

    @Override
    B init(Segment segment, long at, int size) {
        return builder(ListWrites.init(elementSize, segment, at, size));
    }

    @Override
    final void write(Segment segment, long at, R value) {
        Copies.writeList(segment, at, Copies.present(value).elements);
    }
}

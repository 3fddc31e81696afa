package dev.capstan.capnp;

/** The token behind {@link AnyPointer#TYPE}. */
final class AnyPointerType extends PointerType<AnyPointer.Builder, AnyPointer.Reader> {
    @Override
    public AnyPointer.Reader asReader(AnyPointer.Builder builder) {
        return builder.asReader();
    }

    @Override
    AnyPointer.Reader read(Segment segment, long at, int depthLeft) {
        return new AnyPointer.Reader(segment, at, depthLeft);
    }

    @Override
    AnyPointer.Builder edit(Segment segment, long at) {
        return new AnyPointer.Builder(segment, at);
    }

    @Override
    AnyPointer.Builder init(Segment segment, long at, int size) {
        Zeroing.pointer(segment, at);
        return new AnyPointer.Builder(segment, at);
    }

    @Override
    void write(Segment segment, long at, AnyPointer.Reader value) {
        Copies.copy(segment, at, value);
    }
}

package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class Structs {
    private Structs() {}

    static <R extends StructReader> R read(StructType<?, R> type, Segment segment, long at, int depthLeft) {
        throw new UnsupportedOperationException();
    }

    static AnyPointer.Reader pointerField(AnyPointer.Reader struct, int index) {
        throw new UnsupportedOperationException();
    }
}

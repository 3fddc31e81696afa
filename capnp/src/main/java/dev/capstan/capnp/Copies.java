package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class Copies {
    private Copies() {}

    static void copy(Segment segment, long at, AnyPointer.Reader source) {
        throw new UnsupportedOperationException();
    }

    static void writeStruct(Segment segment, long at, StructReader value) {
        throw new UnsupportedOperationException();
    }

    static void writeList(Segment segment, long at, Elements value) {
        throw new UnsupportedOperationException();
    }

    static void writeElement(StructBuilder target, StructReader value) {
        throw new UnsupportedOperationException();
    }
}

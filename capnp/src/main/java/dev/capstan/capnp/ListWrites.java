package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class ListWrites {
    private ListWrites() {}

    static Elements edit(int elementSize, Segment segment, long at) {
        throw new UnsupportedOperationException();
    }

    static Elements init(int elementSize, Segment segment, long at, int size) {
        throw new UnsupportedOperationException();
    }

    static Elements editStructs(StructType<?, ?> type, Segment segment, long at) {
        throw new UnsupportedOperationException();
    }

    static Elements initStructs(StructType<?, ?> type, Segment segment, long at, int size) {
        throw new UnsupportedOperationException();
    }
}

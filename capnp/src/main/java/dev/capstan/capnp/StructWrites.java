package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class StructWrites {
    private StructWrites() {}

    static <B extends StructBuilder> B edit(StructType<B, ?> type, Segment segment, long at) {
        throw new UnsupportedOperationException();
    }

    static <B extends StructBuilder> B init(StructType<B, ?> type, Segment segment, long at) {
        throw new UnsupportedOperationException();
    }
}

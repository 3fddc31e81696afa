package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class Sizes {
    private Sizes() {}

    static long ofStruct(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
        throw new UnsupportedOperationException();
    }

    static long ofTarget(Segment segment, long at, int depthLeft) {
        throw new UnsupportedOperationException();
    }
}

package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class Lists {
    private Lists() {}

    static Elements read(int elementSize, Segment segment, long at, int depthLeft) {
        throw new UnsupportedOperationException();
    }
}

package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class Zeroing {
    private Zeroing() {}

    static void pointer(Segment segment, long at) {
        throw new UnsupportedOperationException();
    }
}

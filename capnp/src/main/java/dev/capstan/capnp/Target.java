package dev.capstan.capnp;

@SuppressWarnings("DoNotCallSuggester")
final class Target {
    private Target() {}

    static AnyPointer.Kind kind(Segment segment, long at) {
        throw new UnsupportedOperationException();
    }

    static MessageException tooDeep(Segment segment, long at) {
        return MessageException.at(segment, at, "Message is too deeply nested or contains cycles");
    }
}

package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

@SuppressWarnings("DoNotCallSuggester")
final class BuilderArena extends Arena {
    BuilderArena(int firstSegmentWords) {}

    AnyPointer.Builder root() {
        throw new UnsupportedOperationException();
    }

    long sizeWords() {
        throw new UnsupportedOperationException();
    }

    void reset() {
        throw new UnsupportedOperationException();
    }

    @Override
    @Nullable
    HeapSegment segment(int id) {
        throw new UnsupportedOperationException();
    }

    @Override
    void charge(Segment segment, long position, long words) {}
}

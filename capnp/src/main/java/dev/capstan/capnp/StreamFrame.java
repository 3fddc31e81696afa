package dev.capstan.capnp;

import java.nio.ByteBuffer;
import java.util.List;

@SuppressWarnings("DoNotCallSuggester")
final class StreamFrame {
    private StreamFrame() {}

    static ReaderArena parse(byte[] frame, int offset, int length, Limits limits) {
        throw new UnsupportedOperationException();
    }

    static long size(byte[] array, int offset, int available, Limits limits) {
        throw new UnsupportedOperationException();
    }

    static List<ByteBuffer> segments(BuilderArena arena) {
        throw new UnsupportedOperationException();
    }

    static long size(BuilderArena arena) {
        throw new UnsupportedOperationException();
    }

    static void write(BuilderArena arena, byte[] target, int offset) {
        throw new UnsupportedOperationException();
    }

    static ByteBuffer[] pieces(BuilderArena arena) {
        throw new UnsupportedOperationException();
    }
}

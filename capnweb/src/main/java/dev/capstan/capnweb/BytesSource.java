package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.Arrays;

/** Bytes that are there already, in pieces of a size that moves well. */
final class BytesSource implements ChunkSource {
    static final int PIECE_BYTES = 64 << 10;

    private final byte[] bytes;
    private int position;

    BytesSource(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public Promise<Readable.Chunk> next() {
        if (position == bytes.length) {
            return Promise.of(Readable.Chunk.end());
        }
        int from = position;
        position += Math.min(PIECE_BYTES, bytes.length - from);
        byte[] piece = position - from == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, position);
        return Promise.of(Readable.Chunk.of(piece));
    }

    @Override
    public void cancel(Failure reason) {
        position = bytes.length;
    }
}

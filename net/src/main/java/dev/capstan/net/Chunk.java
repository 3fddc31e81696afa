package dev.capstan.net;

import io.netty.channel.unix.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** A piece of memory that the operating system can read and write: bytes between {@code start} and {@code end} are content. */
final class Chunk {
    final ByteBuffer buffer;
    int start;
    int end;
    private long address;

    Chunk(int capacity) {
        buffer = ByteBuffer.allocateDirect(capacity);
    }

    /** Where {@link #buffer} lies, for native calls; looked up once. */
    long address() {
        if (address == 0) {
            address = Buffer.memoryAddress(buffer);
        }
        return address;
    }

    int length() {
        return end - start;
    }

    int room() {
        return buffer.capacity() - end;
    }

    void put(byte[] array, int offset, int length) {
        buffer.clear().put(end, array, offset, length);
        end += length;
    }

    /** The content as the JDK's channels want it. */
    ByteBuffer content() {
        return buffer.limit(end).position(start);
    }

    /**
     * Chunks of one size for one loop. A stream holds chunks only while it has output, so thousands of idle connections hold none; the last
     * one given back is the first one taken, while it is still in the processor's cache.
     */
    static final class Pool {
        private final int chunkBytes;
        private final int keep;
        private final ArrayDeque<Chunk> idle = new ArrayDeque<>();

        Pool(int chunkBytes, int keep) {
            this.chunkBytes = chunkBytes;
            this.keep = keep;
        }

        Chunk take() {
            Chunk chunk = idle.poll();
            return chunk != null ? chunk : new Chunk(chunkBytes);
        }

        void give(Chunk chunk) {
            chunk.start = 0;
            chunk.end = 0;
            if (idle.size() < keep) {
                idle.push(chunk);
            }
        }
    }
}

package dev.capstan.net.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** One buffer for what is read on a loop, instead of one for each read: for decoders that mostly keep nothing. Belongs to the thread of that loop. */
final class Scratch {
    private final int size;
    private @Nullable ByteBuf free;

    /** One for reads of at most {@code size} bytes; longer ones have buffers of their own. */
    Scratch(int size) {
        this.size = size;
    }

    /** An empty buffer for {@code length} bytes, which goes to {@link #give}. */
    ByteBuf take(ByteBufAllocator otherwise, int length) {
        if (length > size) {
            return otherwise.heapBuffer(length, length);
        }
        ByteBuf buffer = free;
        free = null;
        return buffer == null ? Unpooled.buffer(size, size) : buffer;
    }

    /** Takes a buffer back, unless somebody else holds it still. */
    void give(ByteBuf buffer) {
        if (free == null && buffer.refCnt() == 1 && buffer.capacity() == size) {
            free = buffer.clear();
        } else {
            buffer.release();
        }
    }
}

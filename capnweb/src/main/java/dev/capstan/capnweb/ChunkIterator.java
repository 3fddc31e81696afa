package dev.capstan.capnweb;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The chunks of a stream for whoever can wait for them. Borrows the stream; used by one thread at a time. */
final class ChunkIterator implements Iterator<@Nullable Object> {
    private final Readable stream;
    private Readable.@Nullable Chunk ahead;

    ChunkIterator(Readable stream) {
        this.stream = stream;
    }

    private Readable.Chunk ahead() {
        Readable.Chunk known = ahead;
        if (known == null) {
            known = stream.read().await();
            ahead = known;
        }
        return known;
    }

    @Override
    public boolean hasNext() {
        return !ahead().isEnd();
    }

    @Override
    public @Nullable Object next() {
        Readable.Chunk next = ahead();
        if (next.isEnd()) {
            throw new NoSuchElementException("the stream has ended");
        }
        ahead = null;
        return next.take();
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The elements of something that can be iterated over, which is user code and runs as such, one turn slot for each. */
final class IterableSource implements ChunkSource {
    private final Loop loop;
    private final Iterable<?> chunks;
    private @Nullable Iterator<?> iterator;

    IterableSource(Loop loop, Iterable<?> chunks) {
        this.loop = loop;
        this.chunks = chunks;
    }

    @Override
    public Promise<Readable.Chunk> next() {
        return loop.later(() -> {
            Iterator<?> known = iterator;
            if (known == null) {
                known = chunks.iterator();
                iterator = known;
            }
            return Promise.of(known.hasNext() ? Readable.Chunk.of(known.next()) : Readable.Chunk.end());
        });
    }

    @Override
    public void cancel(Failure reason) {
        iterator = null;
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;

/** Where the chunks of a {@link Readable} come from. Used on its loop's thread, by one {@link Readable}. */
interface ChunkSource {
    /** The next chunk, or the end, which the receiver owns. Not called before the one before has settled, nor after the end, a failure or {@link #cancel}. */
    Promise<Readable.Chunk> next();

    /** Nobody reads any more. Called at most once, and not after the end or a failure; what {@link #next} has promised is of no interest then. */
    void cancel(Failure reason);
}

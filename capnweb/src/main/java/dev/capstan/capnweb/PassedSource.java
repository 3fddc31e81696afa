package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Passage;
import org.jspecify.annotations.Nullable;

/** What is behind a {@link Readable} that has passed a border: its chunks pass too, and nothing does when the border is closed. Uses the stream from the first read on. */
final class PassedSource implements ChunkSource {
    private final Readable stream;
    private final Passage chunks;
    private Promise.@Nullable Cancelable watching;
    private boolean claimed;
    private boolean over;
    private @Nullable Failure revoked;

    private PassedSource(Readable stream, Passage passage) {
        this.stream = stream.share();
        this.chunks = passage.back().back();
    }

    /** What {@code stream}, which is borrowed, is on the other side; the caller owns it. */
    static Readable of(Readable stream, Passage passage) {
        PassedSource passed = new PassedSource(stream, passage);
        passed.watching = passage.onRevoked(passed::revoked);
        return new Readable(stream.loop(), passed);
    }

    @Override
    public Promise<Readable.Chunk> next() {
        Failure why = revoked;
        if (why != null) {
            return Promise.failed(why);
        }
        if (!claimed) {
            if (!stream.claim()) {
                over();
                return Promise.failed(Writable.inUse());
            }
            claimed = true;
        }
        Completer<Readable.Chunk> passed = new Completer<>(stream.loop());
        Promise.Cancelable reading = stream.next().listen(stream.loop(), (chunk, failure) -> {
            if (chunk == null) {
                over();
                passed.fail(failure == null ? Failure.failed("no chunk") : failure);
            } else if (chunk.isEnd()) {
                over();
                passed.complete(chunk);
            } else {
                try (chunk) {
                    passed.complete(Readable.Chunk.of(Values.share(chunk.value(), chunks)));
                }
            }
        });
        passed.onCancel(reading::cancel);
        return passed.promise();
    }

    @Override
    public void cancel(Failure reason) {
        if (claimed) {
            stream.stop(reason);
        }
        over();
    }

    private void revoked(Failure why) {
        revoked = why;
        cancel(why);
    }

    private void over() {
        if (!over) {
            over = true;
            if (watching != null) {
                watching.cancel();
            }
            stream.close();
        }
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Passage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The far side of a {@link Writable} that has passed a border: what is written passes the other way, and nothing does when the border is closed. Uses the stream from the first word on. */
final class PassedSink implements ChunkSink {
    private final Writable stream;
    private final Passage chunks;
    private final SinkEnd end = new SinkEnd();
    private Promise.@Nullable Cancelable watching;
    private @Nullable ChunkSink sink;
    private boolean over;

    private PassedSink(Writable stream, Passage passage) {
        this.stream = stream.share();
        this.chunks = passage.back();
    }

    /** What {@code stream}, which is borrowed, is on the other side; the caller owns it. */
    static Writable of(Writable stream, Passage passage) {
        PassedSink passed = new PassedSink(stream, passage);
        passed.watching = passage.onRevoked(passed::revoked);
        return new Writable(passed);
    }

    @Override
    public Loop loop() {
        return stream.loop();
    }

    /** Null if it cannot be written, as {@code end} says. */
    private @Nullable ChunkSink sink() {
        if (end.refusal() != null) {
            return null;
        }
        ChunkSink known = sink;
        if (known == null) {
            known = stream.claim();
            sink = known;
            if (known == null) {
                end.failed(Writable.inUse());
                over();
            } else {
                known.onBroken(this::broken);
            }
        }
        return known;
    }

    private Promise<Void> refused() {
        Failure why = end.refusal();
        return Promise.failed(why == null ? Writable.inUse() : why);
    }

    @Override
    public Promise<Void> write(@Nullable Object chunk) {
        ChunkSink to = sink();
        if (to == null) {
            Values.close(Values.owned(chunk));
            return refused();
        }
        Object passed = Values.share(chunk, chunks);
        Values.close(Values.owned(chunk));
        return to.write(passed);
    }

    @Override
    public Promise<Void> end() {
        ChunkSink to = sink();
        if (to == null) {
            return refused();
        }
        end.ended();
        return to.end().attach(this::over);
    }

    @Override
    public Promise<Void> abort(Failure reason) {
        ChunkSink to = sink();
        if (to == null) {
            return end.isBroken() ? refused() : Promise.done();
        }
        end.failed(reason);
        over();
        return to.abort(reason);
    }

    @Override
    public void dropped() {
        ChunkSink to = sink;
        end.failed(Failure.failed(Writable.DROPPED));
        over();
        if (to != null) {
            to.dropped();
        }
    }

    @Override
    public void onBroken(Consumer<Failure> listener) {
        sink();
        end.onBroken(listener);
    }

    private void broken(Failure why) {
        end.broken(why);
        over();
        end.tell();
    }

    private void revoked(Failure why) {
        ChunkSink to = sink;
        broken(why);
        if (to != null) {
            to.abort(why).listen(loop(), (told, failure) -> {});
        }
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

package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two ends of a stream in this process: what is written here is read there.
 *
 * <p>A write settles when its chunk was taken, which is all the back-pressure there is: a writer that waits has one chunk in the queue, one that does not has
 * as many as it likes, and whoever does not trust it counts them.
 *
 * <p>Invariant: a reader waits only while the queue is empty and neither an end nor a failure has come; a failure empties the queue.
 */
final class Pipe implements ChunkSource, ChunkSink {
    private final Loop loop;
    private final ArrayDeque<Written> queue = new ArrayDeque<>();
    private @Nullable Completer<Readable.Chunk> reader;
    private @Nullable Completer<Void> ending;
    private final SinkEnd end = new SinkEnd();

    private record Written(Readable.Chunk chunk, Completer<Void> taken) {}

    Pipe(Loop loop) {
        this.loop = loop;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    // ---- reading

    @Override
    public Promise<Readable.Chunk> next() {
        Written first = queue.poll();
        if (first != null) {
            first.taken.complete(Promise.nothing());
            tellEnd();
            return Promise.of(first.chunk);
        }
        Failure cause = end.cause();
        if (cause != null) {
            return Promise.failed(cause);
        }
        if (end.isEnded()) {
            tellEnd();
            return Promise.of(Readable.Chunk.end());
        }
        Completer<Readable.Chunk> waiting = new Completer<>(loop);
        reader = waiting;
        waiting.onCancel(() -> reader = null);
        return waiting.promise();
    }

    @Override
    public void cancel(Failure reason) {
        if (end.cause() == null) {
            boolean told = end.isEnded() && queue.isEmpty();
            end.broken(reason);
            drop(reason);
            if (!told) {
                end.tell();
            }
        }
    }

    // ---- writing

    @Override
    public Promise<Void> write(@Nullable Object value) {
        Readable.Chunk chunk = Readable.Chunk.of(value);
        Failure refusal = end.refusal();
        if (refusal != null) {
            chunk.close();
            return Promise.failed(refusal);
        }
        Completer<Readable.Chunk> waiting = reader;
        if (waiting != null) {
            reader = null;
            waiting.complete(chunk);
            return Promise.done();
        }
        Completer<Void> taken = new Completer<>(loop);
        queue.add(new Written(chunk, taken));
        return taken.promise();
    }

    @Override
    public Promise<Void> end() {
        Failure refusal = end.refusal();
        if (refusal != null) {
            return Promise.failed(refusal);
        }
        end.ended();
        Completer<Readable.Chunk> waiting = reader;
        if (waiting != null) {
            reader = null;
            waiting.complete(Readable.Chunk.end());
            return Promise.done();
        }
        Completer<Void> arrived = new Completer<>(loop);
        ending = arrived;
        return arrived.promise();
    }

    /** The end has arrived when all before it has: whoever has read as much as it needs need not ask for more. */
    private void tellEnd() {
        Completer<Void> waiting = ending;
        if (waiting != null && queue.isEmpty()) {
            ending = null;
            waiting.complete(Promise.nothing());
        }
    }

    @Override
    public Promise<Void> abort(Failure reason) {
        Failure before = end.cause();
        if (before != null) {
            return end.isBroken() ? Promise.failed(before) : Promise.done();
        }
        if (!end.isEnded() || !queue.isEmpty()) {
            end.failed(reason);
            drop(reason);
        }
        return Promise.done();
    }

    @Override
    public void onBroken(Consumer<Failure> listener) {
        end.onBroken(listener);
    }

    private void drop(Failure cause) {
        for (Written lost = queue.poll(); lost != null; lost = queue.poll()) {
            lost.chunk.close();
            lost.taken.fail(cause);
        }
        if (ending != null) {
            ending.fail(cause);
            ending = null;
        }
        if (reader != null) {
            reader.fail(cause);
            reader = null;
        }
    }
}

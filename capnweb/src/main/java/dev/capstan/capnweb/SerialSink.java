package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A sink that a program has written: it is called once at a time, as user code, and not again after it has failed.
 *
 * <p>Invariant: while a call runs, what came after it waits in {@code queue}.
 */
final class SerialSink implements ChunkSink {
    private final Loop loop;
    private final Writable.Sink sink;
    private final ArrayDeque<Work> queue = new ArrayDeque<>();
    private @Nullable Work running;
    private Promise.@Nullable Cancelable call;
    private final SinkEnd end = new SinkEnd();

    /** @param chunk null for the end */
    private record Work(Readable.@Nullable Chunk chunk, Completer<Void> done) {}

    SerialSink(Loop loop, Writable.Sink sink) {
        this.loop = loop;
        this.sink = sink;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Promise<Void> write(@Nullable Object value) {
        Readable.Chunk chunk = Readable.Chunk.of(value);
        Failure refusal = end.refusal();
        if (refusal != null) {
            chunk.close();
            return Promise.failed(refusal);
        }
        return add(new Work(chunk, new Completer<>(loop)));
    }

    @Override
    public Promise<Void> end() {
        Failure refusal = end.refusal();
        if (refusal != null) {
            return Promise.failed(refusal);
        }
        end.ended();
        return add(new Work(null, new Completer<>(loop)));
    }

    private Promise<Void> add(Work work) {
        queue.add(work);
        next();
        return work.done.promise();
    }

    private void next() {
        Work work = running == null ? queue.poll() : null;
        if (work == null) {
            return;
        }
        running = work;
        Readable.Chunk chunk = work.chunk;
        Callable<Promise<Void>> body = chunk == null ? sink::end : () -> sink.write(chunk);
        Promise<Void> called = loop.later(body);
        call = (chunk == null ? called : called.attach(chunk)).listen(loop, (done, failure) -> {
            running = null;
            call = null;
            if (failure == null) {
                work.done.complete(Promise.nothing());
                next();
            } else {
                fail(Failure.of(failure), work);
            }
        });
    }

    private void fail(Failure cause, Work work) {
        end.broken(cause);
        work.done.fail(cause);
        drop(cause);
        end.tell();
    }

    private void drop(Failure cause) {
        for (Work lost = queue.poll(); lost != null; lost = queue.poll()) {
            if (lost.chunk != null) {
                lost.chunk.close();
            }
            lost.done.fail(cause);
        }
    }

    @Override
    public Promise<Void> abort(Failure reason) {
        Failure before = end.cause();
        if (before != null) {
            return end.isBroken() ? Promise.failed(before) : Promise.done();
        }
        if (end.isEnded() && running == null && queue.isEmpty()) {
            return Promise.done();
        }
        end.failed(reason);
        drop(reason);
        Promise.Cancelable current = call;
        Work work = running;
        call = null;
        running = null;
        if (current != null && work != null) {
            current.cancel();
            work.done.fail(reason);
        }
        Completer<Void> told = new Completer<>(loop);
        loop.later(() -> {
                    sink.abort(reason);
                    return Promise.done();
                })
                .listen(loop, (done, failure) -> {
                    if (failure == null) {
                        told.complete(Promise.nothing());
                    } else {
                        told.fail(failure);
                    }
                });
        return told.promise();
    }

    @Override
    public void onBroken(Consumer<Failure> listener) {
        end.onBroken(listener);
    }}

package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Carries chunks from a stream that it has claimed into a sink, one at a time: the next is read when there is room for it.
 *
 * <p>The end and a failure of either side reach the other. It is protocol code: what is user code on either side sees to that itself.
 */
final class Pump {
    private final Readable from;
    private final ChunkSink to;
    private final Completer<Void> done;
    private Promise.@Nullable Cancelable waiting;
    private boolean over;

    /** {@code from} is claimed, and is used up. */
    Pump(Readable from, ChunkSink to) {
        this.from = from;
        this.to = to;
        this.done = new Completer<>(to.loop());
    }

    /** Begins; settles when the sink has all of it. Cancelling gives the stream up on both sides. */
    Promise<Void> start() {
        to.onBroken(this::stop);
        done.onCancel(this::cancel);
        if (!over) {
            step();
        }
        return done.promise();
    }

    private void step() {
        waiting = from.next().listen(to.loop(), (chunk, failure) -> {
            waiting = null;
            if (chunk == null) {
                over = true;
                Failure cause = Failure.of(failure == null ? Failure.failed("no chunk") : failure);
                to.abort(cause).listen(to.loop(), (told, ignored) -> done.fail(cause));
            } else if (chunk.isEnd()) {
                over = true;
                to.end().listen(to.loop(), this::ended);
            } else {
                waiting = to.write(chunk.take()).listen(to.loop(), this::written);
            }
        });
    }

    private void written(@Nullable Void nothing, @Nullable Throwable failure) {
        waiting = null;
        if (failure != null) {
            stop(Failure.of(failure));
        } else if (!over) {
            step();
        }
    }

    private void ended(@Nullable Void nothing, @Nullable Throwable failure) {
        if (failure != null) {
            done.fail(failure);
        } else {
            done.complete(Promise.nothing());
        }
    }

    /** The sink takes nothing any more. */
    private void stop(Failure cause) {
        if (!over) {
            over = true;
            stopWaiting();
            from.stop(cause);
            done.fail(cause);
        }
    }

    private void cancel() {
        if (!over) {
            over = true;
            stopWaiting();
            Failure cause = Failure.failed("The stream was given up on its way.");
            from.stop(cause);
            to.abort(cause).listen(to.loop(), (told, ignored) -> {});
        }
    }

    private void stopWaiting() {
        Promise.Cancelable running = waiting;
        waiting = null;
        if (running != null) {
            running.cancel();
        }
    }
}

package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of one call as user code of a loop, one after the other in their order: at once where that is possible, after the callback that runs now, or when the fiber that holds the
 * permit gives it up. Belongs to the loop's thread.
 *
 * <p>{@link Loop#guard} alone keeps no order between what waited for a fiber and what comes when that has just ended, and a callback that asks for the next one would get it on top of itself.
 */
final class InTurn implements Executor, Runnable {
    private final Loop loop;
    /** The one that runs next; those that wait behind it are rare. */
    private @Nullable Runnable first;

    private @Nullable Queue<Runnable> others;
    private boolean running;

    InTurn(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void execute(Runnable callback) {
        if (first == null) {
            first = callback;
        } else {
            if (others == null) {
                others = new ArrayDeque<>(4);
            }
            others.add(callback);
        }
        if (!running) {
            running = true;
            loop.guard(this);
        }
    }

    private @Nullable Runnable next() {
        Runnable next = first;
        first = others == null ? null : others.poll();
        return next;
    }

    /** Runs what is there; called by the loop alone. */
    @Override
    public void run() {
        try {
            for (Runnable next = next(); next != null; next = next()) {
                next.run();
            }
        } finally {
            running = false;
        }
    }
}

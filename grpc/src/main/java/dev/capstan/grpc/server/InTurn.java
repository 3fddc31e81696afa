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
final class InTurn implements Executor {
    private final Loop loop;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    InTurn(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void execute(Runnable callback) {
        waiting.add(callback);
        if (!running) {
            running = true;
            loop.guard(this::run);
        }
    }

    private void run() {
        try {
            for (@Nullable Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
                next.run();
            }
        } finally {
            running = false;
        }
    }
}

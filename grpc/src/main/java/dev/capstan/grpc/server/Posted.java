package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is done for one call on its loop, whoever asks for it: in its order for each thread. While something waits that another thread has posted, what the loop's own thread asks for goes
 * the same way, so that nothing overtakes. Thread-safe.
 */
final class Posted {
    private final Loop loop;
    private final AtomicInteger waiting = new AtomicInteger();

    Posted(Loop loop) {
        this.loop = loop;
    }

    /** Whether {@link #run} runs what it is given at once. */
    boolean isHere() {
        return loop.inLoop() && waiting.get() == 0;
    }

    void run(Runnable action) {
        if (isHere()) {
            action.run();
        } else {
            waiting.incrementAndGet();
            loop.post(() -> {
                waiting.decrementAndGet();
                action.run();
            });
        }
    }
}

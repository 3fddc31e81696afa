package dev.capstan.async;

import java.time.Duration;

/** A real loop on a thread of its own, for tests about threads. */
final class LoopThread implements AutoCloseable {
    private final Loop loop;
    private final Thread thread;

    LoopThread() {
        this(Limits.DEFAULT);
    }

    LoopThread(Limits limits) {
        loop = new Loop(new ParkPort(), limits);
        thread = Thread.ofPlatform().name("test-loop").start(loop::run);
    }

    Loop loop() {
        return loop;
    }

    Thread thread() {
        return thread;
    }

    @Override
    public void close() {
        loop.stop();
        join();
    }

    void join() {
        try {
            if (!thread.join(Duration.ofSeconds(30))) {
                throw new AssertionError("the loop's thread did not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while joining the loop", e);
        }
    }
}

package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The timer of a loop as grpc-java's contexts want it: they schedule one task for a deadline and cancel it. Never shuts down by itself. */
final class LoopScheduler extends AbstractExecutorService implements ScheduledExecutorService {
    private final Loop loop;

    LoopScheduler(Loop loop) {
        this.loop = loop;
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long atNanos;
        private volatile Promise.Cancelable waiting = () -> {};

        Task(Callable<V> body, long delayNanos) {
            super(body);
            atNanos = loop.timer().nanoTime() + delayNanos;
        }

        void begin(long delayNanos) {
            waiting = loop.timer()
                    .after(Duration.ofNanos(Math.max(0, delayNanos)))
                    .listen(loop, (done, failure) -> {
                        if (failure == null) {
                            run();
                        }
                    });
        }

        @Override
        protected void done() {
            if (isCancelled()) {
                loop.execute(waiting::cancel);
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(atNanos - loop.timer().nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> body, long delay, TimeUnit unit) {
        Task<V> task = new Task<>(body, unit.toNanos(delay));
        if (loop.inLoop()) {
            task.begin(unit.toNanos(delay));
        } else {
            loop.post(() -> task.begin(unit.toNanos(delay)));
        }
        return task;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable body, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    body.run();
                    return Boolean.TRUE;
                },
                delay,
                unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable body, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("a call's scheduler runs tasks once");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable body, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("a call's scheduler runs tasks once");
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void shutdown() {
        throw new UnsupportedOperationException("the loop's owner stops it");
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("the loop's owner stops it");
    }

    @Override
    public boolean isShutdown() {
        return loop.isStopped();
    }

    @Override
    public boolean isTerminated() {
        return loop.isStopped();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return loop.isStopped();
    }
}

package dev.capstan.grpc.server;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Where grpc-java's contexts are to put the task that cancels them at their deadline: it is never run, since the call does that, by the loop's clock. The deadline itself has the system's clock,
 * which is the loop's but in simulations: those of one program must not have two, or a handler with a deadline could make no call with a deadline (grpc-java asserts it).
 */
final class NoTimer extends AbstractExecutorService implements ScheduledExecutorService {
    private static final class Never<V> extends FutureTask<V> implements ScheduledFuture<V> {
        Never(Callable<V> body) {
            super(body);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return Long.MAX_VALUE;
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    private static UnsupportedOperationException only() {
        return new UnsupportedOperationException("this is for the deadlines of contexts alone");
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> body, long delay, TimeUnit unit) {
        return new Never<>(body);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable body, long delay, TimeUnit unit) {
        return new Never<>(() -> Boolean.TRUE);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable body, long initialDelay, long period, TimeUnit unit) {
        throw only();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable body, long initialDelay, long delay, TimeUnit unit) {
        throw only();
    }

    @Override
    public void execute(Runnable task) {
        throw only();
    }

    @Override
    public void shutdown() {
        throw only();
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw only();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}

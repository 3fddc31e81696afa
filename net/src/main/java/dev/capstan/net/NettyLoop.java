package dev.capstan.net;

import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The loop in Netty's clothes, for channels of Netty.
 *
 * <p>It has no thread, no selector and no clock of its own: channels are registered with the handler that the loop's {@link NettyPort} drives,
 * tasks run as an event of the loop, and what is scheduled waits for one alarm of the loop's timer. So the datagram channel of QUIC is served in
 * the same wait as every socket, and its handlers run on the loop's thread, between turns or in one.
 *
 * <p>The alarm is put forward when something is due earlier, and left alone when the earliest is cancelled: QUIC moves its timers with each packet.
 * It then rings for nothing and is set again.
 */
final class NettyLoop extends AbstractScheduledEventExecutor implements IoEventLoop {
    private static final Logger LOG = System.getLogger(NettyLoop.class.getName());
    /** Tasks that a closed loop still runs; bounds endless work. */
    private static final int LAST_TASKS = 100_000;

    private final Loop loop;
    private final NettyPort port;
    private final Ticker ticker;
    private final Tasks tasks;
    private final io.netty.util.concurrent.Promise<?> terminated =
            new DefaultPromise<Void>(GlobalEventExecutor.INSTANCE);
    private Promise.Cancelable alarm = () -> {};
    private boolean isAlarmSet;
    private long alarmNanos;
    private volatile boolean closed;

    NettyLoop(Loop loop, NettyPort port) {
        this.loop = loop;
        this.port = port;
        this.ticker = new LoopTicker(loop.timer().nanoTime());
        this.tasks = new Tasks(loop);
    }

    /** The loop's clock. It begins at zero, as Netty's do, which take no deadline below that. */
    private final class LoopTicker implements Ticker {
        private final long startNanos;

        LoopTicker(long startNanos) {
            this.startNanos = startNanos;
        }

        @Override
        public long initialNanoTime() {
            return startNanos;
        }

        @Override
        public long nanoTime() {
            return loop.timer().nanoTime() - startNanos;
        }

        @Override
        public void sleep(long delay, TimeUnit unit) {
            throw new UnsupportedOperationException("a loop does not sleep in a task");
        }
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    // ---- tasks

    private final class Tasks extends Event {
        private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

        Tasks(Loop loop) {
            super(loop);
        }

        void add(Runnable task) {
            queue.add(task);
            armBreadthFirst();
        }

        /** Those that are there now; what they add waits for another slot. */
        @Override
        protected void fire() {
            for (int left = queue.size(); left > 0; left--) {
                runSafely(queue.remove());
            }
            if (!queue.isEmpty()) {
                armBreadthFirst();
            }
            setAlarm();
        }

        void runToTheEnd() {
            for (int left = LAST_TASKS; left > 0 && !queue.isEmpty(); left--) {
                runSafely(queue.remove());
            }
            disarm();
        }
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.log(
                    Level.ERROR,
                    "a task of Netty threw; this is a bug in " + task.getClass().getName(),
                    e);
        }
    }

    @Override
    public void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the loop has stopped");
        }
        if (inEventLoop()) {
            tasks.add(task);
        } else {
            loop.post(() -> tasks.add(task));
        }
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return port.isOwner(thread);
    }

    // ---- alarms

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        ScheduledFuture<?> scheduled = super.schedule(command, delay, unit);
        setAlarm();
        return scheduled;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        ScheduledFuture<V> scheduled = super.schedule(callable, delay, unit);
        setAlarm();
        return scheduled;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        ScheduledFuture<?> scheduled = super.scheduleAtFixedRate(command, initialDelay, period, unit);
        setAlarm();
        return scheduled;
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        ScheduledFuture<?> scheduled = super.scheduleWithFixedDelay(command, initialDelay, delay, unit);
        setAlarm();
        return scheduled;
    }

    private void setAlarm() {
        if (!inEventLoop()) {
            // What another thread schedules arrives as a task, after which this runs again.
            return;
        }
        long next = nextScheduledTaskDeadlineNanos();
        if (next < 0 || (isAlarmSet && next < alarmNanos)) {
            alarm.cancel();
            isAlarmSet = false;
        }
        if (next >= 0 && !isAlarmSet && !closed) {
            isAlarmSet = true;
            alarmNanos = next;
            alarm = loop.timer()
                    .after(Duration.ofNanos(next - ticker.nanoTime()))
                    .listen(loop, (done, failure) -> rang());
        }
    }

    private void rang() {
        isAlarmSet = false;
        for (Runnable due = pollScheduledTask(ticker.nanoTime());
                due != null;
                due = pollScheduledTask(ticker.nanoTime())) {
            runSafely(due);
        }
        setAlarm();
    }

    // ---- channels

    @Override
    public Future<IoRegistration> register(IoHandle handle) {
        io.netty.util.concurrent.Promise<IoRegistration> registered = newPromise();
        try {
            registered.setSuccess(port.register(handle));
        } catch (IOException | RuntimeException e) {
            registered.setFailure(e);
        }
        return registered;
    }

    @Override
    @SuppressWarnings("deprecation") // it is what Bootstrap calls
    public ChannelFuture register(Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    @SuppressWarnings("deprecation") // it is what Bootstrap calls
    public ChannelFuture register(ChannelPromise promise) {
        promise.channel().unsafe().register(this, promise);
        return promise;
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        channel.unsafe().register(this, promise);
        return promise;
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return port.isCompatible(handleType);
    }

    @Override
    public boolean isIoType(Class<? extends IoHandler> handlerType) {
        return port.isIoType(handlerType);
    }

    @Override
    public @Nullable IoEventLoopGroup parent() {
        return null;
    }

    @Override
    public IoEventLoop next() {
        return this;
    }

    // ---- the end, which is the loop's to decide

    /** The port is closed, and every channel with it: what they have left to say is said now. */
    void stopped() {
        tasks.runToTheEnd();
        closed = true;
        cancelScheduledTasks();
        alarm.cancel();
        terminated.trySuccess(null);
    }

    @Override
    @Deprecated
    public void shutdown() {
        throw new UnsupportedOperationException("a loop ends with NetLoop.close()");
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("a loop ends with NetLoop.close()");
    }

    @Override
    public Future<?> terminationFuture() {
        return terminated;
    }

    @Override
    public boolean isShuttingDown() {
        return closed;
    }

    @Override
    public boolean isShutdown() {
        return closed;
    }

    @Override
    public boolean isTerminated() {
        return closed;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }
}

package dev.capstan.net;

import dev.capstan.async.EventPort;
import dev.capstan.async.Loop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a loop waits for sockets: Netty's {@link IoHandler} (epoll or a selector) driven directly.
 *
 * <p>Why not Netty's own event loop: a {@code ManualIoEventLoop} sets the kernel's timer before each wait, one system call for each message,
 * and its task queue, scheduled tasks and thread-locals do what {@link dev.capstan.async.Loop} does already. Why not Netty's channels: their
 * pipeline, outbound buffer and promises cost about 0.8 microseconds a message, as much as the system call itself; a
 * {@link SocketStream} needs none of them.
 *
 * <p><b>Waking.</b> {@link #wake} sets {@code woken} and then asks the handler to wake up. The handler announces that it is about to block,
 * asks {@link IoHandlerContext#canBlock} once more, and only then blocks; so either it sees {@code woken}, or the handler's wake-up sees the
 * announcement and writes to its event descriptor.
 */
final class NettyPort implements EventPort {
    /** A selector adds its wait to the clock; this keeps the sum from overflowing. The loop just waits again. */
    private static final long LONGEST_WAIT_NANOS = 3_600_000_000_000L;
    /** Deadlines are rounded up to this power of two (65 us), so that a loop that wakes often with one alarm pending sets the timer once. */
    private static final long DEADLINE_GRAIN = 1 << 16;

    private final IoHandler handler;
    /** For channels of Netty; null until there is one. */
    private @Nullable NettyLoop channels;

    private final Context context = new Context();
    private final Spin spin;
    private volatile boolean woken;
    private volatile boolean closed;
    private volatile @Nullable Thread owner;

    /** How often the loop has looked for input; for tests. */
    long polls;

    /** @param spinNanos see {@link Limits#spin} */
    NettyPort(IoHandlerFactory handlers, long spinNanos) {
        handler = handlers.newHandler(new Owner());
        spin = new Spin(spinNanos);
    }

    private final class Owner implements ThreadAwareExecutor {
        @Override
        public boolean isExecutorThread(Thread thread) {
            return isOwner(thread);
        }

        @Override
        public void execute(Runnable command) {
            throw new AssertionError("sockets are touched by their loop's thread alone");
        }
    }

    /** What Netty asks while it waits. */
    private final class Context implements IoHandlerContext {
        private boolean mayBlock;
        private boolean bounded;
        private long deadlineNanos;

        @Override
        public boolean canBlock() {
            return mayBlock && !woken;
        }

        @Override
        public long delayNanos(long nowNanos) {
            return bounded ? Math.max(0, deadlineNanos - nowNanos) : LONGEST_WAIT_NANOS;
        }

        @Override
        public long deadlineNanos() {
            return bounded ? deadlineNanos : -1;
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void poll(long maxWaitNanos) {
        own();
        polls++;
        long moment = maxWaitNanos > 0 ? Math.min(spin.nanos(), maxWaitNanos) : 0;
        if (moment > 0 && comesWithin(moment)) {
            woken = false;
            return;
        }
        context.mayBlock = maxWaitNanos > 0;
        context.bounded = maxWaitNanos != Long.MAX_VALUE;
        if (context.mayBlock && context.bounded) {
            long deadline = System.nanoTime() + Math.min(maxWaitNanos, LONGEST_WAIT_NANOS);
            context.deadlineNanos = (deadline + DEADLINE_GRAIN - 1) & -DEADLINE_GRAIN;
        }
        handler.run(context);
        woken = false;
    }

    /** Looks for input without sleeping; whether there was some, or a reason to stop waiting. */
    @SuppressWarnings(
            "ThreadPriorityCheck") // a courtesy that nothing depends on: who else wants the core may be the one to wait
    // for
    private boolean comesWithin(long nanos) {
        context.mayBlock = false;
        long begin = System.nanoTime();
        do {
            if (handler.run(context) > 0 || woken) {
                spin.rewarded();
                return true;
            }
            Thread.yield();
        } while (System.nanoTime() - begin < nanos);
        spin.inVain();
        return false;
    }

    private void own() {
        Thread self = Thread.currentThread();
        if (owner == null) {
            owner = self;
            handler.initialize();
        } else if (!self.equals(owner)) {
            throw new IllegalStateException("a loop with sockets stays with the thread that drove it first");
        }
    }

    @Override
    public void wake() {
        woken = true;
        if (!closed) {
            handler.wakeup();
        }
    }

    /** Whether {@code thread} is the one that drives the loop. */
    boolean isOwner(Thread thread) {
        return thread.equals(owner);
    }

    boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handler.isCompatible(handleType);
    }

    boolean isIoType(Class<? extends IoHandler> handlerType) {
        return handler.getClass().equals(handlerType);
    }

    /** What channels of Netty on {@code loop}, which is this port's, are registered with. */
    NettyLoop channels(Loop loop) {
        NettyLoop made = channels;
        if (made == null) {
            made = new NettyLoop(loop, this);
            channels = made;
        }
        return made;
    }

    IoRegistration register(IoHandle handle) throws IOException {
        try {
            return handler.register(handle);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the socket cannot be watched", e);
        }
    }

    /** Closes every socket that is still open, and the port's own descriptors. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            own();
            handler.prepareToDestroy();
            NettyLoop loop = channels;
            if (loop != null) {
                loop.stopped();
            }
            handler.destroy();
        }
    }
}

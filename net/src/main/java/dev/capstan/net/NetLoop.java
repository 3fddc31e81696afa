package dev.capstan.net;

import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/**
 * A loop that has sockets.
 *
 * <p>{@link #open} gives it a thread of its own, which keeps the process alive until {@link #close}. {@link #onThisThread} leaves driving it
 * to the caller: a client that makes one call after the other with {@link Loop#await} reads its sockets itself, and saves two changes of
 * thread for each call.
 *
 * <p>Owned by whoever opened it. {@link #close} gives back everything: its thread, its sockets, its descriptors.
 */
public final class NetLoop implements AutoCloseable {
    private final Loop loop;
    private final NettyNetwork network;
    private @Nullable Thread thread;

    private NetLoop(Driver driver, Limits limits, dev.capstan.async.Limits loopLimits) {
        NettyPort port = new NettyPort(
                driver.handlers(), driver.looksCheaply() ? limits.spin().toNanos() : 0);
        loop = new Loop(port, loopLimits);
        network = new NettyNetwork(loop, port, driver, limits);
    }

    /** As {@link #open(String, Transport, Limits, dev.capstan.async.Limits)} with default limits. */
    public static NetLoop open(String name, Transport transport) {
        return open(name, transport, Limits.DEFAULT, dev.capstan.async.Limits.DEFAULT);
    }

    /**
     * A loop on a platform thread of its own, called {@code name}.
     *
     * @throws IllegalStateException if {@code transport} is not available on this machine
     */
    public static NetLoop open(String name, Transport transport, Limits limits, dev.capstan.async.Limits loopLimits) {
        NetLoop made = new NetLoop(driver(transport), limits, loopLimits);
        // A thread of Netty's own kind: on others its allocators and recyclers keep nothing for the thread, and lock
        // instead.
        Thread thread = new FastThreadLocalThread(made.loop::run, name);
        thread.setDaemon(false);
        made.thread = thread;
        thread.start();
        return made;
    }

    /** As {@link #onThisThread(Transport, Limits, dev.capstan.async.Limits)} with default limits. */
    public static NetLoop onThisThread(Transport transport) {
        return onThisThread(transport, Limits.DEFAULT, dev.capstan.async.Limits.DEFAULT);
    }

    /**
     * A loop that runs while its owner drives it, with {@link Loop#await}, {@link Loop#poll} or {@link Loop#run}; always on the same thread,
     * {@link #close} included.
     *
     * @throws IllegalStateException if {@code transport} is not available on this machine
     */
    public static NetLoop onThisThread(Transport transport, Limits limits, dev.capstan.async.Limits loopLimits) {
        return new NetLoop(driver(transport), limits, loopLimits);
    }

    private static Driver driver(Transport transport) {
        return switch (transport) {
            case AUTO -> EpollDriver.isAvailable() ? new EpollDriver() : new NioDriver();
            case EPOLL -> {
                if (!EpollDriver.isAvailable()) {
                    throw new IllegalStateException(
                            "epoll needs Linux on x86-64 and Netty's native library: use Transport.AUTO or NIO here");
                }
                yield new EpollDriver();
            }
            case NIO -> new NioDriver();
        };
    }

    /** The loop. */
    public Loop loop() {
        return loop;
    }

    /** The network of the loop; {@code connect} and {@code listen} may be called from any thread, streams only on the loop's. */
    public Network network() {
        return network;
    }

    /**
     * Closes all sockets, having handed over what the system takes at once; cancels what still runs; returns when the thread has ended. Who
     * wants everything to arrive ends its streams and waits for them to drain before.
     *
     * <p>Called on the loop itself, by a fiber of it too, it cannot wait for its own end: it asks for it and returns.
     */
    @Override
    public void close() {
        loop.post(network::close);
        loop.stop();
        Thread own = thread;
        if (own == null) {
            if (!loop.isStopped()) {
                loop.run();
            }
        } else if (Loop.current() != loop) {
            join(own);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

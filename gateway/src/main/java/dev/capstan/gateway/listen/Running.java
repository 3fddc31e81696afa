package dev.capstan.gateway.listen;

import dev.capstan.gateway.serve.Configuration;
import dev.capstan.gateway.serve.Server;
import dev.capstan.net.NetLoop;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server that runs until the process is asked to end (SIGTERM, or Ctrl-C), and is drained then. The process ends with the exit code of that, 0, not with that of the signal: whoever has sent it asked
 * for an orderly end. Made before what it is to outlive, and closed after it.
 */
final class Running implements AutoCloseable {
    /** What closing takes after the drain's own time, at most. */
    private static final Duration LAST = Duration.ofSeconds(5);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final Thread hook = Thread.ofPlatform().unstarted(this::end);
    private final PrintWriter out;
    private final PrintWriter err;
    private volatile Duration longest = LAST;
    private boolean orderly;

    Running(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Serves, and drains the server in the end.
     *
     * @param seconds after which it ends by itself
     */
    void untilStopped(NetLoop net, Server server, Configuration.Drain drain, long seconds) throws InterruptedException {
        longest = drain.notice().plus(drain.time()).plus(LAST);
        if (!stop.await(seconds, TimeUnit.SECONDS)) {
            out.println("Stopping after " + seconds + " s, as asked.");
        }
        int cut = net.loop().fetch(server::drain).await();
        err.println("capstan: the server has ended; " + (cut == 0 ? "no call was cut" : cut + " calls were cut"));
        orderly = true;
    }

    /** Everything is closed: the process may go. */
    @Override
    public void close() {
        out.flush();
        err.flush();
        code.complete(orderly ? 0 : 1);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process was asked to end, and the hook knows the code now.
            return;
        }
    }

    /** In the process's last moments, which it may take until this returns. */
    private void end() {
        stop.countDown();
        int exit = 1;
        try {
            exit = code.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            err.println("capstan: the server did not end within " + longest);
            err.flush();
        } catch (ExecutionException e) {
            throw new AssertionError("it is completed with a code, or not at all", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Not exit: this is part of it.
        Runtime.getRuntime().halt(exit);
    }
}

package dev.capstan.gateway;

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
 * for an orderly end.
 */
final class Running {
    /** What closing takes after the drain's own time, at most. */
    private static final Duration LAST = Duration.ofSeconds(5);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final PrintWriter out;
    private final PrintWriter err;

    Running(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Serves, and drains the server in the end.
     *
     * @param seconds after which it ends by itself
     * @return the exit code
     */
    int untilStopped(NetLoop net, Server server, Configuration.Drain drain, long seconds) throws InterruptedException {
        Duration longest = drain.notice().plus(drain.time()).plus(LAST);
        Thread hook = Thread.ofPlatform().unstarted(() -> end(longest));
        Runtime.getRuntime().addShutdownHook(hook);
        boolean asked = stop.await(seconds, TimeUnit.SECONDS);
        if (!asked) {
            out.println("Stopping after " + seconds + " s, as asked.");
        }
        int cut = net.loop().fetch(server::drain).await();
        err.println("capstan: the server has ended; " + (cut == 0 ? "no call was cut" : cut + " calls were cut"));
        return finish(hook, asked);
    }

    private int finish(Thread hook, boolean asked) {
        if (!asked) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process was asked to end just now: the hook waits for the code.
                out.flush();
            }
        }
        out.flush();
        err.flush();
        code.complete(0);
        return 0;
    }

    /** In the process's last moments, which it may take until this returns. */
    private void end(Duration longest) {
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

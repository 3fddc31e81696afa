package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command that runs in this process beside its test, until it ends by itself. */
final class RunningVerb {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Watched out = new Watched();
    private final Watched err = new Watched();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final Thread thread;

    private RunningVerb(Path folder, String... args) {
        thread = Thread.ofPlatform()
                .daemon()
                .start(() -> code.complete(Main.run(
                        folder,
                        InputStream.nullInputStream(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        args)));
    }

    static RunningVerb start(Path folder, String... args) {
        return new RunningVerb(folder, args);
    }

    /** Output whose text can be waited for. */
    private static final class Watched extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            bytes.write(b);
            notifyAll();
        }

        @Override
        public synchronized void write(byte[] array, int offset, int length) {
            bytes.write(array, offset, length);
            notifyAll();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        synchronized Matcher awaited(Pattern pattern, CompletableFuture<Integer> code) throws InterruptedException {
            long end = System.nanoTime() + LONGEST.toNanos();
            while (true) {
                Matcher matcher = pattern.matcher(text());
                if (matcher.find()) {
                    return matcher;
                }
                assertTrue(!code.isDone() && System.nanoTime() < end, () -> "no " + pattern + " in: " + text());
                wait(50);
            }
        }
    }

    /** What the group of a pattern is in what was told on standard error. */
    String told(String pattern) throws InterruptedException {
        return err.awaited(Pattern.compile(pattern), code).group(1);
    }

    /** As {@link #told}, of what was said on standard output. */
    String said(String pattern) throws InterruptedException {
        return out.awaited(Pattern.compile(pattern), code).group(1);
    }

    /** Ends a command that would go on for ever. */
    void interrupt() throws Exception {
        thread.interrupt();
        ended();
    }

    /** The exit code, when it has ended. */
    int ended() throws Exception {
        return code.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    }

    String out() {
        return out.text();
    }

    String err() {
        return err.text();
    }
}

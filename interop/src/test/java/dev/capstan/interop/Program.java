package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A program that a test has started, and what it has said so far (standard error included).
 *
 * <p>Owned by the test, which closes it: it is killed then, by its process id, if it still runs. It is killed as well when this process ends in
 * an orderly way before that. Every wait has a deadline, and a failure shows the program's whole output.
 */
final class Program implements AutoCloseable {
    /** The repository's root: tests run in the folder of their module. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final long DEADLINE_SECONDS = 120;

    private final Process process;
    private final String name;
    private final List<String> said = new ArrayList<>();
    private final Thread listener;
    private final Thread reaper;
    private boolean ended;

    private Program(Process process, String name) {
        this.process = process;
        this.name = name;
        // Reading a pipe pins the carrier of a virtual thread: a few such programs would leave none for the fibers of
        // the test.
        this.listener = Thread.ofPlatform().daemon().name("output of " + name).start(this::listen);
        this.reaper = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /** Starts a command in the repository's root. */
    static Program start(List<String> command) {
        return start(new ProcessBuilder(command).directory(ROOT.toFile()));
    }

    /** Starts a command in the repository's root. */
    static Program start(String... command) {
        return start(List.of(command));
    }

    /** Starts a command as {@code builder} says. */
    static Program start(ProcessBuilder builder) {
        try {
            Process process = builder.redirectErrorStream(true).start();
            return new Program(process, String.join(" ", builder.command()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (said) {
                    said.add(line);
                    said.notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (said) {
                said.add("(reading the output failed: " + e + ")");
            }
        } finally {
            synchronized (said) {
                ended = true;
                said.notifyAll();
            }
        }
    }

    /** The first line for which {@code wanted} holds; fails the test when the program ends without it or takes too long. */
    String line(Predicate<String> wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        synchronized (said) {
            int looked = 0;
            while (true) {
                for (; looked < said.size(); looked++) {
                    if (wanted.test(said.get(looked))) {
                        return said.get(looked);
                    }
                }
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || leftMillis <= 0) {
                    return fail((ended ? "ended" : "has said for " + DEADLINE_SECONDS + " s") + " without the line: "
                            + this);
                }
                try {
                    said.wait(leftMillis);
                } catch (InterruptedException e) {
                    throw new IllegalStateException("interrupted while waiting for " + name, e);
                }
            }
        }
    }

    /** What follows {@code READY } in the line by which a server says where it listens. */
    String address() {
        return line(text -> text.startsWith("READY ")).substring("READY ".length());
    }

    /** Waits for the end and gives the exit code; 128 and the number of the signal if one has ended it. */
    int exitCode() {
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                fail("still runs after " + DEADLINE_SECONDS + " s: " + this);
            }
            listener.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
        return process.exitValue();
    }

    /** Tells it a line, on standard input. */
    void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(this + " does not listen", e);
        }
    }

    /** Its process id. */
    long pid() {
        return process.pid();
    }

    /** What it has said so far. */
    List<String> output() {
        synchronized (said) {
            return List.copyOf(said);
        }
    }

    /** Ends it at once, without its doing anything about it (SIGKILL), and waits until it is gone. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Asks it to end (SIGTERM). */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // This process ends, and the hook has run or will.
            return;
        }
    }

    @Override
    public String toString() {
        return name + " (process " + process.pid() + ")\n  " + String.join("\n  ", output());
    }
}

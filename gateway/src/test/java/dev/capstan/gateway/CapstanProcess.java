package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A program that a test has started, such as the command in a process of its own. Closed, it is killed by its process id if it still runs. */
public final class CapstanProcess implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 120;

    private final Process process;
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();
    private final Thread listener;

    private CapstanProcess(Process process) {
        this.process = process;
        // Reading a pipe pins the carrier of a virtual thread: a few such programs would leave none for the fibers of
        // the test.
        this.listener = Thread.ofPlatform().daemon().start(this::listen);
    }

    /** The start of a command line that runs {@code capstan} as these tests were built. */
    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.capstan.gateway.Main");
    }

    public static CapstanProcess capstan(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(command());
        line.addAll(List.of(arguments));
        return start(Path.of("").toAbsolutePath(), line);
    }

    public static CapstanProcess start(Path folder, List<String> line) throws IOException {
        return new CapstanProcess(new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start());
    }

    private void listen() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                unread.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next line that has {@code part} in it. */
    public String line(String part) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            String line = unread.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                return fail("has not said '" + part + "' within " + DEADLINE_SECONDS + " s, but\n  "
                        + String.join("\n  ", said));
            }
            said.add(line);
            if (line.contains(part)) {
                return line;
            }
        }
    }

    /** Tells it a line, on standard input. */
    void tell(String line) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
    }

    /** Asks it to end, as a supervisor does; what it still says is heard, which {@link Process#destroy} would not let. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for the end. */
    public int exitCode() throws InterruptedException {
        assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "still runs");
        listener.join();
        unread.drainTo(said);
        return process.exitValue();
    }

    /** What it has said until its end, or what was read of it. */
    public String output() {
        return String.join("\n", said);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}

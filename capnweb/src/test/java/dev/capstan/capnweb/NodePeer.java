package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The npm package capnweb on Node: programs of {@code peers/node} that run to their end, and a server. */
final class NodePeer implements Served {
    private static final Path ROOT = root();
    private static final int CANNOT_BE_HAD = 77;
    private static final int DEADLINE_SECONDS = 100;

    private final Process process;
    private final BufferedReader output;
    private final int port;

    private NodePeer(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        String line = String.valueOf(output.readLine());
        assertEquals("READY", line.split(" ", -1)[0], line);
        this.port = Integer.parseInt(line.substring("READY ".length()));
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.exists(folder.resolve("peers/node")) ? Objects.requireNonNull(folder.getParent()) : folder;
    }

    private record Ended(int code, String output) {}

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static Ended run(String... command) throws IOException, InterruptedException {
        Process process = start(command);
        CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getInputStream().readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), new String(output.join(), StandardCharsets.UTF_8));
    }

    /** Skips the test where Node or the package cannot be had. */
    static void install() throws IOException, InterruptedException {
        install("capnweb/peers/node/install.sh");
    }

    /** As {@link #install}, of the package in {@code clients/ts}. */
    static void installTypeScript() throws IOException, InterruptedException {
        install("clients/ts/install.sh");
    }

    /** As {@link #installTypeScript}; the folder that it was installed into. Skips the test where Chromium cannot be had, too. */
    static Path installTypeScriptForChromium() throws IOException, InterruptedException {
        installTypeScript();
        Assumptions.assumeTrue(
                run("bash", "-c", "command -v chromium || command -v chromium-browser")
                                .code()
                        == 0,
                "Chromium is not there (apt install chromium)");
        return ROOT.resolve("clients/ts/target");
    }

    /** The folder that the package and programs for Chromium were installed into. Skips the test where they cannot be had. */
    static Path installChromium() throws IOException, InterruptedException {
        install("capnweb/peers/chromium/install.sh");
        return ROOT.resolve("capnweb/target/chromium");
    }

    private static void install(String script) throws IOException, InterruptedException {
        Ended installed = run("bash", script);
        Assumptions.assumeTrue(
                installed.code() != CANNOT_BE_HAD,
                () -> installed.output().lines().reduce((before, last) -> last).orElse("no Node peer"));
        assertEquals(0, installed.code(), installed.output());
    }

    /** What a program says. */
    static String said(String program, Object... arguments) throws IOException, InterruptedException {
        return output("capnweb/target/node/" + program, arguments);
    }

    /** What a program of {@code clients/ts/test} says, which runs as it was installed. */
    static String saidByTypeScript(String program, Object... arguments) throws IOException, InterruptedException {
        return output("clients/ts/target/test/" + program, arguments);
    }

    /** What a program of {@code peers/chromium} says. */
    static String saidInChromium(String program, Object... arguments) throws IOException, InterruptedException {
        return output("capnweb/target/chromium/" + program, arguments);
    }

    private static String output(String program, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", program));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Ended ended = run(command.toArray(String[]::new));
        assertEquals(0, ended.code(), ended.output());
        return ended.output().strip();
    }

    static NodePeer server() throws IOException {
        return server("server.mjs");
    }

    /** Another program that serves. */
    static NodePeer server(String program) throws IOException {
        return new NodePeer(start("node", "capnweb/target/node/" + program));
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String tables() throws IOException {
        process.outputWriter().write("\n");
        process.outputWriter().flush();
        return String.valueOf(output.readLine());
    }

    /** Nothing is left of its one session but what each has of the other; the last release may still be on its way. */
    void assertEmpty() throws IOException {
        String empty = "[{\"imports\":1,\"exports\":1}]";
        String tables = tables();
        for (int i = 0; i < 10_000 && !tables.equals(empty); i++) {
            tables = tables();
        }
        assertEquals(empty, tables);
    }

    @Override
    public void close() throws IOException {
        process.outputWriter().close();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        output.close();
    }
}

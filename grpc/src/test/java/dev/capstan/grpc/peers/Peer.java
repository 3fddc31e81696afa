package dev.capstan.grpc.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC library that is not ours: how its programs, which are in {@code grpc/peers}, are installed and started.
 *
 * @param script installs them; exit code 77 says that they cannot be had here
 * @param client command that runs cases: a port and the names of cases are added to it
 * @param server command that serves; empty if it does not
 */
record Peer(String script, List<String> client, List<String> server) {
    static final Peer PYTHON = new Peer(
            "python/install.sh",
            List.of("/usr/bin/python3", "grpc/target/peers/python/client.py"),
            List.of("/usr/bin/python3", "grpc/target/peers/python/server.py"));

    /** A client of the health service; what it is asked for are services. */
    static final Peer PYTHON_HEALTH =
            new Peer("python/install.sh", List.of("/usr/bin/python3", "grpc/target/peers/python/health.py"), List.of());

    static final Peer CPP = new Peer(
            "cpp/build.sh",
            List.of("grpc/target/peers/cpp/peer", "client"),
            List.of("grpc/target/peers/cpp/peer", "server"));

    static final Peer GRPC_JS = new Peer("node/install.sh", node("grpc-js-client.mjs"), node("grpc-js-server.mjs"));

    static final Peer GRPC_JS_REFLECTION = new Peer("node/install.sh", node("reflection-client.mjs"), List.of());

    static final Peer CONNECT = connect("grpc");

    /** Connect's server of gRPC-Web over HTTP/1.1. */
    static final Peer CONNECT_WEB_SERVER = new Peer("node/install.sh", List.of(), node("connect-server.mjs", "web"));

    /** Connect's client, which speaks {@code wire}: {@code grpc}, or gRPC-Web as {@code web-1.1} and {@code web-2}. */
    static Peer connect(String wire) {
        return new Peer("node/install.sh", node("connect-client.mjs", wire), node("connect-server.mjs"));
    }

    private static List<String> node(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", "grpc/target/peers/node/" + program));
        command.addAll(List.of(arguments));
        return command;
    }

    private static final Path ROOT = root();
    private static final int CANNOT_BE_HAD = 77;
    private static final int INSTALL_SECONDS = 540;
    private static final int RUN_SECONDS = 100;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.exists(folder.resolve("peers/python")) ? Objects.requireNonNull(folder.getParent()) : folder;
    }

    private static Program start(List<String> command) throws IOException {
        return new Program(new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start());
    }

    /** Installs it. Why it cannot be had on this machine; nothing if it can. */
    String missing() throws IOException, InterruptedException {
        Program program = start(List.of("bash", "grpc/peers/" + script));
        int code = program.end(INSTALL_SECONDS);
        List<String> said = List.copyOf(program.lines);
        if (code == CANNOT_BE_HAD) {
            return said.isEmpty() ? script + " says that it cannot be had" : said.getLast();
        }
        assertEquals(0, code, said::toString);
        return "";
    }

    /** Its client, which runs {@code cases} in their order against 127.0.0.1, says a line for each, and stays until it is closed. */
    Program ask(int port, String... cases) throws IOException {
        List<String> command = new ArrayList<>(client);
        command.add("" + port);
        command.addAll(List.of(cases));
        return start(command);
    }

    /** Its server, which says {@code READY} with its port before anything else. */
    Program serve() throws IOException {
        return start(server);
    }

    /** A program that runs until its standard input ends. Whoever has it closes it. */
    static final class Program implements AutoCloseable {
        private final Process process;
        private final Thread reading;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        private Program(Process process) {
            this.process = process;
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            this.reading = Thread.ofVirtual().start(() -> output.lines().forEach(lines::add));
        }

        /** What it says next. */
        String line() throws InterruptedException {
            for (int i = 0; i < RUN_SECONDS; i++) {
                boolean over = !reading.isAlive();
                String next = lines.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    return next;
                }
                assertFalse(over, "the program has ended, and said nothing more");
            }
            throw new AssertionError("the program has said nothing for " + RUN_SECONDS + " s");
        }

        private int end(int seconds) throws IOException, InterruptedException {
            process.outputWriter(StandardCharsets.UTF_8).close();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            int code = process.waitFor();
            reading.join();
            return code;
        }

        /** Waits until it says {@code expected}, whatever it says before. */
        void says(String expected) throws InterruptedException {
            String line = line();
            while (!line.equals(expected)) {
                line = line();
            }
        }

        /** Ends it, which it must do in peace. */
        @Override
        public void close() throws IOException {
            try {
                assertEquals(0, end(RUN_SECONDS), () -> "it has said, too, " + lines);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}

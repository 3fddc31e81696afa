package dev.capstan.grpc.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/** grpc-java's own interoperability programs, each in a process of its own. */
final class OfficialPeer implements AutoCloseable {
    private static final Path ROOT = root();
    private static final String FOLDER = "grpc/target/peers/java";
    private static final int CANNOT_BE_HAD = 77;
    private static final int DEADLINE_SECONDS = 100;

    /** How a program ended, and what it said. */
    record Ended(int code, String output) {}

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread listening;
    private int port;

    private OfficialPeer(List<String> command) throws IOException {
        process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        listening = Thread.ofVirtual().start(() -> output.lines().forEach(lines::add));
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.exists(folder.resolve("peers/java")) ? Objects.requireNonNull(folder.getParent()) : folder;
    }

    /** Gets the programs; a failed assumption where they cannot be had. */
    static void install() throws Exception {
        try (OfficialPeer script = new OfficialPeer(List.of("bash", "grpc/peers/java/install.sh"))) {
            Ended ended = script.ended();
            Assumptions.assumeTrue(
                    ended.code() != CANNOT_BE_HAD,
                    () -> ended.output().lines().reduce((before, last) -> last).orElse("no official programs"));
            assertEquals(0, ended.code(), ended.output());
        }
    }

    /** Starts the main class {@code name} of {@code io.grpc.testing.integration}. */
    private static OfficialPeer start(String name, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                FOLDER + "/*",
                "io.grpc.testing.integration." + name));
        command.addAll(arguments);
        return new OfficialPeer(command);
    }

    /** Runs a program to its end. */
    static Ended run(String name, List<String> arguments) throws Exception {
        try (OfficialPeer peer = start(name, arguments)) {
            return peer.ended();
        }
    }

    /** A server of 127.0.0.1 that listens already. It cannot choose a port itself, so it is given one that was free just now. */
    static OfficialPeer server(boolean tls) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        OfficialPeer server =
                start("TestServiceServer", List.of("--port=" + port, "--use_tls=" + tls, "--address_type=IPV4"));
        server.port = port;
        StringBuilder said = new StringBuilder();
        String line;
        do {
            line = server.line();
            said.append(line).append('\n');
            if (line.isEmpty() && !server.process.isAlive()) {
                throw new AssertionError("the official server has ended:\n" + said);
            }
        } while (!line.startsWith("Server started on port"));
        return server;
    }

    /** Where a server listens. */
    int port() {
        return port;
    }

    /** The next line that it says; empty if there is none for a second. */
    private String line() throws InterruptedException {
        return Objects.requireNonNullElse(lines.poll(1, TimeUnit.SECONDS), "");
    }

    private Ended ended() throws InterruptedException {
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            close();
        }
        int code = process.waitFor();
        listening.join();
        return new Ended(code, String.join("\n", lines));
    }

    /** What the jar of the programs has under {@code name}. */
    static byte[] resource(String name) throws IOException {
        try (var jars = Files.newDirectoryStream(ROOT.resolve(FOLDER), "grpc-testing-*.jar");
                ZipFile jar = new ZipFile(jars.iterator().next().toFile());
                var entry = jar.getInputStream(jar.getEntry(name))) {
            return entry.readAllBytes();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}

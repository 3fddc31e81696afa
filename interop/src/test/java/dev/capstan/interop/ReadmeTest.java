package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way that README leads a newcomer, walked step by step in an empty folder. */
@ForeignPeer
class ReadmeTest {
    private static final String ADDRESS = "127.0.0.1:4000";
    private static final Path EXAMPLE = Program.ROOT.resolve("examples/hello");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** The lines of the block of shell commands that begins with {@code first}. */
    private static List<String> commands(String first) {
        List<String> lines =
                SourceTree.text(Program.ROOT.resolve("README.md")).lines().toList();
        for (int at = 1; at < lines.size(); at++) {
            if (lines.get(at - 1).equals("```sh") && lines.get(at).startsWith(first)) {
                int end = at;
                while (!lines.get(end).equals("```")) {
                    end++;
                }
                return lines.subList(at, end);
            }
        }
        throw new AssertionError("README shows no commands that begin with " + first);
    }

    private Program shell(String preamble, String command) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", preamble + "\n" + command).directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("CAPSTAN", Program.ROOT.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return Program.start(builder);
    }

    @Test
    void an_own_service_is_called_from_java_and_from_cpp() throws IOException {
        ForeignPrograms.cpp("client"); // Skips where Cap'n Proto's C++ cannot be had.
        Files.copy(EXAMPLE.resolve("src/main/capnp/hello.capnp"), folder.resolve("hello.capnp"));
        Files.copy(EXAMPLE.resolve("cpp/client.c++"), folder.resolve("client.c++"));
        for (String name : List.of("HelloServer.java", "HelloClient.java")) {
            Files.copy(
                    EXAMPLE.resolve("src/main/java/dev/capstan/examples/hello").resolve(name), folder.resolve(name));
        }
        List<String> lines = commands("export PATH");
        String address = "unix:" + folder.resolve("socket");
        List<String> said = new ArrayList<>();
        List<Program> background = new ArrayList<>();
        try {
            for (String line : lines.subList(1, lines.size())) {
                String command = line.replace(ADDRESS, address);
                if (command.endsWith(" &")) {
                    // In a shell of its own, so that it can be ended.
                    Program server =
                            shell(lines.getFirst(), "exec " + command.substring(0, command.length() - " &".length()));
                    background.add(server);
                    assertEquals(address, server.address());
                    continue;
                }
                try (Program step = shell(lines.getFirst(), command)) {
                    assertEquals(0, step.exitCode(), step::toString);
                    said.addAll(step.output());
                }
            }
        } finally {
            background.forEach(Program::close);
        }
        assertEquals(1, background.size());
        assertEquals(List.of("Hello, world!", "Hello, C++!"), said);
        assertTrue(Files.exists(folder.resolve("classes")));
    }
}

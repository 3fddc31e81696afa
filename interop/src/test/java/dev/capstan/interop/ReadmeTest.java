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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** A program that goes on while the page is looked at. */
    private Program background(List<Program> all, String command) {
        Program started = shell("export PYTHONUNBUFFERED=1", "exec " + command);
        all.add(started);
        return started;
    }

    @Test
    void a_page_calls_an_object_in_cpp() throws IOException {
        ForeignPrograms.cpp("client");
        ForeignPrograms.make("interop/peers/chromium/install.sh");
        List<String> lines = commands("cp \"$CAPSTAN\"");
        int servers = lines.size() - 3;
        for (String line : lines.subList(0, servers)) {
            try (Program step = shell("", line)) {
                assertEquals(0, step.exitCode(), step::toString);
            }
        }
        // The last one stays in front; a shell of its own for each, so that it can be ended.
        List<String> commands = lines.subList(servers, lines.size()).stream()
                .map(line -> line.replaceFirst(" &$", ""))
                .toList();
        String socket = "unix:" + folder.resolve("socket");
        List<Program> background = new ArrayList<>();
        try {
            Program server = background(background, replaced(commands.getFirst(), ADDRESS, socket));
            assertEquals(socket, server.address());
            Program pages = background(background, replaced(commands.get(1), " 8000 ", " 0 "));
            Matcher at = found("port (\\d+)", pages);
            String origin = "http://127.0.0.1:" + at.group(1);
            String java =
                    "\"$JAVA_HOME/bin/java\" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp '"
                            + System.getProperty("java.class.path") + "' dev.capstan.gateway.Main";
            String command = replaced(commands.get(2), "capnp://" + ADDRESS, "capnp+" + socket);
            command = replaced(command, "http://127.0.0.1:8000", origin);
            command = replaced(command, "ws://127.0.0.1:8080/", "ws://127.0.0.1:0/");
            Program gateway = background(background, replaced(command, "\"$CAPSTAN/capstan\"", java));
            String url = found("(ws://127\\.0\\.0\\.1:\\d+/)", gateway).group(1);
            Path page = folder.resolve("index.html");
            Files.writeString(page, replaced(Files.readString(page), "ws://127.0.0.1:8080/", url));
            try (Program opened =
                    Program.start("node", ForeignPrograms.path("interop/target/chromium/open.mjs"), origin + "/")) {
                assertEquals(0, opened.exitCode(), () -> opened + "\n" + gateway);
                assertEquals("text: Hello, page, from C++!", opened.output().getLast());
            }
        } finally {
            background.forEach(Program::close);
        }
    }

    private static String replaced(String text, String what, String by) {
        assertTrue(text.contains(what), () -> text + " says nothing of " + what);
        return text.replace(what, by);
    }

    private static Matcher found(String pattern, Program in) {
        Pattern wanted = Pattern.compile(pattern);
        Matcher found = wanted.matcher(in.line(line -> wanted.matcher(line).find()));
        assertTrue(found.find());
        return found;
    }
}

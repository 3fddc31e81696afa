package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The commands that {@code capstan demo} prints, run as they are. */
class DemoCommandTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** What the demo has said, by the line. */
    private static List<String> tour(CapstanProcess demo) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        do {
            lines.add(demo.line(""));
        } while (!lines.getLast().equals("Ctrl-C ends it."));
        return lines;
    }

    /** The commands that have {@code part} in them. */
    private static List<String> commands(List<String> tour, String part) {
        List<String> found = tour.stream()
                .filter(line -> line.matches("(  [A-Za-z+]+ +| {10})\\S.*") && line.contains(part))
                .map(line -> line.substring(10))
                .toList();
        assertTrue(!found.isEmpty(), () -> "no command with '" + part + "' in\n" + String.join("\n", tour));
        return found;
    }

    /** Runs a command as it is printed, but what is built by Maven as these tests were built. */
    private static CapstanProcess started(Path folder, String command) throws IOException {
        List<String> java = CapstanProcess.command();
        String capstan = java.stream().map(each -> "'" + each + "'").collect(Collectors.joining(" "));
        String terminal = capstan.replace("'" + java.getLast() + "'", "dev.capstan.examples.chat.Terminal");
        return CapstanProcess.start(
                folder,
                List.of(
                        "bash",
                        "-c",
                        "capstan() { " + capstan + " \"$@\"; }\nchat() { " + terminal + " \"$CHAT\" \"$2\"; }\n"
                                + command.replace("./capstan", "capstan").replace("examples/chat/run", "chat")));
    }

    private static String run(Path folder, String command) throws Exception {
        try (CapstanProcess shell = started(folder, command)) {
            int code = shell.exitCode();
            assertEquals(0, code, () -> command + "\n" + shell.output());
            return shell.output();
        }
    }

    @Test
    void the_commands_of_this_program_run_as_they_are_printed() throws Exception {
        try (CapstanProcess demo = CapstanProcess.capstan("demo")) {
            List<String> said = new ArrayList<>();
            for (String command : commands(tour(demo), "./capstan c")) {
                said.add(run(ROOT, command));
            }
            assertEquals(
                    List.of(
                            "42",
                            "1023",
                            "{\"number\":42}",
                            "42.0",
                            "{\"entries\":[{\"name\":\"hello.txt\",\"size\":90},{\"name\":\"numbers.bin\",\"size\":8388608}]}"),
                    said);
            demo.terminate();
            assertEquals(0, demo.exitCode(), demo::output);
        }
    }

    @Test
    @ForeignPeer
    void python_calls_grpc_as_it_is_printed() throws Exception {
        Assumptions.assumeTrue(
                succeeds(List.of("/usr/bin/python3", "-c", "import grpc, google.protobuf")),
                "python3-grpcio and python3-protobuf are not installed");
        try (CapstanProcess demo = CapstanProcess.capstan("demo")) {
            String command = commands(tour(demo), "python3 -c").getFirst();
            assertEquals("42.0", run(ROOT, command.replace("python3 -c", "/usr/bin/python3 -c")));
        }
    }

    @Test
    @ForeignPeer
    void node_calls_and_reads_and_writes_files_as_it_is_printed() throws Exception {
        try (CapstanProcess install = CapstanProcess.start(ROOT, List.of("bash", "capnweb/peers/node/install.sh"))) {
            int code = install.exitCode();
            Assumptions.assumeTrue(code != 77, () -> "npm's capnweb cannot be had: " + install.output());
            assertEquals(0, code, install::output);
        }
        try (CapstanProcess demo = CapstanProcess.capstan("demo")) {
            List<String> tour = tour(demo);
            String installed = Files.readString(ROOT.resolve("capnweb/peers/node/package.json"));
            assertTrue(commands(tour, "npm install").getFirst().contains("capnweb@" + version(installed)), installed);
            List<String> node = commands(tour, "node --input-type=module");
            Path folder = ROOT.resolve("capnweb/target/node");
            assertEquals("{ number: 42 }", run(folder, node.get(0)));
            // Node 20 has WebSockets, but not by default.
            String read = run(folder, "export NODE_OPTIONS=--experimental-websocket; " + node.get(1));
            assertTrue(read.contains("4194304 of 8388608"), read);
            assertTrue(read.endsWith("\n8388608"), read);
            assertEquals(
                    "1048576 written\n2097152 written\n2621440 written\nhello.txt 90; numbers.bin 8388608; zeros.bin 2621440",
                    run(folder, "export NODE_OPTIONS=--experimental-websocket; " + node.get(2)));
        }
    }

    @Test
    @ForeignPeer
    void cpp_calls_and_is_called_back_as_it_is_printed() throws Exception {
        try (CapstanProcess build = CapstanProcess.start(ROOT, List.of("bash", "examples/calculator/cpp/build.sh"))) {
            int code = build.exitCode();
            Assumptions.assumeTrue(code != 77, build::output);
            assertEquals(0, code, build::output);
        }
        try (CapstanProcess demo = CapstanProcess.capstan("demo")) {
            String command =
                    commands(tour(demo), "examples/calculator/cpp/build.sh").getFirst();
            assertEquals(
                    List.of("(2 + 3) * 4 = 20", "its cube = 8000", "the server calls cube(20)"),
                    run(ROOT, command).lines().sorted().toList());
        }
    }

    @Test
    void chatting_works_as_it_is_printed() throws Exception {
        try (CapstanProcess demo = CapstanProcess.capstan("demo")) {
            String command = commands(tour(demo), "examples/chat/run").getFirst();
            try (CapstanProcess ann = started(ROOT, command)) {
                assertEquals("* here: ann", ann.line("here"));
                try (CapstanProcess bob = started(ROOT, command.replaceAll(" ann$", " bob"))) {
                    assertEquals("* here: ann, bob", bob.line("here"));
                    bob.tell("hello");
                    assertEquals("bob: hello", ann.line("hello"));
                    ann.tell("hello, Bob");
                    assertEquals("ann: hello, Bob", bob.line("Bob"));
                }
            }
        }
    }

    @Test
    void every_command_that_is_printed_is_run_by_a_test() throws Exception {
        try (CapstanProcess demo = CapstanProcess.capstan("demo")) {
            List<String> unknown = commands(tour(demo), "").stream()
                    .dropWhile(command -> !command.startsWith("./capstan "))
                    .filter(
                            command -> !command.matches(
                                    "(\\./capstan c|python3 -c|node --input-type=module|npm install|examples/calculator/cpp/build\\.sh|CHAT=).*"))
                    .toList();
            assertEquals(List.of(), unknown);
        }
    }

    private static String version(String packages) {
        Matcher capnweb = Pattern.compile("\"capnweb\": \"([^\"]+)\"").matcher(packages);
        assertTrue(capnweb.find(), packages);
        return capnweb.group(1);
    }

    private static boolean succeeds(List<String> command) throws IOException, InterruptedException {
        try (CapstanProcess process = CapstanProcess.start(ROOT, command)) {
            return process.exitCode() == 0;
        }
    }
}

package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code demo} and {@code call} as {@code ./capstan} starts them, in processes of their own. */
class DemoTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Program capstan(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-jar",
                "gateway/target/capstan.jar"));
        command.addAll(List.of(arguments));
        return Program.start(command);
    }

    private String called(String address, String expression) {
        try (Program call = capstan("calculate", address, expression)) {
            assertEquals(0, call.exitCode(), call.toString());
            return call.output().getLast();
        }
    }

    @Test
    void the_demo_is_called_at_the_addresses_that_it_prints_and_leaves_nothing_behind_when_it_is_ended()
            throws IOException {
        try (Program demo = capstan("demo")) {
            String tcp = lastWord(demo.line(line -> line.contains("TCP  ")));
            String unix = lastWord(demo.line(line -> line.contains("Unix socket  ")));
            assertEquals("42", called(tcp, "(3 + 4) * 6"));
            assertEquals("1023", called(unix, "pow(2, 10) - 1"));
            demo.terminate();
            assertEquals(0, demo.exitCode(), demo.toString());
            try (Stream<Path> left = Files.list(temporary)) {
                assertEquals(
                        List.of(),
                        left.filter(path -> path.getFileName().toString().startsWith("capstan"))
                                .toList());
            }
        }
    }

    private static String lastWord(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }
}

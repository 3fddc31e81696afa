package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/command.md}: what stands behind a {@code $} is run, and prints what stands below it. */
class CommandPageTest {
    private static final Path PAGE = Path.of("../docs/command.md");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    private Path folder;

    private record Example(String line, List<String> output) {}

    private static List<Example> examples() throws Exception {
        List<Example> found = new ArrayList<>();
        boolean isInside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("```")) {
                isInside = line.equals("```console");
            } else if (isInside && line.startsWith("$ ")) {
                found.add(new Example(line.substring(2), new ArrayList<>()));
            } else if (isInside) {
                found.getLast().output().add(line);
            }
        }
        return found;
    }

    @Test
    void what_the_page_shows_is_what_is_printed() throws Exception {
        try (Shelf shelf = new Shelf(folder)) {
            String capnp = shelf.capnp();
            String web = shelf.web().replace("/rpc", "");
            String grpc = shelf.grpc();
            List<Example> examples = examples();
            assertTrue(examples.size() > 15, examples.toString());
            for (Example example : examples) {
                String line = example.line()
                        .replace("127.0.0.1:9000", capnp)
                        .replace("127.0.0.1:8080", web)
                        .replace("127.0.0.1:50051", grpc);
                String printed = printed(line)
                        .replace(capnp, "127.0.0.1:9000")
                        .replace(web, "127.0.0.1:8080")
                        .replace(grpc, "127.0.0.1:50051");
                assertShown(example, printed);
            }
        }
    }

    private String printed(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        String typed = "";
        int pipe = words.indexOf("|");
        if (pipe > 0) {
            boolean isEcho = words.getFirst().equals("echo");
            assertTrue(isEcho || words.subList(0, 2).equals(List.of("printf", "%s\\n")), line);
            typed = String.join("\n", words.subList(isEcho ? 1 : 2, pipe)) + "\n";
            words.subList(0, pipe + 1).clear();
        }
        assertEquals("./capstan", words.removeFirst(), line);
        return new Verbs(folder).answers(typed, words.toArray(String[]::new));
    }

    /** Three dots stand for the rest of a line, or for all lines that follow. */
    private static void assertShown(Example example, String printed) {
        List<String> lines = printed.lines().toList();
        for (int at = 0; at < example.output().size(); at++) {
            String shown = example.output().get(at);
            if (shown.equals("...")) {
                return;
            }
            String line = at < lines.size() ? lines.get(at) : "";
            if (shown.endsWith("...")) {
                assertTrue(line.startsWith(shown.substring(0, shown.length() - 3)), example.line() + "\n" + printed);
            } else {
                assertEquals(shown, line, example.line());
            }
        }
        assertEquals(example.output().size(), lines.size(), example.line() + "\n" + printed);
    }
}

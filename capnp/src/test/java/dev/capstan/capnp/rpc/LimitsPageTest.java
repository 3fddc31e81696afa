package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page about limits tells each of Cap'n Proto's with its default, in the order of the code. */
class LimitsPageTest {
    @Test
    void each_limit_stands_on_the_page_with_its_default() throws java.lang.Exception {
        List<String> expected = new ArrayList<>();
        add(expected, "", Limits.DEFAULT);
        assertEquals(String.join("\n", expected), String.join("\n", page()));
    }

    private static void add(List<String> rows, String prefix, Record limits) throws ReflectiveOperationException {
        for (RecordComponent component : limits.getClass().getRecordComponents()) {
            String name = prefix + component.getName();
            switch (component.getAccessor().invoke(limits)) {
                case Record part -> add(rows, name + ".", part);
                case Duration time -> rows.add("| `" + name + "` | " + time + " |");
                case Number number ->
                    rows.add("| `" + name + "` | " + String.format(Locale.ROOT, "%,d", number.longValue()) + " |");
                default -> throw new AssertionError(name);
            }
        }
    }

    private static List<String> page() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "limits.md")).stream()
                .dropWhile(line -> !line.startsWith("## Cap'n Proto"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 2) + 1) + 1))
                .toList();
    }
}

package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.net.Limits.Http2;
import dev.capstan.net.Limits.Life;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The tables of docs/grpc.md have each limit with its default. */
class LimitsPageTest {
    @Test
    void each_limit_stands_on_the_page_with_its_default() throws Exception {
        List<String> expected = new ArrayList<>();
        add(expected, "", Limits.DEFAULT);
        add(expected, "Server.", Limits.Server.DEFAULT);
        add(expected, "Blocking.", Limits.Blocking.DEFAULT);
        add(expected, "Repeats.", Limits.Repeats.DEFAULT);
        add(expected, "Reflection.", Limits.Reflection.DEFAULT);
        add(expected, "Http2.", Http2.DEFAULT);
        add(expected, "Life.", Life.DEFAULT);
        assertEquals(String.join("\n", expected), String.join("\n", page()));
    }

    private static void add(List<String> rows, String prefix, Record limits) throws ReflectiveOperationException {
        for (RecordComponent component : limits.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(limits);
            if (!(value instanceof Record)) {
                String shown = value instanceof Duration time
                        ? time.toString()
                        : String.format(Locale.ROOT, "%,d", ((Number) value).longValue());
                rows.add("| `" + prefix + component.getName() + "` | " + shown + " |");
            }
        }
    }

    private static List<String> page() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "grpc.md"));
        return lines.subList(lines.indexOf("## Limits"), lines.indexOf("## Coming from grpc-java")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 2) + 1) + 1))
                .toList();
    }
}

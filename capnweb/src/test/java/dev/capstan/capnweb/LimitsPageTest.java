package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.capnweb.resume.ResumeLimits;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The page about limits tells each of them with its default, in the order of the code. */
final class LimitsPageTest {
    @Test
    void each_limit_stands_on_the_page_with_its_default() throws Exception {
        List<String> expected = new ArrayList<>();
        for (Record limits : List.of(
                Limits.DEFAULT,
                Limits.Streams.DEFAULT,
                Limits.Maps.DEFAULT,
                Limits.Transport.DEFAULT,
                ResumeLimits.DEFAULT)) {
            for (RecordComponent component : limits.getClass().getRecordComponents()) {
                String value = shown(component.getAccessor().invoke(limits));
                if (value != null) {
                    expected.add("| `" + component.getName() + "` | " + value + " |");
                }
            }
        }
        assertEquals(String.join("\n", expected), String.join("\n", page()));
    }

    private static @Nullable String shown(Object value) {
        return switch (value) {
            case Number number -> String.format(Locale.ROOT, "%,d", number.longValue());
            case Duration time -> time.toString();
            default -> null;
        };
    }

    private static List<String> page() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "limits.md")).stream()
                .takeWhile(line -> !line.startsWith("## Cap'n Proto"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 2) + 1) + 1))
                .toList();
    }
}

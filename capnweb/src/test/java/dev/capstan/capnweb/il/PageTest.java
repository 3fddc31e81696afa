package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about programs says what the code does. */
class PageTest {
    private static final Pattern OPERATION = Pattern.compile("\\| `.*\\| `(.*)` \\| `(.*)` \\|");
    private static final Pattern TAG = Pattern.compile("`\\[\"([^\"]+)\"");

    private static List<String> page() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "il.md"));
    }

    @Test
    void examples_give_what_the_page_says_and_every_operation_has_one() throws Exception {
        List<String> seen = new ArrayList<>();
        try (Scene scene = new Scene()) {
            for (String line : page()) {
                Matcher row = OPERATION.matcher(line);
                if (row.matches()) {
                    assertEquals(JsonText.value(row.group(2)), scene.run(JsonText.value(row.group(1))), line);
                    Matcher tag = TAG.matcher(line.substring(0, row.start(1) - 2));
                    while (tag.find()) {
                        seen.add(tag.group(1));
                    }
                }
            }
        }
        for (Operator operator : Operator.values()) {
            assertTrue(seen.contains(operator.tag()), operator.tag());
        }
        assertTrue(
                seen.containsAll(List.of(
                        "literal", "list", "concat", "capture", "get", "call", "var", "let", "do", "if", "and", "or",
                        "for", "while", "not", "neg", "size", "fail")),
                seen.toString());
    }

    @Test
    void each_limit_stands_on_the_page_with_its_default() throws Exception {
        List<String> expected = new ArrayList<>();
        for (RecordComponent component : Budget.class.getRecordComponents()) {
            long value = ((Number) component.getAccessor().invoke(Budget.DEFAULT)).longValue();
            expected.add("| `" + component.getName() + "` | " + String.format(Locale.ROOT, "%,d", value) + " |");
        }
        List<String> told = page().stream()
                .filter(line -> line.matches("\\| `\\w+` \\| [0-9,]+ \\|.*"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 2) + 1) + 1))
                .toList();
        assertEquals(String.join("\n", expected), String.join("\n", told));
    }
}

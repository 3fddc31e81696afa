package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines that no decent peer sends, and what is answered. In the files a line is a text; or a list of texts and of pairs of a text and how often it stands there; or
 * {@code {"times": n, "line": text}}, the same line many times; or {@code {"hex": digits}}, bytes that are no text. Answers are told in the same way; the last may be {@code close}.
 *
 * @param answers what is answered to the lines, in order
 * @param hasMain whether the main object can be called afterwards
 */
record HostileCase(String name, List<byte[]> sent, List<String> answers, boolean hasMain) {
    static Stream<HostileCase> in(String resource) throws IOException {
        List<HostileCase> cases = new ArrayList<>();
        try (InputStream in = HostileCase.class.getResourceAsStream(resource)) {
            assertNotNull(in);
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
                Map<?, ?> entry = (Map<?, ?>) Objects.requireNonNull(Json.parse(utf8, 0, utf8.length, Limits.DEFAULT));
                Object answers = entry.containsKey("ours") ? entry.get("ours") : entry.get("typescript");
                cases.add(new HostileCase(
                        (String) Objects.requireNonNull(entry.get("case")),
                        lines(entry.get("sent")),
                        lines(answers).stream()
                                .map(text -> new String(text, StandardCharsets.UTF_8))
                                .toList(),
                        !entry.containsKey("main")));
            }
        }
        return cases.stream();
    }

    private static List<byte[]> lines(@Nullable Object list) {
        List<byte[]> lines = new ArrayList<>();
        for (Object each : (List<?>) Objects.requireNonNull(list)) {
            if (each instanceof Map<?, ?> rule && rule.get("times") instanceof Long times) {
                byte[] line = line(rule.get("line"));
                for (long i = 0; i < times; i++) {
                    lines.add(line);
                }
            } else {
                lines.add(line(each));
            }
        }
        return lines;
    }

    private static byte[] line(@Nullable Object told) {
        return switch (told) {
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            case Map<?, ?> rule -> HexFormat.of().parseHex(String.valueOf(rule.get("hex")));
            case List<?> parts -> {
                ByteArrayOutputStream whole = new ByteArrayOutputStream();
                for (Object part : parts) {
                    if (part instanceof List<?> repeated && repeated.get(1) instanceof Long times) {
                        whole.writeBytes(String.valueOf(repeated.get(0))
                                .repeat(times.intValue())
                                .getBytes(StandardCharsets.UTF_8));
                    } else {
                        whole.writeBytes(line(part));
                    }
                }
                yield whole.toByteArray();
            }
            case null, default -> throw new AssertionError("a line is a text, a list or a rule, not " + told);
        };
    }

    @Override
    public String toString() {
        return name;
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The lines that a client and a server of the TypeScript implementation (capnweb 0.12.0) exchanged, as recorded. */
final class Transcript {
    private Transcript() {}

    record Line(boolean fromClient, String text) {}

    static List<Line> lines(String name) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (InputStream in = Transcript.class.getResourceAsStream("/golden/" + name + ".jsonl")) {
            assertNotNull(in, name);
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (line.contains("\"dir\"")) {
                    byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
                    Map<?, ?> entry =
                            (Map<?, ?>) Objects.requireNonNull(Json.parse(utf8, 0, utf8.length, Limits.DEFAULT));
                    lines.add(new Line(
                            "c2s".equals(entry.get("dir")), (String) Objects.requireNonNull(entry.get("line"))));
                }
            }
        }
        return lines;
    }
}

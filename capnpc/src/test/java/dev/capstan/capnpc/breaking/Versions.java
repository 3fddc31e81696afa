package dev.capstan.capnpc.breaking;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Two versions of schemas in the text of a test, and what is said about them. */
final class Versions {
    /** The first line of each schema that a test gives without one. */
    static final String ID = "@0xe1c9a3f4b5d60718;\n";

    private Versions() {}

    static CodeGeneratorRequest.Reader compiled(Map<String, String> files) {
        Map<String, byte[]> contents = new TreeMap<>();
        files.forEach((path, text) -> contents.put(path, text.getBytes(StandardCharsets.UTF_8)));
        return new Compiler()
                .compile(SourceFiles.of(contents), List.copyOf(contents.keySet()))
                .request();
    }

    static List<Finding> findings(String old, String now) {
        return SchemaComparison.compare(compiled(Map.of("s.capnp", ID + old)), compiled(Map.of("s.capnp", ID + now)));
    }

    /** Nothing is said, in either direction of time if the change is none at all. */
    static void compatible(String old, String now) {
        assertEquals(List.of(), findings(old, now));
    }

    /** Exactly these findings: {@code rule declaration} for what breaks, the same in brackets for what does not. */
    static void finds(String old, String now, String... expected) {
        assertEquals(
                List.of(expected),
                findings(old, now).stream().map(Versions::shortly).toList(),
                () -> findings(old, now).toString());
    }

    static String shortly(Finding finding) {
        String text = finding.rule().id() + " " + finding.location().declaration();
        return finding.level() == Level.BREAKING ? text : "(" + text + ")";
    }
}

package dev.capstan.capnpc.compile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnpc.source.Problem;
import dev.capstan.capnpc.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Compiles schemas that stand in tests. */
final class SchemaText {
    /** First line of each, unless it brings its own. */
    static final String ID = "@0xabcdefabcdefabcd;\n";

    private SchemaText() {}

    /** One file called {@code test.capnp}, without its id: that comes before it, so the text begins in line 2. */
    static Compilation compile(String text) {
        return compile(Map.of("test.capnp", ID + text));
    }

    /** {@code test.capnp} among others, which are as they are. */
    static Compilation compile(Map<String, String> files) {
        Map<String, byte[]> bytes = new HashMap<>();
        files.forEach((path, content) -> bytes.put(path, content.getBytes(StandardCharsets.UTF_8)));
        return compileBytes(bytes);
    }

    static Compilation compileBytes(Map<String, byte[]> files) {
        return new Compiler().compile(SourceFiles.of(files), List.of("test.capnp"));
    }

    /** Line, column, message and hint of each problem. */
    static String problems(Compilation compilation) {
        return compilation.problems().stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }

    /** Where and what, for each problem, one in a line. */
    static String places(Compilation compilation) {
        return compilation.problems().stream()
                .map(problem -> problem.line() + ":" + problem.column() + " " + problem.message())
                .collect(Collectors.joining("\n"));
    }

    static void assertCompiles(Compilation compilation) {
        assertTrue(compilation.succeeded(), problems(compilation));
    }
}

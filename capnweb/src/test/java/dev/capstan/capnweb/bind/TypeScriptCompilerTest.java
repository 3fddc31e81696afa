package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The TypeScript compiler reads our declarations, and a client that uses them as npm's capnweb is used. */
@ForeignPeer
class TypeScriptCompilerTest {
    private static final Path ROOT = root();
    private static final int CANNOT_BE_HAD = 77;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.exists(folder.resolve("peers/types")) ? Objects.requireNonNull(folder.getParent()) : folder;
    }

    private record Ended(int code, String output) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("types", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(100, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return new Ended(process.waitFor(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    @Test
    void a_client_that_uses_the_declarations_compiles() throws Exception {
        Ended installed = run("bash", "capnweb/peers/types/install.sh");
        Assumptions.assumeTrue(
                installed.code() != CANNOT_BE_HAD,
                () -> installed.output().lines().reduce((before, last) -> last).orElse("no compiler"));
        assertEquals(0, installed.code(), installed.output());
        Path folder = ROOT.resolve("capnweb/target/types");
        Files.writeString(folder.resolve("library.ts"), DeclarationsTest.golden(), StandardCharsets.UTF_8);
        Ended compiled =
                run("node", "capnweb/target/types/node_modules/typescript/bin/tsc", "-p", "capnweb/target/types");
        assertEquals("", compiled.output());
        assertEquals(0, compiled.code());
    }
}

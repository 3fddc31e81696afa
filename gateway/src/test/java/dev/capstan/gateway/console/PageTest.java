package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.ForeignPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as npm builds it, in headless Chromium. */
@ForeignPeer
class PageTest {
    private static final int CANNOT_BE_HAD = 77;
    private static final int MOST_BYTES = 60_000;
    private static final Path MODULE = module();

    @TempDir
    private Path temporary;

    private static Path module() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("src/main/console")) ? here : here.resolve("gateway");
    }

    private record Ended(int code, String output) {
        String last() {
            return output.lines().reduce((before, last) -> last).orElse("");
        }
    }

    private Ended run(Map<String, String> environment, Path folder, String... command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(temporary, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(110, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), Files.readString(output, StandardCharsets.UTF_8));
    }

    private void build() throws IOException, InterruptedException {
        Ended built = run(Map.of(), MODULE, "bash", "src/main/console/build.sh", "all");
        Assumptions.assumeTrue(built.code() != CANNOT_BE_HAD, built::last);
        assertEquals(0, built.code(), built.output());
    }

    @Test
    void the_page_compiles() throws Exception {
        build();
        Ended ended = run(Map.of(), MODULE.resolve("target/npm"), "node", "node_modules/typescript/bin/tsc");
        assertEquals("", ended.output());
        assertEquals(0, ended.code());
    }

    @Test
    void the_whole_page_has_less_than_60_kB_gzipped() throws Exception {
        build();
        long bytes = 0;
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : PageFiles.built().files().entrySet()) {
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
                out.write(file.getValue());
            }
            bytes += zipped.size();
            names.add(file.getKey());
        }
        assertTrue(names.contains("index.html"), names.toString());
        assertTrue(bytes < MOST_BYTES, names + " have " + bytes + " bytes");
    }

    @Test
    void every_screen_shows_a_busy_server_and_no_error() throws Exception {
        Ended chromium = run(Map.of(), MODULE, "bash", "-c", "command -v chromium || command -v chromium-browser");
        Assumptions.assumeTrue(chromium.code() == 0, "Chromium is not there (apt install chromium)");
        build();
        try (Scene scene = Scene.open(0, true)) {
            Ended ended = run(Map.of(), MODULE, "node", "target/npm/walk.mjs", scene.link());
            assertEquals(String.join("\n", EXPECTED), ended.output().strip());
            assertEquals(0, ended.code());
        }
    }

    private static final List<String> EXPECTED = List.of(
            "[\"no token in the address\",\"#/overview\"]",
            "[\"wires\",[\"capnp\",\"capnweb\",\"grpc\"]]",
            "[\"tiles\",[\"Calls / s\",\"Errors / s\",\"p50\",\"p99\",\"Sessions\",\"In flight\",\"Capabilities\",\"Queued\"]]",
            "[\"sessions\",6]",
            "[\"filtered\",1]",
            "[\"walked with the arrow\",true]",
            "[\"oldest first\",[\"Age\"]]",
            "[\"somebody holds\",true]",
            "[\"pipelined below one another\",true]",
            "[\"limits\",true]",
            "[\"permalink\",\"#/services/workshop/greet\"]",
            "[\"called what a call gave\",\"42\"]",
            "[\"read\",[\"0\",\"1\",\"2\"]]",
            "[\"written and summed\",\"42\"]",
            "[\"called back\",[\"(\\\"hear\\\")\",\"(\\\"hear, again\\\")\"]]",
            "[\"calculated\",\"6.5\"]",
            "[\"of grpc\",\"2\"]",
            "[\"read of grpc\",2]",
            "[\"objects are still there\",5]",
            "[\"and can be called\",\"6.5\"]",
            "[\"too wide\",[]]",
            "[\"dark\",\"dark\"]",
            "[\"errors\",[]]");

    @Test
    void a_machine_without_npm_builds_no_page_and_that_is_no_failure() throws Exception {
        Path folder = Files.createDirectories(temporary.resolve("gateway/src/main/console"));
        Files.createDirectories(temporary.resolve("clients/ts/src"));
        for (String name : List.of("build.sh", "package.json", "package-lock.json")) {
            Files.copy(MODULE.resolve("src/main/console").resolve(name), folder.resolve(name));
        }
        Path page = temporary.resolve("gateway/target/classes/dev/capstan/gateway/console/page");
        Files.createDirectories(page);
        Files.createFile(page.resolve("index.html"));
        Path tools = Files.createDirectories(temporary.resolve("bin"));
        for (String tool : List.of("bash", "dirname", "mkdir", "rm", "find", "cat", "cp", "flock")) {
            Ended found = run(Map.of(), MODULE, "bash", "-c", "command -v " + tool);
            Files.createSymbolicLink(tools.resolve(tool), Path.of(found.last()));
        }
        Map<String, String> bare = Map.of("PATH", tools.toString());
        Ended ended = run(bare, folder, "bash", "build.sh");
        assertEquals("the console's page is not built: npm is not there (apt install nodejs npm)", ended.last());
        assertEquals(0, ended.code());
        assertFalse(Files.exists(page));
        assertEquals(
                CANNOT_BE_HAD,
                run(bare, folder, "bash", "-c", "mkdir -p test && > test/a.mjs; bash build.sh all")
                        .code());
    }
}

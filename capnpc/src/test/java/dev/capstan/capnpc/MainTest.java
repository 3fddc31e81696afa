package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.ForeignPeer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin as the compiler runs it. */
class MainTest {
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private int run(byte[] request) throws IOException {
        return Main.run(
                new ByteArrayInputStream(request), folder, new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    private String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    private SortedMap<String, String> written() throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                files.put(folder.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }

    @Test
    void files_are_written_where_their_packages_say() throws IOException {
        assertEquals(0, run(SchemaSet.GOLDEN.storedRequest()));
        assertEquals(SchemaSet.GOLDEN.checkedIn(), written());
        assertEquals("", errors());
    }

    @Test
    void files_that_would_not_change_are_left_alone() throws IOException {
        run(SchemaSet.HELLO.storedRequest());
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        for (String path : written().keySet()) {
            Files.setLastModifiedTime(folder.resolve(path), longAgo);
        }
        String first = written().firstKey();
        Files.writeString(folder.resolve(first), "changed by hand");
        run(SchemaSet.HELLO.storedRequest());
        for (String path : written().keySet()) {
            assertEquals(
                    !path.equals(first),
                    Files.getLastModifiedTime(folder.resolve(path)).equals(longAgo),
                    path);
        }
        assertFalse(written().containsValue("changed by hand"));
    }

    @Test
    void without_input_it_says_how_to_run_it() throws IOException {
        assertEquals(1, run(new byte[0]));
        assertTrue(errors().contains("capnp compile -o"), errors());
    }

    @Test
    void malformed_input_is_reported_and_nothing_is_written() throws IOException {
        byte[] request = SchemaSet.HELLO.storedRequest();
        assertEquals(1, run(Arrays.copyOf(request, request.length / 2)));
        assertEquals(1, run("this is no request at all".getBytes(StandardCharsets.UTF_8)));
        assertTrue(errors().startsWith("capnpc-java: "), errors());
        assertEquals(new TreeMap<>(), written());
    }

    @ForeignPeer
    @Test
    void the_script_at_the_root_runs_it_for_the_installed_compiler() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("plugin"), SchemaSet.ROOT.resolve("capnpc-java"));
        Path java = Files.createDirectory(folder.resolve("java"));
        Process compiler = SchemaSet.HELLO.compile("-o" + link + ":" + java);
        assertEquals("", new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, compiler.waitFor());
        Files.delete(link);
        folder = java;
        assertEquals(SchemaSet.HELLO.checkedIn(), written());
    }

    @ForeignPeer
    @Test
    void on_the_path_it_is_the_language_java() throws Exception {
        Process compiler = SchemaSet.HELLO.compile("-ojava:" + folder);
        assertEquals(0, compiler.waitFor());
        assertEquals(SchemaSet.HELLO.checkedIn(), written());
    }
}

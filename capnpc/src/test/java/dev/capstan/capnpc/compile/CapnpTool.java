package dev.capstan.capnpc.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.capnp.Data;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The C++ compiler as an oracle. */
final class CapnpTool {
    /** Tests run in the folder of their module. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Nodes and requested files; version stamp and source info come behind. */
    private static final int COMPARED_POINTERS = 2;

    /** What came of a run. */
    record Outcome(Data request, String errors) {}

    private CapnpTool() {}

    static void assumeIsThere() {
        String path = System.getenv("PATH");
        boolean isThere = path != null
                && Stream.of(path.split(java.io.File.pathSeparator, -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "capnp")));
        assumeTrue(isThere, "no capnp compiler on the PATH; on Debian: apt-get install capnproto");
    }

    static Outcome compile(Path root, List<Path> imports, List<String> files, Path scratch) throws Exception {
        assumeIsThere();
        List<String> command = new ArrayList<>(List.of("capnp", "compile", "--no-standard-import"));
        imports.forEach(folder -> command.add("-I" + folder));
        command.add("--src-prefix=" + root);
        command.add("-o-");
        files.forEach(file -> command.add(root.resolve(file).toString()));
        Path errors = scratch.resolve("errors.txt");
        Process tool =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        byte[] request = tool.getInputStream().readAllBytes();
        tool.waitFor();
        return new Outcome(Data.of(request), Files.readString(errors, StandardCharsets.UTF_8));
    }

    static Compilation compileOurs(Path root, List<Path> imports, List<String> files) {
        SourceFiles tree = SourceFiles.folder(root);
        List<SourceFiles> roots = imports.stream()
                .map(folder -> folder.equals(root) ? tree : SourceFiles.folder(folder))
                .toList();
        return new Compiler(roots).compile(tree, files);
    }

    /** Both must accept the files and say the same about them. */
    static void assertSame(Path root, List<Path> imports, List<String> files, Path scratch) throws Exception {
        Outcome theirs = compile(root, imports, files, scratch);
        assertTrue(theirs.request().size() > 0, "the tool refuses " + files + ": " + theirs.errors());
        Compilation ours = compileOurs(root, imports, files);
        assertSame(theirs.request().toByteArray(), ours.message().toByteArray(), files.toString());
    }

    static void assertSame(byte[] theirs, byte[] ours, String what) {
        assertArrayEquals(canonical(theirs), canonical(ours), what);
    }

    static byte[] canonical(byte[] request) {
        return Canonical.of(request, COMPARED_POINTERS);
    }

    /** Paths below a folder, with {@code /} between their parts. */
    static List<String> schemas(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> path.toString().endsWith(".capnp"))
                    .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .filter(path -> !path.contains("target/"))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }
}

package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.testkit.LongRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code examples/maven}, which is a build of its own: Maven runs on a copy of it, offline, and takes Capstan's modules from a local repository that
 * is made of what this build has compiled. All else in that repository are links to the local repository of this build.
 */
@LongRun
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MavenExampleTest {
    private static final Path EXAMPLE = Program.ROOT.resolve("examples/maven");
    private static final String VERSION = "0.1.0-SNAPSHOT";
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    /** Modules by artifact; the parent has no classes. */
    private static final Map<String, String> MODULES = Map.of(
            "capstan", "",
            "capstan-async", "async",
            "capstan-cap", "cap",
            "capstan-capnp", "capnp",
            "capstan-capnpc", "capnpc",
            "capnp-maven-plugin", "capnp-maven-plugin");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    private Path repository = Path.of("");
    private Path built = Path.of("");
    private Path project = Path.of("");

    /** What Maven said, and whether it succeeded. */
    private record Run(int exitCode, List<String> output) {
        List<String> errors() {
            return output.stream().filter(line -> line.startsWith("[ERROR]")).toList();
        }

        Run succeeded() {
            assertEquals(0, exitCode, this::toString);
            return this;
        }

        Run failed() {
            assertTrue(exitCode != 0, this::toString);
            assertFalse(output.stream().anyMatch(line -> line.startsWith("\tat ")), this::toString);
            return this;
        }

        boolean says(String text) {
            return output.stream().anyMatch(line -> line.contains(text));
        }

        @Override
        public String toString() {
            return String.join("\n", output);
        }
    }

    @BeforeAll
    void build_it_once() throws IOException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "mvn"))),
                "no mvn on the PATH; on Debian: apt-get install maven");
        repository = folder.resolve("repository");
        project = folder.resolve("notes");
        built = folder.resolve("built");
        fillRepository();
        copy(EXAMPLE, project);
        delete(project.resolve("target"));
        Run run = maven("verify").succeeded();
        assertTrue(run.says("Tests run: 2, Failures: 0"), run::toString);
        assertTrue(run.says("Compatible with src/released/capnp"), run::toString);
        copy(project, built);
    }

    /** As it was after the first build, at the same place. */
    @BeforeEach
    void put_it_back() throws IOException {
        delete(project);
        copy(built, project);
    }

    private void fillRepository() throws IOException {
        String given = System.getProperty("maven.repo.local", System.getProperty("localRepository"));
        Path local = given == null ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(given);
        link(local, repository, Set.of("dev", "org"));
        // Real folders, so that nothing is written through a link into the local repository of this build.
        link(local.resolve("dev"), repository.resolve("dev"), Set.of("capstan"));
        link(local.resolve("org"), repository.resolve("org"), Set.of("example"));
        for (Map.Entry<String, String> module : MODULES.entrySet()) {
            Path home = Program.ROOT.resolve(module.getValue());
            Path target = repository.resolve("dev/capstan/" + module.getKey() + "/" + VERSION);
            Files.createDirectories(target);
            String name = module.getKey() + "-" + VERSION;
            Files.copy(home.resolve("pom.xml"), target.resolve(name + ".pom"));
            if (!module.getValue().isEmpty()) {
                jar(target.resolve(name + ".jar"), home.resolve("target/classes"));
            }
        }
    }

    private static void link(Path from, Path to, Set<String> butFor) throws IOException {
        Files.createDirectories(to);
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> children = Files.list(from)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                if (!butFor.contains(child.getFileName().toString())) {
                    Files.createSymbolicLink(to.resolve(child.getFileName()), child);
                }
            }
        }
    }

    private static void jar(Path jar, Path classes) {
        try (Program tool = Program.start(
                Path.of(System.getProperty("java.home"), "bin", "jar").toString(),
                "--create",
                "--file",
                jar.toString(),
                "-C",
                classes.toString(),
                ".")) {
            assertEquals(0, tool.exitCode(), tool::toString);
        }
    }

    private Run maven(String... arguments) {
        return maven(project, arguments);
    }

    private Run maven(Path where, String... arguments) {
        List<String> command = Stream.concat(
                        Stream.of("mvn", "-B", "-o", "-Dstyle.color=never", "-Dmaven.repo.local=" + repository),
                        Stream.of(arguments))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Runs of a few seconds are over before the better compiler pays.
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment().remove("MAVEN_ARGS");
        try (Program maven = Program.start(builder)) {
            return new Run(maven.exitCode(), maven.output());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> all = Files.walk(tree)) {
                for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(path);
                }
            }
        }
    }

    /** The generated files, by name, and whether somebody has written them since {@link #age}. */
    private SortedMap<String, Boolean> generated() throws IOException {
        SortedMap<String, Boolean> files = new TreeMap<>();
        for (Path file : generatedFiles()) {
            files.put(
                    file.getFileName().toString(),
                    !Files.getLastModifiedTime(file).equals(LONG_AGO));
        }
        return files;
    }

    private void age() throws IOException {
        for (Path file : generatedFiles()) {
            Files.setLastModifiedTime(file, LONG_AGO);
        }
    }

    private List<Path> generatedFiles() {
        return Stream.of("generated-sources", "generated-test-sources")
                .flatMap(kind -> SourceTree.files(project.resolve("target").resolve(kind), file -> true).stream())
                .toList();
    }

    private void change(String from, String to) throws IOException {
        Path schema = project.resolve("src/main/capnp/notes.capnp");
        String text = Files.readString(schema);
        assertTrue(text.contains(from), text);
        Files.writeString(schema, text.replace(from, to));
    }

    @Test
    void a_second_run_generates_nothing() throws IOException {
        age();
        Run run = maven("generate-test-sources").succeeded();
        assertTrue(run.says("1 schema, nothing changed"), run::toString);
        assertEquals(
                Map.of(
                        "Note.java", false,
                        "Notebook.java", false,
                        "NotesNodes.java", false,
                        "FixturesConstants.java", false,
                        "FixturesNodes.java", false),
                generated());
    }

    @Test
    void a_schema_that_has_changed_is_generated_again_and_with_it_what_uses_it() throws IOException {
        age();
        change("tags @2 :List(Text);", "tags @2 :List(Text);\n  done @3 :Bool;");
        maven("generate-test-sources").succeeded();
        assertEquals(
                Map.of(
                        "Note.java", true,
                        "Notebook.java", false,
                        "NotesNodes.java", true,
                        // A constant holds notes, which are larger now.
                        "FixturesConstants.java", true,
                        "FixturesNodes.java", true),
                generated());
    }

    @Test
    void all_problems_of_a_schema_are_told_at_once_with_their_places() throws IOException {
        change("text @1 :Text", "text @1 :Texd");
        change("notes @1 :List(Note)", "notes @0 :List(Note)");
        Run run = maven("generate-sources").failed();
        Path schema = project.resolve("src/main/capnp/notes.capnp").toRealPath();
        for (String place : List.of(":10:12: error: ", ":16:9: error: ")) {
            assertTrue(
                    run.errors().stream()
                            .anyMatch(line -> line.startsWith("[ERROR] " + schema + place)
                                    || line.startsWith(
                                            "[ERROR] " + project.resolve("src/main/capnp/notes.capnp") + place)),
                    run::toString);
        }
    }

    @Test
    void a_change_that_breaks_is_found() throws IOException {
        change("text @1 :Text", "text @1 :Data");
        Run run = maven("capnp:breaking@compatibility").failed();
        assertTrue(
                run.errors().stream()
                        .anyMatch(line ->
                                line.contains("notes.capnp:10:3: type-changed: The type of field Note.text was Text")),
                run::toString);
    }

    @Test
    void another_project_imports_the_schemas_from_the_jar_and_compares_with_those_in_another_jar() throws IOException {
        Files.copy(project.resolve("target/notes-1.0.jar"), released("1.0").resolve("notes-1.0.jar"));
        Path old = Files.createDirectories(folder.resolve("old/META-INF/capnp"));
        Files.writeString(old.resolve("old.capnp"), "@0xb7a1c5d0e9f38246;\nstruct Old {}\n");
        jar(released("0.9").resolve("notes-0.9.jar"), folder.resolve("old"));

        Path user = folder.resolve("user");
        Path sources = Files.createDirectories(user.resolve("src/main/capnp"));
        Files.writeString(
                sources.resolve("shelf.capnp"),
                "@0xd5f00d2c1b7a9e83; struct Shelf { books @0 :List(import \"/notes.capnp\".Notebook); }\n");
        Files.writeString(
                user.resolve("pom.xml"),
                SourceTree.text(project.resolve("pom.xml"))
                        .replace("<artifactId>notes</artifactId>", "<artifactId>shelf</artifactId>")
                        .replace("src/released/capnp", "org.example:notes:0.9")
                        .replaceFirst(
                                "<dependencies>",
                                "<dependencies><dependency><groupId>org.example</groupId><artifactId>notes</artifactId>"
                                        + "<version>1.0</version></dependency>"));
        Run run = maven(user, "verify").failed();
        assertTrue(Files.exists(user.resolve("target/classes/shelf/Shelf.class")), run::toString);
        assertTrue(Files.exists(user.resolve("target/classes/META-INF/capnp/shelf.capnp")), run::toString);
        assertTrue(
                run.errors().stream()
                        .anyMatch(line -> line.contains(
                                "notes-0.9.jar!/META-INF/capnp/old.capnp:2:1: declaration-removed: Old ")),
                run::toString);
    }

    /** The folder of a version of the example in the repository, with its pom. */
    private Path released(String version) throws IOException {
        Path home =
                Files.createDirectories(repository.resolve("org/example/notes").resolve(version));
        String pom = SourceTree.text(project.resolve("pom.xml")).replace("<version>1.0<", "<version>" + version + "<");
        Files.writeString(home.resolve("notes-" + version + ".pom"), pom);
        return home;
    }

    @Test
    void its_versions_are_those_of_this_build() {
        Map<String, String> own = versions(EXAMPLE.resolve("pom.xml"));
        Map<String, String> root = versions(Program.ROOT.resolve("pom.xml"));
        own.forEach((name, version) ->
                assertEquals(name.equals("capstan.version") ? VERSION : root.get(name), version, name));
        assertFalse(own.isEmpty());
    }

    private static Map<String, String> versions(Path pom) {
        return Pattern.compile("<([a-z.]+\\.version)>([^<]+)</")
                .matcher(SourceTree.text(pom))
                .results()
                .collect(Collectors.toMap((MatchResult found) -> found.group(1), found -> found.group(2)));
    }
}

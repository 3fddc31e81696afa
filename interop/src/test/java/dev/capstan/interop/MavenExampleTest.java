package dev.capstan.interop;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.testkit.LongRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/maven}, which is a build of its own: {@link OwnMaven} runs on a copy of it. */
@LongRun
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MavenExampleTest {
    private static final Path EXAMPLE = Program.ROOT.resolve("examples/maven");
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

    private @Nullable OwnMaven maven;
    private Path built = Path.of("");
    private Path project = Path.of("");

    @BeforeAll
    void build_it_once() throws IOException {
        if (!OwnMaven.missing().isEmpty()) {
            return;
        }
        maven = new OwnMaven(folder.resolve("repository"), MODULES);
        project = folder.resolve("notes");
        built = folder.resolve("built");
        OwnMaven.copy(EXAMPLE, project);
        OwnMaven.delete(project.resolve("target"));
        OwnMaven.Run run = maven("verify").succeeded();
        assertTrue(run.says("Tests run: 2, Failures: 0"), run::toString);
        assertTrue(run.says("Compatible with src/released/capnp"), run::toString);
        OwnMaven.copy(project, built);
    }

    /** As it was after the first build, at the same place. Each test is left out without Maven, and not the class, which would be missing from the reports. */
    @BeforeEach
    void put_it_back() throws IOException {
        assumeTrue(OwnMaven.missing().isEmpty(), OwnMaven.missing());
        OwnMaven.delete(project);
        OwnMaven.copy(built, project);
    }

    private OwnMaven.Run maven(String... arguments) {
        return maven(project, arguments);
    }

    private OwnMaven.Run maven(Path where, String... arguments) {
        return requireNonNull(maven).run(where, arguments);
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
        OwnMaven.Run run = maven("generate-test-sources").succeeded();
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
        OwnMaven.Run run = maven("generate-sources").failed();
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
        OwnMaven.Run run = maven("capnp:breaking@compatibility").failed();
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
        OwnMaven.jar(released("0.9").resolve("notes-0.9.jar"), folder.resolve("old"));

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
        OwnMaven.Run run = maven(user, "verify").failed();
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
        Path home = Files.createDirectories(
                requireNonNull(maven).repository().resolve("org/example/notes").resolve(version));
        String pom = SourceTree.text(project.resolve("pom.xml")).replace("<version>1.0<", "<version>" + version + "<");
        Files.writeString(home.resolve("notes-" + version + ".pom"), pom);
        return home;
    }

    @Test
    void its_versions_are_those_of_this_build() {
        OwnMaven.assertSameVersions(EXAMPLE.resolve("pom.xml"));
    }
}

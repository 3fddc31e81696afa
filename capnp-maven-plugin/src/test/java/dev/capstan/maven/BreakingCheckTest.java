package dev.capstan.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goal that compares with an older version: where that is looked for, and how what is found is told. */
class BreakingCheckTest {
    private static final String ID = "@0xa1a1a1a1a1a1a1a1;\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path project;

    private Path sources = Path.of("");
    private Path base = Path.of("");

    @BeforeEach
    void lay_out_a_project() {
        sources = project.resolve("src/main/capnp");
        base = project.resolve("old");
    }

    private BreakingCheck.Outcome check(String... allowed) throws IOException {
        return check(base, List.of(), allowed);
    }

    private BreakingCheck.Outcome check(Path base, List<Path> baseClassPath, String... allowed) throws IOException {
        return new BreakingCheck(
                        sources,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        base,
                        baseClassPath,
                        new Allowed(List.of(allowed)))
                .run();
    }

    private void now(String body) {
        Folders.write(sources.resolve("a.capnp"), ID + body);
    }

    private void old(String body) {
        Folders.write(base.resolve("a.capnp"), ID + body);
    }

    @Test
    void nothing_is_found_where_nothing_breaks() throws IOException {
        old("struct A { x @0 :Text; }");
        now("struct A { x @0 :Text; y @1 :Text; }");
        assertEquals(new BreakingCheck.Outcome(List.of(), List.of(), List.of()), check());
    }

    @Test
    void what_breaks_is_told_with_file_line_column_and_rule() throws IOException {
        old("struct A { x @0 :Text; y @1 :Text; }");
        now("struct A {\n  # ü\n  x @0 :Data; z @1 :Text;\n}");
        BreakingCheck.Outcome outcome = check();
        assertEquals(1, outcome.breaking().size());
        assertTrue(
                outcome.breaking().getFirst().startsWith(sources.resolve("a.capnp") + ":4:3: type-changed: "),
                outcome::toString);
        assertTrue(
                outcome.sourceOnly().getFirst().startsWith(sources.resolve("a.capnp") + ":4:15: renamed: "),
                outcome::toString);
    }

    @Test
    void a_file_that_is_gone_is_told_where_it_was() throws IOException {
        old("struct A {}");
        Folders.write(sources.resolve("b.capnp"), "@0xb1b1b1b1b1b1b1b1;");
        assertTrue(
                check().breaking().getFirst().startsWith(base.resolve("a.capnp") + ":2:1: declaration-removed: "),
                () -> "not in the base");
    }

    @Test
    void the_base_may_be_a_jar_or_a_folder_of_classes() throws IOException {
        now("struct A { x @0 :Data; }");
        Path jar = Folders.jar(
                project.resolve("old.jar"), Map.of("META-INF/capnp/a.capnp", ID + "struct A { x @0 :Text; }"));
        assertEquals(1, check(jar, List.of()).breaking().size());
        Path classes = project.resolve("classes");
        Folders.write(classes.resolve("META-INF/capnp/a.capnp"), ID + "struct A { x @0 :Text; }");
        assertEquals(1, check(classes, List.of()).breaking().size());
    }

    @Test
    void a_base_without_schemas_is_told() throws IOException {
        now("struct A {}");
        Path jar = Folders.jar(project.resolve("old.jar"), Map.of("x", ""));
        IOException none = assertThrows(IOException.class, () -> check(jar, List.of()));
        assertTrue(none.toString().contains(jar + " holds no schemas below META-INF/capnp"), none::toString);
    }

    @Test
    void the_base_imports_its_own_version_of_a_schema() throws IOException {
        String user = "@0xb1b1b1b1b1b1b1b1; struct B { a @0 :import \"/a.capnp\".A; }";
        old("struct A { x @0 :Text; }");
        Folders.write(base.resolve("b.capnp"), user);
        now("struct A { x @0 :Data; }");
        Folders.write(sources.resolve("b.capnp"), user);
        assertEquals(1, check().breaking().size());
    }

    @Test
    void the_base_finds_what_it_depends_on() throws IOException {
        Path library = Folders.jar(
                project.resolve("lib.jar"), Map.of("META-INF/capnp/lib.capnp", "@0xc1c1c1c1c1c1c1c1; struct L {}"));
        old("struct A { l @0 :import \"/lib.capnp\".L; }");
        now("struct A {}");
        assertEquals(1, check().problems().size());
        BreakingCheck.Outcome outcome = check(base, List.of(library));
        assertEquals(List.of(), outcome.problems());
        assertEquals(1, outcome.breaking().size());
    }

    @Test
    void problems_of_both_versions_are_told_at_once() throws IOException {
        old("struct A");
        now("enum");
        List<String> problems = check().problems();
        assertTrue(problems.stream().anyMatch(problem -> problem.startsWith(base.resolve("a.capnp") + ":")));
        assertTrue(problems.stream().anyMatch(problem -> problem.startsWith(sources.resolve("a.capnp") + ":")));
    }

    @Test
    void what_was_done_on_purpose_may_be_allowed_by_rule_and_by_declaration() throws IOException {
        old("struct A { x @0 :Text; y @1 :Text; } struct AB { x @0 :Text; }");
        now("struct A { x @0 :Data; y @1 :Data; } struct AB { x @0 :Data; }");
        assertEquals(3, check().breaking().size());
        assertEquals(0, check("type-changed").breaking().size());
        assertEquals(2, check("type-changed A.x").breaking().size());
        assertEquals(1, check("type-changed A").breaking().size());
        assertEquals(3, check("ordinal-removed").breaking().size());
    }

    @Test
    void a_rule_that_does_not_exist_is_told_with_those_that_do() throws IOException {
        old("struct A {}");
        now("struct A {}");
        String problem = check("type-change A").problems().getFirst();
        assertTrue(problem.contains("no rule \"type-change\"") && problem.contains("type-changed"), problem);
    }
}

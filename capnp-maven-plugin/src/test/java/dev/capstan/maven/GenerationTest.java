package dev.capstan.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run of the generating goals does, and when it does nothing. */
class GenerationTest {
    private static final String A =
            "@0xa1a1a1a1a1a1a1a1; using Java = import \"/capnp/java.capnp\"; $Java.package(\"p.a\");\n";
    private static final String B =
            "@0xb1b1b1b1b1b1b1b1; using Java = import \"/capnp/java.capnp\"; $Java.package(\"p.b\");\n";
    private static final String LIBRARY =
            "@0xc1c1c1c1c1c1c1c1; using Java = import \"/capnp/java.capnp\"; $Java.package(\"lib\");\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path project;

    private Path sources = Path.of("");
    private Path imports = Path.of("");
    private Path output = Path.of("");
    private Path run = Path.of("");

    @BeforeEach
    void lay_out_a_project() {
        sources = project.resolve("src/main/capnp");
        imports = project.resolve("schemas");
        output = project.resolve("target/generated-sources/capnp");
        run = project.resolve("target/maven-status/run");
    }

    private Generation generation(Path... classPath) {
        return new Generation(sources, List.of(), List.of(), List.of(imports), List.of(classPath), output, run, "1");
    }

    private Generation.Outcome generate(Path... classPath) throws IOException {
        Generation.Outcome outcome = generation(classPath).run();
        assertEquals(List.of(), outcome.problems());
        return outcome;
    }

    private void a(String body) {
        Folders.write(sources.resolve("a.capnp"), A + body);
    }

    private void b(String body) {
        Folders.write(sources.resolve("deep/b.capnp"), B + body);
    }

    private Set<String> java() {
        return Folders.touched(output).keySet();
    }

    @Test
    void schemas_become_java_by_package() throws IOException {
        a("struct A {} interface I {}");
        b("struct B {}");
        Generation.Outcome outcome = generate();
        assertEquals(2, outcome.schemas());
        assertEquals(Set.of("p/a/A.java", "p/a/ANodes.java", "p/a/I.java", "p/b/B.java", "p/b/BNodes.java"), java());
        assertEquals(
                List.of("p/a/A.java", "p/a/ANodes.java", "p/a/I.java", "p/b/B.java", "p/b/BNodes.java"),
                outcome.written());
        assertEquals(List.of("a.capnp", "deep/b.capnp"), outcome.sources());
    }

    @Test
    void a_project_without_schemas_is_left_alone() throws IOException {
        assertEquals(0, generate().schemas());
        assertFalse(Files.exists(project.resolve("target")));
    }

    @Test
    void what_is_excluded_is_not_compiled() throws IOException {
        a("struct A {}");
        b("this is no schema");
        new Generation(sources, List.of("**/*.capnp"), List.of("deep/**"), List.of(), List.of(), output, run, "1")
                .run();
        assertEquals(Set.of("p/a/A.java", "p/a/ANodes.java"), java());
    }

    @Nested
    class A_second_run {
        @Test
        void writes_nothing_when_nothing_has_changed() throws IOException {
            a("struct A {}");
            b("struct B {}");
            generate();
            Folders.age(project);
            Generation.Outcome outcome = generate();
            assertTrue(outcome.isUpToDate());
            assertFalse(
                    Folders.touched(project).containsValue(true),
                    () -> Folders.touched(project).toString());
            assertEquals(List.of("a.capnp", "deep/b.capnp"), outcome.sources());
        }

        @Test
        void writes_only_the_java_that_has_changed() throws IOException {
            a("struct A {} struct C {}");
            b("struct B {}");
            generate();
            Folders.age(output);
            a("struct A { x @0 :Text; } struct C {}");
            assertEquals(List.of("p/a/A.java", "p/a/ANodes.java"), generate().written());
            assertEquals(
                    Map.of(
                            "p/a/A.java", true,
                            "p/a/ANodes.java", true,
                            "p/a/C.java", false,
                            "p/b/B.java", false,
                            "p/b/BNodes.java", false),
                    Folders.touched(output));
        }

        @Test
        void deletes_the_java_of_a_schema_that_is_gone_and_nothing_else() throws IOException {
            a("struct A {}");
            b("struct B {}");
            generate();
            Folders.write(output.resolve("p/c/Own.java"), "class Own {}");
            Files.delete(sources.resolve("deep/b.capnp"));
            assertEquals(List.of("p/b/B.java", "p/b/BNodes.java"), generate().deleted());
            assertEquals(Set.of("p/a/A.java", "p/a/ANodes.java", "p/c/Own.java"), java());
            assertFalse(Files.exists(output.resolve("p/b")), "the folder is empty");
        }

        @Test
        void deletes_the_java_of_a_declaration_that_is_gone() throws IOException {
            a("struct A {} struct C {}");
            generate();
            a("struct A {}");
            assertEquals(List.of("p/a/C.java"), generate().deleted());
        }

        @Test
        void deletes_everything_when_all_schemas_are_gone() throws IOException {
            a("struct A {}");
            generate();
            Files.delete(sources.resolve("a.capnp"));
            assertEquals(List.of("p/a/A.java", "p/a/ANodes.java"), generate().deleted());
            assertTrue(generate().isUpToDate());
        }

        @Test
        void restores_java_that_somebody_has_changed_or_deleted() throws IOException {
            a("struct A {} struct C {}");
            generate();
            Folders.write(output.resolve("p/a/A.java"), "");
            Files.delete(output.resolve("p/a/C.java"));
            assertEquals(List.of("p/a/A.java", "p/a/C.java"), generate().written());
        }

        @Test
        void follows_a_new_version_of_the_compiler() throws IOException {
            a("struct A {}");
            generate();
            assertFalse(new Generation(sources, List.of(), List.of(), List.of(imports), List.of(), output, run, "2")
                    .run()
                    .isUpToDate());
        }

        @Test
        void does_everything_again_when_its_record_is_unreadable() throws IOException {
            a("struct A {}");
            generate();
            for (String record : List.of("", "nonsense\n", Files.readString(run) + "nonsense\n")) {
                Files.writeString(run, record);
                assertFalse(generate().isUpToDate());
                assertTrue(generate().isUpToDate());
            }
        }

        @Test
        void does_everything_again_when_its_record_is_no_text() throws IOException {
            a("struct A {}");
            generate();
            Files.write(run, new byte[] {'c', (byte) 0xff, (byte) 0xfe, '\n'});
            assertFalse(generate().isUpToDate());
            assertTrue(generate().isUpToDate());
        }

        @Test
        void remembers_names_of_files_that_hold_tabs_line_feeds_and_backslashes() throws IOException {
            a("struct A {}");
            Path odd = Folders.write(sources.resolve("t\ta\\n\nb.capnp"), B + "struct B {}");
            generate();
            assertTrue(generate().isUpToDate());
            Files.delete(odd);
            assertTrue(generate().deleted().contains("p/b/B.java"));
        }

        @Test
        void names_a_package_with_a_character_that_nobody_sees() throws IOException {
            Folders.write(
                    sources.resolve("a.capnp"),
                    "@0xa1a1a1a1a1a1a1a1; using Java = import \"/capnp/java.capnp\"; $Java.package(\"a\\x00b\"); struct A {}");
            assertEquals(
                    List.of("a.capnp: $Java.package(\"a\\u0000b\") is no name for a Java package."),
                    generation().run().problems());
        }

        @Test
        void deletes_nothing_outside_its_folder_whatever_its_record_says() throws IOException {
            a("struct A {}");
            generate();
            Path other = Folders.write(project.resolve("other.txt"), "");
            Files.writeString(run, Files.readString(run) + "written\t-\t../../../other.txt\n");
            generate();
            assertTrue(Files.exists(other));
        }
    }

    @Nested
    class Imports {
        @Test
        void are_found_in_the_source_folder_and_in_import_folders_and_their_changes_are_seen() throws IOException {
            Folders.write(imports.resolve("lib.capnp"), LIBRARY + "const c :UInt8 = 1;");
            Folders.write(sources.resolve("own.capnp"), B + "struct Own {}");
            a("struct A { x @0 :UInt8 = import \"/lib.capnp\".c; y @1 :import \"/own.capnp\".Own; }");
            generate();
            assertEquals(Set.of("p/a/A.java", "p/a/ANodes.java", "p/b/Own.java", "p/b/OwnNodes.java"), java());
            Folders.write(imports.resolve("lib.capnp"), LIBRARY + "const c :UInt8 = 2;");
            assertEquals(List.of("p/a/A.java", "p/a/ANodes.java"), generate().written());
            assertTrue(generate().isUpToDate());
        }

        @Test
        void change_when_a_file_appears_where_it_is_looked_for_first() throws IOException {
            Folders.write(imports.resolve("lib.capnp"), LIBRARY + "const c :UInt8 = 1;");
            a("struct A { x @0 :UInt8 = import \"/lib.capnp\".c; }");
            new Generation(sources, List.of("a.capnp"), List.of(), List.of(imports), List.of(), output, run, "1").run();
            Folders.write(sources.resolve("lib.capnp"), LIBRARY + "const c :UInt8 = 2;");
            assertEquals(
                    List.of("p/a/A.java", "p/a/ANodes.java"),
                    new Generation(
                                    sources,
                                    List.of("a.capnp"),
                                    List.of(),
                                    List.of(imports),
                                    List.of(),
                                    output,
                                    run,
                                    "1")
                            .run()
                            .written());
        }

        @Test
        void are_found_in_jars_of_the_class_path_and_a_new_content_of_the_jar_is_seen() throws IOException {
            Path jar = project.resolve("lib.jar");
            Folders.jar(jar, Map.of("META-INF/capnp/x/lib.capnp", LIBRARY + "struct L {} const c :UInt8 = 1;"));
            a("struct A { x @0 :UInt8 = import \"/x/lib.capnp\".c; l @1 :import \"/x/lib.capnp\".L; }");
            generate(jar);
            assertEquals(Set.of("p/a/A.java", "p/a/ANodes.java"), java());
            assertTrue(Files.readString(output.resolve("p/a/A.java")).contains("lib.L"));
            assertTrue(generate(jar).isUpToDate());
            Folders.jar(jar, Map.of("META-INF/capnp/x/lib.capnp", LIBRARY + "struct L {} const c :UInt8 = 2;"));
            assertEquals(List.of("p/a/A.java", "p/a/ANodes.java"), generate(jar).written());
        }

        @Test
        void of_schemas_in_a_jar_are_found_beside_them() throws IOException {
            Path jar = project.resolve("lib.jar");
            Folders.jar(
                    jar,
                    Map.of(
                            "META-INF/capnp/x/lib.capnp", LIBRARY + "struct L { m @0 :import \"more.capnp\".M; }",
                            "META-INF/capnp/x/more.capnp", B + "struct M {}"));
            a("struct A { l @0 :import \"/x/lib.capnp\".L; }");
            generate(jar);
            assertEquals(Set.of("p/a/A.java", "p/a/ANodes.java"), java());
        }

        @Test
        void are_found_in_folders_of_classes_as_reactors_have_them() throws IOException {
            Path classes = project.resolve("other/target/classes");
            Folders.write(classes.resolve("META-INF/capnp/lib.capnp"), LIBRARY + "struct L {}");
            a("struct A { l @0 :import \"/lib.capnp\".L; }");
            generate(classes);
            assertEquals(Set.of("p/a/A.java", "p/a/ANodes.java"), java());
        }

        @Test
        void do_not_depend_on_jars_without_schemas() throws IOException {
            Path jar = Folders.jar(project.resolve("lib.jar"), Map.of("x", ""));
            a("struct A {}");
            generate();
            assertTrue(generate(jar, project.resolve("missing.jar")).isUpToDate());
        }

        @Test
        void from_what_is_no_jar_fail_with_its_name() {
            Path jar = Folders.write(project.resolve("lib.jar"), "no jar");
            a("struct A {}");
            IOException failure = assertThrows(IOException.class, () -> generate(jar));
            assertTrue(failure.toString().contains(jar.toString()), failure::toString);
        }

        @Test
        void of_data_belong_to_the_files_that_are_packed() throws IOException {
            Folders.write(sources.resolve("logo.txt"), "logo");
            a("const logo :Text = embed \"logo.txt\";");
            assertEquals(List.of("a.capnp", "logo.txt"), generate().sources());
            assertEquals(List.of("a.capnp", "logo.txt"), generate().sources());
            Folders.write(sources.resolve("logo.txt"), "other");
            assertEquals(
                    List.of("p/a/AConstants.java", "p/a/ANodes.java"),
                    generate().written());
        }
    }

    @Nested
    class Problems {
        @Test
        void of_all_files_are_told_in_one_run_with_file_line_and_column_and_change_nothing() throws IOException {
            a("struct A {}");
            generate();
            Folders.age(project.resolve("target"));
            a("struct A {\n  x @0 :Texd;\n  y @0 :Text;\n}");
            b("enum {");
            List<String> problems = generation().run().problems();
            String first = sources.resolve("a.capnp") + ":3:9: error: ";
            assertTrue(problems.stream().anyMatch(problem -> problem.startsWith(first)), problems::toString);
            assertTrue(
                    problems.stream().anyMatch(problem -> problem.startsWith(sources.resolve("a.capnp") + ":4:")),
                    problems::toString);
            assertTrue(
                    problems.stream().anyMatch(problem -> problem.startsWith(sources.resolve("deep/b.capnp") + ":2:")),
                    problems::toString);
            assertFalse(Folders.touched(project.resolve("target")).containsValue(true));
        }

        @Test
        void that_are_mended_leave_no_trace() throws IOException {
            a("struct A {}");
            generate();
            a("struct A");
            assertFalse(generation().run().problems().isEmpty());
            a("struct A {}");
            assertTrue(generate().isUpToDate());
        }

        @Test
        void of_a_schema_in_a_jar_name_the_jar() throws IOException {
            Path jar = project.resolve("lib.jar");
            Folders.jar(jar, Map.of("META-INF/capnp/lib.capnp", LIBRARY + "struct L { x @0 :Texd; }"));
            a("struct A { l @0 :import \"/lib.capnp\".L; }");
            List<String> problems = generation(jar).run().problems();
            assertTrue(problems.getFirst().startsWith(jar + "!/META-INF/capnp/lib.capnp:2:"), problems::toString);
        }

        @Test
        void that_only_java_has_are_told_as_well() throws IOException {
            a("struct A {}");
            Folders.write(sources.resolve("c.capnp"), A.replace("a1;", "a2;") + "struct A {}");
            List<String> problems = generation().run().problems();
            assertTrue(problems.getFirst().contains("both declare p/a/A.java"), problems::toString);
        }
    }
}

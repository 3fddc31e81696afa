package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.testkit.ForeignPeer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan compile} and {@code capstan id}, as a user types them. */
class CompileCommandTest {
    private static final String HELLO = """
            @0xd1a5e7c2b8f04963;
            using Java = import "/capnp/java.capnp";
            $Java.package("org.example");
            interface Hello { greet @0 (name :Text) -> (text :Text); }
            """;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Main.run(
                folder,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void file(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private CodeGeneratorRequest.Reader request() {
        byte[] bytes = out.toByteArray();
        return MessageReader.of(bytes, 0, bytes.length, Limits.DEFAULT).root(CodeGeneratorRequest.TYPE);
    }

    private List<String> requestedFiles() {
        return request().getRequestedFiles().stream()
                .map(CodeGeneratorRequest.RequestedFile.Reader::getFilename)
                .toList();
    }

    private void assertSucceeds(String... args) {
        assertEquals(0, run(args), this::errors);
        assertEquals("", errors());
    }

    private void assertFails(int status, String message, String... args) {
        assertEquals(status, run(args), this::errors);
        assertTrue(errors().contains(message), errors());
        assertFalse(errors().contains("\tat "), errors());
    }

    @Nested
    class Java {
        @Test
        void is_written_into_the_folder_behind_the_colon() throws IOException {
            file("hello.capnp", HELLO);
            assertSucceeds("compile", "-o", "java:src/generated", "hello.capnp");
            String java = Files.readString(folder.resolve("src/generated/org/example/Hello.java"));
            assertTrue(java.contains("class Hello"), java);
            assertEquals(0, out.size());
        }

        @Test
        void is_written_into_the_working_folder_without_one() throws IOException {
            file("hello.capnp", HELLO);
            assertSucceeds("compile", "-ojava", "hello.capnp");
            assertTrue(Files.exists(folder.resolve("org/example/Hello.java")));
        }

        @Test
        void is_refused_when_two_schemas_declare_one_class() throws IOException {
            file("a.capnp", HELLO);
            file("b.capnp", HELLO.replace("@0xd1a5e7c2b8f04963", "@0xd1a5e7c2b8f04964"));
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "Give them different packages",
                    "compile",
                    "-ojava:.",
                    "a.capnp",
                    "b.capnp");
        }

        @Test
        void of_generics_nested_200_deep_is_refused_with_a_reason() throws IOException {
            file(
                    "deep.capnp",
                    "@0xd1a5e7c2b8f04963; struct Box(T) { t @0 :T; } struct S { a @0 :" + "Box(".repeat(200) + "Text"
                            + ")".repeat(200) + "; }");
            assertSucceeds("compile", "-o-", "deep.capnp");
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "java: deep.capnp:S mentions a type that nests generics or lists too deep for Java",
                    "compile",
                    "-ojava",
                    "deep.capnp");
        }

        @Test
        void that_cannot_be_written_is_told() throws IOException {
            file("hello.capnp", HELLO);
            file("taken", "");
            Path taken = folder.resolve("taken");
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "capstan: the output for java cannot be written into " + taken + ": " + taken,
                    "compile",
                    "-ojava:taken",
                    "hello.capnp");
            assertTrue(errors().contains(". Name another folder: -o java:DIR"), errors());
            assertFalse(errors().contains("Exception"), errors());
        }

        @EnabledOnOs(OS.LINUX)
        @Test
        void cannot_be_written_where_no_folder_can_be_made() throws IOException {
            file("hello.capnp", HELLO);
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "cannot be written into /proc/nope: no folder can be made at /proc/nope",
                    "compile",
                    "-ojava:/proc/nope",
                    "hello.capnp");
            assertFalse(errors().contains("Exception"), errors());
        }
    }

    @Nested
    class Names {
        @Test
        void of_schemas_are_relative_to_the_working_folder() throws IOException {
            file("sub/hello.capnp", HELLO);
            assertSucceeds("compile", "-o-", "sub/hello.capnp", "./sub/../sub/hello.capnp");
            assertEquals(List.of("sub/hello.capnp", "sub/hello.capnp"), requestedFiles());
        }

        @Test
        void leave_out_the_longest_prefix() throws IOException {
            file("a/b/c/hello.capnp", HELLO);
            assertSucceeds(
                    "compile",
                    "-o",
                    "-",
                    "--src-prefix=a",
                    "--src-prefix",
                    "a/b",
                    folder.resolve("a/b/c/hello.capnp").toString());
            assertEquals(List.of("c/hello.capnp"), requestedFiles());
        }

        @Test
        void of_schemas_that_are_elsewhere_are_whole_paths_with_a_warning_if_files_are_written(@TempDir Path elsewhere)
                throws IOException {
            Path file = Files.writeString(elsewhere.resolve("hello.capnp"), HELLO);
            assertSucceeds("compile", "-o-", file.toString());
            assertEquals(List.of(file.toString().substring(1)), requestedFiles());
            assertEquals(0, run("compile", "-ojava", file.toString()));
            assertTrue(errors().contains("pass --src-prefix"), errors());
        }

        @Test
        void in_problems_are_what_the_user_typed() throws IOException {
            file("sub/bad.capnp", "@0xd1a5e7c2b8f04963; struct S { a @0 :Txt; }");
            assertFails(
                    ExitException.USAGE,
                    folder.resolve("sub/bad.capnp")
                            + ":1:39: error: 'Txt' is not declared. Did you mean 'Text'? Near: Txt",
                    "compile",
                    "-o-",
                    "--src-prefix=sub",
                    "sub/bad.capnp");
            assertEquals(0, out.size());
        }
    }

    @Nested
    class Imports {
        @Test
        void are_found_in_the_folders_that_are_named_first() throws IOException {
            file("one/x.capnp", "@0xd1a5e7c2b8f04964; struct X {}");
            file("two/x.capnp", "@0xd1a5e7c2b8f04965; struct X {}");
            file("user.capnp", "@0xd1a5e7c2b8f04966; struct U { x @0 :import \"/x.capnp\".X; }");
            assertSucceeds("compile", "-Itwo", "--import-path=one", "-o-", "user.capnp");
            assertEquals(
                    0xd1a5e7c2b8f04965L,
                    request().getRequestedFiles().get(0).getImports().get(0).getId());
        }

        @Test
        void of_standard_schemas_are_left_out_when_asked() throws IOException {
            file("hello.capnp", HELLO);
            assertFails(
                    ExitException.USAGE,
                    "/capnp/java.capnp is not found",
                    "compile",
                    "--no-standard-import",
                    "-o-",
                    "hello.capnp");
        }
    }

    @Nested
    class Plugins {
        private String plugin(String body) throws IOException {
            file("plugin", "#!/bin/sh\n" + body + "\n");
            Files.setPosixFilePermissions(folder.resolve("plugin"), PosixFilePermissions.fromString("rwxr-xr-x"));
            return "./plugin";
        }

        @Test
        void read_the_request_and_work_in_the_output_folder() throws IOException {
            file("hello.capnp", HELLO);
            Files.createDirectory(folder.resolve("target"));
            assertSucceeds("compile", "-o-", "-o", plugin("cat > request; pwd > where") + ":target", "hello.capnp");
            assertArrayEquals(out.toByteArray(), Files.readAllBytes(folder.resolve("target/request")));
            assertEquals(
                    folder.resolve("target").toRealPath(),
                    Path.of(Files.readString(folder.resolve("target/where")).strip())
                            .toRealPath());
        }

        @Test
        void that_fail_are_told_with_their_status() throws IOException {
            file("hello.capnp", HELLO);
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "failed with exit status 3",
                    "compile",
                    "-o",
                    plugin("cat > /dev/null; exit 3"),
                    "hello.capnp");
        }

        @Test
        void that_end_early_are_told() throws IOException {
            file("hello.capnp", HELLO);
            file(
                    "many.capnp",
                    "@0xd1a5e7c2b8f04967; "
                            + Stream.iterate(0, i -> i + 1)
                                    .limit(2_000)
                                    .map(i -> "struct S" + i + " { a @0 :Text; }")
                                    .toList()
                                    .toString()
                                    .replaceAll("[\\[\\],]", ""));
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "failed with exit status 1",
                    "compile",
                    "-o",
                    plugin("exit 1"),
                    "many.capnp");
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "did not read the whole request",
                    "compile",
                    "-o",
                    plugin("exit 0"),
                    "many.capnp");
        }

        @Test
        void that_are_not_there_are_told_with_what_to_do() throws IOException {
            file("hello.capnp", HELLO);
            assertFails(
                    ExitException.REMOTE_FAILURE,
                    "there is no plugin capnpc-nowhere on the PATH",
                    "compile",
                    "-onowhere",
                    "hello.capnp");
            assertFails(ExitException.REMOTE_FAILURE, "cannot be run", "compile", "-o./nowhere", "hello.capnp");
            assertFails(
                    ExitException.REMOTE_FAILURE, "nowhere is not a folder", "compile", "-o./p:nowhere", "hello.capnp");
        }

        @ForeignPeer
        @Test
        void of_cpp_write_what_they_write_for_its_own_compiler() throws IOException, InterruptedException {
            assumeTrue(
                    Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                            .anyMatch(path -> Files.isExecutable(Path.of(path, "capnpc-c++"))),
                    "no capnpc-c++ on the PATH; on Debian: apt-get install capnproto");
            file("hello.capnp", HELLO.replaceAll(".*Java.*\n", ""));
            Files.createDirectory(folder.resolve("ours"));
            Files.createDirectory(folder.resolve("theirs"));
            assertSucceeds("compile", "-oc++:ours", "hello.capnp");
            Process theirs = new ProcessBuilder("capnp", "compile", "-oc++:theirs", "hello.capnp")
                    .directory(folder.toFile())
                    .inheritIO()
                    .start();
            assertEquals(0, theirs.waitFor());
            // Not so the source file: the schemas in it have a word more, as ours are written by a newer schema.capnp.
            assertTrue(Files.exists(folder.resolve("ours/hello.capnp.c++")));
            assertEquals(
                    Files.readString(folder.resolve("theirs/hello.capnp.h")),
                    Files.readString(folder.resolve("ours/hello.capnp.h")));
        }
    }

    @Nested
    class Usage {
        @Test
        void files_that_are_not_there_are_told() {
            assertFails(ExitException.USAGE, "", "compile", "-o-", "none.capnp", ".", folder + "/nor/this");
            assertEquals("""
                    capstan: there is no file none.capnp. Paths are relative to the working folder, %1$s.
                    capstan: . is a folder. Name the schemas in it.
                    capstan: there is no file %1$s/nor/this.
                    """.formatted(folder), errors());
        }

        @Test
        void folders_that_are_not_there_are_told() {
            assertFails(ExitException.USAGE, "-I: none is not a folder", "compile", "-Inone", "-o-", "a.capnp");
            assertFails(ExitException.USAGE, "--src-prefix: none is", "compile", "--src-prefix=none", "-o-", "a.capnp");
        }

        @Test
        void an_output_and_a_schema_are_needed() {
            assertFails(ExitException.USAGE, "Missing required option: '--output", "compile", "a.capnp");
            assertFails(ExitException.USAGE, "Missing required parameter: 'FILE", "compile", "-o-");
        }
    }

    @Test
    void help_shows_that_calculate_has_an_expression_if_none_is_given() {
        assertSucceeds("calculate", "--help");
        String help = out.toString(StandardCharsets.UTF_8);
        assertTrue(help.contains(" ADDRESS [EXPRESSION]"), help);
        assertTrue(help.contains("by default \"(3 + 4) * 6\""), help);
    }

    @Test
    void an_expression_that_is_wrong_is_told_without_the_usage_text() {
        assertEquals(ExitException.USAGE, run("calculate", "127.0.0.1:1", "3 +"));
        assertEquals(1, errors().lines().count(), errors());
    }

    @Test
    void ids_are_new_and_valid() throws IOException {
        assertSucceeds("id");
        String first = out.toString(StandardCharsets.UTF_8).strip();
        out.reset();
        assertSucceeds("id");
        String second = out.toString(StandardCharsets.UTF_8).strip();
        assertFalse(first.equals(second));
        file("id.capnp", first + "; struct S {}");
        assertSucceeds("compile", "-o-", "id.capnp");
        assertTrue(second.matches("@0x[89a-f][0-9a-f]{15}"), second);
    }
}

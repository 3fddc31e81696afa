package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README and the other pages show only code that is compiled and only links that lead somewhere; {@link Markdown} says how. */
class DocumentationTest {
    private static final SourceTree TREE = SourceTree.here();

    @Test
    void the_pages_in_the_root_are_there() {
        for (String page : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE")) {
            assertTrue(Files.exists(TREE.root().resolve(page)), page);
        }
    }

    @Test
    void code_on_a_page_is_code_that_is_compiled() {
        assertNone(Markdown.pages(TREE).stream()
                .flatMap(page -> page.codeProblems().stream())
                .toList());
    }

    @Test
    void links_lead_somewhere() {
        assertNone(Markdown.pages(TREE).stream()
                .flatMap(page -> page.linkProblems().stream())
                .toList());
    }

    private static void assertNone(List<String> problems) {
        assertEquals("", String.join("\n", problems));
    }

    @Nested
    class On_a_page_of_its_own {
        @TempDir
        private Path root;

        private Markdown page(String... lines) throws IOException {
            Files.writeString(root.resolve("Source.java"), """
                    class Source {
                        // snippet body
                        int one() {
                            return 1;
                        }
                        // end snippet
                    }
                    """);
            Path page = root.resolve("PAGE.md");
            Files.write(page, List.of(lines));
            return new Markdown(root, page);
        }

        @Test
        void a_block_that_repeats_its_region_is_right() throws IOException {
            assertEquals(
                    List.of(),
                    page("<!-- from Source.java#body -->", "```java", "int one() {", "    return 1;", "}", "```")
                            .codeProblems());
        }

        @Test
        void a_block_that_differs_is_wrong_and_the_right_text_is_told() throws IOException {
            List<String> problems = page("<!-- from Source.java#body -->", "```java", "int two();", "```")
                    .codeProblems();
            assertEquals(
                    List.of("PAGE.md:2 differs from Source.java; it must be\nint one() {\n    return 1;\n}"), problems);
        }

        @Test
        void a_block_without_a_source_is_wrong() throws IOException {
            assertEquals(
                    1,
                    page("", "```capnp", "struct Foo {}", "```").codeProblems().size());
            assertEquals(1, page("```java", "int one;", "```").codeProblems().size());
        }

        @Test
        void a_block_from_a_missing_file_or_region_is_wrong() throws IOException {
            assertEquals(
                    1,
                    page("<!-- from Gone.java -->", "```java", "int one;", "```")
                            .codeProblems()
                            .size());
            assertEquals(
                    1,
                    page("<!-- from Source.java#gone -->", "```java", "int one;", "```")
                            .codeProblems()
                            .size());
        }

        @Test
        void a_block_of_shell_needs_no_source() throws IOException {
            assertEquals(List.of(), page("```sh", "./capstan demo", "```").codeProblems());
        }

        @Test
        void a_link_to_a_file_or_a_heading_is_right() throws IOException {
            assertEquals(
                    List.of(),
                    page(
                                    "# A heading, with `code`",
                                    "[a](Source.java) [b](#a-heading-with-code) [c](https://example.org/x)")
                            .linkProblems());
        }

        @Test
        void a_link_to_nowhere_is_wrong() throws IOException {
            assertEquals(
                    List.of(
                            "PAGE.md:1 links to Gone.java, which leads nowhere",
                            "PAGE.md:1 links to #gone, which leads nowhere"),
                    page("[a](Gone.java) [b](#gone)").linkProblems());
        }
    }
}

package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages name the tests that show what they say, as class and method with a link to the file: each of them exists. */
class LinkedTestsTest {
    private static final Pattern TEST = Pattern.compile("\\[(\\w+)\\.([a-z]\\w+)\\]\\(([^)]+\\.java)\\)");
    private static final Pattern ANNOTATION = Pattern.compile("@(Test|ParameterizedTest|TestFactory|RepeatedTest)\\b");
    private static final SourceTree TREE = SourceTree.here();

    /** The tests that a page names, and what is wrong with them. */
    private record Named(int count, List<String> problems) {
        static Named on(Path page) {
            List<String> problems = new ArrayList<>();
            int count = 0;
            Matcher test = TEST.matcher(SourceTree.text(page));
            while (test.find()) {
                count++;
                Path file = page.resolveSibling(test.group(3)).normalize();
                if (!file.getFileName().toString().equals(test.group(1) + ".java") || !Files.exists(file)) {
                    problems.add(test.group() + " leads to no file of that name");
                } else if (!has(SourceTree.text(file), test.group(2))) {
                    problems.add(test.group(1) + " has no test " + test.group(2));
                }
            }
            return new Named(count, problems);
        }

        /** Annotations stand right above, without a blank line between. */
        private static boolean has(String source, String method) {
            int at = source.indexOf("void " + method + "(");
            return at >= 0
                    && ANNOTATION
                            .matcher(source.substring(Math.max(0, source.lastIndexOf("\n\n", at)), at))
                            .find();
        }
    }

    @Test
    void each_test_that_the_page_of_the_protocol_names_exists() {
        Named named = Named.on(TREE.root().resolve("docs/protocol.md"));
        assertEquals("", String.join("\n", named.problems()));
        assertTrue(named.count() > 60, "the page names " + named.count() + " tests alone");
    }

    @Test
    void each_test_that_the_page_of_the_gateway_names_exists() {
        Named named = Named.on(TREE.root().resolve("docs/gateway.md"));
        assertEquals("", String.join("\n", named.problems()));
        assertTrue(named.count() > 40, "the page names " + named.count() + " tests alone");
    }

    @Test
    void each_test_that_the_page_of_the_gateway_to_grpc_names_exists() {
        Named named = Named.on(TREE.root().resolve("docs/gateway-grpc.md"));
        assertEquals("", String.join("\n", named.problems()));
        assertTrue(named.count() > 70, "the page names " + named.count() + " tests alone");
    }

    @Test
    void a_test_that_is_gone_is_told(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("OneTest.java"),
                "class OneTest {\n  @Test\n  void it_works() {}\n\n  void helps() {}\n}\n");
        Path page = folder.resolve("page.md");
        Files.writeString(
                page,
                "[OneTest.it_works](OneTest.java) [OneTest.it_fails](OneTest.java) [TwoTest.it_works](OneTest.java)"
                        + " [OneTest.it_works](x/OneTest.java) [OneTest.helps](OneTest.java)");
        Named named = Named.on(page);
        assertEquals(5, named.count());
        assertEquals(4, named.problems().size(), named.problems().toString());
    }
}

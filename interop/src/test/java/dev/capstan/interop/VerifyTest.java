package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./verify} fails on once the build has run: a test that failed, no test at all, and a test that a parity list names and that did not run. */
class VerifyTest {
    private static final SourceTree TREE = SourceTree.here();

    @TempDir
    private Path tree;

    private record Ran(int exit, String output) {}

    /** The last step of {@code ./verify}, for a tree with this report. */
    private Ran summary(String report) throws IOException, InterruptedException {
        Path reports = Files.createDirectories(tree.resolve("module/target/surefire-reports"));
        Files.writeString(reports.resolve("TEST-a.B.xml"), report);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        TREE.root().resolve("scripts/TestSummary.java").toString(),
                        tree.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return new Ran(process.exitValue(), output);
    }

    @Test
    void tests_that_passed_are_a_success() throws Exception {
        Ran ran = summary("<testsuite><testcase classname='a.B' name='one'/></testsuite>");
        assertEquals(0, ran.exit(), ran.output());
    }

    @Test
    @Parity("GRPC-S9.1")
    void a_test_that_failed_is_a_failure_that_is_told_by_its_name() throws Exception {
        Ran ran = summary(
                "<testsuite><testcase classname='a.B' name='one'/><testcase classname='a.B' name='two'><failure/></testcase></testsuite>");
        assertEquals(1, ran.exit(), ran.output());
        assertTrue(ran.output().contains("a.B.two"), ran.output());
    }

    @Test
    @Parity("GRPC-S9.1")
    void no_test_at_all_is_a_failure() throws Exception {
        Ran ran = summary("<testsuite/>");
        assertEquals(1, ran.exit(), ran.output());
    }

    /** The check that fails is itself a test, {@link ParityTest}. */
    @Test
    @Parity("GRPC-S9.1")
    void a_test_of_the_list_of_grpc_that_did_not_run_is_a_failure_that_is_told_by_its_name() throws Exception {
        ParityList list =
                ParityList.parse(SourceTree.text(TREE.root().resolve("grpc/src/test/resources/grpc-parity.json")));
        List<String> named = list.rows().values().stream()
                .flatMap(row -> row.tests().stream())
                .distinct()
                .toList();
        assertEquals(List.of(), problems(list, named));
        for (String missing : List.of(named.getFirst(), named.getLast())) {
            List<String> problems = problems(
                    list, named.stream().filter(test -> !test.equals(missing)).toList());
            assertTrue(!problems.isEmpty(), missing);
            for (String problem : problems) {
                assertTrue(problem.contains(missing + ", which did not run"), problem);
            }
        }
    }

    private static List<String> problems(ParityList list, List<String> ran) {
        String reports = ran.stream()
                .map(test -> test.split("#", -1))
                .map(parts -> "<testcase classname='" + parts[0] + "' name='" + parts[1] + "'/>")
                .collect(Collectors.joining("", "<testsuite>", "</testsuite>"));
        return new ParityCheck("gRPC parity", list, Map.of(), TestReports.of(reports), Set.of()).runProblems();
    }
}

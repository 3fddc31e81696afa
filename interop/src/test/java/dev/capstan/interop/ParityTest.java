package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.interop.MarkedTests.MarkedTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code parity.json} to what the tests are and did. Runs in an execution of its own after all other tests (see this
 * module's pom), because it reads their reports; writes {@code target/parity.txt}, which {@code ./verify} prints.
 */
@Tag("parity")
class ParityTest {
    private static final SourceTree TREE = SourceTree.here();
    private static final Path FILE = TREE.root().resolve("capnp/src/test/resources/parity.json");
    private static final Map<String, MarkedTest> MARKED = MarkedTests.in(TREE);

    @BeforeAll
    static void update_the_file_when_asked_to_and_write_the_report() throws IOException {
        if (Boolean.getBoolean("capstan.parity.update")) {
            Files.writeString(
                    FILE, list().withTests(ParityCheck.testsByRow(MARKED)).toJson());
        }
        Files.writeString(TREE.root().resolve("interop/target/parity.txt"), check().report());
    }

    @Test
    void every_row_of_the_list_of_behaviours_is_in_the_file() {
        assertEquals(
                Map.ofEntries(
                        Map.entry("R", 50),
                        Map.entry("T", 18),
                        Map.entry("E", 2),
                        Map.entry("C", 33),
                        Map.entry("M", 17),
                        Map.entry("K", 6),
                        Map.entry("A", 11),
                        Map.entry("B", 12),
                        Map.entry("H", 11),
                        Map.entry("W", 2),
                        Map.entry("J", 3),
                        Map.entry("X", 17),
                        Map.entry("L", 18)),
                list().groupSizes());
    }

    @Test
    void each_named_test_exists_and_each_marked_test_is_named() {
        assertNone(check().mapProblems());
    }

    @Test
    void each_named_test_ran() {
        assertNone(check().runProblems());
    }

    private static ParityList list() {
        return ParityList.parse(SourceTree.text(FILE));
    }

    private static ParityCheck check() {
        // Surefire hands Maven's own properties on to the tests.
        Set<String> leftOut = Arrays.stream(
                        System.getProperty("excludedGroups", "").split("[|,]"))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .collect(Collectors.toSet());
        return new ParityCheck(list(), MARKED, TestReports.in(TREE), leftOut);
    }

    private static void assertNone(List<String> problems) {
        assertEquals("", String.join("\n", problems));
    }
}

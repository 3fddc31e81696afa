package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.interop.MarkedTests.MarkedTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds the parity lists to what the tests are and did. Runs in an execution of its own after all other tests (see this
 * module's pom), because it reads their reports; writes {@code target/parity.txt}, which {@code ./verify} prints.
 */
@Tag("parity")
class ParityTest {
    private static final SourceTree TREE = SourceTree.here();
    private static final Map<String, MarkedTest> MARKED = MarkedTests.in(TREE);

    /** A list of rows in a file; a mark belongs to the one whose ids have its shape. */
    enum Rows {
        RPC("parity", "capnp", "parity.json", "[A-Z]\\d+"),
        SERIALIZATION("serialization parity", "capnp", "serialization-parity.json", "[a-z-]+: .+"),
        WEB("Cap'n Web parity", "capnweb", "capnweb-parity.json", "(CW-[A-Z]|OWN-|P[XY]-)\\d+"),
        GRPC("gRPC parity", "grpc", "grpc-parity.json", "GRPC-[A-Z]\\d+\\.\\d+");

        private final String title;
        private final Path path;
        private final Pattern ids;

        Rows(String title, String module, String name, String ids) {
            this.title = title;
            this.path =
                    TREE.root().resolve(module).resolve("src/test/resources").resolve(name);
            this.ids = Pattern.compile(ids);
        }

        private boolean has(String row) {
            return ids.matcher(row).matches();
        }

        private ParityList list() {
            return ParityList.parse(SourceTree.text(path));
        }

        private Map<String, MarkedTest> marks() {
            Map<String, MarkedTest> own = new TreeMap<>();
            MARKED.forEach((id, test) -> {
                Set<String> rows = test.rows().stream().filter(this::has).collect(Collectors.toSet());
                if (!rows.isEmpty()) {
                    own.put(id, new MarkedTest(id, rows, test.tags()));
                }
            });
            return own;
        }

        private ParityCheck check() {
            // Surefire hands Maven's own properties on to the tests.
            Set<String> leftOut = Arrays.stream(
                            System.getProperty("excludedGroups", "").split("[|,]"))
                    .map(String::strip)
                    .filter(tag -> !tag.isEmpty())
                    .collect(Collectors.toSet());
            return new ParityCheck(title, list(), marks(), TestReports.in(TREE), leftOut);
        }
    }

    @BeforeAll
    static void update_the_files_when_asked_to_and_write_the_report() throws IOException {
        StringBuilder report = new StringBuilder();
        for (Rows rows : Rows.values()) {
            if (Boolean.getBoolean("capstan.parity.update")) {
                Files.writeString(
                        rows.path,
                        rows.list()
                                .withTests(ParityCheck.testsByRow(rows.marks()))
                                .toJson());
            }
            report.append(rows.check().report());
        }
        Files.writeString(TREE.root().resolve("interop/target/parity.txt"), report);
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
                Rows.RPC.list().groupSizes());
    }

    @Test
    void every_test_of_serialization_is_in_the_file() {
        assertEquals(
                Map.ofEntries(
                        Map.entry("encoding", 55),
                        Map.entry("layout", 5),
                        Map.entry("any", 9),
                        Map.entry("orphan", 72),
                        Map.entry("canonicalize", 18),
                        Map.entry("packed", 23),
                        Map.entry("serialize", 21),
                        Map.entry("schema-loader", 14),
                        Map.entry("dynamic", 21),
                        Map.entry("stringify", 9),
                        Map.entry("text", 6),
                        Map.entry("json", 18),
                        Map.entry("fuzz", 6),
                        Map.entry("message", 8),
                        Map.entry("blob", 3)),
                Rows.SERIALIZATION.list().groupSizes());
    }

    @Test
    void every_test_of_cap_n_web_is_in_the_file() {
        assertEquals(
                Map.of("CW-I", 187, "CW-L", 17, "CW-F", 10, "CW-B", 16, "CW-W", 18, "OWN", 14, "PY", 477, "PX", 405),
                Rows.WEB.list().groupSizes());
    }

    @Test
    void every_row_of_the_roadmap_of_grpc_is_in_the_file() {
        assertEquals(
                Map.of("GRPC-S", 46, "GRPC-P", 61, "GRPC-C", 26, "GRPC-G", 34, "GRPC-F", 15, "GRPC-X", 18),
                Rows.GRPC.list().groupSizes());
    }

    @Test
    void each_mark_belongs_to_a_list() {
        for (MarkedTest test : MARKED.values()) {
            for (String row : test.rows()) {
                assertTrue(
                        Arrays.stream(Rows.values()).anyMatch(rows -> rows.has(row)),
                        () -> test.id() + " carries @Parity(\"" + row + "\")");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_named_test_exists_and_each_marked_test_is_named(Rows rows) {
        assertNone(rows.check().mapProblems());
    }

    @ParameterizedTest
    @EnumSource
    void each_named_test_ran(Rows rows) {
        assertNone(rows.check().runProblems());
    }

    private static void assertNone(List<String> problems) {
        assertEquals("", String.join("\n", problems));
    }
}

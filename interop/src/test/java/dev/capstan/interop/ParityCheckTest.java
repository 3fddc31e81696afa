package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.interop.MarkedTests.MarkedTest;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ParityCheckTest {
    private static final String TOY = "dev.capstan.interop.Toy";

    private static ParityList list(String json) {
        return ParityList.parse(json);
    }

    private static Map<String, MarkedTest> marks(MarkedTest... tests) {
        return List.of(tests).stream().collect(Collectors.toMap(MarkedTest::id, test -> test));
    }

    private static MarkedTest mark(String method, Set<String> tags, String... rows) {
        return new MarkedTest(TOY + "#" + method, Set.of(rows), tags);
    }

    private static TestReports reports(String... cases) {
        return TestReports.of("<testsuite>" + String.join("", cases) + "</testsuite>");
    }

    private static String passed(String name) {
        return "<testcase classname='" + TOY + "' name='" + name + "'/>";
    }

    private static String failed(String name) {
        return "<testcase classname='" + TOY + "' name='" + name + "'><failure/></testcase>";
    }

    private static String skipped(String name) {
        return "<testcase classname='" + TOY + "' name='" + name + "'><skipped/></testcase>";
    }

    private static ParityList naming(String... methods) {
        String tests = List.of(methods).stream()
                .map(method -> '"' + TOY + '#' + method + '"')
                .collect(Collectors.joining(","));
        return list("{\"R01\": {\"priority\": \"P0\", \"tests\": [" + tests
                + "]}, \"T01\": {\"priority\": \"P1\", \"tests\": []}}");
    }

    @Nested
    class TheMap {
        @Test
        void is_whole_when_file_and_marks_agree() {
            var check =
                    new ParityCheck("parity", naming("one"), marks(mark("one", Set.of(), "R01")), reports(), Set.of());
            assertEquals(List.of(), check.mapProblems());
        }

        @Test
        void a_test_that_does_not_exist_is_a_problem() {
            var check = new ParityCheck("parity", naming("gone"), marks(), reports(), Set.of());
            assertEquals(
                    List.of("R01 names " + TOY + "#gone, but no test of that name carries @Parity(\"R01\")"),
                    check.mapProblems());
        }

        @Test
        void a_test_that_is_marked_for_another_row_is_a_problem_on_both_sides() {
            var check =
                    new ParityCheck("parity", naming("one"), marks(mark("one", Set.of(), "T01")), reports(), Set.of());
            assertEquals(2, check.mapProblems().size(), check.mapProblems().toString());
        }

        @Test
        void a_mark_for_an_unknown_row_is_a_problem() {
            var check = new ParityCheck("parity", naming(), marks(mark("one", Set.of(), "Q99")), reports(), Set.of());
            assertEquals(
                    List.of("[" + TOY + "#one] carry @Parity(\"Q99\"), but the list has no such row"),
                    check.mapProblems());
        }
    }

    @Nested
    class ANamedTest {
        private List<String> runProblems(MarkedTest test, Set<String> leftOut, String... cases) {
            String method = test.id().substring(test.id().indexOf('#') + 1);
            return new ParityCheck("parity", naming(method), marks(test), reports(cases), leftOut).runProblems();
        }

        @Test
        void that_passed_or_failed_did_run() {
            assertEquals(List.of(), runProblems(mark("one", Set.of(), "R01"), Set.of(), passed("one")));
            assertEquals(List.of(), runProblems(mark("one", Set.of(), "R01"), Set.of(), failed("one")));
            assertEquals(List.of(), runProblems(mark("one", Set.of(), "R01"), Set.of(), passed("one(String)[1]")));
        }

        @Test
        void that_is_in_no_report_is_a_problem() {
            assertEquals(
                    1,
                    runProblems(mark("one", Set.of(), "R01"), Set.of(), passed("one_more"))
                            .size());
        }

        @Test
        void that_was_skipped_is_a_problem() {
            assertEquals(
                    List.of("R01 names " + TOY + "#one, which was skipped"),
                    runProblems(mark("one", Set.of(), "R01"), Set.of(), skipped("one")));
        }

        @Test
        void whose_tag_was_left_out_is_no_problem() {
            assertEquals(List.of(), runProblems(mark("one", Set.of("long-run"), "R01"), Set.of("long-run")));
        }

        @Test
        void of_a_missing_peer_is_no_problem_only_beside_one_that_ran() {
            MarkedTest foreign = mark("peer", Set.of("foreign-peer"), "R01");
            assertEquals(1, runProblems(foreign, Set.of(), skipped("peer")).size());
            var both = new ParityCheck(
                    "parity",
                    naming("peer", "one"),
                    marks(foreign, mark("one", Set.of(), "R01")),
                    reports(skipped("peer"), passed("one")),
                    Set.of());
            assertEquals(List.of(), both.runProblems());
        }
    }

    @Nested
    class TheReport {
        @Test
        void counts_a_row_as_covered_when_its_tests_passed() {
            var check = new ParityCheck(
                    "parity", naming("one"), marks(mark("one", Set.of(), "R01")), reports(passed("one")), Set.of());
            assertTrue(
                    check.report()
                            .contains(
                                    "R rpc-test                       1/1                                     1/1      0"),
                    check.report());
            assertTrue(
                    check.report()
                            .contains(
                                    "T rpc-twoparty-test                        0/1                           0/1      1"),
                    check.report());
            assertTrue(
                    check.report()
                            .endsWith(
                                    "parity: 1/2 rows covered, 1 open, 0 without counterpart; by priority (covered/all) {P0=1/1, P1=0/1}\n"),
                    check.report());
        }

        @Test
        void counts_a_row_with_a_failed_or_a_skipped_test_alone_as_open() {
            var failing = new ParityCheck(
                    "parity", naming("one"), marks(), reports(passed("one[1]"), failed("one[2]")), Set.of());
            assertTrue(failing.report().contains("parity: 0/2"), failing.report());
            var skipping = new ParityCheck("parity", naming("one"), marks(), reports(skipped("one")), Set.of());
            assertTrue(skipping.report().contains("parity: 0/2"), skipping.report());
        }
    }

    @Nested
    class ARowWithoutCounterpart {
        private static final String LIST =
                "{\"CW-B001\": {\"priority\": \"P3\", \"tests\": [], \"none\": \"JavaScript-only\"}}";

        @Test
        void is_neither_covered_nor_open() {
            var check = new ParityCheck("parity", list(LIST), marks(), reports(), Set.of());
            assertTrue(check.report().contains("parity:  rows covered, 0 open, 1 without"), check.report());
        }

        @Test
        void keeps_its_reason_through_an_update() {
            assertEquals(list(LIST), list(list(LIST).withTests(Map.of()).toJson()));
        }

        @Test
        void needs_an_accepted_reason_and_no_test() {
            for (String bad : List.of(
                    LIST.replace("JavaScript-only", "too much work"),
                    LIST.replace("[]", "[\"dev.capstan.interop.Toy#one\"]"))) {
                assertThrows(IllegalArgumentException.class, () -> list(bad));
            }
        }
    }

    @Nested
    class TheFile {
        @Test
        void survives_a_round_trip() {
            ParityList read = naming("one", "two");
            assertEquals(read, list(read.toJson()));
            assertEquals(read.toJson(), list(read.toJson()).toJson());
        }

        @Test
        void is_updated_from_the_marks() {
            ParityList updated = naming("old")
                    .withTests(ParityCheck.testsByRow(marks(mark("b", Set.of(), "T01"), mark("a", Set.of(), "T01"))));
            assertEquals("""
                    {
                      "R01": {"priority": "P0", "tests": []},
                      "T01": {"priority": "P1", "tests": [
                        "dev.capstan.interop.Toy#a",
                        "dev.capstan.interop.Toy#b"
                      ]}
                    }
                    """, updated.toJson());
        }

        @Test
        void is_refused_with_its_line_when_it_is_malformed() {
            for (String bad : List.of(
                    "{\n\"R01\"}",
                    "{\n\"R01\": {\"priority\": \"P7\", \"tests\": []}}",
                    "{\n\"R01\": {\"priority\": \"P0\", \"test\": []}}",
                    "{\n\"R01\": {\"priority\": \"P0\", \"tests\": [}}",
                    "{\n\"R01\": {\"priority\": \"P0\"}, \"R01\": {\"priority\": \"P0\"}}",
                    "{\n\"R01")) {
                var refused = assertThrows(IllegalArgumentException.class, () -> list(bad));
                assertTrue(
                        String.valueOf(refused.getMessage()).startsWith("parity.json line 2: "), refused.getMessage());
            }
        }
    }

    @Nested
    class PythonOnly {
        private static final String ROW =
                "{\n\"PY-092\": {\"priority\": \"P2\", \"tests\": [], \"none\": \"Python-only\", \"note\": \"why\"}}";

        @Test
        void is_a_reason_for_rows_of_the_port_to_python() {
            assertEquals(
                    "Python-only", list(ROW).rows().values().iterator().next().none());
            assertEquals(list(ROW), list(list(ROW).toJson()));
        }

        @Test
        void needs_a_note_and_is_none_for_other_rows() {
            for (String bad : List.of(
                    ROW.replace(", \"note\": \"why\"", ""),
                    ROW.replace("PY-092", "CW-I092"),
                    ROW.replace("PY-092", "OWN-02"),
                    ROW.replace("[]", "[\"" + TOY + "#one\"]"))) {
                var refused = assertThrows(IllegalArgumentException.class, () -> list(bad), bad);
                assertTrue(String.valueOf(refused.getMessage()).startsWith("parity.json line 2: "));
            }
        }
    }

    @Nested
    class LeanOnly {
        private static final String ROW =
                "{\n\"GRPC-C2.1\": {\"priority\": \"P3\", \"about\": \"what\", \"tests\": [], \"none\": \"Lean-only\", \"note\": \"why\"}}";

        @Test
        void is_a_reason_for_rows_of_grpc_that_say_what_they_are_about() {
            ParityList.Row row = list(ROW).rows().values().iterator().next();
            assertEquals("Lean-only", row.none());
            assertEquals("what", row.about());
            assertEquals("GRPC-C", row.group());
            assertEquals(list(ROW), list(list(ROW).toJson()));
        }

        @Test
        void needs_a_note_and_is_none_for_other_rows() {
            for (String bad : List.of(ROW.replace(", \"note\": \"why\"", ""), ROW.replace("GRPC-C2.1", "PY-092"))) {
                var refused = assertThrows(IllegalArgumentException.class, () -> list(bad), bad);
                assertTrue(String.valueOf(refused.getMessage()).startsWith("parity.json line 2: "));
            }
        }
    }

    /** Read from their class files, never run: the scan must not load what it looks at. */
    @Nested
    class TheMarks {
        private final Map<String, MarkedTest> found = MarkedTests.of(
                SourceTree.files(
                        SourceTree.here().root().resolve("interop/target/test-classes/dev/capstan/interop"),
                        file -> file.getFileName().toString().startsWith("ParityToy")),
                List.of());

        @Test
        void are_found_on_inherited_methods_of_concrete_classes() {
            assertEquals(Set.of("R01", "R02"), rows("dev.capstan.interop.ParityToy#from_the_contract"));
            assertFalse(found.containsKey("dev.capstan.interop.ParityToyContract#from_the_contract"), found.toString());
        }

        @Test
        void are_found_in_nested_classes() {
            assertEquals(Set.of("T01"), rows("dev.capstan.interop.ParityToy$Inner#deep"));
            assertFalse(found.containsKey("dev.capstan.interop.ParityToy$NotRun#never"), found.toString());
        }

        @Test
        void vanish_when_a_method_is_overridden_without_them() {
            assertFalse(found.containsKey("dev.capstan.interop.ParityToy#overridden"), found.toString());
        }

        @Test
        void carry_the_tags_of_method_and_classes() {
            MarkedTest deep = found.get("dev.capstan.interop.ParityToy$Inner#deep");
            assertEquals(Set.of("foreign-peer", "long-run"), deep == null ? Set.of() : deep.tags());
        }

        private Set<String> rows(String test) {
            MarkedTest mark = found.get(test);
            return mark == null ? Set.of() : mark.rows();
        }
    }
}

abstract class ParityToyContract {
    @Parity({"R01", "R02"})
    void from_the_contract() {}

    @Parity("R03")
    void overridden() {}
}

@ForeignPeer
final class ParityToy extends ParityToyContract {
    @Override
    void overridden() {}

    @Nested
    final class Inner {
        @LongRun
        @Parity("T01")
        void deep() {}
    }

    static final class NotRun {
        @Parity("T02")
        void never() {}
    }
}

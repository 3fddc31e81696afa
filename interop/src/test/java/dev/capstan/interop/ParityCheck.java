package dev.capstan.interop;

import dev.capstan.interop.MarkedTests.MarkedTest;
import dev.capstan.interop.ParityList.Row;
import dev.capstan.interop.TestReports.Outcome;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares three things: the rows of {@code parity.json}, the {@code @Parity} marks in the compiled tests, and the reports of
 * what ran. A row is covered when it names at least one test that passed and none that failed.
 *
 * <p>A named test that did not run is a problem, with two exceptions that {@code ./verify} counts and prints elsewhere: tests
 * whose tag was left out on purpose (`--quick`), and tests of a foreign peer that is missing here, as long as another test of
 * the row ran.
 */
final class ParityCheck {
    private static final List<String> PRIORITIES = List.of("P0", "P1", "P2", "P3");
    private static final Map<String, String> GROUPS = Map.ofEntries(
            Map.entry("R", "rpc-test"),
            Map.entry("T", "rpc-twoparty-test"),
            Map.entry("E", "ez-rpc-test"),
            Map.entry("C", "capability-test"),
            Map.entry("M", "membrane-test"),
            Map.entry("K", "reconnect-test"),
            Map.entry("A", "serialize-async-test"),
            Map.entry("B", "byte-stream-test"),
            Map.entry("H", "http-over-capnp-test"),
            Map.entry("W", "websocket-rpc-test"),
            Map.entry("J", "json-rpc-test"),
            Map.entry("X", "call handoff (reverted)"),
            Map.entry("L", "live probes"),
            Map.entry("CW-I", "index.test"),
            Map.entry("CW-L", "limits.test"),
            Map.entry("CW-F", "flow-control.test"),
            Map.entry("CW-B", "bun.test"),
            Map.entry("CW-W", "workerd.test"),
            Map.entry("OWN", "own probes"),
            Map.entry("PY", "port to Python"),
            Map.entry("PX", "fork of the port"),
            Map.entry("GRPC-S", "what there is"),
            Map.entry("GRPC-P", "proposals"),
            Map.entry("GRPC-C", "the code"),
            Map.entry("GRPC-G", "gaps of tests"),
            Map.entry("GRPC-F", "phases"),
            Map.entry("GRPC-X", "beyond"));

    private final String name;
    private final ParityList list;
    private final Map<String, MarkedTest> marked;
    private final TestReports reports;
    private final Set<String> leftOutTags;

    /** {@code leftOutTags}: JUnit tags that the run excluded. */
    ParityCheck(
            String name,
            ParityList list,
            Map<String, MarkedTest> marked,
            TestReports reports,
            Set<String> leftOutTags) {
        this.name = name;
        this.list = list;
        this.marked = marked;
        this.reports = reports;
        this.leftOutTags = leftOutTags;
    }

    /** Tests by the row for which they are marked. */
    static Map<String, Set<String>> testsByRow(Map<String, MarkedTest> marked) {
        Map<String, Set<String>> byRow = new TreeMap<>();
        marked.values()
                .forEach(test -> test.rows()
                        .forEach(row -> byRow.computeIfAbsent(row, none -> new TreeSet<>())
                                .add(test.id())));
        return byRow;
    }

    /** Where the file and the marks disagree; empty when they agree. */
    List<String> mapProblems() {
        List<String> problems = new ArrayList<>();
        Map<String, Set<String>> byRow = testsByRow(marked);
        for (Row row : list.rows().values()) {
            Set<String> marks = byRow.getOrDefault(row.id(), Set.of());
            for (String test : row.tests()) {
                if (!marks.contains(test)) {
                    problems.add(row.id() + " names " + test + ", but no test of that name carries @Parity(\""
                            + row.id() + "\")");
                }
            }
            for (String test : marks) {
                if (!row.tests().contains(test)) {
                    problems.add(test + " carries @Parity(\"" + row.id()
                            + "\"), but the row does not name it; run ./verify --update-parity");
                }
            }
        }
        byRow.forEach((row, tests) -> {
            if (!list.rows().containsKey(row)) {
                problems.add(tests + " carry @Parity(\"" + row + "\"), but the list has no such row");
            }
        });
        return problems;
    }

    /** Named tests that did not run though they should have; empty when all did. */
    List<String> runProblems() {
        List<String> problems = new ArrayList<>();
        for (Row row : list.rows().values()) {
            boolean oneRan = row.tests().stream().map(reports::outcome).anyMatch(ParityCheck::ran);
            for (String test : row.tests()) {
                Outcome outcome = reports.outcome(test);
                if (ran(outcome) || isLeftOut(test)) {
                    continue;
                }
                if (outcome == Outcome.SKIPPED && oneRan && tags(test).contains("foreign-peer")) {
                    continue;
                }
                problems.add(row.id() + " names " + test + ", which "
                        + (outcome == Outcome.SKIPPED
                                ? "was skipped"
                                : "did not run (class files of a deleted test? then mvn clean)"));
            }
        }
        return problems;
    }

    boolean isCovered(Row row) {
        return row.tests().stream().map(reports::outcome).anyMatch(outcome -> outcome == Outcome.PASSED)
                && row.tests().stream().map(reports::outcome).noneMatch(outcome -> outcome == Outcome.FAILED);
    }

    /** A table of covered and all rows by group and priority; its last line is the sum in one sentence. */
    String report() {
        StringBuilder text = new StringBuilder(1024);
        try (Formatter table = new Formatter(text)) {
            table.format("%-26s %9s %9s %9s %9s %9s %6s%n", name, "P0", "P1", "P2", "P3", "covered", "open");
            list.byGroup().forEach((group, members) -> {
                List<Row> rows =
                        members.stream().filter(row -> row.none() == null).toList();
                table.format("%-26s", (group + " " + GROUPS.getOrDefault(group, "")).strip());
                for (String priority : PRIORITIES) {
                    table.format(
                            " %9s",
                            share(rows.stream()
                                    .filter(row -> row.priority().equals(priority))
                                    .toList()));
                }
                table.format(" %9s %6d%n", share(rows), rows.size() - covered(rows));
            });
            List<Row> all = list.rows().values().stream()
                    .filter(row -> row.none() == null)
                    .toList();
            Map<String, String> sums = new LinkedHashMap<>();
            for (String priority : PRIORITIES) {
                List<Row> rows = all.stream()
                        .filter(row -> row.priority().equals(priority))
                        .toList();
                if (!rows.isEmpty()) {
                    sums.put(priority, share(rows));
                }
            }
            table.format(
                    name + ": %s rows covered, %d open, %d without counterpart; by priority (covered/all) %s%n",
                    share(all),
                    all.size() - covered(all),
                    list.rows().size() - all.size(),
                    sums);
        }
        return text.toString();
    }

    private String share(List<Row> rows) {
        return rows.isEmpty() ? "" : covered(rows) + "/" + rows.size();
    }

    private int covered(List<Row> rows) {
        return Math.toIntExact(rows.stream().filter(this::isCovered).count());
    }

    private boolean isLeftOut(String test) {
        return tags(test).stream().anyMatch(leftOutTags::contains);
    }

    private Set<String> tags(String test) {
        MarkedTest known = marked.get(test);
        return known == null ? Set.of() : known.tags();
    }

    private static boolean ran(Outcome outcome) {
        return outcome == Outcome.PASSED || outcome == Outcome.FAILED;
    }
}

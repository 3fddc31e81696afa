package dev.capstan.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A parity list as it stands in a file such as {@code parity.json}: an object from row id to {@code {"priority": "P0", "tests":
 * ["Class#method"]}}, where a row can have none, {@code "none"} with the reason, where one needs a word, a {@code "note"}, and where the id alone says nothing, {@code "about"}. Reads any JSON of that shape and writes one fixed form, so that a machine-written change is a small diff.
 *
 * @param rows by id, in the order of the file
 */
record ParityList(Map<String, Row> rows) {
    /** A row that tests nothing but an object inside of the port to Python, or a feature of that language; its note says which. */
    private static final String PYTHON_ONLY = "Python-only";

    /** A row of the roadmap of a library in Lean that is about its own sources or its foreign functions; its note says which. */
    private static final String LEAN_ONLY = "Lean-only";

    /** What is accepted as a reason for a row without any test. */
    static final Set<String> REASONS = Set.of("JavaScript-only", PYTHON_ONLY, LEAN_ONLY, "removed from the protocol");

    ParityList {
        rows = new LinkedHashMap<>(rows);
    }

    /**
     * A behaviour of the other implementation.
     *
     * @param about the behaviour in a few words, where it is not to be read elsewhere
     * @param tests which of our tests show it, as {@code binary.ClassName#method}; none while the row is open
     * @param none why there cannot be a test; one of {@link #REASONS}
     * @param note what a reader of the row should know
     */
    record Row(
            String id,
            String priority,
            @Nullable String about,
            List<String> tests,
            @Nullable String none,
            @Nullable String note) {
        Row {
            tests = List.copyOf(tests);
        }

        /** What stands before the digits, or before the colon: rows of one source file share it. */
        String group() {
            int colon = id.indexOf(':');
            return colon < 0 ? id.replaceFirst("-?\\d+(\\.\\d+)?$", "") : id.substring(0, colon);
        }
    }

    static ParityList parse(String json) {
        return new Parser(json).list();
    }

    /** The same rows with the tests of {@code testsByRow}, sorted; rows that it does not name are open. */
    ParityList withTests(Map<String, ? extends Iterable<String>> testsByRow) {
        Map<String, Row> updated = new LinkedHashMap<>();
        rows.forEach((id, row) -> {
            List<String> tests = new ArrayList<>();
            Iterable<String> marked = testsByRow.get(id);
            if (marked != null) {
                marked.forEach(tests::add);
            }
            tests.sort(null);
            updated.put(id, new Row(id, row.priority(), row.about(), tests, row.none(), row.note()));
        });
        return new ParityList(updated);
    }

    /** Rows by the letter of their ids, letters in the order in which they first appear. */
    Map<String, List<Row>> byGroup() {
        return rows.values().stream()
                .collect(Collectors.groupingBy(Row::group, LinkedHashMap::new, Collectors.toList()));
    }

    Map<String, Integer> groupSizes() {
        Map<String, Integer> sizes = new TreeMap<>();
        byGroup().forEach((group, members) -> sizes.put(group, members.size()));
        return sizes;
    }

    String toJson() {
        return rows.values().stream()
                .map(row -> "  \"" + row.id() + "\": {\"priority\": \"" + row.priority() + "\", "
                        + (row.about() == null ? "" : "\"about\": \"" + row.about() + "\", ")
                        + "\"tests\": "
                        + array(row.tests())
                        + (row.none() == null ? "" : ", \"none\": \"" + row.none() + "\"")
                        + (row.note() == null ? "}" : ", \"note\": \"" + row.note() + "\"}"))
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
    }

    private static String array(List<String> tests) {
        return tests.isEmpty()
                ? "[]"
                : tests.stream().map(test -> "    \"" + test + "\"").collect(Collectors.joining(",\n", "[\n", "\n  ]"));
    }

    /** As much of JSON as the file needs: objects, arrays and strings without escapes. Anything else is an error with its place. */
    private static final class Parser {
        private final String json;
        private int at;

        Parser(String json) {
            this.json = json;
        }

        ParityList list() {
            Map<String, Row> rows = new LinkedHashMap<>();
            expect('{');
            if (!takes('}')) {
                do {
                    Row row = row();
                    if (rows.put(row.id(), row) != null) {
                        throw error("row " + row.id() + " stands twice");
                    }
                } while (takes(','));
                expect('}');
            }
            skipSpace();
            if (at != json.length()) {
                throw error("text after the end of the object");
            }
            return new ParityList(rows);
        }

        private Row row() {
            String id = string();
            expect(':');
            expect('{');
            String priority = "";
            String about = null;
            List<String> tests = List.of();
            String none = null;
            String note = null;
            do {
                String key = string();
                expect(':');
                switch (key) {
                    case "priority" -> priority = string();
                    case "about" -> about = string();
                    case "tests" -> tests = strings();
                    case "none" -> none = string();
                    case "note" -> note = string();
                    default ->
                        throw error("row " + id + " has a field " + key
                                + "; only priority, about, tests, none and note are known");
                }
            } while (takes(','));
            expect('}');
            if (!id.matches("[A-Z]\\d+|[A-Z]+-[A-Z]?\\d+|GRPC-[A-Z]\\d+\\.\\d+|[a-z-]+: .+")
                    || !priority.matches("P[0-3]")) {
                throw error("row " + id + " with priority '" + priority
                        + "': an id is letters and digits, or a test file and a name; a priority P0 to P3");
            }
            if (none != null && (!REASONS.contains(none) || !tests.isEmpty())) {
                throw error("row " + id + " gives '" + none + "' as its reason for having no test: one of " + REASONS
                        + ", and no tests beside it");
            }
            if (PYTHON_ONLY.equals(none) && (!id.matches("P[XY]-\\d+") || note == null)) {
                throw error("row " + id + " is called " + PYTHON_ONLY
                        + ": rows of the port to Python alone are, with a note that says what they are about");
            }
            if (LEAN_ONLY.equals(none) && (!id.startsWith("GRPC-") || note == null)) {
                throw error("row " + id + " is called " + LEAN_ONLY
                        + ": rows of gRPC alone are, with a note that says what they are about");
            }
            return new Row(id, priority, about, tests, none, note);
        }

        private List<String> strings() {
            List<String> all = new ArrayList<>();
            expect('[');
            if (takes(']')) {
                return all;
            }
            do {
                all.add(string());
            } while (takes(','));
            expect(']');
            return all;
        }

        private String string() {
            expect('"');
            int end = json.indexOf('"', at);
            if (end < 0 || json.substring(at, end).contains("\\")) {
                throw error("a string without end or with an escape");
            }
            String value = json.substring(at, end);
            at = end + 1;
            return value;
        }

        private void expect(char wanted) {
            if (!takes(wanted)) {
                throw error("expected " + wanted);
            }
        }

        private boolean takes(char wanted) {
            skipSpace();
            if (at < json.length() && json.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        private void skipSpace() {
            while (at < json.length() && Character.isWhitespace(json.charAt(at))) {
                at++;
            }
        }

        private IllegalArgumentException error(String what) {
            long line = json.substring(0, Math.min(at, json.length()))
                            .chars()
                            .filter(c -> c == '\n')
                            .count()
                    + 1;
            return new IllegalArgumentException("parity.json line " + line + ": " + what);
        }
    }
}

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints what surefire's reports below a folder add up to: counts by module, failed tests, and skipped tests under their reasons.
 * Run by ./verify as a single source file, so it needs nothing but a JDK. Exits with 1 when a test failed or none ran.
 */
final class TestSummary {
    private int run;
    private int failed;
    private int skipped;
    private final Map<String, int[]> byModule = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, List<String>> skippedByReason = new TreeMap<>();

    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        TestSummary summary = new TestSummary();
        for (Path report : reports(root)) {
            summary.add(root.relativize(report.getParent().getParent().getParent()).toString(), report);
        }
        summary.print();
        System.exit(summary.run > 0 && summary.failed == 0 ? 0 : 1);
    }

    private static List<Path> reports(Path root) throws IOException {
        try (Stream<Path> all = Files.find(root, 5, (path, attributes) -> isReport(path))) {
            return all.sorted().toList();
        }
    }

    private static boolean isReport(Path path) {
        Path folder = path.getParent();
        return folder != null
                && folder.endsWith("target/surefire-reports")
                && path.getFileName().toString().matches("TEST-.*\\.xml");
    }

    private void add(String module, Path report) throws Exception {
        NodeList cases = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        int[] counts = byModule.computeIfAbsent(module, none -> new int[3]);
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            String name = test.getAttribute("classname") + "." + test.getAttribute("name");
            run++;
            counts[0]++;
            Element broken = first(test, "failure") != null ? first(test, "failure") : first(test, "error");
            Element skip = first(test, "skipped");
            if (broken != null) {
                failed++;
                counts[1]++;
                failures.add(name + "\n        " + reason(broken));
            } else if (skip != null) {
                skipped++;
                counts[2]++;
                skippedByReason.computeIfAbsent(reason(skip), none -> new ArrayList<>()).add(name);
            }
        }
    }

    private void print() {
        System.out.println("tests by module                run  failed skipped");
        byModule.forEach((module, counts) -> System.out.printf("  %-26s %5d %7d %7d%n", module, counts[0], counts[1], counts[2]));
        if (!skippedByReason.isEmpty()) {
            System.out.println("SKIPPED, by reason:");
            skippedByReason.forEach((reason, tests) -> {
                System.out.printf("  %d x %s%n", tests.size(), reason);
                tests.forEach(test -> System.out.println("      " + test));
            });
        }
        if (!failures.isEmpty()) {
            System.out.println("FAILED:");
            failures.forEach(failure -> System.out.println("    " + failure));
        }
        System.out.printf("%d tests: %d passed, %d failed, %d skipped%n", run, run - failed - skipped, failed, skipped);
    }

    private static Element first(Element test, String child) {
        NodeList found = test.getElementsByTagName(child);
        return found.getLength() == 0 ? null : (Element) found.item(0);
    }

    /** The message in one line, without the stack trace and the name of JUnit's exception. */
    private static String reason(Element outcome) {
        String text = outcome.getAttribute("message");
        if (text.isBlank()) {
            text = outcome.getTextContent();
        }
        StringBuilder oneLine = new StringBuilder();
        for (String line : text.split("\n")) {
            if (line.startsWith("\tat ")) {
                break;
            }
            oneLine.append(line.strip()).append(' ');
        }
        String reason = oneLine.toString()
                .replaceFirst("^org\\.opentest4j\\.TestAbortedException:?\\s*", "")
                .replaceFirst("^Assumption failed:\\s*", "")
                .strip();
        return reason.isEmpty() ? "no reason given" : shortened(reason);
    }

    /** The beginning and the end, where what was expected and what came stand. */
    private static String shortened(String reason) {
        int most = 2_000;
        return reason.length() <= most
                ? reason
                : reason.substring(0, most / 2) + " ... " + reason.substring(reason.length() - most / 2);
    }
}

package dev.capstan.capnpc.breaking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What was found so far. */
final class Report {
    private final List<Finding> findings = new ArrayList<>();

    void breaking(Rule rule, Location location, String text) {
        findings.add(new Finding(rule, Level.BREAKING, location, text));
    }

    void sourceOnly(Rule rule, Location location, String text) {
        findings.add(new Finding(rule, Level.SOURCE_ONLY, location, text));
    }

    /** In the order of the sources, each once. */
    List<Finding> findings() {
        return findings.stream()
                .distinct()
                .sorted(Comparator.comparing(
                                (Finding finding) -> finding.location().file())
                        .thenComparing(finding -> finding.location().isInBase())
                        .thenComparingInt(finding -> finding.location().startByte())
                        .thenComparing(Finding::rule)
                        .thenComparing(Finding::text))
                .toList();
    }
}

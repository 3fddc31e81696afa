package dev.capstan.maven;

import dev.capstan.capnpc.breaking.Finding;
import dev.capstan.capnpc.breaking.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Changes that were made on purpose: {@code type-changed} for all of a rule, {@code type-changed Person.name} for one declaration and what is inside.
 */
record Allowed(List<String> entries) {
    /** What is wrong with the entries, in words; empty if nothing is. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (String entry : entries) {
            if (Stream.of(Rule.values()).noneMatch(rule -> rule.id().equals(rule(entry)))) {
                problems.add("There is no rule \"" + rule(entry) + "\". The rules are: "
                        + Stream.of(Rule.values()).map(Rule::id).collect(Collectors.joining(", ")) + ".");
            }
        }
        return problems;
    }

    boolean covers(Finding finding) {
        String declaration = finding.location().declaration();
        return entries.stream().anyMatch(entry -> {
            String where = entry.strip().substring(rule(entry).length()).strip();
            return rule(entry).equals(finding.rule().id())
                    && (where.isEmpty() || declaration.equals(where) || declaration.startsWith(where + "."));
        });
    }

    private static String rule(String entry) {
        return entry.strip().split("\\s", 2)[0];
    }
}

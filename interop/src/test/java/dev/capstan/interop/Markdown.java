package dev.capstan.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a page of documentation promises and a machine can check.
 *
 * <p>Code: a fenced block in a language that we compile names its source in the line before it and repeats it word for word, so the
 * reader sees code that the build has compiled and a test has run:
 *
 * <pre>{@code
 * <!-- from interop/src/test/java/dev/capstan/interop/readme/Greeter.java#server -->
 * }</pre>
 *
 * The part after {@code #} is a region of that file, between lines with {@code // snippet server} and {@code // end snippet} (in
 * schemas {@code # snippet server}, in XML the same as a comment); without it the block is the whole file. Indentation that all lines share is dropped.
 *
 * <p>Links: a relative link leads to a file or folder of the tree, and its anchor to a heading there.
 */
final class Markdown {
    private static final Set<String> COMPILED =
            Set.of("java", "capnp", "c++", "cpp", "ts", "typescript", "js", "javascript", "proto", "xml", "html");
    private static final Pattern SOURCE = Pattern.compile("<!-- from ([^\\s#]+)(?:#(\\S+))? -->");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
    private static final Pattern SNIPPET = Pattern.compile("\\s*(?://|#|<!--) snippet (\\S+)\\s*(?:-->)?\\s*");
    private static final Pattern END_SNIPPET = Pattern.compile("\\s*(?://|#|<!--) end snippet\\s*(?:-->)?\\s*");

    private final Path page;
    private final Path root;
    private final List<String> lines;

    Markdown(Path root, Path page) {
        this.root = root;
        this.page = page;
        this.lines = SourceTree.text(page).lines().toList();
    }

    /** Pages in the root and in {@code docs}, the README of each module, and of the examples that are builds of their own. */
    static List<Markdown> pages(SourceTree tree) {
        List<Path> pages = new ArrayList<>();
        for (String name : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
            pages.add(tree.root().resolve(name));
        }
        pages.addAll(SourceTree.filesEndingWith(tree.root().resolve("docs"), ".md"));
        for (SourceTree.Module module : tree.modules()) {
            pages.add(module.folder().resolve("README.md"));
        }
        pages.add(tree.root().resolve("examples/maven/README.md"));
        pages.add(tree.root().resolve("examples/maven-grpc/README.md"));
        return pages.stream()
                .filter(Files::exists)
                .map(page -> new Markdown(tree.root(), page))
                .toList();
    }

    List<String> codeProblems() {
        List<String> problems = new ArrayList<>();
        for (int at = 0; at < lines.size(); at++) {
            if (!lines.get(at).startsWith("```")) {
                continue;
            }
            int begin = at + 1;
            String language = lines.get(at).substring(3).strip();
            at = endOfBlock(begin);
            if (COMPILED.contains(language)) {
                codeProblem(begin, String.join("\n", lines.subList(begin, at))).ifPresent(problems::add);
            }
        }
        return problems;
    }

    private Optional<String> codeProblem(int begin, String shown) {
        Matcher source = SOURCE.matcher(begin >= 2 ? lines.get(begin - 2) : "");
        if (!source.matches()) {
            return Optional.of(place(begin)
                    + " shows code without saying where it is compiled; put <!-- from FILE#REGION --> before it");
        }
        Path file = root.resolve(source.group(1));
        if (!Files.isRegularFile(file)) {
            return Optional.of(place(begin) + " shows code from " + source.group(1) + ", which does not exist");
        }
        Optional<String> compiled = region(SourceTree.text(file), source.group(2));
        if (compiled.isEmpty()) {
            return Optional.of(place(begin) + " shows region " + source.group(2) + " of " + source.group(1)
                    + ", which has no such region");
        }
        return compiled.get().equals(shown)
                ? Optional.empty()
                : Optional.of(place(begin) + " differs from " + source.group(1) + "; it must be\n" + compiled.get());
    }

    /** The lines of a region without their common indentation; the whole text without a region. */
    static Optional<String> region(String text, @Nullable String name) {
        List<String> all = text.lines().toList();
        if (name == null) {
            return Optional.of(String.join("\n", all));
        }
        List<String> inside = new ArrayList<>();
        boolean open = false;
        for (String line : all) {
            Matcher begin = SNIPPET.matcher(line);
            if (!open) {
                open = begin.matches() && begin.group(1).equals(name);
            } else if (END_SNIPPET.matcher(line).matches()) {
                return Optional.of(String.join("\n", inside).stripIndent());
            } else {
                inside.add(line);
            }
        }
        return Optional.empty();
    }

    List<String> linkProblems() {
        List<String> problems = new ArrayList<>();
        for (int at = 0; at < lines.size(); at++) {
            if (lines.get(at).startsWith("```")) {
                at = endOfBlock(at + 1);
                continue;
            }
            Matcher link = LINK.matcher(lines.get(at));
            while (link.find()) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*") && !leadsSomewhere(target)) {
                    problems.add(place(at + 1) + " links to " + target + ", which leads nowhere");
                }
            }
        }
        return problems;
    }

    private boolean leadsSomewhere(String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? page : page.resolveSibling(path);
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0 || !file.toString().endsWith(".md") || anchors(file).contains(target.substring(hash + 1));
    }

    /** As the usual renderers make them: lower case, blanks to hyphens, other punctuation dropped. */
    private static Set<String> anchors(Path file) {
        return SourceTree.text(file)
                .lines()
                .map(HEADING::matcher)
                .filter(Matcher::matches)
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private int endOfBlock(int begin) {
        int end = begin;
        while (end < lines.size() && !lines.get(end).startsWith("```")) {
            end++;
        }
        return end;
    }

    private String place(int line) {
        return root.relativize(page) + ":" + line;
    }
}

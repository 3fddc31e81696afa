package dev.capstan.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What must hold for the files that npm reads and writes: they say which packages are used and what is in them (their hashes), and not where one machine has downloaded
 * them from. Each folder with a {@code package.json} has a lockfile, and an {@code .npmrc} that keeps npm from writing addresses into it.
 */
final class NpmFiles {
    private static final String SETTING = "omit-lockfile-registry-resolved=true";
    private static final Set<String> LOCKFILES = Set.of("package-lock.json", "npm-shrinkwrap.json");
    private static final Set<String> FOREIGN = Set.of("yarn.lock", "pnpm-lock.yaml");
    private static final Set<String> LEFT_OUT = Set.of("target", "node_modules", "dist", ".git", ".capstan");

    private static final Pattern RESOLVED = Pattern.compile("\"resolved\"\\s*:\\s*\"[a-z+]+://");
    private static final Pattern REGISTRY = Pattern.compile("\"(registry|tarball|publishConfig)\"\\s*:");
    private static final Pattern DOWNLOAD =
            Pattern.compile("\"(?:https?|git|git\\+[a-z]+|file|ssh)://?[^\"]*\\.(?:tgz|tar\\.gz|git)[^\"]*\"");
    private static final Pattern SETTING_OF_REGISTRY =
            Pattern.compile("(?m)^\\s*(?:@[^:]+:)?registry\\s*=|_auth|//[^/]+/:");

    private NpmFiles() {}

    /** Everything below {@code root} that is wrong. */
    static List<String> problems(Path root) {
        List<String> problems = new ArrayList<>();
        for (Path file : files(root)) {
            String name = Objects.requireNonNull(file.getFileName()).toString();
            String shown = root.relativize(file).toString();
            if (FOREIGN.contains(name)) {
                problems.add(shown + " holds download addresses and is not npm's: use package-lock.json");
            } else if (LOCKFILES.contains(name) || name.equals("package.json")) {
                addresses(shown, SourceTree.text(file), problems);
            } else if (SETTING_OF_REGISTRY.matcher(SourceTree.text(file)).find()) {
                problems.add(shown + " names a registry or a secret of one, which is for the user's own .npmrc");
            }
            if (name.equals("package.json")) {
                companions(file, shown, problems);
            }
        }
        return problems;
    }

    private static void addresses(String shown, String text, List<String> problems) {
        List<String> lines = text.lines().toList();
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            if (Stream.of(RESOLVED, REGISTRY, DOWNLOAD)
                    .anyMatch(pattern -> pattern.matcher(line).find())) {
                problems.add(shown + ":" + (at + 1) + " says where a package is downloaded: " + line.strip()
                        + " (delete the lockfile and node_modules, then run npm install --" + SETTING + ")");
            }
        }
    }

    private static void companions(Path file, String shown, List<String> problems) {
        if (!Files.exists(file.resolveSibling("package-lock.json"))) {
            problems.add(shown + " has no package-lock.json beside it, which pins what is installed");
        }
        Path settings = file.resolveSibling(".npmrc");
        if (!Files.exists(settings)
                || SourceTree.text(settings).lines().map(String::strip).noneMatch(SETTING::equals)) {
            problems.add(shown + " has no .npmrc with " + SETTING + " beside it");
        }
    }

    private static List<Path> files(Path root) {
        return SourceTree.filesOutside(root, LEFT_OUT, NpmFiles::isOfNpm);
    }

    private static boolean isOfNpm(Path file) {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        return LOCKFILES.contains(name)
                || FOREIGN.contains(name)
                || name.equals("package.json")
                || name.equals(".npmrc");
    }
}

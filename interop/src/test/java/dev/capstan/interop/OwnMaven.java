package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Maven as a user has it, offline, with a local repository that is made of what this build has compiled of Capstan's modules. All else in that repository are links to the local
 * repository of this build.
 */
final class OwnMaven {
    static final String VERSION = "0.1.0-SNAPSHOT";

    private final Path repository;

    /**
     * Makes the repository at {@code repository}.
     *
     * @param modules folders of modules by their artifacts; none for the parent, which has no classes
     */
    OwnMaven(Path repository, Map<String, String> modules) throws IOException {
        this.repository = repository;
        fillRepository(modules);
    }

    Path repository() {
        return repository;
    }

    /** Why there is no Maven here; nothing if there is. */
    static String missing() {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "mvn")));
        return there ? "" : "no mvn on the PATH; on Debian: apt-get install maven";
    }

    /** What Maven said, and whether it succeeded. */
    record Run(int exitCode, List<String> output) {
        List<String> errors() {
            return output.stream().filter(line -> line.startsWith("[ERROR]")).toList();
        }

        Run succeeded() {
            assertEquals(0, exitCode, this::toString);
            return this;
        }

        Run failed() {
            assertTrue(exitCode != 0, this::toString);
            assertFalse(output.stream().anyMatch(line -> line.startsWith("\tat ")), this::toString);
            return this;
        }

        boolean says(String text) {
            return output.stream().anyMatch(line -> line.contains(text));
        }

        @Override
        public String toString() {
            return String.join("\n", output);
        }
    }

    private void fillRepository(Map<String, String> modules) throws IOException {
        String given = System.getProperty("maven.repo.local", System.getProperty("localRepository"));
        Path local = given == null ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(given);
        link(local, repository, Set.of("dev", "org"));
        // Real folders, so that nothing is written through a link into the local repository of this build.
        link(local.resolve("dev"), repository.resolve("dev"), Set.of("capstan"));
        link(local.resolve("org"), repository.resolve("org"), Set.of("example"));
        for (Map.Entry<String, String> module : modules.entrySet()) {
            Path home = Program.ROOT.resolve(module.getValue());
            Path target = repository.resolve("dev/capstan/" + module.getKey() + "/" + VERSION);
            Files.createDirectories(target);
            String name = module.getKey() + "-" + VERSION;
            Files.copy(home.resolve("pom.xml"), target.resolve(name + ".pom"));
            if (!module.getValue().isEmpty()) {
                jar(target.resolve(name + ".jar"), home.resolve("target/classes"));
            }
        }
    }

    private static void link(Path from, Path to, Set<String> butFor) throws IOException {
        Files.createDirectories(to);
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> children = Files.list(from)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                if (!butFor.contains(child.getFileName().toString())) {
                    Files.createSymbolicLink(to.resolve(child.getFileName()), child);
                }
            }
        }
    }

    static void jar(Path jar, Path classes) {
        try (Program tool = Program.start(
                Path.of(System.getProperty("java.home"), "bin", "jar").toString(),
                "--create",
                "--file",
                jar.toString(),
                "-C",
                classes.toString(),
                ".")) {
            assertEquals(0, tool.exitCode(), tool::toString);
        }
    }

    /** Runs it in the folder {@code where}. */
    Run run(Path where, String... arguments) {
        List<String> command = Stream.concat(
                        Stream.of("mvn", "-B", "-o", "-Dstyle.color=never", "-Dmaven.repo.local=" + repository),
                        Stream.of(arguments))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Runs of a few seconds are over before the better compiler pays.
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment().remove("MAVEN_ARGS");
        try (Program maven = Program.start(builder)) {
            return new Run(maven.exitCode(), maven.output());
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> all = Files.walk(tree)) {
                for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(path);
                }
            }
        }
    }

    /** Maven's own plugin {@code name}, in the version that this build uses. */
    static String plugin(String name) {
        return "org.apache.maven.plugins:maven-" + name + "-plugin:"
                + versions(Program.ROOT.resolve("pom.xml")).get(name + ".plugin.version");
    }

    /** The versions that {@code pom} names as properties are those of this build. */
    static void assertSameVersions(Path pom) {
        Map<String, String> own = versions(pom);
        Map<String, String> root = versions(Program.ROOT.resolve("pom.xml"));
        own.forEach((name, version) ->
                assertEquals(name.equals("capstan.version") ? VERSION : root.get(name), version, name));
        assertFalse(own.isEmpty());
    }

    private static Map<String, String> versions(Path pom) {
        return Pattern.compile("<([a-z.]+\\.version)>([^<]+)</")
                .matcher(SourceTree.text(pom))
                .results()
                .collect(Collectors.toMap((MatchResult found) -> found.group(1), found -> found.group(2)));
    }
}

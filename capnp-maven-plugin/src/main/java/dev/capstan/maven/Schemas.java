package dev.capstan.maven;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/** Which files of a folder are schemas to be compiled. */
final class Schemas {
    static final List<String> ALL = List.of("**/*.capnp");

    private Schemas() {}

    /**
     * Paths relative to the folder, with {@code /} between their parts, in order; none if there is no such folder.
     *
     * @param includes patterns as Maven has them, {@code **} standing for any number of folders
     */
    static List<String> in(Path folder, List<String> includes, List<String> excludes) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return among(
                    files.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString().replace(File.separatorChar, '/'))
                            .sorted()
                            .toList(),
                    includes,
                    excludes);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Those of the paths that are schemas, in their order. */
    static List<String> among(List<String> paths, List<String> includes, List<String> excludes) {
        List<PathMatcher> wanted = matchers(includes.isEmpty() ? ALL : includes);
        List<PathMatcher> unwanted = matchers(excludes);
        return paths.stream()
                .filter(path -> matches(wanted, Path.of(path)) && !matches(unwanted, Path.of(path)))
                .toList();
    }

    private static boolean matches(List<PathMatcher> patterns, Path path) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(path));
    }

    /** Unlike Maven's, a pattern of the JDK with two stars and a slash wants at least one folder. */
    private static List<PathMatcher> matchers(List<String> patterns) {
        return patterns.stream()
                .flatMap(pattern ->
                        pattern.startsWith("**/") ? Stream.of(pattern, pattern.substring(3)) : Stream.of(pattern))
                .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
                .toList();
    }
}

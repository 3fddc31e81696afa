package dev.capstan.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tree of sources and build results that the tests run in. Modules come from the root pom, so a module that joins later is
 * seen without a change here.
 */
final class SourceTree {
    private static final Pattern MODULE = Pattern.compile("<module>\\s*([^<]+?)\\s*</module>");

    private final Path root;
    private final List<Module> modules;

    private SourceTree(Path root, List<Module> modules) {
        this.root = root;
        this.modules = modules;
    }

    /** A Maven module: {@code name} is its folder relative to the root, such as {@code examples/calculator}. */
    record Module(String name, Path folder) {
        Path classes() {
            return folder.resolve("target/classes");
        }

        Path testClasses() {
            return folder.resolve("target/test-classes");
        }

        Path testReports() {
            return folder.resolve("target/surefire-reports");
        }
    }

    /** The tree around the working directory, which Maven sets to the module under test and an IDE perhaps to the root. */
    static SourceTree here() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("capstan")) || !Files.exists(folder.resolve("pom.xml"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no folder above the working directory holds pom.xml and ./capstan; run the tests from "
                                + "inside the source tree");
            }
            folder = parent;
        }
        return at(folder);
    }

    static SourceTree at(Path root) {
        List<Module> modules = MODULE.matcher(text(root.resolve("pom.xml")))
                .results()
                .map((MatchResult found) -> new Module(found.group(1), root.resolve(found.group(1))))
                .toList();
        return new SourceTree(root, modules);
    }

    Path root() {
        return root;
    }

    List<Module> modules() {
        return modules;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException cannotRead) {
            throw new UncheckedIOException(cannotRead);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException cannotRead) {
            throw new UncheckedIOException(cannotRead);
        }
    }

    /** Files below {@code folder} that satisfy {@code wanted}, in a fixed order; none when there is no such folder. */
    static List<Path> files(Path folder, Predicate<Path> wanted) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).filter(wanted).sorted().toList();
        } catch (IOException cannotRead) {
            throw new UncheckedIOException(cannotRead);
        }
    }

    /** As {@link #files}, without what lies in folders of the names {@code leftOut}. */
    static List<Path> filesOutside(Path folder, Set<String> leftOut, Predicate<Path> wanted) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
                    return !each.equals(folder)
                                    && leftOut.contains(each.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
                    if (wanted.test(each)) {
                        found.add(each);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException cannotRead) {
            throw new UncheckedIOException(cannotRead);
        }
        return found.stream().sorted().toList();
    }

    static List<Path> filesEndingWith(Path folder, String suffix) {
        return files(folder, file -> file.getFileName().toString().endsWith(suffix));
    }
}

package dev.capstan.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checked-in inputs of a target. Tests run in the folder of their module. */
final class Corpus {
    private static final Path ROOT = Path.of("src/test/corpus");

    /** Schemas of the compiler's own tests, which are inputs of {@link Target#SCHEMA_TEXT} where they lie. */
    private static final Path SCHEMAS = Path.of("../capnpc/src/test/capnp");

    private Corpus() {}

    static Path moreFolder() {
        return SCHEMAS;
    }

    static Path folder(Target target) {
        return ROOT.resolve(target.folder());
    }

    /** Files in a fixed order: those of {@link Seeds}, and those that were found to be of interest, which are called {@code found-...}. */
    static List<Path> files(Target target) throws IOException {
        return files(folder(target));
    }

    /** What belongs to the corpus and is checked in for other tests. */
    static List<Path> more(Target target) throws IOException {
        return target == Target.SCHEMA_TEXT ? files(SCHEMAS) : List.of();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}

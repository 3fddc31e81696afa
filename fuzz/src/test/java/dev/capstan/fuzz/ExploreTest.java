package dev.capstan.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.LongRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Looks for inputs that nobody thought of, led by the coverage that Jazzer measures, in a process of its own for each target. It begins with the corpus and with what
 * earlier runs kept in {@code target/fuzz}.
 *
 * <p>{@code -Dcapstan.fuzz.seconds=N} for each target, {@code -Dcapstan.fuzz.seed=N} for all; the number of inputs that fit the time is not fixed by the seed. An input
 * that fails is kept in {@code target/fuzz/<target>}: copy it to {@code src/test/corpus/<target>/found-<what>}, where {@link ReplayTest} takes it up.
 */
@LongRun
class ExploreTest {
    private static final int SECONDS = Integer.getInteger("capstan.fuzz.seconds", 10);
    private static final long SEED = Long.getLong("capstan.fuzz.seed", System.nanoTime() & Integer.MAX_VALUE);

    private static final int LARGEST_INPUT_BYTES = 4096;
    /** By the clock, on a machine that may be busy: the steps of an operation are what bounds its work. */
    private static final int SLOWEST_INPUT_SECONDS = 120;

    private static final int FOUND = 77;

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void nothing_new_breaks(Target target) throws Exception {
        Path folder = Path.of("target/fuzz", target.folder()).toAbsolutePath();
        Path kept = Files.createDirectories(folder.resolve("corpus"));
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(command(target, folder, kept))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            process.getOutputStream().close();
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        // The log quotes inputs, which need not be text.
        List<String> lines =
                Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
        assertTrue(process.exitValue() != FOUND, () -> found(target, folder, lines));
        assertEquals(0, process.exitValue(), () -> "Jazzer failed, see " + log + "\n" + tail(lines));
        System.out.println("fuzz " + target + ": -Dcapstan.fuzz.seed=" + SEED + " "
                + lines.stream().filter(line -> line.contains("DONE")).collect(Collectors.joining()));
    }

    private static List<String> command(Target target, Path folder, Path kept) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dcapstan.fuzz.target=" + target.name(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                classPath(),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerEntry.class.getName(),
                "--instrumentation_includes=dev.capstan.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + SECONDS,
                "-seed=" + SEED,
                "-max_len=" + LARGEST_INPUT_BYTES,
                "-timeout=" + SLOWEST_INPUT_SECONDS,
                kept.toString(),
                Corpus.folder(target).toAbsolutePath().toString()));
        if (!Corpus.more(target).isEmpty()) {
            command.add(Corpus.moreFolder().toAbsolutePath().toString());
        }
        return command;
    }

    /** Surefire may put the class path into the manifest of a jar; then it says here what it is. */
    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(java.io.File.pathSeparator, -1))
                .map(each -> Path.of(each).toAbsolutePath().toString())
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private static String found(Target target, Path folder, List<String> lines) {
        return target + " breaks (-Dcapstan.fuzz.seed=" + SEED + "); the input is in " + folder
                + ": copy it to src/test/corpus/" + target.folder() + "/found-<what>\n"
                + lines.stream()
                        .dropWhile(line -> !line.contains("== Java Exception"))
                        .takeWhile(line -> !line.contains("libFuzzer crashing input"))
                        .collect(Collectors.joining("\n"))
                + Stream.of(lines)
                        .flatMap(List::stream)
                        .filter(line -> line.contains("Test unit written to"))
                        .collect(Collectors.joining("\n", "\n", ""));
    }

    private static String tail(List<String> lines) {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }
}

package dev.capstan.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was once found to be of interest stays decoded or refused, at bounded cost. */
class ReplayTest {
    /** {@code -Dcapstan.fuzz.write=true} writes the first inputs instead of comparing them. */
    private static final boolean WRITE = Boolean.getBoolean("capstan.fuzz.write");

    private static final int MUTATIONS = Integer.getInteger("capstan.fuzz.mutations", 1_000);
    private static final int LARGEST_CORPUS_BYTES = 24 << 10;

    private final Oracle oracle = new Oracle();

    @ParameterizedTest
    @EnumSource
    void the_corpus_begins_with_what_the_fixtures_give(Target target) throws IOException {
        Map<String, byte[]> seeds = Seeds.of(target);
        Path folder = Corpus.folder(target);
        if (WRITE) {
            Files.createDirectories(folder);
            for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
                Files.write(folder.resolve(seed.getKey()), seed.getValue());
            }
        }
        long bytes = 0;
        for (Path file : Corpus.files(target)) {
            bytes += Files.size(file);
        }
        assertTrue(bytes <= LARGEST_CORPUS_BYTES, target + " has " + bytes + " bytes");
        for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
            assertArrayEquals(seed.getValue(), Files.readAllBytes(folder.resolve(seed.getKey())), seed.getKey());
        }
        assertEquals(
                seeds.keySet(),
                Corpus.files(target).stream()
                        .map(file -> file.getFileName().toString())
                        .filter(name -> !name.startsWith("found-"))
                        .collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @EnumSource
    void the_corpus_is_decoded_or_refused(Target target) throws IOException {
        List<Path> files = new ArrayList<>(Corpus.files(target));
        files.addAll(Corpus.more(target));
        for (Path file : files) {
            check(target, Files.readAllBytes(file), file.toString());
        }
    }

    /** Without coverage to lead it, so that there is something to run where Jazzer does not. */
    @ParameterizedTest
    @EnumSource
    void so_is_what_is_cut_out_of_it_and_changed_by_chance(Target target) throws IOException {
        List<byte[]> corpus = new ArrayList<>();
        for (Path file : Corpus.files(target)) {
            corpus.add(Files.readAllBytes(file));
        }
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(31L * seed + target.folder().hashCode());
            byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
            for (int i = random.nextInt(4); i >= 0 && input.length > 0; i--) {
                input = mutate(input, corpus.get(random.nextInt(corpus.size())), random);
            }
            check(target, input, "mutation " + seed);
        }
    }

    private void check(Target target, byte[] input, String name) {
        try {
            oracle.check(target, input);
        } catch (AssertionError e) {
            throw new AssertionError(target + ", " + name + ": " + e.getMessage(), e);
        }
    }

    private static byte[] mutate(byte[] input, byte[] other, Random random) {
        int at = random.nextInt(input.length);
        switch (random.nextInt(6)) {
            case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> input[at] = (byte) random.nextInt();
            case 2 -> input[at] += (byte) (random.nextInt(9) - 4);
            case 3 -> {
                return Arrays.copyOf(input, at);
            }
            case 4 -> {
                byte[] shorter = Arrays.copyOf(input, input.length - 1);
                System.arraycopy(input, at + 1, shorter, at, input.length - at - 1);
                return shorter;
            }
            default -> {
                int length = Math.min(1 + random.nextInt(16), Math.min(other.length, input.length - at));
                int from = random.nextInt(other.length - length + 1);
                System.arraycopy(other, from, input, at, length);
            }
        }
        return input;
    }
}

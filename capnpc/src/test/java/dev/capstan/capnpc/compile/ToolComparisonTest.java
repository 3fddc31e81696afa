package dev.capstan.capnpc.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The request is that of the C++ compiler, source info and version stamp apart: the canonical forms are equal byte for byte. */
@ForeignPeer
class ToolComparisonTest {
    private static final Path ROOT = CapnpTool.ROOT;
    private static final Path STANDARD = ROOT.resolve("capnp/src/main/capnp");
    private static final Path CORPUS = ROOT.resolve("capnpc/src/test/capnp/corpus");
    private static final Path INSTALLED = Path.of("/usr/include");
    private static final List<Path> IMPORTS = List.of(
            STANDARD,
            ROOT.resolve("examples/calculator/src/main/capnp"),
            ROOT.resolve("examples/maven/src/main/capnp"),
            ROOT.resolve("interop/src/test/capnp"));

    /** How many random schemas both compilers must accept; {@code -Dcapstan.schemas=N}. */
    private static final int RANDOM = Integer.getInteger("capstan.schemas", 2_000);

    private static final int BATCH = 100;

    @TempDir
    private Path scratch;

    static List<String> repository() throws IOException {
        // A configuration of workerd has no id, and what it imports is not here; what is fuzzed may well be broken.
        return CapnpTool.schemas(ROOT).stream()
                .filter(path -> !path.startsWith("interop/peers/") && !path.startsWith("fuzz/"))
                .toList();
    }

    static List<String> corpus() throws IOException {
        return CapnpTool.schemas(CORPUS);
    }

    static List<String> installed() throws IOException {
        return Files.isDirectory(INSTALLED.resolve("capnp"))
                ? CapnpTool.schemas(INSTALLED.resolve("capnp"))
                : List.of();
    }

    @ParameterizedTest
    @MethodSource("repository")
    void a_schema_of_this_repository_compiles_to_the_same(String path) throws Exception {
        int source = path.indexOf("/capnp/", path.indexOf("/src/"));
        int end = source < 0 ? path.lastIndexOf('/') : source + "/capnp".length();
        CapnpTool.assertSame(ROOT.resolve(path.substring(0, end)), IMPORTS, List.of(path.substring(end + 1)), scratch);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("installed")
    void a_schema_that_comes_with_the_tool_compiles_to_the_same(String path) throws Exception {
        CapnpTool.assertSame(INSTALLED, List.of(INSTALLED), List.of("capnp/" + path), scratch);
    }

    @Test
    void the_corpus_compiles_to_the_same_in_one_run() throws Exception {
        List<String> files = corpus();
        assertTrue(files.size() >= 60, files.size() + " schemas");
        CapnpTool.assertSame(CORPUS, IMPORTS, files, scratch);
        CapnpTool.assertSame(CORPUS, IMPORTS, files.reversed(), scratch);
    }

    @Test
    void random_schemas_compile_to_the_same() throws Exception {
        CapnpTool.assumeIsThere();
        Long only = Long.getLong("capstan.seed");
        long seed = only != null ? only : System.nanoTime() >>> 8;
        System.out.println("random schemas begin with -Dcapstan.seed=" + seed);
        int wanted = RANDOM;
        int accepted = 0;
        int refused = 0;
        List<String> batch = new ArrayList<>();
        for (; accepted < wanted; seed++) {
            String file = "random-" + seed + ".capnp";
            Files.writeString(scratch.resolve(file), SchemaGenerator.schema(seed));
            if (isAmbiguous(file)) {
                refused++;
            } else {
                batch.add(file);
            }
            if (batch.size() == Math.min(BATCH, wanted - accepted)) {
                assertSame(batch);
                accepted += batch.size();
                batch.clear();
            }
        }
        System.out.println(accepted + " random schemas compile to the same, " + refused
                + " have a layout that both compilers refuse");
    }

    /** Unions whose layout was a bug of old compilers are refused by both. */
    private boolean isAmbiguous(String file) throws Exception {
        Compilation ours = CapnpTool.compileOurs(scratch, IMPORTS, List.of(file));
        if (ours.problems().stream().noneMatch(problem -> problem.hint().contains("issues/344"))) {
            return false;
        }
        CapnpTool.Outcome theirs = CapnpTool.compile(scratch, IMPORTS, List.of(file), scratch);
        assertTrue(theirs.errors().contains("issues/344"), file + " is refused by us alone: " + ours.problems());
        return true;
    }

    private void assertSame(List<String> batch) throws Exception {
        if (batch.isEmpty()) {
            return;
        }
        CapnpTool.Outcome theirs = CapnpTool.compile(scratch, IMPORTS, batch, scratch);
        Compilation ours = CapnpTool.compileOurs(scratch, IMPORTS, batch);
        boolean same = theirs.request().size() > 0
                && ours.succeeded()
                && Arrays.equals(
                        CapnpTool.canonical(theirs.request().toByteArray()),
                        CapnpTool.canonical(ours.message().toByteArray()));
        if (!same) {
            // One by one, so that the failure names the seed.
            for (String file : batch) {
                CapnpTool.assertSame(scratch, IMPORTS, List.of(file), scratch);
            }
            throw new AssertionError("the files are equal one by one, but not together: " + batch);
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void comments_belong_to_what_the_tool_says_they_do(String path) throws Exception {
        CapnpTool.Outcome theirs = CapnpTool.compile(CORPUS, IMPORTS, List.of(path), scratch);
        Compilation ours = CapnpTool.compileOurs(CORPUS, IMPORTS, List.of(path));
        assertEquals(
                Comments.of(theirs.request().toByteArray()),
                Comments.of(ours.message().toByteArray()));
    }

    @Test
    void what_both_refuse_is_refused() throws Exception {
        assumeTrue(Files.exists(ROOT.resolve("interop/peers/workerd/config.capnp")));
        Path root = ROOT.resolve("interop/peers/workerd");
        CapnpTool.Outcome theirs = CapnpTool.compile(root, IMPORTS, List.of("config.capnp"), scratch);
        assertEquals(0, theirs.request().size());
        assertFalse(
                CapnpTool.compileOurs(root, IMPORTS, List.of("config.capnp")).succeeded());
    }
}

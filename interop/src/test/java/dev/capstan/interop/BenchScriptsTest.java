package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that measure the gateway and many sessions: what they make of samples, and that they run. */
class BenchScriptsTest {
    @TempDir
    private Path folder;

    private record Ran(int exit, String out, String err) {}

    private Ran run(String... command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .directory(Program.ROOT.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().close();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> String.join(" ", command));
        } finally {
            process.destroyForcibly();
        }
        return new Ran(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private Path samples(String... lines) throws IOException {
        return Files.write(folder.resolve("samples"), List.of(lines));
    }

    /** A sample of three processes in a window of a second. */
    private static String sample(
            String label, int lanes, boolean held, double p50, double perSecond, double client, double gateway) {
        return String.format(
                Locale.ROOT,
                "{\"label\":\"%s\",\"case\":\"add\",\"lanes\":%d,\"held\":%b,\"sessions\":1,\"sec\":1,\"ops\":1000,\"per_s\":%.1f,\"mb_s\":0,\"p50_us\":%.1f,"
                        + "\"p99_us\":99,\"p999_us\":999,\"client_cpu_s\":%.2f,\"other_cpu_s\":%.2f,\"cores\":{\"client\":{\"all\":%.2f,\"thread\":\"java\",\"most\":%.2f},"
                        + "\"gateway\":{\"all\":%.4f,\"thread\":\"gateway\",\"most\":%.2f}}}",
                label,
                lanes,
                held,
                perSecond,
                p50,
                client,
                gateway,
                client,
                client,
                gateway,
                gateway);
    }

    @Test
    void what_a_hop_adds_is_its_median_less_that_of_the_same_call_without_it() throws Exception {
        Path samples = samples(
                sample("capnp-cpp", 1, false, 20, 1, 0, 0),
                sample("capnp-relay-cpp", 1, false, 41, 1, 0, 0),
                sample("web-gateway-cpp", 1, false, 40, 1, 0, 0),
                sample("web-gateway-cpp", 1, false, 47.5, 1, 0, 0),
                sample("web-gateway-cpp", 1, false, 99, 1, 0, 0),
                sample("capnp-cpp", 100, false, 20, 1, 0, 0),
                sample("capnp-relay-cpp", 100, false, 20, 1, 0, 0),
                sample("web-gateway-cpp", 100, false, 20, 1, 0, 0),
                sample("web-gateway-cpp", 100, true, 20, 61_234, 0, 0.004));
        Ran ran = run("python3", "bench/peers/gateway.py", "--table", "--out", samples.toString());
        assertEquals(0, ran.exit(), ran.err());
        assertTrue(
                ran.out()
                        .contains(
                                "| web-gateway-cpp | 47.5 | 20.0 (capnp-cpp) | 27.5 | 21.0 (capnp-relay-cpp) | 6.5 | 61,234 | 4.0 |"),
                ran.out());
    }

    @Test
    void the_bottleneck_is_a_thread_that_had_a_core_to_itself() throws Exception {
        assertEquals("gateway: thread gateway (95%)", bottleneck(0.5, 0.95));
    }

    @Test
    void without_such_a_thread_it_is_the_way_there_and_back() throws Exception {
        assertEquals("the way there and back", bottleneck(0.2, 0.3));
    }

    private String bottleneck(double client, double gateway) throws Exception {
        Path samples = samples(sample("gateway", 1, false, 20, 1, client, gateway));
        Ran ran = run("python3", "bench/load", "--table", "--out", samples.toString());
        assertEquals(0, ran.exit(), ran.err());
        String last = ran.out().lines().reduce((before, line) -> line).orElseThrow();
        String[] cells = last.split("\\|", -1);
        return cells[cells.length - 2].strip();
    }

    @Test
    void many_sessions_are_opened_over_both_wires_and_do_all_that_is_measured() throws Exception {
        assumeTrue(
                Files.exists(Program.ROOT.resolve("bench/target/bench.jar")),
                "bench is not packaged: ./verify does it");
        Ran ran = run("bench/load", "--sessions", "3", "--targets", "capnp,web", "--ms", "100", "--warm-ms", "100");
        assertEquals(0, ran.exit(), ran.err());
        for (String wire : List.of("capnp", "web")) {
            for (String scenario : List.of("add", "chain3", "callback", "stream_64k")) {
                assertTrue(ran.out().contains("| " + wire + " | 3 | " + scenario + " |"), ran.out());
            }
        }
    }
}

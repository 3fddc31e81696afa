package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.gateway.call.Progress;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.Literal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan bench} and {@code completion}, as a user types them. */
class BenchCommandTest {
    @TempDir
    private Path folder;

    private Shelf shelf;
    private Verbs verbs;

    @BeforeEach
    void open() throws Exception {
        shelf = new Shelf(folder);
        verbs = new Verbs(folder);
    }

    @AfterEach
    void close() {
        shelf.close();
    }

    private String bench(String... more) {
        List<String> all = new ArrayList<>(List.of("bench", "capnp://" + shelf.capnp(), "--schema", "api.capnp"));
        all.addAll(List.of(more));
        return verbs.says(all.toArray(String[]::new));
    }

    @Test
    void a_summary_tells_calls_and_percentiles() {
        String said = bench("add", "{\"a\": 1, \"b\": 2}", "-n", "50", "-c", "5", "--connections", "2");
        assertTrue(said.startsWith("add at capnp://127.0.0.1:"), said);
        assertTrue(said.contains(", 5 at once, on 2 connections\n50 calls in "), said);
        assertTrue(said.contains("/s, 0 failed\n"), said);
        assertTrue(said.matches("(?s).*\\n   p50 +[0-9.]+ ms  \\|+\\n.*"), said);
    }

    @Test
    void json_tells_the_same_to_programs() throws Exception {
        String said = bench("getNode.node.depth", "-n", "20", "-O", "json");
        Map<?, ?> numbers = assertInstanceOf(Map.class, Literal.parse(said));
        assertEquals("20", String.valueOf(numbers.get("calls")));
        assertEquals("0", String.valueOf(numbers.get("failed")));
        assertTrue(numbers.get("latencyNanos") instanceof Map<?, ?> nanos && nanos.containsKey("p99.9"), said);
    }

    @Test
    void csv_has_a_row_for_each_percentile() {
        List<String> rows = bench("add(1, 2)", "-n", "20", "-O", "csv").lines().toList();
        assertEquals("percentile,latency_ns,calls", rows.getFirst());
        assertTrue(rows.getLast().startsWith("100.0,") && rows.getLast().endsWith(",20"), rows.toString());
    }

    @Test
    void a_page_has_its_plots_inside_and_runs_nothing() {
        String page = bench("add(1, 2)", "-n", "20", "-O", "html");
        assertTrue(page.startsWith("<!doctype html>"), page);
        assertTrue(page.contains("<polyline "), page);
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("http:"), page);
    }

    @Test
    void a_rate_is_kept_for_a_time() {
        String said = bench("add(1, 2)", "--rps", "100", "-z", "300ms");
        assertTrue(said.contains("100/s were to begin, on 1 connection\n"), said);
        assertTrue(said.contains("30 calls in ") || said.contains("31 calls in "), said);
    }

    @Test
    void failures_are_counted_by_their_reason() {
        int code = verbs.run(
                "",
                "bench",
                "capnp://" + shelf.capnp(),
                "--schema",
                "api.capnp",
                "fail",
                "{\"kind\": \"FAILED\"}",
                "-n",
                "5");
        assertEquals(ExitException.REMOTE_FAILURE, code, verbs::err);
        assertTrue(verbs.out().contains("5 x ") && verbs.out().contains("as you wished"), verbs.out());
    }

    @Test
    void every_wire_is_measured() {
        for (String[] each : new String[][] {
            {"ws://" + shelf.web(), "add", "[1, 2]"},
            {"http://" + shelf.web(), "add", "[1, 2]"},
            {"grpc://" + shelf.grpc(), "grpc.testing.TestService.UnaryCall", "{}"}
        }) {
            String said = verbs.says("bench", each[0], each[1], each[2], "-n", "20", "-c", "4");
            assertTrue(said.contains("20 calls in ") && said.contains(", 0 failed"), said);
        }
    }

    @Test
    void what_cannot_be_is_told() {
        String url = "capnp://" + shelf.capnp();
        verbs.fails(
                ExitException.USAGE, "'xml' is no format", "bench", url, "--schema", "api.capnp", "add", "-O", "xml");
        verbs.fails(
                ExitException.USAGE, "'soon' is no time", "bench", url, "--schema", "api.capnp", "add", "-z", "soon");
        verbs.fails(
                ExitException.USAGE,
                "-n and --connections are at least 1",
                "bench",
                url,
                "--schema",
                "api.capnp",
                "add",
                "-n",
                "0");
    }

    @Test
    void shells_complete_verbs_and_options() {
        String script = verbs.says("completion", "bash");
        assertTrue(script.contains("complete -F") && script.contains("describe"), script);
        assertTrue(script.contains("--cacert"), script);
        assertTrue(verbs.says("completion", "zsh").contains("bashcompinit"), verbs.out());
        assertEquals(ExitException.USAGE, verbs.run("", "completion", "fish"));
    }

    @Test
    void progress_is_told_of_work_of_more_than_two_seconds_and_taken_away() {
        StringWriter told = new StringWriter();
        long[] now = {0};
        Progress progress = new Progress(new PrintWriter(told), "calls", 100, true, () -> now[0]);
        progress.to(10);
        assertEquals("", told.toString());
        now[0] = 2_500_000_000L;
        progress.to(25);
        assertEquals("\r\033[K25 of 100, 8 s left calls, 10/s", told.toString());
        progress.done();
        assertTrue(told.toString().endsWith("\r\033[K"), told.toString());
    }
}

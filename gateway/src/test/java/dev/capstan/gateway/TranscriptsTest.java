package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each verb of the command is typed in a test, which compares what is printed then; and the transcripts that have no better home. */
class TranscriptsTest {
    private static final String PAGE = "../docs/command.md";

    /** Where each verb is typed: a test of this module, or the page whose examples {@link CommandPageTest} runs. */
    private static final Map<String, String> WHERE = Map.ofEntries(
            Map.entry("bench", PAGE),
            Map.entry("calculate", "CompileCommandTest"),
            Map.entry("call", PAGE),
            Map.entry("caps", PAGE),
            Map.entry("compile", "CompileCommandTest"),
            Map.entry("completion", "BenchCommandTest"),
            Map.entry("convert", "compile/ConvertCommandTest"),
            Map.entry("demo", "DemoCommandTest"),
            Map.entry("describe", PAGE),
            Map.entry("doctor", "TranscriptsTest"),
            Map.entry("eval", "compile/ConvertCommandTest"),
            Map.entry("gateway", "listen/GatewayPairsTest"),
            Map.entry("id", "CompileCommandTest"),
            Map.entry("ls", PAGE),
            Map.entry("record", "TraceCommandTest"),
            Map.entry("repl", "TerminalTest"),
            Map.entry("replay", "TraceCommandTest"),
            Map.entry("serve", "ServeCommandTest"),
            Map.entry("trace", "TerminalTest"));

    @TempDir
    private Path folder;

    @Test
    void each_verb_has_a_transcript() throws Exception {
        Map<String, String> missing = new TreeMap<>();
        int known = 0;
        String help = new Verbs(folder).says("--help");
        Matcher verbs = Pattern.compile("(?m)^  ([a-z]+) ").matcher(help.substring(help.indexOf("Commands:")));
        while (verbs.find()) {
            String verb = verbs.group(1);
            known++;
            String where = WHERE.getOrDefault(verb, "no test");
            Path file = Path.of(where.equals(PAGE) ? PAGE : "src/test/java/dev/capstan/gateway/" + where + ".java");
            if (!Files.exists(file)
                    || !Pattern.compile("\"" + verb + "\"|\\./capstan " + verb + "\\b")
                            .matcher(Files.readString(file))
                            .find()) {
                missing.put(verb, where);
            }
        }
        assertEquals(Map.of(), missing);
        assertEquals(WHERE.size(), known, help);
    }

    private void assertDiagnosed(String url, String transcript) {
        String said = new Verbs(folder).says("doctor", url);
        assertEquals(
                transcript,
                said.replaceAll("127\\.0\\.0\\.1:\\d+", "HOST")
                        .replaceAll("[0-9.]+ (ms|us|µs)", "TIME")
                        .replaceAll("Limits\\[.*\\]", "LIMITS"));
    }

    @Test
    void the_doctor_tells_of_each_wire() throws Exception {
        try (Shelf shelf = new Shelf(folder)) {
            assertDiagnosed("capnp://" + shelf.capnp(), """
                    OK    resolve   127.0.0.1 is 127.0.0.1
                    OK    connect   HOST accepts connections
                    OK    protocol  Cap'n Proto RPC: the server gives its bootstrap object
                    WARN  protocol  no --schema was named: whether the bootstrap object is what you think is not checked
                    OK    limits    a message may have 64 MiB here, and 10000 calls may be open; the server does not tell its own limits
                    OK    latency   min TIME, median TIME, max TIME of 20 small calls
                    """);
            assertDiagnosed("ws://" + shelf.web(), """
                    OK    resolve   127.0.0.1 is 127.0.0.1
                    OK    connect   HOST accepts connections
                    OK    protocol  Cap'n Web: the server answers in a session
                    OK    limits    at most LIMITS here; the server does not tell its own limits
                    OK    latency   min TIME, median TIME, max TIME of 20 small calls
                    """);
            assertDiagnosed("grpc://" + shelf.grpc(), """
                    OK    resolve   127.0.0.1 is 127.0.0.1
                    OK    connect   HOST accepts connections
                    OK    protocol  gRPC, 4 services are known
                    WARN  protocol  there is no health service, which balancers and probes ask: serve grpc.health.v1.Health
                    OK    limits    an answer may have 4 MiB here; the server does not tell its own limits
                    OK    latency   min TIME, median TIME, max TIME of 20 small calls
                    """);
        }
    }
}

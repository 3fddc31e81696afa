package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.gateway.options.ExitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan trace}, {@code record} and {@code replay}, as a user types them, between clients and servers of each wire. */
class TraceCommandTest {
    private static final String LISTENING = "Listening at (\\S+) for ";

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

    /** Lines without what differs each time: times, sizes and the ports that the system chose. */
    private static List<String> normal(String out) {
        return out.lines()
                .map(line -> line.replaceAll("^\\d+\\.\\d{6} ", "")
                        .replaceAll(" \\d+ B$", "")
                        .replaceAll("127\\.0\\.0\\.1:\\d+", "HOST"))
                .toList();
    }

    private void callsCapnp(String url) {
        assertEquals(
                "{\"value\":2}\n", verbs.says("call", url, "--schema", "api.capnp", "getNode.node.getNext.node.depth"));
    }

    /** That lines of these patterns are there, in this order. */
    private static void assertShows(String out, String... wanted) {
        List<String> lines = normal(out);
        int at = 0;
        for (String each : wanted) {
            Pattern pattern = Pattern.compile(each);
            while (at < lines.size() && !pattern.matcher(lines.get(at)).matches()) {
                at++;
            }
            assertTrue(at++ < lines.size(), () -> "no '" + each + "' in its place in:\n" + out);
        }
        assertFalse(out.contains("BROKEN"), out);
    }

    private static final String[] CHAIN = {
        "#1 -> capnp bootstrap 0",
        "#1 -> capnp call \\d+ on .*: Api.getNode \\(\\)",
        "#1 -> capnp call \\d+ on .*: Node.getNext \\(\\)",
        "#1 -> capnp call \\d+ on .*: Node.depth \\(\\)",
        "#1 <- capnp return \\d+ Node.depth \\(value = 2\\)"
    };

    @Test
    void a_chain_of_Cap_n_Proto_is_shown_by_names() throws Exception {
        RunningVerb trace = RunningVerb.start(
                folder,
                "trace",
                "--listen",
                "capnp://127.0.0.1:0",
                "--to",
                "capnp://" + shelf.capnp(),
                "--schema",
                "api.capnp",
                "--sessions",
                "1");
        callsCapnp(trace.told(LISTENING));
        assertEquals(0, trace.ended());
        assertShows(trace.out(), CHAIN);
    }

    @Test
    void a_server_alone_is_looked_at_from_a_port_that_is_told() throws Exception {
        RunningVerb trace = RunningVerb.start(
                folder, "trace", "capnp://" + shelf.capnp(), "--schema", "api.capnp", "--sessions", "1");
        callsCapnp(trace.told("Listening at (capnp://127.0.0.1:[1-9]\\d*) for "));
        assertEquals(0, trace.ended());
        assertShows(trace.out(), CHAIN);
    }

    @Test
    void where_clients_or_servers_are_has_to_be_told_once() {
        verbs.fails(
                ExitException.USAGE, "Missing required option: '--to=URL'", "trace", "--listen", "ws://127.0.0.1:0");
        verbs.fails(ExitException.USAGE, "Missing required option: '--listen=URL'", "record", "--to", "ws://h:1", "x");
        verbs.fails(
                ExitException.USAGE, "two servers are named", "trace", "ws://127.0.0.1:1", "--to", "ws://127.0.0.1:2");
    }

    @Test
    void calls_of_Cap_n_Web_over_a_WebSocket_are_shown() throws Exception {
        RunningVerb trace = RunningVerb.start(
                folder, "trace", "--listen", "ws://127.0.0.1:0/", "--to", "ws://" + shelf.web(), "--sessions", "1");
        String at = trace.told(LISTENING);
        assertEquals(
                "2\n",
                verbs.says("call", at.replaceAll("/$", "/rpc"), "-H", "x-token: s3cret", "node().next().depth()"));
        assertEquals(0, trace.ended());
        assertFalse(trace.out().contains("s3cret"), trace.out());
        assertShows(
                trace.out(),
                "#1 -> http request 1 GET /rpc .*x-token: <redacted>.*",
                "#1 <- http response 1 = 101 .*",
                "#1 -> capnweb push 1 on main: node \\(\\)",
                "#1 -> capnweb push 2 on promise 1 of node: next \\(\\)",
                "#1 -> capnweb push 3 on promise 2 of next: depth \\(\\)",
                "#1 <- capnweb resolve 3 depth 2",
                "#1 -> websocket close = .*");
    }

    @Test
    void a_batch_is_shown() throws Exception {
        RunningVerb trace = RunningVerb.start(
                folder,
                "trace",
                "--listen",
                "http://127.0.0.1:0/rpc",
                "--to",
                "http://" + shelf.web(),
                "--sessions",
                "1");
        assertEquals("3\n", verbs.says("call", trace.told(LISTENING), "add", "[1, 2]"));
        assertEquals(0, trace.ended());
        assertShows(trace.out(), "#1 -> capnweb push 1 on main: add \\(1,2\\)", "#1 <- capnweb resolve 1 add 3");
    }

    @Test
    void calls_of_gRPC_are_shown_with_what_reflection_tells() throws Exception {
        RunningVerb trace = RunningVerb.start(
                folder,
                "trace",
                "--listen",
                "grpc://127.0.0.1:0",
                "--to",
                "grpc://" + shelf.grpc(),
                "--reflection",
                "--sessions",
                "1");
        verbs.says(
                "call",
                trace.told(LISTENING),
                "-H",
                "authorization: Bearer s3cret",
                "grpc.testing.TestService.UnaryCall",
                "{\"responseSize\": 2}");
        assertEquals(0, trace.ended());
        assertFalse(trace.out().contains("s3cret"), trace.out());
        String unary = " \\d+ grpc.testing.TestService/UnaryCall";
        assertShows(
                trace.out(),
                "#1 -> grpc call" + unary + ".*authorization: <redacted>.*",
                "#1 -> grpc message" + unary + " \\{\"responseSize\":2\\}",
                "#1 <- grpc message" + unary + " \\{\"payload\":\\{\"body\":<2 bytes>\\}\\}",
                "#1 <- grpc status" + unary + " = OK");
    }

    @Test
    void each_line_may_be_a_JSON_object() throws Exception {
        RunningVerb trace = RunningVerb.start(
                folder,
                "trace",
                "--listen",
                "capnp+unix:" + folder.resolve("s"),
                "--to",
                "capnp://" + shelf.capnp(),
                "--json",
                "--sessions",
                "1");
        trace.told(LISTENING);
        callsCapnp("capnp+unix:" + folder.resolve("s"));
        assertEquals(0, trace.ended());
        String first = trace.out().lines().findFirst().orElse("").replaceAll("\"micros\":\\d+", "\"micros\":0");
        assertEquals(
                "{\"micros\":0,\"session\":1,\"direction\":\"to-server\",\"wire\":\"capnp\",\"kind\":\"bootstrap\",\"id\":\"0\",\"bytes\":48,\"standing\":\"message\"}",
                first);
        assertTrue(trace.out().lines().allMatch(line -> line.startsWith("{") && line.endsWith("}")), trace.out());
    }

    @Test
    void a_server_that_is_not_there_is_told_at_start() {
        verbs.fails(
                ExitException.UNREACHABLE,
                "capstan: ",
                "trace",
                "--listen",
                "capnp://127.0.0.1:0",
                "--to",
                "capnp+unix:" + folder.resolve("nobody"));
    }

    @Test
    void a_schema_that_is_not_there_is_told() {
        verbs.fails(
                ExitException.SCHEMA,
                "there is no file none.capnp",
                "trace",
                "--listen",
                "capnp://127.0.0.1:0",
                "--to",
                "capnp://127.0.0.1:1",
                "--schema",
                "none.capnp");
    }

    @Test
    void what_is_encrypted_from_end_to_end_is_refused_with_the_reason() {
        verbs.fails(
                ExitException.USAGE,
                "clients connect without TLS",
                "trace",
                "--listen",
                "wss://127.0.0.1:1",
                "--to",
                "ws://127.0.0.1:1");
        verbs.fails(
                ExitException.USAGE,
                "WebTransport is encrypted from end to end",
                "trace",
                "--listen",
                "ws://127.0.0.1:1",
                "--to",
                "wt://127.0.0.1:1");
    }

    // ---- captures

    private String recorded(String listen, String to) throws Exception {
        RunningVerb record =
                RunningVerb.start(folder, "record", "--listen", listen, "--to", to, "--sessions", "1", "a.capture");
        String at = record.told(LISTENING);
        if (listen.startsWith("capnp")) {
            callsCapnp(at);
        } else if (listen.startsWith("ws")) {
            assertEquals("2\n", verbs.says("call", at.replaceAll("/$", "/rpc"), "node().next().depth()"));
        } else {
            verbs.says("call", at, "grpc.testing.TestService.UnaryCall", "{\"responseSize\": 2}");
        }
        assertEquals(0, record.ended());
        return "a.capture";
    }

    @Test
    void a_capture_shows_what_trace_would_have_shown() throws Exception {
        String capture = recorded("capnp://127.0.0.1:0", "capnp://" + shelf.capnp());
        assertShows(verbs.says("replay", capture, "--schema", "api.capnp"), CHAIN);
    }

    @Test
    void only_its_owner_reads_a_capture() throws Exception {
        String capture = recorded("capnp://127.0.0.1:0", "capnp://" + shelf.capnp());
        assertEquals(
                "[OWNER_READ, OWNER_WRITE]",
                Files.getPosixFilePermissions(folder.resolve(capture)).stream()
                        .sorted()
                        .toList()
                        .toString());
    }

    @Test
    void a_capture_takes_no_file_s_place() throws IOException {
        Files.writeString(folder.resolve("mine"), "precious");
        verbs.fails(
                ExitException.USAGE,
                "there is a file mine already",
                "record",
                "--listen",
                "capnp://127.0.0.1:0",
                "--to",
                "capnp://127.0.0.1:1",
                "mine");
        assertEquals("precious", Files.readString(folder.resolve("mine")));
    }

    @Test
    void played_against_the_same_server_a_capture_of_Cap_n_Proto_finds_no_difference() throws Exception {
        String server = "capnp://" + shelf.capnp();
        String capture = recorded("capnp://127.0.0.1:0", server);
        assertTrue(
                verbs.says("replay", capture, "--to", server)
                        .matches("#1 \\d+ messages of the server compared by structure: the same\n"),
                verbs.out());
    }

    @Test
    void played_against_the_same_server_a_capture_of_a_WebSocket_finds_no_difference() throws Exception {
        String server = "ws://" + shelf.web();
        String capture = recorded("ws://127.0.0.1:0/", server);
        assertTrue(
                verbs.says("replay", capture, "--to", server)
                        .matches("#1 \\d+ messages of the server compared by structure: the same\n"),
                verbs.out());
    }

    @Test
    void played_against_the_same_server_a_capture_of_gRPC_finds_no_difference() throws Exception {
        String server = "grpc://" + shelf.grpc();
        String capture = recorded("grpc://127.0.0.1:0", server);
        assertTrue(
                verbs.says("replay", capture, "--to", server)
                        .matches("#1 \\d+ messages of the server compared by structure: the same\n"),
                verbs.out());
    }

    @Test
    void played_against_another_server_the_differences_are_told() throws Exception {
        String capture = recorded("ws://127.0.0.1:0/", "ws://" + shelf.web());
        String other = shelf.http(shelf.net.network(), dev.capstan.net.http.HttpRoutes.none())
                .address()
                .toString();
        assertEquals(
                ExitException.REMOTE_FAILURE, verbs.run("", "replay", capture, "--to", "ws://" + other), verbs::err);
        assertTrue(
                verbs.out().contains("changed: <- http response 1 = 101  to: <- http response 1 = 404"), verbs.out());
    }

    @Test
    void a_server_that_says_less_is_waited_for_until_the_deadline() throws Exception {
        String capture = recorded("capnp://127.0.0.1:0", "capnp://" + shelf.capnp());
        Network.Listener silent = shelf.net
                .network()
                .listen(new Address.Tcp("127.0.0.1", 0), stream -> {})
                .await();
        assertEquals(
                ExitException.DEADLINE,
                verbs.run("", "replay", capture, "--to", "capnp://" + silent.address(), "--timeout", "0.2"),
                verbs::err);
        assertTrue(verbs.out().contains("; the server took too long, the rest was not played"), verbs.out());
        assertTrue(verbs.out().contains("\n  missing: <- capnp return 0 bootstrap"), verbs.out());
    }

    @Test
    void a_server_that_is_not_there_cannot_be_played_against() throws Exception {
        String capture = recorded("capnp://127.0.0.1:0", "capnp://" + shelf.capnp());
        verbs.fails(
                ExitException.UNREACHABLE,
                "nobody",
                "replay",
                capture,
                "--to",
                "capnp+unix:" + folder.resolve("nobody"));
    }

    @Test
    void a_capture_that_was_cut_off_is_shown_up_to_there() throws Exception {
        String capture = recorded("capnp://127.0.0.1:0", "capnp://" + shelf.capnp());
        byte[] whole = Files.readAllBytes(folder.resolve(capture));
        Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 5));
        assertEquals(0, verbs.run("", "replay", "cut"));
        assertTrue(verbs.out().contains("-> capnp bootstrap 0"), verbs.out());
        assertTrue(verbs.err().contains("ends inside a record"), verbs.err());
    }

    @Test
    void what_is_no_capture_is_told() throws IOException {
        Files.writeString(folder.resolve("text"), "something else");
        verbs.fails(ExitException.USAGE, "text: this is no capture", "replay", "text");
        verbs.fails(ExitException.USAGE, "there is no file none", "replay", "none");
    }

    @Test
    void a_gateway_that_debugs_shows_both_sides() throws Exception {
        RunningVerb gateway = RunningVerb.start(
                folder,
                "gateway",
                "--listen",
                "ws://127.0.0.1:0/",
                "--to",
                "capnp://" + shelf.capnp(),
                "--schema",
                "api.capnp",
                "--debug");
        String at = gateway.said("at (ws://\\S+) ");
        assertEquals("{\"c\":3}\n", verbs.says("call", at, "add", "[{\"a\": 1, \"b\": 2}]"));
        gateway.interrupt();
        assertShows(
                gateway.err(),
                "#\\d+ -> capnweb push 1 on main: add \\(\\{\"a\":1,\"b\":2\\}\\)",
                "#\\d+ -> capnp call \\d+ on .*: Api.add \\(a = 1, b = 2\\)",
                "#\\d+ <- capnp return \\d+ Api.add \\(c = 3\\)",
                "#\\d+ <- capnweb resolve 1 add \\{\"c\":3\\}");
    }
}

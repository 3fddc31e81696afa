package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The npm package capnweb on Node calls a C++ server on libcapnp through the gateway. */
@ForeignPeer
final class GatewayTest {
    private static final Pattern FRAME = Pattern.compile(".* (->|<-) capnp (?:call|return) .* (\\w+\\.\\w+) .*");

    /** What the program said of each thing that it has tried. */
    private static Map<String, String> said(String program, String url) {
        ForeignPrograms.make("interop/peers/node/install.sh");
        try (Program node = Program.start("node", ForeignPrograms.path("interop/target/node/" + program), url)) {
            assertEquals(0, node.exitCode(), node::toString);
            Map<String, String> lines = new LinkedHashMap<>();
            for (String line : node.output()) {
                int end = line.indexOf("\",");
                lines.put(line.substring(2, end), line.substring(end + 2, line.length() - 1));
            }
            return lines;
        }
    }

    private static void assertAllWell(Map<String, String> said) {
        assertEquals("{\"depth\":{\"depth\":1},\"sum\":{\"sum\":90}}", said.get("page"));
        assertEquals("{\"got\":{\"depth\":1},\"roundTrips\":\"><\"}", said.get("chain"));
        assertEquals("{\"sum\":90}", said.get("function as callback"));
        assertEquals("{\"sum\":90}", said.get("object as callback"));
        assertEquals("{\"sum\":135}", said.get("object of functions as callback"));
        assertTrue(String.valueOf(said.get("callback that throws")).contains("too far"), said::toString);
        for (String kind : List.of("overloaded", "disconnected", "unimplemented")) {
            String failure = String.valueOf(said.get(kind));
            assertTrue(failure.contains("on purpose") && failure.contains("\"kind\":\"" + kind + "\""), failure);
        }
        assertTrue(String.valueOf(said.get("failed")).contains("on purpose"), said::toString);
        assertEquals(
                "{\"failed\":\"TypeError\",\"message\":\"fail.kind: 'tired' is no FailureKind; there are [failed, overloaded, disconnected, unimplemented]\"}",
                said.get("unknown enumerant"));
        assertEquals("{\"number\":7}", said.get("unions, groups and promises as arguments"));
        assertEquals("{\"number\":1024}", said.get("a function in a union"));
        assertEquals("{\"id\":\"9223372036854775809n\"}", said.get("a bigint"));
        assertEquals("{\"m\":5,\"calls\":1}", said.get("what comes home"));
        assertEquals("{\"held\":3,\"released\":true}", said.get("disposing"));
        assertEquals("true", said.get("cancelling"));
        assertEquals("[{\"id\":7},{\"id\":8}]", said.get("map"));
        assertEquals("{\"depth\":2}", said.get("batch"));
        assertEquals("0", said.get("tables"));
    }

    @Test
    void node_calls_a_cpp_server_and_three_dependent_calls_are_one_round_trip_on_each_leg() {
        InterfaceSchema peer = new SchemaLoader().load(dev.capstan.interop.schema.Peer.TYPE);
        try (Program server = ForeignPrograms.cppServer("--stdin", "--port", "0");
                JavaClient client = new JavaClient(Transport.AUTO, Address.parse(server.address()))) {
            Bridge[] bridge = new Bridge[1];
            HttpServer http = client.inOneTurn(() -> {
                bridge[0] = new Bridge(client.net.loop(), Limits.DEFAULT);
                WebServer web = new WebServer(
                        client.net.loop(),
                        visitor -> Promise.of(bridge[0].toWeb(peer, client.connection.bootstrap())),
                        Options.DEFAULT,
                        Access.SAME_HOST);
                return HttpServer.listen(
                        client.net.loop(),
                        client.net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        web.routes("/"),
                        dev.capstan.net.Limits.Http.DEFAULT);
            });
            assertAllWell(said("gateway.mjs", "ws://" + http.address() + "/"));
            List<String> log = client.inOneTurn(() -> Promise.of(new ArrayList<>(client.tap.log())));
            int chain = log.indexOf(">CALL") + 1;
            while (!log.subList(chain, chain + 4).equals(List.of(">CALL", ">CALL", ">CALL", "flush"))) {
                chain++;
            }
            assertTrue(log.get(chain + 4).startsWith("<"), () -> log.toString());
            client.roundTrip();
            assertEquals(0, client.<Integer>inOneTurn(() -> Promise.of(bridge[0].size())));
            client.inOneTurn(() -> {
                http.close();
                return Promise.of(true);
            });
        }
    }

    /** The command, told what to do in the folder of a schema. */
    private static Program gateway(String folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.capstan.gateway.Main",
                "gateway"));
        command.addAll(List.of(arguments));
        return Program.start(new ProcessBuilder(command)
                .directory(Program.ROOT.resolve(folder).toFile()));
    }

    private static String url(Program gateway) {
        String line = gateway.line(text -> text.startsWith("Cap'n Web clients call "));
        return line.substring(line.indexOf("ws://"), line.indexOf(" and, "));
    }

    @Test
    void the_command_serves_node_from_a_cpp_server() {
        try (Program server = ForeignPrograms.cppServer("--stdin", "--port", "0");
                Program gateway = gateway(
                        "interop/src/test/gateway",
                        "--listen",
                        "ws://127.0.0.1:0/rpc",
                        "--to",
                        "capnp://" + server.address(),
                        "--schema",
                        "streams.capnp",
                        "-I",
                        "../capnp",
                        "-I",
                        ForeignPrograms.path("examples/calculator/src/main/capnp"),
                        "--interface",
                        "StreamingPeer")) {
            String url = url(gateway);
            assertTrue(url.endsWith("/rpc"), url);
            assertAllWell(said("gateway.mjs", url));
            assertEquals(
                    Map.of(
                            "read", "{\"bytes\":4194304,\"chunks\":64,\"wrong\":0}",
                            "written", "{\"received\":4194304,\"ended\":1}",
                            "live", "0"),
                    said("streams.mjs", url));
        }
    }

    @Test
    void two_urls_and_a_schema_are_a_bridge_to_a_cpp_server() {
        try (Program server = Program.start(ForeignPrograms.cpp("bench-server"), "--port", "0");
                Program gateway = gateway(
                        "bench/src/main/capnp",
                        "--listen",
                        "ws://127.0.0.1:0/",
                        "--to",
                        "capnp://127.0.0.1:" + server.address(),
                        "--schema",
                        "bench.capnp",
                        "--debug")) {
            assertEquals(
                    Map.of(
                            "add", "{\"c\":3}",
                            "add what is not safe", "{\"c\":\"4611686018427387906n\"}",
                            "depth", "{\"value\":1}",
                            "round trips", "\"><\"",
                            "echo", "[1,2,255]",
                            "callback", "{\"sum\":90}",
                            "stream", "{\"bytes\":100000,\"chunks\":100}",
                            "live", "0"),
                    said("bench.mjs", url(gateway)));
            gateway.line(text -> text.contains("<- capnp return") && text.contains("Node.depth"));
            assertEquals(
                    List.of("-> Bench.getNode", "-> Node.getNext", "-> Node.depth", "<- Bench.getNode"),
                    gateway.output().stream()
                            .map(FRAME::matcher)
                            .filter(Matcher::matches)
                            .map(frame -> frame.group(1) + " " + frame.group(2))
                            .dropWhile(frame -> !frame.equals("-> Bench.getNode"))
                            .limit(4)
                            .toList());
        }
    }
}

package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.ForeignPeer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The gateway between gRPC and the other wires, with peers that are not ours at both ends. */
@ForeignPeer
final class GrpcGatewayTest {
    private static Program python(String program, String... arguments) {
        ForeignPrograms.make("interop/peers/python/install.sh");
        List<String> command =
                new ArrayList<>(List.of("/usr/bin/python3", ForeignPrograms.path("interop/target/python/" + program)));
        command.addAll(List.of(arguments));
        return Program.start(command);
    }

    private static Program gateway(String... arguments) {
        List<String> all = new ArrayList<>(List.of("gateway"));
        all.addAll(List.of(arguments));
        return capstan(all.toArray(String[]::new));
    }

    /** Where a gateway says that it listens: a URL that begins with {@code scheme}. */
    private static String listening(Program gateway, String scheme) {
        String line = gateway.line(text -> text.contains(" clients call "));
        String url = line.substring(line.indexOf(scheme));
        return url.substring(0, Math.min(url.indexOf(';'), (url + " ").indexOf(' ')));
    }

    private static Program capstan(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.capstan.gateway.Main"));
        command.addAll(List.of(arguments));
        return Program.start(command);
    }

    /** What a program has said of each thing that it has tried: lines of a name and what came of it. */
    private static Map<String, String> told(Program program) {
        assertEquals(0, program.exitCode(), program::toString);
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : program.output()) {
            int end = line.indexOf("\",");
            lines.put(line.substring(2, end), line.substring(end + 2, line.length() - 1));
        }
        return lines;
    }

    @Test
    void the_command_serves_node_from_a_python_server() {
        ForeignPrograms.make("interop/peers/node/install.sh");
        try (Program server = python("greeter.py");
                Program gateway = gateway(
                        "--listen",
                        "ws://127.0.0.1:0/rpc",
                        "--to",
                        "grpc://" + server.address(),
                        "--proto-set",
                        "interop/target/python/greeter.pb")) {
            String url = listening(gateway, "ws://");
            try (Program node = Program.start("node", ForeignPrograms.path("interop/target/node/greeter.mjs"), url)) {
                Map<String, String> said = told(node);
                assertEquals(
                        "{\"text\":\"hello Ada\",\"together\":{\"text\":\"hello Ada and Bob\"}}", said.get("page"));
                assertEquals("{\"text\":\"hello hello Ada\"}", said.get("what is not there yet in a message"));
                assertEquals("[\"hello 0\",\"hello 1\",\"hello 2\"]", said.get("stream of the server"));
                assertEquals("[\"hello Ada\",\"hello Bob\",true]", said.get("streams both ways"));
                assertEquals("{\"text\":\"hello Ada and Bob and Cleo\"}", said.get("stream of the page"));
                assertEquals("{\"text\":\"hello Node, True\"}", said.get("metadata"));
                assertEquals(
                        "{\"failed\":\"Error\",\"message\":\"nobody is called so\",\"code\":\"NOT_FOUND\"}",
                        said.get("status"));
                assertEquals(
                        "{\"failed\":\"TypeError\",\"message\":\"greet.text: expected a string, not the number 5\"}",
                        said.get("wrong"));
                assertEquals("true", said.get("cancelling"));
            }
        }
    }

    @Test
    void python_calls_a_cpp_server_through_the_command() {
        try (Program server = ForeignPrograms.cppServer("--stdin", "--port", "0")) {
            ForeignPrograms.make("interop/peers/python/install.sh");
            try (Program gateway = gateway(
                    "--listen",
                    "grpc://127.0.0.1:0",
                    "--to",
                    "capnp://" + server.address(),
                    "--schema",
                    "interop/src/test/capnp/probe.capnp",
                    "-I",
                    "capnp/src/main/capnp",
                    "-I",
                    "examples/calculator/src/main/capnp",
                    "--interface",
                    "Peer",
                    "--proto-set",
                    "interop/target/python/probe.pb")) {
                String at = listening(gateway, "grpc://").substring("grpc://".length());
                try (Program client = python("probe.py", at)) {
                    Map<String, String> said = told(client);
                    assertEquals("[0,0,0]", said.get("counts"));
                    assertEquals("0", said.get("tokens"));
                    assertEquals("[]", said.get("kept"));
                    assertEquals("0", said.get("let go"));
                    Map<String, String> codes = Map.of(
                            "failed", "INTERNAL",
                            "overloaded", "RESOURCE_EXHAUSTED",
                            "disconnected", "UNAVAILABLE",
                            "unimplemented", "UNIMPLEMENTED");
                    codes.forEach((kind, code) -> {
                        String failure = String.valueOf(said.get(kind));
                        assertTrue(failure.startsWith("[\"" + code + "\",") && failure.contains("on purpose"), failure);
                    });
                    String unknown = String.valueOf(said.get("unknown"));
                    assertTrue(unknown.contains("fail.kind: 77 is no probe.FailureKind that both sides know"), unknown);
                }
            }
        }
    }

    @Test
    void gateways_in_a_row_lead_from_cap_n_proto_to_grpc_to_cap_n_web_and_to_a_python_server() {
        try (Program server = python("greeter.py");
                Program toWeb = gateway(
                        "--listen",
                        "ws://127.0.0.1:0/",
                        "--to",
                        "grpc://" + server.address(),
                        "--proto-set",
                        "interop/target/python/greeter.pb");
                Program toGrpc = gateway(
                        "--listen",
                        "grpc://127.0.0.1:0",
                        "--to",
                        listening(toWeb, "ws://"),
                        "--proto-set",
                        "interop/target/python/greeter.pb");
                Program toCapnp = gateway(
                        "--listen",
                        "capnp://127.0.0.1:0",
                        "--to",
                        listening(toGrpc, "grpc://"),
                        "--schema",
                        "interop/src/test/gateway/greeter.capnp",
                        "--interface",
                        "Greeter")) {
            String at = listening(toCapnp, "capnp://");
            List<String> call = List.of(
                    "call",
                    at,
                    "greet",
                    "--schema",
                    "interop/src/test/gateway/greeter.capnp",
                    "--interface",
                    "Greeter");
            try (Program well = capstan(with(call, "{\"text\": \"Ada\"}"));
                    Program wrong = capstan(with(call, "{\"text\": \"nobody\"}"))) {
                assertEquals(0, well.exitCode(), well::toString);
                assertTrue(String.join("", well.output()).contains("hello Ada"), well::toString);
                assertEquals(3, wrong.exitCode(), wrong::toString);
                assertTrue(String.join("", wrong.output()).contains("nobody is called so"), wrong::toString);
            }
        }
    }

    @Test
    void python_streams_through_gateways_to_cap_n_web_and_back_to_a_python_server() {
        try (Program server = python("greeter.py");
                Program toWeb = gateway(
                        "--listen",
                        "ws://127.0.0.1:0/",
                        "--to",
                        "grpc://" + server.address(),
                        "--proto-set",
                        "interop/target/python/greeter.pb");
                Program toGrpc = gateway(
                        "--listen",
                        "grpc://127.0.0.1:0",
                        "--to",
                        listening(toWeb, "ws://"),
                        "--proto-set",
                        "interop/target/python/greeter.pb");
                Program client =
                        python("talker.py", listening(toGrpc, "grpc://").substring("grpc://".length()))) {
            assertEquals(
                    Map.of(
                            "one", "\"hello Ada\"",
                            "stream of the server", "[\"hello 0\",\"hello 1\",\"hello 2\"]",
                            "stream of the client", "\"hello Ada and Bob and Cleo\"",
                            "streams both ways", "[\"hello Ada\",\"hello Bob\"]"),
                    told(client));
        }
    }

    private static String[] with(List<String> command, String more) {
        List<String> all = new ArrayList<>(command);
        all.add(3, more);
        return all.toArray(String[]::new);
    }

    @Test
    void a_server_that_does_not_tell_its_schemas_is_told_with_what_to_do() {
        try (Program server = python("greeter.py");
                Program gateway = gateway("--listen", "ws://127.0.0.1:0/", "--to", "grpc://" + server.address())) {
            assertEquals(5, gateway.exitCode());
            assertTrue(gateway.output().getLast().contains("does not tell its schemas"), gateway::toString);
        }
    }
}

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
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.capstan.gateway.Main",
                "gateway"));
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
            String line = gateway.line(text -> text.startsWith("Cap'n Web clients call guide.Greeter at "));
            String url = line.substring(line.indexOf("ws://"), line.indexOf(" and, "));
            try (Program node = Program.start("node", ForeignPrograms.path("interop/target/node/greeter.mjs"), url)) {
                Map<String, String> said = told(node);
                assertEquals(
                        "{\"text\":\"hello Ada\",\"together\":{\"text\":\"hello Ada and Bob\"}}", said.get("page"));
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
    void a_server_that_does_not_tell_its_schemas_is_told_with_what_to_do() {
        try (Program server = python("greeter.py");
                Program gateway =
                        gateway("--listen", "ws://127.0.0.1:0/", "--to", "grpc://" + server.address())) {
            assertEquals(3, gateway.exitCode());
            assertTrue(gateway.output().getLast().contains("does not tell its schemas"), gateway::toString);
        }
    }
}

package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.testkit.ForeignPeer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan repl} and {@code capstan trace} on a terminal: what is typed, and all that can be seen then. */
@ForeignPeer
class TerminalTest {
    private static final String PROMPT = "capstan>";

    @TempDir
    private Path folder;

    private Shelf shelf;
    private Tmux tmux;

    @BeforeEach
    void open() throws Exception {
        shelf = new Shelf(folder);
        tmux = Tmux.open(folder);
    }

    @AfterEach
    void close() throws Exception {
        if (tmux != null) {
            tmux.close();
        }
        shelf.close();
    }

    private void assertSeen(String server, String transcript) throws Exception {
        assertEquals(transcript.strip(), String.join("\n", tmux.screen()).replace(server, "HOST"));
    }

    @Test
    void variables_and_pipelining_are_seen_while_one_types() throws Exception {
        String server = shelf.capnp();
        tmux.say("./capstan repl capnp://" + server + " --schema api.capnp", PROMPT);
        tmux.say("n = getNode().node", PROMPT);
        tmux.say("n.getNext().node.depth()", PROMPT);
        tmux.say("vars", PROMPT);
        tmux.say("release n", PROMPT);
        tmux.say("n.depth()", PROMPT);
        tmux.say("fail({kind: 'OVERLOADED'})", PROMPT);
        tmux.say("exit", "$");
        assertSeen(server, """
                $ ./capstan repl capnp://HOST --schema api.capnp
                capstan> n = getNode().node
                n: Node
                  [1 call, nothing waited for]
                capstan> n.getNext().node.depth()
                {"value":2}
                  [2 calls, 1 round trip]
                capstan> vars
                n: Node
                capstan> release n
                capstan> n.depth()
                error: There is no method 'n' of Api. It has add, getNode, openSink, fill, fail, sleep, people, isSame, maybe.
                capstan> fail({kind: 'OVERLOADED'})
                failed (overloaded): remote exception: as you wished
                  [1 call, 1 round trip]
                capstan> exit
                $
                """);
    }

    @Test
    void tab_completes_and_the_last_line_comes_back() throws Exception {
        String server = shelf.capnp();
        tmux.say("./capstan repl capnp://" + server + " --schema api.capnp", PROMPT);
        tmux.type("n = getN");
        tmux.press("Tab");
        tmux.line("n = getNode(");
        tmux.say(").node", PROMPT);
        tmux.press("Up");
        tmux.until(screen -> screen.getLast().equals("capstan> n = getNode().node"));
        tmux.say(".getNext().node", PROMPT);
        tmux.type("n.d");
        tmux.press("Tab");
        tmux.line("n.depth(");
        tmux.say(")", PROMPT);
        tmux.press("C-d");
        tmux.until(screen -> screen.getLast().equals("$"));
        assertSeen(server, """
                $ ./capstan repl capnp://HOST --schema api.capnp
                capstan> n = getNode().node
                n: Node
                  [1 call, nothing waited for]
                capstan> n = getNode().node.getNext().node
                n: Node
                  [2 calls, nothing waited for]
                capstan> n.depth()
                {"value":2}
                  [1 call, 1 round trip]
                capstan>
                $
                """);
    }

    /** The frames in one direction, since the two pass one another, that have {@code part} in them, as a trace in the terminal shows them; without times, sizes and numbers that depend on time. */
    private static List<String> frames(List<String> screen, String direction, String part) {
        return screen.stream()
                .filter(line -> line.matches("\\d+\\.\\d{6} #1 " + direction + " .*\\d+ B") && line.contains(part))
                .map(line -> line.replaceAll("^\\S+ #1 .. | \\d+ B$", "")
                        .replaceAll(" \\d+ (on \\w+ [0-9.]+( of \\S+)?: |(?=\\w+\\.\\w))|\\[export \\d+\\] ", " ")
                        .replaceAll("grpc-java-netty/\\S+;", "grpc-java-netty;")
                        .replaceAll(" +", " "))
                .map(line -> line.replaceAll("127\\.0\\.0\\.1:\\d+", "HOST")
                        .replaceAll("(sec-websocket-\\w+): \\S+==?", "$1: KEY"))
                .toList();
    }

    /** Traces one call in the terminal, until Ctrl-C, and gives what was seen. */
    private List<String> traced(String command, String answer, String... call) throws Exception {
        tmux.type(command);
        tmux.press("Enter");
        String line = tmux.line("Listening at ");
        String[] words = call.clone();
        words[1] = line.substring("Listening at ".length(), line.indexOf(" for "));
        assertEquals(answer, new Verbs(folder).says(words));
        // A client that has its answer may be gone before the server's goodbye has reached it, which its system tells
        // as a reset.
        tmux.line(" -> connection ");
        tmux.line(" <- connection ");
        tmux.press("C-c");
        return tmux.until(screen -> screen.getLast().equals("^C$"));
    }

    @Test
    void frames_of_Cap_n_Proto_are_seen_as_they_pass() throws Exception {
        List<String> seen = traced(
                "./capstan trace --listen capnp://127.0.0.1:0 --to capnp://" + shelf.capnp() + " --schema api.capnp",
                "{\"value\":2}\n",
                "call",
                "URL",
                "--schema",
                "api.capnp",
                "getNode.node.getNext.node.depth");
        assertEquals(
                List.of("capnp call Api.getNode ()", "capnp call Node.getNext ()", "capnp call Node.depth ()"),
                frames(seen, "->", " call "));
        // What the client has let go of by then may be returned without results.
        assertEquals(List.of("capnp return Node.depth (value = 2)"), frames(seen, "<-", "Node.depth"));
    }

    @Test
    void frames_of_Cap_n_Web_are_seen_as_they_pass() throws Exception {
        List<String> seen = traced(
                "./capstan trace --listen ws://127.0.0.1:0/rpc --to ws://" + shelf.web(),
                "3\n",
                "call",
                "URL",
                "add",
                "[1, 2]");
        assertEquals("""
                http request 1 GET /rpc host: HOST; upgrade: websocket; connection: Upgrade; sec-websocket-version: 13; sec-websocket-key: KEY
                capnweb push 1 on main: add (1,2)
                capnweb pull 1 add
                capnweb release 1 add count 1
                websocket close = 3000 RPC session was shut down by disposing the main stub
                """.strip(), String.join("\n", frames(seen, "->", "")));
        assertEquals("""
                http response 1 = 101 upgrade: websocket; connection: Upgrade; sec-websocket-accept: KEY
                capnweb resolve 1 add 3
                """.strip(), String.join("\n", frames(seen, "<-", "").subList(0, 2)));
    }

    @Test
    void frames_of_gRPC_are_seen_as_they_pass() throws Exception {
        List<String> seen = traced(
                "./capstan trace --listen grpc://127.0.0.1:0 --to grpc://" + shelf.grpc() + " --reflection",
                "{\"payload\":{\"body\":\"AAA=\"}}\n",
                "call",
                "URL",
                "grpc.testing.TestService.UnaryCall",
                "{\"responseSize\": 2}");
        assertEquals("""
                grpc call grpc.testing.TestService/UnaryCall user-agent: grpc-java-netty; grpc-accept-encoding: gzip,deflate
                grpc message grpc.testing.TestService/UnaryCall {"responseSize":2}
                """.strip(), String.join("\n", frames(seen, "->", "UnaryCall")));
        assertEquals("""
                grpc headers grpc.testing.TestService/UnaryCall = 200 grpc-accept-encoding: deflate,gzip
                grpc message grpc.testing.TestService/UnaryCall {"payload":{"body":<2 bytes>}}
                grpc status grpc.testing.TestService/UnaryCall = OK
                """.strip(), String.join("\n", frames(seen, "<-", "UnaryCall")));
    }
}

package dev.capstan.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.gateway.Shelf;
import dev.capstan.gateway.Verbs;
import dev.capstan.gateway.dial.CapnpRemote;
import dev.capstan.gateway.dial.Patience;
import dev.capstan.gateway.dial.Remote;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.net.NetLoop;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan repl}, from a pipe. */
class ReplCommandTest {
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

    private String capnp(String typed) {
        return verbs.answers(typed, "repl", "capnp://" + shelf.capnp(), "--schema", "api.capnp");
    }

    @Test
    void variables_hold_objects_and_calls_go_ahead_of_results() {
        assertEquals("""
                n: Node
                  [1 call, nothing waited for]
                {"value":2}
                  [2 calls, 1 round trip]
                {"value":1}
                  [1 call, 1 round trip]
                n: Node
                """, capnp("""
                        # a comment
                        n = getNode().node
                        n.getNext().node.depth()

                        n.depth()
                        vars
                        """));
    }

    @Test
    void what_has_to_be_looked_at_first_is_waited_for() {
        assertEquals("{\"value\":9}\n  [2 calls, 2 round trips]\n", capnp("maybe(true).one.node.depth()\n"));
    }

    @Test
    void a_variable_is_an_argument() {
        assertEquals("""
                n: Node
                  [1 call, nothing waited for]
                m: Node
                  [1 call, nothing waited for]
                {"same":true}
                  [1 call, 1 round trip]
                {"same":false}
                  [1 call, 1 round trip]
                """, capnp("n = getNode().node\nm = getNode().node\nisSame(n, n)\nisSame({a: n, b: m})\n"));
    }

    @Test
    void a_result_is_kept_and_looked_into() {
        assertEquals("""
                p: a value
                  [1 call, nothing waited for]
                "Bob"
                  [0 calls, 1 round trip]
                "Ann"
                {"value":5}
                  [1 call, 1 round trip]
                """, capnp("p = people().list\np[1].name\np[0].name\np[1].node.depth()\n"));
    }

    @Test
    void what_is_released_is_gone() {
        assertEquals(
                ExitException.REMOTE_FAILURE,
                verbs.run(
                        "n = getNode().node\nrelease n\nvars\nrelease n\nexit\nadd(1, 2)\n",
                        "repl",
                        "capnp://" + shelf.capnp(),
                        "--schema",
                        "api.capnp"));
        assertEquals(
                "n: Node\n  [1 call, nothing waited for]\nerror: There is no variable 'n'. `vars` lists them.\n",
                verbs.out());
        assertEquals("capstan: 1 of the statements failed.\n", verbs.err());
    }

    @Test
    void a_failure_is_told_and_the_next_statement_goes_on() {
        assertEquals(
                ExitException.REMOTE_FAILURE,
                verbs.run(
                        "fail({kind: 'OVERLOADED'})\nadd(x)\nadd(1, 2)\n",
                        "repl",
                        "capnp://" + shelf.capnp(),
                        "--schema",
                        "api.capnp"));
        assertEquals("""
                failed (overloaded): remote exception: as you wished
                  [1 call, 1 round trip]
                error: There is no variable 'x'. Write strings with quotes.
                {"c":"3"}
                  [1 call, 1 round trip]
                """, verbs.out());
    }

    @Test
    void help_and_definitions_are_there() {
        String said = capnp("help\nls\ndescribe Kind\n");
        assertTrue(said.startsWith("PATH            call and print"), said);
        assertTrue(said.contains("interface Api\n"), said);
        assertTrue(said.contains("  mobile @0;\n"), said);
    }

    @Test
    void cap_n_web_is_the_same_without_a_schema() {
        assertEquals(
                """
                n: a stub
                  [2 calls, nothing waited for]
                4
                  [3 calls, 1 round trip]
                "1.2"
                  [0 calls, 1 round trip]
                [{"$object":"stub"},null]
                  [1 call, 1 round trip]
                """,
                verbs.answers(
                        "n = node().next()\nn.next().next().depth()\nversion\nsame(n, null)\n",
                        "repl",
                        "ws://" + shelf.web()));
    }

    @Test
    void grpc_calls_are_statements_and_answers_values() {
        assertEquals("""
                a: grpc.testing.SimpleResponse
                  [1 call, nothing waited for]
                "AAA="
                  [0 calls, 1 round trip]
                {"payload":{"body":"AAA="}}
                  [1 call, 1 round trip]
                """, verbs.answers("""
                        a = grpc.testing.TestService.UnaryCall({responseSize: 2})
                        a.payload.body
                        grpc.testing.TestService.StreamingOutputCall({responseParameters: [{size: 2}]})
                        """, "repl", "grpc://" + shelf.grpc()));
    }

    @Test
    void words_are_completed_from_the_schema_without_a_call() throws Exception {
        LoadedSchema schema = shelf.schema();
        NetLoop net = shelf.net;
        Vat vat = Vat.on(net.loop()).build();
        Peer peer = vat.connect(net.network(), Address.parse(shelf.capnp())).await();
        try (Remote remote = new CapnpRemote(
                        vat, peer, schema, schema.interfaceType("Api"), new Patience(net.loop(), null), line -> {});
                Repl repl = new Repl(remote, line -> {})) {
            assertEquals(List.of("getNode("), repl.completions("getN"));
            assertEquals(List.of("getNode().node"), repl.completions("getNode().n"));
            assertEquals(
                    List.of("getNode().node.getNext(", "getNode().node.depth("), repl.completions("getNode().node."));
            assertEquals(
                    List.of("people().list[0].name", "people().list[0].node"), repl.completions("people().list[0].n"));
            assertEquals(List.of(), repl.completions("nothing.x"));
            repl.run("mine = getNode().node");
            assertEquals(List.of("mine", "maybe("), repl.completions("m"));
            assertEquals(List.of("x = mine.getNext("), repl.completions("x = mine.g"));
            assertEquals(List.of("isSame({a: mine"), repl.completions("isSame({a: m"));
            assertEquals(List.of("x = add({a: 1, b: 2}).c"), repl.completions("x = add({a: 1, b: 2})."));
            assertEquals(List.of("mine.getNext("), repl.completions("mine.g"));
            assertEquals("", remote.tally().take(), "nothing was called");
        }
    }
}

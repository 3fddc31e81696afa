package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code capstan gateway}, as a user types it wrongly; that it serves is shown by {@code GatewayTest} of the module interop. */
class GatewayCommandTest {
    private static final String SCHEMA = """
            @0xb8f1d6c2a3e40795;
            struct NoInterface { x @0 :Int32; }
            interface First { get @0 (); }
            interface Second { then @0 (); }
            """;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) throws IOException {
        Files.writeString(folder.resolve("a.capnp"), SCHEMA);
        Files.writeString(folder.resolve("none.capnp"), "@0xb8f1d6c2a3e40796;\nstruct Alone {}\n");
        return Main.run(
                folder,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private int gateway(String listen, String to, String... more) throws IOException {
        String[] args = new String[5 + more.length];
        args[0] = "gateway";
        args[1] = "--listen";
        args[2] = listen;
        args[3] = "--to";
        args[4] = to;
        System.arraycopy(more, 0, args, 5, more.length);
        return run(args);
    }

    private void assertSays(String text) {
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains(text), said);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_server_that_is_not_there_is_told_at_start() throws IOException {
        assertEquals(
                ExitException.UNREACHABLE,
                gateway("ws://127.0.0.1:0/", "capnp+unix:" + folder.resolve("nobody.sock"), "--schema", "a.capnp"));
        assertSays("no Cap'n Proto server at capnp+unix:" + folder.resolve("nobody.sock"));
    }

    @Test
    void a_server_that_refuses_connections_is_told_at_start() throws IOException {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = closed.getLocalPort();
        }
        assertEquals(
                ExitException.UNREACHABLE,
                gateway("ws://127.0.0.1:0/", "capnp://127.0.0.1:" + free, "--schema", "a.capnp"));
        assertSays("no Cap'n Proto server at capnp://127.0.0.1:" + free);
    }

    @Test
    void a_port_that_is_taken_is_told() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertEquals(
                    ExitException.UNREACHABLE,
                    gateway(
                            "ws://127.0.0.1:" + port + "/",
                            "capnp://127.0.0.1:" + server.getLocalPort(),
                            "--schema",
                            "a.capnp"));
            assertSays("cannot listen at ws://127.0.0.1:" + port + "/: ");
        }
    }

    @Test
    void what_is_no_url_is_told_with_what_would_be() throws IOException {
        assertEquals(ExitException.USAGE, gateway("127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "a.capnp"));
        assertSays("--listen: '127.0.0.1:0' is no URL that is known here: write capnp://host:port");
    }

    @ParameterizedTest
    @CsvSource({
        "ws://127.0.0.1:0, ws://127.0.0.1:1, no gateway leads from Cap'n Web to Cap'n Web",
        "grpc://127.0.0.1:0, grpc://127.0.0.1:1, no gateway leads from gRPC to gRPC",
        "capnp://127.0.0.1:0, http://127.0.0.1:1, a batch is over with its answer",
    })
    void a_pair_that_makes_no_sense_is_refused_with_those_that_do(String listen, String to, String why)
            throws IOException {
        assertEquals(ExitException.USAGE, gateway(listen, to, "--schema", "a.capnp"));
        assertSays("--listen " + listen);
        assertSays(why);
        assertSays("There are gateways from each of Cap'n Web, Cap'n Proto and gRPC to the other two");
    }

    @ParameterizedTest
    @CsvSource({"-1", "1001"})
    void a_time_to_look_for_input_that_makes_no_sense_is_refused(int micros) throws IOException {
        assertEquals(
                ExitException.USAGE,
                gateway("ws://127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "a.capnp", "--spin", "" + micros));
        assertSays("--spin: " + micros + " is not from 0 to 1000 microseconds");
    }

    @Test
    void a_url_with_tls_wants_a_certificate() throws Exception {
        try (NetLoop net = NetLoop.open("upstream", Transport.AUTO);
                Vat vat = Vat.on(net.loop()).build();
                Network.Listener server = vat.listen(net.network(), new Address.Tcp("127.0.0.1", 0))
                        .await()) {
            assertEquals(
                    ExitException.SCHEMA,
                    gateway("wss://127.0.0.1:0/", "capnp://" + server.address(), "--schema", "a.capnp"));
            assertSays("wss://127.0.0.1:0/ needs a certificate: --listen-cert FILE and --listen-key FILE");
        }
    }

    @Test
    void an_interface_that_is_not_declared_is_told() throws IOException {
        assertEquals(
                ExitException.SCHEMA,
                gateway("ws://127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "a.capnp", "--interface", "Third"));
        assertSays("'Third' is not declared in a.capnp. Declared are: NoInterface, First, Second.");
    }

    @Test
    void a_struct_is_no_interface() throws IOException {
        assertEquals(
                ExitException.SCHEMA,
                gateway(
                        "ws://127.0.0.1:0",
                        "capnp://127.0.0.1:1",
                        "--schema",
                        "a.capnp",
                        "--interface",
                        "NoInterface"));
        assertSays("'NoInterface' is no interface");
    }

    @Test
    void a_file_without_interfaces_is_told() throws IOException {
        assertEquals(
                ExitException.SCHEMA, gateway("ws://127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "none.capnp"));
        assertSays("none.capnp declares no interface. Declared are: Alone.");
    }

    @Test
    void what_cannot_be_translated_is_told_at_start() throws IOException {
        assertEquals(
                ExitException.SCHEMA,
                gateway("ws://127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "a.capnp", "--interface", "Second"));
        assertSays("Method 'then' of a.capnp:Second cannot be called over Cap'n Web");
    }

    private Path compiled(String... schemas) throws IOException {
        List<String> args = new ArrayList<>(List.of("compile", "-o", "-"));
        args.addAll(List.of(schemas));
        assertEquals(0, run(args.toArray(String[]::new)), () -> err.toString(StandardCharsets.UTF_8));
        Path set = folder.resolve("set.bin");
        Files.write(set, out.toByteArray());
        out.reset();
        return set;
    }

    @Test
    void a_set_that_was_compiled_is_as_good_as_its_source() throws IOException {
        compiled("a.capnp");
        assertEquals(
                ExitException.SCHEMA,
                gateway("ws://127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "set.bin", "--interface", "Second"));
        assertSays("Method 'then' of a.capnp:Second cannot be called over Cap'n Web");
    }

    @Test
    void all_files_that_a_set_was_compiled_from_have_what_it_declares() throws IOException {
        compiled("none.capnp", "a.capnp");
        assertEquals(
                ExitException.SCHEMA,
                gateway("ws://127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "set.bin", "--interface", "Second"));
        assertSays("Method 'then' of a.capnp:Second cannot be called over Cap'n Web");
    }

    @Test
    void the_first_interface_of_a_set_is_that_of_the_first_file_that_has_one() throws IOException {
        compiled("none.capnp", "a.capnp");
        assertEquals(
                ExitException.UNREACHABLE,
                gateway("ws://127.0.0.1:0/", "capnp+unix:" + folder.resolve("nobody.sock"), "--schema", "set.bin"));
    }

    @Test
    void a_set_that_is_cut_off_is_told() throws IOException {
        Path set = compiled("a.capnp");
        byte[] whole = Files.readAllBytes(set);
        Files.write(set, Arrays.copyOf(whole, whole.length / 2));
        assertEquals(ExitException.SCHEMA, gateway("ws://127.0.0.1:0", "capnp://127.0.0.1:1", "--schema", "set.bin"));
        assertSays("set.bin is neither a schema nor a compiled set of them");
    }
}

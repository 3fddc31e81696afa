package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.gateway.options.ExitException;
import dev.capstan.net.Limits;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.WebTransportServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that call servers over TLS, and {@code capstan doctor}. */
class SecureVerbsTest {
    @TempDir
    private Path folder;

    private Shelf shelf;
    private Verbs verbs;
    private TestTls server;

    private static TestTls usual;
    private static TestTls client;

    @BeforeAll
    static void make(@TempDir Path keys) throws Exception {
        usual = new TestTls(keys, "server", "ip:127.0.0.1", 365);
        client = new TestTls(keys, "client", "dns:client", 365);
    }

    @BeforeEach
    void open() throws Exception {
        shelf = new Shelf(folder);
        verbs = new Verbs(folder);
        usual.copyTo(folder);
        client.copyTo(folder);
        server = usual;
    }

    @AfterEach
    void close() {
        shelf.close();
    }

    private TlsNetwork tls() throws Exception {
        return new TlsNetwork(shelf.net.loop(), shelf.net.network(), server.server(client), Limits.Tls.DEFAULT);
    }

    private String capnps() throws Exception {
        return "capnps://" + shelf.capnp(tls());
    }

    @Test
    void every_wire_is_called_over_tls() throws Exception {
        assertEquals(
                "{\"c\":\"3\"}\n",
                verbs.says("call", capnps(), "--cacert", "server.pem", "--schema", "api.capnp", "add(1, 2)"));
        String web = shelf.http(tls(), shelf.webRoutes()).address() + "/rpc";
        assertEquals("3\n", verbs.says("call", "wss://" + web, "--cacert", "server.pem", "add(1, 2)"));
        assertEquals("3\n", verbs.says("call", "https://" + web, "--cacert", "server.pem", "add(1, 2)"));
        String grpc = shelf.grpc(tls().offering("h2"));
        assertEquals(
                "{}\n",
                verbs.says("call", "grpcs://" + grpc, "--cacert", "server.pem", "grpc.testing.TestService.EmptyCall"));
    }

    @Test
    void a_server_over_webtransport_is_known_by_its_hash() throws Exception {
        var at = shelf.net
                .loop()
                .fetch(() -> WebTransportServer.listen(
                        shelf.net,
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                        ServerIdentity.selfIssued(Instant::now, new SecureRandom(), "localhost"),
                        shelf.webServer().transports("/rpc")))
                .await();
        String url = "wt://127.0.0.1:" + at.address().getPort() + "/rpc";
        assertEquals(
                "2\n",
                verbs.says("call", url, "--cert-hash", at.hashes().getFirst().hex(), "node().next().depth"));
        assertEquals("3\n", verbs.says("call", url, "--insecure", "add(1, 2)"));
        verbs.fails(ExitException.UNREACHABLE, "no Cap'n Web server at " + url, "call", url, "add(1, 2)");
    }

    @Test
    void a_server_that_nobody_vouches_for_is_refused_unless_that_is_wanted() throws Exception {
        String url = capnps();
        verbs.fails(
                ExitException.UNREACHABLE,
                "no Cap'n Proto server at " + url,
                "call",
                url,
                "--schema",
                "api.capnp",
                "add(1, 2)");
        assertEquals("{\"c\":\"3\"}\n", verbs.says("call", url, "--insecure", "--schema", "api.capnp", "add(1, 2)"));
    }

    @Test
    void a_certificate_for_another_name_is_refused_unless_that_is_named() throws Exception {
        server = new TestTls(folder, "other", "dns:other.example", 365);
        String url = capnps();
        verbs.fails(
                ExitException.UNREACHABLE,
                "no Cap'n Proto server",
                "call",
                url,
                "--cacert",
                "other.pem",
                "--schema",
                "api.capnp",
                "add");
        assertEquals(
                "{\"c\":\"3\"}\n",
                verbs.says(
                        "call",
                        url,
                        "--cacert",
                        "other.pem",
                        "--servername",
                        "other.example",
                        "--schema",
                        "api.capnp",
                        "add(1, 2)"));
    }

    @Test
    void who_calls_is_shown_by_a_certificate() throws Exception {
        String url = "capnps://" + shelf.capnp(tls().clientCertificates(true));
        assertEquals(
                "{\"c\":\"3\"}\n",
                verbs.says(
                        "call",
                        url,
                        "--cacert",
                        "server.pem",
                        "--cert",
                        "client.pem",
                        "--key",
                        "client.key",
                        "--schema",
                        "api.capnp",
                        "add(1, 2)"));
        verbs.fails(
                ExitException.USAGE,
                "--cert and --key belong together",
                "call",
                url,
                "--cert",
                "client.pem",
                "--schema",
                "api.capnp",
                "add");
    }

    @Test
    void the_doctor_finds_a_server_well() throws Exception {
        String said = verbs.says("doctor", capnps(), "--cacert", "server.pem", "--schema", "api.capnp", "-n", "3");
        assertTrue(said.contains("OK    resolve   127.0.0.1 is 127.0.0.1\n"), said);
        assertTrue(said.contains("OK    connect   127.0.0.1:"), said);
        assertTrue(said.contains("OK    tls       TLSv1.3, "), said);
        assertTrue(said.contains("OK    cert      CN=server, until "), said);
        assertTrue(said.contains("OK    alpn      none agreed on; Cap'n Proto does not need it\n"), said);
        assertTrue(said.contains("OK    protocol  Cap'n Proto RPC: the server gives its bootstrap object\n"), said);
        assertTrue(said.contains("OK    latency   min "), said);
        assertTrue(said.endsWith(" of 3 small calls\n"), said);
    }

    @Test
    void the_doctor_warns_of_a_certificate_that_ends_soon() throws Exception {
        server = new TestTls(folder, "brief", "ip:127.0.0.1", 5);
        String said = verbs.says("doctor", capnps(), "--cacert", "brief.pem", "-n", "1");
        assertTrue(said.contains("WARN  cert      CN=brief, until "), said);
        assertTrue(said.contains("WARN  protocol  no --schema was named"), said);
    }

    @Test
    void the_doctor_says_what_to_do_where_the_way_ends() throws Exception {
        assertEquals(ExitException.UNREACHABLE, verbs.run("", "doctor", capnps()));
        assertTrue(verbs.out().contains("FAIL  tls "), verbs.out());
        assertTrue(verbs.out().contains("--cacert FILE"), verbs.out());
        assertEquals(ExitException.UNREACHABLE, verbs.run("", "doctor", "ws://127.0.0.1:1/"));
        assertTrue(verbs.out().contains("FAIL  connect "), verbs.out());
        assertTrue(verbs.out().contains("is the server running"), verbs.out());
        assertEquals(ExitException.UNREACHABLE, verbs.run("", "doctor", "capnps://" + shelf.capnp()));
        assertTrue(verbs.out().contains("FAIL  tls "), verbs.out());
        assertEquals(ExitException.UNREACHABLE, verbs.run("", "doctor", "ws://no.such.host.invalid/"));
        assertTrue(verbs.out().contains("FAIL  resolve   no.such.host.invalid is no host"), verbs.out());
    }

    @Test
    void the_doctor_examines_every_wire() {
        String web = verbs.says("doctor", "ws://" + shelf.web(), "-n", "1");
        assertTrue(web.contains("OK    protocol  Cap'n Web: the server answers in a session\n"), web);
        String grpc = verbs.says("doctor", "grpc://" + shelf.grpc(), "-n", "1");
        assertTrue(grpc.contains("WARN  protocol  there is no health service"), grpc);
        String bare = verbs.says("doctor", "grpc://" + shelf.grpc(builder -> builder), "-n", "1");
        assertTrue(bare.contains("WARN  protocol  the server does not tell its schemas by reflection"), bare);
    }

    @Test
    void the_doctor_finds_another_protocol() {
        assertEquals(ExitException.UNREACHABLE, verbs.run("", "doctor", "ws://" + shelf.grpc()));
        assertTrue(verbs.out().contains("FAIL  protocol "), verbs.out());
    }
}

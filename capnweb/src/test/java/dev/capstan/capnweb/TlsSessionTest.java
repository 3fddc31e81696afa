package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.Limits.Tls;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Sessions over wss, and batches over https, with certificates of an authority that is made for the test. */
@TestInstance(Lifecycle.PER_CLASS)
class TlsSessionTest {
    private SSLContext ours;
    private SSLContext elsewhere;
    private SSLContext trusting;
    private SSLContext trustingAnother;
    private Path authority;

    private NetLoop net = NetLoop.open("tls", Transport.AUTO);
    private WebServer server = server();

    @BeforeAll
    void make(@TempDir Path folder, @TempDir Path other) throws Exception {
        OwnAuthority own = new OwnAuthority(folder);
        ours = own.server("server", "dns:localhost,ip:127.0.0.1");
        elsewhere = own.server("elsewhere", "dns:elsewhere.example");
        trusting = own.client();
        authority = own.file();
        trustingAnother = new OwnAuthority(other).client();
    }

    private WebServer server() {
        return new WebServer(
                net.loop(),
                visitor -> Promise.of(new GoldenApi(net.loop()).main().cap()));
    }

    @AfterEach
    void leavesNoSession() {
        while (net.loop().fetch(() -> Promise.of(server.open())).await() > 0) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
        net.close();
        net = NetLoop.open("tls", Transport.AUTO);
        server = server();
    }

    /** The port of a server that shows {@code certificate}. */
    private int serve(SSLContext certificate) {
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        new TlsNetwork(net.loop(), net.network(), certificate, Tls.DEFAULT),
                        new Address.Tcp("127.0.0.1", 0),
                        server.routes("/"),
                        Http.DEFAULT))
                .await();
        return ((Address.Tcp) http.address()).port();
    }

    private WebClient client(SSLContext trust) {
        HttpClient http = new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT)
                .secure(new TlsNetwork(net.loop(), net.network(), trust, Tls.DEFAULT));
        return new WebClient(net.loop(), http);
    }

    /** What a call comes to, in words. */
    private String square(WebPeer peer) {
        try (Cap main = peer.main()) {
            return net.loop()
                    .fetch(() -> WebScene.call(main, "square", 5L)
                            .recover(failure -> Promise.of(String.valueOf(failure.getMessage()))))
                    .await();
        } finally {
            peer.close();
        }
    }

    @Test
    @Parity({"PY-376", "PY-378", "PY-391", "PY-402", "PY-425"})
    void sessions_and_batches_go_over_tls() {
        int port = serve(ours);
        for (String host : new String[] {"localhost", "127.0.0.1"}) {
            assertEquals("25", square(client(trusting).connect(URI.create("wss://" + host + ":" + port + "/"))));
            assertEquals("25", square(client(trusting).batch(URI.create("https://" + host + ":" + port + "/"))));
        }
    }

    @Test
    void a_server_with_a_certificate_for_another_host_is_refused() {
        int port = serve(elsewhere);
        for (String outcome : new String[] {
            square(client(trusting).connect(URI.create("wss://localhost:" + port + "/"))),
            square(client(trusting).batch(URI.create("https://localhost:" + port + "/")))
        }) {
            assertTrue(outcome.contains("No subject alternative DNS name matching localhost found"), outcome);
        }
    }

    @Test
    void a_server_that_nobody_vouches_for_is_refused() {
        int port = serve(ours);
        for (String outcome : new String[] {
            square(client(trustingAnother).connect(URI.create("wss://localhost:" + port + "/"))),
            square(client(trustingAnother).batch(URI.create("https://localhost:" + port + "/")))
        }) {
            assertTrue(outcome.contains("there is no TLS session with"), outcome);
        }
    }

    @Test
    void without_tls_there_is_no_session_with_a_server_that_has_it() {
        int port = serve(ours);
        String outcome = square(client(trusting).connect(URI.create("ws://127.0.0.1:" + port + "/")));
        assertTrue(!outcome.equals("25"), outcome);
    }

    @Test
    @ForeignPeer
    void node_calls_objects_of_ours_over_wss() throws Exception {
        NodePeer.install();
        int port = serve(ours);
        assertEquals(String.join("\n", NodeTest.EXPECTED), NodePeer.said("client.mjs", port, authority));
    }
}

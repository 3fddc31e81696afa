package dev.capstan.gateway.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnweb.Stub;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.Value;
import dev.capstan.examples.files.Files;
import dev.capstan.gateway.serve.Configuration.Clients;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.net.http.HttpResponse;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server made of a configuration, with real sockets. */
class ServerTest {
    private static final UnaryOperator<Configuration> AS_IT_IS = UnaryOperator.identity();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static ServerScene plain() throws Exception {
        return new ServerScene(AS_IT_IS, null, null);
    }

    private static UnaryOperator<Configuration> tls(Pems pems, Duration reload, Clients clients) {
        return configuration -> configuration.withTls(new Configuration.Tls(
                pems.certificate(),
                pems.key(),
                reload,
                clients,
                clients == Clients.NOTHING ? null : pems.certificate()));
    }

    private static void callOverEveryWire(ServerScene scene) throws Exception {
        assertEquals(1, ServerScene.literal(scene.capnp(), 1));
        assertEquals(2, ServerScene.literal(scene.capnpOverWebSocket(), 2));
        assertEquals(3, scene.literal(scene.webSocket("/calculator"), 3));
        assertEquals(4, scene.literal(scene.batch("/calculator"), 4));
        assertEquals(5, scene.literal(scene.webTransport("/calculator"), 5));
        assertEquals(6, ServerScene.evaluated(scene.grpc(), "2 * 3"));
        assertEquals(7, ServerScene.evaluated(scene.grpcWeb(), "3 + 4"));
        assertEquals(200, scene.get("/health").status());
    }

    @Test
    void the_calculator_is_called_over_every_wire() throws Exception {
        try (ServerScene scene = plain()) {
            callOverEveryWire(scene);
        }
    }

    @Test
    void the_calculator_is_called_over_every_wire_with_tls() throws Exception {
        Pems pems = Pems.make(folder, "server");
        try (ServerScene scene = new ServerScene(tls(pems, Duration.ZERO, Clients.NOTHING), pems, null)) {
            callOverEveryWire(scene);
            assertEquals(8, ServerScene.literal(scene.capnp("capnp"), 8));
        }
    }

    @Test
    void a_client_that_says_by_alpn_that_it_speaks_http_is_not_taken_for_cap_n_proto() throws Exception {
        Pems pems = Pems.make(folder, "server");
        try (ServerScene scene = new ServerScene(tls(pems, Duration.ZERO, Clients.NOTHING), pems, null)) {
            Peer peer = scene.capnp("http/1.1");
            assertThrows(Failure.class, () -> ServerScene.literal(peer, 1));
        }
    }

    @Test
    void clients_that_have_no_certificate_do_not_get_in_where_one_is_required() throws Exception {
        Pems pems = Pems.make(folder, "server");
        UnaryOperator<Configuration> strict = tls(pems, Duration.ZERO, Clients.REQUIRED);
        try (ServerScene scene = new ServerScene(strict, pems, null)) {
            assertThrows(Failure.class, () -> ServerScene.literal(scene.capnp(), 1));
            assertThrows(Exception.class, () -> scene.get("/health"));
        }
        try (ServerScene scene = new ServerScene(strict, pems, pems)) {
            callOverEveryWire(scene);
        }
    }

    @Test
    void a_certificate_that_was_replaced_is_shown_to_the_next_client() throws Exception {
        Pems pems = Pems.make(folder, "server");
        Pems next = Pems.make(folder, "next");
        UnaryOperator<Configuration> watching = tls(pems, Duration.ofMillis(50), Clients.NOTHING);
        try (ServerScene scene = new ServerScene(watching, pems, null)) {
            assertEquals(200, scene.get("/health").status());
            for (Path[] pair :
                    List.of(new Path[] {next.key(), pems.key()}, new Path[] {next.certificate(), pems.certificate()})) {
                java.nio.file.Files.copy(pair[0], pair[1], StandardCopyOption.REPLACE_EXISTING);
            }
            Certificate wanted = next.store().getCertificate("next");
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!wanted.equals(shown(scene))) {
                assertTrue(System.nanoTime() < deadline, "the server still shows the certificate that was replaced");
                Thread.sleep(50);
            }
        }
    }

    /** The certificate that a client of the JDK is shown. */
    private static Certificate shown(ServerScene scene) throws Exception {
        javax.net.ssl.SSLContext anybody = javax.net.ssl.SSLContext.getInstance("TLS");
        Certificate[] seen = {null};
        anybody.init(
                null,
                new javax.net.ssl.TrustManager[] {
                    new javax.net.ssl.X509TrustManager() {
                        @Override
                        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

                        @Override
                        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {
                            seen[0] = chain[0];
                        }

                        @Override
                        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
                            return new java.security.cert.X509Certificate[0];
                        }
                    }
                },
                null);
        try (javax.net.ssl.SSLSocket socket = (javax.net.ssl.SSLSocket) anybody.getSocketFactory()
                .createSocket("127.0.0.1", scene.server.address().port())) {
            socket.startHandshake();
        }
        return seen[0];
    }

    @Test
    void one_bootstrap_object_has_the_interfaces_of_all_that_is_served() throws Exception {
        try (ServerScene scene = plain()) {
            Peer peer = scene.capnp();
            assertEquals(9, ServerScene.literal(peer, 9));
            try (Files.Client files = peer.bootstrap(Files.TYPE);
                    var listed = files.list()) {
                assertEquals(
                        List.of("hello.txt", "numbers.bin"),
                        listed.await().getEntries().stream()
                                .map(each -> each.getName())
                                .toList());
            }
            try (Value.Client other = peer.bootstrap(Value.TYPE);
                    var read = other.read()) {
                Failure failure = assertThrows(Failure.class, read::await);
                assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
                assertTrue(
                        failure.reason().contains("nothing that is served here has the interface"), failure.reason());
            }
        }
    }

    @Test
    void two_objects_of_one_interface_are_refused_at_start() {
        Offer twin = new Offer(
                "/twin",
                null,
                peer -> Promise.failed(new AssertionError()),
                Set.of(Calculator.TYPE.interfaceId()),
                List.of(),
                null);
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> new ServerScene(AS_IT_IS, null, null, List.of(twin)).close());
        assertTrue(
                String.valueOf(refused.getMessage()).contains("/calculator and at /twin has the same interface"),
                refused.getMessage());
    }

    @Test
    void a_path_where_nothing_is_served_is_told_which_there_are() throws Exception {
        try (ServerScene scene = plain()) {
            HttpResponse overview = scene.get("/");
            assertTrue(
                    new String(overview.body(), StandardCharsets.UTF_8)
                            .contains("/calculator  Cap'n Web, Cap'n Proto, gRPC capstan.demo.Calculator"),
                    () -> new String(overview.body(), StandardCharsets.UTF_8));
            assertEquals(404, scene.get("/nothing").status());
            Stub main = Stub.of(scene.loop, scene.webTransport("/nothing").main());
            Failure failure =
                    assertThrows(Failure.class, () -> main.call("x").value().await());
            assertTrue(failure.reason().contains("there is /calculator, /chat, /files"), failure.reason());
        }
    }

    @Test
    void the_chat_is_entered_over_a_web_socket() throws Exception {
        try (ServerScene scene = plain()) {
            Stub lobby = Stub.of(scene.loop, scene.webSocket("/chat").main());
            Stub member = lobby.call("enter", "ann");
            Stub again = lobby.call("enter", "ann");
            Failure failure = assertThrows(Failure.class, () -> again.value().await());
            assertTrue(failure.reason().contains("somebody is called ann already"), failure.reason());
            member.close();
        }
    }

    @Test
    void expressions_that_make_no_sense_are_told_over_grpc() throws Exception {
        try (ServerScene scene = plain()) {
            GrpcFailure failure = assertThrows(GrpcFailure.class, () -> ServerScene.evaluated(scene.grpc(), "2 +"));
            assertEquals(Status.Code.INVALID_ARGUMENT, failure.code());
        }
    }

    @Test
    void files_are_read_as_values_of_cap_n_web_too() throws Exception {
        try (ServerScene scene = plain()) {
            Stub files = Stub.of(scene.loop, scene.webSocket("/files").main());
            Object listed = files.call("list").value().await();
            assertTrue(listed.toString().contains("numbers.bin"), listed::toString);
            Object missing = Map.of("name", "x");
            Failure failure = assertThrows(
                    Failure.class, () -> files.call("read", missing).value().await());
            assertTrue(failure.reason().contains("there is no file 'x'"), failure.reason());
        }
    }

    @Test
    void connections_of_cap_n_proto_above_the_limit_of_the_configuration_hear_what_to_raise() throws Exception {
        try (ServerScene scene = new ServerScene(ServerTest::twoConnections, null, null)) {
            Peer first = scene.capnp();
            assertEquals(1, ServerScene.literal(first, 1));
            assertEquals(2, ServerScene.literal(scene.capnpOverWebSocket(), 2));
            for (Peer refused : List.of(scene.capnp(), scene.capnpOverWebSocket())) {
                Failure failure = assertThrows(Failure.class, () -> ServerScene.literal(refused, 3));
                assertTrue(failure.reason().contains("Limits.connections"), failure.reason());
            }
            assertEquals(4, ServerScene.literal(first, 4));
        }
    }

    private static Configuration twoConnections(Configuration all) {
        Configuration.Limits limits = all.limits();
        return new Configuration(
                all.listen(),
                all.wires(),
                all.tls(),
                new Configuration.Limits(
                        2,
                        limits.sessions(),
                        limits.requests(),
                        limits.bodyBytes(),
                        limits.messageBytes(),
                        limits.firstBytes(),
                        limits.idle()),
                all.access(),
                all.console(),
                all.paths(),
                all.drain(),
                all.log(),
                all.debug(),
                all.served());
    }
}

package dev.capstan.net.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.http.WebSocket;
import dev.capstan.testkit.ByteReceiver;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Who is trusted, and https and wss. Certificates are made for the test. */
@TestInstance(Lifecycle.PER_CLASS)
final class TlsNetworkTest {
    private static final Address ANY = new Address.Tcp("127.0.0.1", 0);

    private NetLoop net = NetLoop.onThisThread(Transport.AUTO);
    private KeyStore key;
    private KeyStore other;
    private KeyStore forAnotherHost;
    private KeyStore expired;
    private KeyStore signed;

    @BeforeAll
    void make(@TempDir Path folder) throws Exception {
        Certificates certificates = new Certificates(folder);
        key = certificates.make("server", "dns:localhost,ip:127.0.0.1");
        other = certificates.make("other", "dns:localhost,ip:127.0.0.1");
        forAnotherHost = certificates.make("elsewhere", "dns:elsewhere.example");
        expired = certificates.signed("expired", "dns:localhost,ip:127.0.0.1", "-startdate", "-10d", "-validity", "5");
        signed = certificates.signed("signed", "dns:localhost,ip:127.0.0.1");
    }

    @AfterEach
    void leavesNoAlarm() {
        for (int i = 0; i < 200 && net.loop().timer().pending() > 0; i++) {
            net.loop().await(net.loop().timer().after(Duration.ofMillis(5)));
        }
        assertEquals(0, net.loop().timer().pending());
        net.close();
        net = NetLoop.onThisThread(Transport.AUTO);
    }

    private TlsNetwork network(SSLContext context) {
        return new TlsNetwork(net.loop(), net.network(), context, Limits.Tls.DEFAULT);
    }

    private String failure(Network server, Network client) {
        List<ByteStream> accepted = new ArrayList<>();
        Network.Listener listener = net.loop().await(server.listen(ANY, accepted::add));
        CompletionException thrown =
                assertThrows(CompletionException.class, () -> net.loop().await(client.connect(listener.address())));
        listener.close();
        assertEquals(List.of(), accepted);
        Throwable cause = thrown.getCause();
        return cause == null ? "" : String.valueOf(cause.getMessage());
    }

    @Test
    void a_server_that_nobody_vouches_for_is_refused() throws Exception {
        String text = failure(network(Certificates.showing(key)), network(Certificates.trusting(other)));
        assertTrue(text.startsWith("there is no TLS session with the server at 127.0.0.1:"), text);
        assertTrue(text.contains("unable to find valid certification path"), text);
    }

    @Test
    void a_certificate_for_another_host_is_refused() throws Exception {
        String text =
                failure(network(Certificates.showing(forAnotherHost)), network(Certificates.trusting(forAnotherHost)));
        assertTrue(text.contains("No subject alternative names matching IP address 127.0.0.1 found"), text);
    }

    @Test
    void a_certificate_that_has_expired_is_refused() throws Exception {
        SSLContext client = Certificates.trusting(expired);
        String text = failure(network(Certificates.showing(expired)), network(client));
        assertTrue(text.contains("validity check failed"), text);
    }

    @Test
    void a_certificate_that_somebody_trusted_vouches_for_is_taken() throws Exception {
        SSLContext trusting = Certificates.trusting(signed);
        Network.Listener listener = net.loop()
                .await(network(Certificates.showing(signed))
                        .listen(ANY, stream -> stream.abort(new IOException("enough"))));
        ByteStream stream = net.loop().await(network(trusting).connect(listener.address()));
        stream.abort(new IOException("enough"));
        listener.close();
    }

    @Test
    void a_server_that_speaks_no_tls_is_told_apart() throws Exception {
        Network talker = new Network() {
            @Override
            public Promise<ByteStream> connect(Address address) {
                return net.network().connect(address);
            }

            @Override
            public Promise<Listener> listen(Address address, java.util.function.Consumer<ByteStream> onAccept) {
                return net.network().listen(address, stream -> {
                    byte[] text = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
                    stream.start(new ByteReceiver());
                    stream.write(text, 0, text.length);
                    stream.end();
                });
            }
        };
        String text = failure(talker, network(Certificates.trusting(key)));
        assertTrue(text.startsWith("there is no TLS session with the server at "), text);
    }

    @Test
    void a_client_that_speaks_no_tls_is_not_handed_over() throws Exception {
        List<ByteStream> accepted = new ArrayList<>();
        Network.Listener listener =
                net.loop().await(network(Certificates.showing(key)).listen(ANY, accepted::add));
        ByteStream plain = net.loop().await(net.network().connect(listener.address()));
        ByteReceiver heard = new ByteReceiver();
        plain.start(heard);
        byte[] text = "GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        plain.write(text, 0, text.length);
        plain.end();
        for (int i = 0; i < 100; i++) {
            net.loop().await(net.loop().timer().after(Duration.ofMillis(2)));
        }
        listener.close();
        assertEquals(List.of(), accepted);
    }

    @Test
    void another_name_than_that_of_the_address_can_be_asked_for() throws Exception {
        List<ByteStream> accepted = new ArrayList<>();
        Network.Listener listener =
                net.loop().await(network(Certificates.showing(forAnotherHost)).listen(ANY, accepted::add));
        ByteStream stream = net.loop()
                .await(network(Certificates.trusting(forAnotherHost))
                        .named("elsewhere.example")
                        .connect(listener.address()));
        stream.abort(new IOException("enough"));
        listener.close();
        String text = failure(
                network(Certificates.showing(key)),
                network(Certificates.trusting(key)).named("elsewhere.example"));
        assertTrue(text.contains("No subject alternative DNS name matching elsewhere.example found"), text);
    }

    @Test
    void an_address_without_a_name_needs_one() throws Exception {
        CompletionException thrown = assertThrows(
                CompletionException.class,
                () -> net.loop().await(network(Certificates.trusting(key)).connect(new Address.Unix("/nowhere"))));
        assertTrue(String.valueOf(thrown.getMessage()).contains("tell its name with named()"));
    }

    @Test
    void a_handshake_that_goes_no_further_is_given_up() throws Exception {
        TlsNetwork impatient = new TlsNetwork(
                net.loop(),
                net.network(),
                Certificates.showing(key),
                new Limits.Tls(1, Duration.ofMillis(50), Duration.ofMillis(50)));
        List<ByteStream> accepted = new ArrayList<>();
        Network.Listener listener = net.loop().await(impatient.listen(ANY, accepted::add));
        ByteStream silent = net.loop().await(net.network().connect(listener.address()));
        ByteReceiver heard = new ByteReceiver();
        silent.start(heard);
        // One more than may be under way.
        Promise<Boolean> refused = net.network()
                .connect(listener.address())
                .then(stream -> {
                    Completer<Boolean> over = new Completer<>(net.loop());
                    ByteReceiver surplus = new ByteReceiver();
                    stream.start(surplus);
                    until(surplus::isOver, over);
                    return over.promise();
                })
                .recover(failure -> Promise.of(true))
                .eager();
        long before = net.loop().timer().nanoTime();
        assertTrue(net.loop().await(refused));
        while (!heard.isOver()) {
            net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
        }
        assertTrue(net.loop().timer().nanoTime() - before < 5_000_000_000L);
        ByteStream stream = net.loop().await(network(Certificates.trusting(key)).connect(listener.address()));
        stream.abort(new IOException("enough"));
        listener.close();
    }

    private void until(BooleanSupplier condition, Completer<Boolean> then) {
        if (condition.getAsBoolean()) {
            then.complete(true);
        } else {
            net.loop()
                    .timer()
                    .after(Duration.ofMillis(1))
                    .listen(net.loop(), (rung, failure) -> until(condition, then));
        }
    }

    @Test
    void https_and_wss_work_as_http_and_ws_do() throws Exception {
        HttpRoutes routes = HttpRoutes.none()
                .on("POST", "/echo", request -> Promise.of(new HttpResponse(200, Headers.of(), request.body())))
                .webSocket("/", (request, socket) -> socket.start(new Echo(socket)));
        HttpServer server = net.loop()
                .await(HttpServer.listen(
                        net.loop(), network(Certificates.showing(key)), ANY, routes, Limits.Http.DEFAULT));
        HttpClient client = new HttpClient(net.loop(), net.network(), new Random(1), Limits.Http.DEFAULT)
                .secure(network(Certificates.trusting(key)));
        for (int size : new int[] {0, 1, 16_384, 16_385, 1_000_000}) {
            byte[] body = new byte[size];
            new Random(size).nextBytes(body);
            HttpResponse answer = net.loop()
                    .await(client.post(URI.create("https://" + server.address() + "/echo"), Headers.of(), body));
            assertArrayEquals(body, answer.body());
        }
        WebSocket socket =
                net.loop().await(client.webSocket(URI.create("wss://" + server.address() + "/"), Headers.of()));
        Echo ear = new Echo(null);
        socket.start(ear);
        socket.send(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
        while (ear.heard.isEmpty()) {
            net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
        }
        assertEquals("hello", ear.heard.getFirst());
        socket.end();
        while (server.open() > 0) {
            net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
        }
        server.close();
    }

    /** Sends back what comes, or keeps it. */
    private static final class Echo implements dev.capstan.async.MessageStream.Receiver {
        private final @org.jspecify.annotations.Nullable WebSocket to;
        private final List<String> heard = new ArrayList<>();

        Echo(@org.jspecify.annotations.Nullable WebSocket to) {
            this.to = to;
        }

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            if (to == null) {
                heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
            } else {
                to.send(ByteBuffer.wrap(array, offset, length));
            }
        }

        @Override
        public void ended() {
            heard.add("ended");
        }

        @Override
        public void failed(Throwable cause) {
            heard.add("failed: " + cause);
        }
    }
}

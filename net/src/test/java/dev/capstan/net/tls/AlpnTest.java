package dev.capstan.net.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.http.Peer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Which protocol is spoken over TLS and without it to foreign clients, and what a handler learns of them. */
@TestInstance(Lifecycle.PER_CLASS)
final class AlpnTest {
    private static final Address ANY = new Address.Tcp("127.0.0.1", 0);
    private static final byte[] REQUEST_1 =
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The preface, empty settings, and GET / as one frame of indexed fields, in Latin-1. */
    private static final byte[] REQUEST_2 = ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                    + "\0\0\0\4\0\0\0\0\0"
                    + "\0\0\t\1\5\0\0\0\1\u0082\u0087\u0084A\4here")
            .getBytes(StandardCharsets.ISO_8859_1);

    private static final int HEAD_BYTES = 9;
    /** Where a frame has its type, and GOAWAY its code. */
    private static final int TYPE = 3;

    private static final int GOAWAY_CODE = HEAD_BYTES + 4;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int PROTOCOL_ERROR = 1;

    private final NetLoop net = NetLoop.open("alpn-test", Transport.AUTO);
    private final HttpRoutes routes = HttpRoutes.none().exchange("GET", "/", head -> true, exchange -> {
        byte[] text = describe(exchange.peer()).getBytes(StandardCharsets.UTF_8);
        exchange.answer(200, Headers.of());
        exchange.write(text, 0, text.length);
        exchange.end(Headers.of());
    });
    private KeyStore key;
    private int plain;
    private int secure;

    private static String describe(Peer peer) {
        SSLSession session = peer.tls();
        String where = peer.address() instanceof Address.Tcp(String host, int port) && port > 0 ? host : "nowhere";
        return peer.protocol() + " " + where + " " + (session == null ? "plain" : session.getProtocol());
    }

    @BeforeAll
    void listen(@TempDir Path folder) throws Exception {
        key = new Certificates(folder).make("server", "dns:localhost,ip:127.0.0.1");
        TlsNetwork tls = new TlsNetwork(net.loop(), net.network(), Certificates.showing(key), Limits.Tls.DEFAULT)
                .offering("h2", "http/1.1");
        plain = listen(net.network());
        secure = listen(tls);
    }

    private int listen(dev.capstan.async.Network network) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        net.loop()
                .post(() -> HttpServer.listen(net.loop(), network, ANY, routes, Limits.Http.DEFAULT)
                        .listen(net.loop(), (server, failure) -> {
                            if (server != null && server.address() instanceof Address.Tcp(String host, int its)) {
                                port.complete(its);
                            } else {
                                port.completeExceptionally(failure);
                            }
                        }));
        return port.get(30, TimeUnit.SECONDS);
    }

    @AfterAll
    void close() {
        net.close();
    }

    private static void isAnswered(Socket socket, byte[] request, String text) throws IOException {
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
        StringBuilder heard = new StringBuilder();
        while (heard.indexOf(text) < 0) {
            int next = socket.getInputStream().read();
            assertNotEquals(-1, next, () -> "the answer was not " + text + " but " + heard);
            heard.append((char) next);
        }
    }

    @Test
    void a_client_of_the_jdk_gets_http_1_1_if_it_asks_for_that_and_the_handler_its_session() throws Exception {
        try (SSLSocket socket = socket("http/1.1")) {
            isAnswered(socket, REQUEST_1, "HTTP/1.1 127.0.0.1 TLSv1.3");
            assertEquals("http/1.1", socket.getApplicationProtocol());
        }
    }

    @Test
    void a_client_of_the_jdk_gets_http_2_if_it_prefers_that_and_the_handler_its_session() throws Exception {
        try (SSLSocket socket = socket("h2", "http/1.1")) {
            isAnswered(socket, REQUEST_2, "HTTP/2 127.0.0.1 TLSv1.3");
            assertEquals("h2", socket.getApplicationProtocol());
        }
    }

    @Test
    void a_client_that_offers_nothing_is_told_by_its_first_bytes() throws Exception {
        try (SSLSocket socket = socket()) {
            isAnswered(socket, REQUEST_2, "HTTP/2 127.0.0.1 TLSv1.3");
        }
        try (Socket socket = new Socket("localhost", plain)) {
            isAnswered(socket, REQUEST_2, "HTTP/2 127.0.0.1 plain");
        }
        try (Socket socket = new Socket("localhost", plain)) {
            isAnswered(socket, REQUEST_1, "HTTP/1.1 127.0.0.1 plain");
        }
    }

    @Test
    void a_client_that_has_chosen_http_1_1_and_begins_with_http_2_is_told_that_it_is_not_spoken() throws Exception {
        try (SSLSocket socket = socket("http/1.1")) {
            isAnswered(socket, REQUEST_2, "HTTP/1.1 505 ");
        }
    }

    private SSLSocket socket(String... protocols) throws Exception {
        SSLSocket socket =
                (SSLSocket) Certificates.trusting(key).getSocketFactory().createSocket("localhost", secure);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(30_000);
        return socket;
    }

    @Test
    void a_client_that_has_chosen_http_2_and_does_not_begin_with_it_is_told_so_and_the_connection_ends()
            throws Exception {
        try (SSLSocket socket = socket("h2")) {
            socket.startHandshake();
            assertEquals("h2", socket.getApplicationProtocol());
            OutputStream out = socket.getOutputStream();
            out.write(REQUEST_1);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertEquals(SETTINGS, frame(in)[TYPE]);
            byte[] last = frame(in);
            while (last[TYPE] != GOAWAY) {
                last = frame(in);
            }
            assertEquals(PROTOCOL_ERROR, ByteBuffer.wrap(last).getInt(GOAWAY_CODE));
            assertEquals(-1, in.read());
        }
    }

    /** A frame of HTTP/2 with its head. */
    private static byte[] frame(DataInputStream in) throws IOException {
        byte[] head = in.readNBytes(HEAD_BYTES);
        int length = ByteBuffer.wrap(head).getInt() >>> 8;
        byte[] frame = Arrays.copyOf(head, HEAD_BYTES + length);
        in.readFully(frame, HEAD_BYTES, length);
        return frame;
    }

    @Test
    void a_client_that_speaks_none_of_what_is_offered_has_no_session() throws Exception {
        try (SSLSocket socket = socket("spdy/1")) {
            assertThrows(SSLHandshakeException.class, socket::startHandshake);
        }
    }
}

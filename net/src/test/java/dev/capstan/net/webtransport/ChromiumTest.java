package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.http.WebSocket;
import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Pages in headless Chromium open sessions with a server of ours, which they know by the hash of its certificate, and a WebSocket. */
@ForeignPeer
class ChromiumTest {
    private static final Path ROOT = root();
    private static final int CANNOT_BE_HAD = 77;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.exists(folder.resolve("peers/chromium")) ? Objects.requireNonNull(folder.getParent()) : folder;
    }

    private record Ended(int code, String output) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getInputStream().readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        if (!process.waitFor(100, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), new String(output.join(), StandardCharsets.UTF_8));
    }

    /** Returns each message, and ends when the peer does. */
    private static void echo(MessageStream stream, List<String> ends, String name) {
        stream.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                stream.send(ByteBuffer.wrap(array, offset, length));
            }

            @Override
            public void ended() {
                ends.add(name + " ended");
                stream.end();
            }

            @Override
            public void failed(Throwable cause) {
                ends.add(name + " "
                        + (cause instanceof WebTransportClosed closed
                                ? closed.code() + " " + closed.reason()
                                : "failed"));
            }
        });
    }

    private static void abort(WebTransportSession session) {
        MessageStream stream = session.messages();
        Lines lines = new Lines();
        lines.onLine = () -> stream.abort(new WebTransportClosed(4711, "server says bye"));
        stream.start(lines);
    }

    private static void socket(WebSocket socket) {
        echo(socket, new ArrayList<>(), "WebSocket");
    }

    @Test
    void chromium_talks_with_a_server_of_ours_in_every_way() throws Exception {
        Ended installed = run("bash", "net/peers/chromium/install.sh");
        Assumptions.assumeTrue(
                installed.code() != CANNOT_BE_HAD,
                () -> installed.output().lines().reduce((before, last) -> last).orElse("no Chromium"));
        assertEquals(0, installed.code(), installed.output());
        List<String> ends = new ArrayList<>();
        try (NetLoop net = NetLoop.open("server", Transport.AUTO)) {
            WebTransportRoutes routes = WebTransportRoutes.none()
                    .on(
                            "/echo",
                            session -> echo(
                                    session.messages(),
                                    ends,
                                    String.valueOf(session.request().query())))
                    .on("/abort", ChromiumTest::abort);
            WebTransportServer server = WebTransportServer.listen(
                            net,
                            Sessions.local(0),
                            ServerIdentity.selfIssued(Sessions.CLOCK, new SecureRandom(), "127.0.0.1"),
                            routes)
                    .await();
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(),
                            net.network(),
                            new Address.Tcp("127.0.0.1", 0),
                            page(server),
                            Limits.Http.DEFAULT))
                    .await();
            int port = ((Address.Tcp) http.address()).port();
            Ended ended = run(
                    "node",
                    "net/target/chromium/page.mjs",
                    "" + port,
                    "" + server.address().getPort());
            assertEquals(0, ended.code(), ended.output());
            assertEquals(String.join("\n", EXPECTED), ended.output().strip());
            List<String> told =
                    net.loop().fetch(() -> Promise.of(List.copyOf(ends))).await();
            assertEquals(List.of("who=chromium ended", "null 7 page says bye", "null ended"), told);
        }
    }

    private static HttpRoutes page(WebTransportServer server) {
        return HttpRoutes.none()
                .on("GET", "/", request -> Promise.of(html("<html><body>WebTransport</body></html>")))
                .on("GET", "/hashes", request -> Promise.of(HttpResponse.text(200, json(server))))
                .webSocket("/socket", (request, socket) -> socket(socket));
    }

    private static HttpResponse html(String text) {
        HttpResponse plain = HttpResponse.text(200, text);
        return new HttpResponse(200, dev.capstan.net.http.Headers.of("content-type", "text/html"), plain.body());
    }

    private static String json(WebTransportServer server) {
        return server.hashes().stream()
                .map(hash -> "\"" + hash.base64() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static final List<String> EXPECTED = List.of(
            "[\"hashes\",2,32]",
            "[\"first\",\"{\\\"hello\\\":\\\"😀\\\"}\"]",
            "[\"many\",500]",
            "[\"large\",true]",
            "[\"end\",null]",
            "[\"closed\",0]",
            "[\"server closes\",[40,\"4711 server says bye\"]]",
            "[\"page closes\",7]",
            "[\"second stream\",\"refused\"]",
            "[\"first stream\",\"still good\"]",
            "[\"nowhere\",\"WebTransportError\"]",
            "[\"wrong hash\",\"WebTransportError\"]",
            "[\"websocket\",\"over tcp\"]",
            "[\"another origin\",\"WebTransportError\"]");
}

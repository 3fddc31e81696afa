package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.WebTransportServer;
import dev.capstan.testkit.ForeignPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A page in headless Chromium calls objects of ours with npm's capnweb, over a WebSocket and over WebTransport. */
@ForeignPeer
class ChromiumTest {
    private static HttpResponse shown(String type, String text) {
        return new HttpResponse(200, Headers.of("content-type", type), text.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpRoutes page(Path programs, WebTransportServer transports) throws Exception {
        String library = Files.readString(programs.resolve("node_modules/capnweb/dist/index.js"));
        String transport = Files.readString(programs.resolve("webtransport.mjs"));
        return HttpRoutes.none()
                .on("GET", "/", request -> Promise.of(shown("text/html", "<html><body>Cap'n Web</body></html>")))
                .on("GET", "/capnweb.js", request -> Promise.of(shown("text/javascript", library)))
                .on("GET", "/webtransport.js", request -> Promise.of(shown("text/javascript", transport)))
                .on(
                        "GET",
                        "/hashes",
                        request -> Promise.of(shown(
                                "application/json",
                                transports.hashes().stream()
                                        .map(hash -> "\"" + hash.base64() + "\"")
                                        .collect(Collectors.joining(",", "[", "]")))));
    }

    @Test
    void a_page_calls_objects_of_ours_in_every_way_over_both_transports() throws Exception {
        Path programs = NodePeer.installChromium();
        try (NetLoop net = NetLoop.open("web", Transport.AUTO)) {
            WebServer server = new WebServer(net.loop(), visitor -> {
                if (visitor.request().query() != null) {
                    throw Failure.failed("not you");
                }
                return Promise.of(new GoldenApi(net.loop()).main().cap());
            });
            WebTransportServer transports = WebTransportServer.listen(
                            net,
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                            ServerIdentity.selfIssued(OverWebTransport.CLOCK, new SecureRandom(), "127.0.0.1"),
                            server.transports("/rpc"))
                    .await();
            HttpRoutes routes = page(programs, transports).and(server.routes("/rpc"));
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), routes, Http.DEFAULT))
                    .await();
            String said = NodePeer.saidInChromium(
                    "page.mjs",
                    ((Address.Tcp) http.address()).port(),
                    transports.address().getPort());
            assertEquals(String.join("\n", expected()), said);
            while (net.loop().fetch(() -> Promise.of(server.open())).await() > 0) {
                net.loop().timer().after(Duration.ofMillis(5)).await();
            }
        }
    }

    private static List<String> expected() {
        List<String> lines = new ArrayList<>();
        for (String transport : List.of("WebSocket", "WebTransport")) {
            WAYS.forEach(line -> lines.add("[\"" + transport + "\"," + line + "]"));
        }
        lines.add("[\"WebTransport\",\"afterwards\",\"RPC session was shut down by disposing the main stub\"]");
        lines.add("[\"WebTransport\",\"refused\",\"not you\"]");
        return lines;
    }

    private static final List<String> WAYS = List.of(
            "\"call\",144",
            "\"text\",\"é\u2028😀\\\"\\\\\\n\"",
            "\"pipelined\",[6,7,7]",
            "\"callback\",{\"got\":50}",
            "\"object\",73",
            "\"error\",{\"failed\":\"TypeError\",\"message\":\"plain failure\"}",
            "\"map\",[1,4,9]",
            "\"many\",true",
            "\"large\",true",
            "\"stream to the page\",[\"chunk0\",\"chunk1\",\"chunk2\"]",
            "\"bytes to the page\",[[1,2],[3]]",
            "\"stream from the page\",[\"x\",{\"y\":[1]},null]",
            "\"large stream from the page\",6553600",
            "\"written to the page\",[\"done\",\"a\",{\"b\":[1]},\"CLOSE\"]",
            "\"blob\",{\"size\":4,\"type\":\"text/x\",\"text\":\"aéb\"}",
            "\"tables\",{\"imports\":1,\"exports\":1}");
}

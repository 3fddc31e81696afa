package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.il.Programs;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.WebTransportServer;
import dev.capstan.testkit.DatagramRelay;
import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The npm package of {@code clients/ts} in headless Chromium: programs, WebTransport, and servers that are gone for a while. */
@ForeignPeer
class CapstanInChromiumTest {
    /** A session whose client is away is over in this test when the client has said so, and not for having waited. */
    private static final ResumeLimits PATIENT =
            ResumeLimits.DEFAULT.withGrace(Duration.ofMinutes(10), Duration.ofMinutes(10));

    private Path installed;
    private NetLoop net;
    private ResumableServer lasting;
    private WebServer server;
    private WebServer plain;
    private HttpServer http;
    private String hashes = "[]";
    private Supplier<Promise<Void>> stop = Promise::done;
    private Supplier<Promise<Void>> start = Promise::done;

    @BeforeEach
    void open() throws Exception {
        installed = NodePeer.installTypeScriptForChromium();
        net = NetLoop.open("capstan-in-chromium", Transport.AUTO);
        Loop loop = net.loop();
        WebServer.Door door = visitor ->
                Promise.of(Programs.answeredBy(loop, new GoldenApi(loop).main().cap()));
        Access anyPort = Access.SAME_HOST.withOrigins("*");
        lasting = new ResumableServer(loop, TokenKeys.random(new Random(1)), new Random(2), PATIENT);
        server = new WebServer(loop, door, Options.DEFAULT, anyPort).resumable(lasting, visitor -> "");
        plain = new WebServer(loop, door, Options.DEFAULT, anyPort);
        http = loop.fetch(() ->
                        HttpServer.listen(loop, net.network(), new Address.Tcp("127.0.0.1", 0), pages(), Http.DEFAULT))
                .await();
    }

    @AfterEach
    void nothing_is_left() {
        if (net != null) {
            until(() -> server.open() + plain.open() + lasting.sessions() == 0);
            net.close();
        }
    }

    private interface Condition {
        boolean holds();
    }

    private void until(Condition condition) {
        while (!net.loop().fetch(() -> Promise.of(condition.holds())).await()) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
    }

    private HttpRoutes pages() {
        return HttpRoutes.none()
                .on("GET", "/page", request -> Promise.of(served("text/html", PAGE)))
                .on("GET", "/capnweb.js", request -> script("node_modules/capnweb/dist/index.js"))
                .on("GET", "/dist/*", request -> script(request.path().substring(1)))
                .on("GET", "/test/*", request -> script(request.path().substring(1)))
                .on("GET", "/hashes", request -> Promise.of(served("application/json", hashes)))
                .on("GET", "/sessions", request -> Promise.of(served("text/plain", "" + lasting.sessions())))
                .on("GET", "/stop", request -> done(stop.get()))
                .on("GET", "/start", request -> done(start.get()));
    }

    private static Promise<HttpResponse> done(Promise<Void> work) {
        return work.convert(nothing -> served("text/plain", "done"));
    }

    private Promise<HttpResponse> script(String file) throws IOException {
        return Promise.of(served("text/javascript", Files.readString(installed.resolve(file))));
    }

    private static HttpResponse served(String type, String text) {
        return new HttpResponse(200, Headers.of("content-type", type), text.getBytes(StandardCharsets.UTF_8));
    }

    private void assertSays(List<String> expected, String what, String address) throws Exception {
        assertEquals(
                String.join("\n", expected),
                NodePeer.saidByTypeScript("chromium.mjs", what, ((Address.Tcp) http.address()).port(), address));
    }

    /** Accepts connections at one port while it is started, and cuts all when it is stopped. */
    private final class Door {
        private final HttpServer behind = new HttpServer(net.loop(), server.routes("/rpc"), Http.DEFAULT);
        private final List<ByteStream> accepted = new ArrayList<>();
        private Network.@Nullable Listener listener;

        Promise<Void> open(int port) {
            return net.network()
                    .listen(new Address.Tcp("127.0.0.1", port), stream -> {
                        accepted.add(stream);
                        behind.accept(stream);
                    })
                    .convert(listening -> {
                        listener = listening;
                        return Promise.nothing();
                    });
        }

        int port() {
            return ((Address.Tcp) Objects.requireNonNull(listener).address()).port();
        }

        Promise<Void> close() {
            Objects.requireNonNull(listener).close();
            accepted.forEach(stream -> stream.abort(new IOException("the server is stopped")));
            accepted.clear();
            return Promise.done();
        }
    }

    private WebTransportServer transports(WebServer from) {
        WebTransportServer transports = WebTransportServer.listen(
                        net,
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                        ServerIdentity.selfIssued(OverWebTransport.CLOCK, new SecureRandom(), "127.0.0.1"),
                        from.transports("/rpc"))
                .await();
        hashes = transports.hashes().stream()
                .map(hash -> "\"" + hash.base64() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        return transports;
    }

    private static String url(int port) {
        return "https://127.0.0.1:" + port + "/rpc";
    }

    @Test
    void programs_of_a_page_run_here() throws Exception {
        HttpServer programs = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), plain.routes("/rpc"), Http.DEFAULT))
                .await();
        assertSays(
                TypeScriptProgramsTest.OVER_A_SOCKET,
                "il",
                "ws://127.0.0.1:" + ((Address.Tcp) programs.address()).port() + "/rpc");
    }

    @Test
    void a_page_calls_over_webtransport() throws Exception {
        WebTransportServer transports = transports(plain);
        assertSays(OVER_WEBTRANSPORT, "webTransport", url(transports.address().getPort()));
    }

    @Test
    void a_server_whose_sockets_are_gone_for_a_while_is_found_again() throws Exception {
        Door door = new Door();
        net.loop().fetch(() -> door.open(0)).await();
        int port = door.port();
        stop = door::close;
        start = () -> door.open(port);
        assertSays(AWAY, "away", "ws://127.0.0.1:" + port + "/rpc");
    }

    @Test
    void a_server_that_no_datagram_reaches_for_a_while_is_found_again() throws Exception {
        WebTransportServer transports = transports(server);
        try (DatagramRelay relay = new DatagramRelay(transports.address())) {
            Pump pump = new Pump(relay);
            stop = pump::stop;
            start = pump::start;
            net.loop().fetch(pump::start).await();
            assertSays(AWAY, "away", url(relay.port()));
            net.loop().fetch(pump::stop).await();
        }
    }

    /** Moves datagrams each millisecond while it is started. What was said before a start is lost. */
    private final class Pump {
        private final DatagramRelay relay;
        private Promise.Cancelable next = () -> {};

        Pump(DatagramRelay relay) {
            this.relay = relay;
        }

        Promise<Void> start() {
            relay.lose();
            move();
            return Promise.done();
        }

        private void move() {
            relay.pump();
            next = net.loop().timer().after(Duration.ofMillis(1)).listen(net.loop(), (rung, failure) -> move());
        }

        Promise<Void> stop() {
            next.cancel();
            return Promise.done();
        }
    }

    private static final String PAGE = """
            <!doctype html>
            <html><head><script type="importmap">{"imports":{"capnweb":"/capnweb.js","capstan-web":"/dist/index.js"}}</script></head>
            <body>capstan-web</body></html>
            """;

    private static final List<String> OVER_WEBTRANSPORT = List.of(
            "[\"called before there is a connection\",144]",
            "[\"large\",true]",
            "[\"many\",true]",
            "[\"callback\",{\"got\":50}]",
            "[\"object\",73]",
            "[\"pipelined\",[6,7]]",
            "[\"dependent calls\",{\"id\":12,\"odd\":[1,9,25]}]",
            "[\"tables\",1,1]",
            "[\"disposed\",\"RPC session was shut down by disposing the main stub\"]",
            "[\"as long as may be\",984]",
            "[\"too long\",\"a message of the server has more than 1000 characters, which is the limit 'messageLength'\"]",
            "[\"other certificate\",true]",
            "[\"no options\",\"no hashes\"]",
            "[\"not resumable\",\"the server does not resume sessions\"]");

    private static final List<String> AWAY = List.of(
            "[\"before\",2]",
            "[\"pauses grow\",true,3,21]",
            "[\"away\",\"connecting\",true]",
            "[\"back\",3,4,true]",
            "[\"tables\",1,1]",
            "[\"closed\",true,\"closed\"]",
            "[\"another\",9]",
            "[\"told\",2]");
}

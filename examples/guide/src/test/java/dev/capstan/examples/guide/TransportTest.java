package dev.capstan.examples.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remotes;
import dev.capstan.capnweb.connect.ClientSettings;
import dev.capstan.capnweb.connect.Connector;
import dev.capstan.capnweb.connect.Idempotent;
import dev.capstan.capnweb.connect.ReconnectingClient;
import dev.capstan.capnweb.resume.Reconnection;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.webtransport.EarlyData;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.ServerTrust;
import dev.capstan.net.webtransport.WebTransportServer;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs what docs/guide.md shows of WebTransport, over UDP on loopback. */
class TransportTest {
    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock = InstantSource.system();
    private final Binder binder = Binder.of(MethodHandles.lookup());
    private final NetLoop net = NetLoop.open("transports", Transport.AUTO);
    private final WebServer web =
            new WebServer(net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new OurLibrary())));

    @AfterEach
    void nothing_is_left() {
        while (net.loop().fetch(() -> Promise.of(web.open())).await() > 0) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
        net.close();
    }

    // snippet server
    private WebTransportServer listen() {
        var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0); // 0: the system chooses a port
        var identity = ServerIdentity.selfIssued(clock, random, "localhost");
        return WebTransportServer.listen(net, at, identity, web.transports("/api"))
                .await();
    }

    /** For pages, which ask each time: the certificates change every few days. */
    private HttpRoutes hashes(WebTransportServer server) {
        return HttpRoutes.none().on("GET", "/hashes", request -> {
            String all = server.hashes().stream()
                    .map(hash -> '"' + hash.base64() + '"')
                    .collect(Collectors.joining(",", "[", "]"));
            Headers json = Headers.of("content-type", "application/json");
            return Promise.of(new HttpResponse(200, json, all.getBytes(StandardCharsets.UTF_8)));
        });
    }
    // end snippet

    private HttpClient http() {
        return new HttpClient(net.loop(), net.network(), random, Limits.Http.DEFAULT);
    }

    private static URI address(WebTransportServer server) {
        return URI.create("https://127.0.0.1:" + server.address().getPort() + "/api");
    }

    @Test
    void a_client_calls_the_service() throws Exception {
        WebTransportServer server = listen();
        URI address = address(server);
        // snippet client
        var trust = ServerTrust.hashes(clock, server.hashes());
        WebClient client = new WebClient(net.loop(), http()).overWebTransport(net, trust, Limits.WebTransport.DEFAULT);
        try (WebPeer peer = client.connect(address)) {
            Library library = binder.stub(Library.class, net.loop(), peer.main());
            assertEquals(1815, library.book("Emma").year());
        }
        // end snippet
    }

    @Test
    void a_page_is_told_the_hashes() {
        WebTransportServer server = listen();
        HttpServer pages = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        hashes(server),
                        Limits.Http.DEFAULT))
                .await();
        URI there = URI.create("http://127.0.0.1:" + ((Address.Tcp) pages.address()).port() + "/hashes");
        HttpResponse answer =
                http().send("GET", there, Headers.of(), new byte[0]).await();
        String first = server.hashes().getFirst().base64();
        assertTrue(new String(answer.body(), StandardCharsets.UTF_8).startsWith("[\"" + first + "\","));
    }

    @Test
    void a_session_that_resumes() {
        net.loop()
                .fetch(() -> Promise.of(web.resumable(
                        new ResumableServer(net.loop(), TokenKeys.random(random), random, ResumeLimits.DEFAULT),
                        visitor -> "")))
                .await();
        WebTransportServer server = listen();
        var trust = ServerTrust.hashes(clock, server.hashes());
        WebClient client = new WebClient(net.loop(), http()).overWebTransport(net, trust, Limits.WebTransport.DEFAULT);
        URI address = address(server);
        // snippet resumable
        try (WebPeer peer = client.connectResumable(address, Headers.of(), null, Reconnection.of(random));
                Member member =
                        binder.stub(Library.class, net.loop(), peer.main()).signIn("card-7")) {
            member.borrow("Emma");
        }
        // end snippet
    }

    @Test
    void a_client_that_comes_back_says_at_once_what_may_be_said_twice() throws Exception {
        var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var identity = ServerIdentity.selfIssued(clock, random, "localhost");
        // snippet early-server
        WebTransportServer server = WebTransportServer.listen(
                        net, at, identity, web.transports("/api"), Limits.WebTransport.DEFAULT, EarlyData.with(random))
                .await();
        // end snippet
        var trust = ServerTrust.hashes(clock, server.hashes());
        WebClient client = new WebClient(net.loop(), http()).overWebTransport(net, trust, Limits.WebTransport.DEFAULT);
        URI address = address(server);
        // snippet early-client
        try (var lasting = new ReconnectingClient(
                        net.loop(), Connector.early(() -> client.openEarly(address)), ClientSettings.DEFAULT, random);
                Stub main = lasting.main()) {
            Library library = binder.stub(Library.class, Idempotent.repeating(main, 3, "book", "by"));
            assertEquals(1815, library.book("Emma").year());
            Remotes.close(library);
        }
        // end snippet
    }
}
